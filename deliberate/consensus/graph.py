"""The position graph: stakeholders tied by congruence and conflict of positions (consensus.md B14, B15).

A tie's weight is congruence less conflict, over the average activity of the two: 1 for the same on everything, -1
for opposite ends on everything. Pairs that share fewer than `COMMON_MIN` clauses have no tie, which is not the same
as a tie of 0. Everything is numpy but `position_graph`, which hands the network to NetworkX.

Ids decide nothing: nodes are ranked by their rows of levels, and where rows are equal, by their place in the matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.discourse import discourse_network
from deliberate.consensus.layout import Place, layout
from deliberate.consensus.matrix import SOURCES, Basis, Floats, Matrix, levels, on_record, significant
from deliberate.state import State
from deliberate.vocabulary import GroupKind, Standing

if TYPE_CHECKING:
    import networkx as nx

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

COMMON_MIN: Final = 4
"""Fewer common clauses than this say too little about a pair (consensus.md B13)."""

TOP_K: Final = 8
"""Ties that each stakeholder keeps in the backbone, of congruence and of conflict: a picture of 200 stays legible."""

EVERY_TIE_NODES_MAX: Final = 500
"""A graph of more nodes holds its backbone only: every tie of 2,000 would be two million."""


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


def backbone(net: Network, top_k: int = TOP_K) -> Bools:
    """Return which ties to draw (stakeholders, stakeholders): of congruence, each stakeholder's strongest `top_k`,
    and of conflict likewise. A tie stays if either end keeps it.

    Among equal ties those to the nearest in rank stay, going round, so that stakeholders who hold the same become a
    ring and nobody a hub by having been seated first. Ties of weight 0 are neither and are not drawn.
    """
    count = len(net.rank)
    ahead = (net.rank[np.newaxis, :] - net.rank[:, np.newaxis]) % max(1, count)
    away = np.minimum(2 * ahead, 2 * (count - ahead) + 1)
    weight = significant(net.weight)
    kept = np.zeros((count, count), dtype=np.bool_)
    for strength in (weight, -weight):
        eligible = net.linked & (strength > 0)
        order = np.lexsort((away, np.where(eligible, -strength, np.inf)), axis=-1)[:, :top_k]
        kept[np.arange(count)[:, np.newaxis], order] |= np.take_along_axis(eligible, order, axis=1)
    return np.asarray(kept | kept.T)


def places(net: Network, seed: int = 0, warm: Mapping[str, Place] | None = None) -> dict[str, Place]:
    """Return where to draw each stakeholder, by seat: see `layout.layout`."""
    target = np.where(net.linked, net.weight, np.nan)
    seats = net.matrix.seats
    start = [warm.get(seat) for seat in seats] if warm else None
    found = layout(target, net.rank, seed, start)
    return {seat: (float(x), float(y)) for seat, (x, y) in zip(seats, found, strict=True)}


def position_graph(
    state: State,
    *,
    observers: bool = False,
    own_only: bool = True,
    top_k: int | None = None,
    at_places: Mapping[str, Place] | None = None,
    seed: int = 0,
) -> "nx.Graph":
    """Return the position graph as a NetworkX graph that says what it is.

    Nodes are seat ids, in the order of seating; every node and every edge has every attribute, all of plain types, so
    that any format can carry them. A `name` is the digest of the text in the deliberation's original language; a
    reader with the texts resolves it (`exchange.graphs`).

    Parameters
    ----------
    state
        At the version that the graph is of.
    observers
        Whether observers stand among the nodes; by default the network is of members only. Their kind and standing
        tell them apart, and nothing is summed across kinds.
    own_only
        Leave positions by alignment and by bloc out of the ties (copies would make a cluster by themselves); the nodes
        show them all the same, with their source.
    top_k
        Keep the backbone only; None keeps every tie, up to `EVERY_TIE_NODES_MAX` nodes.
    at_places
        Where to draw the nodes, as a report has them; computed where a seat is not in it.
    seed
        Of the layout that is computed.
    """
    import networkx as nx

    seats = [
        seat.id for seat in state.seats.values() if not seat.withdrawn and _shown(seat.standing, observers)
    ]
    if top_k is None and len(seats) > EVERY_TIE_NODES_MAX:
        top_k = TOP_K
    matrix = on_record(state, seats)
    net = network(matrix.own() if own_only else matrix)
    drawn = net.linked if top_k is None else backbone(net, top_k)
    where = (
        places(net, seed, at_places) if at_places is None or not set(seats) <= set(at_places) else at_places
    )
    graph = nx.Graph(**_about(state, matrix, own_only, top_k))
    for row, seat in enumerate(seats):
        x, y = where[seat]
        graph.add_node(seat, **stakeholder(state, seat), x=x, y=y, **_held(matrix, row))
    i, j = np.nonzero(np.triu(drawn, 1))
    weights, congruence, conflict = (
        significant(part[i, j]).tolist() for part in (net.weight, net.congruence, net.conflict)
    )
    for k, (one, other) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        graph.add_edge(
            seats[one],
            seats[other],
            weight=weights[k],
            congruence=congruence[k],
            conflict=conflict[k],
            sign=(weights[k] > 0) - (weights[k] < 0),
            common=int(net.common[one, other]),
        )
    return graph


def stakeholder(state: State, seat: str) -> dict[str, str]:
    """Return what a node says of a stakeholder: code, name (a digest), kind, standing, groups joined, region."""
    place = state.seats[seat]
    original = state.convened.original if state.convened else ""
    regional = [group for group in place.groups if state.groups[group].kind is GroupKind.REGIONAL]
    return {
        "code": seat,
        "name": place.name.get(original) or next(iter(place.name.values()), ""),
        "kind": place.kind.value,
        "standing": place.standing.value,
        "groups": ";".join(place.groups),
        "regional_group": regional[0] if regional else "",
    }


def _shown(standing: Standing, observers: bool) -> bool:
    return observers or standing is Standing.MEMBER


def _held(matrix: Matrix, row: int) -> dict[str, str]:
    """Return what a stakeholder holds on each clause, and by whose act; of votes, the vote."""
    if matrix.basis is Basis.VOTES:
        return {f"vote_{clause}": matrix.word(row, column) for column, clause in enumerate(matrix.clauses)}
    held = {}
    for column, clause in enumerate(matrix.clauses):
        source = SOURCES[matrix.sources[row, column]]
        held[f"stance_{clause}"] = matrix.word(row, column)
        held[f"source_{clause}"] = source.value if source else ""
    return held


def _about(state: State, matrix: Matrix, own_only: bool, top_k: int | None) -> dict[str, str | int]:
    """Return the attributes of the graph itself."""
    convened = state.convened
    return {
        "title": convened.title.get(convened.original, "") if convened else "",
        "nature": state.nature.value,
        "basis": matrix.basis.value,
        "version": state.version,
        "at": state.at,
        "digest": state.digest,
        "network": "subtract (congruence less conflict), average activity",
        "positions": "own only" if own_only else "effective: own, aligned, by bloc",
        "common_clauses_min": COMMON_MIN,
        "ties": "all" if top_k is None else f"backbone: {top_k} strongest of congruence and of conflict each",
    }
