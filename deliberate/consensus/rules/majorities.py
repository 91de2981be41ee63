"""The voting rules as questions about whole numbers (consensus.md A1, A2, B16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from deliberate.consensus.agreement.given import natural


def is_simple_majority(yes: int, no: int) -> bool:
    """Return whether more voted yes than no (GA rules 85, 86, 125, 126): abstainers count as not voting.

    Examples
    --------
    >>> is_simple_majority(6, 5), is_simple_majority(5, 5), is_simple_majority(0, 0)
    (True, False, False)
    """
    return yes > no


def is_qualified_majority(yes: int, no: int, num: int = 2, den: int = 3) -> bool:
    """Return whether at least num/den of those present and voting voted yes; never of nobody.

    Examples
    --------
    >>> is_qualified_majority(66, 33), is_qualified_majority(65, 33), is_qualified_majority(0, 0)
    (True, False, False)
    """
    return yes + no > 0 and den * yes >= num * (yes + no)


def is_absolute_majority(yes: int, eligible: int) -> bool:
    """Return whether more than half of all who may vote voted yes.

    Examples
    --------
    >>> is_absolute_majority(97, 193), is_absolute_majority(96, 193), is_absolute_majority(0, 0)
    (True, False, False)
    """
    return 2 * yes > eligible


def is_iso_approval(yes_p: int, no_p: int, no_all: int, cast_all: int) -> bool:
    """Return whether a draft International Standard is approved: two thirds of the votes of P-members in favour, and
    not more than a quarter of all votes negative; abstentions are not counted (ISO/IEC Directives, Part 1).

    Examples
    --------
    >>> is_iso_approval(10, 5, 5, 20), is_iso_approval(10, 5, 6, 20), is_iso_approval(0, 0, 0, 0)
    (True, False, False)
    """
    return yes_p + no_p > 0 and 3 * yes_p >= 2 * (yes_p + no_p) and 4 * no_all <= cast_all


def is_ieee_approval(eligible: int, yes: int, no: int, abstain: int) -> bool:
    """Return whether an IEEE SA ballot passes: three quarters returned, of these less than 30 % abstaining, and three
    quarters of yes and no in favour.

    That no interest category is more than a third of the group is asked of the group, not of the votes.

    Examples
    --------
    >>> is_ieee_approval(40, 24, 6, 2), is_ieee_approval(40, 20, 5, 4), is_ieee_approval(40, 18, 3, 10)
    (True, False, False)
    """
    returned = yes + no + abstain
    return 4 * returned >= 3 * eligible and 10 * abstain < 3 * returned and 4 * yes >= 3 * (yes + no)


def is_double_majority(groups: Iterable[tuple[int, int]], num: int = 2, den: int = 3) -> bool:
    """Return whether groups that have no member in common reach num/den together, and each a majority of its own.

    `groups` holds (yes, no) of each, as in the Montreal Protocol (Art. 2(9)(c)) with its two groups of Parties.

    Examples
    --------
    >>> is_double_majority([(10, 2), (5, 4)]), is_double_majority([(20, 0), (4, 5)])
    (True, False)
    """
    votes = list(groups)
    yes, no = sum(y for y, _ in votes), sum(n for _, n in votes)
    return is_qualified_majority(yes, no, num, den) and all(y > n for y, n in votes)


@dataclass(frozen=True, slots=True)
class Movers:
    """How many of those who voted no would have to change for a majority: all of them to yes, or all to abstaining.

    None where no number of them would do.
    """

    to_yes: int | None
    to_abstain: int | None


def movers_needed(yes: int, no: int, num: int = 2, den: int = 3, strict: bool = False) -> Movers:
    """Return how many who voted no would have to change for num/den of those present and voting.

    To yes: max(0, ⌈q(Y + N)⌉ - Y), for abstaining does not change who votes. With `strict`, for more than num/den.

    Parameters
    ----------
    yes, no : int
        Votes cast.
    num, den : int
        The share, above 0 and at most 1.
    strict : bool
        Whether it has to be exceeded: with 1/2, a simple majority.

    Returns
    -------
    Movers

    Raises
    ------
    ValueError
        For votes that are negative or not whole, or something that is no share.

    Examples
    --------
    >>> movers_needed(60, 40)
    Movers(to_yes=7, to_abstain=10)
    >>> movers_needed(0, 9)
    Movers(to_yes=6, to_abstain=None)
    """
    yes, no = natural(yes, "yes"), natural(no, "no")
    share = share_of(num, den)

    def enough(y: int, n: int) -> bool:
        return y + n > 0 and (y > share * (y + n) if strict else y >= share * (y + n))

    to_yes = max(0, (share * (yes + no) // 1 + 1 if strict else -(-share * (yes + no) // 1)) - yes)
    most = yes / share - yes  # of those who vote no beside them
    stay = (-(-most // 1) - 1 if strict else most // 1) if yes else 0
    to_abstain = max(0, no - int(stay))
    return Movers(
        int(to_yes) if to_yes <= no and enough(yes + int(to_yes), no - int(to_yes)) else None,
        to_abstain if to_abstain <= no and enough(yes, no - to_abstain) else None,
    )


def share_of(num: int, den: int) -> Fraction:
    """Return num/den. Raises ValueError unless it is above 0 and at most 1."""
    if not 0 < num <= den:
        raise ValueError(f"{num}/{den} is no share: it is above 0 and at most 1")
    return Fraction(num, den)
