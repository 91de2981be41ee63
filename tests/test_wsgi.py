"""`serve` and `demo` as processes: they answer, look after their children, say goodbye, and leave nothing running."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
import gevent.event
import pytest

from deliberate import scenario
from deliberate.cli.convening import convene
from deliberate.database import Database
from deliberate.log import Log
from deliberate.rehearse.visitor import Visitor
from deliberate.rehearse.wire import Line
from deliberate.secretariat import Secretariat

PATIENCE_S = 60


class Running:
    """A command that keeps running, in a folder of its own, once it has said its one JSON object."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        known = {name: value for name, value in os.environ.items() if not name.startswith("DELIBERATE_")}
        self.url = f"sqlite:///{folder / 'deliberate.db'}"
        with (folder / "said.txt").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deliberate", *arguments, "--port", "0", "--json"],
                cwd=folder,
                env={**known, "DATABASE_URL": self.url},
                stdout=subprocess.PIPE,
                stderr=said,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.said
        self.answer: dict[str, Any] = json.loads(line)
        self.address = self.answer["address"]

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    def get(self, path: str) -> int:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return int(answer.status)

    def children(self) -> dict[str, int]:
        """What runs for this command: "gunicorn" or "backoffice" → process id."""
        return {
            word: pid
            for pid, line in processes(self.process.pid)
            for word in ("gunicorn", "backoffice")
            if word in line
        }

    def end(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        assert self.process.stdout is not None
        self.process.stdout.close()


def processes(parent: int) -> list[tuple[int, str]]:
    """(process id, command line) of every child of a process that is still there."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            line = (status.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append((int(status.parent.name), line))
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_for(what: Callable[[], object]) -> None:
    """Return once it is true; fail when it does not become so."""
    with gevent.Timeout(PATIENCE_S):
        while not what():
            gevent.sleep(0.05)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system does not show its processes in /proc")
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(tmp_path, *arguments))
        return started[-1]

    yield start
    for running in started:
        running.close()


@pytest.fixture
def deliberation(tmp_path: Path) -> str:
    """A rehearsal in the database that the platform will serve."""
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    office = Secretariat(database)
    docket, _ = convene(office, scenario.convene(scenario.load("rehearsal")))
    office.close()
    database.close()
    return docket.deliberation


def follow(address: str, deliberation: str) -> tuple[Line, dict[str, gevent.event.Event]]:
    """A browser that follows the public board, and what it has been told."""
    board = Visitor(urlsplit(address)).json(f"/d/{deliberation}/board")
    told = {"closing": gevent.event.Event()}
    token = {"epoch": board["epoch"], "rooms": board["rooms"]}
    line = Line(
        urlsplit(address),
        {"deliberation": deliberation, "scope": "", "token": token},
        on_event=lambda name, _: told[name].set() if name in told else None,
    )
    return line.open(), told


def test_serve_answers_and_tells_browsers_before_it_ends(run, deliberation):
    serving = run("serve", "--convener")
    assert serving.get("/") == 200
    assert serving.get(urlsplit(serving.answer["convener"]).path) == 200
    line, told = follow(serving.address, deliberation)
    children = serving.children()
    serving.process.send_signal(signal.SIGTERM)
    assert told["closing"].wait(PATIENCE_S)
    line.close()
    assert serving.process.wait(PATIENCE_S) == 0
    assert set(children) == {"gunicorn", "backoffice"}
    assert all(gone(pid) for pid in children.values())
    assert "Traceback" not in serving.said


def test_a_back_office_that_died_is_started_again(run):
    serving = run("serve")
    first = serving.children()["backoffice"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: serving.children().get("backoffice") not in (None, first))
    assert serving.get("/") == 200
    assert serving.end(signal.SIGINT) == 0


def test_serve_ends_with_one_line_when_the_web_process_dies(run):
    serving = run("serve")
    children = serving.children()
    os.kill(children["gunicorn"], signal.SIGKILL)
    assert serving.process.wait(PATIENCE_S) == 1
    assert "The web process ended by itself" in serving.said.splitlines()[-1]
    assert gone(children["backoffice"])


def test_nothing_is_left_running_when_serve_itself_is_killed(run):
    serving = run("serve")
    children = serving.children()
    serving.process.kill()
    serving.process.wait()
    wait_for(lambda: all(gone(pid) for pid in children.values()))


def test_a_web_process_that_cannot_start_ends_the_command(tmp_path):
    """A user that does not exist stands for any fault at start: gunicorn ends, and so does the command."""
    ran = subprocess.run(
        [sys.executable, "-m", "deliberate", "serve", "--port", "0"],
        cwd=tmp_path,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
            "GUNICORN_CMD_ARGS": "--user nobody-here",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("deliberate: The web process ended by itself")


def test_the_demonstration_plays_itself_while_people_look_on(run):
    demo = run("demo")
    links = demo.answer["links"]
    assert set(links) == {"delegate", "chair", "analyst", "record", "convener"}
    for place in ("delegate", "chair", "analyst"):
        assert demo.get(urlsplit(links[place]).path) == 200
    database = Database(demo.url)
    log, deliberation = Log(database), demo.answer["deliberation"]
    begun = log.head(deliberation)[0]

    def positions() -> int:
        rows = log.read(deliberation, begun)
        return sum(b'"PositionTaken"' in body for _, body, _ in rows)

    wait_for(lambda: positions() >= 3)
    database.close()
    children = demo.children()
    assert demo.end(signal.SIGINT) == 0
    assert all(gone(pid) for pid in children.values())
    assert "REHEARSAL at http://127.0.0.1:" in demo.said
    assert "51 synthetic delegations have signed in." in demo.said
