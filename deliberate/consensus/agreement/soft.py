"""Soft consensus: how near stakeholders are to each other and to the room, clause by clause (consensus.md B11).

All measures of a text are means of measures of its clauses, so that they say where the distance lies: which clause,
and who. The form for levels comes first; that for fuzzy preference relations, in which the literature states it, last.
"""

from dataclasses import dataclass
from itertools import combinations
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.agreement.given import Floats, table

Centre = Literal["mean", "median"]


def soft_consensus(levels: ArrayLike, lo: float = 1, hi: float = 5) -> float | None:
    """Return the soft consensus of a text: the mean over its clauses of how alike each two stakeholders are.

    cr = mean_c ca_c, with ca_c = mean over pairs h < l of 1 - |x_hc - x_lc|/(hi - lo).

    Parameters
    ----------
    levels : array_like, shape (stakeholders, clauses)
        NaN where there is none.
    lo, hi : float
        The ends of the scale.

    Returns
    -------
    float or None
        In [0, 1]. Clauses with fewer than two levels are left out; None when that is all of them.

    Raises
    ------
    ValueError
        For levels that are infinite or outside the scale, or another number of axes.

    References
    ----------
    .. [1] J. Kacprzyk and M. Fedrizzi, "A 'soft' measure of consensus in the setting of partial (fuzzy) preferences",
       *European Journal of Operational Research* 34(3), 1988, 316-325.
    .. [2] E. Herrera-Viedma, S. Alonso, F. Chiclana and F. Herrera, "A consensus model for group decision making with
       incomplete fuzzy preference relations", *IEEE Transactions on Fuzzy Systems* 15(5), 2007, 863-877,
       doi:10.1109/TFUZZ.2006.889952.

    Examples
    --------
    >>> x = [[5, 4, 3], [5, 2, 1], [1, 3, float("nan")]]
    >>> round(soft_consensus(x), 9)
    0.5
    >>> soft_consensus([[5], [1]])
    0.0
    """
    return _mean([value for value in soft_consensus_by_clause(levels, lo, hi) if value is not None])


def soft_consensus_by_clause(levels: ArrayLike, lo: float = 1, hi: float = 5) -> tuple[float | None, ...]:
    """Return ca of each clause: the mean likeness of two stakeholders on it. Parameters are those of `soft_consensus`.

    Returns
    -------
    tuple of float or None, length clauses
        None where fewer than two have a level.

    Examples
    --------
    >>> x = [[5, 4, 3], [5, 2, 1], [1, 3, float("nan")]]
    >>> [round(value, 6) for value in soft_consensus_by_clause(x)]
    [0.333333, 0.666667, 0.5]
    """
    return tuple(_likeness(x, hi - lo) for x in table(levels, lo, hi).T)


def _likeness(x: Floats, width: float) -> float | None:
    """Return the mean over pairs of 1 - |x_h - x_l|/width, from the levels in order: the i-th of n is added 2i - n + 1
    times, from 0, in the sum of all differences."""
    held = np.sort(x[~np.isnan(x)])
    n = len(held)
    if n < 2:
        return None
    apart = float(held @ (2 * np.arange(n) - n + 1))
    return 1 - apart / (width * n * (n - 1) / 2)


def proximity(
    levels: ArrayLike, centre: Centre = "mean", lo: float = 1, hi: float = 5
) -> tuple[float | None, ...]:
    """Return how near each stakeholder is to the room: the mean over clauses of 1 - |x - centre of the clause|/(hi - lo).

    Parameters
    ----------
    levels : array_like, shape (stakeholders, clauses)
        NaN where there is none.
    centre : {"mean", "median"}
        The collective position on a clause; its own level is part of it.
    lo, hi : float
        The ends of the scale.

    Returns
    -------
    tuple of float or None, length stakeholders
        In [0, 1]. Only clauses on which at least two have a level tell anything; None for who has no level on these.

    Raises
    ------
    ValueError
        For levels that are infinite or outside the scale, another number of axes, or an unknown centre.

    References
    ----------
    .. [1] E. Herrera-Viedma, F. Herrera and F. Chiclana, "A consensus model for multiperson decision making with
       different preference structures", *IEEE Transactions on Systems, Man, and Cybernetics A* 32(3), 2002, 394-402.

    Examples
    --------
    >>> x = [[5, 4, 3], [5, 2, 1], [1, 3, float("nan")]]
    >>> [round(value, 6) for value in proximity(x)]
    [0.722222, 0.722222, 0.666667]
    """
    x, middle = _with_centres(levels, centre, lo, hi)
    near = 1 - np.abs(x - middle) / (hi - lo)
    return tuple(_mean(row[~np.isnan(row)].tolist()) for row in near)


@dataclass(frozen=True, slots=True)
class Move:
    """That a stakeholder would come nearer to the room by going up or down on a clause; both are counted from 0."""

    stakeholder: int
    clause: int
    direction: Literal["up", "down"]


def moves_towards_the_room(
    levels: ArrayLike, threshold: float, centre: Centre = "mean", lo: float = 1, hi: float = 5
) -> tuple[Move, ...]:
    """Return who is farther from the room than the mean, on which clauses that are not alike enough, and which way.

    A description for the facilitator of where the distance lies, never a request to anybody. Empty once the soft
    consensus of the text has reached the threshold.

    Parameters
    ----------
    levels : array_like, shape (stakeholders, clauses)
        NaN where there is none.
    threshold : float
        γ in [0, 1]: what the text, and each clause, should reach.
    centre, lo, hi
        As in `proximity`.

    Returns
    -------
    tuple of Move
        In the order of stakeholders, then of clauses.

    Raises
    ------
    ValueError
        As in `proximity`.

    References
    ----------
    .. [1] E. Herrera-Viedma, S. Alonso, F. Chiclana and F. Herrera, "A consensus model for group decision making with
       incomplete fuzzy preference relations", *IEEE Transactions on Fuzzy Systems* 15(5), 2007, 863-877,
       doi:10.1109/TFUZZ.2006.889952.

    Examples
    --------
    >>> moves_towards_the_room([[5, 5], [5, 5], [5, 1]], threshold=0.9)
    (Move(stakeholder=2, clause=1, direction='up'),)
    """
    reached = soft_consensus(levels, lo, hi)
    if reached is None or reached >= threshold:
        return ()
    x, middle = _with_centres(levels, centre, lo, hi)
    apart = [clause is not None and clause < threshold for clause in soft_consensus_by_clause(levels, lo, hi)]
    near = proximity(levels, centre, lo, hi)
    mean = _mean([value for value in near if value is not None])
    far = [value is not None and mean is not None and value < mean for value in near]
    return tuple(
        Move(row, clause, "up" if x[row, clause] < middle[clause] else "down")
        for row, clause in np.argwhere(np.outer(far, apart) & (np.abs(x - middle) > 0)).tolist()
    )


def _with_centres(levels: ArrayLike, centre: Centre, lo: float, hi: float) -> tuple[Floats, Floats]:
    """Return the levels, and the collective one (clauses,): NaN where fewer than two have a level."""
    if centre not in ("mean", "median"):
        raise ValueError(f"{centre!r} is no centre: take the mean or the median")
    x = table(levels, lo, hi)
    middle = np.full(x.shape[1], np.nan)
    for clause, held in enumerate(x.T):
        on = held[~np.isnan(held)]
        if len(on) >= 2:
            middle[clause] = on.mean() if centre == "mean" else np.median(on)
    return x, middle


@dataclass(frozen=True, slots=True)
class PreferenceConsensus:
    """Soft consensus of fuzzy preference relations: of all (`relation`), of each alternative, and each expert's
    proximity to the collective relation."""

    relation: float
    by_alternative: tuple[float, ...]
    proximity: tuple[float, ...]


def preference_consensus(relations: ArrayLike) -> PreferenceConsensus | None:
    """Return the soft consensus of experts who compare alternatives pair by pair.

    With p^h_ij in [0, 1] how far expert h prefers alternative i to j, the likeness of two experts on a pair is
    1 - |p^h_ij - p^l_ij|; its mean over pairs of experts is the consensus matrix, the mean of that over the pairs of an
    alternative the consensus on it (ca), the mean of these the consensus on the relation (cr). Proximity is the same,
    of an expert and the mean of all.

    Parameters
    ----------
    relations : array_like, shape (experts, alternatives, alternatives)
        In [0, 1]; diagonals are not read.

    Returns
    -------
    PreferenceConsensus or None
        All in [0, 1]. None with fewer than two experts or two alternatives.

    Raises
    ------
    ValueError
        For relations that are not square, or a preference outside [0, 1].

    References
    ----------
    .. [1] E. Herrera-Viedma, S. Alonso, F. Chiclana and F. Herrera, "A consensus model for group decision making with
       incomplete fuzzy preference relations", *IEEE Transactions on Fuzzy Systems* 15(5), 2007, 863-877,
       doi:10.1109/TFUZZ.2006.889952.

    Examples
    --------
    >>> found = preference_consensus([[[0.5, 0.8], [0.2, 0.5]], [[0.5, 0.6], [0.4, 0.5]]])
    >>> round(found.relation, 9), [round(value, 9) for value in found.proximity]
    (0.8, [0.9, 0.9])
    """
    p = np.asarray(relations, dtype=np.float64)
    if p.ndim != 3 or p.shape[1] != p.shape[2]:
        raise ValueError(f"relations are square, one for each expert; these have the shape {p.shape}")
    experts, alternatives, _ = p.shape
    if experts < 2 or alternatives < 2:
        return None
    pairs = ~np.eye(alternatives, dtype=bool)
    if not ((p[:, pairs] >= 0) & (p[:, pairs] <= 1)).all():
        raise ValueError("a preference lies between 0 and 1")
    p = np.where(pairs, p, 0.5)
    alike = np.mean([1 - np.abs(one - other) for one, other in combinations(p, 2)], axis=0)
    by_alternative = _by_alternative(alike)
    near = [_by_alternative(1 - np.abs(one - p.mean(axis=0))) for one in p]
    return PreferenceConsensus(
        float(by_alternative.mean()),
        tuple(by_alternative.tolist()),
        tuple(float(values.mean()) for values in near),
    )


def _by_alternative(alike: Floats) -> Floats:
    """Return the mean over the pairs that an alternative is in, either way round, of a likeness of pairs."""
    others = len(alike) - 1
    off_diagonal = alike - np.diag(np.diag(alike))
    return np.asarray((off_diagonal.sum(axis=0) + off_diagonal.sum(axis=1)) / (2 * others))


def _mean(values: list[float]) -> float | None:
    """Return the mean, the same in any order; None of nothing."""
    return fsum(values) / len(values) if values else None
