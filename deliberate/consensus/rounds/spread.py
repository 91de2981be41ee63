"""The levels of one clause in one round, and how far they spread (consensus.md B12).

Levels are (stakeholders,), NaN where one has none.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.agreement import agreement_with_target, consensus_leik
from deliberate.consensus.agreement.given import Floats, column

LO: Final = 1
HI: Final = 5


def on_scale(levels: ArrayLike, lo: float = LO, hi: float = HI) -> Floats:
    """Return the levels of those who have one. Raises ValueError as `paired` does."""
    x = column(levels, lo, hi)
    return x[~np.isnan(x)]


def paired(before: ArrayLike, after: ArrayLike, lo: float = LO, hi: float = HI) -> tuple[Floats, Floats]:
    """Return the levels of those on the scale in both rounds, (pairs,) each.

    Raises ValueError for levels that are infinite or outside the scale, or rounds of different length.

    Examples
    --------
    >>> [levels.tolist() for levels in paired([5, 4, float("nan")], [3, float("nan"), 2])]
    [[5.0], [3.0]]
    """
    a, b = column(before, lo, hi), column(after, lo, hi)
    if len(a) != len(b):
        raise ValueError(f"the rounds are of {len(a)} and {len(b)} stakeholders, and should be of the same")
    both = ~(np.isnan(a) | np.isnan(b))
    return a[both], b[both]


def interquartile_range(levels: ArrayLike, lo: float = LO, hi: float = HI) -> float | None:
    """Return the interquartile range (quartiles interpolated linearly), or None when nobody has a level.

    Examples
    --------
    >>> interquartile_range([1, 2, 2, 3, 4, 5, 5, 3, 2, 4])
    2.0
    """
    x = on_scale(levels, lo, hi)
    return float(np.subtract(*np.percentile(x, [75, 25]))) if len(x) else None


def coefficient_of_variation(levels: ArrayLike, lo: float = LO, hi: float = HI) -> float | None:
    """Return the standard deviation (of a sample: n - 1) over the mean; English and Kernan stop at 0.5 or below.

    None with fewer than two levels, or where the mean is 0. It depends on where the scale begins.

    References
    ----------
    .. [1] J. M. English and G. L. Kernan, "The prediction of air travel and aircraft technology to the year 2000 using
       the Delphi method", *Transportation Research* 10(1), 1976, 1-8.

    Examples
    --------
    >>> round(coefficient_of_variation([1, 2, 2, 3, 4, 5, 5, 3, 2, 4]), 6)
    0.442039
    """
    x = on_scale(levels, lo, hi)
    return float(x.std(ddof=1) / x.mean()) if len(x) >= 2 and x.mean() else None


def leik(levels: ArrayLike, lo: int = LO, hi: int = HI) -> float | None:
    """Return `consensus_leik` of the levels of one clause.

    Examples
    --------
    >>> leik([5, 5, 4, 4])
    0.75
    """
    return consensus_leik(histogram(levels, lo, hi))


def level_of_agreement(levels: ArrayLike, lo: int = LO, hi: int = HI) -> float | None:
    """Return `agreement_with_target` of the levels of one clause, the target being the top of the scale: Agr(5).

    Examples
    --------
    >>> round(level_of_agreement([5, 4, 3, 1]), 4)
    0.5981
    """
    return agreement_with_target(histogram(levels, lo, hi), hi - lo + 1)


def histogram(levels: ArrayLike, lo: int = LO, hi: int = HI) -> list[int]:
    """Return the frequencies of the levels lo..hi. Raises ValueError for a level between two of them, too.

    Examples
    --------
    >>> histogram([5, 4, 5, float("nan"), 1])
    [1, 0, 0, 1, 2]
    """
    x = on_scale(levels, lo, hi)
    if (x != np.round(x)).any():
        raise ValueError("a level lies between two levels of the scale")
    found: list[int] = np.bincount(x.astype(np.int64) - lo, minlength=hi - lo + 1).tolist()
    return found
