"""Who takes part in a test in the browser: the platform with one deliberation, and visitors with a browser each."""

import re
import subprocess
from dataclasses import dataclass, field
from itertools import count

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from deliberate import commands as c
from deliberate.accounts import Accounts
from deliberate.commands import mint
from deliberate.database import Database
from deliberate.moments import later, now
from deliberate.secretariat import Receipt, Secretariat
from deliberate.vocabulary import Office

CHAIR = "a-chair"
NUMBERS = count(1)
EXPECTED = re.compile(r"status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED|WebSocket")
"""What a browser writes as an error while a test refuses, disconnects or restarts on purpose."""


@dataclass
class Server:
    """A running platform, and the secretariat of another process on the same database: the tests' own."""

    url: str
    database: Database
    secretariat: Secretariat
    process: subprocess.Popen[str]


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
        draft = c.InvitationDraft(
            invitation=invitation, expires_at=later(now(), 3_600), seat=seat, office=office
        )
        self.send(c.IssueInvitations(invitations=(draft,)))
        return invitation


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
        if kind == "error" and not EXPECTED.search(text):
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
