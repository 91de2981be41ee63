"""Packages: nobody loses, the one who gains least gains most, as brute force finds; alone the moves may fail."""

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.paths import Aim, Alternatives, Ending, Missing, pareto_package, single_moves
from deliberate.errors import Invalid

TRADE = Alternatives(
    ("P", "Q", "R"),
    (("op1", ("stands", "new")), ("op2", ("stands", "new"))),
    (((0.0, 0.5, 0.5), (1.0, 0.0, 0.5)), ((0.5, 0.0, 0.5), (0.0, 1.0, 0.5))),
)
IMPORTANCE = {"P": (0.8, 0.2), "Q": (0.2, 0.8), "R": (0.5, 0.5)}


def test_the_reference_package_trades_both_clauses():
    path = pareto_package(TRADE, IMPORTANCE)
    assert path.best.changed == (("op1", "new"), ("op2", "new"))
    assert dict(path.best.gains) == pytest.approx({"P": 0.7, "Q": 0.7, "R": 0})
    assert (path.best.least, path.best.total) == pytest.approx((0, 1.4))
    assert path.best.losers == ()
    assert (path.now.changed, path.now.total) == ((), 0)
    assert path.impasse is None


def test_alone_each_move_of_it_has_a_loser():
    moves = single_moves(TRADE, IMPORTANCE)
    assert [move.changed for move in moves] == [(("op1", "new"),), (("op2", "new"),)]
    assert [move.losers for move in moves] == [("Q",), ("P",)]
    assert dict(moves[0].gains) == pytest.approx({"P": 0.8, "Q": -0.1, "R": 0})


def test_the_runner_up_is_to_change_nothing():
    path = pareto_package(TRADE, IMPORTANCE)
    assert path.runner_up.changed == ()
    assert not path.tied


def test_where_every_move_has_a_loser_the_proof_names_who():
    zero_sum = replace(TRADE, seats=("P", "Q"), views=(((0, 1), (1, 0)), ((0, 1), (1, 0))))
    path = pareto_package(zero_sum, {"P": (0.5, 0.5), "Q": (0.4, 0.6)})
    assert path.best.changed == ()
    assert path.impasse.aim is Aim.GAIN_IN_TOTAL
    assert [(o.kind, o.seats) for o in path.impasse.obstacles] == [("gain", ("Q",))]


def test_a_gain_that_not_everybody_can_have_is_an_impasse():
    path = pareto_package(TRADE, IMPORTANCE, least=0.1)
    assert path.search.ending is Ending.INFEASIBLE
    assert [(o.kind, o.seats) for o in path.impasse.obstacles] == [("gain", ("R",))]


def test_a_red_line_keeps_a_text_out_of_every_package():
    path = pareto_package(replace(TRADE, red_lines=(("R", "op2", "new"),)), IMPORTANCE)
    assert path.best.changed == ()
    assert {(o.kind, o.seats) for o in path.impasse.obstacles} == {("gain", ("Q",)), ("red_line", ("R",))}


def test_who_has_not_declared_a_view_loses_as_much_as_it_could_or_is_left_out():
    silent = replace(TRADE, views=(((0.0, 0.5, None), (1.0, 0.0, 0.5)), TRADE.views[1]))
    assert pareto_package(silent, IMPORTANCE).best.changed == ()
    without = pareto_package(silent, {"P": (0.8, 0.2), "Q": (0.2, 0.8)}, missing=Missing.EXCLUDE)
    assert len(without.best.changed) == 2
    assert (without.n, without.members, without.left_out) == (2, 3, ("R",))


def test_with_nobody_to_gain_nothing_is_changed_and_there_is_no_figure():
    nobody = Alternatives((), (("op1", ("stands", "new")),), (((), ()),))
    path = pareto_package(nobody, {})
    assert (path.best.changed, path.best.least, path.best.total) == ((), None, None)


def test_a_package_is_for_facilitators_because_importance_is_private():
    said = pareto_package(TRADE, IMPORTANCE).as_dict()
    assert (said["audience"], said["standing"]) == ("facilitators", "suggestion")


@pytest.mark.parametrize("weights", [(0.8, 0.8), (1.2, -0.2), (1.0,), (math.nan, 1.0), (0.0, 0.0)], ids=str)
def test_importance_that_does_not_sum_to_one_is_refused(weights):
    with pytest.raises(Invalid):
        pareto_package(TRADE, {**IMPORTANCE, "P": weights})


def test_a_stakeholder_without_importance_is_refused_by_name():
    with pytest.raises(Invalid) as refusal:
        pareto_package(TRADE, {"P": (0.8, 0.2), "Q": (0.2, 0.8)})
    assert refusal.value.detail == {"seat": "R"}


@pytest.mark.parametrize("least", [-1.5, 2, math.nan])
def test_a_least_gain_out_of_reach_of_the_scale_is_refused(least):
    with pytest.raises(Invalid, match="least gain"):
        pareto_package(TRADE, IMPORTANCE, least=least)


@st.composite
def drawn(draw) -> tuple[Alternatives, dict[str, tuple[float, ...]]]:
    seats = tuple(f"s{i}" for i in range(draw(st.integers(1, 4))))
    count = draw(st.integers(1, 3))
    clauses = tuple((f"op{c}", tuple(f"t{v}" for v in range(draw(st.integers(1, 3))))) for c in range(count))
    worth = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    views = tuple(tuple(tuple(draw(worth) for _ in seats) for _ in texts) for _, texts in clauses)
    parts = {seat: [draw(st.integers(1, 4)) for _ in clauses] for seat in seats}
    weights = {seat: tuple(part / sum(of) for part in of) for seat, of in parts.items()}
    return Alternatives(seats, clauses, views), weights


def by_brute_force(alternatives, importance):
    ranked = []
    for place, picks in enumerate(
        itertools.product(*(range(len(texts)) for _, texts in alternatives.clauses))
    ):
        gains = [
            sum(
                importance[seat][c] * (alternatives.views[c][v][i] - alternatives.views[c][0][i])
                for c, v in enumerate(picks)
            )
            for i, seat in enumerate(alternatives.seats)
        ]
        if min(gains) >= -1e-9:
            changes = sum(map(bool, picks))
            ranked.append((-round(min(gains), 7), -round(sum(gains), 7), changes, place, picks))
    return sorted(ranked)


@given(drawn())
@settings(max_examples=15)
def test_the_package_and_its_runner_up_are_those_of_brute_force(problem):
    alternatives, importance = problem
    ranked = by_brute_force(alternatives, importance)
    path = pareto_package(alternatives, importance)

    def changed(picks):
        pairs = zip(alternatives.clauses, picks, strict=True)
        return tuple((clause, texts[v]) for (clause, texts), v in pairs if v)

    assert path.best.changed == changed(ranked[0][4])
    assert path.best.goals == pytest.approx((-ranked[0][0], -ranked[0][1]), abs=1e-6)
    if len(ranked) > 1:
        assert path.runner_up.changed == changed(ranked[1][4])
        assert path.tied == (ranked[0][:2] == ranked[1][:2])
    else:
        assert path.runner_up is None
    assert (path.impasse is not None) == (path.best.total < 1e-6)


@given(drawn(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_neither_names_nor_seating_decide_the_package(problem, random):
    alternatives, importance = problem
    order = list(range(len(alternatives.seats)))
    random.shuffle(order)
    moved = replace(
        alternatives,
        seats=tuple(f"z{i}" for i in order),
        views=tuple(tuple(tuple(row[i] for i in order) for row in texts) for texts in alternatives.views),
    )
    before = pareto_package(alternatives, importance)
    after = pareto_package(moved, {f"z{i}": importance[seat] for i, seat in enumerate(alternatives.seats)})
    assert before.best.changed == after.best.changed
    assert (before.runner_up and before.runner_up.changed) == (after.runner_up and after.runner_up.changed)
