"""What a state is made of: immutable values, so that a fork of the state is a shallow copy."""

from dataclasses import dataclass

from deliberate import events as e
from deliberate.events import Wording
from deliberate.vocabulary import (
    Change,
    ClauseKind,
    ClauseStage,
    Finality,
    Freshness,
    GroupKind,
    ObjectionType,
    Office,
    PendingKind,
    RoundKind,
    Source,
    StakeholderKind,
    Stance,
    Standing,
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

    @property
    def texts(self) -> tuple[str, ...]:
        """The digests of what was said with it, and of how the chair answered it."""
        named = (self.statement, self.scope, self.would_lift, self.cites, self.addressed)
        return tuple(text for text in named if text is not None)


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


def bloc_id(key: BlocKey) -> str:
    """Return how an event names a bloc's position in its lists: `bloc:speaker`; a seat's own is its bare id."""
    return f"{key[0]}:{key[1]}"
