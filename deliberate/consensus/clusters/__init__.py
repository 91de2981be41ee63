"""Computed sets of stakeholders: a picture, never a rule (consensus.md A6.9).

`similar` finds who holds much the same (Louvain's communities of the position graph, shown only when stable),
`opinions` who answers alike as Polis does, `dividing` which clauses divide such groups and which bridge them, `ideal`
where stakeholders stand on one line. A computed set is called a cluster or an opinion group, and named by a letter.
"""

from deliberate.consensus.clusters.dividing import Division, divisions, what_bridges, what_divides
from deliberate.consensus.clusters.ideal import IdealPoints, ideal_points
from deliberate.consensus.clusters.louvain import louvain, modularity
from deliberate.consensus.clusters.opinions import OpinionGroups, opinion_groups, opinions
from deliberate.consensus.clusters.similar import (
    Clusters,
    adjusted_rand,
    letter,
    similarity_clusters,
    stability,
)

__all__ = [
    "Clusters",
    "Division",
    "IdealPoints",
    "OpinionGroups",
    "adjusted_rand",
    "divisions",
    "ideal_points",
    "letter",
    "louvain",
    "modularity",
    "opinion_groups",
    "opinions",
    "similarity_clusters",
    "stability",
    "what_bridges",
    "what_divides",
]
