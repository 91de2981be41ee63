"""A real server, real sockets and a real browser.

`platform` is the server, with a fresh rehearsal for each test; `visit` opens a page of it in a browser of its own and
fails the test when the page reports a violation of its Content-Security-Policy or an error. Without a browser these
tests are skipped, naming why; in CI they fail instead.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deliberate import commands as c
from deliberate import scenario
from deliberate.database import Database
from deliberate.secretariat import Secretariat
from deliberate.vocabulary import RoundKind
from tests.e2e.visiting import NUMBERS, Platform, Server, Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, started once."""
    program = shutil.which(CHROMIUM)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing; CI installs it")
        pytest.skip("chromium is not installed here (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The platform on a free port."""
    folder = tmp_path_factory.mktemp("platform")
    address = f"sqlite:///{folder / 'deliberate.db'}"
    database = Database(address)
    database.upgrade()
    port = _free_port()
    environment = {**os.environ, "DATABASE_URL": address}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.serving", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    if process.stdout.readline().strip() != "serving":
        pytest.fail(f"the server did not start (exit {process.wait(10)})")
    _answering(port)
    secretariat = Secretariat(database)
    yield Server(f"http://127.0.0.1:{port}", database, secretariat, process)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.stdout.close()
    secretariat.close()
    database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answering(port: int) -> None:
    """Return once somebody listens on the port."""
    for _ in range(2_000):
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the server does not listen")


@pytest.fixture
def platform(server: Server) -> Platform:
    """The rehearsal, just convened, with its first round open; windows are a few seconds long."""
    convening = scenario.convene(scenario.load("rehearsal"))
    rules = convening.rules.model_copy(update={"question_window_s": 2, "challenge_window_s": 60})
    platform = Platform(server, f"t{next(NUMBERS)}")
    server.secretariat.create(platform.id, convening.nature, convening.title)
    platform.send(convening.model_copy(update={"rules": rules}))
    platform.send(c.OpenRound(kind=RoundKind.NEGOTIATION))
    return platform


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """A function that gives a visitor; keywords as Playwright's new_context (viewport, locale, color_scheme)."""
    visitors: list[Visitor] = []

    def come(**options: object) -> Visitor:
        options.setdefault("locale", "en-GB")
        options.setdefault("viewport", {"width": 1440, "height": 900})
        visitors.append(Visitor(chromium.new_context(**options)))  # type: ignore[arg-type]
        return visitors[-1]

    yield come
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    assert faults == []
