"""The position graph and the graph of stakeholders and clauses, as NetworkX graphs that say what they are.

Every node and every edge has plain attributes (text, whole numbers, numbers), so that any format can carry them. A
`name` is the digest of the text in the deliberation's original language; a reader with the texts resolves it
(`exchange.graphs`).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from deliberate.consensus.clusters import Clusters, similarity_clusters
from deliberate.consensus.graph.backbones import TOP_K, backbone
from deliberate.consensus.graph.structure import betweenness, brokers
from deliberate.consensus.graph.ties import COMMON_MIN, Network, network, places
from deliberate.consensus.layout import Place
from deliberate.consensus.matrix import SOURCES, Basis, Matrix, on_record, significant
from deliberate.state import State
from deliberate.vocabulary import GroupKind, Standing

if TYPE_CHECKING:
    import networkx as nx

EVERY_TIE_NODES_MAX: Final = 500
"""A graph of more nodes holds its backbone only: every tie of 2,000 would be two million."""

CLAUSE: Final = "clause:"
"""What the nodes of clauses are named with, so that no clause can be taken for a seat."""


def position_graph(
    state: State,
    *,
    observers: bool = False,
    own_only: bool = True,
    top_k: int | None = None,
    at_places: Mapping[str, Place] | None = None,
    seed: int = 0,
    measures: bool = True,
    clusters: Clusters | None = None,
) -> "nx.Graph":
    """Return the position graph: stakeholders tied by congruence and by conflict of positions.

    Nodes are seat ids, in the order of seating. Each says who it is (`stakeholder`), where it is drawn, and what it
    holds on each clause. Each edge says its weight with both parts of it, and which layer it is in.

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
        Of the layout and of the clusters.
    measures
        Whether nodes carry `cluster`, a letter ("" where there is none, or none is stable), `betweenness`, and how
        often they are a broker between regional groups (`broker_liaison` and so on). These are of what members said
        themselves; betweenness and brokers of the congruence in the backbone of `TOP_K`; who is in no regional group
        stands for itself. Until adoption clusters are for analysts and facilitators (A6.9): a graph for others is made
        without measures.
    clusters
        Those found already for the members of this state; looked for where they are not given.
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
        sign = (weights[k] > 0) - (weights[k] < 0)
        graph.add_edge(
            seats[one],
            seats[other],
            weight=weights[k],
            congruence=congruence[k],
            conflict=conflict[k],
            sign=sign,
            layer=("neither", "congruence", "conflict")[sign],
            common=int(net.common[one, other]),
        )
    if measures:
        _measure(graph, state, net, clusters, seed)
    return graph


def stakeholder_clause_graph(state: State, *, observers: bool = False, own_only: bool = False) -> "nx.Graph":
    """Return the two-mode graph of stakeholders and clauses: who holds what on what.

    Parameters
    ----------
    state
        At the version that the graph is of.
    observers
        Whether observers stand among the stakeholders.
    own_only
        Leave out positions by alignment and by bloc.

    Returns
    -------
    networkx.Graph
        Stakeholders have `bipartite` 0 and are named by seat, clauses have 1 and are named `clause:` and their id. An
        edge has the `stance` and its `source` (of votes, the `vote`), the `level`, and as `weight` the level between -1
        (object, or no) and 1 (support, or yes). A position without a level is an edge without these two; no position,
        or one that is not known, is no edge.
    """
    import networkx as nx

    seats = [
        seat.id for seat in state.seats.values() if not seat.withdrawn and _shown(seat.standing, observers)
    ]
    matrix = on_record(state, seats)
    matrix = matrix.own() if own_only else matrix
    about = _about(state, matrix, own_only, None)
    graph = nx.Graph(
        **{name: about[name] for name in ("title", "nature", "basis", "version", "at", "digest")}
    )
    for seat in seats:
        graph.add_node(seat, bipartite=0, **stakeholder(state, seat))
    for clause in matrix.clauses:
        told = state.clauses[clause]
        graph.add_node(
            f"{CLAUSE}{clause}", bipartite=1, code=clause, number=told.number, kind=told.kind.value,
            revision=told.revision.number,
        )  # fmt: skip
    votes = matrix.basis is Basis.VOTES
    for row, seat in enumerate(seats):
        for column, clause in enumerate(matrix.clauses):
            source = SOURCES[matrix.sources[row, column]]
            code = int(matrix.codes[row, column])
            word = matrix.word(row, column)
            if source is None or word in ("none", "stale", "conflict"):
                continue
            said: dict[str, str | int | float] = (
                {"vote": word} if votes else {"stance": word, "source": source.value}
            )
            if code > 0:
                weight = (2 * code - matrix.lo - matrix.hi) / (matrix.hi - matrix.lo)
                said |= {"level": code, "weight": weight}
            graph.add_edge(seat, f"{CLAUSE}{clause}", **said)
    return graph


def stakeholder(state: State, seat: str) -> dict[str, str]:
    """Return what a node says of a stakeholder: code, name (a digest), kind, standing, groups joined, region."""
    place = state.seats[seat]
    original = state.convened.original if state.convened else ""
    return {
        "code": seat,
        "name": place.name.get(original) or next(iter(place.name.values()), ""),
        "kind": place.kind.value,
        "standing": place.standing.value,
        "groups": ";".join(place.groups),
        "regional_group": next(iter(_regional(state, seat)), ""),
    }


def regional_groups(state: State, seats: Sequence[str]) -> tuple[str | None, ...]:
    """Return the regional group of each stakeholder, None for who is in none."""
    return tuple(next(iter(_regional(state, seat)), None) for seat in seats)


def _regional(state: State, seat: str) -> list[str]:
    return [group for group in state.seats[seat].groups if state.groups[group].kind is GroupKind.REGIONAL]


def _shown(standing: Standing, observers: bool) -> bool:
    return observers or standing is Standing.MEMBER


def _measure(graph: "nx.Graph", state: State, net: Network, clusters: Clusters | None, seed: int) -> None:
    """Write on the nodes of members what is measured of them, and on the graph what is said of clusters."""
    members = [seat for seat in graph if state.seats[seat].standing is Standing.MEMBER]
    own = network(on_record(state, members).own())
    found = clusters or similarity_clusters(own, seed)
    kept = np.where(backbone(own), own.positive, 0.0)
    between = betweenness(kept)
    roles = brokers(kept > 0, regional_groups(state, members))
    for row, seat in enumerate(members):
        graph.nodes[seat]["cluster"] = found.shown[row] or ""
        if between is not None:
            graph.nodes[seat]["betweenness"] = float(f"{between[row]:.9g}")
        graph.nodes[seat].update({f"broker_{role}": int(counts[row]) for role, counts in roles.items()})
    same = "none" if found.stability is None else f"{found.stability:.9g}"
    graph.graph["clusters"] = (
        f"{len(found.sizes)}, computed, not declared; share of pairs the same in {len(found.counts)} runs: {same}"
        if found.stable
        else f"no stable clusters; share of pairs the same in {len(found.counts)} runs: {same}"
    )


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
