"""What is true now: `State` is the fold of a log and nothing else.

Values are immutable and sit in plain dictionaries, so that `State.fork` is a shallow copy: the secretariat decides
and folds a whole batch on a fork and drops it when the commit fails. Folding applies no rule and computes no
measure: events carry their outcome.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, assert_never

from deliberate import events as e
from deliberate.events import Event, Recorded, Rules, Wording
from deliberate.vocabulary import (
    Change,
    ClauseKind,
    ClauseStage,
    Finality,
    Freshness,
    GroupKind,
    Nature,
    ObjectionType,
    Office,
    Outcome,
    PendingKind,
    RoundKind,
    Source,
    StakeholderKind,
    Stance,
    Standing,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One wording of a clause, in one or more languages; `number` from 1."""

    number: int
    wording: Wording
    change: Change | None
    at: str
    version: int
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of the text. `challenge_until` is set while an editorial change may still be challenged."""

    id: str
    kind: ClauseKind
    number: str
    order: int
    parent: str | None
    short_title: Wording
    concordance: Wording
    revisions: tuple[Revision, ...]
    stage: ClauseStage = ClauseStage.OPEN
    challenge_until: str | None = None
    question: int | None = None
    decision: e.DecisionDeclared | None = None
    votes: e.VotesRecorded | None = None

    @property
    def revision(self) -> Revision:
        """The revision now on the table."""
        return self.revisions[-1]

    @property
    def negotiable(self) -> bool:
        """Whether positions are taken on it: a title and a chapeau are read, not negotiated one by one."""
        return self.kind not in (ClauseKind.TITLE, ClauseKind.CHAPEAU)


@dataclass(frozen=True, slots=True)
class Group:
    """A declared set of stakeholders."""

    id: str
    kind: GroupKind
    name: Wording


@dataclass(frozen=True, slots=True)
class Seat:
    """A stakeholder's place. `index` counts seats in the order of seating; packed cells use it."""

    id: str
    index: int
    name: Wording
    kind: StakeholderKind
    standing: Standing
    groups: tuple[str, ...]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link to a seat or an office, without its secret."""

    id: str
    expires_at: str
    seat: str | None
    office: Office | None
    accepted_by: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """One repetition; `closed` holds what was open when it ended."""

    number: int
    kind: RoundKind
    opened_at: str
    opened_version: int
    deadline: str | None
    closed_at: str | None = None
    closed_version: int | None = None
    closed: e.RoundClosed | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A stated position. `revision` is the one it was made on, restated for or carried to; `version` that of its last
    event, `made_version` that of the statement itself: alignments bind to it, and are to be confirmed when words are
    added or a stale acceptance is reaffirmed. `actor` is the hand that wrote last."""

    seat: str
    stance: Stance
    revision: int
    made_on: int
    finality: Finality
    freshness: Freshness
    version: int
    made_version: int
    at: str
    actor: str
    bloc: str | None = None
    mandates: int = 0
    cosponsor: bool = False
    objection_type: ObjectionType | None = None
    none_would: bool = False
    pending_kind: PendingKind | None = None
    expected_by: str | None = None
    statement: str | None = None
    scope: str | None = None
    would_lift: str | None = None
    cites: str | None = None
    lang: str | None = None
    addressed: str | None = None
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """`seat` aligned with `with_seat`'s statement of `statement_version`; `actor` is the hand that did it."""

    seat: str
    with_seat: str
    statement_version: int
    version: int
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Mandate:
    """`seat` lets `speaker` speak for it as `bloc`, since `version`."""

    seat: str
    bloc: str
    speaker: str
    version: int
    at: str


@dataclass(frozen=True, slots=True)
class Question:
    """The question put on a revision; its window runs until `until`. `answered` once declared or withdrawn."""

    number: int
    clause: str
    revision: int
    put_at: str
    put_version: int
    until: str
    checked_in: frozenset[str] = frozenset()
    floor: tuple[str, ...] = ()
    withdrawn: str | None = None
    decision: e.DecisionDeclared | None = None

    @property
    def open(self) -> bool:
        """Whether the chair has neither declared nor withdrawn it."""
        return self.withdrawn is None and self.decision is None


@dataclass(frozen=True, slots=True)
class Effective:
    """The position that counts for a seat on a clause (A5): own, else confirmed alignment, else bloc under mandate.

    `position` is whose words they are; with `source` aligned or bloc it is another seat's. `known` is False for a
    stale acceptance: shown, never counted, and never in the way of what a bloc says for the seat on the new text.
    `conflict` says that two blocs speak for the seat with different stances.
    """

    position: Position | None = None
    source: Source | None = None
    known: bool = False
    conflict: bool = False
    to_confirm: bool = False

    @property
    def stance(self) -> Stance | None:
        """The stance that counts, or None."""
        return self.position.stance if self.position and self.known else None


NONE = Effective()
BlocKey = tuple[str, str]
"""(bloc, speaker's seat)."""


@dataclass(slots=True)
class State:
    """Everything that a log says, at one version."""

    version: int = 0
    at: str = ""
    digest: str = "0" * 64
    convened: e.DeliberationConvened | None = None
    clauses: dict[str, Clause] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    offices: dict[str, frozenset[Office]] = field(default_factory=dict)
    delegates: dict[str, str] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    mandates: dict[str, dict[str, Mandate]] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    questions: dict[int, Question] = field(default_factory=dict)
    positions: dict[str, dict[str, Position]] = field(default_factory=dict)
    confidences: dict[str, dict[str, Position]] = field(default_factory=dict)
    bloc_positions: dict[str, dict[BlocKey, Position]] = field(default_factory=dict)
    alignments: dict[str, dict[str, Alignment]] = field(default_factory=dict)
    redacted: dict[str, str] = field(default_factory=dict)
    translations: dict[str, Wording] = field(default_factory=dict)

    def fork(self) -> "State":
        """Return a state that can be folded further without touching this one."""
        copy = State()
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in _NESTED:
                value = {key: dict(inner) for key, inner in value.items()}
            elif isinstance(value, dict):
                value = dict(value)
            setattr(copy, f.name, value)
        return copy

    @property
    def rules(self) -> Rules:
        """The rules of procedure adopted at convening."""
        return self.convened.rules if self.convened else Rules()

    @property
    def nature(self) -> Nature:
        """What this deliberation is."""
        return self.convened.nature if self.convened else Nature.DELIBERATION

    @property
    def open_round(self) -> Round | None:
        """The round in which positions can be taken now."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].closed is None else None

    @property
    def open_question(self) -> Question | None:
        """The question now put; there is at most one."""
        if self.questions:
            last = self.questions[max(self.questions)]
            return last if last.open else None
        return None

    @property
    def text(self) -> list[Clause]:
        """The clauses in the order of the text."""
        return sorted(self.clauses.values(), key=lambda clause: clause.order)

    @property
    def negotiable(self) -> list[Clause]:
        """The clauses that positions are taken on, in the order of the text."""
        return [clause for clause in self.text if clause.negotiable]

    def effective(self, clause: str, seat: str) -> Effective:
        """Return the position that counts for the seat on the clause."""
        held = self.positions[clause].get(seat)
        if held is not None and held.freshness is not Freshness.STALE:
            return Effective(held, Source.OWN, True)
        source, to_confirm = Source.OWN, False
        alignment = self.alignments[clause].get(seat)
        if alignment is not None:  # then there is no position of its own
            held, source = self.positions[clause].get(alignment.with_seat), Source.ALIGNED
            if held is None or held.made_version != alignment.statement_version:
                held, to_confirm = None, True
            elif held.freshness is not Freshness.STALE:
                return Effective(held, Source.ALIGNED, True)
        spoken = [
            position
            for mandate in self.mandates.get(seat, {}).values()
            if (position := self.bloc_positions[clause].get((mandate.bloc, mandate.speaker))) is not None
        ]
        known = [position for position in spoken if position.freshness is not Freshness.STALE]
        if len({position.stance for position in known}) == 1:
            return Effective(known[0], Source.BLOC, True, to_confirm=to_confirm)
        if held is not None:
            return Effective(held, source)
        if spoken and not known:
            return Effective(spoken[0], Source.BLOC, to_confirm=to_confirm)
        return Effective(conflict=bool(known), to_confirm=to_confirm) if known or to_confirm else NONE

    def mandators(self, bloc: str, speaker: str) -> list[str]:
        """Return the seats for which `speaker` may speak as `bloc`, in the order of seating."""
        return [
            seat
            for seat in self.members
            if (mandate := self.mandates.get(seat, {}).get(bloc)) is not None and mandate.speaker == speaker
        ]

    def roles_of_seat(self, seat: str) -> Standing | None:
        """Return the standing of a seat that is still taken, else None."""
        place = self.seats.get(seat)
        return place.standing if place and not place.withdrawn else None


_NESTED = frozenset({"positions", "confidences", "bloc_positions", "alignments", "mandates"})


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


def bloc_id(key: BlocKey) -> str:
    """Return how an event names a bloc's position in its lists: `bloc:speaker`; a seat's own is its bare id."""
    return f"{key[0]}:{key[1]}"


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


__all__ = [
    "NONE",
    "Alignment",
    "BlocKey",
    "Clause",
    "Effective",
    "Group",
    "Invitation",
    "Mandate",
    "Position",
    "Question",
    "Revision",
    "Round",
    "Seat",
    "StakeholderKind",
    "State",
    "bloc_id",
    "fold",
    "fold_all",
]
