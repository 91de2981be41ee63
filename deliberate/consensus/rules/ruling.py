"""What every decision rule answers, and the ballots that voting rules are asked about (consensus.md B16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

from deliberate.consensus.agreement import quorate
from deliberate.vocabulary import RuleAnswer, Vote


class Rule(StrEnum):
    """The decision rules. The default of every decision tier is consensus."""

    CONSENSUS = "consensus"
    NO_SUSTAINED_OPPOSITION = "no_sustained_opposition"  # ISO, IETF
    CONSENSUS_MINUS = "consensus_minus"  # an indicator, off by default: at most k objectors
    UNANIMITY = "unanimity"
    SILENCE = "silence"
    SIMPLE_MAJORITY = "simple_majority"
    QUALIFIED_MAJORITY = "qualified_majority"
    ABSOLUTE_MAJORITY = "absolute_majority"
    ISO_APPROVAL = "iso_approval"
    IEEE_APPROVAL = "ieee_approval"
    DOUBLE_MAJORITY = "double_majority"


class Lack(StrEnum):
    """What stands between a rule and its passing, as things are."""

    QUESTION = "question"  # it is not put, the silence procedure not opened, the vote not called
    WINDOW = "window"  # the time to object still runs
    QUORUM = "quorum"
    OBJECTION = "objection"
    ACCEPTANCE = "acceptance"  # a member who has not said that it can accept
    SILENCE = "silence"  # it was broken
    TEXT = "text"  # it was changed, which voids the silence procedure
    DECLARATION = "declaration"  # the chair has not declared it
    MAJORITY = "majority"
    TIE = "tie"  # plenary votes again within 48 hours, then it is rejected (GA rule 95); committees reject (133)
    GROUP = "group"  # a group without a majority of its own
    NEGATIVES = "negatives"  # more than a quarter
    RETURN = "return"  # too few ballots came back
    ABSTENTIONS = "abstentions"  # 30 % or more


class BallotBasis(StrEnum):
    """Where ballots come from; every ruling on them says it."""

    CAST = "cast"
    RECORD = "record"  # of another body, imported
    INDICATION = "indication"  # what stances would come to: never a vote, and decides nothing


class Stage(StrEnum):
    """Where a vote stands."""

    NOT_PUT = "not_put"
    OPEN = "open"  # who has not voted still may
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule's answer with what it rests on.

    Attributes
    ----------
    rule, answer : the rule and what it answers. *Undetermined* only where what is not known could change the result.
    tally : the whole numbers it rests on, by name.
    missing_to_pass : the fewest who would have to act otherwise for it to pass as things stand: objections to be
        lifted, or members to vote yes who did not (a missing quorum is told apart, in the tally). 0 when it would pass;
        None where nothing of that kind can make it pass, or the rule cannot say.
    who : those who stand against, in the order of seating: objectors, or members who voted no.
    unknown : those whose act is still to come, in the order of seating.
    lacking : what stands between the rule and its passing, as things are.
    groups : the groups without a majority of their own.
    basis : where the ballots come from, for the rules that need some.
    """

    rule: Rule
    answer: RuleAnswer
    tally: Mapping[str, int]
    missing_to_pass: int | None
    who: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: tuple[Lack, ...] = ()
    groups: tuple[str, ...] = ()
    basis: BallotBasis | None = None

    def plain(self) -> dict[str, Any]:
        """Return the ruling as it is written."""
        return {
            "rule": self.rule,
            "answer": self.answer,
            "tally": dict(self.tally),
            "missing_to_pass": self.missing_to_pass,
            "who": self.who,
            "unknown": self.unknown,
            "lacking": self.lacking,
            "groups": self.groups,
            "basis": self.basis,
        }


class Sums(NamedTuple):
    """Ballots of some members, counted. `away` are those of the `unknown` who are not recorded as present."""

    yes: int
    no: int
    abstain: int
    unknown: int
    away: int
    present: int
    eligible: int

    def settled(self, vote: Vote | None) -> Self:
        """Return what it comes to when all who may still vote do so in one way, or, with None, stay away."""
        if vote is None:
            return self._replace(unknown=0, away=0)
        field = vote.value
        more = {field: getattr(self, field) + self.unknown, "present": self.present + self.away}
        return self._replace(unknown=0, away=0, **more)

    def quorum_missing(self, num: int, den: int) -> int:
        """Return how many more have to be present for a quorum of more than num/den."""
        if quorate(self.present, self.eligible, num, den):
            return 0
        return max(1, self.eligible * num // den + 1 - self.present)


@dataclass(frozen=True, slots=True)
class Ballots:
    """A vote: who may vote, who voted how, and whether who did not still may.

    Attributes
    ----------
    eligible : the members, with voting standing, in the order of seating.
    yes, no, abstain : who of them voted how.
    present : who was recorded as present; who voted is present in any case. For the quorum.
    stage : not put, open or closed.
    basis : where the ballots come from.

    Raises
    ------
    ValueError
        When somebody votes twice, or has no vote.
    """

    eligible: tuple[str, ...]
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    abstain: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    stage: Stage = Stage.CLOSED
    basis: BallotBasis = BallotBasis.CAST

    def __post_init__(self) -> None:
        voted = self.voted
        if len(voted) < len(self.yes) + len(self.no) + len(self.abstain):
            raise ValueError("a member has one vote: some are in two of the lists")
        if len(set(self.eligible)) < len(self.eligible):
            raise ValueError("a member is named twice")
        if strangers := sorted((voted | self.present).difference(self.eligible)):
            raise ValueError(f"{', '.join(strangers)} may not vote here")

    @property
    def voted(self) -> frozenset[str]:
        """Who has voted, abstainers too."""
        return self.yes | self.no | self.abstain

    @property
    def unknown(self) -> tuple[str, ...]:
        """Who has not voted and still may."""
        if self.stage is not Stage.OPEN:
            return ()
        voted = self.voted
        return tuple(name for name in self.eligible if name not in voted)

    def sums(self, of: Collection[str] | None = None) -> Sums:
        """Return the ballots counted: of all who may vote, or of those of them named."""
        chosen = frozenset(self.eligible) if of is None else frozenset(self.eligible).intersection(of)
        unknown = chosen - self.voted if self.stage is Stage.OPEN else frozenset()
        return Sums(
            len(chosen & self.yes),
            len(chosen & self.no),
            len(chosen & self.abstain),
            len(unknown),
            len(unknown - self.present),
            len(chosen & (self.voted | self.present)),
            len(chosen),
        )
