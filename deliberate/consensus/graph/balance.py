"""How far a room is from clean sides: signed modularity, balanced triangles, the frustration index (consensus.md B15).

A tie is an entry of a symmetric matrix of weights: above 0 congruence, below 0 conflict, 0 no tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.matrix import Floats, significant
from deliberate.consensus.weights import checked

EXACT_NODES_MAX: Final = 60
"""Nodes, those with the same ties taken together, up to which frustration is solved: rooms of that size take less
than half a second. Above it there are bounds."""

NODE_LIMIT_WORK: Final = 200_000
"""Unbalanced triangles times nodes of the search tree, at most: some 20 seconds on ties signed by a coin."""

STARTS: Final = 64
"""Sides from which a better division is looked for."""

_EPSILON: Final = 1e-9


def signed_modularity(weights: Floats, labels: Sequence[int]) -> float | None:
    r"""Return how much better than chance a division keeps congruence within clusters and conflict between them.

    .. math:: Q = \frac{1}{2w^+ + 2w^-} \sum_{ij} \left[ w_{ij} - \left( \frac{w_i^+ w_j^+}{2w^+} -
              \frac{w_i^- w_j^-}{2w^-} \right) \right] \delta(c_i, c_j)

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, of either sign.
    labels : sequence (nodes,)
        The cluster of each node.

    Returns
    -------
    float or None
        At most 1; None without a tie. Without conflict this is the modularity of Newman and Girvan.

    References
    ----------
    .. [1] S. Gómez, P. Jensen & A. Arenas, "Analysis of community structure in networks of correlated data", *Physical
       Review E* 80:016114, 2009, doi:10.1103/PhysRevE.80.016114.

    Examples
    --------
    >>> two_pairs = np.array([[0.0, 1, -1, -1], [1, 0, -1, -1], [-1, -1, 0, 1], [-1, -1, 1, 0]])
    >>> signed_modularity(two_pairs, [0, 0, 1, 1])
    0.5
    """
    weights = checked(weights, signed=True)
    total = float(np.abs(weights).sum())
    if total == 0:
        return None
    names, cluster = np.unique(np.asarray(labels), return_inverse=True)
    member = cluster[:, np.newaxis] == np.arange(len(names))
    found = float((member * (weights @ member)).sum())
    for sign, layer in ((-1.0, np.maximum(weights, 0.0)), (1.0, np.maximum(-weights, 0.0))):
        if (layer_total := float(layer.sum())) > 0:
            found += sign * float(((layer.sum(axis=1) @ member) ** 2).sum()) / layer_total
    return found / total


def triangle_balance(weights: Floats) -> float | None:
    """Return the share of triangles that are balanced: those with no conflict in them or with two.

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, of either sign; only the signs count.

    Returns
    -------
    float or None
        T⁺/T, from 0 to 1; None without a triangle.

    References
    ----------
    .. [1] D. Cartwright & F. Harary, "Structural balance: a generalization of Heider's theory", *Psychological
       Review* 63(5):277-293, 1956, doi:10.1037/h0046049.

    Examples
    --------
    >>> three_enemies = np.array([[0.0, -1, -1], [-1, 0, -1], [-1, -1, 0]])
    >>> triangle_balance(three_enemies)
    0.0
    """
    signs = np.sign(checked(weights, signed=True))
    present = np.abs(signs)
    triangles = float((present @ present * present).sum())
    surplus = float((signs @ signs * signs).sum())
    return (triangles + surplus) / (2 * triangles) if triangles else None


@dataclass(frozen=True, slots=True)
class Frustration:
    """How little conflict within and congruence between two sides is left by the best division, as far as is known.

    `lower` and `upper` bound the index and are equal when it is `exact`; `total` is the sum over all ties of what is
    counted (1 each, or their size); `sides` says on which side each node stands in the division that reaches `upper`.
    """

    lower: float
    upper: float
    total: float
    sides: NDArray[np.bool_]

    @property
    def exact(self) -> bool:
        """Whether it is proven that no division leaves less."""
        return self.lower == self.upper

    @property
    def balance(self) -> float | None:
        """1 - 2L/m: 1 for two clean sides, 0 for as bad as can be; None when L is not exact."""
        return 1 - 2 * self.upper / self.total if self.exact else None


def frustration_index(weights: Floats, weighted: bool = False) -> float | None:
    """Return the frustration index, where it can be proven; None without a tie, or where only bounds are known.

    See `frustration`, which gives the bounds too.

    Examples
    --------
    >>> frustration_index(np.array([[0.0, -1, -1], [-1, 0, -1], [-1, -1, 0]]))
    1.0
    """
    found = frustration(weights, weighted)
    return found.upper if found is not None and found.exact else None


def frustration(weights: Floats, weighted: bool = False, seed: int = 0) -> Frustration | None:
    r"""Return the least number of ties that must be overlooked for two sides without conflict within or congruence
    between them.

    .. math:: L = \min_{x \in \{0,1\}^n} \sum_{ij \in E^+} |x_i - x_j| + \sum_{ij \in E^-} (1 - |x_i - x_j|)

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, of either sign.
    weighted : bool
        Sum the sizes of the ties overlooked, at 9 significant digits, instead of their number.
    seed : int
        Of the divisions from which the search for a good one starts.

    Returns
    -------
    Frustration or None
        None without a tie. Exact up to `EXACT_NODES_MAX` nodes, unless the search reaches its limit; otherwise bounds.

    Notes
    -----
    Nodes with the same ties to all others are taken together, which loses nothing. The upper bound is the best of
    `STARTS` local searches; the lower counts triangles with one conflict or three that share no tie, for each costs
    one. Where they do not meet an integer program is solved whose variables are the sides and the ties overlooked;
    saying of every such triangle what it costs makes rooms of 60 solvable at the root. It stops by a number of nodes
    of the search tree that depends on the number of such triangles, never by time, so that it gives the same on every
    machine; there are bounds then, as for larger rooms.

    References
    ----------
    .. [1] S. Aref & M. C. Wilson, "Balance and frustration in signed networks", *Journal of Complex Networks*
       7(2):163-189, 2019, doi:10.1093/comnet/cny015.
    .. [2] S. Aref, A. J. Mason & M. C. Wilson, "A modeling and computational study of the frustration index in signed
       networks", *Networks* 75(1):95-110, 2020, doi:10.1002/net.21907.

    Examples
    --------
    >>> alone_against_all = np.array([[0.0, 1, -1, -1], [1, 0, 1, -1], [-1, 1, 0, -1], [-1, -1, -1, 0]])
    >>> found = frustration(alone_against_all)
    >>> found.upper, found.exact, found.sides.tolist()
    (1.0, True, [False, False, False, True])
    """
    signed = checked(weights, signed=True)
    signed = significant(signed) if weighted else np.sign(signed)
    total = float(np.abs(signed).sum() / 2)
    if total == 0:
        return None
    member, joined = _join_twins(signed)
    upper, side = _search(joined, seed)
    lower = _packed_triangles(joined)
    if lower < upper - _EPSILON * total and len(joined) <= EXACT_NODES_MAX:
        from deliberate.consensus.graph.frustrated import solve

        proven, better, side_found = solve(joined, NODE_LIMIT_WORK)
        lower = max(lower, proven)
        if better < upper - _EPSILON * total:
            upper, side = better, side_found
    if not weighted:
        lower = np.ceil(lower - _EPSILON * total)
    if lower > upper - _EPSILON * total:
        lower = upper
    sides = side[member]
    lower, upper, total = significant(np.array((lower, upper, total))).tolist()
    return Frustration(lower, upper, total, sides != sides[0])


def _join_twins(signed: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return which joined node each node falls into, and the ties between joined nodes. Two are joined when they have
    the same ties to all others and no conflict with each other: whichever side suits one suits the other."""
    count = len(signed)
    member = np.arange(count)
    for node in range(count):
        if member[node] != node:
            continue
        same = signed == signed[node]
        same[:, node] = True
        same[np.arange(count), np.arange(count)] = True
        twins = same.all(axis=1) & (signed[node] >= 0) & (member >= node)
        member[twins] = node
    _, member = np.unique(member, return_inverse=True)
    into = (member[:, np.newaxis] == np.arange(member.max() + 1)).astype(np.float64)
    joined = into.T @ signed @ into
    np.fill_diagonal(joined, 0.0)
    return member, joined


def _search(signed: Floats, seed: int) -> tuple[float, NDArray[np.bool_]]:
    """Return the least cost found by moving one node at a time to where it fits better, and its division."""
    count = len(signed)
    side = np.random.default_rng(seed).choice((-1.0, 1.0), size=(STARTS, count))
    _, axes = np.linalg.eigh(signed)
    side[0] = np.where(axes[:, -1] >= 0, 1.0, -1.0)
    pull = side @ signed
    starts = np.arange(STARTS)
    while True:
        misfit = -side * pull
        node = misfit.argmax(axis=1)
        moving = np.flatnonzero(misfit[starts, node] > _EPSILON)
        if not len(moving):
            break
        moved = node[moving]
        pull[moving] -= 2 * side[moving, moved][:, np.newaxis] * signed[moved]
        side[moving, moved] *= -1
    fit = (side * pull).sum(axis=1)
    best = int(fit.argmax())
    return float(np.abs(signed).sum() - fit[best]) / 4, np.asarray(side[best] > 0)


def _packed_triangles(signed: Floats) -> float:
    """Return the weight of unbalanced triangles that can be taken without using any tie beyond its size."""
    left = np.abs(signed)
    packed = 0.0
    for one, other in zip(*np.nonzero(np.triu(signed < 0, 1)), strict=True):
        third = np.where(signed[one] * signed[other] > 0, np.minimum(left[one], left[other]), 0.0)
        for node in np.argsort(-third, kind="stable"):
            taken = min(left[one, other], third[node])
            if taken <= 0:
                break
            packed += taken
            for a, b in ((one, other), (one, node), (other, node)):
                left[a, b] -= taken
                left[b, a] = left[a, b]
    return packed
