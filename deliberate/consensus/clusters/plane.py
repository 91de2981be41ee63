"""The directions in which answers spread most, and groups of points in them: what `opinions` and `ideal` share."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberate.consensus.clusters.louvain import Labels
from deliberate.consensus.matrix import Floats

STARTS: Final = 16
"""Sets of first centres, of which the one that ends best is kept."""

STEPS_MAX: Final = 100

DECIMALS: Final = 9
"""To which places are rounded before they are compared."""


@dataclass(frozen=True, eq=False, slots=True)
class Axes:
    """The first principal axes: `loadings` (axes, columns) of length 1, and the `shares` (axes,) of the variance."""

    loadings: Floats
    shares: Floats


def principal_axes(centred: Floats, count: int) -> Axes | None:
    """Return the first axes of rows that have mean 0 in every column; fewer than `count` if there are not as many.

    An axis points to where answers are higher on the whole, or if that says nothing, where its largest loading is above
    0. None when nothing varies.
    """
    from scipy.linalg import eigh

    rows, columns = centred.shape
    size = min(rows, columns)
    total = float((centred * centred).sum())
    if total <= 1e-12 * max(1, rows):
        return None
    square = centred.T @ centred if columns <= rows else centred @ centred.T
    values, vectors = eigh(square, subset_by_index=(max(0, size - count), size - 1))
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > 1e-9 * total
    values, vectors = values[kept], vectors[:, kept]
    loadings = vectors.T if columns <= rows else (centred.T @ vectors / np.sqrt(values)).T
    sums = loadings.sum(axis=1)
    largest = loadings[np.arange(len(loadings)), np.abs(np.round(loadings, DECIMALS)).argmax(axis=1)]
    turn = np.where(np.where(np.abs(sums) > 1e-9, sums, largest) < 0, -1.0, 1.0)
    return Axes(loadings * turn[:, np.newaxis], values / total)


def k_means(
    points: Floats, weights: Floats, count: int, seed: int, starts: int = STARTS, steps: int = STEPS_MAX
) -> Labels:
    """Return the cluster (points,) of each point after k-means, the best of several starts of at most so many steps.

    The first centres are drawn from the points, each with a chance that grows with the square of its distance to those
    drawn before (Arthur & Vassilvitskii 2007). There are `count` clusters, or as many as there are distinct points.
    """
    random = np.random.default_rng(seed)
    best, best_cost = np.zeros(len(points), dtype=np.int64), np.inf
    for _ in range(starts):
        labels, cost = _lloyd(points, weights, _drawn(points, weights, count, random), steps)
        if cost < best_cost * (1 - 1e-9):
            best, best_cost = labels, cost
    return best


def settled(points: Floats, weights: Floats, labels: Labels) -> Labels:
    """Return the clusters (points,) that k-means ends with when it starts from these."""
    size = np.bincount(labels, weights)
    centres = np.column_stack([np.bincount(labels, weights * axis) / size for axis in points.T])
    return _lloyd(points, weights, centres, STEPS_MAX)[0]


def _drawn(points: Floats, weights: Floats, count: int, random: np.random.Generator) -> Floats:
    """Return first centres (at most count, 2)."""
    centres = [points[random.choice(len(points), p=weights / weights.sum())]]
    apart = ((points - centres[0]) ** 2).sum(axis=1)
    while len(centres) < count and (chance := apart * weights).any():
        centres.append(points[random.choice(len(points), p=chance / chance.sum())])
        apart = np.minimum(apart, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def _lloyd(points: Floats, weights: Floats, centres: Floats, steps: int) -> tuple[Labels, float]:
    """Return the cluster of each point once no point changes its own, and the sum of squared distances."""
    labels = np.full(len(points), -1)
    size = (points * points).sum(axis=1)
    for _ in range(steps):
        apart = (centres * centres).sum(axis=1) - 2 * points @ centres.T
        found = apart.argmin(axis=1)
        if (found == labels).all():
            break
        labels = found
        total = np.bincount(labels, weights, len(centres))
        kept = total > 0
        sums = [np.bincount(labels, weights * axis, len(centres)) for axis in points.T]
        centres[kept] = np.column_stack(sums)[kept] / total[kept, np.newaxis]
    cost = ((size + apart[np.arange(len(points)), labels]) * weights).sum()
    return labels, float(cost)


def silhouette(points: Floats, labels: Labels) -> float:
    """Return the mean over points of how much nearer they are to their own cluster than to the next, from -1 to 1; a
    point alone in its cluster counts 0 (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7)."""
    apart = np.sqrt(((points[:, np.newaxis] - points) ** 2).sum(axis=2))
    member = labels[:, np.newaxis] == np.unique(labels)
    size = member.sum(axis=0)
    own = member.argmax(axis=1)
    alone = size[own] == 1
    to_cluster = apart @ member
    within = to_cluster[np.arange(len(points)), own] / np.maximum(size[own] - 1, 1)
    mean = to_cluster / size
    mean[np.arange(len(points)), own] = np.inf
    nearest = mean.min(axis=1)
    larger = np.maximum(within, nearest)
    gain = np.divide(nearest - within, larger, out=np.zeros_like(larger), where=larger > 0)
    return float(np.where(alone, 0.0, gain).mean())
