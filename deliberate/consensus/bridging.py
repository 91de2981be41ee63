"""Bridging matrix factorisation: what is liked beyond what one side likes (consensus.md B10).

An optional plot for analysts, never shown otherwise: with a few clauses and tens of members it is fragile, and nobody
can recompute it by hand. `agreement.minimum_group_support` asks the same question of declared groups.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.agreement.given import Floats, table

INTERCEPT_PENALTY: Final = 0.15
FACTOR_PENALTY: Final = 0.03

BRIDGES_FROM: Final = 0.40
"""The item intercept from which Community Notes calls a note helpful, if its factor is below the next."""

FACTOR_BELOW: Final = 0.50

STOP: Final = {"gtol": 1e-10, "ftol": 1e-15, "maxiter": 5_000}


@dataclass(frozen=True, eq=False, slots=True)
class Bridging:
    """A factorisation: rating ≈ mean + rater + item + rater_factor · item_factor.

    `rater` and `rater_factor` are (raters,), `item` and `item_factor` (items,). The sign of the factors says nothing:
    the item with the largest is positive. `loss` is what was minimised.
    """

    mean: float
    rater: Floats
    item: Floats
    rater_factor: Floats
    item_factor: Floats
    loss: float

    @property
    def bridges(self) -> tuple[bool, ...]:
        """For each item, whether it is liked beyond the sides, by the thresholds of Community Notes."""
        return tuple(((self.item >= BRIDGES_FROM) & (np.abs(self.item_factor) < FACTOR_BELOW)).tolist())


def bridging(ratings: ArrayLike, seed: int, starts: int = 8) -> Bridging | None:
    """Return the factorisation of ratings with one factor, as Community Notes computes it. Needs scipy.

    Minimises the mean squared error plus 0.15 times the mean square of each block of intercepts (the common one, the
    raters', the items') and 0.03 times that of each block of factors, from several random starts, by L-BFGS.

    Parameters
    ----------
    ratings : array_like, shape (raters, items)
        From 0 to 1, NaN where there is none.
    seed : int
        Of the starts. The problem is not convex: another seed may find another minimum.
    starts : int
        How many, at least 1.

    Returns
    -------
    Bridging or None
        The best that was found; None when there is no rating.

    Raises
    ------
    ValueError
        For ratings that are infinite or outside 0 to 1, another number of axes, or no start.

    Notes
    -----
    The published document puts the penalties inside the sum over ratings; this follows the published code, which does
    not. Nothing is asked of how many ratings there are; Community Notes asks for ten of each rater and five of each
    note.

    References
    ----------
    .. [1] S. Wojcik et al., "Birdwatch: crowd wisdom and bridging algorithms can inform understanding and reduce the
       spread of misinformation", arXiv:2210.15723, 2022.

    Examples
    --------
    Two sides of four; all like the first item, one side each the next two, nobody the last.

    >>> ratings = np.zeros((8, 4))
    >>> ratings[:, 0] = ratings[:4, 1] = ratings[4:, 2] = 1
    >>> [round(value, 2) for value in bridging(ratings, seed=1).item.tolist()]
    [0.59, 0.16, 0.16, -0.28]
    """
    from scipy.optimize import minimize

    given = table(ratings, 0, 1)
    if starts < 1:
        raise ValueError("at least one start is needed")
    rated = ~np.isnan(given)
    n, (raters, items) = int(rated.sum()), given.shape
    if not n:
        return None
    r = np.where(rated, given, 0.0)
    ends = np.cumsum([1, raters, items, raters])

    def loss(x: Floats) -> tuple[float, Floats]:
        (mean,), rater, item, rater_factor, item_factor = np.split(x, ends)
        error = np.where(
            rated, mean + rater[:, np.newaxis] + item + np.outer(rater_factor, item_factor) - r, 0.0
        )
        total = (error**2).sum() / n
        gradient = [
            error.sum(),
            error.sum(axis=1),
            error.sum(axis=0),
            error @ item_factor,
            error.T @ rater_factor,
        ]
        slopes = []
        blocks = np.split(x, ends)
        penalties = [INTERCEPT_PENALTY] * 3 + [FACTOR_PENALTY] * 2
        for block, slope, penalty in zip(blocks, gradient, penalties, strict=True):
            total += penalty * (block**2).mean()
            slopes.append(np.atleast_1d(2 * slope / n + 2 * penalty * block / len(block)))
        return float(total), np.concatenate(slopes)

    random = np.random.default_rng(seed)
    tries = [
        minimize(loss, random.normal(0, 0.5, ends[-1] + items), jac=True, method="L-BFGS-B", options=STOP)
        for _ in range(starts)
    ]
    best = min(tries, key=lambda found: float(found.fun))
    (mean,), rater, item, rater_factor, item_factor = np.split(best.x, ends)
    largest = item_factor[np.argmax(np.abs(item_factor))]
    sign = -1.0 if largest < 0 else 1.0
    return Bridging(float(mean), rater, item, sign * rater_factor, sign * item_factor, float(best.fun))
