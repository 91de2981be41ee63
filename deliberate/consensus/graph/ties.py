"""Who is tied to whom: the subtract/average network of a matrix, its two layers, and where its nodes are drawn.

A tie's weight is congruence less conflict, over the average activity of the two: 1 for the same on everything, -1
for opposite ends on everything. Pairs that share fewer than `COMMON_MIN` clauses have no tie, which is not the same
as a tie of 0. Ids decide nothing: nodes are ranked by their rows of levels, and where rows are equal, by their place
in the matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.discourse import discourse_network
from deliberate.consensus.layout import Place, layout
from deliberate.consensus.matrix import Floats, Matrix, levels, significant

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

COMMON_MIN: Final = 4
"""Fewer common clauses than this say too little about a pair (consensus.md B13)."""


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """The subtract/average network of a matrix. All arrays are (stakeholders, stakeholders), symmetric.

    `weight` is `congruence` less `conflict`; `common` counts the clauses on which both have a level; `linked` says
    which pairs have enough of them; `rank` is the place (stakeholders,) of each row among the ranked rows.
    """

    matrix: Matrix
    weight: Floats
    congruence: Floats
    conflict: Floats
    common: Ints
    linked: Bools
    rank: Ints

    @property
    def signed(self) -> Floats:
        """The weight of every tie, at 9 significant digits; 0 where there is none."""
        return significant(np.where(self.linked, self.weight, 0.0))

    @property
    def positive(self) -> Floats:
        """The congruence layer: the ties of more congruence than conflict, 0 elsewhere."""
        return np.maximum(self.signed, 0.0)

    @property
    def negative(self) -> Floats:
        """The conflict layer: the size of the ties of more conflict than congruence, 0 elsewhere."""
        return np.maximum(-self.signed, 0.0)


def network(matrix: Matrix, common_min: int = COMMON_MIN) -> Network:
    """Return who is tied to whom by the positions of a matrix, and how."""
    x = levels(matrix)
    weight = discourse_network(x, "subtract", "average", matrix.lo, matrix.hi)
    conflict = discourse_network(x, "conflict", "average", matrix.lo, matrix.hi)
    common = discourse_network(x, "ignore", "no", matrix.lo, matrix.hi).astype(np.int64)
    linked = common >= max(1, common_min)
    return Network(matrix, weight, weight + conflict, conflict, common, linked, ranks(matrix))


def ranks(matrix: Matrix) -> Ints:
    """Return each row's place (stakeholders,) when rows are sorted by their codes; equal rows keep their order."""
    rank = np.zeros(len(matrix.seats), dtype=np.int64)
    if matrix.clauses:
        rank[np.lexsort(matrix.codes.T[::-1])] = np.arange(len(rank))
    else:
        rank[:] = np.arange(len(rank))
    return rank


def places(net: Network, seed: int = 0, warm: Mapping[str, Place] | None = None) -> dict[str, Place]:
    """Return where to draw each stakeholder, by seat: see `layout.layout`."""
    target = np.where(net.linked, net.weight, np.nan)
    seats = net.matrix.seats
    start = [warm.get(seat) for seat in seats] if warm else None
    found = layout(target, net.rank, seed, start)
    return {seat: (float(x), float(y)) for seat, (x, y) in zip(seats, found, strict=True)}
