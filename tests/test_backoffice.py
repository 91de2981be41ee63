"""The back office: the newest report of every log, the same bytes again after a restart, and no fault that spreads."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from meeting import BEGIN, Meeting
from structlog.testing import capture_logs

from deliberate.backoffice import LOOK_S, NICENESS, SLICE_EVENTS, BackOffice, run
from deliberate.config import Settings
from deliberate.database import Database
from deliberate.database.jobs import JobState, claim_job, find_job, request_job
from deliberate.database.reports import StoredReport, latest_report
from deliberate.errors import Unavailable
from deliberate.events import Rules
from deliberate.exchange.produce import kind_of
from deliberate.log import Log, Row
from deliberate.vocabulary import Audience

CLAUSES = "op1 op2 op3 op4 op5"


def busy() -> Meeting:
    meeting = Meeting(CLAUSES).member("A", "B", "C").opens_round()
    return meeting.holds({"A": "SSSSO", "B": "SSASR", "C": "OODSS"})


def until(what: Callable[[], object], within_s: float = 20) -> None:
    """Wait until something is so."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        pause.wait(0.02)


def published(database: Database, deliberation: str = "giga") -> StoredReport:
    report = latest_report(database, deliberation)
    assert report is not None
    return report


def empty(database: Database, *tables: str) -> None:
    database.write(lambda connection: [connection.exec_driver_sql(f"DELETE FROM {name}") for name in tables])


def test_a_report_of_the_newest_version_is_published(database, log):
    meeting = busy()
    meeting.record(log)
    BackOffice(database).step()
    stored, expected = published(database), meeting.report()
    assert (stored.version, stored.digest) == (meeting.state.version, expected.digest)
    assert stored.payload.encode() == expected.as_json()


def test_a_restart_gives_the_same_bytes(database, log):
    busy().opens_round().takes("op1", "B", "object").record(log)
    BackOffice(database).step()
    before = published(database)
    empty(database, "reports")
    BackOffice(database).step()
    after = published(database)
    assert (after.version, after.digest, after.payload) == (before.version, before.digest, before.payload)


def test_what_is_published_bit_by_bit_equals_what_is_published_at_once(database, log):
    meeting = busy()
    office = BackOffice(database, interval_s=0)
    for version in range(5, meeting.state.version + 1, 3):
        meeting.record(log, upto=version)
        office.step()
    meeting.record(log)
    office.step()
    assert published(database).payload.encode() == meeting.report().as_json()


def test_after_a_restart_nothing_is_made_again_where_nothing_happened(database, log):
    busy().record(log)
    BackOffice(database).step()
    before = published(database)
    assert BackOffice(database).step() == LOOK_S
    assert published(database) == before


def test_a_report_of_another_form_is_made_again(database, log):
    busy().record(log)
    BackOffice(database).step()
    before = published(database)
    older = json.dumps({**json.loads(before.payload), "schema": 0})
    database.write(lambda c: c.exec_driver_sql("UPDATE reports SET payload = " + quoted(older)))
    BackOffice(database).step()
    assert published(database).payload == before.payload


def quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def test_a_report_is_published_at_most_once_in_the_interval(database, log):
    meeting = busy()
    meeting.record(log)
    office = BackOffice(database, interval_s=3600)
    office.step()
    before = published(database)
    meeting.takes("op1", "B", "object").record(log)
    assert 0 < office.step() <= LOOK_S
    assert published(database) == before


def test_a_long_log_is_read_in_slices_so_that_others_get_their_turn(database, log):
    long = Meeting(CLAUSES).member("A")
    while long.state.version <= SLICE_EVENTS:
        long.takes("op1", "A", "support")
    long.record(log, "long")
    busy().record(log, "short")
    office = BackOffice(database)
    assert office.step() == 0
    assert latest_report(database, "long") is None
    assert published(database, "short")
    office.step()
    assert published(database, "long").version == long.state.version


def test_one_bad_deliberation_is_logged_and_leaves_the_others_alone(database, log):
    log.create("bad", "deliberation", "{}", BEGIN)
    log.append("bad", decided_on=0, rows=[Row(1, b'{"no": "event"}', "0" * 64, "c", "d", 1)], at=BEGIN)
    busy().record(log)
    office = BackOffice(database, interval_s=0)
    with capture_logs() as logged:
        office.step()
        office.step()
    assert [(line["event"], line["deliberation"]) for line in logged] == [("report_failed", "bad")]
    assert latest_report(database, "bad") is None
    assert published(database)


def test_a_restored_backup_is_read_from_its_beginning(database, log):
    busy().record(log)
    office = BackOffice(database, interval_s=0)
    office.step()
    empty(database, "reports", "texts", "events", "deliberations")
    restored = Meeting(CLAUSES).member("X")
    restored.record(log)
    office.step()
    assert published(database).payload.encode() == restored.report().as_json()


def test_what_only_members_may_see_is_published_to_their_layer(database, log):
    Meeting(rules=Rules(audience=Audience.MEMBERS)).member("A").record(log)
    BackOffice(database).step()
    assert latest_report(database, "giga") is None
    assert latest_report(database, "giga", "members") is not None


def test_a_graph_that_is_asked_for_is_drawn_where_the_report_draws_it(database, log):
    meeting = busy()
    meeting.record(log)
    job = request_job(database, "export-graphml", "giga", meeting.state.version)
    assert BackOffice(database).step() == 0
    assert find_job(database, job).state is JobState.DONE
    made = latest_report(database, "giga", kind=kind_of("graphml"))
    graph = nx.read_graphml(io.BytesIO(made.payload.encode()))
    assert made.version == meeting.state.version
    assert {seat: (node["x"], node["y"]) for seat, node in graph.nodes(data=True)} == meeting.report().places


def test_a_job_that_nobody_knows_or_that_cannot_be_done_says_why(database, log):
    busy().record(log)
    unknown = request_job(database, "export-poem", "giga")
    nowhere = request_job(database, "export-gexf")
    office = BackOffice(database)
    office.step()
    office.step()
    assert find_job(database, unknown).error == "This release knows no job 'export-poem'."
    assert find_job(database, nowhere).state is JobState.FAILED


def test_a_job_left_half_done_is_taken_up_again_after_a_restart(database, log):
    busy().record(log)
    job = request_job(database, "export-gexf", "giga")
    assert claim_job(database).id == job
    BackOffice(database).step()
    assert find_job(database, job).state is JobState.DONE


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The address of a file of SQLite with its tables."""
    address = f"sqlite:///{tmp_path / 'deliberate.db'}"
    database = Database(address)
    database.upgrade()
    database.close()
    return address


def test_a_locked_database_is_waited_out(file, tmp_path):
    database = Database(file)
    busy().record(Log(database))
    database.write(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=20"))
    office = BackOffice(database)
    other = sqlite3.connect(tmp_path / "deliberate.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        office.step()
    other.execute("ROLLBACK")
    other.close()
    office.step()
    assert published(database)
    database.close()


def test_it_hears_of_new_events_and_stops_when_told(address):
    database = Database(address)
    database.upgrade()
    log = Log(database)
    meeting = busy()
    stop = threading.Event()
    settings = Settings(database_url=address, report_interval_s=0.05)
    office = threading.Thread(target=run, args=(settings, stop))
    office.start()
    try:
        meeting.record(log)
        until(lambda: latest_report(database, "giga"))
        meeting.takes("op1", "B", "object").record(log)
        until(lambda: published(database).version == meeting.state.version)
    finally:
        stop.set()
        office.join(20)
        database.close()
    assert not office.is_alive()


def test_as_a_process_it_yields_to_others_and_ends_in_order(file):
    command = [sys.executable, "-m", "deliberate.backoffice"]
    office = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": file}, stdout=subprocess.DEVNULL)
    database = Database(file)
    meeting = busy()
    try:
        meeting.record(Log(database))
        until(lambda: latest_report(database, "giga"))
        assert published(database).digest == meeting.report().digest
        assert os.getpriority(os.PRIO_PROCESS, office.pid) >= min(
            19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
        )
        office.send_signal(signal.SIGTERM)
        assert office.wait(20) == 0
    finally:
        office.kill()
        office.wait()
        database.close()


def test_it_does_not_outlive_the_process_that_started_it(file):
    run(Settings(database_url=file), threading.Event(), parent=os.getpid())


def test_following_logs_needs_neither_networkx_nor_scipy():
    code = "import sys, deliberate.backoffice; print({'networkx', 'scipy', 'flask'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
