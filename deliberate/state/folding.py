"""From events to state: no rule is applied here and no measure computed; events carry their outcome."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never

from deliberate import events as e
from deliberate.events import Event, Recorded
from deliberate.state.current import State
from deliberate.state.values import (
    Alignment,
    Clause,
    Group,
    Invitation,
    Mandate,
    Position,
    Question,
    Revision,
    Round,
    Seat,
)
from deliberate.vocabulary import (
    Change,
    ClauseStage,
    Finality,
    Freshness,
    Outcome,
    Standing,
    Visibility,
)


def fold(state: State, recorded: Recorded) -> None:
    """Take one event into the state. Events must come in the order of the log, without a gap."""
    if recorded.version != state.version + 1:
        raise ValueError(f"version {recorded.version} cannot follow {state.version}")
    state.version, state.at, state.digest = recorded.version, recorded.at, recorded.digest
    _apply(state, recorded.event, recorded)


def fold_all(log: Iterable[Recorded]) -> State:
    """Return the state that a whole log tells."""
    state = State()
    for recorded in log:
        fold(state, recorded)
    return state


def _apply(state: State, event: Event, recorded: Recorded) -> None:
    match event:
        case e.PositionTaken():
            _take(state, event, recorded)
        case e.PositionReaffirmed():
            table, key = _table(state, event.clause, event.seat, event.bloc)
            before = table[key]
            stale = before.freshness is Freshness.STALE  # accepting another text is another statement
            table[key] = replace(
                before,
                made_version=recorded.version if stale else before.made_version,
                revision=event.revision,
                freshness=Freshness.REAFFIRMED,
                finality=event.finality,
                version=recorded.version,
                at=recorded.at,
                actor=recorded.actor,
            )
        case e.PositionSupplemented():
            table, key = _table(state, event.clause, event.seat, event.bloc)
            given = {name: value for name in _SUPPLEMENT if (value := getattr(event, name)) is not None}
            if event.none_would:
                given |= {"none_would": True, "would_lift": None}
            elif event.would_lift is not None:
                given["none_would"] = False
            table[key] = replace(
                table[key],
                version=recorded.version,
                made_version=recorded.version,
                actor=recorded.actor,
                **given,
            )
        case e.PositionWithdrawn():
            table, key = _table(state, event.clause, event.seat, event.bloc, event.visibility)
            del table[key]
        case e.PositionAligned():
            state.alignments[event.clause][event.seat] = Alignment(
                event.seat, event.with_seat, event.statement_version, recorded.version, recorded.actor
            )
        case e.AlignmentWithdrawn():
            del state.alignments[event.clause][event.seat]
        case e.ObjectionAddressed():
            table, key = _table(state, event.clause, event.seat, event.bloc)
            table[key] = replace(table[key], addressed=event.reason)
        case e.MandateGiven():
            state.mandates.setdefault(event.seat, {})[event.bloc] = Mandate(
                event.seat, event.bloc, event.speaker, recorded.version, recorded.at
            )
        case e.MandateRevoked():
            del state.mandates[event.seat][event.bloc]
        case e.PositionsImported():
            for seat, stance in event.stances.items():
                state.positions[event.clause][seat] = Position(
                    seat, stance, event.revision, event.revision, Finality.CONFIRMED, Freshness.CURRENT,
                    recorded.version, recorded.version, recorded.at, recorded.actor, imported=True,
                )  # fmt: skip
        case e.VotesRecorded():
            _edit(state, event.clause, votes=event)
        case e.TextRedacted():
            state.redacted[event.text] = event.reason
        case e.TranslationAdded():
            state.translations[event.of] = {**state.translations.get(event.of, {}), event.lang: event.text}
        case (
            e.DeliberationConvened()
            | e.ClauseTabled()
            | e.GroupDeclared()
            | e.StakeholderSeated()
            | e.StakeholderWithdrew()
            | e.OfficeGiven()
            | e.OfficeRevoked()
            | e.InvitationIssued()
            | e.InvitationRevoked()
            | e.InvitationAccepted()
            | e.DelegateRevoked()
        ):
            _place(state, event, recorded)
        case (
            e.RoundOpened()
            | e.RoundClosed()
            | e.ClauseRevised()
            | e.RevisionChallenged()
            | e.RevisionSettled()
            | e.QuestionPut()
            | e.SeatsCheckedIn()
            | e.FloorRequested()
            | e.QuestionWithdrawn()
            | e.DecisionDeclared()
        ):
            _proceed(state, event, recorded)
        case _:
            assert_never(event)


_SUPPLEMENT = ("objection_type", "statement", "scope", "would_lift", "lang")


def _place(state: State, event: Event, recorded: Recorded) -> None:
    """Who and what takes part: the text, groups, seats, offices, invitations."""
    match event:
        case e.DeliberationConvened():
            state.convened = event
        case e.ClauseTabled(clause=id_):
            first = Revision(1, event.wording, None, recorded.at, recorded.version)
            state.clauses[id_] = Clause(
                id_, event.kind, event.number, len(state.clauses), event.parent, event.short_title, event.concordance,
                (first,),
            )  # fmt: skip
            state.positions[id_], state.confidences[id_] = {}, {}
            state.bloc_positions[id_], state.alignments[id_] = {}, {}
        case e.GroupDeclared():
            state.groups[event.group] = Group(event.group, event.kind, event.name)
        case e.StakeholderSeated():
            state.seats[event.seat] = Seat(
                event.seat, len(state.seats), event.name, event.kind, event.standing, event.groups
            )
            if event.standing is Standing.MEMBER:
                state.members = (*state.members, event.seat)
        case e.StakeholderWithdrew(seat=seat):
            state.seats[seat] = replace(state.seats[seat], withdrawn=True)
            state.members = tuple(member for member in state.members if member != seat)
            for clause, place in state.clauses.items():
                if place.stage is ClauseStage.ADOPTED:
                    continue  # what stood beside a decision stays beside it
                state.positions[clause].pop(seat, None)
                state.confidences[clause].pop(seat, None)
                state.alignments[clause].pop(seat, None)
                for key in [key for key in state.bloc_positions[clause] if key[1] == seat]:
                    del state.bloc_positions[clause][key]
            state.mandates.pop(seat, None)
            state.delegates = {actor: theirs for actor, theirs in state.delegates.items() if theirs != seat}
        case e.OfficeGiven():
            state.offices[event.holder] = state.offices.get(event.holder, frozenset()) | {event.office}
        case e.OfficeRevoked():
            state.offices[event.holder] = state.offices[event.holder] - {event.office}
        case e.InvitationIssued(invitation=id_):
            state.invitations[id_] = Invitation(id_, event.expires_at, event.seat, event.office)
        case e.InvitationRevoked(invitation=id_):
            state.invitations[id_] = replace(state.invitations[id_], revoked=True)
        case e.InvitationAccepted(invitation=id_):
            state.invitations[id_] = replace(state.invitations[id_], accepted_by=event.holder)
            if event.seat is not None:
                state.delegates[event.holder] = event.seat
            if event.office is not None:
                state.offices[event.holder] = state.offices.get(event.holder, frozenset()) | {event.office}
        case e.DelegateRevoked():
            state.delegates.pop(event.holder, None)


def _proceed(state: State, event: Event, recorded: Recorded) -> None:
    """Rounds, revisions, questions and decisions."""
    match event:
        case e.RoundOpened():
            opened = Round(event.round, event.kind, recorded.at, recorded.version, event.deadline)
            state.rounds = (*state.rounds, opened)
        case e.RoundClosed():
            last = replace(
                state.rounds[-1],
                closed_at=event.effective_at or recorded.at,
                closed_version=recorded.version,
                closed=event,
            )
            state.rounds = (*state.rounds[:-1], last)
        case e.ClauseRevised(clause=id_):
            revision = Revision(
                event.revision, event.wording, event.change, recorded.at, recorded.version, event.explanation
            )
            _edit(
                state,
                id_,
                revisions=(*state.clauses[id_].revisions, revision),
                challenge_until=event.challenge_until,
            )
            _freshen(state, id_, event.revision, event.stale, Freshness.STALE)
            _freshen(state, id_, event.revision, event.maintained, Freshness.MAINTAINED)
            _freshen(state, id_, event.revision, event.carried, Freshness.CARRIED)
        case e.RevisionChallenged(clause=id_):
            revisions = state.clauses[id_].revisions
            changed = replace(revisions[-1], change=Change.SUBSTANTIVE)
            _edit(state, id_, revisions=(*revisions[:-1], changed), challenge_until=None)
            _freshen(state, id_, event.revision, event.stale, Freshness.STALE)
            _freshen(state, id_, event.revision, event.maintained, Freshness.MAINTAINED)
            _freshen(state, id_, event.revision, event.carried, Freshness.CARRIED)
        case e.RevisionSettled(clause=id_):
            _edit(state, id_, challenge_until=None)
            _freshen(state, id_, event.revision, event.carried, Freshness.CARRIED)
        case e.QuestionPut(question=number):
            state.questions[number] = Question(
                number, event.clause, event.revision, recorded.at, recorded.version, event.until
            )
            _edit(state, event.clause, stage=ClauseStage.QUESTION_PUT, question=number)
        case e.SeatsCheckedIn(question=number):
            question = state.questions[number]
            state.questions[number] = replace(question, checked_in=question.checked_in | set(event.seats))
        case e.FloorRequested(question=number):
            question = state.questions[number]
            state.questions[number] = replace(question, floor=(*question.floor, event.seat))
        case e.QuestionWithdrawn(question=number):
            question = state.questions[number]
            state.questions[number] = replace(question, withdrawn=event.reason)
            _edit(state, question.clause, stage=ClauseStage.OPEN, question=None)
        case e.DecisionDeclared(question=number):
            state.questions[number] = replace(state.questions[number], decision=event)
            adopted = event.outcome is Outcome.ADOPTED
            _edit(
                state,
                event.clause,
                stage=ClauseStage.ADOPTED if adopted else ClauseStage.OPEN,
                question=None,
                decision=event if adopted else state.clauses[event.clause].decision,
            )


def _take(state: State, event: e.PositionTaken, recorded: Recorded) -> None:
    position = Position(
        event.seat,
        event.stance,
        event.revision,
        event.revision,
        event.finality,
        Freshness.CURRENT,
        recorded.version,
        recorded.version,
        recorded.at,
        recorded.actor,
        event.bloc,
        event.mandates,
        event.cosponsor,
        event.objection_type,
        event.none_would,
        event.pending_kind,
        event.expected_by,
        event.statement,
        event.scope,
        event.would_lift,
        event.cites,
        event.lang,
    )
    table, key = _table(state, event.clause, event.seat, event.bloc, event.visibility)
    table[key] = position


def _table(
    state: State, clause: str, seat: str, bloc: str | None, visibility: Visibility = Visibility.SHARED
) -> tuple[dict[Any, Position], Any]:
    """Return the dictionary that holds such a position, and its key there."""
    if bloc is not None:
        return state.bloc_positions[clause], (bloc, seat)
    if visibility is Visibility.FACILITATORS:
        return state.confidences[clause], seat
    return state.positions[clause], seat


def _freshen(state: State, clause: str, revision: int, ids: Iterable[str], freshness: Freshness) -> None:
    """Set the freshness of positions named by seat id, or `bloc:speaker`; carried ones hold for the revision."""
    for name in ids:
        bloc, _, seat = name.rpartition(":")
        table, key = _table(state, clause, seat, bloc or None)
        position = table[key]
        bound = revision if freshness is Freshness.CARRIED else position.revision
        table[key] = replace(position, freshness=freshness, revision=bound)


def _edit(state: State, clause: str, **changes: Any) -> None:
    state.clauses[clause] = replace(state.clauses[clause], **changes)
