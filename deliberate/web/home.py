"""The first page: what this is, the deliberations of this platform, and how to get in."""

import json
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from deliberate.log import Entry
from deliberate.secretariat import Secretariat
from deliberate.web.place import Said, actors_here

bp = Blueprint("home", __name__)

SHOWN_MAX = 200
"""Deliberations on the page, the newest first; a platform with more has a secretariat that sends links."""


@dataclass(frozen=True, slots=True)
class Door:
    """A deliberation in the list; `inside` says that this browser has a place in it."""

    id: str
    nature: str
    title: Said
    head: int
    created_at: str
    inside: bool


@bp.get("/")
def page() -> ResponseReturnValue:
    """Show the deliberations of this platform."""
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    lang = str(get_locale() or "en")
    held = [entry for entry in secretariat.log.index() if entry.head > 0]
    newest = sorted(held, key=lambda entry: (entry.created_at, entry.id), reverse=True)[:SHOWN_MAX]
    doors = [_door(entry, lang) for entry in newest]
    return render_template("home.html", doors=doors, convener=bool(session.get("convener")))


def _door(entry: Entry, lang: str) -> Door:
    inside = bool(actors_here(entry.id))
    return Door(entry.id, entry.nature, _title(entry.title, lang), entry.head, entry.created_at, inside)


def _title(stored: str, lang: str) -> Said:
    """Return the title in the reader's language, else English, else whichever there is."""
    try:
        wording = json.loads(stored)
    except json.JSONDecodeError:
        wording = stored
    if not isinstance(wording, dict):
        return Said(str(wording), "")
    chosen = next((name for name in (lang, "en", *wording) if name in wording), "")
    return Said(str(wording.get(chosen, "")), chosen)
