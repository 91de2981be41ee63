"""Where to draw stakeholders: near each other as far as they agree. A picture, never a measure.

Distances on paper follow the ties of the whole network, not of the backbone: `GAP` apart for the same positions, 2
more for opposite ones. Classical scaling finds the plane (Torgerson 1952, doi:10.1007/BF02288916), turned the way
the marks stood before; majorisation then lowers stress (Gansner, Koren & North 2005,
doi:10.1007/978-3-540-31843-9_25). Both converge, so that a small change moves the picture a little, and who changes
sides is not held back by where it was.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]

GAP: Final = 0.5
"""Distance wanted between two who hold the same, so that their marks can be told apart."""

RING: Final = 2.0
"""Radius at which those without a tie stand, outside everybody else: nothing is known of where they belong."""

PLANE_STEPS: Final = 30
STEPS_MAX: Final = 100
STEPS_MIN: Final = 15
CELLS_MAX: Final = 4_000_000
"""Pairs of nodes that may be gone through in all: 50 ms for 200 nodes; of 2,000, the fewest steps take a second."""

TOLERANCE: Final = 2e-3
"""Steps end when no mark moves further than this: a pixel on a large screen."""

SPREAD: Final = 0.05
"""Share of the first places that is added to the plane, in which all who hold the same fall on one spot."""

DECIMALS: Final = 3


def layout(
    weight: NDArray[np.float64],
    rank: NDArray[np.int64],
    seed: int = 0,
    warm: Sequence[Place | None] | None = None,
) -> NDArray[np.float64]:
    """Return places (nodes, 2) for a network of weights from -1 to 1.

    Parameters
    ----------
    weight : array (nodes, nodes)
        Symmetric, NaN where there is no tie. Two without a tie are drawn at a middling distance, one without any tie
        on a ring outside.
    rank : array (nodes,)
        A permutation: first places are dealt out in this order, so that names decide nothing.
    seed : int
        Of the chance in those first places.
    warm : sequence of places or None
        For each node where it was drawn before, if it was; the picture starts from there and keeps its bearing.
    """
    nodes = len(weight)
    known = ~np.isnan(weight)
    np.fill_diagonal(known, False)
    tied = known.any(axis=1)
    start = _start(rank, seed, warm)
    found = np.empty((nodes, 2))
    if tied.any():
        wanted = GAP + 1.0 - np.where(known, weight, 0.0)[np.ix_(tied, tied)]
        np.fill_diagonal(wanted, 0.0)
        plane = _plane(start[tied], wanted) + SPREAD * start[tied]
        found[tied] = _lower_stress(plane, wanted)
    angle = _angles(np.flatnonzero(~tied).tolist(), rank, warm)
    found[~tied] = RING * np.column_stack((np.cos(angle), np.sin(angle)))
    return np.round(found, DECIMALS) + 0.0


def _start(rank: NDArray[np.int64], seed: int, warm: Sequence[Place | None] | None) -> NDArray[np.float64]:
    """Return first places: where a node was, with a trace of chance against sitting on one spot; else on a circle in
    order of rank, with chance."""
    nodes = len(rank)
    chance = np.random.default_rng(seed).normal(size=(nodes, 2))[rank]
    turn = 2 * np.pi * rank / max(1, nodes)
    start = np.column_stack((np.cos(turn), np.sin(turn))) + 0.1 * chance
    for node, place in enumerate(warm or ()):
        if place is not None:
            start[node] = np.asarray(place) + 1e-3 * chance[node]
    return start


def _angles(
    alone: list[int], rank: NDArray[np.int64], warm: Sequence[Place | None] | None
) -> NDArray[np.float64]:
    """Return where on the ring those stand who have no tie: where they stood, else evenly in order of rank."""
    turn = np.zeros(len(alone))
    for place, row in enumerate(np.argsort(rank[alone]).tolist()):
        stood = warm[alone[row]] if warm is not None else None
        turn[row] = np.arctan2(stood[1], stood[0]) if stood else 2 * np.pi * place / len(alone)
    return turn


def _plane(places: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places in the two directions in which the wanted distances (nodes, nodes) spread most, with the
    bearing of the places given."""
    squares = wanted * wanted
    inner = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, np.newaxis] + squares.mean())
    trace_of_start = 1e-3 * np.trace(inner) / len(inner)  # a direction without spread keeps its bearing
    inner[np.diag_indices_from(inner)] += trace_of_start
    for _ in range(PLANE_STEPS):
        left, _, right = np.linalg.svd(inner @ places, full_matrices=False)
        places = left @ right  # the nearest orthonormal pair: no axis is flipped or swapped
    apart = np.hypot(*(np.subtract.outer(places[:, axis], places[:, axis]) for axis in (0, 1)))
    return np.asarray(places * ((wanted * apart).sum() / max((apart * apart).sum(), 1e-12)))


def _lower_stress(places: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places after majorisation, around their middle."""
    for _ in range(int(np.clip(CELLS_MAX // len(places) ** 2, STEPS_MIN, STEPS_MAX))):
        x, y = (np.subtract.outer(places[:, axis], places[:, axis]) for axis in (0, 1))
        apart = np.sqrt(x * x + y * y)
        pull = np.divide(wanted, apart, out=np.zeros_like(apart), where=apart > 0)
        moved = np.column_stack(((pull * x).sum(axis=1), (pull * y).sum(axis=1))) / len(places)
        furthest = np.abs(moved - places).max()
        places = moved
        if furthest < TOLERANCE:
            break
    return places
