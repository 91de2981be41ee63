"""The command line as people and scripts use it: real processes, one JSON object, exit codes 0, 1 and 2."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner

from deliberate.cli import main
from deliberate.database import Database
from deliberate.log import Log

RESOLUTION = Path(__file__).parents[1].parent / "shared/data/un-votes/clauses-A-RES-72-50.csv"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def line(self) -> str:
        """The one clear line on standard error."""
        assert len(self.err.splitlines()) == 1, self.err
        return self.err.strip()


Cli = Callable[..., Ran]


def cli_in(folder: Path) -> Cli:
    def run(*arguments: object, code: int = 0, **environment: str) -> Ran:
        known = {name: value for name, value in os.environ.items() if not name.startswith("DELIBERATE_")}
        known.pop("DATABASE_URL", None)
        ran = subprocess.run(
            [sys.executable, "-m", "deliberate", *map(str, arguments)],
            cwd=folder,
            env={**known, **environment},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert ran.returncode == code, (ran.returncode, ran.stdout, ran.stderr)
        assert "Traceback" not in ran.stderr
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs the command in a folder of its own."""
    return cli_in(tmp_path)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder with a database in which the rehearsal was played, and what the command answered."""
    folder = tmp_path_factory.mktemp("played")
    return folder, cli_in(folder)("play", "rehearsal", "--json").answer


def test_play_plays_the_rehearsal_to_its_end(played):
    folder, answer = played
    assert answer["nature"] == "rehearsal"
    assert (answer["members"], answer["observers"], answer["rounds"]) == (42, 10, 3)
    assert answer["status"]["op9"] == answer["status"]["op7"] == "decided"
    assert answer["steps"] > 900
    database = Database(f"sqlite:///{folder / 'deliberate.db'}")
    assert Log(database).head(answer["deliberation"]) == (answer["version"], answer["digest"])
    database.close()


def test_what_was_exported_verifies_and_contains_its_receipt(played):
    folder, answer = played
    cli, head = cli_in(folder), f"{answer['version']}:{answer['digest']}"
    made = cli("export", answer["deliberation"], "--format", "jsonl", "--json").answer
    assert made["file"].endswith("-REHEARSAL.jsonl")
    found = cli("verify", made["file"], "--head", head, "--json").answer
    assert found["deliberation"] == answer["deliberation"]
    assert (found["version"], found["withheld"], found["receipt"]) == (answer["version"], 0, True)
    assert "It contains the receipt" in cli("verify", made["file"], "--head", head).out
    forged = f"{answer['version']}:{'0' * 64}"
    refused = cli("verify", made["file"], "--head", forged, "--json", code=1)
    assert refused.answer["error"] == "edited"
    assert "not the digest of the receipt" in refused.line


def test_an_edited_log_is_refused_in_one_line(played, tmp_path):
    folder, answer = played
    log = tmp_path / "log.jsonl"
    cli_in(folder)("export", answer["deliberation"], "--format", "jsonl", "-o", log)
    log.write_bytes(log.read_bytes().replace(b'"stance":"object"', b'"stance":"accept"', 1))
    assert "the chain breaks" in cli_in(tmp_path)("verify", log, code=1).line


@pytest.mark.parametrize("form", ["graphml", "gexf", "json", "csv"])
def test_every_file_of_a_rehearsal_says_so_and_can_be_read(played, tmp_path, form):
    folder, answer = played
    target = tmp_path / f"graph.{form}"
    made = cli_in(folder)("export", answer["deliberation"], "--format", form, "-o", target, "--json").answer
    data = target.read_bytes()
    assert (made["deliberation"], made["bytes"]) == (answer["deliberation"], len(data))
    assert b"REHEARSAL" in data
    match form:
        case "csv":
            rows = list(csv.DictReader(io.StringIO(data.decode())))
            assert {row["at_version"] for row in rows} == {str(answer["version"])}
        case "json":
            assert len(nx.node_link_graph(json.loads(data), edges="edges")) == 42
        case _:
            read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[form]
            assert len(read(io.BytesIO(data))) == 42
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_convene_opens_a_deliberation_and_gives_the_chairs_link(cli):
    answer = cli("convene", "initiative", "--url", "https://talks.example.org/", "--json").answer
    assert (answer["nature"], answer["members"], answer["observers"]) == ("deliberation", 193, 10)
    assert answer["chair"].startswith("https://talks.example.org/in/")
    assert answer["deliberation"]
    said = cli("convene", "rehearsal").out
    assert said.startswith("REHEARSAL. ")
    assert "http://127.0.0.1:8000/in/" in said


def test_votes_on_a_resolution_are_imported(cli):
    if not RESOLUTION.is_file():
        pytest.skip("the clause-by-clause roll calls of A/RES/72/50 are not on this machine")
    answer = cli("import", "votes", RESOLUTION, "--json").answer
    assert (answer["nature"], answer["members"], answer["clauses"]) == ("record", 193, 9)
    assert answer["votes"]["whole"] == [156, 4, 24]
    assert answer["votes"]["op2"] == [142, 7, 27]
    said = cli("import", "votes", RESOLUTION).out
    assert "Recorded votes of A/RES/72/50, not positions taken here" in said
    assert "adopted by a recorded vote of 156 in favour to 4 against, with 24 abstentions" in said
    made = cli("export", answer["deliberation"], "--format", "graphml", "--json").answer
    assert made["file"] == "a-res-72-50-RECORD.graphml"


def test_a_broken_table_is_refused_by_row_and_column(cli, tmp_path):
    (tmp_path / "votes.csv").write_text("country,country_code,op1\nKenya,KE,yes\nPeru,PE,perhaps\n")
    refused = cli("import", "votes", "votes.csv", "--json", code=1)
    assert "votes.csv, row 3, column op1: 'perhaps' is no vote" in refused.line
    assert refused.answer["detail"] == {"file": "votes.csv", "row": 3, "column": "op1"}
    refused = cli("import", "positions", "votes.csv", code=1)
    assert refused.out == ""
    assert "row 2, column op1: 'yes' is no stance" in refused.line


def test_positions_are_imported(cli, tmp_path):
    (tmp_path / "positions.csv").write_text("country,country_code,op1\nKenya,KE,accept\n")
    answer = cli(
        "import", "positions", "positions.csv", "--lang", "fr", "--title", "Un texte", "--json"
    ).answer
    assert (answer["nature"], answer["members"]) == ("record", 193)


def test_the_database_is_made_and_brought_up_to_date(cli, tmp_path):
    url = f"sqlite:///{tmp_path / 'other.db'}"
    assert cli("db", "upgrade", "--json", DATABASE_URL=url).answer == {"database": url}
    assert cli("db", "upgrade", DATABASE_URL=url).out == f"Up to date: {url}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]


@pytest.mark.postgres
def test_commands_take_a_postgresql_database(cli, postgres):
    address = postgres()
    answer = cli("convene", "rehearsal", "--json", DATABASE_URL=address).answer
    made = cli("export", answer["deliberation"], "--format", "csv", "--json", DATABASE_URL=address).answer
    assert made["version"] == answer["version"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("convene", "nowhere"), "There is no scenario 'nowhere'"),
        (("play", "initiative"), "has no script to play"),
        (("export", "d-none", "--format", "csv"), "There is no database"),
        (("rehearse", "ftp://example.org/"), "sign-in link"),
    ],
)
def test_what_cannot_be_done_ends_with_one_clear_line(cli, tmp_path, arguments, says):
    refused = cli(*arguments, "--json", code=1)
    assert says in refused.line
    assert refused.line == f"deliberate: {refused.answer['message']}"


def test_an_unknown_deliberation_and_a_file_that_cannot_be_written_are_told_in_one_line(played, tmp_path):
    folder, answer = played
    cli = cli_in(folder)
    assert "There is no deliberation d-none" in cli("export", "d-none", "--format", "csv", code=1).line
    target = tmp_path / "missing" / "file.csv"
    refused = cli("export", answer["deliberation"], "--format", "csv", "-o", target, code=1)
    assert "No such file or directory" in refused.line


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": "mysql://example.org/talks"},
        {"DATABASE_URL": "sqlite:////nowhere/at/all/deliberate.db"},
        {"DELIBERATE_COLOUR": "red"},
        {"DELIBERATE_PUBLIC_URL": "talks.example.org"},
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_line(cli, environment):
    refused = cli("serve", "--port", 0, "--json", code=1, **environment)
    assert refused.line.startswith("deliberate: ")
    assert refused.answer["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("export", "d-1", "--format", "pdf"),
        ("export", "d-1"),
        ("verify", "no-such-file.jsonl"),
        ("verify", __file__, "--head", "12:abc"),
        ("serve", "--port", "80000"),
        ("rehearse", "--delegates", "0"),
        ("import", "votes", __file__, "--seats", "everybody"),
    ],
)
def test_wrong_usage_ends_with_2(arguments):
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 2
    assert "Usage: " in ran.stderr
    assert ran.stdout == ""


def test_a_process_that_was_used_wrongly_ends_with_2_and_leaves_nothing(cli, tmp_path):
    assert "Usage: " in cli("export", "d-1", "--format", "pdf", "--json", code=2).err
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told_in_one_line(cli, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = cli("demo", "--port", taken.getsockname()[1], code=1)
    assert "Choose another with --port" in refused.line
    assert list(tmp_path.iterdir()) == []


def test_every_command_is_explained():
    runner = CliRunner()
    for path in ((), *((name,) for name in main.commands), ("import", "votes"), ("db", "upgrade")):
        said = runner.invoke(main, [*path, "--help"])
        assert said.exit_code == 0
        assert said.output.startswith("Usage: ")
    assert set(main.commands) == {
        "backoffice", "convene", "db", "demo", "export", "import", "play", "rehearse", "serve", "verify",
    }  # fmt: skip
