"""Seats, invitations and offices: who may come in, who has arrived, and links that are shown once.

A link's secret is made when somebody asks for it by POST, shown in that one answer and stored nowhere. Invitation
ids are derived from the id of the form, so that a page sent twice makes no second set of links.
"""

import base64
import csv
import io
import re
from dataclasses import dataclass
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from deliberate import commands as c
from deliberate.accounts import Accounts
from deliberate.errors import Conflict, DeliberateError, Forbidden, Invalid
from deliberate.exchange.tables import cell
from deliberate.moments import later
from deliberate.secretariat import Secretariat
from deliberate.state import Invitation
from deliberate.vocabulary import Office, StakeholderKind
from deliberate.web import overview, telling
from deliberate.web.place import Place, open_place
from deliberate.web.security import whole_number

bp = Blueprint("seats", __name__)

DAYS: Final = (1, 3, 7, 14, 30)
"""How long a link may wait for its reader."""
SEATS_SHOWN: Final = 200
"""Seats on a page: 200 of seven columns are 1,400 cells."""
_FORM_ID: Final = re.compile(r"[A-Za-z0-9-]{8,48}")
OFFICES: Final = (Office.ANALYST, Office.FACILITATOR, Office.SECRETARY)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was just made: to a seat or an office."""

    invitation: str
    seat: str | None
    office: Office | None
    url: str


def at_the_table(deliberation: str) -> Place:
    """Return the place of a request from the chair's table. Raises `Forbidden` for everybody else."""
    place = open_place(deliberation, prefer="table")
    if not place.at_the_table:
        raise Forbidden(
            "This page is for the chair, facilitators and the secretary. Open the link that you were given for it.",
            "table_only",
        )
    place.prefetch_names()
    return place


def render(template: str, place: Place, **more: Any) -> str:
    """Return a page of the table. `telling` says the chair's sentences."""
    token = place.token("*", "chair")
    return render_template(
        template, place=place, token=token, telling=telling, by_group=overview.by_group, **more
    )


@bp.get("/seats")
def page(deliberation: str) -> str:
    """Every stakeholder with its kind and groups, who has arrived, and which links are open."""
    return _page(at_the_table(deliberation), [])


@bp.post("/invite")
def invite(deliberation: str) -> ResponseReturnValue:
    """Make a link for each seat asked for, or for an office, and show them once."""
    place = at_the_table(deliberation)
    if not place.may(c.IssueInvitations):
        raise Forbidden("Only the chair and the secretary make links.", "invite_only")
    command_id = request.form.get("command_id", "")
    if not _FORM_ID.fullmatch(command_id):
        raise Invalid("This form is damaged; open the page again.", "command_id")
    days = whole_number(request.form.get("days", "7"), 0)
    if days not in DAYS:
        raise Invalid("Choose how long the links work.", "days")
    wanted = _wanted(place)
    if not wanted:
        raise Invalid("Choose at least one seat or an office to make links for.", "no_seat")
    drafts = {
        f"{command_id}-{n}": c.InvitationDraft(
            invitation=f"{command_id}-{n}",
            expires_at=later(place.at, days * 86_400),
            seat=target if not isinstance(target, Office) else None,
            office=target if isinstance(target, Office) else None,
        )
        for n, target in enumerate(wanted)
    }
    links = _make(place, command_id, drafts)
    place.state = place.docket.state
    if request.accept_mimetypes.best == "text/csv":
        return Response(_csv(place, links), mimetype="text/csv")
    return _page(place, links), 200


def _wanted(place: Place) -> list[str | Office]:
    """Return the seats and offices that the form asks links for."""
    state = place.state
    scope = request.form.get("scope", "")
    if scope == "office":
        office = request.form.get("office", "")
        return [found for found in OFFICES if found.value == office]
    open_seats = [seat.id for seat in state.seats.values() if not seat.withdrawn]
    if scope == "waiting":
        return list(_unlinked(place))
    chosen = set(request.form.getlist("seats"))
    return [seat for seat in open_seats if seat in chosen]


def _unlinked(place: Place) -> list[str]:
    """Return the seats that have nobody yet and no link that waits."""
    state = place.state
    taken = set(state.delegates.values())
    taken |= {
        link.seat
        for link in state.invitations.values()
        if link.seat and link.accepted_by is None and not link.revoked and link.expires_at > place.at
    }
    return [seat.id for seat in state.seats.values() if not seat.withdrawn and seat.id not in taken]


def _make(place: Place, command_id: str, drafts: dict[str, c.InvitationDraft]) -> list[Link]:
    """Record the invitations and make their secrets; neither stays without the other."""
    accounts = cast(Accounts, current_app.extensions["accounts"])
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    try:
        secrets = accounts.issue_many(place.id, {id_: draft.expires_at for id_, draft in drafts.items()})
    except Conflict as why:
        raise Conflict(
            "These links were made already and were shown once. Revoke them and make new ones if they are lost.",
            "links_shown",
        ) from why
    try:
        command = c.IssueInvitations(invitations=tuple(drafts.values()))
        secretariat.submit(place.id, command, place.actor or "", command_id)
    except DeliberateError:
        for invitation in drafts:
            accounts.revoke(place.id, invitation)
        raise
    home = place.settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    return [
        Link(id_, draft.seat, draft.office, home + url_for("auth.show", secret=secrets[id_]))
        for id_, draft in drafts.items()
    ]


def _page(place: Place, links: list[Link]) -> str:
    state = place.state
    people: dict[str, list[str]] = {}
    for actor, seat in state.delegates.items():
        people.setdefault(seat, []).append(actor)
    waiting: dict[str | Office, list[Invitation]] = {}
    for invitation in state.invitations.values():
        target = invitation.seat or invitation.office
        if invitation.accepted_by is None and not invitation.revoked and target is not None:
            waiting.setdefault(target, []).append(invitation)
    shown = [seat for seat in state.seats.values() if not seat.withdrawn]
    if request.args.get("show") == "waiting":
        shown = [seat for seat in shown if seat.id not in people]
    first = (max(1, whole_number(request.args.get("page", ""), 1)) - 1) * SEATS_SHOWN
    actors = [*state.delegates, *state.offices]
    return render(
        "chair_seats.html",
        place,
        seats=shown[first : first + SEATS_SHOWN],
        total=len(shown),
        first=first,
        step=SEATS_SHOWN,
        people=people,
        waiting=waiting,
        names=cast(Accounts, current_app.extensions["accounts"]).names_of(actors),
        arrived=len(people),
        unlinked=len(_unlinked(place)),
        links=links,
        days=DAYS,
        offices=OFFICES,
        stakeholder_kinds=list(StakeholderKind),
        file=_data_address(_csv(place, links)) if links else "",
        filename=f"links{'-REHEARSAL' if place.is_rehearsal else ''}-{place.id}.csv",
    )


def _csv(place: Place, links: list[Link]) -> bytes:
    """Return the links as a CSV file."""
    made = io.StringIO()
    table = csv.writer(made)
    table.writerow(["code", "name", "kind", "link", "expires_at"])
    for link in links:
        seat = place.state.seats.get(link.seat or "")
        expires = place.state.invitations[link.invitation].expires_at
        name = str(place.say(seat.name)) if seat else gettext("Office")
        table.writerow([link.seat or link.office, cell(name), seat.kind if seat else "", link.url, expires])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def _data_address(file: bytes) -> str:
    """Return a CSV file as an address of its own, which needs neither a second request nor JavaScript."""
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(file).decode()}"
