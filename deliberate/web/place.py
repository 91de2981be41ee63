"""A request's place in a deliberation: who asks, in which language, and what a template may show."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from flask import current_app, g, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from deliberate import board
from deliberate import commands as c
from deliberate.commands import mint
from deliberate.config import Settings
from deliberate.consensus.agreement import Counts, clause_status
from deliberate.database.reports import latest_report
from deliberate.errors import Forbidden, NotFound
from deliberate.log import StoredText
from deliberate.procedure import rights
from deliberate.secretariat import Docket, Secretariat
from deliberate.state import Seat, State
from deliberate.vocabulary import Nature, Office, Role, StatusCode

TEXTS_KEPT: Final = 50_000
"""Texts in memory per process, the least recently used forgotten first: 20 MB at 400 bytes each."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text as a reader sees it. `lang` is the language it is in; `redacted` leaves a tombstone."""

    text: str
    lang: str
    original: bool = True
    redacted: bool = False

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text) or self.redacted


NOTHING = Said("", "")


class Texts:
    """The words behind digests, fetched many at a time and kept."""

    def __init__(self, secretariat: Secretariat) -> None:
        self._log = secretariat.log
        self._kept: OrderedDict[tuple[str, str], StoredText] = OrderedDict()

    def load(self, deliberation: str, digests: Iterable[str]) -> dict[str, StoredText]:
        """Return the stored texts that exist, by digest."""
        found: dict[str, StoredText] = {}
        missing = []
        for digest in digests:
            key = (deliberation, digest)
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                found[digest] = kept
            else:
                missing.append(digest)
        if missing:
            for digest, text in self._log.texts(deliberation, missing).items():
                found[digest] = self._kept[deliberation, digest] = text
            while len(self._kept) > TEXTS_KEPT:
                self._kept.popitem(last=False)
        return found

    def forget(self, deliberation: str, digest: str) -> None:
        """Drop a text that was redacted."""
        self._kept.pop((deliberation, digest), None)


class Place:
    """What a page knows: one deliberation, at one version, seen by one actor."""

    def __init__(
        self, docket: Docket, actors: list[str], texts: Texts, settings: Settings, prefer: str
    ) -> None:
        self.docket = docket
        self.id = docket.deliberation
        self.state: State = docket.state
        self.board = docket.board
        self.settings = settings
        self.texts = texts
        self.lang = str(get_locale() or "en")
        self.prefer = prefer
        self.actor = choose(self.state, actors, prefer)
        self.seat: Seat | None = self.state.seats.get(self.state.delegates.get(self.actor or "", ""))
        self.offices = self.state.offices.get(self.actor or "", frozenset())
        self.roles = rights.roles(self.state, self.actor or "")
        self.at = max(cast(Secretariat, current_app.extensions["secretariat"]).clock(), self.state.at)
        self.refill: dict[str, Any] = g.get("refill", {})
        self.error: dict[str, Any] | None = g.get("error")

    # --- who ---

    def may(self, command: type[c.Shape] | str) -> bool:
        """Return whether the actor's roles allow the command (a class, or its name)."""
        kind = c.COMMANDS[command] if isinstance(command, str) else command
        return not self.roles.isdisjoint(rights.MAY[kind])

    def sees_positions(self) -> bool:
        """Return whether the actor may see who holds what."""
        return board.shared_layer(self.state) == board.PUBLIC or Role.NOBODY not in self.roles

    def must_see_positions(self) -> None:
        """Raise `Forbidden` unless the actor may see who holds what."""
        if not self.sees_positions():
            raise Forbidden("The positions of this deliberation are for its members.", "members_only")

    def readable(self, digests: Iterable[str]) -> set[str]:
        """Return those of the texts that the actor may read. What is told in confidence is for the table and its own
        seat; where positions are for members, all but the text, the names and the decisions is."""
        asked = set(digests)
        if not self.sees_positions():
            return asked & public_texts(self.state)
        if not self.at_the_table:
            mine = self.seat.id if self.seat else None
            for told in self.state.confidences.values():
                for seat, held in told.items():
                    asked.difference_update(held.texts if seat != mine else ())
        return asked

    @property
    def at_the_table(self) -> bool:
        """Whether the actor chairs, facilitates or is secretary."""
        return not self.offices.isdisjoint({Office.CHAIR, Office.FACILITATOR, Office.SECRETARY})

    @property
    def is_rehearsal(self) -> bool:
        """Whether everything here is fictional."""
        return self.state.nature is Nature.REHEARSAL

    @staticmethod
    def mint() -> str:
        """Return a new command id."""
        return mint("c")

    # --- words ---

    def prefetch(self, digests: Iterable[str | None]) -> None:
        """Load many texts at once, before a page asks for them one by one."""
        self.texts.load(self.id, {digest for digest in digests if digest})

    def prefetch_names(self) -> None:
        """Load the names of seats and groups, and titles of clauses, in the languages that this page shows."""
        state = self.state
        wordings = [seat.name for seat in state.seats.values()]
        wordings += [group.name for group in state.groups.values()]
        wordings += [clause.short_title for clause in state.clauses.values()]
        self.prefetch(self._best(wording)[1] for wording in wordings if wording)

    def _best(self, wording: dict[str, str]) -> tuple[str, str]:
        convened = self.state.convened
        original = convened.original if convened else "en"
        for lang in (self.lang, original, "en", *wording):
            if lang in wording:
                return lang, wording[lang]
        return "", ""

    def say(self, wording: dict[str, str] | None, lang: str | None = None) -> Said:
        """Return a multilingual text in `lang` (empty when it is not there), or in the reader's best language."""
        if not wording:
            return NOTHING
        if lang is not None:
            return self.text(wording[lang], lang) if lang in wording else NOTHING
        chosen, digest = self._best(wording)
        return self.text(digest, chosen)

    def text(self, digest: str | None, lang: str = "") -> Said:
        """Return one text by digest, in the language it was written in."""
        if not digest:
            return NOTHING
        stored = self.texts.load(self.id, [digest]).get(digest)
        if stored is None:
            return NOTHING
        if stored.words is None or digest in self.state.redacted:
            return Said("", lang, redacted=True)
        return Said(stored.words, stored.lang or lang)

    def name(self, seat: str) -> Said:
        """Return a stakeholder's name; `bloc:speaker` reads as the speaker's."""
        found = self.state.seats.get(seat.rpartition(":")[2])
        return self.say(found.name) if found else Said(seat, "")

    def group_name(self, group: str) -> Said:
        """Return a group's name."""
        found = self.state.groups.get(group)
        return self.say(found.name) if found else Said(group, "")

    @property
    def title(self) -> Said:
        """The text's title."""
        return self.say(self.state.convened.title) if self.state.convened else NOTHING

    # --- figures and the live page ---

    def counts(self, clause: str) -> Counts:
        """Return what the members hold on a clause."""
        return self.board.counts(self.state, clause)

    def status(self, clause: str) -> StatusCode:
        """Return the computed status of a clause."""
        return clause_status(self.state, clause, self.counts(clause))

    def value(self, key: str) -> Any:
        """Return a value of the board."""
        return self.board.value(self.state, key)

    def rooms(self, scope: str) -> dict[str, int]:
        """Return the rooms that this page follows, each with the version it shows."""
        return dict.fromkeys(board.rooms(self.state, self.actor, scope), self.state.version)

    def token(self, scope: str, page: str = "", report: bool = False) -> dict[str, Any]:
        """Return what a live page needs to go on from here; see the contract in `live`."""
        database = current_app.extensions["secretariat"].database
        stored = latest_report(database, self.id, board.shared_layer(self.state)) if report else None
        return {
            "deliberation": self.id,
            "epoch": epoch(self.docket, current_app.config["RELEASE"]),
            "scope": scope,
            "rooms": self.rooms(scope),
            "report": stored.version if stored else 0 if report else None,
            "keys": {key: self.value(key) for key in ("seats", "round", "question")},
            "csrf": generate_csrf(),
            "page": page,
            "prefer": self.prefer,
            "actor": self.actor,
            "seat": self.seat.id if self.seat else None,
            "version": self.state.version,
            "lang": self.lang,
            "nature": self.state.nature,
            "original": self.state.convened.original if self.state.convened else "en",
        }


def epoch(docket: Docket, release: str) -> str:
    """Return what tells one life of a log, under one release, from another."""
    return f"{docket.epoch}.{release}"


def choose(state: State, actors: list[str], prefer: str) -> str | None:
    """Return the actor that a page is for: a browser has several only in a rehearsal."""
    seated = [actor for actor in actors if actor in state.delegates]
    table = [
        a
        for a in actors
        if state.offices.get(a, frozenset()) & {Office.CHAIR, Office.FACILITATOR, Office.SECRETARY}
    ]
    others = [actor for actor in actors if state.offices.get(actor) and actor not in table]
    order = {"seat": seated + table + others, "table": table + seated + others}.get(
        prefer, others + table + seated
    )
    return order[0] if order else None


def public_texts(state: State) -> set[str]:
    """Return the digests of what anybody may read, whoever the positions are for: the text, names and decisions."""
    found: list[str | None] = []
    if (opening := state.convened) is not None:
        found += (*opening.title.values(), *opening.source.values())
        found += (opening.host, opening.controller, opening.law, opening.privacy)
    for clause in state.clauses.values():
        found += (*clause.short_title.values(), *clause.concordance.values())
        for revision in clause.revisions:
            found += (*revision.wording.values(), revision.explanation)
    names = [seat.name for seat in state.seats.values()] + [group.name for group in state.groups.values()]
    found += [text for name in names for text in name.values()]
    for question in state.questions.values():
        found += (question.withdrawn, question.decision.statement if question.decision else None)
    found += [held.closed.reason for held in state.rounds if held.closed is not None]
    found += state.redacted.values()
    for text in found:  # grows: a translation may have been translated in turn
        found += state.translations.get(text or "", {}).values()
    return {text for text in found if text is not None}


def actors_here(deliberation: str) -> list[str]:
    """Return the actors that this browser is signed in as, in this deliberation."""
    return list(session.get("places", {}).get(deliberation, []))


def open_place(deliberation: str, prefer: str = "seat") -> Place:
    """Return the place of this request. `prefer` is seat, table or analyst. Raises `NotFound`."""
    if not 1 <= len(deliberation) <= 64:
        raise NotFound("There is no such deliberation.", "unknown_deliberation")
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    docket = secretariat.docket(deliberation)
    if docket.state.convened is None:
        raise NotFound("There is no such deliberation.", "unknown_deliberation")
    place = Place(
        docket,
        actors_here(deliberation),
        cast(Texts, current_app.extensions["texts"]),
        cast(Settings, current_app.extensions["settings"]),
        prefer,
    )
    g.place = place
    return place
