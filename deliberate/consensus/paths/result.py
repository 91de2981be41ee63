"""What every path hands back: a suggestion, its runner-up, how far the search went, and why there is none.

A path is a suggestion to the facilitator. Nothing applies it: whoever likes it tables an amendment, asks a delegation
or puts a question, in their own name.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, Protocol, TypeVar

from deliberate.consensus.figures import rounded
from deliberate.vocabulary import Visibility

NODES_MAX: Final = 10_000
"""Nodes of one search. Meetings of hundreds of seats need a few; one that needs more would stall the back office."""

_SAME: Final = 1e-8
"""Two values of a goal that differ by less than this are a tie: the solver's tolerance, in shares of 1."""


class Ending(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    NODE_LIMIT = "node_limit"
    TIME_LIMIT = "time_limit"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one search may use: nodes of the search tree and, only if asked for, seconds."""

    nodes: int = NODES_MAX
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """How a solution was found, or not.

    `bound` is the best value that the goal worked on last can have, `gap` its distance from the value found, relative
    to that; both are None where the solver has none to give. `goal` counts, from 1, the goals taken in turn, the
    settling of ties last; when all were reached the ending is optimal. `nodes` sums over all of them.
    """

    ending: Ending
    goal: int
    bound: float | None
    gap: float | None
    nodes: int
    limits: Limits

    @property
    def reproducible(self) -> bool:
        """Whether the same input gives the same answer everywhere: not when a clock ended the search."""
        return self.ending is not Ending.TIME_LIMIT

    def as_dict(self) -> dict[str, Any]:
        """Return the search as plain data."""
        said: dict[str, Any] = {
            "ending": self.ending.value,
            "goal": self.goal,
            "bound": rounded(self.bound),
            "gap": rounded(self.gap),
            "nodes": self.nodes,
            "node_limit": self.limits.nodes,
            "time_limit_s": self.limits.seconds,
            "reproducible": self.reproducible,
        }
        return said if self.reproducible else {**said, "notice": "not reproducible"}


class ObstacleKind(StrEnum):
    """What can stand in the way of a path. `seats` and `about` of an obstacle say whose it is, and of what."""

    FLOOR = "floor"  # the least support that every stakeholder must have
    RED_LINE = "red_line"  # a text that a stakeholder rules out
    INCOMPATIBLE = "incompatible"  # texts that cannot stand together
    GAIN = "gain"  # that a stakeholder must not lose, or must gain so much
    REQUIREMENT = "requirement"  # of a voting rule, perhaps in a group
    WILL_NOT_MOVE = "will_not_move"  # to that vote
    NO_OBJECTION = "no_objection"  # that these stakeholders do not object
    MUST_ACCEPT = "must_accept"  # that these stakeholders accept
    WOULD_NOT_OBJECT_IF = (
        "would_not_object_if"  # only these sets of amendments, joined by +, would lift an objection
    )
    WOULD_ACCEPT_IF = "would_accept_if"  # only under these sets of amendments would they accept
    OBJECTS_IF = "objects_if"  # all of these amendments together are objected to
    EXCLUDES = "excludes"  # a red line: that amendment must not be adopted
    REQUIRES = "requires"  # a red line: that amendment must be adopted
    NOT_DECLARED = "not_declared"  # of that amendment they have not spoken
    EXCLUSIVE = "exclusive"  # at most one of these amendments can be adopted


class Aim(StrEnum):
    """What an impasse stands in the way of."""

    TEXT_FOR_EVERY_CLAUSE = "text_for_every_clause"
    RULE_MET = "rule_met"
    ACCEPTANCE_BY_ALL_WHO_MUST = "acceptance_by_all_who_must"
    NO_OBJECTION = "no_objection"
    LEAST_GAIN_FOR_EVERYBODY = "least_gain_for_everybody"
    GAIN_IN_TOTAL = "gain_in_total"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A condition that stands in the way together with others: its kind, whose it is, and what it is about."""

    kind: ObstacleKind
    seats: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the obstacle as plain data."""
        return {"kind": self.kind.value, "seats": list(self.seats), "about": list(self.about)}


@dataclass(frozen=True, slots=True)
class Impasse:
    """Conditions that cannot hold together, while with any one of them left out the others could.

    `aim` is what they stand in the way of. `proved` is False where a search ended at its limit before it could say
    whether a condition can be left out.
    """

    aim: Aim
    obstacles: tuple[Obstacle, ...]
    proved: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the impasse as plain data."""
        obstacles = [obstacle.as_dict() for obstacle in self.obstacles]
        return {"aim": self.aim.value, "obstacles": obstacles, "proved": self.proved}


class Plain(Protocol):
    """A solution: it says what each goal asked for is worth, the weightiest first, and writes itself."""

    @property
    def goals(self) -> tuple[float, ...]:
        """The values of the goals, in the order in which they were taken."""

    def as_dict(self) -> dict[str, Any]:
        """Return the solution as plain data."""


S = TypeVar("S", bound=Plain)


@dataclass(frozen=True, slots=True)
class Path(Generic[S]):
    """A suggestion with all that is needed to judge it.

    Attributes
    ----------
    kind : which of the paths this is.
    now : how things stand without it; None where there is nothing to compare with.
    best : the best solution found, None if there is none. Among ties it is the first in declared order.
    search : how it was found.
    runner_up : another solution, as good or the next best; None if there is no other.
    runner_up_search : how that was found; None if it was not looked for.
    impasse : why there is no solution, or why the best one falls short; None where nothing stands in the way.
    n, members : the stakeholders that the path rests on, of how many.
    left_out : those that are not among the n, because what they hold is not known.
    audience : who may see it, which is who may see its most confidential input (consensus.md A6.7).
    """

    kind: str
    now: S | None
    best: S | None
    search: Search
    runner_up: S | None
    runner_up_search: Search | None
    impasse: Impasse | None
    n: int
    members: int
    left_out: tuple[str, ...] = ()
    audience: Visibility = Visibility.FACILITATORS

    @property
    def tied(self) -> bool:
        """Whether the runner-up is as good as the best in every goal: then the choice between them is not ours."""
        if self.best is None or self.runner_up is None:
            return False
        pairs = zip(self.best.goals, self.runner_up.goals, strict=True)
        return all(math.isclose(a, b, rel_tol=_SAME, abs_tol=_SAME) for a, b in pairs)

    @property
    def reproducible(self) -> bool:
        """Whether no search behind it was ended by a clock, or may have been."""
        searches = [self.search] if self.runner_up_search is None else [self.search, self.runner_up_search]
        untimed = self.search.limits.seconds is None or self.impasse is None or self.impasse.proved
        return untimed and all(search.reproducible for search in searches)

    def as_dict(self) -> dict[str, Any]:
        """Return the path as plain data, floats at 9 significant digits."""
        said: dict[str, Any] = {
            "kind": self.kind,
            "standing": "suggestion",
            "audience": self.audience.value,
            "n": self.n,
            "N": self.members,
            "left_out": list(self.left_out),
            "now": self.now.as_dict() if self.now else None,
            "best": self.best.as_dict() if self.best else None,
            "search": self.search.as_dict(),
            "runner_up": self.runner_up.as_dict() if self.runner_up else None,
            "runner_up_search": self.runner_up_search.as_dict() if self.runner_up_search else None,
            "tied": self.tied,
            "impasse": self.impasse.as_dict() if self.impasse else None,
            "reproducible": self.reproducible,
        }
        written: dict[str, Any] = rounded(said)
        return written
