"""Similarity clusters: who holds much the same, as far as it does not depend on chance (consensus.md A6.9, B15).

Computed, not declared: a picture, never a rule. They have neutral letters and are shown only when stable.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np

from deliberate.consensus.clusters.louvain import Labels, louvain, modularity, numbered
from deliberate.consensus.figures import Reason
from deliberate.consensus.matrix import Floats

if TYPE_CHECKING:
    from deliberate.consensus.graph import Network

RUNS: Final = 20
"""Seeds and reorderings over which clusters must be the same to be shown."""

STABLE_AT: Final = (9, 10)
"""Of the pairs of stakeholders, the share that must be together in every run or apart in every run."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """A division of stakeholders by what they hold.

    Attributes
    ----------
    letters : of the cluster of each stakeholder, in the order of the matrix, in the best division found; None for who
        has no congruence with anybody, or is alone in its cluster.
    sizes : of the clusters A, B, ...
    modularity : of the division; None without a tie.
    stability : the share of pairs, among those with any congruence, that are together in every run or apart in every
        run; None with one run, or fewer than two such stakeholders.
    counts : how many clusters each run found.
    seed : of the first run.
    reason : why there is nothing, or None.
    """

    letters: tuple[str | None, ...]
    sizes: tuple[int, ...]
    modularity: float | None
    stability: float | None
    counts: tuple[int, ...]
    seed: int
    reason: Reason | None = None
    stable: bool = False

    @property
    def labels(self) -> Labels:
        """The clusters as numbers (stakeholders,), from 0 for A; -1 for who is in none."""
        numbers = {letter(number): number for number in range(len(self.sizes))}
        return np.array([numbers.get(name, -1) if name else -1 for name in self.letters], dtype=np.int64)

    @property
    def shown(self) -> tuple[str | None, ...]:
        """The letters if the clusters are stable; else nobody has one."""
        return self.letters if self.stable else (None,) * len(self.letters)


def similarity_clusters(net: "Network", seed: int = 0, runs: int = RUNS) -> Clusters:
    """Return the clusters of a network: Louvain's, over several seeds and orders of the nodes.

    Parameters
    ----------
    net : Network
        Of what members said themselves (`Matrix.own`): copies made by alignment would be a cluster by themselves, and
        observers are looked at apart.
    seed : int
        Of the first run; the next ones take the next seeds.
    runs : int
        Each visits the nodes in another order and numbers them in another.

    Returns
    -------
    Clusters
        The division of greatest modularity over all runs, the first of equal ones. It does not depend on the order of
        seating but for stakeholders who hold the same, and not at all on names.

    Raises
    ------
    ValueError
        For fewer than one run.

    Notes
    -----
    Only the congruence layer counts. Stability is the share of pairs on which all runs agree, not on average but
    every one: with two equally good divisions neither is shown.
    """
    if runs < 1:
        raise ValueError("clusters take at least one run")
    count = len(net.rank)
    positive = net.positive
    tied = np.flatnonzero((positive > 0).any(axis=1))
    tied = tied[np.argsort(net.rank[tied])]
    if not len(tied):
        return Clusters((None,) * count, (), None, None, (), seed, Reason.NO_DATA)
    weights = positive[np.ix_(tied, tied)]
    found = [_run(weights, seed + run) for run in range(runs)]
    quality = np.round([modularity(weights, labels) or 0.0 for labels in found], 9)
    best = int(quality.argmax())
    same = stability(found)
    letters, sizes = _lettered(net, tied, found[best])
    return Clusters(
        letters,
        sizes,
        float(quality[best]),
        same,
        tuple(int(labels.max()) + 1 for labels in found),
        seed,
        stable=same is not None and same * STABLE_AT[1] >= STABLE_AT[0],
    )


def _run(weights: Floats, seed: int) -> Labels:
    """Return the communities found after the nodes were numbered anew, in the order given."""
    order = np.random.default_rng(seed).permutation(len(weights))
    labels = np.empty(len(weights), dtype=np.int64)
    labels[order] = louvain(weights[np.ix_(order, order)], seed)
    return numbered(labels)


def stability(found: Sequence[Labels]) -> float | None:
    """Return the share of pairs of things that all divisions of them have together, or all have apart.

    Parameters
    ----------
    found : sequence of arrays (things,) of int
        The cluster of each thing, in each division.

    Returns
    -------
    float or None
        From 0 to 1; None with fewer than two divisions or two things.

    Examples
    --------
    >>> round(stability([np.array([0, 0, 1]), np.array([0, 0, 0])]), 6)
    0.333333
    """
    if len(found) < 2 or len(found[0]) < 2:
        return None
    kinds, size = np.unique(np.stack(found, axis=1), axis=0, return_counts=True)
    together = np.zeros((len(kinds), len(kinds)), dtype=np.int64)
    for labels in kinds.T:
        together += labels[:, np.newaxis] == labels
    same = (together == 0) | (together == len(found))
    count = int(size.sum())
    return (int(size @ same @ size) - count) / (count * (count - 1))


def _lettered(net: "Network", tied: Labels, labels: Labels) -> tuple[tuple[str | None, ...], tuple[int, ...]]:
    """Return a letter for each stakeholder and the size of each cluster: the largest first, equal ones by the rows of
    codes of those in them, so that no name decides."""
    _, row = np.unique(net.matrix.codes, axis=0, return_inverse=True)
    row = row.reshape(-1)
    clusters = [tied[labels == label] for label in range(int(labels.max()) + 1)]
    clusters = [cluster for cluster in clusters if len(cluster) > 1]
    clusters.sort(key=lambda cluster: (-len(cluster), sorted(row[cluster].tolist())))
    letters: list[str | None] = [None] * len(net.rank)
    for number, cluster in enumerate(clusters):
        for node in cluster.tolist():
            letters[node] = letter(number)
    return tuple(letters), tuple(map(len, clusters))


def letter(number: int) -> str:
    """Return the neutral name of a cluster, counted from 0: A ... Z, AA, AB, ...

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    number += 1
    while number:
        number, last = divmod(number - 1, 26)
        name = chr(ord("A") + last) + name
    return name


def adjusted_rand(one: Sequence[Hashable | None], other: Sequence[Hashable | None]) -> float | None:
    r"""Return how far two divisions of the same things agree beyond chance.

    .. math:: ARI = \frac{\sum_{ij} \binom{n_{ij}}{2} - E}{\frac12 (A + B) - E}, \quad E = AB / \binom{n}{2}

    with A and B the pairs together in each division, n_ij the things in cluster i of one and j of the other.

    Parameters
    ----------
    one, other : sequence
        The cluster or declared group of each thing; what has None in either is left out.

    Returns
    -------
    float or None
        1 for the same division, about 0 for divisions that have nothing to do with each other; None with fewer than
        two things, or when both leave everything together or everything apart (0/0).

    References
    ----------
    .. [1] L. Hubert & P. Arabie, "Comparing partitions", *Journal of Classification* 2:193-218, 1985,
       doi:10.1007/BF01908075.

    Examples
    --------
    >>> round(adjusted_rand("AABB", ["north", "north", "north", "south"]), 6)
    0.0
    >>> adjusted_rand("AAB", ["north", "north", "south"])
    1.0
    """
    pairs = [pair for pair in zip(one, other, strict=True) if None not in pair]
    total = comb(len(pairs), 2)
    in_both = sum(comb(count, 2) for count in Counter(pairs).values())
    in_one, in_other = (
        sum(comb(count, 2) for count in Counter(pair[side] for pair in pairs).values()) for side in (0, 1)
    )
    room = total * (in_one + in_other) - 2 * in_one * in_other
    return 2 * (total * in_both - in_one * in_other) / room if room else None
