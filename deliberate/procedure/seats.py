"""Convening, the text, groups, seats, offices and invitations."""

from collections.abc import Sequence
from typing import Final

from deliberate import commands as c
from deliberate import events as e
from deliberate.errors import Forbidden, Gone, Invalid, NotFound, Refused, TooMany
from deliberate.procedure.lookup import convened, seat_of
from deliberate.procedure.rights import holds
from deliberate.state import Invitation, State, fold
from deliberate.vocabulary import ClauseStage, GroupKind, Nature, Office, Stance

QUESTION_WINDOW_S_MIN: Final = 60
"""The shortest time to object when the question is put in the room (A6.2); a rehearsal may be quicker."""


def convene(state: State, command: c.Convene, actor: str, at: str) -> Sequence[e.Event]:
    """The convener takes the chair. Languages, clauses, groups and seats must fit together."""
    if state.convened is not None:
        raise Refused("This deliberation was already convened.", "already_convened")
    if command.original not in command.languages or not set(command.authentic) <= set(command.languages):
        raise Invalid("The original and authentic languages must be among the text's languages.", "languages")
    if len(set(command.languages)) != len(command.languages):
        raise Invalid("A language is listed twice.", "languages")
    if command.original not in command.title:
        raise Invalid(f"The title in the original language ({command.original}) is missing.", "no_original")
    _check_rules(command)
    opening = e.DeliberationConvened(
        nature=command.nature,
        text_kind=command.text_kind,
        title=command.title,
        languages=command.languages,
        original=command.original,
        authentic=command.authentic,
        rules=e.Rules(**command.rules.model_dump()),
        source=command.source,
        host=command.host,
        controller=command.controller,
        law=command.law,
        privacy=command.privacy,
    )
    made: list[e.Event] = []
    draft = State()

    def add(events: Sequence[e.Event]) -> None:
        for event in events:
            fold(draft, e.Recorded(draft.version + 1, at, actor, "", event, ""))
        made.extend(events)

    add([opening, e.OfficeGiven(actor, Office.CHAIR)])
    for clause in command.clauses:
        add(table_clause(draft, clause, actor, at))
    for group in command.groups:
        add(declare_group(draft, group, actor, at))
    for seat in command.seats:
        add(seat_stakeholder(draft, seat, actor, at))
    return made


def _check_rules(command: c.Convene) -> None:
    rules = command.rules
    if rules.quorum_num >= rules.quorum_den:
        raise Invalid(
            f"A quorum of more than {rules.quorum_num}/{rules.quorum_den} of the members can never be reached.",
            "quorum",
        )
    if command.nature is Nature.DELIBERATION and rules.question_window_s < QUESTION_WINDOW_S_MIN:
        raise Invalid(
            f"Members have at least {QUESTION_WINDOW_S_MIN} seconds to object when the question is put; "
            "only a rehearsal may be quicker.",
            "question_window",
        )


def _room(have: int, most: int, what: str) -> None:
    if have >= most:
        raise TooMany(f"A deliberation has at most {most} {what}.", f"{what}_max")


def table_clause(state: State, draft: c.ClauseDraft, actor: str, at: str) -> Sequence[e.Event]:
    """A clause needs an id of its own, wording in the original language, and a parent that exists."""
    _room(len(state.clauses), c.CLAUSES_MAX, "clauses")
    if draft.clause in state.clauses:
        raise Refused(f"There is already a clause {draft.clause!r}.", "clause_exists")
    if draft.parent is not None and draft.parent not in state.clauses:
        raise NotFound(
            f"Clause {draft.clause!r} names a parent {draft.parent!r} that is not in the text.",
            "unknown_clause",
        )
    check_wording(convened(state), draft.clause, draft.wording)
    return [
        e.ClauseTabled(
            draft.clause,
            draft.kind,
            draft.number,
            draft.wording,
            draft.parent,
            draft.short_title,
            draft.concordance,
        )
    ]


def check_wording(opening: e.DeliberationConvened, clause: str, wording: e.Wording) -> None:
    """Raise `Invalid` unless the wording is in declared languages and in the original one."""
    if opening.original not in wording:
        raise Invalid(
            f"{clause}: the wording in the original language ({opening.original}) is missing.", "no_original"
        )
    if foreign := set(wording) - set(opening.languages):
        raise Invalid(f"{clause}: {', '.join(sorted(foreign))} is no language of this text.", "languages")


def declare_group(state: State, draft: c.GroupDraft, actor: str, at: str) -> Sequence[e.Event]:
    """A group needs an id of its own; `:` never stands in one (blocs' positions are named bloc:speaker)."""
    _room(len(state.groups), c.GROUPS_MAX, "groups")
    if draft.group in state.groups:
        raise Refused(f"There is already a group {draft.group!r}.", "group_exists")
    return [e.GroupDeclared(draft.group, draft.kind, draft.name)]


def seat_stakeholder(state: State, draft: c.SeatDraft, actor: str, at: str) -> Sequence[e.Event]:
    """A stakeholder is seated once, in declared groups, and in at most one regional group."""
    _room(len(state.seats), c.SEATS_MAX, "seats")
    if draft.seat in state.seats:
        raise Refused(f"There is already a seat {draft.seat!r}.", "seat_exists")
    if unknown := [group for group in draft.groups if group not in state.groups]:
        raise NotFound(
            f"Seat {draft.seat!r} names groups that were not declared: {', '.join(unknown)}.", "unknown_group"
        )
    if len(set(draft.groups)) != len(draft.groups):
        raise Invalid(f"Seat {draft.seat!r} names a group twice.", "group_twice")
    regional = [group for group in draft.groups if state.groups[group].kind is GroupKind.REGIONAL]
    if len(regional) > 1:
        raise Invalid(
            f"Seat {draft.seat!r} is in {len(regional)} regional groups; one is the most.", "regional"
        )
    return [e.StakeholderSeated(draft.seat, draft.name, draft.kind, draft.standing, draft.groups)]


def withdraw_stakeholder(
    state: State, command: c.WithdrawStakeholder, actor: str, at: str
) -> Sequence[e.Event]:
    """The seat's objections lapse with it, those it made for a bloc too; the event names the clauses.

    Not while the question is put: nobody's objection disappears from under it.
    """
    seat = seat_of(state, command.seat)
    if state.open_question is not None:
        raise Refused("The question is put; no seat is withdrawn before it is answered.", "question_open")
    lapsed = [
        clause.id
        for clause in state.text
        if clause.stage is not ClauseStage.ADOPTED
        and any(
            position.stance is Stance.OBJECT
            for position in (*state.positions[clause.id].values(), *state.bloc_positions[clause.id].values())
            if position.seat == seat.id
        )
    ]
    return [e.StakeholderWithdrew(seat.id, tuple(lapsed), command.reason)]


def give_office(state: State, command: c.GiveOffice, actor: str, at: str) -> Sequence[e.Event]:
    """Only to somebody who holds an office here; nobody holds a seat beside one."""
    if command.holder in state.delegates:
        raise Refused(
            "This person acts for a seat; nobody holds an office beside a seat.", "seat_beside_office"
        )
    held = state.offices.get(command.holder)
    if not held:
        raise NotFound("This person holds no office here; invite them to it instead.", "unknown_holder")
    return [] if command.office in held else [e.OfficeGiven(command.holder, command.office)]


def revoke_office(state: State, command: c.RevokeOffice, actor: str, at: str) -> Sequence[e.Event]:
    """The last chair stays: a deliberation is never without one."""
    if command.office not in state.offices.get(command.holder, frozenset()):
        raise NotFound(f"This person is not {command.office} here.", "unknown_holder")
    chairs = [holder for holder, held in state.offices.items() if Office.CHAIR in held]
    if command.office is Office.CHAIR and chairs == [command.holder]:
        raise Refused("The last chair cannot leave; give the chair to somebody else first.", "last_chair")
    return [e.OfficeRevoked(command.holder, command.office)]


_TABLE = frozenset({Office.CHAIR, Office.FACILITATOR, Office.SECRETARY})


def issue_invitations(state: State, command: c.IssueInvitations, actor: str, at: str) -> Sequence[e.Event]:
    """Each link leads to one seat or one office, and expires in the future. Only the chair invites to its table."""
    _room(len(state.invitations) + len(command.invitations) - 1, c.INVITATIONS_MAX, "invitations")
    made: list[e.Event] = []
    ids: set[str] = set()
    for draft in command.invitations:
        if (draft.seat is None) == (draft.office is None):
            raise Invalid("An invitation leads to one seat or to one office.", "invitation_place")
        if draft.seat is not None:
            seat_of(state, draft.seat)
        if draft.office in _TABLE and not holds(state, actor, Office.CHAIR):
            raise Forbidden(f"Only the chair invites a {draft.office}.", "forbidden")
        if draft.invitation in state.invitations or draft.invitation in ids:
            raise Refused(f"There is already an invitation {draft.invitation!r}.", "invitation_exists")
        if draft.expires_at <= at:
            raise Invalid("An invitation must expire in the future.", "expired")
        ids.add(draft.invitation)
        made.append(e.InvitationIssued(draft.invitation, draft.expires_at, draft.seat, draft.office))
    return made


def _invitation(state: State, invitation: str) -> Invitation:
    found = state.invitations.get(invitation)
    if found is None:
        raise NotFound("There is no such invitation.", "unknown_invitation")
    return found


def revoke_invitation(state: State, command: c.RevokeInvitation, actor: str, at: str) -> Sequence[e.Event]:
    """A link that was used or revoked has nothing to revoke."""
    found = _invitation(state, command.invitation)
    if found.revoked:
        return []
    if found.accepted_by is not None:
        raise Refused("This link was used; end the person's authority instead.", "invitation_used")
    return [e.InvitationRevoked(found.id)]


def accept_invitation(state: State, command: c.AcceptInvitation, actor: str, at: str) -> Sequence[e.Event]:
    """Once, in time, and never a seat beside an office or a second seat."""
    found = _invitation(state, command.invitation)
    if found.accepted_by is not None:
        if found.accepted_by == actor:
            return []
        raise Gone("This link has been used. Ask the secretary for a new one.", "invitation_used")
    if found.revoked:
        raise Gone("This link was revoked. Ask the secretary for a new one.", "invitation_revoked")
    if found.expires_at <= at:
        raise Gone("This link has expired. Ask the secretary for a new one.", "invitation_expired")
    seat = state.delegates.get(actor)
    if found.seat is not None:
        seat_of(state, found.seat)
        if state.offices.get(actor):
            raise Refused("You hold an office here; nobody holds a seat beside one.", "seat_beside_office")
        if seat is not None and seat != found.seat:
            raise Refused(f"You already act for {seat} here.", "second_seat")
    elif seat is not None:
        raise Refused(f"You act for {seat} here; nobody holds an office beside a seat.", "seat_beside_office")
    return [e.InvitationAccepted(found.id, actor, found.seat, found.office)]


def revoke_delegate(state: State, command: c.RevokeDelegate, actor: str, at: str) -> Sequence[e.Event]:
    """End a person's authority to act for a seat; what they said for it stands."""
    seat = state.delegates.get(command.holder)
    if seat is None:
        raise NotFound("This person acts for no seat here.", "unknown_holder")
    return [e.DelegateRevoked(command.holder, seat)]
