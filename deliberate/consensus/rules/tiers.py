"""Which rule decides: the settings of each decision tier, and one door to all rules (consensus.md A6.4, B16).

Tiers are adopted with the rules of procedure at convening. The rule of a tier that is not named is consensus.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from deliberate.consensus.agreement import Counts
from deliberate.consensus.rules import voting
from deliberate.consensus.rules.majorities import share_of
from deliberate.consensus.rules.question import (
    Asked,
    asked,
    consensus_minus,
    consensus_ruling,
    deciding_stances,
    no_sustained_opposition,
    unanimity,
)
from deliberate.consensus.rules.ruling import BallotBasis, Ballots, Rule, Ruling, Stage
from deliberate.consensus.rules.silence import Silence, silence_ruling
from deliberate.events import VotesRecorded
from deliberate.state import State
from deliberate.vocabulary import Stance


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule with its numbers.

    Attributes
    ----------
    rule : by default consensus.
    num, den : the share that a qualified or double majority needs.
    objectors_max : how many may object under `Rule.CONSENSUS_MINUS`.
    groups : the groups that each need a majority of their own under `Rule.DOUBLE_MAJORITY`.
    participants : the group of P-members under `Rule.ISO_APPROVAL`.
    quorum_num, quorum_den : more than this share of the members has to be present to vote.

    Raises
    ------
    ValueError
        For a share that is none, a negative number of objectors, or a rule without the groups that it needs.
    """

    rule: Rule = Rule.CONSENSUS
    num: int = 2
    den: int = 3
    objectors_max: int = 0
    groups: tuple[str, ...] = ()
    participants: str | None = None
    quorum_num: int = 1
    quorum_den: int = 2

    def __post_init__(self) -> None:
        share_of(self.num, self.den)
        if not 0 <= self.quorum_num < self.quorum_den:
            raise ValueError(f"a quorum of more than {self.quorum_num}/{self.quorum_den} cannot be reached")
        if self.objectors_max < 0:
            raise ValueError("the number of objectors is not negative")
        if self.rule is Rule.DOUBLE_MAJORITY and not self.groups:
            raise ValueError("a double majority needs its groups")
        if self.rule is Rule.ISO_APPROVAL and self.participants is None:
            raise ValueError("the ISO rule needs the group of its P-members")


def setting_of(tiers: Mapping[str, Setting], tier: str | None) -> Setting:
    """Return the setting of a decision tier; consensus where none was adopted.

    Examples
    --------
    >>> str(setting_of({"substance": Setting(Rule.UNANIMITY)}, "procedure").rule)
    'consensus'
    """
    return tiers.get(tier, Setting()) if tier is not None else Setting()


@dataclass(frozen=True, slots=True)
class Case:
    """What is on record for one decision: everything that any rule may ask for.

    `stances` are those that count in a decision, of every member; `groups` name their members. Without ballots a vote
    is not put, and without a silence procedure none was opened.
    """

    question: Asked
    stances: Mapping[str, Stance | None] = field(default_factory=dict)
    ballots: Ballots | None = None
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    silence: Silence | None = None


def case_of(state: State, clause: str, at: str, counts: Counts | None = None) -> Case:
    """Return what is on record for a decision on a clause at a moment (UTC, ISO 8601)."""
    record = state.clauses[clause].votes
    return Case(
        asked(state, clause, at, counts),
        deciding_stances(state, clause),
        None if record is None else recorded_ballots(record, state.members),
        {
            group: tuple(seat for seat in state.members if group in state.seats[seat].groups)
            for group in state.groups
        },
    )


def recorded_ballots(record: VotesRecorded, members: Iterable[str]) -> Ballots:
    """Return another body's recorded vote as ballots. Who is in no list did not vote, or was not recorded."""
    eligible = tuple(members)
    yes, no, abstain = (
        frozenset(names).intersection(eligible) for names in (record.yes, record.no, record.abstain)
    )
    return Ballots(eligible, yes, no, abstain, basis=BallotBasis.RECORD)


def indication_of(state: State, clause: str) -> Ballots:
    """Return what the members' positions on a clause would come to in a vote; see `voting.indication`."""
    return voting.indication({seat: state.effective(clause, seat).stance for seat in state.members})


def answer(setting: Setting, case: Case, at: str) -> Ruling:
    """Return what the rule of a setting answers for a case at a moment (UTC, ISO 8601).

    Raises ValueError when a group that the setting names is not among the case's.

    Examples
    --------
    >>> case = Case(Asked(members=2, put=True, over=True, checked_in=2))
    >>> [str(answer(Setting(rule), case, "").answer) for rule in (Rule.CONSENSUS, Rule.SIMPLE_MAJORITY)]
    ['pass', 'not_put']
    """
    ballots = case.ballots or Ballots(tuple(case.stances), stage=Stage.NOT_PUT)
    quorum = (setting.quorum_num, setting.quorum_den)
    match setting.rule:
        case Rule.CONSENSUS:
            return consensus_ruling(case.question)
        case Rule.NO_SUSTAINED_OPPOSITION:
            return no_sustained_opposition(case.question)
        case Rule.CONSENSUS_MINUS:
            return consensus_minus(case.question, setting.objectors_max)
        case Rule.UNANIMITY:
            return unanimity(case.question, case.stances)
        case Rule.SILENCE:
            return silence_ruling(case.silence or Silence(case.question.members), at)
        case Rule.SIMPLE_MAJORITY:
            return voting.simple_majority(ballots, quorum)
        case Rule.QUALIFIED_MAJORITY:
            return voting.qualified_majority(ballots, setting.num, setting.den, quorum)
        case Rule.ABSOLUTE_MAJORITY:
            return voting.absolute_majority(ballots, quorum)
        case Rule.IEEE_APPROVAL:
            return voting.ieee_approval(ballots)
        case Rule.ISO_APPROVAL:
            assert setting.participants is not None
            return voting.iso_approval(ballots, _group(case, setting.participants))
        case Rule.DOUBLE_MAJORITY:
            groups = {name: _group(case, name) for name in setting.groups}
            return voting.double_majority(ballots, groups, setting.num, setting.den, quorum)
        case _:
            assert_never(setting.rule)


def panel(
    state: State, clause: str, at: str, settings: Iterable[Setting], counts: Counts | None = None
) -> tuple[Ruling, ...]:
    """Return what each of the settings answers for a clause at a moment, in their order: the chair's rule panel."""
    case = case_of(state, clause, at, counts)
    return tuple(answer(setting, case, at) for setting in settings)


def _group(case: Case, name: str) -> Collection[str]:
    if name not in case.groups:
        raise ValueError(f"no group is called {name}: declare it, or choose another")
    return case.groups[name]
