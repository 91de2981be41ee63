"""Rounds and revisions: when positions may be stated, and what a new wording does to them (A5)."""

from collections.abc import Iterable, Sequence

from deliberate import commands as c
from deliberate import events as e
from deliberate.consensus.agreement import count
from deliberate.errors import Invalid, NotFound, Refused
from deliberate.moments import later
from deliberate.procedure.lookup import clause_of, convened, current_revision, own_seat
from deliberate.procedure.seats import check_wording
from deliberate.state import Clause, Position, State, bloc_id
from deliberate.vocabulary import ACCEPTING, CLOCK, Change, ClauseStage, Freshness, Nature, Stance


def open_round(state: State, command: c.OpenRound, actor: str, at: str) -> Sequence[e.Event]:
    """One round at a time; its deadline lies ahead."""
    if state.nature is Nature.RECORD:
        raise Refused(
            "This is a record of votes or positions taken elsewhere; it has no rounds.", "record_only"
        )
    if state.open_round is not None:
        raise Refused(f"Round {state.open_round.number} is still open; close it first.", "round_open")
    if command.deadline is not None and command.deadline <= at:
        raise Invalid("The deadline must lie in the future.", "deadline_past")
    return [e.RoundOpened(len(state.rounds) + 1, command.kind, command.deadline)]


def close_round(state: State, command: c.CloseRound, actor: str, at: str) -> Sequence[e.Event]:
    """Closing lists who was not heard, who awaits instructions and what is stale."""
    current = state.open_round
    if current is None or current.number != command.round:
        if 1 <= command.round <= len(state.rounds):
            raise Refused(f"Round {command.round} is already closed.", "round_closed")
        raise NotFound(f"There is no round {command.round}.", "unknown_round")
    if actor == CLOCK and (current.deadline is None or current.deadline > at):
        raise Refused(f"Round {current.number} has not reached a deadline.", "round_open")
    if actor != CLOCK and command.reason is None:
        raise Invalid(
            "Say in a sentence why the round is closed now; it stands in the record.", "reason_missing"
        )
    heard: set[str] = set()
    pending: list[tuple[str, str]] = []
    stale: list[tuple[str, str]] = []
    for clause in state.negotiable:
        counts = count(state, clause.id)
        heard.update(set(state.members).difference(counts.not_heard))
        pending += [(clause.id, seat) for seat in counts.awaiting]
        stale += [(clause.id, seat) for seat in counts.to_reaffirm]
    silent = tuple(seat for seat in state.members if seat not in heard)
    effective_at = current.deadline if actor == CLOCK else None
    return [e.RoundClosed(current.number, silent, tuple(pending), tuple(stale), command.reason, effective_at)]


def revise(state: State, command: c.ReviseClause, actor: str, at: str) -> Sequence[e.Event]:
    """A substantive change makes acceptances unknown at once; an editorial one waits for a challenge."""
    clause = clause_of(state, command.clause)
    if state.nature is Nature.RECORD:
        raise Refused("The text of a record is not revised.", "record_only")
    current_revision(clause, command.revision)
    if clause.stage is ClauseStage.ADOPTED:
        raise Refused(f"{clause.number or clause.id} has been adopted and cannot be revised.", "adopted")
    if clause.question is not None:
        raise Refused(
            "The question is put on this revision; withdraw the question before revising.", "question_open"
        )
    check_wording(convened(state), clause.id, command.wording)
    number, wording, explanation = clause.revision.number + 1, command.wording, command.explanation
    if command.change is Change.EDITORIAL and clause.negotiable:
        if clause.challenge_until is not None:
            raise Refused(
                f"Rev.{clause.revision.number} may still be challenged until {clause.challenge_until}; "
                "wait, or make this change substantive.",
                "in_challenge_window",
                until=clause.challenge_until,
            )
        window = state.rules.challenge_window_s
        until = later(at, window) if window > 0 else None
        carried = () if until else _valid(state, clause)
        return [
            e.ClauseRevised(clause.id, number, command.change, wording, (), (), carried, until, explanation)
        ]
    stale, maintained, carried = _after_substantive(_held(state, clause))
    return [
        e.ClauseRevised(
            clause.id, number, command.change, wording, stale, maintained, carried, None, explanation
        )
    ]


def challenge(state: State, command: c.ChallengeRevision, actor: str, at: str) -> Sequence[e.Event]:
    """Any one member's objection makes an editorial change substantive, without ruling; a position already taken on
    the challenged revision stays as it is."""
    clause = clause_of(state, command.clause)
    seat = own_seat(state, command.seat, actor)
    current_revision(clause, command.revision)
    if clause.challenge_until is None or clause.challenge_until <= at:
        raise Refused("The window in which this change could be challenged is over.", "window_over")
    earlier = [(name, held) for name, held in _held(state, clause) if held.revision < command.revision]
    stale, maintained, carried = _after_substantive(earlier)
    return [e.RevisionChallenged(clause.id, command.revision, seat.id, stale, maintained, carried)]


def settle(state: State, command: c.SettleRevision, actor: str, at: str) -> Sequence[e.Event]:
    """Unchallenged: the positions made before hold for the new wording."""
    clause = clause_of(state, command.clause)
    if clause.challenge_until is None or clause.revision.number != command.revision:
        return []
    if clause.challenge_until > at:
        raise Refused(f"The change may be challenged until {clause.challenge_until}.", "in_challenge_window")
    return [e.RevisionSettled(clause.id, command.revision, _valid(state, clause), clause.challenge_until)]


def _held(state: State, clause: Clause) -> list[tuple[str, Position]]:
    """Return every stated position on the clause, with its name in events."""
    held = list(state.positions[clause.id].items())
    held += [(bloc_id(key), position) for key, position in state.bloc_positions[clause.id].items()]
    return held


def _valid(state: State, clause: Clause) -> tuple[str, ...]:
    """Positions that an editorial change carries: neither stale nor merely maintained, and not yet restated."""
    return tuple(
        name
        for name, position in _held(state, clause)
        if position.freshness not in (Freshness.STALE, Freshness.MAINTAINED)
        and (position.revision < clause.revision.number or clause.challenge_until is None)
    )


def _after_substantive(
    held: Iterable[tuple[str, Position]],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return (stale, maintained, carried) names: asymmetric staleness (A5).

    Acceptances become unknown, objections and dissociations stand until withdrawn, abstentions and those who await
    instructions move on.
    """
    stale: list[str] = []
    maintained: list[str] = []
    carried: list[str] = []
    for name, position in held:
        if position.stance in ACCEPTING:
            stale.append(name)
        elif position.stance in (Stance.OBJECT, Stance.DISSOCIATE):
            maintained.append(name)
        else:
            carried.append(name)
    return tuple(stale), tuple(maintained), tuple(carried)
