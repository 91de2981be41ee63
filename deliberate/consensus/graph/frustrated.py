"""The frustration index as an integer program, for `balance.frustration`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.matrix import Floats


def solve(signed: Floats, work: int) -> tuple[float, float, NDArray[np.bool_]]:
    """Return a lower bound of the frustration, the least cost found, and the division that has it.

    The variables are the side of each node, 0 or 1, and for each tie whether it is overlooked. A congruent tie is
    overlooked when its ends are on different sides, one of conflict when they are on the same; in a triangle with one
    conflict or three at least one tie is. The side of the node with the most ties is given.

    Parameters
    ----------
    signed : array (nodes, nodes)
        Symmetric weights of either sign, not all 0.
    work : int
        Triangles times nodes of the search tree, at most.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    count = len(signed)
    one, other = np.nonzero(np.triu(signed, 1))
    ties = len(one)
    tie_of = np.zeros((count, count), dtype=np.int64)
    tie_of[one, other] = tie_of[other, one] = count + np.arange(ties)
    sign = np.sign(signed[one, other])
    triangles = _unbalanced(signed, tie_of)

    # f - s·x_i + x_j >= 0 and f + s·x_i - x_j >= 0 for congruence; f - x_i - x_j >= -1, f + x_i + x_j >= 1 for conflict
    rows, columns, values, least = [], [], [], []
    for turn in (1.0, -1.0):
        start = 0 if turn == 1.0 else ties
        row = start + np.arange(ties)
        rows += [row, row, row]
        columns += [count + np.arange(ties), one, other]
        values += [np.ones(ties), np.full(ties, -turn), np.where(sign > 0, turn, -turn)]
        least.append(np.where(sign > 0, 0.0, -turn))
    rows.append(2 * ties + np.repeat(np.arange(len(triangles)), 3))
    columns.append(triangles.ravel())
    values.append(np.ones(triangles.size))
    least.append(np.ones(len(triangles)))
    shape = (2 * ties + len(triangles), count + ties)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))

    ends = np.ones(count + ties)
    ends[np.abs(signed).sum(axis=1).argmax()] = 0.0
    found: Any = milp(
        np.concatenate((np.zeros(count), np.abs(signed[one, other]))),
        integrality=np.concatenate((np.ones(count), np.zeros(ties))),
        bounds=Bounds(0.0, ends),
        constraints=LinearConstraint(coo_array(entries, shape=shape).tocsr(), np.concatenate(least), np.inf),
        options={"node_limit": max(1, work // max(1, len(triangles))), "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return float(found.mip_dual_bound or 0.0), np.inf, np.zeros(count, dtype=np.bool_)
    side = found.x[:count] > 0.5
    across = side[one] != side[other]
    cost = float(np.abs(signed[one, other])[across == (sign > 0)].sum())
    return (cost if found.status == 0 else float(found.mip_dual_bound)), cost, side


def _unbalanced(signed: Floats, tie_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ties (triangles, 3) of every triangle whose signs multiply to less than 0."""
    found = [np.zeros((0, 3), dtype=np.int64)]
    signs = np.sign(signed)
    for one, other in zip(*np.nonzero(np.triu(signed, 1)), strict=True):
        beyond = np.arange(other + 1, len(signed))
        third = beyond[signs[one, other] * signs[one, beyond] * signs[other, beyond] < 0]
        ties = (np.full(len(third), tie_of[one, other]), tie_of[one, third], tie_of[other, third])
        found.append(np.column_stack(ties))
    return np.concatenate(found)
