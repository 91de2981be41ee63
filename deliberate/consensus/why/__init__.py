"""Why this number: for any figure of a clause, the positions that make it, each with its part in it.

`held` says what members hold and how a figure reads that; `numbers` and `words` hold the figures; `explain` is the door:
`why` for the positions behind a figure, `read` for the figure alone.
"""

from deliberate.consensus.why.explain import FORMULAS, Term, Why, read, why
from deliberate.consensus.why.held import FigureName, Held, Reading, Role, held_by_members

__all__ = [
    "FORMULAS",
    "FigureName",
    "Held",
    "Reading",
    "Role",
    "Term",
    "Why",
    "held_by_members",
    "read",
    "why",
]
