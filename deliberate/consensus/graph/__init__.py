"""The position graph: stakeholders tied by congruence and conflict of positions (consensus.md B13 to B15).

`ties` makes the network of a matrix, `backbones` says which ties to keep, `similarity` compares two stakeholders,
`balance` says how far the room is from clean sides (`frustrated` is the integer program behind it), `structure` who
stands between others and how ties follow declared groups, and `positions` hands it all to NetworkX. Everything is numpy
but what names SciPy or NetworkX, which are imported where they are used.
"""

from deliberate.consensus.discourse import (
    discourse_network,
    discourse_network_of_counts,
    two_mode_network,
)
from deliberate.consensus.graph.backbones import (
    TOP_K,
    backbone,
    disparity,
    disparity_backbone,
    threshold_backbone,
)
from deliberate.consensus.graph.balance import (
    Frustration,
    frustration,
    frustration_index,
    signed_modularity,
    triangle_balance,
)
from deliberate.consensus.graph.positions import (
    EVERY_TIE_NODES_MAX,
    position_graph,
    regional_groups,
    stakeholder,
    stakeholder_clause_graph,
)
from deliberate.consensus.graph.similarity import (
    lijphart_agreement,
    similarity,
    similarity_kappa,
    similarity_pi,
    similarity_s,
)
from deliberate.consensus.graph.structure import (
    ROLES,
    assortativity,
    betweenness,
    brokers,
    e_i_expected,
    e_i_index,
)
from deliberate.consensus.graph.ties import COMMON_MIN, Network, network, places, ranks
from deliberate.consensus.layout import layout

__all__ = [
    "COMMON_MIN",
    "EVERY_TIE_NODES_MAX",
    "ROLES",
    "TOP_K",
    "Frustration",
    "Network",
    "assortativity",
    "backbone",
    "betweenness",
    "brokers",
    "discourse_network",
    "discourse_network_of_counts",
    "disparity",
    "disparity_backbone",
    "e_i_expected",
    "e_i_index",
    "frustration",
    "frustration_index",
    "layout",
    "lijphart_agreement",
    "network",
    "places",
    "position_graph",
    "ranks",
    "regional_groups",
    "signed_modularity",
    "similarity",
    "similarity_kappa",
    "similarity_pi",
    "similarity_s",
    "stakeholder",
    "stakeholder_clause_graph",
    "threshold_backbone",
    "triangle_balance",
    "two_mode_network",
]
