"""Decision rules: exact integers; pass, fail, undetermined or not put, with what is missing and who (consensus.md B16).

`question` holds consensus and the other rules of a question that is put, `silence` the silence procedure, `voting` the
rules of votes that are cast, `majorities` the same as questions about whole numbers, `tiers` which of them decides.
`ruling` is what they all answer. Observers are in none of them.
"""

from deliberate.consensus.rules.majorities import (
    Movers,
    is_absolute_majority,
    is_double_majority,
    is_ieee_approval,
    is_iso_approval,
    is_qualified_majority,
    is_simple_majority,
    movers_needed,
)
from deliberate.consensus.rules.question import (
    Asked,
    RuleReport,
    asked,
    consensus,
    consensus_minus,
    consensus_ruling,
    deciding_stances,
    no_sustained_opposition,
    unanimity,
)
from deliberate.consensus.rules.ruling import BallotBasis, Ballots, Lack, Rule, Ruling, Stage
from deliberate.consensus.rules.silence import Silence, moved_deadline, silence_ruling
from deliberate.consensus.rules.tiers import (
    Case,
    Setting,
    answer,
    case_of,
    indication_of,
    panel,
    recorded_ballots,
    setting_of,
)
from deliberate.consensus.rules.voting import (
    absolute_majority,
    double_majority,
    ieee_approval,
    indication,
    iso_approval,
    qualified_majority,
    simple_majority,
)

__all__ = [
    "Asked",
    "BallotBasis",
    "Ballots",
    "Case",
    "Lack",
    "Movers",
    "Rule",
    "RuleReport",
    "Ruling",
    "Setting",
    "Silence",
    "Stage",
    "absolute_majority",
    "answer",
    "asked",
    "case_of",
    "consensus",
    "consensus_minus",
    "consensus_ruling",
    "deciding_stances",
    "double_majority",
    "ieee_approval",
    "indication",
    "indication_of",
    "is_absolute_majority",
    "is_double_majority",
    "is_ieee_approval",
    "is_iso_approval",
    "is_qualified_majority",
    "is_simple_majority",
    "iso_approval",
    "moved_deadline",
    "movers_needed",
    "no_sustained_opposition",
    "panel",
    "qualified_majority",
    "recorded_ballots",
    "setting_of",
    "silence_ruling",
    "simple_majority",
    "unanimity",
]
