"""Who may do what: one table, a row per command, tested cell by cell."""

from typing import Final

from deliberate import commands as c
from deliberate.errors import Forbidden
from deliberate.state import State
from deliberate.vocabulary import CLOCK, Office, Role, Standing

CHAIR, FACILITATOR, SECRETARY = Role.CHAIR, Role.FACILITATOR, Role.SECRETARY
MEMBER, OBSERVER, ANALYST, READER = Role.MEMBER, Role.OBSERVER, Role.ANALYST, Role.READER
NOBODY = Role.NOBODY

MAY: Final[dict[type[c.Shape], frozenset[Role]]] = {
    # convening and seats
    c.Convene: frozenset({NOBODY}),
    c.TableClause: frozenset({CHAIR, FACILITATOR}),
    c.DeclareGroup: frozenset({CHAIR, SECRETARY}),
    c.SeatStakeholder: frozenset({CHAIR, SECRETARY}),
    c.WithdrawStakeholder: frozenset({CHAIR, SECRETARY}),
    c.GiveOffice: frozenset({CHAIR}),
    c.RevokeOffice: frozenset({CHAIR}),
    c.IssueInvitations: frozenset({CHAIR, SECRETARY}),
    c.RevokeInvitation: frozenset({CHAIR, SECRETARY}),
    c.AcceptInvitation: frozenset({NOBODY, CHAIR, FACILITATOR, SECRETARY, ANALYST, READER, MEMBER, OBSERVER}),
    c.RevokeDelegate: frozenset({CHAIR, SECRETARY}),
    # positions: always for one's own seat
    c.GiveMandate: frozenset({MEMBER}),
    c.RevokeMandate: frozenset({MEMBER}),
    c.TakePosition: frozenset({MEMBER, OBSERVER}),
    c.SupplementPosition: frozenset({MEMBER, OBSERVER}),
    c.ReaffirmPosition: frozenset({MEMBER, OBSERVER}),
    c.WithdrawPosition: frozenset({MEMBER, OBSERVER}),
    c.AlignPosition: frozenset({MEMBER}),
    c.WithdrawAlignment: frozenset({MEMBER}),
    # rounds and revisions
    c.OpenRound: frozenset({CHAIR, FACILITATOR}),
    c.CloseRound: frozenset({CHAIR, FACILITATOR, Role.CLOCK}),
    c.ReviseClause: frozenset({CHAIR, FACILITATOR}),
    c.ChallengeRevision: frozenset({MEMBER}),
    c.SettleRevision: frozenset({Role.CLOCK}),
    # the question and the decision: only people in the chair declare
    c.AddressObjection: frozenset({CHAIR}),
    c.PutQuestion: frozenset({CHAIR}),
    c.CheckIn: frozenset({MEMBER, CHAIR, SECRETARY}),
    c.RequestFloor: frozenset({MEMBER, OBSERVER}),
    c.WithdrawQuestion: frozenset({CHAIR}),
    c.DeclareDecision: frozenset({CHAIR}),
    # the record
    c.RecordVotes: frozenset({CHAIR, SECRETARY}),
    c.ImportPositions: frozenset({CHAIR, SECRETARY}),
    c.RedactText: frozenset({CHAIR, SECRETARY}),
    c.AddTranslation: frozenset({CHAIR, FACILITATOR, SECRETARY}),
}


def roles(state: State, actor: str) -> frozenset[Role]:
    """Return what the actor is here, as the log says it; {nobody} for a stranger."""
    if actor == CLOCK:
        return frozenset({Role.CLOCK})
    seat = state.delegates.get(actor)
    standing = state.roles_of_seat(seat) if seat is not None else None
    if standing is not None:
        return frozenset({MEMBER if standing is Standing.MEMBER else OBSERVER})
    offices = state.offices.get(actor)
    return frozenset(Role(office.value) for office in offices) if offices else frozenset({NOBODY})


def holds(state: State, actor: str, *offices: Office) -> bool:
    """Return whether the actor holds one of the offices."""
    return not state.offices.get(actor, frozenset()).isdisjoint(offices)


def check(state: State, command: type[c.Shape], actor: str) -> None:
    """Raise `Forbidden`, naming who may, unless one of the actor's roles allows the command."""
    allowed = MAY[command]
    if roles(state, actor).isdisjoint(allowed):
        who = ", ".join(sorted(role.value for role in allowed if role is not NOBODY)) or "nobody here"
        deed = command.model_fields["type"].default.replace("_", " ")
        raise Forbidden(
            f"You may not {deed} in this deliberation. It is for: {who}.", "forbidden", command=deed
        )
