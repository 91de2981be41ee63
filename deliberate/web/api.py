"""Forms and JSON: every way in that is not a socket, and the texts, boards, reports and files on the way out."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, flash, g, jsonify, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from deliberate import board
from deliberate.config import Settings
from deliberate.database.reports import latest_report
from deliberate.errors import DeliberateError, Forbidden, Invalid, NotFound, Unavailable
from deliberate.exchange import DRAWN, FORMATS, filename
from deliberate.exchange.produce import produce
from deliberate.secretariat import Secretariat
from deliberate.web.live import Live
from deliberate.web.place import Place, open_place
from deliberate.web.security import local, whole_number
from deliberate.web.words import refusal

bp = Blueprint("api", __name__)

JSON: Final = frozenset({"api.command", "api.poll", "api.whole", "api.texts", "api.report"})
"""Endpoints that answer in JSON whatever is asked for."""
TEXTS_MAX: Final = 200
"""Texts in one request."""
EXPORT_WAIT_S: Final = 20.0
"""How long a page waits for the back office to draw a graph file."""
EXPORTS_AT_ONCE: Final = 2
"""Logs and tables written by this process at the same time: one of 100,000 events takes a second and 30 MB, and
anybody may ask."""
CATCH_UP_LOOK_S: Final = 0.1
"""How often the log is read while a request waits for what it says it has seen; anybody may say anything."""
_WRITING: Final = threading.BoundedSemaphore(EXPORTS_AT_ONCE)
_REPEATED = frozenset({"seats", "groups"})
_MOMENTS = frozenset({"deadline", "expected_by"})
_LOCAL = re.compile(r"^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::\d\d)?)?$")


def _live() -> Live:
    return cast(Live, current_app.extensions["live"])


def _open(deliberation: str) -> Place:
    """Return the request's place, as the actor that it names, caught up with what the request has seen."""
    place = open_place(deliberation, request.values.get("prefer", request.headers.get("X-Prefer", "seat")))
    seen = whole_number(request.headers.get("X-Seen", ""), 0)
    if seen > place.state.version:
        settings: Settings = current_app.extensions["settings"]
        until = time.monotonic() + settings.catch_up_s
        while place.docket.state.version < seen:
            place.docket.catch_up(seen)
            if place.docket.state.version < seen and time.monotonic() > until:
                raise Unavailable(
                    f"This server has not caught up yet: it is at version {place.docket.state.version}, "
                    f"you have seen {seen}. Try again in a moment.",
                    "behind",
                )
            time.sleep(CATCH_UP_LOOK_S)
        place.state = place.docket.state
    return place


# --- in ---


@bp.post("/d/<deliberation>/commands")
def command(deliberation: str) -> ResponseReturnValue:
    """Record a command sent as JSON `{id, command}`; answer `{receipt}`."""
    place = _open(deliberation)
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Invalid("A command is an object with an id and a command.", "invalid")
    if place.actor is None:
        raise Forbidden("Sign in with your link before sending anything.", "signed_out")
    return jsonify(receipt=_live().take(deliberation, place.actor, data))


@bp.post("/d/<deliberation>/act")
def act(deliberation: str) -> ResponseReturnValue:
    """Record a command sent as a form, and go to `next`; a refusal shows that page, or the one named by `again`,
    with all that was typed."""
    place = _open(deliberation)
    back = local(request.form.get("next"), f"/d/{deliberation}/")
    try:
        if place.actor is None:
            raise Forbidden("Sign in with your link before sending anything.", "signed_out")
        data = {"id": request.form.get("command_id", ""), "command": from_form()}
        receipt = _live().take(deliberation, place.actor, data)
    except DeliberateError as error:
        return _again(local(request.form.get("again"), back), error)
    session["receipt"] = f"{receipt['version']}:{receipt['digest']}"
    said = gettext("Recorded at version %(version)s.", version=receipt["version"])
    flash(said if receipt["changed"] else gettext("Nothing changed: it stood like that already."), "done")
    return redirect(back, 303)


def _again(back: str, error: DeliberateError) -> ResponseReturnValue:
    """Render the page that the form came from, saying what is wrong and keeping what was typed."""
    g.error = {**error.as_dict(), "message": refusal(error)}
    g.refill = {
        name: request.form.get(name) for name in request.form if name not in ("csrf_token", "command_id")
    }
    path, _, query = back.partition("?")
    try:
        endpoint, arguments = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        raise error from None
    request.query_string = query.encode()
    request.__dict__.pop("args", None)  # it was read from the query of the form's own address
    page = current_app.make_response(
        current_app.ensure_sync(current_app.view_functions[endpoint])(**arguments)
    )
    page.status_code = error.status
    return page


def from_form() -> dict[str, Any]:
    """Return the command that a form describes: `wording.en` fields are gathered, empty ones left out, dates read
    as UTC, and `statement@object` is read only where the stance is `object`."""
    fields: dict[str, Any] = {}
    for entry in request.form:
        name, at, stance = entry.partition("@")
        if name in ("csrf_token", "command_id", "next", "again", "prefer"):
            continue
        if at and stance != request.form.get("stance"):
            continue
        value = request.form[entry].strip()
        head, dot, rest = name.partition(".")
        if name in _REPEATED:
            fields[name] = request.form.getlist(name)
        elif value == "":
            continue
        elif dot:
            fields.setdefault(head, {})[rest] = value
        elif name in _MOMENTS and (when := _LOCAL.match(value)):
            fields[name] = f"{when[1]}T{when[2] or '23:59'}:00.000Z"
        else:
            fields[name] = value
    return fields


# --- out ---


@bp.get("/d/<deliberation>/live")
def poll(deliberation: str) -> ResponseReturnValue:
    """Wait for what changes in the rooms named as `room:version,…`, where sockets cannot pass; at most `wait` seconds.
    Somebody who names the `report` that they have is told of a newer one."""
    place = _open(deliberation)
    scope = request.args.get("scope", "")
    token = place.token(scope)
    have: dict[str, int] = {}
    for part in request.args.get("rooms", "").split(","):
        room, _, version = part.rpartition(":")
        have[room] = whole_number(version, -1)
        if have[room] < 0:
            raise Invalid("Rooms are named as room:version, separated by commas.", "rooms")
    if request.args.get("epoch") != token["epoch"] or set(have) != set(token["rooms"]):
        return jsonify(reset=True)
    shown = request.args.get("report", type=int)
    asides = [] if shown is None else _newer_report(place, shown)
    wait_s = 0 if asides else request.args.get("wait", place.settings.long_poll_s, type=int)
    pushes = _live().wait(place.docket, have, min(wait_s, place.settings.long_poll_s))
    if set(have) != set(board.rooms(place.docket.state, place.actor, scope)):
        return jsonify(reset=True)  # rights were narrowed while this waited
    return jsonify(pushes=pushes, asides=asides, version=place.docket.state.version)


def _newer_report(place: Place, shown: int) -> list[dict[str, Any]]:
    database = cast(Secretariat, current_app.extensions["secretariat"]).database
    stored = (
        latest_report(database, place.id, board.shared_layer(place.state)) if place.sees_positions() else None
    )
    if stored is None or stored.version <= shown:
        return []
    value = {"version": stored.version, "digest": stored.digest}
    return [{"key": "report", "counter": stored.version, "value": value}]


@bp.get("/d/<deliberation>/board")
def whole(deliberation: str) -> ResponseReturnValue:
    """Return everything that the page's rooms hold."""
    place = _open(deliberation)
    token = place.token(request.args.get("scope", ""))
    keys: dict[str, Any] = {}
    for room in token["rooms"]:
        keys |= place.board.changes(place.state, room, 0)
    return jsonify(epoch=token["epoch"], rooms=token["rooms"], keys=keys)


@bp.get("/d/<deliberation>/texts")
def texts(deliberation: str) -> ResponseReturnValue:
    """Return texts by digest, `{digest: {words, lang} | null}`; 410 when all that was asked for is redacted. What the
    reader may not read is null, as what does not exist."""
    place = _open(deliberation)
    digests = request.args.getlist("d")[:TEXTS_MAX]
    stored = place.texts.load(deliberation, place.readable(digests))
    found = {
        digest: {"words": text.words, "lang": text.lang}
        if (text := stored.get(digest)) is not None
        and text.words is not None
        and digest not in place.state.redacted
        else None
        for digest in digests
    }
    if digests and all(text is None for text in found.values()):
        gone = all(digest in place.state.redacted for digest in digests)
        if gone:
            return jsonify(found), 410
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@bp.get("/d/<deliberation>/report")
def report(deliberation: str) -> ResponseReturnValue:
    """Return the newest report as the back office wrote it, byte for byte."""
    place = _open(deliberation)
    place.must_see_positions()
    database = cast(Secretariat, current_app.extensions["secretariat"]).database
    stored = latest_report(database, deliberation, board.shared_layer(place.state))
    if stored is None:
        raise NotFound("The first report is not ready yet; it takes a second.", "no_report")
    answer = Response(stored.payload, mimetype="application/json")
    answer.set_etag(stored.digest)
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


@bp.get("/d/<deliberation>/export/<form>")
def export(deliberation: str, form: str) -> ResponseReturnValue:
    """Return the log, the position graph or the positions as a file; its name says what kind of record it is. At the
    table, `whole=1` asks for the log with what was told in confidence."""
    place = _open(deliberation)
    if form not in FORMATS:
        raise NotFound(f"There is no format {form!r}; there are: {', '.join(FORMATS)}.", "unknown_format")
    place.must_see_positions()
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    whole = form == "jsonl" and place.at_the_table and request.args.get("whole") == "1"
    with nullcontext() if form in DRAWN else _one_of_few():
        if whole:
            body = b"".join(secretariat.log.export(deliberation, whole=True))
        else:
            body = produce(secretariat.database, deliberation, place.state, form, EXPORT_WAIT_S)
    answer = Response(body, mimetype=FORMATS[form])
    name = filename(place.state, str(place.title), form)
    if whole:
        name = name.replace(".jsonl", "-WITH-CONFIDENCES.jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Wait for one's turn to have a file written here. Raises `Unavailable`."""
    if not _WRITING.acquire(timeout=EXPORT_WAIT_S):
        raise Unavailable("Others are fetching files. Ask for it again in a moment.", "not_ready")
    try:
        yield
    finally:
        _WRITING.release()


__all__ = ["bp", "from_form"]
