"""Voting rules as linear conditions on a tally, in exact integers (consensus.md B16): what a programme can hold to."""

from dataclasses import dataclass

from deliberate.consensus.rules import Rule, Setting
from deliberate.errors import Invalid


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes in favour, against and abstaining, in the order of UN records."""

    yes: int
    no: int
    abstain: int

    def as_dict(self) -> dict[str, int]:
        """Return the tally as plain data."""
        return {"yes": self.yes, "no": self.no, "abstain": self.abstain}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition of a voting rule: ``yes·Y + no·N + abstain·A ≥ least``, of all votes or of those of a group."""

    name: str
    yes: int
    no: int
    abstain: int
    least: int
    group: str | None = None

    def met(self, tally: Tally) -> bool:
        """Return whether a tally, of its group if it has one, meets it."""
        return self.yes * tally.yes + self.no * tally.no + self.abstain * tally.abstain >= self.least


Requirements = tuple[Requirement, ...]
"""All of a voting rule: every one must be met. The requirements of two rules added are a rule."""


def qualified(num: int, den: int, group: str | None = None) -> Requirements:
    """Return a qualified majority of those voting yes or no: ``den·Y ≥ num·(Y + N)`` and ``Y + N > 0``.

    Examples
    --------
    >>> [all(part.met(Tally(*votes)) for part in qualified(2, 3)) for votes in ((66, 33, 0), (65, 33, 0), (0, 0, 9))]
    [True, False, False]
    """
    if not 0 < num <= den:
        raise Invalid("A qualified majority is a share above 0 and up to 1.", num=num, den=den)
    share = Requirement(f"{num}/{den}", den - num, -num, 0, 0, group)
    return (share, Requirement("votes_cast", 1, 1, 0, 1, group))


def simple_majority(group: str | None = None) -> Requirements:
    """Return a majority of those voting yes or no, a tie being none (GA rules 85, 86, 95): ``Y > N``."""
    return (Requirement("majority", 1, -1, 0, 1, group),)


def absolute_majority(eligible: int) -> Requirements:
    """Return a majority of all who may vote: ``2Y > eligible``."""
    return (Requirement("absolute", 2, 0, 0, eligible + 1),)


def iso_ballot(participants: str) -> Requirements:
    """Return the rule of an ISO enquiry: two thirds of the votes of P-members (a group) in favour, and at most a quarter
    of all votes against; abstentions are not counted (ISO/IEC Directives, Part 1)."""
    return (*qualified(2, 3, participants), Requirement("negative_1/4", 1, -3, 0, 0))


def ieee_ballot(eligible: int) -> Requirements:
    """Return the rule of an IEEE ballot: 75 % returned, less than 30 % of these abstaining, 75 % of the others yes."""
    returned = Requirement("returned_75%", 4, 4, 4, 3 * eligible)
    return (returned, Requirement("abstaining_30%", 3, 3, -7, 1), *qualified(3, 4))


def requirements_of(setting: Setting, eligible: int) -> Requirements:
    """Return what a voting rule, as set for a decision tier, asks of the votes; its quorum is asked of who is present,
    and no change of vote makes one.

    Raises
    ------
    Invalid
        The rule is not one of votes: `steps_to_consensus` answers for those of a question.

    Examples
    --------
    >>> [part.name for part in requirements_of(Setting(Rule.DOUBLE_MAJORITY, groups=("south",)), eligible=9)]
    ['2/3', 'votes_cast', 'majority']
    """
    match setting.rule:
        case Rule.SIMPLE_MAJORITY:
            return simple_majority()
        case Rule.QUALIFIED_MAJORITY:
            return qualified(setting.num, setting.den)
        case Rule.ABSOLUTE_MAJORITY:
            return absolute_majority(eligible)
        case Rule.IEEE_APPROVAL:
            return ieee_ballot(eligible)
        case Rule.ISO_APPROVAL if setting.participants is not None:
            return iso_ballot(setting.participants)
        case Rule.DOUBLE_MAJORITY:
            groups = (part for group in setting.groups for part in simple_majority(group))
            return (*qualified(setting.num, setting.den), *groups)
        case _:
            raise Invalid(
                "This rule is not decided by votes; ask for the steps to consensus.", rule=setting.rule
            )
