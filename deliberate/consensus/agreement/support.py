"""How far stakeholders go along, in total and group by group (consensus.md B, B7, B9).

Accepting is level 3 or above. Shares are exact fractions until they are returned, and a group of which nobody has a
level is *unknown*: it is named, and never counts as 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from deliberate.consensus.agreement.given import natural
from deliberate.consensus.agreement.status import Counts, count
from deliberate.state import State

ACCEPTING_FROM = 3
"""The least level that joins when the question is put: can accept, with reservation."""

Share = tuple[int, int]
"""An exact share, (numerator, denominator), as counted: not reduced."""


def rice(yes: float, no: float) -> float | None:
    """Return Rice's index of cohesion of a roll call: how one-sided those are who took a side.

    |Y - N|/(Y + N).

    Parameters
    ----------
    yes, no : int
        Votes cast, not negative.

    Returns
    -------
    float or None
        In [0, 1]. None when nobody voted yes or no.

    Raises
    ------
    ValueError
        For a number of votes that is negative or not whole.

    Notes
    -----
    It ignores abstention (see `agreement_index`), and is biased upwards in small groups [2]_.

    References
    ----------
    .. [1] S. A. Rice, "The behavior of legislative groups: a method of measurement", *Political Science Quarterly*
       40(1), 1925, 60-72.
    .. [2] S. W. Desposato, "Correcting for small group inflation of roll-call cohesion scores", *British Journal of
       Political Science* 35(4), 2005, 731-744.

    Examples
    --------
    >>> rice(8, 2)
    0.6
    >>> rice(0, 0) is None
    True
    """
    yes, no = natural(yes, "yes"), natural(no, "no")
    return abs(yes - no) / (yes + no) if yes + no else None


def agreement_index(yes: float, no: float, abstain: float) -> float | None:
    """Return Hix, Noury and Roland's agreement index of a roll call: cohesion over three choices.

    AI = (M - (Y + N + A - M)/2)/(Y + N + A), with M the greatest of the three.

    Parameters
    ----------
    yes, no, abstain : int
        Votes cast, not negative.

    Returns
    -------
    float or None
        In [0, 1]: 1 when all chose the same, 0 when each choice has a third. None when nobody chose.

    Raises
    ------
    ValueError
        For a number of votes that is negative or not whole.

    Notes
    -----
    For the cohesion of a group on a clause, stances are recoded in one way everywhere: yes for levels 3 to 5, abstain
    for level 2 and for taking no position, no for level 1.

    References
    ----------
    .. [1] S. Hix, A. Noury and G. Roland, "Power to the parties: cohesion and competition in the European Parliament,
       1979-2001", *British Journal of Political Science* 35(2), 2005, 209-234, doi:10.1017/S0007123405000128.

    Examples
    --------
    >>> agreement_index(8, 2, 0)
    0.7
    >>> agreement_index(0, 0, 4)
    1.0
    """
    cast = natural(yes, "yes"), natural(no, "no"), natural(abstain, "abstain")
    return (3 * max(cast) - sum(cast)) / (2 * sum(cast)) if any(cast) else None


def acceptance_bounds(
    counts: Counts | Iterable[float], abstain: int = 0, unknown: int = 0
) -> tuple[Share, Share] | None:
    """Return the least and the greatest share that accepts, whatever those hold who are not known.

    With N stakeholders, a of them accepting: from a/(N - abstaining) to (a + unknown)/(N - abstaining).

    Parameters
    ----------
    counts : Counts, or array_like, shape (K,)
        What is counted on a clause; or the frequencies of the levels 1..K, with the two below.
    abstain : int
        Those who take no position: they leave the base.
    unknown : int
        All others without a level: awaiting instructions, to reaffirm, in conflict, not recorded.

    Returns
    -------
    ((int, int), (int, int)) or None
        Two exact (numerator, denominator) pairs. None when nobody is left in the base.

    Raises
    ------
    ValueError
        For a number that is negative or not whole.

    Notes
    -----
    The members of a deliberation are all there are, not a sample of more: what is uncertain is what those hold who
    have not said it, so there are bounds, and no interval of confidence.

    Examples
    --------
    >>> acceptance_bounds([1, 0, 2, 1, 2], abstain=1, unknown=2)
    ((5, 8), (7, 8))
    >>> acceptance_bounds([0, 0, 0, 0, 0], abstain=3) is None
    True
    """
    if isinstance(counts, Counts):
        of = GroupCounts.of(counts)
    else:
        held = [natural(c, "a frequency") for c in counts]
        abstain, unknown = natural(abstain, "abstain"), natural(unknown, "unknown")
        on = sum(held)
        of = GroupCounts(sum(held[ACCEPTING_FROM - 1 :]), on, on + abstain + unknown, abstain)
    return of.bounds


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What the `members` of a group hold on one clause: how many accept, are on the scale, and take no position.

    Raises ValueError when they do not fit: accepting ≤ on, and on + abstain ≤ members. The rest is unknown.
    """

    accepting: int
    on: int
    members: int
    abstain: int = 0

    def __post_init__(self) -> None:
        fits = 0 <= self.accepting <= self.on and self.abstain >= 0 and self.on + self.abstain <= self.members
        if not fits:
            raise ValueError(f"{self} does not add up")

    @classmethod
    def of(cls, counts: Counts) -> "GroupCounts":
        """Return what is needed here of what `count` counted."""
        return cls(counts.accepting, counts.n_on, counts.members, counts.abstain)

    @property
    def share(self) -> Fraction | None:
        """The share that accepts, of those on the scale; None is unknown."""
        return Fraction(self.accepting, self.on) if self.on else None

    @property
    def bounds(self) -> tuple[Share, Share] | None:
        """The least and greatest share that accepts; see `acceptance_bounds`."""
        base = self.members - self.abstain
        if base == 0:
            return None
        return (self.accepting, base), (self.accepting + base - self.on, base)


def group_counts(state: State, clause: str, groups: Iterable[str]) -> dict[str, GroupCounts]:
    """Return what the members of each declared group hold on the clause, in the order given."""
    return {
        group: GroupCounts.of(
            count(state, clause, (seat for seat in state.members if group in state.seats[seat].groups))
        )
        for group in groups
    }


def minimum_group_support(groups: Mapping[str, GroupCounts]) -> float | None:
    """Return the support of the group that supports least: min over groups of a_g/n_g.

    Parameters
    ----------
    groups : mapping of str to GroupCounts
        Declared groups; they may overlap.

    Returns
    -------
    float or None
        In [0, 1]. None when no group has anybody on the scale. Groups that are unknown are left out here; say which
        they are: those whose `share` is None.

    Notes
    -----
    Rawls's maximin: a very small group can dominate, so show each group's n, or take groups of three and more. It says
    what `group_aware_consensus` says, in a form that can be explained.

    References
    ----------
    .. [1] J. Rawls, *A Theory of Justice*, Harvard University Press, 1971.

    Examples
    --------
    The worked clause: the lowest group is C, with one of its four members on the scale.

    >>> groups = {"A": GroupCounts(3, 3, 3), "B": GroupCounts(2, 2, 2), "C": GroupCounts(0, 1, 4, abstain=1)}
    >>> minimum_group_support(groups), lowest_groups(groups)
    (0.0, ('C',))
    >>> minimum_group_support_bounds(groups)
    ((0, 3), (2, 3))
    """
    shares = [share for group in groups.values() if (share := group.share) is not None]
    return float(min(shares)) if shares else None


def lowest_groups(groups: Mapping[str, GroupCounts]) -> tuple[str, ...]:
    """Return the groups that support least, all of them when several do, in the order given."""
    shares = {name: share for name, group in groups.items() if (share := group.share) is not None}
    least = min(shares.values(), default=None)
    return tuple(name for name, share in shares.items() if share == least)


def minimum_group_support_bounds(groups: Mapping[str, GroupCounts]) -> tuple[Share, Share] | None:
    """Return the least and the greatest that the support of the lowest group can be, whatever the unknown hold.

    A group all of whose members take no position has no base, and is left out; None when that is all of them.
    """
    found = [bounds for group in groups.values() if (bounds := group.bounds) is not None]
    if not found:
        return None
    lower, upper = zip(*found, strict=True)
    return min(lower, key=lambda share: Fraction(*share)), min(upper, key=lambda share: Fraction(*share))


def supported_in_all_groups(groups: Mapping[str, GroupCounts], num: int, den: int) -> bool | None:
    """Return whether at least num/den of those on the scale accept in every group, in exact integers.

    None where it cannot be said: no group falls short, and some group has nobody on the scale, or there is no group.
    Raises ValueError unless 0 ≤ num ≤ den and 0 < den.

    Examples
    --------
    >>> supported_in_all_groups({"A": GroupCounts(2, 3, 3), "B": GroupCounts(4, 6, 6)}, 2, 3)
    True
    >>> supported_in_all_groups({"A": GroupCounts(2, 3, 3), "B": GroupCounts(0, 0, 6)}, 2, 3) is None
    True
    """
    if not 0 <= num <= den or den == 0:
        raise ValueError(f"{num}/{den} is no share")
    if any(group.accepting * den < num * group.on for group in groups.values()):
        return False
    return True if groups and all(group.on for group in groups.values()) else None
