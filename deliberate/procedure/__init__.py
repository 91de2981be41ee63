"""The rules of procedure: may this actor do this, and does it make sense now? (403, 409; shape was checked before.)

`decide(state, command, actor, at)` returns the events that a command makes, and changes nothing. `due(state, at)`
turns deadlines that have passed into commands of the actor `clock`. Who may do what stands in one table, `rights`.
Texts in commands are sealed by now: the rules never see prose.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from deliberate import commands as c
from deliberate.events import Event
from deliberate.procedure import positions, questions, record, rights, rounds, seats
from deliberate.procedure.lookup import convened
from deliberate.state import State

Judge = Callable[[State, Any, str, str], Sequence[Event]]

_JUDGES: Final[dict[type[c.Shape], Judge]] = {
    c.Convene: seats.convene,
    c.TableClause: seats.table_clause,
    c.DeclareGroup: seats.declare_group,
    c.SeatStakeholder: seats.seat_stakeholder,
    c.WithdrawStakeholder: seats.withdraw_stakeholder,
    c.GiveOffice: seats.give_office,
    c.RevokeOffice: seats.revoke_office,
    c.IssueInvitations: seats.issue_invitations,
    c.RevokeInvitation: seats.revoke_invitation,
    c.AcceptInvitation: seats.accept_invitation,
    c.RevokeDelegate: seats.revoke_delegate,
    c.GiveMandate: positions.give_mandate,
    c.RevokeMandate: positions.revoke_mandate,
    c.TakePosition: positions.take,
    c.SupplementPosition: positions.supplement,
    c.ReaffirmPosition: positions.reaffirm,
    c.WithdrawPosition: positions.withdraw,
    c.AlignPosition: positions.align,
    c.WithdrawAlignment: positions.withdraw_alignment,
    c.OpenRound: rounds.open_round,
    c.CloseRound: rounds.close_round,
    c.ReviseClause: rounds.revise,
    c.ChallengeRevision: rounds.challenge,
    c.SettleRevision: rounds.settle,
    c.AddressObjection: questions.address_objection,
    c.PutQuestion: questions.put,
    c.CheckIn: questions.check_in,
    c.RequestFloor: questions.request_floor,
    c.WithdrawQuestion: questions.withdraw,
    c.DeclareDecision: questions.declare,
    c.RecordVotes: record.record_votes,
    c.ImportPositions: record.import_positions,
    c.RedactText: record.redact,
    c.AddTranslation: record.translate,
}


def decide(state: State, command: c.Shape, actor: str, at: str) -> list[Event]:
    """Return the events that the command makes at a moment; the state is not changed.

    Raises `Forbidden` when the actor's offices and seat do not allow it, and `Refused`, `Conflict`, `NotFound` or
    `Invalid` when it makes no sense now; the message says what to do instead.
    """
    rights.check(state, type(command), actor)
    if not isinstance(command, c.Convene):
        convened(state)
    return list(_JUDGES[type(command)](state, command, actor, at))


class Due(NamedTuple):
    """A command of the clock, with an id derived from its object, so that every process records it once."""

    command: c.Shape
    id: str


def due(state: State, at: str) -> list[Due]:
    """Return what passed deadlines ask for at a moment."""
    found = []
    current = state.open_round
    if current is not None and current.deadline is not None and current.deadline <= at:
        found.append(Due(c.CloseRound(round=current.number), f"clock-close-{current.number}"))
    for clause in state.clauses.values():
        if clause.challenge_until is not None and clause.challenge_until <= at:
            number = clause.revision.number
            found.append(
                Due(c.SettleRevision(clause=clause.id, revision=number), f"clock-settle-{clause.id}-{number}")
            )
    return found


def next_deadline(state: State) -> str | None:
    """Return the earliest moment at which the clock has something to do, or None."""
    moments = [clause.challenge_until for clause in state.clauses.values() if clause.challenge_until]
    if state.open_round and state.open_round.deadline:
        moments.append(state.open_round.deadline)
    return min(moments, default=None)


__all__ = ["Due", "decide", "due", "next_deadline", "rights"]
