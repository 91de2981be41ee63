"""What Polis computes of votes on statements: agreement across groups, and what to ask next (consensus.md B8).

Definitions follow Polis's own mathematics (its Clojure module `conversation`), pseudocounts included; nothing of it is
copied. `seen` counts every vote that was cast, passes too: seen = agree + disagree + pass. Over positions, agree counts
levels 3 and above, disagree levels 1 and 2, and seen every response: taking no position and awaiting instructions are
passes.
"""

from collections.abc import Iterable
from math import exp, fsum, isfinite, log, prod

from deliberate.consensus.agreement.given import natural

META_PRIORITY = 7
"""The importance of a statement about the conversation itself, before it is squared."""


def group_aware_consensus(agree: Iterable[float], seen: Iterable[float]) -> float | None:
    """Return Polis's group-aware (group-informed) consensus: whether every group tends to agree.

    GAC = Π_g (A_g + 1)/(S_g + 2).

    Parameters
    ----------
    agree : sequence of int, length G
        A, those of each group who agree.
    seen : sequence of int, length G
        S, those of each group who voted at all, passes included.

    Returns
    -------
    float or None
        In (0, 1). A group without a vote counts ½. None when there is no group.

    Raises
    ------
    ValueError
        For lists of different length, numbers that are negative or not whole, or more who agree than voted.

    Notes
    -----
    Not comparable between different numbers of groups: see `group_aware_consensus_geometric_mean`. The pseudocounts
    matter in small groups: three of three contribute 0.8. Not invariant to replication, for the same reason.
    `minimum_group_support` says the same in a form that can be explained.

    References
    ----------
    .. [1] C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw and C. Megill, "Polis: scaling deliberation by mapping high
       dimensional opinion spaces", *Recerca* 26(2), 2021.

    Examples
    --------
    >>> group_aware_consensus([9, 4], [10, 5])
    0.5952380952380952
    >>> group_aware_consensus([0, 0], [0, 0])
    0.25
    """
    groups = _groups(agree, seen)
    if not groups:
        return None
    return prod(a + 1 for a, _ in groups) / prod(s + 2 for _, s in groups)


def group_aware_consensus_geometric_mean(agree: Iterable[float], seen: Iterable[float]) -> float | None:
    """Return the geometric mean of the factors of `group_aware_consensus`, GAC^(1/G), which can be compared between
    different numbers of groups. It is our addition to Polis's.

    Parameters, errors and None are those of `group_aware_consensus`.

    Returns
    -------
    float or None
        In (0, 1).

    Examples
    --------
    >>> round(group_aware_consensus_geometric_mean([3, 3, 3], [3, 3, 3]), 12)
    0.8
    """
    groups = _groups(agree, seen)
    if not groups:
        return None
    return exp(fsum(log((a + 1) / (s + 2)) for a, s in groups) / len(groups))


def _groups(agree: Iterable[float], seen: Iterable[float]) -> list[tuple[int, int]]:
    """Return (A, S) of each group."""
    agreed = [natural(a, "agree") for a in agree]
    voted = [natural(s, "seen") for s in seen]
    if len(agreed) != len(voted):
        raise ValueError(f"{len(agreed)} groups agree and {len(voted)} have seen it")
    if any(a > s for a, s in zip(agreed, voted, strict=True)):
        raise ValueError("more agree than have voted")
    return list(zip(agreed, voted, strict=True))


def comment_priority(agree: float, passed: float, seen: float, extremity: float, meta: bool = False) -> float:
    """Return Polis's priority of a statement: the chance that it is shown next is proportional to it.

    ((1 - (P + 1)/(S + 2)) · (E + 1) · (A + 1)/(S + 2) · (1 + 8 · 2^(-S/5)))².

    Parameters
    ----------
    agree, passed, seen : int
        A, P and S: votes of all groups together. `seen` includes those who disagree.
    extremity : float
        E, finite and not negative: how far from the middle of the map the statement lies (the length of its
        projection on the two principal components).
    meta : bool
        Whether the statement is about the conversation itself: its priority is 49.

    Returns
    -------
    float
        Positive. New statements are high, for the last factor; 5.0625 before the first vote.

    Raises
    ------
    ValueError
        For votes that are negative or not whole, or an extremity that is negative or not finite. Whether the votes add
        up is not asked, as in Polis.

    References
    ----------
    .. [1] C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw and C. Megill, "Polis: scaling deliberation by mapping high
       dimensional opinion spaces", *Recerca* 26(2), 2021.

    Examples
    --------
    >>> round(comment_priority(18, 3, 20, 1), 6)
    4.493699
    >>> comment_priority(0, 0, 0, 0)
    5.0625
    """
    a, p, s = natural(agree, "agree"), natural(passed, "passed"), natural(seen, "seen")
    if not isfinite(extremity) or extremity < 0:
        raise ValueError(f"an extremity of {extremity} is no length")
    if meta:
        return float(META_PRIORITY**2)
    importance = (1 - (p + 1) / (s + 2)) * (extremity + 1) * (a + 1) / (s + 2)
    return float((importance * (1 + 8 * 2 ** (-s / 5))) ** 2)
