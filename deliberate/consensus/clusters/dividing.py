"""What divides groups and what bridges them, clause by clause (consensus.md B8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from deliberate.consensus.agreement import (
    Seen,
    group_aware_consensus,
    group_aware_consensus_geometric_mean,
    representative_comments,
    representativeness,
)
from deliberate.consensus.clusters.louvain import Labels
from deliberate.consensus.matrix import Floats

Side = Literal["agree", "disagree"]


@dataclass(frozen=True, slots=True)
class Division:
    """How groups answer on one clause.

    Attributes
    ----------
    clause : column of the clause.
    votes : of each group, how many agree, disagree, and answered at all.
    side : to which all groups together rather tend.
    group_aware : Polis's group-aware consensus on that side; not comparable between numbers of groups.
    bridge : its geometric mean over groups, from 0 to 1, which is.
    spread : from 0 to 1, the difference between the groups that agree most and least, each share with pseudocounts:
        (A + 1)/(S + 2).
    widest : those two groups.
    stands_for : groups for which the clause is among the most representative, with what they do there.
    """

    clause: int
    votes: tuple[Seen, ...]
    side: Side
    group_aware: float
    bridge: float
    spread: float
    widest: tuple[int, int]
    stands_for: tuple[tuple[int, Side], ...]


def divisions(votes: Floats, labels: Labels) -> tuple[Division, ...]:
    """Return what groups do on every clause.

    Parameters
    ----------
    votes : array (stakeholders, clauses)
        1 agrees, 0 passes, -1 disagrees, NaN has not answered: see `opinions`.
    labels : array (stakeholders,) of int
        The group of each, from 0 on; -1 for who is in none and does not count.

    Returns
    -------
    tuple of Division
        In the order of the clauses; empty with fewer than two groups, among whom nothing is to divide.

    Raises
    ------
    ValueError
        For answers other than these.

    Examples
    --------
    >>> votes = np.array([[1.0, 1], [1, 1], [1, 1], [-1, 1], [-1, 1], [-1, 1]])
    >>> found = divisions(votes, np.array([0, 0, 0, 1, 1, 1]))
    >>> [round(clause.spread, 6) for clause in found], [round(clause.bridge, 6) for clause in found]
    ([0.6, 0.0], [0.4, 0.8])
    """
    if not np.isin(votes[~np.isnan(votes)], (-1.0, 0.0, 1.0)).all():
        raise ValueError("answers are 1, 0 and -1, or NaN where there is none")
    groups = int(labels.max(initial=-1)) + 1
    if groups < 2:
        return ()
    member = (np.arange(groups)[:, np.newaxis] == labels).astype(np.float64)
    counts = np.stack([member @ given for given in (votes == 1, votes == -1, ~np.isnan(votes))], axis=-1)
    given = [[Seen(*cell) for cell in row] for row in counts.astype(int).tolist()]
    of_clause = list(zip(*given, strict=True))
    stands_for: list[list[tuple[int, Side]]] = [[] for _ in of_clause]
    for group in range(groups):
        for clause, side in representative_comments(
            {
                clause: representativeness(row[group], _others(row, group))
                for clause, row in enumerate(of_clause)
                if row[group].seen
            }
        ):
            stands_for[clause].append((group, side))
    return tuple(_division(clause, row, tuple(stands_for[clause])) for clause, row in enumerate(of_clause))


def what_divides(found: Sequence[Division]) -> list[Division]:
    """Return the clauses with the widest spread between groups first; equal ones in the order of the text."""
    return sorted(found, key=lambda division: (-round(division.spread, 9), division.clause))


def what_bridges(found: Sequence[Division]) -> list[Division]:
    """Return the clauses on which all groups most tend to one side first; equal ones in the order of the text."""
    return sorted(found, key=lambda division: (-round(division.bridge, 9), division.clause))


def _others(row: Sequence[Seen], group: int) -> Seen:
    return Seen(*(sum(column) - column[group] for column in zip(*row, strict=True)))


def _division(clause: int, row: tuple[Seen, ...], stands_for: tuple[tuple[int, Side], ...]) -> Division:
    seen = [votes.seen for votes in row]
    sides: dict[Side, list[int]] = {
        "agree": [votes.agree for votes in row],
        "disagree": [votes.disagree for votes in row],
    }
    bridges = {
        side: group_aware_consensus_geometric_mean(counts, seen) or 0.0 for side, counts in sides.items()
    }
    side: Side = "agree" if bridges["agree"] >= bridges["disagree"] else "disagree"
    shares = [(votes.agree + 1) / (votes.seen + 2) for votes in row]
    most, least = shares.index(max(shares)), shares.index(min(shares))
    return Division(
        clause,
        row,
        side,
        group_aware_consensus(sides[side], seen) or 0.0,
        bridges[side],
        shares[most] - shares[least],
        (most, least),
        stands_for,
    )
