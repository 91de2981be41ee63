"""What is true now: `State` is the fold of a log and nothing else.

Values are immutable and sit in plain dictionaries, so that `State.fork` is a shallow copy: the secretariat decides
and folds a whole batch on a fork and drops it when the commit fails. Folding applies no rule and computes no
measure: events carry their outcome.
"""

from deliberate.state.current import State
from deliberate.state.digest import state_digest
from deliberate.state.folding import fold, fold_all
from deliberate.state.values import (
    NONE,
    Alignment,
    BlocKey,
    Clause,
    Effective,
    Group,
    Invitation,
    Mandate,
    Position,
    Question,
    Revision,
    Round,
    Seat,
    bloc_id,
)

__all__ = [
    "NONE",
    "Alignment",
    "BlocKey",
    "Clause",
    "Effective",
    "Group",
    "Invitation",
    "Mandate",
    "Position",
    "Question",
    "Revision",
    "Round",
    "Seat",
    "State",
    "bloc_id",
    "fold",
    "fold_all",
    "state_digest",
]
