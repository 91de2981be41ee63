"""A platform with one deliberation convened, for tests that go through HTTP."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from deliberate import commands as c
from deliberate import scenario
from deliberate.config import Settings
from deliberate.database import Database
from deliberate.secretariat import Docket
from deliberate.vocabulary import Office, RoundKind
from deliberate.web import create_app

CHAIR = "a-chair"
FAR = "2090-01-01T00:00:00.000Z"


class House:
    """The application, its database and one deliberation; `sign_in` gives a browser at a place."""

    def __init__(
        self,
        folder: Path,
        name: str = "rehearsal",
        clock: Callable[[], str] | None = None,
        **settings: object,
    ) -> None:
        address = f"sqlite:///{folder / 'house.db'}"
        database = Database(address)
        database.upgrade()
        database.close()
        self.settings = Settings(database_url=address, **settings)  # type: ignore[arg-type]
        self.app: Flask = create_app(self.settings, clock=clock)
        self.app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.secretariat = self.app.extensions["secretariat"]
        self.accounts = self.app.extensions["accounts"]
        self.id = "talks"
        command = scenario.convene(scenario.load(name))
        self.docket: Docket = self.secretariat.create(self.id, command.nature, command.title)
        self.say(command, CHAIR)

    def say(self, command: c.Shape, actor: str) -> int:
        """Record a command, past the pages; return its version."""
        return self.docket.submit(command, actor, c.mint("c")).version

    def open_round(self) -> None:
        self.say(c.OpenRound(kind=RoundKind.NEGOTIATION), CHAIR)

    def link(self, *, seat: str | None = None, office: Office | None = None, expires_at: str = FAR) -> str:
        """Return the secret of a new link to a place."""
        invitation = c.mint("i")
        draft = c.InvitationDraft(invitation=invitation, expires_at=expires_at, seat=seat, office=office)
        self.say(c.IssueInvitations(invitations=(draft,)), CHAIR)
        return str(self.accounts.issue(self.id, invitation, expires_at))

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def sign_in(self, *, seat: str | None = None, office: Office | None = None) -> FlaskClient:
        """Return a browser that has used a link to the place."""
        browser = self.browser()
        answer = browser.post(f"/in/{self.link(seat=seat, office=office)}")
        assert answer.status_code == 303, answer.text
        return browser

    @property
    def members(self) -> tuple[str, ...]:
        return self.docket.state.members

    def close(self) -> None:
        self.secretariat.close()
        self.secretariat.database.close()


def position(seat: str, clause: str = "op4", stance: str = "accept", **more: object) -> dict[str, object]:
    """A position on the first revision, as plain data."""
    return {"type": "take_position", "clause": clause, "revision": 1, "seat": seat, "stance": stance, **more}
