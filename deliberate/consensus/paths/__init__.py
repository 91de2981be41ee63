"""What would bring consensus: four searches, each a suggestion to the facilitator that nothing ever applies.

`max_min_support` chooses among alternative texts, `minimal_movers` says how few would have to move (and
`steps_to_consensus` who stands in the way), `minimal_amendments` finds the smallest set of changes that lifts the most
objections, `pareto_package` what to trade. Each hands back a `Path`: the best, the runner-up, how far the search went,
and where there is no way, a minimal set of conditions that cannot hold together. `what_if` needs no search: it says
what every status and rule would say if positions or wordings changed.

Read `result` first, then `solver`, then the paths. scipy is imported when a search runs.
"""

from deliberate.consensus.paths.alternatives import Alternatives, Missing, utility
from deliberate.consensus.paths.amendments import minimal_amendments
from deliberate.consensus.paths.movers import (
    Ask,
    Moves,
    Voter,
    minimal_movers,
)
from deliberate.consensus.paths.packages import Package, pareto_package, single_moves
from deliberate.consensus.paths.requirements import (
    Requirement,
    Requirements,
    Tally,
    absolute_majority,
    ieee_ballot,
    iso_ballot,
    qualified,
    requirements_of,
    simple_majority,
)
from deliberate.consensus.paths.result import (
    Aim,
    Ending,
    Impasse,
    Limits,
    Obstacle,
    ObstacleKind,
    Path,
    Search,
)
from deliberate.consensus.paths.steps import Steps, step_costs, steps_to_consensus
from deliberate.consensus.paths.texts import GroupSupport, TextChoice, max_min_support
from deliberate.consensus.paths.views import Condition, Outlook, View, outlook
from deliberate.consensus.paths.whatif import Difference, Restated, Reworded, Snapshot, what_if

__all__ = [
    "Aim",
    "Alternatives",
    "Ask",
    "Condition",
    "Difference",
    "Ending",
    "GroupSupport",
    "Impasse",
    "Limits",
    "Missing",
    "Moves",
    "Obstacle",
    "ObstacleKind",
    "Outlook",
    "Package",
    "Path",
    "Requirement",
    "Requirements",
    "Restated",
    "Reworded",
    "Search",
    "Snapshot",
    "Steps",
    "Tally",
    "TextChoice",
    "View",
    "Voter",
    "absolute_majority",
    "ieee_ballot",
    "iso_ballot",
    "max_min_support",
    "minimal_amendments",
    "minimal_movers",
    "outlook",
    "pareto_package",
    "qualified",
    "requirements_of",
    "simple_majority",
    "single_moves",
    "step_costs",
    "steps_to_consensus",
    "utility",
    "what_if",
]
