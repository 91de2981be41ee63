"""Opinion groups as Polis finds them: who answers alike, from answers that each gave to some of the clauses only.

Agreeing, passing and disagreeing are placed on a plane by principal components, and the places are grouped by k-means.
See consensus.md B8; what is said there of one composite number holds here too: a picture, never a rule.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.clusters.louvain import Labels
from deliberate.consensus.clusters.plane import DECIMALS, Axes, k_means, principal_axes, settled, silhouette
from deliberate.consensus.clusters.similar import stability
from deliberate.consensus.figures import Reason
from deliberate.consensus.matrix import Ballot, Basis, Code, Floats, Matrix

Bools = NDArray[np.bool_]

VOTES_MIN: Final = 7
"""Answers that it takes to be grouped, or all, where there are fewer clauses."""

GROUPED_MIN: Final = 15
"""Where fewer have so many, those with the most answers are taken in, up to this number."""

BASE_MAX: Final = 100
"""Places that are told apart; where more stakeholders are grouped, those near each other count as one place."""

BASE_STEPS: Final = 10
"""Of k-means for these places, which need not be the best: the groups are settled on the stakeholders again."""

GROUPS_MAX: Final = 5

PLACES_PER_GROUP: Final = 12
"""A third group takes 12 places, a fourth 24, a fifth 36."""


@dataclass(frozen=True, eq=False, slots=True)
class OpinionGroups:
    """Groups of those who answer alike.

    Attributes
    ----------
    labels : int (stakeholders,), from 0 for group A; -1 for who gave too few answers, and for all if there are no groups.
    sizes : of the groups; the largest is A.
    silhouettes : for each number of groups tried, how much nearer places are to their own group than to the next.
    places : (stakeholders, 2), on the two axes; NaN without an answer.
    shares : (axes,), of the variance.
    stability : the share of pairs that are together for every seed or apart for every seed; None with one run.
    extremity : (clauses,), how far out agreeing on that clause alone would place somebody.
    reason : why there are no groups, or None.
    """

    labels: Labels
    sizes: tuple[int, ...]
    silhouettes: dict[int, float]
    places: Floats
    shares: Floats
    extremity: Floats
    stability: float | None = None
    reason: Reason | None = None


def opinions(matrix: Matrix) -> Floats:
    """Return the positions as answers (stakeholders, clauses): 1 for levels 3 to 5, -1 for 1 and 2, 0 for taking no
    position or awaiting instructions, NaN for no position or one that is not known. Of votes: yes, no, abstaining."""
    codes = matrix.codes
    if matrix.basis is Basis.VOTES:
        return np.where(codes > 0, codes - float(Ballot.ABSTAIN), np.nan)
    passed = (codes == Code.ABSTAIN) | (codes == Code.PENDING)
    agreed = codes >= Code.ACCEPT_WITH_RESERVATION
    return np.where(agreed, 1.0, np.where(codes > 0, -1.0, np.where(passed, 0.0, np.nan)))


def opinion_groups(
    votes: Floats, left_out: Bools | None = None, seed: int = 0, runs: int = 1
) -> OpinionGroups:
    r"""Return the opinion groups of a sparse table of answers.

    Parameters
    ----------
    votes : array (stakeholders, clauses)
        1 agrees, 0 passes, -1 disagrees, NaN has not answered.
    left_out : array (clauses,) of bool, optional
        Clauses that do not count for the plane (in Polis: moderated out), though answers to them count as answers.
    seed : int
        Of the first centres of k-means.
    runs : int
        How many seeds to try, from `seed` on, to say how far the groups depend on it; those of the first are given.

    Returns
    -------
    OpinionGroups
        The same whatever the order of the rows. Without groups the reason is `no_data` (no answers), `zero_variance`
        (all the same) or `n_too_small` (fewer than three places apart).

    Raises
    ------
    ValueError
        For answers other than these.

    Notes
    -----
    As Polis: answers not given are taken to be the clause's mean; two principal axes; each stakeholder is placed by
    its own answers only, pushed out by :math:`\sqrt{m / m_i}` for m_i answers to m clauses; those with `VOTES_MIN`
    answers are grouped, and if they are fewer than `GROUPED_MIN`, those with the most answers up to that number; up
    to `BASE_MAX` base clusters are found by k-means, and 2 to `GROUPS_MAX` groups of them, of which those with the
    greatest mean silhouette over base clusters are kept. Unlike Polis, nothing depends on the order in which
    stakeholders came or on earlier results: the search starts from several sets of centres, drawn with `seed` from the
    rows in the order of their content, and axes are turned so that who agrees more is further right and up.

    References
    ----------
    .. [1] C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw & C. Megill, "Polis: Scaling Deliberation by Mapping High
       Dimensional Opinion Spaces", *RECERCA* 26(2), 2021, doi:10.6035/recerca.5516.

    Examples
    --------
    >>> sides = np.repeat([[1.0, 1, 1, -1, -1, 1, 1, 1], [-1, -1, -1, 1, 1, 1, 1, 1]], 10, axis=0)
    >>> sides[np.arange(20), np.arange(20) % 7] = 0
    >>> found = opinion_groups(sides)
    >>> found.sizes, found.labels[[0, 9, 10, 19]].tolist()
    ((10, 10), [1, 1, 0, 0])
    """
    votes = np.asarray(votes, dtype=np.float64)
    given = ~np.isnan(votes)
    if not np.isin(votes[given], (-1.0, 0.0, 1.0)).all():
        raise ValueError("answers are 1, 0 and -1, or NaN where there is none")
    order = _by_content(votes)
    sorted_back = np.argsort(order)
    votes, given = votes[order], given[order]
    if left_out is not None:
        votes = np.where(left_out, 0.0, votes)
    labels = np.full(len(votes), -1)
    axes, mean = _plane(votes)
    places = _places(votes, given, axes, mean)
    shares = axes.shares if axes else np.zeros(0)
    extremity = _extremity(axes, mean)
    grouped = np.flatnonzero(_enough(given.sum(axis=1), votes.shape[1]))
    points, at = np.unique(places[grouped], axis=0, return_inverse=True)
    if len(points) < 3:
        reason = (Reason.NO_DATA, Reason.ZERO_VARIANCE, Reason.N_TOO_SMALL)[len(points)]
        return OpinionGroups(labels, (), {}, places[sorted_back], shares, extremity, reason=reason)
    at, weights = at.reshape(-1), np.bincount(at.reshape(-1)).astype(np.float64)
    found = [_groups(points, weights, seed + run) for run in range(runs)]
    labels[grouped] = found[0][0][at]
    labels, sizes = _largest_first(labels, places)
    return OpinionGroups(
        labels[sorted_back],
        sizes,
        found[0][1],
        places[sorted_back],
        shares,
        extremity,
        stability([of_point[at] for of_point, _ in found]),
    )


def _by_content(votes: Floats) -> Labels:
    """Return the rows in the order of what is in them, as whole numbers above 0 compared from the first clause on."""
    codes = np.ascontiguousarray(np.where(np.isnan(votes), 4, votes + 2), dtype=np.uint8)
    if not codes.shape[1]:
        return np.arange(len(codes))
    return np.argsort(codes.view(f"S{codes.shape[1]}").reshape(-1), kind="stable")


def _plane(votes: Floats) -> tuple[Axes | None, Floats]:
    """Return two principal axes of the answers, those not given at the clause's mean, and the means (clauses,)."""
    answers = (~np.isnan(votes)).sum(axis=0)
    mean = np.divide(np.nansum(votes, axis=0), answers, out=np.zeros(votes.shape[1]), where=answers > 0)
    return principal_axes(np.nan_to_num(votes - mean), 2), mean


def _places(votes: Floats, given: Bools, axes: Axes | None, mean: Floats) -> Floats:
    """Return where each row stands by its own answers; NaN without one."""
    answers = (~np.isnan(votes)).sum(axis=1)
    places = np.zeros((len(votes), 2))
    if axes is not None:
        along = np.nan_to_num(votes - mean) @ axes.loadings.T
        places[:, : along.shape[1]] = along * np.sqrt(votes.shape[1] / np.maximum(answers, 1))[:, np.newaxis]
    places[~given.any(axis=1)] = np.nan
    return np.round(places, DECIMALS) + 0.0


def _extremity(axes: Axes | None, mean: Floats) -> Floats:
    """Return how far out one answer alone, agreeing, would be placed (clauses,): the E of Polis's comment priority."""
    if axes is None:
        return np.zeros(len(mean))
    return np.asarray(np.sqrt(len(mean)) * (1.0 - mean) * np.sqrt((axes.loadings**2).sum(axis=0)))


def _enough(answers: Labels, clauses: int) -> Bools:
    """Return who (stakeholders,) has answered enough to be grouped."""
    enough = answers >= max(1, min(VOTES_MIN, clauses))
    missing = GROUPED_MIN - int(enough.sum())
    if missing > 0:
        next_ones = np.argsort(np.where(enough, 0, -answers), kind="stable")[:missing]
        enough[next_ones] |= answers[next_ones] > 0
    return enough


def _groups(points: Floats, weights: Floats, seed: int) -> tuple[Labels, dict[int, float]]:
    """Return the group of each point, and the silhouette for each number of groups tried."""
    base = np.arange(len(points))
    if len(points) > BASE_MAX:
        base = k_means(points, weights, BASE_MAX, seed, starts=1, steps=BASE_STEPS)
        _, base = np.unique(base, return_inverse=True)
    size = np.bincount(base, weights).astype(np.float64)
    centres = np.column_stack([np.bincount(base, weights * axis) / size for axis in points.T])
    found = {}
    for count in range(2, min(GROUPS_MAX, 2 + len(centres) // PLACES_PER_GROUP) + 1):
        found[count] = k_means(centres, size, count, seed)
    silhouettes = {count: round(silhouette(centres, labels), DECIMALS) for count, labels in found.items()}
    best = max(silhouettes, key=lambda count: silhouettes[count])
    return settled(points, weights, found[best][base]), silhouettes


def _largest_first(labels: Labels, places: Floats) -> tuple[Labels, tuple[int, ...]]:
    """Return the labels numbered by size, equal groups by where they stand from left to right, and the sizes."""
    names = np.unique(labels[labels >= 0])
    sizes = np.array([(labels == name).sum() for name in names])
    middles = np.array([places[labels == name].mean(axis=0) for name in names])
    order = np.lexsort((*np.round(middles.T[::-1], 6), -sizes))
    renamed = np.full(len(labels), -1)
    for number, place in enumerate(order.tolist()):
        renamed[labels == names[place]] = number
    return renamed, tuple(sizes[order].tolist())
