"""Positions, alignments and mandates (A5): what a seat may state, and what becomes of what it said before."""

from collections.abc import Sequence
from typing import Final

from deliberate import commands as c
from deliberate import events as e
from deliberate.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from deliberate.moments import later
from deliberate.procedure.lookup import clause_of, current_revision, negotiable, own_seat, seat_of
from deliberate.state import Alignment, Clause, Position, State
from deliberate.vocabulary import (
    DEFAULT_FINALITY,
    ClauseStage,
    Finality,
    Freshness,
    GroupKind,
    Source,
    Stance,
    Standing,
    Visibility,
)

FOLLOWS_WITHIN_S: Final = 86_400
"""The text of a reservation or dissociation may follow this long after adoption (A5)."""

_WORDED = frozenset(
    {Stance.ACCEPT_WITH_RESERVATION, Stance.DISSOCIATE, Stance.OBJECT, Stance.ABSTAIN, Stance.PENDING}
)


def take(state: State, command: c.TakePosition, actor: str, at: str) -> Sequence[e.Event]:
    """A seat states its own position, or a bloc's under mandate, on the current revision."""
    clause = negotiable(state, command.clause)
    seat = own_seat(state, command.seat, actor)
    current_revision(clause, command.revision)
    finality = _finality(state, clause, command.finality)
    _fitting(command)
    if command.cosponsor and seat.standing is not Standing.MEMBER:
        raise Refused("Members sponsor; an observer's text enters when a member sponsors it.", "observer")
    mandates = 0
    made: list[e.Event] = []
    if command.bloc is not None:
        mandates = _mandates(state, command.bloc, seat.id)
        before = state.bloc_positions[clause.id].get((command.bloc, seat.id))
    elif command.visibility is Visibility.FACILITATORS:
        before = state.confidences[clause.id].get(seat.id)
    else:
        before = state.positions[clause.id].get(seat.id)
        if (alignment := state.alignments[clause.id].get(seat.id)) is not None:
            _not_aligned_by_another(alignment, command.seen, actor, clause)
            made.append(e.AlignmentWithdrawn(clause.id, seat.id))
    if not made:
        _unmoved(before, command.seen, actor, clause)
    made.append(
        e.PositionTaken(
            clause.id,
            command.revision,
            seat.id,
            command.stance,
            finality,
            Source.OWN if command.bloc is None else Source.BLOC,
            command.visibility,
            command.bloc,
            mandates,
            command.cosponsor,
            command.objection_type,
            command.none_would,
            command.pending_kind,
            command.expected_by,
            command.statement,
            command.scope,
            command.would_lift,
            command.cites,
            command.lang,
        )
    )
    return made


def _finality(state: State, clause: Clause, asked: Finality | None = None) -> Finality:
    """While the question is put positions are confirmed; else the round's kind tells; no round, no position."""
    if clause.question is not None:
        return asked or Finality.CONFIRMED
    current = state.open_round
    if current is None:
        last = f"Round {state.rounds[-1].number} is closed" if state.rounds else "No round has been opened"
        raise Refused(f"{last}; positions are taken in an open round.", "round_closed")
    return asked or DEFAULT_FINALITY[current.kind]


def _fitting(command: c.TakePosition) -> None:
    """Raise `Invalid` when something was sent that does not go with the stance (A5)."""
    stance = command.stance
    wrong = {
        "statement": command.statement is not None and stance not in _WORDED,
        "scope": command.scope is not None and stance is not Stance.ACCEPT_WITH_RESERVATION,
        "objection_type": command.objection_type is not None and stance is not Stance.OBJECT,
        "would_lift": command.would_lift is not None and stance is not Stance.OBJECT,
        "none_would": command.none_would and stance is not Stance.OBJECT,
        "pending_kind": command.pending_kind is not None and stance is not Stance.PENDING,
        "expected_by": command.expected_by is not None and stance is not Stance.PENDING,
        "cosponsor": command.cosponsor and stance is not Stance.SUPPORT,
    }
    for name, out_of_place in wrong.items():
        if out_of_place:
            raise Invalid(
                f"{name}: does not go with the stance {stance.value!r}.", "does_not_fit", field=name
            )
    if command.none_would and command.would_lift is not None:
        raise Invalid(
            "would_lift: says what would help, and none_would that nothing would; choose one.", "both"
        )
    _audible(command.bloc, command.visibility)


def _audible(bloc: str | None, visibility: Visibility) -> None:
    if bloc is not None and visibility is Visibility.FACILITATORS:
        raise Invalid(
            "visibility: what is said for a bloc is shared; a confidence is one's own.", "does_not_fit"
        )


def _mandates(state: State, bloc: str, speaker: str) -> int:
    group = state.groups.get(bloc)
    if group is None or group.kind is not GroupKind.BLOC:
        raise NotFound(f"There is no bloc {bloc!r} in this deliberation.", "unknown_bloc")
    if state.seats[speaker].standing is not Standing.MEMBER:
        raise Forbidden("Only a member speaks for a bloc.", "observer")
    mandators = state.mandators(bloc, speaker)
    if not mandators:
        raise Forbidden(
            f"No member has given {speaker} a mandate to speak for it as {bloc}. "
            "Each member records its own mandate, from its own seat.",
            "no_mandate",
        )
    return len(mandators)


def _unmoved(before: Position | None, seen: int | None, actor: str, clause: Clause) -> None:
    """Raise `Conflict` when another hand changed what the caller is about to replace."""
    if before is None and seen:
        raise Conflict(
            f"The position that you saw on {clause.number or clause.id} (version {seen}) was withdrawn meanwhile. "
            "State it again if it should stand.",
            "moved",
            stance=None,
            version=0,
        )
    if before is None or before.actor == actor or seen == before.version:
        return
    raise Conflict(
        f"A colleague recorded {before.stance.value.replace('_', ' ')!r} on {clause.number or clause.id} meanwhile "
        f"(version {before.version}). Look at it, then state the position again if it should be replaced.",
        "moved",
        stance=before.stance.value,
        version=before.version,
        statement=before.statement,
        would_lift=before.would_lift,
    )


def _not_aligned_by_another(alignment: Alignment, seen: int | None, actor: str, clause: Clause) -> None:
    """Raise `Conflict` when the alignment about to end is a colleague's that the caller has not seen."""
    if alignment.actor != actor and seen != alignment.version:
        raise Conflict(
            f"A colleague aligned {alignment.seat} with {alignment.with_seat} on {clause.number or clause.id} meanwhile. "
            "Look at it, and end the alignment first if it should not stand.",
            "moved",
            with_seat=alignment.with_seat,
            version=alignment.version,
        )


def _standing_position(
    state: State, clause: str, seat: str, bloc: str | None, visibility: Visibility = Visibility.SHARED
) -> Position:
    found = (
        state.bloc_positions[clause].get((bloc, seat))
        if bloc is not None
        else (state.confidences if visibility is Visibility.FACILITATORS else state.positions)[clause].get(
            seat
        )
    )
    if found is None:
        raise NotFound(f"{seat} has no recorded position on {clause}.", "no_position")
    return found


def supplement(state: State, command: c.SupplementPosition, actor: str, at: str) -> Sequence[e.Event]:
    """A reason, a reservation's text or the change that would help may follow; the level stays."""
    clause = clause_of(state, command.clause)
    own_seat(state, command.seat, actor)
    if clause.stage is not ClauseStage.ADOPTED:
        negotiable(state, clause.id)
    before = _standing_position(state, clause.id, command.seat, command.bloc)
    stance = before.stance
    if clause.stage is ClauseStage.ADOPTED and not _may_follow(state, clause, before, at):
        negotiable(state, clause.id)
    if command.bloc is not None:
        _mandates(state, command.bloc, command.seat)
    said = {name for name in _SUPPLEMENT if getattr(command, name) is not None}
    if not said and not command.none_would:
        raise Invalid("Nothing was added: say the reason, the scope or the change that would help.", "empty")
    if any(getattr(before, name) is not None for name in said):
        _unmoved(before, command.seen, actor, clause)
    if stance not in _WORDED or (
        stance is not Stance.OBJECT and (command.objection_type or command.would_lift or command.none_would)
    ):
        raise Invalid(f"This does not go with the stance {stance.value!r}.", "does_not_fit")
    if command.scope is not None and stance is not Stance.ACCEPT_WITH_RESERVATION:
        raise Invalid("scope: goes with a reservation only.", "does_not_fit", field="scope")
    if command.none_would and command.would_lift:
        raise Invalid(
            "would_lift: says what would help, and none_would that nothing would; choose one.", "both"
        )
    return [
        e.PositionSupplemented(
            clause.id,
            command.seat,
            command.bloc,
            command.objection_type,
            command.none_would,
            command.statement,
            command.scope,
            command.would_lift,
            command.lang,
        )
    ]


_SUPPLEMENT = ("objection_type", "statement", "scope", "would_lift")


def _may_follow(state: State, clause: Clause, before: Position, at: str) -> bool:
    """Whether the words of a reservation or dissociation beside a decision may still follow."""
    if clause.decision is None or before.stance not in (Stance.ACCEPT_WITH_RESERVATION, Stance.DISSOCIATE):
        return False
    closed = max(before.at, state.questions[clause.decision.question].until)
    return at <= later(closed, FOLLOWS_WITHIN_S)


def reaffirm(state: State, command: c.ReaffirmPosition, actor: str, at: str) -> Sequence[e.Event]:
    """One click restates, for the current revision, a position made on an earlier one."""
    clause = negotiable(state, command.clause)
    own_seat(state, command.seat, actor)
    current_revision(clause, command.revision)
    before = _standing_position(state, clause.id, command.seat, command.bloc)
    if before.revision == command.revision and before.freshness not in (
        Freshness.STALE,
        Freshness.MAINTAINED,
    ):
        raise Refused(f"This position already is on Rev.{command.revision}.", "already_current")
    if command.bloc is not None:
        _mandates(state, command.bloc, command.seat)
    finality = _finality(state, clause, command.finality)
    return [e.PositionReaffirmed(clause.id, command.revision, command.seat, finality, command.bloc)]


def withdraw(state: State, command: c.WithdrawPosition, actor: str, at: str) -> Sequence[e.Event]:
    """Only the seat that holds a position withdraws it; an objection withdrawn blocks no more."""
    clause = negotiable(state, command.clause)
    own_seat(state, command.seat, actor)
    _audible(command.bloc, command.visibility)
    before = _standing_position(state, clause.id, command.seat, command.bloc, command.visibility)
    _unmoved(before, command.seen, actor, clause)
    return [e.PositionWithdrawn(clause.id, command.seat, command.bloc, command.visibility)]


def align(state: State, command: c.AlignPosition, actor: str, at: str) -> Sequence[e.Event]:
    """Alignment binds to one statement at one version; an own position ends with it."""
    clause = negotiable(state, command.clause)
    seat = own_seat(state, command.seat, actor)
    _finality(state, clause)
    other = seat_of(state, command.with_seat)
    if other.id == seat.id or other.standing is not Standing.MEMBER:
        raise Refused("A member aligns itself with another member's statement.", "align_with")
    statement = state.positions[clause.id].get(other.id)
    if statement is None:
        raise Refused(
            f"{other.id} has stated nothing of its own on {clause.number or clause.id}.", "align_with"
        )
    if statement.made_version != command.statement_version:
        raise Conflict(
            f"{other.id} changed its statement meanwhile (version {statement.made_version}). Read it before aligning.",
            "moved",
            stance=statement.stance.value,
            version=statement.made_version,
            statement=statement.statement,
        )
    if statement.freshness is Freshness.STALE:
        raise Refused(
            f"{other.id} has accepted an earlier text of {clause.number or clause.id}, not yet this one.",
            "align_with",
        )
    made: list[e.Event] = []
    own = state.positions[clause.id].get(seat.id)
    if (alignment := state.alignments[clause.id].get(seat.id)) is None:
        _unmoved(own, command.seen, actor, clause)
    elif alignment.with_seat != other.id:
        _not_aligned_by_another(alignment, command.seen, actor, clause)
    if own is not None:
        made.append(e.PositionWithdrawn(clause.id, seat.id))
    made.append(e.PositionAligned(clause.id, seat.id, other.id, statement.made_version))
    return made


def withdraw_alignment(state: State, command: c.WithdrawAlignment, actor: str, at: str) -> Sequence[e.Event]:
    """End one's alignment on a clause."""
    clause = negotiable(state, command.clause)
    own_seat(state, command.seat, actor)
    if command.seat not in state.alignments[clause.id]:
        raise NotFound(
            f"{command.seat} is not aligned with anybody on {clause.number or clause.id}.", "no_alignment"
        )
    return [e.AlignmentWithdrawn(clause.id, command.seat)]


def give_mandate(state: State, command: c.GiveMandate, actor: str, at: str) -> Sequence[e.Event]:
    """The member's own seat lets a member of its bloc speak for it."""
    seat = own_seat(state, command.seat, actor)
    speaker = seat_of(state, command.speaker)
    group = state.groups.get(command.bloc)
    if group is None or group.kind is not GroupKind.BLOC:
        raise NotFound(f"There is no bloc {command.bloc!r} in this deliberation.", "unknown_bloc")
    if command.bloc not in seat.groups or command.bloc not in speaker.groups:
        raise Refused(f"Both seats must belong to {command.bloc}.", "not_in_bloc")
    if speaker.id == seat.id:
        raise Refused("A seat speaks for itself without a mandate.", "own_mandate")
    if speaker.standing is not Standing.MEMBER:
        raise Refused("Only a member speaks for a bloc.", "observer")
    held = state.mandates.get(seat.id, {}).get(command.bloc)
    if held is not None and held.speaker == speaker.id:
        return []
    return [e.MandateGiven(seat.id, command.bloc, speaker.id)]


def revoke_mandate(state: State, command: c.RevokeMandate, actor: str, at: str) -> Sequence[e.Event]:
    """At once; the bloc's position no longer speaks for the seat."""
    own_seat(state, command.seat, actor)
    if command.bloc not in state.mandates.get(command.seat, {}):
        raise NotFound(f"{command.seat} has given no mandate as {command.bloc}.", "no_mandate")
    return [e.MandateRevoked(command.seat, command.bloc)]
