"""Finding what a command names, or saying plainly that it is not there."""

from deliberate.errors import Forbidden, NotFound, Refused
from deliberate.events import DeliberationConvened
from deliberate.state import Clause, Question, Seat, State
from deliberate.vocabulary import ClauseStage, Nature


def convened(state: State) -> DeliberationConvened:
    """Return how the deliberation was convened, or raise `Refused` when it was not yet."""
    if state.convened is None:
        raise Refused("This deliberation has not been convened yet.", "not_convened")
    return state.convened


def clause_of(state: State, clause: str) -> Clause:
    """Return the clause, or raise `NotFound`."""
    found = state.clauses.get(clause)
    if found is None:
        raise NotFound(f"There is no clause {clause!r} in this text.", "unknown_clause")
    return found


def seat_of(state: State, seat: str) -> Seat:
    """Return a seat that is taken, or raise `NotFound`."""
    found = state.seats.get(seat)
    if found is None or found.withdrawn:
        raise NotFound(f"There is no seat {seat!r} in this deliberation.", "unknown_seat")
    return found


def own_seat(state: State, seat: str, actor: str) -> Seat:
    """Return the seat if the actor acts for it, or raise `Forbidden`."""
    mine = state.delegates.get(actor)
    if mine != seat:
        raise Forbidden(
            f"You act for {mine}, not for {seat}. A delegation speaks for its own seat.", "other_seat"
        )
    return seat_of(state, seat)


def current_revision(clause: Clause, revision: int) -> None:
    """Raise `Refused`, telling which revision is current, unless it is this one."""
    current = clause.revision.number
    if revision != current:
        raise Refused(
            f"{clause.number or clause.id} is now Rev.{current}; this was for Rev.{revision}. "
            "Read the current text and state the position on it.",
            "superseded",
            current=current,
            given=revision,
        )


def negotiable(state: State, clause: str) -> Clause:
    """Return a clause on which something can still be stated, or raise why not."""
    found = clause_of(state, clause)
    if state.nature is Nature.RECORD:
        raise Refused(
            "This is a record of votes or positions taken elsewhere; none are taken here.", "record_only"
        )
    if not found.negotiable:
        raise Refused(f"No positions are taken on the {found.kind}.", "not_negotiable")
    if found.stage is ClauseStage.ADOPTED:
        raise Refused(f"{found.number or clause} has been adopted; positions on it are closed.", "adopted")
    return found


def open_question(state: State, number: int) -> Question:
    """Return the question if it is still put, or raise why not."""
    found = state.questions.get(number)
    if found is None:
        raise NotFound(f"No question {number} was put.", "unknown_question")
    if not found.open:
        done = "declared" if found.decision is not None else "withdrawn"
        raise Refused(f"The question on {found.clause} was already {done}.", "question_closed")
    return found
