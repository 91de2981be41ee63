"""What the command line does in a deliberation: opening a database, convening, seating, making links."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deliberate import commands as c
from deliberate import scenario
from deliberate.accounts import Accounts
from deliberate.config import Settings, load
from deliberate.database import Database
from deliberate.errors import NotFound
from deliberate.exchange.recording import Register, record
from deliberate.moments import later, now
from deliberate.secretariat import Docket, Secretariat
from deliberate.vocabulary import Office

Target = tuple[str | None, Office | None]
"""A seat, or an office."""

NAME: Final = "Command line"
"""Under which the actor who convenes from here is known."""


@contextmanager
def secretariat(
    *, make: bool = True, clock: Callable[[], str] = now, settings: Settings | None = None
) -> Iterator[Secretariat]:
    """Give a secretariat on the database of the environment, brought up to date; `make` also makes one that is not
    there yet. Raises `NotFound`, `Misconfigured`."""
    database = Database((settings or load()).database_url)
    try:
        if make:
            database.upgrade()
        elif database.is_sqlite and not Path(str(database.url.database)).is_file():
            raise NotFound(
                f"There is no database {database.url.database} yet. Give DATABASE_URL, or go to its folder.",
                "no_database",
            )
        office = Secretariat(database, clock)
        try:
            yield office
        finally:
            office.close()
    finally:
        database.close()


def convene(office: Secretariat, opening: c.Convene) -> tuple[Docket, str]:
    """Open a deliberation and return its docket and the actor who chairs it."""
    docket, actor, _ = record(office, opening, ())
    Accounts(office.database).register(docket.deliberation, actor, NAME, None)
    return docket, actor


def links(
    office: Secretariat, docket: Docket, chair: str, targets: Mapping[str, Target], days: float, home: str
) -> dict[str, str]:
    """Make a sign-in link for each target and return them by its name. `home` is where the platform answers."""
    expires_at = later(office.clock(), days * 86_400)
    ids = {name: c.mint("i") for name in targets}
    secrets = Accounts(office.database).issue_many(
        docket.deliberation, dict.fromkeys(ids.values(), expires_at)
    )
    drafts = [
        c.InvitationDraft(invitation=ids[name], expires_at=expires_at, seat=seat, office=of)
        for name, (seat, of) in targets.items()
    ]
    docket.submit(c.IssueInvitations(invitations=tuple(drafts)), chair, c.mint("c"))
    return {name: f"{home}/in/{secrets[ids[name]]}" for name in targets}


def convener_link(office: Secretariat, days: float, home: str) -> str:
    """Make a link for somebody who may convene deliberations."""
    secret = Accounts(office.database).issue(None, c.mint("i"), later(office.clock(), days * 86_400))
    return f"{home}/in/{secret}"


def seat_everybody(office: Secretariat, docket: Docket, chair: str, seats: Sequence[str]) -> dict[str, str]:
    """Put an actor of this process in each seat, without links; return seat → actor."""
    expires_at = later(office.clock(), 86_400)
    drafts = [
        c.InvitationDraft(invitation=f"i-{seat}"[:64], expires_at=expires_at, seat=seat) for seat in seats
    ]
    docket.submit(c.IssueInvitations(invitations=tuple(drafts)), chair, c.mint("c"))
    actors = {seat: c.mint("a") for seat in seats}
    for draft, actor in zip(drafts, actors.values(), strict=True):
        docket.submit(c.AcceptInvitation(invitation=draft.invitation), actor, c.mint("c"))
    return actors


def un_register() -> Register:
    """Return the Member States of the United Nations, known by both of their ISO codes."""
    found = scenario.load("initiative")
    opening = scenario.convene(found)
    seats = {member.code for member in found.members}
    return Register(
        opening.groups,
        tuple(seat for seat in opening.seats if seat.seat in seats),
        {code: member.code for member in found.members for code in (member.code, member.iso2) if code},
    )
