"""The public record: the text, what was decided and how, what stands beside it, and how anybody verifies it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from deliberate.events import DecisionDeclared, VotesRecorded
from deliberate.exchange import filename
from deliberate.state import Clause, Round, Seat, State
from deliberate.vocabulary import ClauseKind, ClauseStage
from deliberate.web.desk import Table, tables
from deliberate.web.place import Place, open_place
from deliberate.web.wording import TONGUES, Column, columns, view_of

bp = Blueprint("record", __name__)

DOWNLOADS: Final = ("jsonl", "json", "csv", "graphml", "gexf")
"""The log itself first: it is the record, the others are made of it."""


@dataclass(frozen=True, slots=True)
class Ballots:
    """Recorded votes on a paragraph, in the order of the UN: in favour, against, abstaining; the rest was not recorded."""

    yes: tuple[Seat, ...]
    no: tuple[Seat, ...]
    abstain: tuple[Seat, ...]
    absent: tuple[Seat, ...]
    carried: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the record; `figures` is the board's `clause/…`, None where positions are not public."""

    clause: Clause
    columns: list[Column]
    figures: list[Any] | None
    decision: DecisionDeclared | None
    beside: list[dict[str, Any]]
    objections: list[dict[str, Any]]
    ballots: Ballots | None


@dataclass(frozen=True, slots=True)
class Record:
    """All that the template shows beside the place itself."""

    view: str
    paragraphs: list[Paragraph]
    adopted: int
    negotiable: int
    by_vote: int
    rounds: tuple[Round, ...]
    tables: list[Table]
    downloads: tuple[str, ...]


@bp.get("/d/<deliberation>/record")
def page(deliberation: str) -> ResponseReturnValue:
    """Show the record to anybody."""
    place = open_place(deliberation, "seat")
    place.prefetch_names()
    return render_template(
        "record.html",
        place=place,
        record=arrange(place),
        token=place.token("", "record"),
        log_name=filename(place.state, str(place.title), "jsonl"),
        tongues=TONGUES,
    )


def arrange(place: Place) -> Record:
    """Return what the record shows for this request."""
    state = place.state
    _prefetch(place)
    view = view_of(state)
    negotiable = state.negotiable
    return Record(
        view=view,
        paragraphs=list(_paragraphs(place, view)),
        adopted=sum(clause.stage is ClauseStage.ADOPTED for clause in negotiable),
        negotiable=len(negotiable),
        by_vote=sum(clause.votes is not None for clause in state.text),
        rounds=state.rounds,
        tables=tables(place),
        downloads=DOWNLOADS if place.sees_positions() else (),
    )


def _paragraphs(place: Place, view: str) -> Iterator[Paragraph]:
    state = place.state
    for clause in state.text:
        if clause.kind is ClauseKind.TITLE:
            continue
        seen = clause.negotiable and place.sees_positions()
        yield Paragraph(
            clause,
            columns(place, clause, view),
            place.value(f"clause/{clause.id}") if seen else None,
            clause.decision,
            place.value(f"beside/{clause.id}") if seen else [],
            place.value(f"cannot/{clause.id}") if seen else [],
            _ballots(state, clause.votes) if clause.votes else None,
        )


def _ballots(state: State, votes: VotesRecorded) -> Ballots:
    def seats(ids: tuple[str, ...]) -> tuple[Seat, ...]:
        return tuple(state.seats[seat] for seat in ids)

    voted = {*votes.yes, *votes.no, *votes.abstain}
    absent = tuple(seat for seat in state.members if seat not in voted)
    return Ballots(seats(votes.yes), seats(votes.no), seats(votes.abstain), seats(absent), votes.carried)


def _prefetch(place: Place) -> None:
    """Load every text of the page in one go."""
    state = place.state
    digests: list[str | None] = []
    for clause in state.text:
        for revision in clause.revisions[-2:]:
            digests += revision.wording.values()
        if clause.decision is not None:
            digests.append(clause.decision.statement)
        for position in (*state.positions[clause.id].values(), *state.bloc_positions[clause.id].values()):
            digests += position.texts
    for held in state.rounds:
        if held.closed is not None:
            digests.append(held.closed.reason)
    if state.convened is not None:
        convened = state.convened
        digests += [
            *convened.source.values(),
            convened.host,
            convened.controller,
            convened.law,
            convened.privacy,
        ]
    place.prefetch(digests)
