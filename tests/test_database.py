"""Engines, durability, migrations, and the doorbell."""

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from recording import AT, convene, position, record
from sqlalchemy import inspect

from deliberate.database import Database
from deliberate.database.tables import Stored
from deliberate.errors import Invalid, Unavailable
from deliberate.log import Log


def test_a_commit_waits_for_the_disk(database: Database):
    settings = database.settings()
    if database.is_sqlite:
        assert settings == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}
    else:
        assert settings == {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "lock_timeout": "5s",
        }


@pytest.mark.postgres
def test_a_server_that_defaults_to_commits_that_can_be_lost_is_overruled(postgres):
    address = postgres()
    database = Database(address)
    name = database.url.database
    database.write(lambda c: c.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off").close())
    database.close()
    database = Database(address)
    assert database.settings()["synchronous_commit"] == "on"
    database.close()


def test_the_migrations_make_the_tables_that_the_classes_declare(database: Database):
    database.migrate(command.check)


def test_the_migrations_can_be_undone_and_done_again(database: Database):
    database.migrate(lambda config: command.downgrade(config, "base"))
    assert database.read(lambda c: inspect(c).get_table_names()) == ["alembic_version"]
    database.upgrade()
    database.upgrade()
    assert set(Stored.metadata.tables) < set(database.read(lambda c: inspect(c).get_table_names()))


def test_foreign_keys_hold_again_after_a_migration(database: Database):
    database.upgrade()
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        database.write(
            lambda c: c.exec_driver_sql("INSERT INTO texts (deliberation, digest) VALUES ('no', 'x')")
        )


def start(address: str, together) -> None:
    """Upgrade a database and use it: what each of several processes does when it starts."""
    together.wait()
    database = Database(address)
    database.upgrade()
    database.key("session")
    database.close()


def test_several_processes_may_start_at_once_on_an_empty_database(address: str):
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    starting = [spawn.Process(target=start, args=(address, together)) for _ in range(3)]
    for process in starting:
        process.start()
    for process in starting:
        process.join()
    assert [process.exitcode for process in starting] == [0, 0, 0]


def test_a_database_of_a_later_release_is_left_alone(database: Database):
    database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'").close())
    with pytest.raises(Invalid, match="later release"):
        database.upgrade()


def test_a_database_without_tables_says_what_to_run(address: str):
    database = Database(address)
    for use in (Log(database).index, lambda: Log(database).create("giga", "deliberation", "{}", AT)):
        with pytest.raises(Unavailable, match="Run: deliberate db upgrade"):
            use()
    database.close()


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("", "cannot be read"),
        ("deliberate.db", "cannot be read"),
        ("mysql://root:hunter2@host/x", "mysql is not supported"),
        ("postgresql+psycopg2://u@h/x", "is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////no/such/folder/x.db", "folder of the database does not exist: /no/such/folder"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_reason(address, what):
    with pytest.raises(Invalid, match=what) as said:
        Database(address)
    assert said.value.code == "database_url"
    assert "hunter2" not in said.value.message


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_mean_psycopg_three(scheme):
    database = Database(f"{scheme}://u:p@localhost:1/deliberate?sslmode=disable")
    assert database.url.drivername == "postgresql+psycopg"
    with pytest.raises(Unavailable, match="does not answer"):
        database.upgrade()
    database.close()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path):
    file = tmp_path / "minutes.txt"
    file.write_text("Minutes of the first meeting. " * 100)
    before = file.read_bytes()
    database = Database(f"sqlite:///{file}")
    with pytest.raises(Invalid, match="no SQLite database"):
        database.upgrade()
    database.close()
    assert file.read_bytes() == before


def test_the_doorbell_rings_when_anybody_commits_and_only_then(database: Database, address: str):
    other = Database(address)
    log, theirs = Log(database), Log(other)
    convene(log)
    heard = database.stamp()
    log.index()
    theirs.index()
    assert database.stamp() == heard
    record(theirs, "giga", "c1", position())
    assert database.stamp() != heard
    heard = database.stamp()
    record(log, "giga", "c2", position())
    assert database.stamp() != heard
    heard = database.stamp()
    with pytest.raises(ZeroDivisionError):
        database.read(lambda c: 1 // 0)
    assert database.stamp() == heard
    other.close()


def test_a_reader_cannot_write(database: Database):
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        database.read(lambda c: c.exec_driver_sql("DELETE FROM keys"))


def test_what_fails_in_a_write_leaves_nothing(database: Database):
    def fail(connection):
        connection.exec_driver_sql("INSERT INTO accounts (actor) VALUES ('a-1')")
        raise KeyError

    with pytest.raises(KeyError):
        database.write(fail)
    assert database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one()) == 0


def test_writers_in_many_threads_lose_no_update(database: Database):
    database.write(
        lambda c: c.exec_driver_sql("INSERT INTO accounts (actor, name) VALUES ('a-1', '0')").close()
    )

    def add(connection):
        read = connection.exec_driver_sql("SELECT name FROM accounts").scalar_one()
        connection.exec_driver_sql(f"UPDATE accounts SET name = '{int(read) + 1}'")

    people = [
        threading.Thread(target=lambda: [database.write(add) for _ in range(20)], daemon=True)
        for _ in range(8)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert database.read(lambda c: c.exec_driver_sql("SELECT name FROM accounts").scalar_one()) == "160"


def test_a_key_is_made_once_and_outlives_the_process(database: Database, address: str):
    key = database.key("session")
    other = Database(address)
    assert len(key) == 32
    assert other.key("session") == key != other.key("another")
    other.close()


def test_a_lock_held_too_long_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("deliberate.database.engines.BUSY_MS", 1)
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    holder = sqlite3.connect(tmp_path / "deliberate.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="database is locked"):
        Log(database).create("giga", "deliberation", "{}", AT)
    holder.execute("ROLLBACK")
    Log(database).create("giga", "deliberation", "{}", AT)
    holder.close()
    database.close()


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import sqlite3, sys, time
import gevent
from deliberate.database import Database
from deliberate.errors import NotFound
from deliberate.log import Log

address = sys.argv[1]
database = Database(address)
database.upgrade()
log = Log(database)
log.create("giga", "deliberation", "{}", "2026-11-23T09:00:00.000Z")
gaps = []

def tick():
    last = time.perf_counter()
    while True:
        gevent.sleep(0.002)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()

ticker = gevent.spawn(tick)
if database.is_sqlite:
    holder = sqlite3.connect(database.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
else:
    import psycopg
    holder = psycopg.connect(address)
    holder.execute("LOCK TABLE deliberations IN SHARE ROW EXCLUSIVE MODE")
writers = [gevent.spawn(log.create, f"d{n}", "deliberation", "{}", "2026-11-23T09:00:00.000Z") for n in range(40)]
readers = [gevent.spawn(log.epoch, "giga") for n in range(200)]
gevent.joinall(readers, raise_error=True)
try:
    log.epoch("nowhere")
except NotFound:
    pass
assert len({reader.value for reader in readers}) == 1
while len(gaps) < 100:
    gevent.sleep(0.01)
assert not any(writer.ready() for writer in writers), "the lock was not held"
holder.rollback()
gevent.joinall(writers, raise_error=True)
ticker.kill()
assert len(log.index()) == 41
database.close()
holder.close()
print(max(gaps))
"""


def test_under_gevent_a_lock_that_others_hold_stops_nobody_else(address: str):
    run = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT, address], check=False, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert float(run.stdout) < 0.5  # 5 s if the loop had waited for the lock


def test_without_gevent_it_is_not_even_imported():
    program = (
        "import sys, deliberate.log; from deliberate.database import Database; print('gevent' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "False"
