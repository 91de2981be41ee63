"""Measures of agreement: what is counted, the computed status, and the indices (consensus.md part B).

`status` counts what members hold and names the status; `ordinal` measures one clause from the frequencies of its
levels; `support` says how far declared groups go along; `concordance` and `soft` compare stakeholders over the whole
text; `polis` and `representative` hold what Polis computes. Every measure returns a float, or None where there is nothing to measure: a
report says why. All is numpy and plain Python.
"""

from deliberate.consensus.agreement.concordance import kendall_w, krippendorff_alpha
from deliberate.consensus.agreement.ordinal import (
    agreement_van_der_eijk,
    agreement_with_target,
    consensus_leik,
    consensus_tastle_wierman,
    polarization_esteban_ray,
)
from deliberate.consensus.agreement.polis import (
    comment_priority,
    group_aware_consensus,
    group_aware_consensus_geometric_mean,
)
from deliberate.consensus.agreement.representative import (
    Representativeness,
    Seen,
    Side,
    majority_comments,
    representative_comments,
    representativeness,
)
from deliberate.consensus.agreement.soft import (
    Move,
    PreferenceConsensus,
    moves_towards_the_room,
    preference_consensus,
    proximity,
    soft_consensus,
    soft_consensus_by_clause,
)
from deliberate.consensus.agreement.status import Counts, clause_status, count, quorate
from deliberate.consensus.agreement.support import (
    GroupCounts,
    acceptance_bounds,
    agreement_index,
    group_counts,
    lowest_groups,
    minimum_group_support,
    minimum_group_support_bounds,
    rice,
    supported_in_all_groups,
)

__all__ = [
    "Counts",
    "GroupCounts",
    "Move",
    "PreferenceConsensus",
    "Representativeness",
    "Seen",
    "Side",
    "acceptance_bounds",
    "agreement_index",
    "agreement_van_der_eijk",
    "agreement_with_target",
    "clause_status",
    "comment_priority",
    "consensus_leik",
    "consensus_tastle_wierman",
    "count",
    "group_aware_consensus",
    "group_aware_consensus_geometric_mean",
    "group_counts",
    "kendall_w",
    "krippendorff_alpha",
    "lowest_groups",
    "majority_comments",
    "minimum_group_support",
    "minimum_group_support_bounds",
    "moves_towards_the_room",
    "polarization_esteban_ray",
    "preference_consensus",
    "proximity",
    "quorate",
    "representative_comments",
    "representativeness",
    "rice",
    "soft_consensus",
    "soft_consensus_by_clause",
    "supported_in_all_groups",
]
