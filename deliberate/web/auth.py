"""Coming in and going out: a link is shown by GET, used by POST, and leads to one place.

A mail scanner opens links, so GET changes nothing. The log is the authority: taking the place is a command, and only
then is the link marked used. A browser holds one actor per deliberation; in a rehearsal it may hold several, so that
one person can see every place.
"""

from typing import cast

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from deliberate import commands as c
from deliberate.accounts import Accounts, Invitation, mint_actor, one_line
from deliberate.config import NAME_CHARACTERS_MAX
from deliberate.errors import DeliberateError, Gone, NotFound, TooMany
from deliberate.secretariat import Docket, Secretariat
from deliberate.vocabulary import Nature, Office
from deliberate.web.languages import AUTONYMS
from deliberate.web.place import actors_here, open_place
from deliberate.web.security import Limit, local

bp = Blueprint("auth", __name__)


def _secretariat() -> Secretariat:
    return cast(Secretariat, current_app.extensions["secretariat"])


def _accounts() -> Accounts:
    return cast(Accounts, current_app.extensions["accounts"])


def _failed() -> None:
    """Count a link that led nowhere, per address: guessing 128 bits is hopeless, but noise is not welcome."""
    limit = current_app.extensions.setdefault(
        "failed_sign_ins",
        Limit(
            per_minute := current_app.extensions["settings"].failed_sign_ins_per_minute / 60, per_minute * 60
        ),
    )
    if not limit.take(request.remote_addr or ""):
        raise TooMany("Too many links from here led nowhere. Wait a minute and try again.", "too_many_links")


def _peek(secret: str) -> Invitation:
    try:
        return _accounts().peek(secret, _secretariat().clock())
    except (NotFound, Gone):
        _failed()
        raise


def _issued(deliberation: str, invitation: str) -> Docket:
    """Return the docket of a link, which another process may have made a moment ago."""
    docket = _secretariat().docket(deliberation)
    if invitation not in docket.state.invitations:
        docket.catch_up()
    return docket


@bp.get("/in/<secret>")
def show(secret: str) -> ResponseReturnValue:
    """Say where the link leads."""
    found = _peek(secret)
    if found.deliberation is None:
        return render_template("signin.html", secret=secret, invitation=None)
    _issued(found.deliberation, found.invitation)
    place = open_place(found.deliberation)
    invitation = place.state.invitations.get(found.invitation)
    if invitation is None or invitation.revoked:  # the log is the authority
        raise Gone("This link was revoked. Ask the secretary for a new one.", "link_revoked")
    return render_template("signin.html", secret=secret, invitation=invitation, place=place)


@bp.post("/in/<secret>")
def enter(secret: str) -> ResponseReturnValue:
    """Use the link and go to the place."""
    found = _peek(secret)
    session.permanent = True
    if found.deliberation is None:
        _accounts().consume(secret, _secretariat().clock(), "convener")
        session["convener"] = True
        return redirect(url_for("convene.form"), 303)
    docket = _issued(found.deliberation, found.invitation)
    held = actors_here(found.deliberation)
    rehearsal = docket.state.nature is Nature.REHEARSAL
    actor = mint_actor() if rehearsal or not held else held[0]
    name = one_line(request.form.get("name"), "name", NAME_CHARACTERS_MAX)  # before the link is used up
    command = c.AcceptInvitation(invitation=found.invitation)
    _secretariat().submit(found.deliberation, command, actor, c.mint("c"))
    try:
        _accounts().consume(secret, _secretariat().clock(), actor)
    except DeliberateError:
        current_app.logger.warning("a link was used twice at once; the log let the first in")
    if name:
        _accounts().register(found.deliberation, actor, name, None)
    places = dict(session.get("places", {}))
    places[found.deliberation] = [actor, *held] if rehearsal else [actor]
    session["places"] = places
    return redirect(_way(found.deliberation, actor), 303)


def _way(deliberation: str, actor: str) -> str:
    """Return the page of the actor's place."""
    state = _secretariat().docket(deliberation).state
    offices = state.offices.get(actor, frozenset())
    if actor in state.delegates:
        return url_for("desk.page", deliberation=deliberation)
    if offices & {Office.CHAIR, Office.FACILITATOR, Office.SECRETARY}:
        return url_for("chair.page", deliberation=deliberation)
    if Office.ANALYST in offices:
        return url_for("workbench.page", deliberation=deliberation)
    return url_for("record.page", deliberation=deliberation)


@bp.get("/d/<deliberation>/")
def home(deliberation: str) -> ResponseReturnValue:
    """Go where this browser's place is, else to the public record."""
    place = open_place(deliberation)
    return redirect(_way(deliberation, place.actor or ""), 302)


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Forget everything that this browser held; asked to, also the names that were given on signing in."""
    if request.form.get("erase"):
        for actors in session.get("places", {}).values():
            for actor in actors:
                _accounts().erase(actor)
    session.clear()
    return redirect("/", 303)


@bp.post("/language")
def language() -> ResponseReturnValue:
    """Keep a person's choice of language."""
    if (chosen := request.form.get("lang")) in AUTONYMS:
        session["lang"] = chosen
        refresh()
    return redirect(local(request.form.get("next"), "/"), 303)
