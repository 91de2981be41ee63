"""Convergence: what changed between rounds, and whether to go on (consensus.md A4, B12).

`spread` measures one round, `change` two, `advice` puts them together and says what the rounds may do next. Only
stakeholders on the scale in both rounds are compared. Where the text was revised in between, what is measured is the
change of the text as much as of minds: `Convergence.revised` says so, and such a step never counts as stable. scipy is
imported only inside the functions that need it.
"""

from deliberate.consensus.rounds.advice import (
    STABLE_BELOW,
    STABLE_STEPS,
    Advice,
    Change,
    Convergence,
    Distribution,
    Effect,
    StoppingAdvice,
    convergence,
    distribution,
    stopping_advice,
)
from deliberate.consensus.rounds.change import (
    SignedRanks,
    gross_movers,
    net_change,
    spearman,
    weighted_kappa,
    wilcoxon,
)
from deliberate.consensus.rounds.spread import (
    coefficient_of_variation,
    histogram,
    interquartile_range,
    leik,
    level_of_agreement,
    paired,
)

__all__ = [
    "STABLE_BELOW",
    "STABLE_STEPS",
    "Advice",
    "Change",
    "Convergence",
    "Distribution",
    "Effect",
    "SignedRanks",
    "StoppingAdvice",
    "coefficient_of_variation",
    "convergence",
    "distribution",
    "gross_movers",
    "histogram",
    "interquartile_range",
    "leik",
    "level_of_agreement",
    "net_change",
    "paired",
    "spearman",
    "stopping_advice",
    "weighted_kappa",
    "wilcoxon",
]
