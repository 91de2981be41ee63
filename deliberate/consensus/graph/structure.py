"""Who stands between others, and how ties follow declared groups (consensus.md B15).

`groups` names the declared group of each node, None for who is in none.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from deliberate.consensus.graph.ties import Bools, Ints
from deliberate.consensus.matrix import Floats
from deliberate.consensus.weights import checked

Groups = Sequence[str | None]

ROLES: Final = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
"""The brokers' roles of Gould and Fernandez."""

LENGTH_UNIT: Final = 1e9
"""Lengths of ties are counted in billionths, so that sums are exact and equal paths are found equal in any order."""


def e_i_index(weights: Floats, groups: Groups) -> float | None:
    r"""Return whether ties run between declared groups or within them.

    .. math:: \frac{E - I}{E + I}

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, not negative: the congruence layer, or its backbone; of True and False, ties count 1 each.
    groups : sequence (nodes,)
        Ties of who is in no group are left out.

    Returns
    -------
    float or None
        From -1 (all within) to 1 (all between); None without a tie between members of groups. To be read beside
        `e_i_expected`: where groups are small most ties are between them whatever anybody holds.

    References
    ----------
    .. [1] D. Krackhardt & R. N. Stern, "Informal networks and organizational crises: an experimental simulation",
       *Social Psychology Quarterly* 51(2):123-140, 1988, doi:10.2307/2786835.

    Examples
    --------
    >>> path = np.array([[0.0, 3, 0], [3, 0, 1], [0, 1, 0]])
    >>> e_i_index(path, ["north", "north", "south"])
    -0.5
    """
    mixing = _mixing(checked(weights), groups)
    total, within = float(mixing.sum()), float(np.trace(mixing))
    return (total - 2 * within) / total if total else None


def e_i_expected(groups: Groups) -> float | None:
    """Return the E-I index if everybody were tied to everybody alike; None with fewer than two members of groups.

    Examples
    --------
    >>> round(e_i_expected(["north", "north", "south"]), 6)
    0.333333
    """
    everybody = np.ones((len(groups), len(groups))) - np.eye(len(groups))
    return e_i_index(everybody, groups)


def assortativity(weights: Floats, groups: Groups) -> float | None:
    r"""Return Newman's assortativity by declared group.

    .. math:: r = \frac{\sum_g e_{gg} - \sum_g a_g^2}{1 - \sum_g a_g^2}

    with e the shares of ties between groups and a their sums.

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, not negative; of True and False, ties count 1 each, as in `networkx`.
    groups : sequence (nodes,)
        Ties of who is in no group are left out.

    Returns
    -------
    float or None
        At most 1 (all ties within groups); 0 for ties that heed no group. None without a tie, or when all ties are of
        one group: 0/0, for which `networkx` gives 0 and NaN.

    References
    ----------
    .. [1] M. E. J. Newman, "Mixing patterns in networks", *Physical Review E* 67:026126, 2003,
       doi:10.1103/PhysRevE.67.026126.

    Examples
    --------
    >>> two_pairs = np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> assortativity(two_pairs, ["north", "north", "south", "south"])
    1.0
    """
    mixing = _mixing(checked(weights), groups)
    total = float(mixing.sum())
    ends = mixing.sum(axis=1)
    chance, same = float((ends * ends).sum()), total * float(np.trace(mixing))
    return (same - chance) / (total * total - chance) if total * total > chance else None


def _mixing(weights: Floats, groups: Groups) -> Floats:
    """Return the ties (groups, groups) between and within groups, each counted from both ends."""
    names = _names(groups)
    member = np.array([[group == name for name in names] for group in groups], dtype=np.float64)
    member = member.reshape(len(groups), len(names))
    return np.asarray(member.T @ weights @ member)


def _names(groups: Groups) -> list[str]:
    """Return the groups, in the order in which they appear."""
    return [name for name in dict.fromkeys(groups) if name is not None]


def betweenness(weights: Floats) -> Floats | None:
    """Return on which share of the shortest paths between all others each node lies, a tie of weight w being 1/w long.

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, not negative; the congruence layer of a backbone, for on a dense graph nobody stands between others.

    Returns
    -------
    array (nodes,) or None
        From 0 to 1; None with fewer than three nodes, among whom nobody can stand between two others.

    References
    ----------
    .. [1] L. C. Freeman, "A set of measures of centrality based on betweenness", *Sociometry* 40(1):35-41, 1977,
       doi:10.2307/3033543.

    Examples
    --------
    >>> path = np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> betweenness(path).tolist()
    [0.0, 1.0, 0.0]
    """
    import networkx as nx

    weights = checked(weights)
    count = len(weights)
    if count < 3:
        return None
    graph = nx.empty_graph(count)
    one, other = np.nonzero(np.triu(weights, 1))
    lengths = np.round(LENGTH_UNIT / weights[one, other]).astype(np.int64)
    graph.add_weighted_edges_from(zip(one.tolist(), other.tolist(), lengths.tolist(), strict=True))
    found = nx.betweenness_centrality(graph, weight="weight")
    return np.array([found[node] for node in range(count)], dtype=np.float64)


def brokers(tied: Bools, groups: Groups) -> dict[str, Ints]:
    """Return how often each node is a broker between two that are not tied, by role.

    Of an open path a → v → b, the role of v is by the groups of the three: coordinator (all the same), itinerant (a
    and b of one group, v of another), gatekeeper (a of another group than v and b), representative (b of another
    group than a and v), liaison (three groups).

    Parameters
    ----------
    tied : array (nodes, nodes) of bool
        tied[a, b] says that a is tied to b. Where ties are mutual every path counts in both directions, and there are
        as many gatekeepers as representatives.
    groups : sequence (nodes,)
        Who is in no group stands for itself alone.

    Returns
    -------
    dict
        For each of `ROLES` an array (nodes,) of counts.

    References
    ----------
    .. [1] R. V. Gould & R. M. Fernandez, "Structures of mediation: a formal approach to brokerage in transaction
       networks", *Sociological Methodology* 19:89-126, 1989, doi:10.2307/270949.

    Examples
    --------
    >>> path = np.array([[False, True, False], [True, False, True], [False, True, False]])
    >>> brokers(path, ["north", "middle", "south"])["liaison"].tolist()
    [0, 2, 0]
    """
    tied = np.asarray(tied, dtype=np.bool_) & ~np.eye(len(tied), dtype=np.bool_)
    apart = ~tied & ~np.eye(len(tied), dtype=np.bool_)
    number = {name: number for number, name in enumerate(_names(groups))}
    own = np.array(
        [len(number) + node if group is None else number[group] for node, group in enumerate(groups)],
        dtype=np.int64,
    )
    found = {role: np.zeros(len(tied), dtype=np.int64) for role in ROLES}
    for node in range(len(tied)):
        before, after = np.flatnonzero(tied[:, node]), np.flatnonzero(tied[node])
        open_ends = apart[np.ix_(before, after)]
        like_first = (own[before] == own[node])[:, np.newaxis]
        like_last = (own[after] == own[node])[np.newaxis, :]
        like_each_other = np.equal.outer(own[before], own[after])
        which = (
            like_first & like_last,
            ~like_first & like_each_other,
            ~like_first & like_last,
            like_first & ~like_last,
            ~like_first & ~like_last & ~like_each_other,
        )
        for role, paths in zip(ROLES, which, strict=True):
            found[role][node] = np.count_nonzero(open_ends & paths)
    return found
