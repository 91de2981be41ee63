"""The chair's pages: the matrix and what needs the chair, closing a round, revising, the question.

For chair, facilitators and secretary; every form goes to `/d/<id>/act`, where the rules of procedure decide. A page
asked for with `?part=live` comes without the matrix: `static/src/lib/refresh.ts` fetches it so when something was
pushed, and takes over what changed, so that live pages and fresh ones are made in one place.
"""

import time
from typing import Any, Final

from flask import Blueprint, request

from deliberate import board
from deliberate import commands as c
from deliberate.consensus import rules
from deliberate.errors import DeliberateError, Forbidden, NotFound
from deliberate.state import Clause
from deliberate.vocabulary import Change, ClauseStage, RoundKind, RuleAnswer
from deliberate.web import overview, seats, telling
from deliberate.web.place import Place
from deliberate.web.seats import at_the_table, render

CELLS_A_SLICE: Final = 4_000
"""Cells packed at a stretch: some 10 ms, after which others get their turn."""

bp = Blueprint("chair", __name__, url_prefix="/d/<deliberation>/chair")
bp.register_blueprint(seats.bp)


@bp.get("")
def page(deliberation: str) -> str:
    """The matrix, the figures, and the list of what needs the chair."""
    place = at_the_table(deliberation)
    state = place.state
    matters = overview.attention(state, place.counts)
    here = _open_clause(place, matters)
    counts = place.counts(here.id) if here else None
    cells = len(state.seats) * len(state.negotiable)
    live = request.args.get("part") == "live"
    data = None if live else _data(place, here)
    return render(
        "chair.html",
        place,
        here=here,
        counts=counts,
        figures=overview.figures(state, place.counts, here.id if here else None),
        matters=matters,
        ready=_ready(place, matters),
        rule=rules.consensus(state, here.id, place.at, counts) if here else None,
        too_large=cells > place.settings.cells_rendered_max,
        data=data,
        heard=[_heard(group, data["clauses"], here) for group in data["groups"]] if data and here else [],
    )


def _open_clause(place: Place, matters: list[overview.Matter]) -> Clause | None:
    """Return the paragraph asked for, else the one under question, else the first that needs the chair."""
    state = place.state
    asked = state.clauses.get(request.args.get("clause", ""))
    if asked is not None and asked.negotiable:
        return asked
    if state.open_question is not None:
        return state.clauses[state.open_question.clause]
    if matters:
        return state.clauses[matters[0].clause]
    return state.negotiable[0] if state.negotiable else None


def _ready(place: Place, matters: list[overview.Matter]) -> list[Clause]:
    """Return the paragraphs on which everybody was heard and nobody objects, awaits or has to reaffirm."""
    busy = {matter.clause for matter in matters}
    return [
        clause
        for clause in place.state.negotiable
        if clause.id not in busy and clause.stage is ClauseStage.OPEN and clause.votes is None
    ]


def _data(place: Place, here: Clause | None) -> dict[str, Any]:
    """Return what the matrix is made of; cells as the board packs them, by clause in the order of seating."""
    state = place.state
    clauses = []
    for clause in state.negotiable:
        clauses.append(
            {
                "id": clause.id,
                "number": clause.number or clause.id,
                "title": str(place.say(clause.short_title)),
                "cells": board.pack(state, clause.id),
            }
        )
        if len(clauses) * len(state.seats) % CELLS_A_SLICE < len(state.seats):
            time.sleep(0)  # others get their turn; `state` is a snapshot
    return {
        "seats": [{"id": seat.id, "name": str(place.say(seat.name))} for seat in state.seats.values()],
        "groups": [
            {"label": telling.row_words(place, row), "seats": [state.seats[seat].index for seat in row.seats]}
            for row in overview.rows(state)
        ],
        "clauses": clauses,
        "open": here.id if here else "",
    }


def _heard(group: dict[str, Any], clauses: list[dict[str, Any]], here: Clause | None) -> int:
    """Return how many of a group spoke on the open paragraph themselves or by alignment."""
    cells = next(clause["cells"] for clause in clauses if here is not None and clause["id"] == here.id)
    return sum(cells[2 * at + 1] in "oa" for at in group["seats"])


@bp.get("/close")
def close(deliberation: str) -> str:
    """The round: open one, or review who was not heard and what is unsettled before it is closed."""
    place = at_the_table(deliberation)
    review = None
    if place.state.open_round is not None and place.may(c.CloseRound):
        review = overview.closing(place.state, place.actor or "", place.at)
    return render(
        "chair_close.html",
        place,
        review=review,
        unheard=overview.by_group(place.state, review.not_heard) if review else [],
        pending=_by_clause(place, review.pending) if review else [],
        stale=_by_clause(place, review.stale) if review else [],
        kinds=list(RoundKind),
        next_kind=_next_kind(place),
    )


def _by_clause(place: Place, pairs: tuple[tuple[str, str], ...]) -> list[tuple[Clause, list[str]]]:
    found: dict[str, list[str]] = {}
    for clause, seat in pairs:
        found.setdefault(clause, []).append(seat)
    return [(place.state.clauses[clause], seats) for clause, seats in found.items()]


@bp.get("/revise/<clause>")
def revise(deliberation: str, clause: str) -> str:
    """A new wording, editorial or substantive, with what each would do to the positions."""
    place = at_the_table(deliberation)
    if not place.may(c.ReviseClause):
        raise Forbidden("Only the chair and facilitators revise the text.", "revise_only")
    found = place.state.clauses.get(clause)
    if found is None:
        raise NotFound(f"There is no paragraph {clause[:60]!r} in this text.", "unknown_clause")
    place.prefetch(found.revision.wording.values())
    effects: dict[Change, overview.Effect | DeliberateError] = {}
    for change in (Change.SUBSTANTIVE, Change.EDITORIAL):
        try:
            effects[change] = overview.effect(place.state, clause, change, place.actor or "", place.at)
        except DeliberateError as refusal:
            effects[change] = refusal
    return render(
        "chair_revise.html",
        place,
        clause=found,
        effects=effects,
        refused=lambda found: isinstance(found, DeliberateError),
        shut=all(isinstance(found, DeliberateError) for found in effects.values()),
    )


@bp.get("/question")
def question(deliberation: str) -> str:
    """Put the question; while it is put, who checked in and who asks for the floor; read back, then declare."""
    place = at_the_table(deliberation)
    state = place.state
    put = state.open_question
    asked = state.clauses.get(put.clause if put else request.args.get("clause", ""))
    clause = asked if asked is not None and asked.negotiable else None
    counts = place.counts(clause.id) if clause else None
    absent = [seat for seat in state.members if put and seat not in put.checked_in]
    report = rules.consensus(state, clause.id, place.at, counts) if clause else None
    return render(
        "chair_question.html",
        place,
        put=put,
        clause=clause,
        counts=counts,
        rule=report,
        passes=report is not None and report.answer is RuleAnswer.PASS,
        declaring=put is not None and request.args.get("step") == "declare",
        absent=absent,
        open_clauses=[found for found in state.negotiable if found.stage is ClauseStage.OPEN],
    )


def _next_kind(place: Place) -> RoundKind:
    """Return the kind of round that usually comes next."""
    kinds = list(RoundKind)
    last = place.state.rounds[-1].kind if place.state.rounds else None
    return kinds[min(kinds.index(last) + 1, len(kinds) - 1)] if last else RoundKind.CONSULTATION
