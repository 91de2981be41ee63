"""What leaves as a file: every position with its source and freshness, the mark of its nature, and nothing private."""

import csv
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from meeting import Meeting, text

from deliberate import events as e
from deliberate.backoffice import BackOffice
from deliberate.database.jobs import claim_job, finish_job, request_job
from deliberate.database.reports import latest_report
from deliberate.errors import NotFound, Unavailable
from deliberate.events import Rules, TextRedacted
from deliberate.exchange import DRAWN, FORMATS, filename
from deliberate.exchange.produce import kind_of, produce
from deliberate.exchange.tables import HEADER, positions_csv
from deliberate.log import verify
from deliberate.vocabulary import Audience, Finality, GroupKind, Nature, Stance, Visibility


def table(meeting: Meeting, names: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    rows = list(csv.DictReader(positions_csv(meeting.state, names or {}).decode().splitlines()))
    assert all(tuple(row) == HEADER for row in rows)
    return rows


def meeting(nature: Nature = Nature.DELIBERATION) -> Meeting:
    told = Meeting("op1 op2", nature).group("GROVE", GroupKind.BLOC)
    return told.member("ASH", "BIRCH", "ELM", groups=("GROVE",)).observer("OAK").opens_round()


def test_own_aligned_and_bloc_positions_are_told_apart():
    told = meeting().takes("op1", "ASH", "support").aligns("op1", "BIRCH", "ASH")
    told.mandates("GROVE", "ASH", "ELM").takes("op1", "ASH", "object", bloc="GROVE")
    rows = {row["seat"]: row for row in table(told)}
    assert (rows["ASH"]["stance"], rows["ASH"]["source"], rows["ASH"]["said_by"]) == ("support", "own", "ASH")
    assert (rows["BIRCH"]["stance"], rows["BIRCH"]["source"], rows["BIRCH"]["said_by"]) == (
        "support",
        "aligned",
        "ASH",
    )
    assert (rows["ELM"]["stance"], rows["ELM"]["source"], rows["ELM"]["bloc"]) == ("object", "bloc", "GROVE")
    assert "OAK" not in rows


def test_a_stale_acceptance_says_so_and_on_which_revision_it_was_made():
    told = meeting().takes("op1", "ASH", "accept").takes("op1", "ELM", "object").revises("op1")
    rows = {row["seat"]: row for row in table(told)}
    assert (rows["ASH"]["freshness"], rows["ASH"]["made_on"], rows["ASH"]["revision"]) == ("stale", "1", "2")
    assert rows["ELM"]["freshness"] == "maintained"
    assert {row["at_version"] for row in rows.values()} == {str(told.state.version)}


def test_what_is_told_to_the_facilitators_alone_never_leaves():
    told = meeting().tell(
        e.PositionTaken(
            "op1", 1, "ASH", Stance.OBJECT, Finality.INDICATIVE, visibility=Visibility.FACILITATORS
        )
    )
    assert table(told) == []


def test_a_vote_stands_in_a_column_of_its_own():
    told = Meeting("op1", Nature.RECORD).member("ASH", "ELM").votes("op1", yes="ASH", carried=True)
    (row,) = table(told)
    assert (row["seat"], row["vote"], row["stance"]) == ("ASH", "yes", "")


@pytest.mark.parametrize(
    ("nature", "says"), [(Nature.REHEARSAL, "REHEARSAL"), (Nature.RECORD, "RECORD"), (Nature.DELIBERATION, "deliberation")]
)  # fmt: skip
def test_every_line_says_what_it_is_of(nature, says):
    told = meeting(nature).takes("op1", "ASH", "accept").takes("op2", "OAK", "accept")
    rows = table(told)
    assert [row["standing"] for row in rows] == ["member", "observer"]
    assert all(row["nature"].startswith(says) for row in rows)


def test_a_name_is_no_formula_and_a_withheld_name_is_the_code():
    told = meeting().takes("op1", "ASH", "accept").takes("op1", "ELM", "accept")
    rows = table(told, {text("State of ASH"): "=cmd()"})
    assert [row["name"] for row in rows] == ["'=cmd()", "ELM"]


@pytest.mark.parametrize(
    ("nature", "title", "name"),
    [
        (
            Nature.REHEARSAL,
            "Global AI Governance Initiative",
            "global-ai-governance-initiative-REHEARSAL.csv",
        ),
        (Nature.RECORD, "A/RES/72/50", "a-res-72-50-RECORD.csv"),
        (Nature.DELIBERATION, "全球人工智能治理倡议", "deliberation.csv"),
        (Nature.DELIBERATION, "../../etc/passwd\r\n", "etc-passwd.csv"),
        (Nature.DELIBERATION, "w" * 300, "w" * 60 + ".csv"),
    ],
)
def test_a_file_is_named_in_ascii_with_its_mark(nature, title, name):
    assert filename(Meeting(nature=nature).state, title, "csv") == name


def test_the_log_and_the_table_are_written_at_once(database, log):
    told = meeting().takes("op1", "ASH", "accept")
    told.record(log)
    lines = produce(database, "giga", told.state, "jsonl", 0).splitlines(keepends=True)
    assert verify(lines).head == (told.state.version, told.state.digest)
    assert produce(database, "giga", told.state, "csv", 0) == positions_csv(told.state, {})


def test_an_unknown_format_is_refused_with_those_that_there_are(database, log):
    with pytest.raises(NotFound, match="there are: jsonl, graphml, gexf, json, csv"):
        produce(database, "giga", meeting().state, "pdf", 0)


@pytest.mark.parametrize("form", sorted(DRAWN))
def test_a_graph_is_drawn_by_the_back_office_and_kept(database, log, form):
    told = meeting(Nature.REHEARSAL).takes("op1", "ASH", "accept")
    told.record(log)
    office = BackOffice(database)
    worker = threading.Thread(
        target=lambda: [office.step() for _ in iter(lambda: drawn(database, form), True)]
    )
    worker.start()
    body = produce(database, "giga", told.state, form, 60)
    worker.join()
    assert b"REHEARSAL" in body
    assert produce(database, "giga", told.state, form, 0) == body


def drawn(database, form: str) -> bool:
    return latest_report(database, "giga", kind=kind_of(form)) is not None


def test_without_a_back_office_a_graph_says_what_to_do(database, log):
    told = meeting()
    told.record(log)
    with pytest.raises(Unavailable, match="deliberate backoffice"):
        produce(database, "giga", told.state, "gexf", 0)


def test_a_graph_that_could_not_be_drawn_says_why(database, log):
    told = meeting()
    told.record(log)

    def fail() -> None:
        while (job := claim_job(database)) is None:
            pass
        finish_job(database, job.id, "The pen is broken.")

    worker = threading.Thread(target=fail)
    worker.start()
    with pytest.raises(Unavailable, match="The pen is broken"):
        produce(database, "giga", told.state, "gexf", 60)
    worker.join()


def test_many_who_ask_for_the_same_graph_wait_for_one_job(database, log):
    meeting().record(log)
    first = request_job(database, "export-gexf", "giga", 3)
    assert request_job(database, "export-gexf", "giga", 5) == first
    assert request_job(database, "export-json", "giga", 5) != first
    assert claim_job(database).version == 5


def test_a_members_graph_is_kept_in_the_members_layer(database, log):
    told = Meeting(rules=Rules(audience=Audience.MEMBERS)).member("ASH")
    told.record(log)
    request_job(database, "export-json", "giga", told.state.version)
    BackOffice(database).step()
    assert latest_report(database, "giga", "members", kind_of("json")) is not None
    assert latest_report(database, "giga", "public", kind_of("json")) is None


def test_a_file_with_words_that_are_redacted_is_not_kept(database, log):
    told = meeting()
    told.record(log)
    office = BackOffice(database, interval_s=0)
    request_job(database, "export-json", "giga", told.state.version)
    office.step()
    assert drawn(database, "json")
    told.tell(TextRedacted(text("State of ASH"), text("A reason")))
    told.record(log)
    office.step()
    assert not drawn(database, "json")


def test_every_format_has_a_media_type():
    assert set(FORMATS) == {"jsonl", "graphml", "gexf", "json", "csv"}
    assert all("/" in kind for kind in FORMATS.values())


def test_the_web_process_imports_neither_scipy_nor_networkx(tmp_path: Path):
    code = (
        "import sys\n"
        "from deliberate.config import Settings\n"
        "from deliberate.database import Database\n"
        "from deliberate.web import create_app, stop\n"
        "settings = Settings()\n"
        "database = Database(settings.database_url)\n"
        "database.upgrade()\n"
        "database.close()\n"
        "stop(create_app(settings))\n"
        "print(sorted({'scipy', 'networkx', 'pandas'} & set(sys.modules)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"DATABASE_URL": f"sqlite:///{tmp_path / 'deliberate.db'}", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout.strip() == "[]", ran.stderr
