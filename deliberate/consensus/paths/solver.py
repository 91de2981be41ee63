"""Mixed-integer programmes in the form that the paths need: goals one after the other, ties, other solutions, impasses.

HiGHS (through `scipy.optimize.milp`, imported only when something is solved) finds the optimum of one linear goal. Here
goals are taken in turn, each among the optima of those before it; what is still tied is settled in the order of the
columns, so that neither ids nor the solver's mood decide. A search ends by itself or at a limit of nodes, which
is the same on every machine; a limit of time is possible, and makes the result say that it is not reproducible.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic

import numpy as np
from numpy.typing import NDArray

from deliberate.consensus.paths.result import Aim, Ending, Impasse, Limits, Obstacle, S, Search

SCALE: Final = 1000.0
"""Shares of 1 are multiplied by this inside a programme: the solver's tolerance of 1e-6 becomes 1e-9 of a share."""

TRIAL_NODES_MAX: Final = 50
"""Nodes of each of the many trials that make a proof of impasse minimal."""

_SLACK: Final = 1e-6
"""How far a later goal may set back an earlier one whose coefficients are not all integers."""

_BLOCK: Final = 10
"""Columns whose order one search settles, by weights 512, 256 … 1: far above the solver's tolerance."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A linear goal: column → coefficient, in units of 1/`scale`."""

    coefficients: Mapping[int, float]
    maximise: bool = True
    scale: float = 1.0

    def value(self, columns: Sequence[float]) -> float:
        """Return what a solution is worth, as the programme counts."""
        return math.fsum(coefficient * columns[at] for at, coefficient in self.coefficients.items())


@dataclass(frozen=True, slots=True)
class Found:
    """A solution (a value for each column; None if there is none) and how it was found."""

    columns: tuple[float, ...] | None
    search: Search


@dataclass(frozen=True, eq=False, slots=True)
class _Row:
    at: NDArray[np.int32]
    values: NDArray[np.float64]
    at_least: float
    at_most: float
    of: Obstacle | None = None

    @classmethod
    def between(
        cls, coefficients: Mapping[int, float], least: float, most: float, of: Obstacle | None = None
    ) -> "_Row":
        at = np.fromiter(coefficients.keys(), np.int32, len(coefficients))
        values = np.fromiter(coefficients.values(), np.float64, len(coefficients))
        return cls(at, values, least, most, of)


@dataclass(slots=True)
class Programme:
    """Columns with finite bounds, and rows between them; a row of an obstacle goes when that is left out."""

    # the first column is idle, for `milp` refuses to have none
    lower: list[float] = field(default_factory=lambda: [0.0])
    upper: list[float] = field(default_factory=lambda: [0.0])
    whole: list[bool] = field(default_factory=lambda: [False])
    rows: list[_Row] = field(default_factory=list)

    def column(self, lower: float = 0, upper: float = 1, *, whole: bool = True) -> int:
        """Add a column, by default a choice between no (0) and yes (1), and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(
        self,
        coefficients: Mapping[int, float],
        *,
        at_least: float = -math.inf,
        at_most: float = math.inf,
        of: Obstacle | None = None,
    ) -> None:
        """Add a row: the sum of coefficients times columns lies between the two."""
        self.rows.append(_Row.between(coefficients, at_least, at_most, of))

    def other_than(self, columns: Collection[int], solution: Sequence[float]) -> "Programme":
        """Return the programme without one solution: one of these yes-or-no columns must differ (a no-good cut)."""
        chosen = sum(1 for at in columns if solution[at])
        cut = _Row.between({at: -1.0 if solution[at] else 1.0 for at in columns}, 1 - chosen, math.inf)
        return Programme(list(self.lower), list(self.upper), self.whole, [*self.rows, cut])

    def solve(self, goals: Sequence[Goal], order: Sequence[int], limits: Limits) -> Found:
        """Return the optimum: each goal in turn, among the optima of those before it.

        Parameters
        ----------
        goals
            At least one, the weightiest first.
        order
            Yes-or-no columns in the order that settles what is still tied: the first that can be yes is yes.
        limits
            What each search may use. The first that ends at its limit ends the whole, with the best solution so far.
        """
        within = replace(self, lower=list(self.lower), upper=list(self.upper), rows=list(self.rows))
        best: tuple[float, ...] | None = None
        bound = gap = None
        nodes = 0
        for number, goal in enumerate(goals, 1):
            found = within._optimum(goal, limits)
            nodes += found.search.nodes
            best = found.columns or best
            bound, gap = found.search.bound, found.search.gap
            if found.search.ending is not Ending.OPTIMAL or best is None:
                return Found(best, replace(found.search, goal=number, nodes=nodes))
            within._hold(goal, best)
        settled = within._settle(list(order), best or (), limits)
        search = replace(settled.search, goal=len(goals) + 1, bound=bound, gap=gap)
        return Found(settled.columns, replace(search, nodes=nodes + search.nodes))

    def impasse(self, aim: Aim, limits: Limits) -> Impasse | None:
        """Return a minimal set of obstacles that cannot hold together; None if all can, or if no search could tell.

        Deletion filtering (Chinneck & Dravnieks 1991): leave out ever shorter runs of obstacles for as long as the rest
        still cannot hold; at the end each has been tried alone. Obstacles in another order may give another set. A trial
        that would need more than `TRIAL_NODES_MAX` nodes leaves its obstacles in, and the set unproved.
        """
        kept = list(dict.fromkeys(row.of for row in self.rows if row.of is not None))
        if self._feasible(kept, limits) is not Ending.INFEASIBLE:
            return None
        trial = replace(limits, nodes=min(limits.nodes, TRIAL_NODES_MAX))
        proved = True
        run = max(1, len(kept) // 2)
        while run:
            at = 0
            while at < len(kept):
                rest = kept[:at] + kept[at + run :]
                ending = self._feasible(rest, trial)
                if ending is Ending.INFEASIBLE:
                    kept = rest
                else:
                    at += run
                    proved = proved and (run > 1 or ending is Ending.OPTIMAL)
            run //= 2
        return Impasse(aim, tuple(kept), proved)

    def _feasible(self, obstacles: Iterable[Obstacle], limits: Limits) -> Ending:
        kept = set(obstacles)
        rows = [row for row in self.rows if row.of is None or row.of in kept]
        return replace(self, rows=rows)._optimum(Goal({}), limits).search.ending

    def _hold(self, goal: Goal, solution: Sequence[float]) -> None:
        """From now on, allow only solutions as good in this goal."""
        exact = all(float(value).is_integer() and self.whole[at] for at, value in goal.coefficients.items())
        reached, slack = goal.value(solution), 0.5 if exact else _SLACK
        if goal.maximise:
            self.rows.append(_Row.between(goal.coefficients, reached - slack, math.inf))
        else:
            self.rows.append(_Row.between(goal.coefficients, -math.inf, reached + slack))

    def _settle(self, order: list[int], best: tuple[float, ...], limits: Limits) -> Found:
        """Return the solution in which the first columns that can be yes are, and fix the columns at that."""
        nodes = 0
        waiting = [order] if order else []
        while waiting:
            some = waiting.pop()
            few = len(some) <= _BLOCK
            weights = {at: 2.0 ** (len(some) - 1 - place) if few else 1.0 for place, at in enumerate(some)}
            found = self._optimum(Goal(weights), limits)
            nodes += found.search.nodes
            if found.search.ending is not Ending.OPTIMAL or found.columns is None:
                return Found(best, replace(found.search, nodes=nodes))
            best = found.columns
            if few or not any(best[at] for at in some):
                for at in some:
                    self.lower[at] = self.upper[at] = best[at]
            else:
                half = len(some) // 2
                waiting += [some[half:], some[:half]]
        return Found(best, Search(Ending.OPTIMAL, 1, None, None, nodes, limits))

    def _optimum(self, goal: Goal, limits: Limits) -> Found:
        """Return the optimum of one goal."""
        from scipy.optimize import Bounds, milp

        sign = -1.0 if goal.maximise else 1.0
        cost = np.zeros(len(self.lower))
        for at, value in goal.coefficients.items():
            cost[at] = sign * value
        options: dict[str, float] = {"node_limit": limits.nodes, "mip_rel_gap": 0.0}
        if limits.seconds is not None:
            options["time_limit"] = limits.seconds
        problem: dict[str, Any] = {
            "bounds": Bounds(self.lower, self.upper),
            "constraints": self._constraints(),
        }
        result = milp(cost, integrality=np.array(self.whole, dtype=int), options=options, **problem)
        ending = _ending(result.status, result.message)
        bound = result.mip_dual_bound
        if bound is None and ending in (Ending.NODE_LIMIT, Ending.TIME_LIMIT):
            bound = milp(cost, **problem).fun  # of the same programme without whole numbers
        bound = None if bound is None else float(sign * bound) / goal.scale + 0.0
        gap = None if result.mip_gap is None or not math.isfinite(result.mip_gap) else float(result.mip_gap)
        search = Search(ending, 1, bound, gap, int(result.mip_node_count or 0), limits)
        return Found(None if result.x is None else self._read(result.x), search)

    def _constraints(self) -> Any:
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        if not self.rows:
            return ()
        at = np.concatenate([row.at for row in self.rows])
        values = np.concatenate([row.values for row in self.rows])
        ends = np.cumsum([0, *(len(row.at) for row in self.rows)])
        matrix = csr_array((values, at, ends), shape=(len(self.rows), len(self.lower)))
        return LinearConstraint(
            matrix, [row.at_least for row in self.rows], [row.at_most for row in self.rows]
        )

    def _read(self, x: Iterable[float]) -> tuple[float, ...]:
        pairs = zip(x, self.whole, strict=True)
        return tuple(float(round(value)) if whole else float(value) for value, whole in pairs)


def _ending(status: int, message: str) -> Ending:
    """Return what scipy's status means here; it has none of its own for the node limit, only HiGHS's number in words.

    Every column is bounded, so what HiGHS calls "unbounded or infeasible" is infeasible.
    """
    if status == 0:
        return Ending.OPTIMAL
    if status == 1:
        return Ending.TIME_LIMIT
    if status == 2 or "unbounded or infeasible" in message:
        return Ending.INFEASIBLE
    if "limit reached" in message:
        return Ending.NODE_LIMIT
    raise RuntimeError(f"the solver gave up: {message}")


@dataclass(frozen=True, slots=True)
class Sought(Generic[S]):
    """The best solution and the runner-up, each with its search; the fields of a `Path`."""

    best: S | None
    search: Search
    runner_up: S | None = None
    runner_up_search: Search | None = None


def seek(
    programme: Programme,
    goals: Sequence[Goal],
    order: Sequence[int],
    limits: Limits,
    read: Callable[[Sequence[float]], S],
) -> Sought[S]:
    """Return the best solution of a programme and the best of all others, as `read` makes them of columns.

    Solutions differ when one of the columns in `order` does; see `Programme.solve`. Where a limit ended the first
    search there is no runner-up to speak of.
    """
    first = programme.solve(goals, order, limits)
    if first.columns is None or first.search.ending is not Ending.OPTIMAL:
        return Sought(None if first.columns is None else read(first.columns), first.search)
    second = programme.other_than(order, first.columns).solve(goals, order, limits)
    runner_up = None if second.columns is None else read(second.columns)
    return Sought(read(first.columns), first.search, runner_up, second.search)
