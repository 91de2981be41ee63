"""What changed on one clause between two rounds (consensus.md B12).

Levels are given as `before` and `after`, the same stakeholders in the same order, NaN where one has none. Only those on
the scale in both rounds are compared. p-values describe, they infer nothing: the members are all there are.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.rounds.spread import HI, LO, paired

EXACT_MAX: Final = 50
"""Changes up to which Wilcoxon's p-value is counted out; 2^50 ways still fit into 64 bits."""


def net_change(before: ArrayLike, after: ArrayLike, lo: float = LO, hi: float = HI) -> float | None:
    """Return Scheibe's net change: the share of stakeholders that the histogram moved by.

    ½ Σ_k |n_k after - n_k before|/n.

    Parameters
    ----------
    before, after : array_like, shape (stakeholders,)
        Levels, NaN where there is none.
    lo, hi : float
        The ends of the scale.

    Returns
    -------
    float or None
        In [0, 1]; below 0.15 is stable. None when nobody is on the scale in both rounds.

    Raises
    ------
    ValueError
        For levels that are infinite or outside the scale, or rounds of different length.

    Notes
    -----
    It cannot see two who change places: read it beside `gross_movers`.

    References
    ----------
    .. [1] M. Scheibe, M. Skutsch and J. Schofer, "Experiments in Delphi methodology", in H. A. Linstone and M. Turoff
       (eds), *The Delphi Method*, Addison-Wesley, 1975, 262-287.

    Examples
    --------
    >>> net_change([1, 2, 2, 3, 4, 5, 5, 3, 2, 4], [2, 3, 3, 3, 4, 4, 5, 3, 3, 4])
    0.4
    """
    a, b = paired(before, after, lo, hi)
    if not len(a):
        return None
    then, now = Counter(a.tolist()), Counter(b.tolist())
    return ((then - now).total() + (now - then).total()) / (2 * len(a))


def gross_movers(before: ArrayLike, after: ArrayLike, lo: float = LO, hi: float = HI) -> float | None:
    """Return the share of stakeholders who changed their level. Parameters and errors are those of `net_change`.

    Returns
    -------
    float or None
        In [0, 1], never below the net change. None when nobody is on the scale in both rounds.

    References
    ----------
    .. [1] W. W. Chaffin and W. K. Talley, "Individual stability in Delphi studies", *Technological Forecasting and
       Social Change* 16(1), 1980, 67-73, doi:10.1016/0040-1625(80)90074-8.

    Examples
    --------
    >>> gross_movers([1, 5], [5, 1]), net_change([1, 5], [5, 1])
    (1.0, 0.0)
    """
    a, b = paired(before, after, lo, hi)
    return int((a != b).sum()) / len(a) if len(a) else None


def weighted_kappa(
    before: ArrayLike,
    after: ArrayLike,
    weights: Literal["quadratic", "linear"] = "quadratic",
    lo: float = LO,
    hi: float = HI,
) -> float | None:
    """Return Cohen's weighted kappa of two rounds: how far stakeholders kept their levels, beyond chance.

    κ = 1 - (Σ_i w(a_i, b_i)/n) / (Σ_ij w(a_i, b_j)/n²), with w the difference of two levels, or its square.

    Parameters
    ----------
    before, after : array_like, shape (stakeholders,)
        Levels, NaN where there is none.
    weights : {"quadratic", "linear"}
        How much a larger difference counts.
    lo, hi : float
        The ends of the scale.

    Returns
    -------
    float or None
        At most 1; rising from round to round means stability. None when nobody is on the scale in both rounds, or all
        hold one and the same level in both.

    Raises
    ------
    ValueError
        As `net_change`, and for unknown weights.

    References
    ----------
    .. [1] J. Cohen, "Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial
       credit", *Psychological Bulletin* 70(4), 1968, 213-220, doi:10.1037/h0026256.
    .. [2] E. A. Holey, J. L. Feeley, J. Dixon and V. J. Whittaker, "An exploration of the use of simple statistics to
       measure consensus and stability in Delphi studies", *BMC Medical Research Methodology* 7, 2007, 52,
       doi:10.1186/1471-2288-7-52.

    Examples
    --------
    >>> round(weighted_kappa([1, 2, 2, 3, 4, 5, 5, 3, 2, 4], [2, 3, 3, 3, 4, 4, 5, 3, 3, 4]), 6)
    0.793388
    >>> weighted_kappa([5, 5], [5, 5]) is None
    True
    """
    power = {"quadratic": 2, "linear": 1}.get(weights)
    if power is None:
        raise ValueError(f"{weights!r} are no weights: take quadratic or linear")
    a, b = paired(before, after, lo, hi)
    then, now = (np.unique(levels, return_counts=True) for levels in (a, b))
    by_chance = float(then[1] @ np.abs(np.subtract.outer(then[0], now[0])) ** power @ now[1])
    if not by_chance:
        return None
    return 1 - len(a) * float((np.abs(a - b) ** power).sum()) / by_chance


@dataclass(frozen=True, slots=True)
class SignedRanks:
    """Wilcoxon's statistic, the smaller of the sums of ranks of rises and falls, and its two-sided p-value."""

    statistic: float
    p: float


def wilcoxon(before: ArrayLike, after: ArrayLike, lo: float = LO, hi: float = HI) -> SignedRanks | None:
    """Return Wilcoxon's signed-rank test of the changes: whether they go one way. Needs scipy.

    Parameters and errors are those of `net_change`.

    Returns
    -------
    SignedRanks or None
        Statistic 0 and p 1 when nobody changed. None when nobody is on the scale in both rounds. Stakeholders who did
        not change are left out of the ranks. The p-value is exact for up to 50 who changed, ties included; above, it is
        that of the normal distribution.

    References
    ----------
    .. [1] F. Wilcoxon, "Individual comparisons by ranking methods", *Biometrics Bulletin* 1(6), 1945, 80-83,
       doi:10.2307/3001968.

    Examples
    --------
    >>> wilcoxon([1, 2, 2, 3, 4, 5, 5, 3, 2, 4], [2, 3, 3, 3, 4, 4, 5, 3, 3, 4])
    SignedRanks(statistic=3.0, p=0.375)
    """
    a, b = paired(before, after, lo, hi)
    if not len(a):
        return None
    changes = (b - a)[a != b]
    _, place, size = np.unique(np.abs(changes), return_inverse=True, return_counts=True)
    ranks = (2 * np.cumsum(size) - size + 1)[place]  # twice the mid-rank, which is whole
    least = int(min(ranks[changes > 0].sum(), ranks[changes < 0].sum()))
    if len(changes) <= EXACT_MAX:
        return SignedRanks(least / 2, _exact_p(ranks.tolist(), least))
    from scipy import stats

    return SignedRanks(least / 2, float(stats.wilcoxon(changes, method="asymptotic").pvalue))


def _exact_p(ranks: list[int], least: int) -> float:
    """Return how likely so small a sum of ranks is when each change goes either way, two-sided."""
    ways = np.zeros(sum(ranks) + 1, dtype=np.int64)
    ways[0] = 1
    for rank in ranks:
        ways[rank:] = ways[rank:] + ways[:-rank]
    return min(1.0, 2 * int(ways[: least + 1].sum()) / (1 << len(ranks)))


def spearman(before: ArrayLike, after: ArrayLike, lo: float = LO, hi: float = HI) -> float | None:
    """Return Spearman's rank correlation of two rounds: whether stakeholders kept their order. Needs scipy.

    Parameters and errors are those of `net_change`.

    Returns
    -------
    float or None
        In [-1, 1]. None with fewer than two pairs, or when all hold the same level in one of the rounds.

    References
    ----------
    .. [1] C. Spearman, "The proof and measurement of association between two things", *American Journal of Psychology*
       15(1), 1904, 72-101.

    Examples
    --------
    >>> round(spearman([1, 2, 2, 3, 4, 5, 5, 3, 2, 4], [2, 3, 3, 3, 4, 4, 5, 3, 3, 4]), 6)
    0.931272
    """
    a, b = paired(before, after, lo, hi)
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    from scipy import stats

    return float(stats.spearmanr(a, b).statistic)
