"""Every event: frozen facts in the past tense, with their outcome. See the package for what a fact and a text are."""

from dataclasses import dataclass, field
from typing import Annotated

from deliberate.vocabulary import (
    Audience,
    Change,
    ClauseKind,
    DecisionRule,
    Finality,
    GroupKind,
    Nature,
    ObjectionType,
    Office,
    Outcome,
    PendingKind,
    RoundKind,
    RuleAnswer,
    Source,
    StakeholderKind,
    Stance,
    Standing,
    TextKind,
    Visibility,
    Vote,
)

Text = Annotated[str, "text"]
"""The digest of a text, 64 hex digits."""


Wording = Annotated[dict[str, str], "texts"]
"""Language tag to text digest."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of procedure adopted at convening. Times in seconds; the quorum is *more than* num/den of members."""

    decision_rule: DecisionRule = DecisionRule.CONSENSUS
    quorum_num: int = 1
    quorum_den: int = 2
    question_window_s: int = 60
    challenge_window_s: int = 86_400
    audience: Audience = Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class DeliberationConvened:
    """A text, its languages and its rules of procedure. `original` is the language negotiated."""

    nature: Nature
    text_kind: TextKind
    title: Wording
    languages: tuple[str, ...]
    original: str
    authentic: tuple[str, ...]
    rules: Rules
    source: Wording = field(default_factory=dict)
    host: Text | None = None
    controller: Text | None = None
    law: Text | None = None
    privacy: Text | None = None


@dataclass(frozen=True, slots=True)
class ClauseTabled:
    """A clause entered the text with revision 1. `number` is as printed (PP1, OP4); short titles are finding aids."""

    clause: str
    kind: ClauseKind
    number: str
    wording: Wording
    parent: str | None = None
    short_title: Wording = field(default_factory=dict)
    concordance: Wording = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupDeclared:
    """A declared set of stakeholders: regional group, bloc or list."""

    group: str
    kind: GroupKind
    name: Wording


@dataclass(frozen=True, slots=True)
class StakeholderSeated:
    """A country or organisation took its place: one voice."""

    seat: str
    name: Wording
    kind: StakeholderKind
    standing: Standing
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StakeholderWithdrew:
    """A seat was given up; its objections on `lapsed` clauses lapsed with it."""

    seat: str
    lapsed: tuple[str, ...]
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class OfficeGiven:
    """An actor took an office."""

    holder: str
    office: Office


@dataclass(frozen=True, slots=True)
class OfficeRevoked:
    """An actor left an office."""

    holder: str
    office: Office


@dataclass(frozen=True, slots=True)
class InvitationIssued:
    """A link to a seat or to an office was made; its secret is outside the log."""

    invitation: str
    expires_at: str
    seat: str | None = None
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    """A link can no longer be used."""

    invitation: str


@dataclass(frozen=True, slots=True)
class InvitationAccepted:
    """A person used a link: the actor now acts for the seat, or holds the office."""

    invitation: str
    holder: str
    seat: str | None = None
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class DelegateRevoked:
    """An actor no longer acts for the seat."""

    holder: str
    seat: str


@dataclass(frozen=True, slots=True)
class MandateGiven:
    """The member's own seat lets `speaker` speak for it as `bloc`."""

    seat: str
    bloc: str
    speaker: str


@dataclass(frozen=True, slots=True)
class MandateRevoked:
    """The member's own seat took its mandate back, at once."""

    seat: str
    bloc: str


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """A round began; `deadline` closes it by itself."""

    round: int
    kind: RoundKind
    deadline: str | None = None


@dataclass(frozen=True, slots=True)
class RoundClosed:
    """A round ended. The lists are what was open then: member seats heard on no clause; (clause, seat) pairs that
    await instructions; pairs whose acceptance is stale."""

    round: int
    not_heard: tuple[str, ...]
    pending: tuple[tuple[str, str], ...]
    stale: tuple[tuple[str, str], ...]
    reason: Text | None = None
    effective_at: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseRevised:
    """A clause has a new wording. Substantive: acceptances of `stale` seats are unknown from now on, `maintained`
    objections and dissociations stand, `carried` abstentions and pending ones move on. Editorial: until
    `challenge_until` any one member may make it substantive; nothing is carried before."""

    clause: str
    revision: int
    change: Change
    wording: Wording
    stale: tuple[str, ...] = ()
    maintained: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    challenge_until: str | None = None
    explanation: Text | None = None


@dataclass(frozen=True, slots=True)
class RevisionChallenged:
    """A member objected to calling the change editorial: it is substantive from now on."""

    clause: str
    revision: int
    seat: str
    stale: tuple[str, ...]
    maintained: tuple[str, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevisionSettled:
    """The challenge window of an editorial change passed: the positions of `carried` seats hold for it."""

    clause: str
    revision: int
    carried: tuple[str, ...]
    effective_at: str


@dataclass(frozen=True, slots=True)
class PositionTaken:
    """A stakeholder stated its position on one revision of a clause (A5).

    `statement` is the reservation's text, the statement that goes with a dissociation, or an objection's reason;
    `scope` quotes the words a reservation is about; `would_lift` is the change that would remove an objection.
    With `bloc`, `seat` speaks on behalf of it for `mandates` members.
    """

    clause: str
    revision: int
    seat: str
    stance: Stance
    finality: Finality
    source: Source = Source.OWN
    visibility: Visibility = Visibility.SHARED
    bloc: str | None = None
    mandates: int = 0
    cosponsor: bool = False
    objection_type: ObjectionType | None = None
    none_would: bool = False
    pending_kind: PendingKind | None = None
    expected_by: str | None = None
    statement: Text | None = None
    scope: Text | None = None
    would_lift: Text | None = None
    cites: Text | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PositionSupplemented:
    """What goes with a position followed later: the level is untouched."""

    clause: str
    seat: str
    bloc: str | None = None
    objection_type: ObjectionType | None = None
    none_would: bool = False
    statement: Text | None = None
    scope: Text | None = None
    would_lift: Text | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PositionReaffirmed:
    """A position made on an earlier revision was restated, word for word, for this one."""

    clause: str
    revision: int
    seat: str
    finality: Finality
    bloc: str | None = None


@dataclass(frozen=True, slots=True)
class PositionWithdrawn:
    """A stakeholder has no recorded position on the clause any more."""

    clause: str
    seat: str
    bloc: str | None = None
    visibility: Visibility = Visibility.SHARED


@dataclass(frozen=True, slots=True)
class PositionAligned:
    """`seat` aligned itself with the position of `with_seat` as of `statement_version`; when that changes, the
    alignment is to be confirmed."""

    clause: str
    seat: str
    with_seat: str
    statement_version: int


@dataclass(frozen=True, slots=True)
class AlignmentWithdrawn:
    """`seat` no longer aligns itself with anybody on the clause."""

    clause: str
    seat: str


@dataclass(frozen=True, slots=True)
class ObjectionAddressed:
    """The chair recorded that an objection was addressed, with the reason. It lifts no block under consensus."""

    clause: str
    seat: str
    reason: Text
    bloc: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionPut:
    """The chair asked whether the meeting wishes to adopt this revision; the window runs until `until`."""

    question: int
    clause: str
    revision: int
    until: str


@dataclass(frozen=True, slots=True)
class SeatsCheckedIn:
    """Members present while the question is put: they make the quorum of this item."""

    question: int
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorRequested:
    """A seat asked for the floor while the question is put."""

    question: int
    seat: str


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn:
    """The chair took the question back before declaring."""

    question: int
    reason: Text


@dataclass(frozen=True, slots=True)
class DecisionDeclared:
    """The chair declared. The rule's answer and everything that stands beside the decision, as of that moment."""

    question: int
    clause: str
    revision: int
    outcome: Outcome
    rule: DecisionRule
    answer: RuleAnswer
    members: int
    checked_in: int
    objections: tuple[str, ...]
    dissociations: tuple[str, ...]
    reservations: tuple[str, ...]
    abstentions: tuple[str, ...]
    pending: tuple[str, ...]
    not_heard: int
    statement: Text | None = None


@dataclass(frozen=True, slots=True)
class VotesRecorded:
    """Votes of another body's record, imported; never stances. Seats in no list did not vote, or were not recorded."""

    clause: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    abstain: tuple[str, ...]
    carried: bool

    def tally(self) -> tuple[int, int, int]:
        """Return (in favour, against, abstaining), in the order of UN records."""
        return len(self.yes), len(self.no), len(self.abstain)

    def vote_of(self, seat: str) -> Vote | None:
        """Return the seat's vote, or None where none is recorded."""
        if seat in self.yes:
            return Vote.YES
        if seat in self.no:
            return Vote.NO
        return Vote.ABSTAIN if seat in self.abstain else None


@dataclass(frozen=True, slots=True)
class PositionsImported:
    """Stances of another record, imported into a deliberation that is only a record."""

    clause: str
    revision: int
    stances: dict[str, Stance]


@dataclass(frozen=True, slots=True)
class TextRedacted:
    """The words and the salt of a text were deleted; the chain is untouched, the board shows a tombstone."""

    text: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class TranslationAdded:
    """A translation of a text on record; the original keeps its language."""

    of: Text
    lang: str
    text: Text


Event = (
    DeliberationConvened
    | ClauseTabled
    | GroupDeclared
    | StakeholderSeated
    | StakeholderWithdrew
    | OfficeGiven
    | OfficeRevoked
    | InvitationIssued
    | InvitationRevoked
    | InvitationAccepted
    | DelegateRevoked
    | MandateGiven
    | MandateRevoked
    | RoundOpened
    | RoundClosed
    | ClauseRevised
    | RevisionChallenged
    | RevisionSettled
    | PositionTaken
    | PositionSupplemented
    | PositionReaffirmed
    | PositionWithdrawn
    | PositionAligned
    | AlignmentWithdrawn
    | ObjectionAddressed
    | QuestionPut
    | SeatsCheckedIn
    | FloorRequested
    | QuestionWithdrawn
    | DecisionDeclared
    | VotesRecorded
    | PositionsImported
    | TextRedacted
    | TranslationAdded
)
