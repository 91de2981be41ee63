"""Convergence between rounds: the vectors of the reference, scipy, and advice that asks for stability first."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from deliberate.consensus.rounds import (
    Advice,
    Distribution,
    Effect,
    coefficient_of_variation,
    convergence,
    distribution,
    gross_movers,
    interquartile_range,
    net_change,
    paired,
    spearman,
    stopping_advice,
    weighted_kappa,
    wilcoxon,
)

NAN = math.nan
FIRST = [1, 2, 2, 3, 4, 5, 5, 3, 2, 4]
SECOND = [2, 3, 3, 3, 4, 4, 5, 3, 3, 4]

a_level = st.sampled_from([NAN, 1.0, 2.0, 3.0, 4.0, 5.0])
two_rounds = st.lists(st.tuples(a_level, a_level), max_size=12).map(
    lambda rows: tuple(zip(*rows, strict=True)) or ((), ())
)


def test_the_vectors_of_the_reference():
    assert (interquartile_range(FIRST), interquartile_range(SECOND)) == (2, 1)
    assert coefficient_of_variation(FIRST) == pytest.approx(0.442039, abs=5e-7)
    assert coefficient_of_variation(SECOND) == pytest.approx(0.248022, abs=5e-7)
    assert net_change(FIRST, SECOND) == 0.4
    assert gross_movers(FIRST, SECOND) == 0.5
    assert spearman(FIRST, SECOND) == pytest.approx(0.931272, abs=5e-7)
    assert weighted_kappa(FIRST, SECOND) == pytest.approx(0.793388, abs=5e-7)
    assert weighted_kappa(FIRST, SECOND, "linear") == pytest.approx(0.603175, abs=5e-7)
    test = wilcoxon(FIRST, SECOND)
    assert (test.statistic, test.p) == (3, 0.375)


def test_all_of_it_at_once():
    found = convergence([*FIRST, NAN, 5], [*SECOND, 1, NAN])
    assert (found.on_before, found.on_after, found.pairs) == (11, 11, 10)
    assert found.iqr.delta == -1
    assert found.cv.delta == pytest.approx(0.248022 - 0.442039, abs=1e-6)
    assert (found.leik.before, found.leik.after) == pytest.approx((0.45, 0.7))
    assert found.agr.delta == pytest.approx(found.agr.after - found.agr.before)
    assert (found.net_change, found.gross_movers, found.stable) == (0.4, 0.5, False)


def test_only_those_on_the_scale_in_both_rounds_are_paired():
    assert [levels.tolist() for levels in paired([5, NAN, 1, NAN], [4, 2, NAN, NAN])] == [[5], [4]]


def test_identical_rounds_change_nothing_and_warn_of_nothing():
    found = convergence(FIRST, FIRST)
    assert (found.net_change, found.gross_movers, found.kappa, found.spearman) == (0, 0, 1, pytest.approx(1))
    assert (found.wilcoxon.statistic, found.wilcoxon.p) == (0, 1)


def test_the_same_from_everybody_has_no_kappa_and_no_correlation():
    found = convergence([5, 5, 5], [5, 5, 5])
    assert (found.kappa, found.spearman, found.cv.delta) == (None, None, 0)
    assert found.stable


@pytest.mark.parametrize(("before", "after"), [([], []), ([NAN], [3]), ([3, NAN], [NAN, 3])])
def test_nobody_in_both_rounds_gives_no_measure(before, after):
    found = convergence(before, after)
    assert found.pairs == 0
    assert (found.net_change, found.gross_movers, found.kappa, found.spearman, found.wilcoxon) == (None,) * 5
    assert (found.iqr.delta, found.cv.delta, found.leik.delta, found.agr.delta) == (None,) * 4
    assert not found.stable


def test_one_pair_has_a_change_and_no_spread():
    found = convergence([2], [4])
    assert (found.net_change, found.gross_movers, found.spearman, found.cv.before) == (1, 1, None, None)
    assert found.kappa == 0


@given(two_rounds)
def test_net_change_is_never_more_than_the_movers(rounds):
    net, gross = net_change(*rounds), gross_movers(*rounds)
    assert (net is None) == (gross is None)
    if net is not None:
        assert 0 <= net <= gross <= 1
        assert net_change(*rounds[::-1]) == net


@given(two_rounds)
def test_quadratic_kappa_is_one_less_the_square_distance_over_what_variances_and_means_make(rounds):
    """Häge's form of it, an independent way to the same number."""
    a, b = paired(*rounds)
    found = weighted_kappa(a, b)
    if len(a) == 0 or (apart := a.var() + b.var() + (a.mean() - b.mean()) ** 2) == 0:
        assert found is None
    else:
        assert found == pytest.approx(1 - ((a - b) ** 2).mean() / apart, abs=1e-9)


@given(two_rounds)
def test_spearman_is_pearson_of_ranks(rounds):
    a, b = paired(*rounds)
    found = spearman(a, b)
    if found is not None:
        expected = np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1]
        assert found == pytest.approx(expected, abs=1e-9)


@given(two_rounds)
def test_wilcoxon_is_the_smaller_of_the_two_sums_of_ranks(rounds):
    a, b = paired(*rounds)
    change = (b - a)[a != b]
    found = wilcoxon(a, b)
    if len(a):
        ranks = stats.rankdata(np.abs(change))
        assert found.statistic == min(ranks[change > 0].sum(), ranks[change < 0].sum())
        assert 0 <= found.p <= 1


@settings(max_examples=20)
@given(st.lists(st.integers(-4, 4).filter(bool), min_size=2, max_size=8))
def test_the_p_of_wilcoxon_is_that_of_all_ways_that_the_changes_could_go(changes):
    expected = stats.wilcoxon(changes, method=stats.PermutationMethod())
    found = wilcoxon(np.maximum(0, np.negative(changes)), np.maximum(0, changes), lo=0)
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize("n", [40, 60])
def test_the_p_of_wilcoxon_without_ties_is_that_of_scipy(n):
    signs = np.where(np.arange(n) % 3, 1, -1)
    changes = np.random.default_rng(7).permutation(np.arange(1, n + 1)) * signs
    expected = stats.wilcoxon(changes, method="exact" if n <= 50 else "asymptotic")
    found = wilcoxon(np.maximum(0, -changes), np.maximum(0, changes), lo=0, hi=n)
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [([6], "leave the scale"), ([math.inf], "infinity"), ([[1]], "one axis"), ([1, 2], "same")],
)
def test_what_is_no_round_is_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        net_change(wrong, [1])


def test_a_level_between_two_levels_is_named():
    with pytest.raises(ValueError, match="between two levels"):
        convergence([2.5], [3])


def test_weights_that_are_none_are_named():
    with pytest.raises(ValueError, match="weights"):
        weighted_kappa([1], [1], "cubic")


@pytest.mark.parametrize(
    ("counts", "case"),
    [
        ((9, 0, 0), Distribution.UNANIMITY),
        ((5, 1, 3), Distribution.MAJORITY),
        ((4, 0, 4), Distribution.BIPOLARITY),
        ((4, 3, 2), Distribution.PLURALITY),
        ((4, 2, 2), Distribution.PLURALITY),
        ((3, 3, 3), Distribution.DISAGREEMENT),
        ((3, 3, 2), Distribution.DISAGREEMENT),
        ((0, 0, 0), None),
    ],
)
def test_the_five_cases_of_stable_answers(counts, case):
    assert distribution(counts) is case


def test_no_case_is_called_consensus():
    assert all("consensus" not in case.value for case in (*Distribution, *Advice, *Effect))


def test_one_stable_step_is_not_enough():
    told = stopping_advice([FIRST, SECOND, SECOND])
    assert (told.advice, told.stable_steps, told.case) == (Advice.CONTINUE, 1, None)
    assert stopping_advice([FIRST, SECOND, SECOND, SECOND]).advice is Advice.SMALL_GROUP
    assert stopping_advice([FIRST, SECOND, SECOND], stable_steps=1).advice is Advice.SMALL_GROUP


def test_two_who_change_places_are_not_stable_though_the_net_change_is_0():
    told = stopping_advice([[1, 5], [5, 1], [1, 5]])
    assert told.steps[0].net_change == 0
    assert told.advice is Advice.CONTINUE


def test_stable_with_all_joining_stops():
    told = stopping_advice([[5, 4, 3, 3]] * 3)
    assert (told.advice, told.case, told.leading) == (Advice.STOP, Distribution.UNANIMITY, (Effect.JOINS,))


def test_stable_disagreement_goes_to_a_small_group():
    told = stopping_advice([[5, 4, 1, 1]] * 3)
    assert (told.advice, told.case, told.counts) == (Advice.SMALL_GROUP, Distribution.BIPOLARITY, (2, 0, 2))
    assert told.leading == (Effect.JOINS, Effect.OBJECTS)
    assert stopping_advice([[1, 1]] * 3).advice is Advice.SMALL_GROUP


def test_a_step_over_a_revision_never_counts_as_stable():
    told = stopping_advice([SECOND] * 4, revised=[False, False, True])
    assert (told.advice, told.stable_steps, told.steps[-1].revised) == (Advice.CONTINUE, 0, True)
    assert stopping_advice([SECOND] * 4, revised=[True, False, False]).stable_steps == 2


def test_15_percent_is_no_longer_stable():
    before = [5] * 20
    assert convergence(before, [4] * 2 + [5] * 18).stable
    assert not convergence(before, [4] * 3 + [5] * 17).stable


@pytest.mark.parametrize("rounds", [[], [FIRST], [[NAN], [NAN]], [[1, NAN], [NAN, 1]]])
def test_without_two_rounds_of_anybody_there_is_no_advice(rounds):
    assert stopping_advice(rounds).advice is Advice.NO_DATA


def test_what_does_not_fit_the_rounds_is_named():
    with pytest.raises(ValueError, match="1 steps between them"):
        stopping_advice([FIRST, SECOND], revised=[])
    with pytest.raises(ValueError, match="at least one step"):
        stopping_advice([FIRST, SECOND], stable_steps=0)
