"""The desk: the text paragraph by paragraph, what each stands at, and the position of the delegation that reads it.

Anyone may read it where positions are public; forms are for delegates and go to `/d/<id>/act`. What the server
renders is the component: elements carry `data-key` and `data-field`, and `static/src/lib/patch.ts` writes changed
values into them, so everything here is derived from values of the board, as the browser derives it.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from deliberate import board
from deliberate.errors import NotFound
from deliberate.state import Clause, Group, Mandate, Position, Seat, State
from deliberate.vocabulary import (
    ACCEPTING,
    DEFAULT_FINALITY,
    ClauseKind,
    ClauseStage,
    Freshness,
    GroupKind,
    Nature,
    StakeholderKind,
    Standing,
)
from deliberate.web.labels import N_
from deliberate.web.place import Place, Said, open_place

bp = Blueprint("desk", __name__)

BOTH: Final = "both"
_TOKENS: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\s+|[^\s\u3400-\u9fff\uf900-\ufaff]+")
"""What a redline compares: words, but single characters where a language writes none between spaces."""


TONGUES: Final = {
    "ar": "العربية",
    "en": "English",
    "es": "español",
    "fr": "français",
    "ru": "русский",
    "zh": "中文",
}
"""Languages of texts and statements, each in its own name; others show their tag."""
NEEDS: Final = {
    "question": N_("The question is put"),
    "none": N_("No position yet"),
    "reaffirm": N_("To reaffirm"),
    "confirm": N_("Alignment to confirm"),
    "conflict": N_("Two blocs differ"),
}


class Acts(NamedTuple):
    """What one click can do about a seat's own position."""

    reaffirm: bool
    withdraw: bool
    unalign: bool
    retract: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph in the list. `figures` is the board's `clause/…`; `mine` the seat's own value; `need` a code."""

    clause: Clause
    title: Said
    figures: list[Any] | None
    mine: dict[str, Any] | None
    need: str


@dataclass(frozen=True, slots=True)
class Column:
    """The wording in one language. `changes` is the redline against the revision before, empty for the first."""

    lang: str
    said: Said
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Seats that stand together in "who holds what": members of a region, of none, or observers of one kind."""

    group: str | None
    kind: StakeholderKind | None
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class MyGroup:
    """A group of the reader's seat. `mandate` is the one that the seat gave; `speaks_for` those that it holds."""

    group: Group
    members: tuple[str, ...]
    can_accept: int
    mandate: Mandate | None
    speaks_for: tuple[str, ...]
    speaker: Seat | None


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the template shows beside the place itself."""

    rows: list[Row]
    clause: Clause
    row: Row
    before: Clause | None
    after: Clause | None
    view: str
    columns: list[Column]
    note: Said
    tables: list[Table]
    groups: list[MyGroup]
    statements: list[tuple[Seat, Position]]
    chosen: tuple[Seat, Position] | None
    checked_in: bool
    has_floor: bool
    needs: list[Row]


@bp.get("/d/<deliberation>/desk")
def page(deliberation: str) -> ResponseReturnValue:
    """Show one paragraph and the list of all."""
    place = open_place(deliberation, "seat")
    place.prefetch_names()
    desk = arrange(place)
    mine = desk.row.mine
    return render_template(
        "desk.html",
        place=place,
        desk=desk,
        can=acts(mine),
        cell=lambda seat: board.cell(place.state.effective(desk.clause.id, seat)),
        default_finality=DEFAULT_FINALITY.__getitem__,
        held_code=held_code,
        need_words=need_words,
        source_words=lambda held: source_words(place, held),
        tongues=TONGUES,
        token=_token(place, desk),
    )


def arrange(place: Place) -> Desk:
    """Return what the desk shows for this request. Raises `NotFound` for a paragraph that is not in the text."""
    state, seat = place.state, place.seat
    rows = list(_rows(place))
    row = _open_row(place, rows)
    clause = row.clause
    _prefetch(place, clause)
    at = rows.index(row)
    question = state.open_question
    statements = _statements(place, clause)
    return Desk(
        rows=rows,
        clause=clause,
        row=row,
        before=rows[at - 1].clause if at else None,
        after=rows[at + 1].clause if at + 1 < len(rows) else None,
        view=(view := view_of(state)),
        columns=columns(place, clause, view),
        note=_note(place, clause),
        tables=tables(place) if place.sees_positions() else [],
        groups=_groups(place, clause.id) if seat is not None else [],
        statements=statements,
        chosen=next(((s, p) for s, p in statements if s.id == request.args.get("with")), None),
        checked_in=seat is not None and question is not None and seat.id in question.checked_in,
        has_floor=seat is not None and question is not None and seat.id in question.floor,
        needs=[found for found in rows if found.need],
    )


# --- the list -----------------------------------------------------------------------------------------


def _rows(place: Place) -> Iterator[Row]:
    state, seat = place.state, place.seat
    for clause in state.text:
        if clause.kind is ClauseKind.TITLE:
            continue
        positions = clause.negotiable and place.sees_positions()
        figures = place.value(f"clause/{clause.id}") if positions else None
        mine = place.value(f"mine/{seat.id}/{clause.id}") if clause.negotiable and seat is not None else None
        need = need_of(state, seat, clause, mine) if seat is not None and clause.negotiable else ""
        yield Row(clause, place.say(clause.short_title), figures, mine, need)


def need_of(state: State, seat: Seat, clause: Clause, mine: dict[str, Any] | None) -> str:
    """Return why a paragraph still needs the seat, or "".

    `question`: it is put and the seat is not checked in; `conflict`: two blocs speak differently for it; `confirm`:
    the statement it aligned with changed; `reaffirm`: its acceptance is of an earlier text; `none`: no position.
    Nothing is needed where nothing can be done: outside a round, after a decision, in a record.
    """
    if state.nature is Nature.RECORD or clause.stage is ClauseStage.ADOPTED:
        return ""
    question = state.open_question
    put = question is not None and question.clause == clause.id
    if (
        put
        and seat.standing is Standing.MEMBER
        and question is not None
        and seat.id not in question.checked_in
    ):
        return "question"
    if not put and state.open_round is None:
        return ""
    return held_code(mine)


def need_words(need: str) -> str:
    """Return why a paragraph needs the seat."""
    return gettext(NEEDS[need]) if need else ""


def acts(mine: dict[str, Any] | None) -> Acts:
    """Return what can be done about a `mine/…` value with one click."""
    if mine is None:
        return Acts(False, False, False, False)
    own = mine["own"]
    earlier = own is not None and own["freshness"] in (Freshness.STALE, Freshness.MAINTAINED)
    return Acts(earlier, own is not None, mine["aligned"] is not None, mine["confidence"] is not None)


def source_words(place: Place, mine: dict[str, Any] | None) -> str:
    """Return by whose statement the seat holds what it holds, where it is not its own."""
    if mine is None or mine["own"] is not None:
        return ""
    if mine["aligned"] is not None:
        shown = {"name": str(place.name(mine["aligned"]["with"])), "version": mine["aligned"]["version"]}
        if mine["to_confirm"]:
            return gettext(
                "%(name)s changed the statement of version %(version)s that you aligned with.", **shown
            )
        return gettext("Aligned with the statement of %(name)s, version %(version)s.", **shown)
    if mine["by_bloc"] is not None:
        return gettext("%(bloc)s speaks for you.", bloc=str(place.group_name(mine["by_bloc"])))
    return ""


def held_code(mine: dict[str, Any] | None) -> str:
    """Return what is to be done about a `mine/…` value: none, conflict, confirm, reaffirm, or "" for nothing."""
    if mine is None:
        return "none"
    stance = mine["cell"][0]
    if stance == "!":
        return "conflict"
    if mine["to_confirm"] and stance == ".":
        return "confirm"
    if stance == ".":
        return "none"
    return "reaffirm" if stance in "sar" and mine["own"] is not None else ""


def _token(place: Place, desk: Desk) -> dict[str, Any]:
    """Return the resume token, with the values that the page's script needs before they change."""
    keys = ["mandates", "question", "round", f"text/{desk.clause.id}", f"decision/{desk.clause.id}"]
    if place.seat is not None and desk.clause.negotiable:
        keys.append(f"mine/{place.seat.id}/{desk.clause.id}")
    return {
        **place.token(desk.clause.id, "desk"),
        "seats": list(place.state.seats),
        "keys": {key: place.value(key) for key in keys},
    }


def _open_row(place: Place, rows: Sequence[Row]) -> Row:
    """Return the paragraph asked for; else the one under question, the first that needs the seat, the first."""
    asked = request.args.get("clause")
    if asked is not None:
        for row in rows:
            if row.clause.id == asked:
                return row
        raise NotFound(f"There is no paragraph {asked[:60]!r} in this text.", "unknown_clause")
    question = place.state.open_question
    if question is not None:
        return next(row for row in rows if row.clause.id == question.clause)
    for wanted in (lambda row: row.need, lambda row: row.clause.negotiable, lambda row: True):
        if found := next(filter(wanted, rows), None):
            return found
    raise NotFound("There is no paragraph in this text yet.", "no_clause")


# --- the text -----------------------------------------------------------------------------------------


def view_of(state: State) -> str:
    """Return the view asked for, kept for the next page: both, or one language of the text."""
    languages = state.convened.languages if state.convened else ()
    asked = request.args.get("view")
    if asked == BOTH or asked in languages:
        session["view"] = asked
    kept = session.get("view", BOTH)
    return (
        kept
        if kept in languages or (kept == BOTH and len(languages) > 1)
        else languages[0]
        if languages
        else BOTH
    )


def columns(place: Place, clause: Clause, view: str) -> list[Column]:
    """Return the wording in the languages shown: side by side the original, and the reader's or the next one."""
    convened = place.state.convened
    assert convened is not None
    if view == BOTH:
        others = [lang for lang in convened.languages if lang != convened.original]
        second = place.lang if place.lang in others else others[0] if others else None
        shown = [convened.original, *([second] if second else [])]
    else:
        shown = [view]
    wording = clause.revision.wording
    older = clause.revisions[-2].wording if len(clause.revisions) > 1 else {}
    found = []
    for lang in shown:
        said = place.say(wording, lang) or place.say(wording)
        was = place.say(older, lang)
        found.append(
            Column(lang, said, redline(was.text, said.text) if was and said.lang == was.lang else ())
        )
    return found


def redline(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return the pieces of both texts in order, each with what became of it: same, del or ins."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(before[a:b])))
            continue
        if a < b:
            pieces.append(("del", "".join(before[a:b])))
        if c < d:
            pieces.append(("ins", "".join(after[c:d])))
    return tuple(pieces)


def _note(place: Place, clause: Clause) -> Said:
    return place.say(clause.concordance)


def _prefetch(place: Place, clause: Clause) -> None:
    """Load every text that the open paragraph shows in one go."""
    digests: list[str | None] = [d for revision in clause.revisions[-2:] for d in revision.wording.values()]
    digests += clause.concordance.values()
    held = place.state.positions[clause.id].values()
    bloc = place.state.bloc_positions[clause.id].values()
    for position in (*held, *bloc):
        digests += (position.statement, position.scope, position.would_lift, position.addressed)
    place.prefetch(digests)


# --- who holds what -----------------------------------------------------------------------------------


def tables(place: Place) -> list[Table]:
    """Return members by regional group, those of none, then observers by kind, which are never summed."""
    state = place.state
    members = [state.seats[seat] for seat in state.members]
    regional = [group.id for group in state.groups.values() if group.kind is GroupKind.REGIONAL]
    found = [Table(group, None, tuple(s for s in members if group in s.groups)) for group in regional]
    rest = tuple(seat for seat in members if not set(seat.groups) & set(regional))
    found.append(Table(None, None, rest))
    observers = [s for s in state.seats.values() if s.standing is Standing.OBSERVER and not s.withdrawn]
    found += [Table(None, kind, tuple(s for s in observers if s.kind is kind)) for kind in StakeholderKind]
    return [table for table in found if table.seats]


def _groups(place: Place, clause: str) -> list[MyGroup]:
    state, seat = place.state, place.seat
    assert seat is not None
    found = []
    for name in seat.groups:
        group = state.groups[name]
        members = tuple(member for member in state.members if name in state.seats[member].groups)
        mandate = state.mandates.get(seat.id, {}).get(name)
        found.append(
            MyGroup(
                group,
                members,
                sum(_accepts(state, clause, member) for member in members),
                mandate,
                tuple(state.mandators(name, seat.id)) if group.kind is GroupKind.BLOC else (),
                state.seats[mandate.speaker] if mandate else None,
            )
        )
    return found


def _accepts(state: State, clause: str, member: str) -> bool:
    return state.effective(clause, member).stance in ACCEPTING


def _statements(place: Place, clause: Clause) -> list[tuple[Seat, Position]]:
    """Return other members' own statements, which a member may align itself with, in the order of seating."""
    state, seat = place.state, place.seat
    if seat is None or seat.standing is not Standing.MEMBER or not clause.negotiable:
        return []
    held = state.positions[clause.id]
    return [(state.seats[m], held[m]) for m in state.members if m != seat.id and m in held]
