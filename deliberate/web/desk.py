"""The desk: the text paragraph by paragraph, what each stands at, and the position of the delegation that reads it.

Anyone may read it where positions are public; forms are for delegates and go to `/d/<id>/act`. What the server
renders is the component: elements carry `data-key` and `data-field`, and `static/src/lib/patch.ts` writes changed
values into them, so everything here is derived from values of the board, as the browser derives it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from deliberate import board
from deliberate.errors import NotFound
from deliberate.state import Clause, Group, Mandate, Position, Seat, State
from deliberate.vocabulary import (
    ACCEPTING,
    DEFAULT_FINALITY,
    ClauseKind,
    GroupKind,
    StakeholderKind,
    Standing,
)
from deliberate.web import overview
from deliberate.web.mine import acts, held_code, need_of, need_words, source_words
from deliberate.web.place import Place, Said, open_place
from deliberate.web.wording import TONGUES, Column, columns, view_of

bp = Blueprint("desk", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph in the list. `figures` is the board's `clause/…`; `mine` the seat's own value; `need` a code."""

    clause: Clause
    title: Said
    figures: list[Any] | None
    mine: dict[str, Any] | None
    need: str


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


def _token(place: Place, desk: Desk) -> dict[str, Any]:
    """Return the resume token, with the values that the page's script needs before they change."""
    keys = ["question", "round", f"text/{desk.clause.id}", f"decision/{desk.clause.id}"]
    if place.sees_positions():
        keys.append("mandates")
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


# --- what the open paragraph needs --------------------------------------------------------------------


def _note(place: Place, clause: Clause) -> Said:
    return place.say(clause.concordance)


def _prefetch(place: Place, clause: Clause) -> None:
    """Load every text that the open paragraph shows in one go."""
    digests: list[str | None] = [d for revision in clause.revisions[-2:] for d in revision.wording.values()]
    digests += clause.concordance.values()
    held = place.state.positions[clause.id].values()
    bloc = place.state.bloc_positions[clause.id].values()
    for position in (*held, *bloc):
        digests += position.texts
    place.prefetch(digests)


# --- who holds what -----------------------------------------------------------------------------------


def tables(place: Place) -> list[Table]:
    """Return members by regional group, those of none, then observers by kind, which are never summed."""
    seats = place.state.seats
    found = overview.rows(place.state)
    return [Table(row.group, row.kind, tuple(seats[seat] for seat in row.seats)) for row in found]


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
