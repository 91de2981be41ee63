"""What the measures are given, checked: a count is never negative, a level is never infinite or off its scale."""

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite, lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def natural(value: float, name: str) -> int:
    """Return a count as an int. Raises ValueError unless it is a whole number from 0 on."""
    if not isfinite(value) or value < 0 or value != int(value):
        raise ValueError(f"{name} is {value}: a count is a whole number from 0 on")
    return int(value)


def frequencies(counts: ArrayLike) -> Sequence[int]:
    """Return the frequencies of the levels 1..K as whole numbers in the same proportions, so that what is computed
    from them is exact. Raises ValueError for a negative, infinite or missing frequency, or more than one axis."""
    given = np.asarray(counts)
    if given.ndim != 1 or given.dtype.kind not in "biuf":
        raise ValueError("counts are the frequencies of the levels from 1 to K, in one row of numbers")
    values = given.tolist()
    if not all(isfinite(value) and value >= 0 for value in values):
        raise ValueError(f"{values} are no frequencies: each is finite and not negative")
    if given.dtype.kind != "f":
        return [int(value) for value in values]
    exact = [Fraction(value) for value in values]
    scale = lcm(*(value.denominator for value in exact))
    return [int(value * scale) for value in exact]


def table(levels: ArrayLike, lo: float | None = None, hi: float | None = None) -> Floats:
    """Return levels (stakeholders, clauses) as floats, NaN for none. Raises ValueError for another number of axes,
    for infinity, and for a level outside the scale from `lo` to `hi`."""
    x = np.asarray(levels, dtype=np.float64)
    if x.size == 0 and x.ndim < 2:
        x = x.reshape(0, 0)
    if x.ndim != 2:
        raise ValueError(f"levels have two axes, stakeholders and clauses; these have {x.ndim}")
    _on_the_scale(x, lo, hi)
    return x


def column(levels: ArrayLike, lo: float | None = None, hi: float | None = None) -> Floats:
    """Return the levels (stakeholders,) of one clause, checked as `table` does."""
    x = np.asarray(levels, dtype=np.float64)
    if x.ndim != 1:
        raise ValueError(f"the levels of one clause have one axis, stakeholders; these have {x.ndim}")
    _on_the_scale(x, lo, hi)
    return x


def _on_the_scale(x: Floats, lo: float | None, hi: float | None) -> None:
    if np.isinf(x).any():
        raise ValueError("a level is a number, or NaN where there is none; infinity is neither")
    if lo is None or hi is None:
        return
    if hi <= lo:
        raise ValueError(f"a scale from {lo} to {hi} has no width")
    held = x[~np.isnan(x)]
    if held.size and (held.min() < lo or held.max() > hi):
        raise ValueError(f"levels from {held.min():g} to {held.max():g} leave the scale from {lo} to {hi}")
