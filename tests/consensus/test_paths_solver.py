"""The search behind the paths: goals in turn, ties by order, limits that say so, and impasses that are minimal."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.paths.result import Aim, Ending, Limits, Obstacle, ObstacleKind, Search
from deliberate.consensus.paths.solver import Goal, Programme, seek

LIMITS = Limits()


def choice(count: int) -> tuple[Programme, list[int]]:
    programme = Programme()
    return programme, [programme.column() for _ in range(count)]


def hard() -> tuple[Programme, list[int], Goal]:
    """Twenty knapsacks over thirty things: far more than a few nodes."""
    random = np.random.default_rng(0)
    sizes = random.integers(1, 60, (20, 30)).astype(float)
    programme, columns = choice(30)
    for row in sizes:
        programme.row(dict(zip(columns, row, strict=True)), at_most=0.4 * float(row.sum()))
    return programme, columns, Goal(dict(zip(columns, random.integers(1, 60, 30).astype(float), strict=True)))


def ones(solution, columns) -> list[int]:
    return [place for place, at in enumerate(columns) if solution[at]]


def test_each_goal_is_taken_among_the_optima_of_those_before():
    programme, (a, b, c) = choice(3)
    programme.row({a: 1.0, b: 1.0, c: 1.0}, at_most=1)
    goals = [Goal({a: 1.0, b: 1.0}), Goal({b: 1.0, c: 5.0}), Goal({a: 9.0})]
    found = programme.solve(goals, [a, b, c], LIMITS)
    assert ones(found.columns, [a, b, c]) == [1]
    assert found.search.ending is Ending.OPTIMAL


@pytest.mark.parametrize("count", [3, 10, 11, 40])
def test_ties_go_to_the_first_columns_in_order_however_many(count):
    programme, columns = choice(count)
    programme.row(dict.fromkeys(columns, 1.0), at_least=2, at_most=2)
    programme.row({columns[0]: 1.0, columns[1]: 1.0}, at_most=1)
    for order, chosen in ((columns, {0, 2}), (columns[::-1], {count - 1, count - 2})):
        found = programme.solve([Goal({columns[0]: 0.0})], order, LIMITS)
        assert set(ones(found.columns, columns)) == (chosen if count > 3 or order is columns else {2, 1})


def test_the_runner_up_differs_and_is_the_next_best():
    programme, columns = choice(3)
    programme.row(dict.fromkeys(columns, 1.0), at_most=1)
    goal = Goal(dict(zip(columns, (3.0, 2.0, 1.0), strict=True)))
    found = seek(programme, [goal], columns, LIMITS, lambda solution: Chosen(ones(solution, columns)))
    assert (found.best.at, found.runner_up.at) == ([0], [1])
    assert found.runner_up_search.ending is Ending.OPTIMAL


class Chosen:
    """A solution by the places of its ones."""

    def __init__(self, at: list[int]) -> None:
        self.at = at
        self.goals = (float(len(at)),)

    def as_dict(self) -> dict[str, object]:
        return {"at": self.at}


def test_the_only_solution_has_no_runner_up():
    programme, columns = choice(2)
    programme.row(dict.fromkeys(columns, 1.0), at_least=2)
    found = seek(programme, [Goal({})], columns, LIMITS, lambda solution: Chosen(ones(solution, columns)))
    assert found.runner_up is None
    assert found.runner_up_search.ending is Ending.INFEASIBLE


def test_a_node_limit_leaves_the_best_so_far_with_its_bound_and_gap_and_is_reproducible():
    programme, columns, goal = hard()
    first, again = (programme.solve([goal], columns, Limits(nodes=20)) for _ in range(2))
    assert first == again
    assert first.search.ending is Ending.NODE_LIMIT
    value = goal.value(first.columns)
    assert first.search.bound >= value
    assert first.search.gap == pytest.approx((first.search.bound - value) / value)
    said = first.search.as_dict()
    assert (said["ending"], said["reproducible"], said["node_limit"]) == ("node_limit", True, 20)
    assert "notice" not in said


def test_where_a_limit_ended_the_search_there_is_no_runner_up_and_no_impasse():
    programme, columns, goal = hard()
    found = seek(
        programme, [goal], columns, Limits(nodes=20), lambda solution: Chosen(ones(solution, columns))
    )
    assert found.best.at
    assert (found.runner_up, found.runner_up_search) == (None, None)


def test_a_limit_before_any_solution_still_gives_a_bound():
    programme, columns, goal = hard()
    found = programme.solve([Goal(goal.coefficients, scale=1000.0)], columns, Limits(nodes=0))
    assert found.columns is None
    assert found.search.ending is Ending.NODE_LIMIT
    assert found.search.gap is None
    some = programme.solve([goal], columns, Limits(nodes=20))
    assert goal.value(some.columns) / 1000 <= found.search.bound <= sum(goal.coefficients.values()) / 1000


def test_what_a_clock_ended_says_that_it_is_not_reproducible():
    programme, columns, goal = hard()
    search = programme.solve([goal], columns, Limits(seconds=0.0)).search
    assert search.ending is Ending.TIME_LIMIT
    assert not search.reproducible
    assert search.as_dict()["notice"] == "not reproducible"


def test_there_is_no_limit_of_time_unless_asked_for():
    assert Limits().seconds is None
    assert Search(Ending.OPTIMAL, 1, 0.0, 0.0, 0, Limits()).as_dict()["time_limit_s"] is None


def test_conditions_that_can_hold_are_no_impasse():
    programme, columns = choice(2)
    programme.row({columns[0]: 1.0}, at_least=1, of=Obstacle(ObstacleKind.GAIN))
    assert programme.impasse(Aim.NO_OBJECTION, LIMITS) is None


def test_a_programme_that_fails_without_any_condition_has_an_empty_proof():
    programme, columns = choice(1)
    programme.row({columns[0]: 1.0}, at_least=2)
    programme.row({columns[0]: 1.0}, at_most=1, of=Obstacle(ObstacleKind.FLOOR))
    found = programme.impasse(Aim.NO_OBJECTION, LIMITS)
    assert (found.obstacles, found.proved) == ((), True)


def test_an_impasse_that_a_limit_left_open_is_not_called_proved():
    programme, columns, goal = hard()
    programme.row({columns[0]: 1.0}, at_least=1, of=Obstacle(ObstacleKind.REQUIRES))
    programme.row({columns[0]: 1.0}, at_most=0, of=Obstacle(ObstacleKind.EXCLUDES))
    programme.row(goal.coefficients, at_least=400)  # true, and not found within no nodes
    found = programme.impasse(Aim.NO_OBJECTION, Limits(nodes=0))
    assert [obstacle.kind for obstacle in found.obstacles] == ["requires", "excludes"]
    assert not found.proved
    assert found.as_dict()["proved"] is False


clauses = st.lists(
    st.lists(st.integers(1, 4).flatmap(lambda n: st.sampled_from([n, -n])), min_size=1, max_size=2),
    max_size=9,
)


@given(clauses)
@settings(max_examples=15)
def test_a_proof_of_impasse_cannot_hold_and_cannot_be_shortened(parts):
    programme, columns = choice(4)
    for name, part in enumerate(parts):  # satisfiability: one of these is so
        row: dict[int, float] = {}
        for literal in part:
            at = columns[abs(literal) - 1]
            row[at] = row.get(at, 0.0) + (1.0 if literal > 0 else -1.0)
        negative = sum(literal < 0 for literal in part)
        programme.row(row, at_least=1 - negative, of=Obstacle(ObstacleKind.NOT_DECLARED, about=(str(name),)))

    def can_hold(names) -> bool:
        return any(
            all(any(bits[abs(x) - 1] == (x > 0) for x in parts[name]) for name in names)
            for bits in itertools.product((False, True), repeat=4)
        )

    found = programme.impasse(Aim.NO_OBJECTION, LIMITS)
    assert (found is None) == can_hold(range(len(parts)))
    if found:
        names = [int(obstacle.about[0]) for obstacle in found.obstacles]
        assert found.proved
        assert not can_hold(names)
        assert all(can_hold([other for other in names if other != name]) for name in names)


def test_importing_the_paths_does_not_import_scipy():
    seen = "import sys, json, deliberate.consensus.paths; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True, text=True)
    assert not [name for name in json.loads(told.stdout) if name.split(".")[0] in ("scipy", "networkx")]
