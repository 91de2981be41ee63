"""A real server, real sockets and a real browser.

`platform` is the server, with a fresh rehearsal for each test; `visit` opens a page of it in a browser of its own and
fails the test when the page reports a violation of its Content-Security-Policy or an error. Without a browser these
tests are skipped, naming why; in CI they fail instead.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deliberate import commands as c
from deliberate import scenario
from deliberate.accounts import Accounts
from deliberate.commands import mint
from deliberate.database import Database
from deliberate.moments import later, now
from deliberate.secretariat import Receipt, Secretariat
from deliberate.vocabulary import Office, RoundKind

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CHAIR = "a-chair"
NUMBERS = count(1)


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


@dataclass
class Server:
    """A running platform, and the secretariat of another process on the same database: the tests' own."""

    url: str
    database: Database
    secretariat: Secretariat
    process: subprocess.Popen[str]


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


@dataclass
class Platform:
    """The server with one deliberation, and hands for everybody in it."""

    server: Server
    id: str
    actors: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the address of the deliberation."""
        return f"{self.server.url}/d/{self.id}"

    def send(self, command: c.Command, actor: str = CHAIR) -> Receipt:
        """Record a command as somebody; the chair when nobody is named."""
        return self.server.secretariat.submit(self.id, command, actor, mint("t"))

    def delegate(self, seat: str) -> str:
        """Return an actor who acts for the seat, seated on the first call."""
        if seat not in self.actors:
            invitation = self._invite(seat=seat)
            self.actors[seat] = f"a-{seat.lower()}"
            self.send(c.AcceptInvitation(invitation=invitation), self.actors[seat])
        return self.actors[seat]

    def take(self, seat: str, clause: str, stance: str, **more: object) -> Receipt:
        """Record a seat's position on the current revision."""
        raw = {"type": "take_position", "clause": clause, "seat": seat, "stance": stance, **more}
        raw.setdefault("revision", self.state.clauses[clause].revision.number)
        return self.send(c.parse(raw), self.delegate(seat))

    @property
    def state(self):
        """Return the state as the tests' own process has folded it."""
        docket = self.server.secretariat.docket(self.id)
        docket.catch_up()
        return docket.state

    def link(self, seat: str | None = None, office: Office | None = None) -> str:
        """Return a link into a seat or an office that works once."""
        invitation = self._invite(seat, office)
        secret = Accounts(self.server.database).issue(self.id, invitation, later(now(), 3_600))
        return f"{self.server.url}/in/{secret}"

    def _invite(self, seat: str | None = None, office: Office | None = None) -> str:
        invitation = f"i-{next(NUMBERS)}"
        draft = c.InvitationDraft(invitation=invitation, expires_at=later(now(), 3_600), seat=seat, office=office)
        self.send(c.IssueInvitations(invitations=(draft,)))
        return invitation


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


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self._console)

    def _console(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        if kind == "error" and not re.search(r"status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED|WebSocket", text):
            self.faults.append(f"{kind}: {text}")

    def enter(self, link: str) -> Page:
        """Sign in with a link."""
        self.page.goto(link)
        self.page.locator("form[action^='/in/'] button, form.enter button").first.click()
        return self.page

    def inspect(self) -> list[str]:
        """Return what axe finds on the page: rule and elements."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


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
