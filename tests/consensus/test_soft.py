"""Soft consensus and proximity: the vectors of the reference, brute force, and advice that names who and where."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deliberate.consensus.agreement import (
    Move,
    moves_towards_the_room,
    preference_consensus,
    proximity,
    soft_consensus,
    soft_consensus_by_clause,
)

NAN = math.nan
ROWS = [[5, 4, 3], [5, 2, 1], [1, 3, NAN]]

levels = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.sampled_from([NAN, 1, 2, 3, 4, 5]),
)


def relation(p12, p13, p23):
    return [[0.5, p12, p13], [1 - p12, 0.5, p23], [1 - p13, 1 - p23, 0.5]]


def test_the_vector_of_levels():
    assert soft_consensus_by_clause(ROWS) == pytest.approx((1 / 3, 2 / 3, 1 / 2))
    assert soft_consensus(ROWS) == pytest.approx(0.5)
    assert proximity(ROWS) == pytest.approx((0.722222, 0.722222, 0.666667), abs=5e-7)


def test_two_who_hold_the_same_and_two_at_the_ends():
    assert soft_consensus([[5, 2], [5, 2]]) == 1
    assert soft_consensus([[5], [1]]) == 0


def test_the_vector_of_preference_relations():
    found = preference_consensus([relation(0.8, 0.6, 0.3), relation(0.6, 0.7, 0.4), relation(0.1, 0.3, 0.8)])
    assert found.by_alternative == pytest.approx((0.633333, 0.6, 0.7), abs=5e-7)
    assert found.relation == pytest.approx(0.644444, abs=5e-7)
    assert found.proximity == pytest.approx((0.811111, 0.877778, 0.688889), abs=5e-7)


@given(levels)
def test_the_likeness_on_a_clause_is_the_mean_over_pairs(x):
    for column, found in zip(x.T, soft_consensus_by_clause(x), strict=True):
        held = column[~np.isnan(column)]
        pairs = [1 - abs(a - b) / 4 for a, b in itertools.combinations(held, 2)]
        assert (found is None) == (not pairs)
        assert found is None or found == pytest.approx(np.mean(pairs))


@given(levels, st.randoms(use_true_random=False))
def test_it_does_not_depend_on_who_is_where(x, random):
    rows, columns = list(range(x.shape[0])), list(range(x.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert soft_consensus(x[rows][:, columns]) == soft_consensus(x)
    assert proximity(x[rows][:, columns]) == tuple(proximity(x)[row] for row in rows)


@pytest.mark.parametrize("x", [[], [[]], [[5, 4]], [[NAN], [4]]])
def test_nobody_to_compare_with_is_none(x):
    assert soft_consensus(x) is None
    assert all(value is None for value in proximity(x))
    assert moves_towards_the_room(x, 1) == ()


def test_a_level_off_the_scale_is_named():
    with pytest.raises(ValueError, match="leave the scale from 1 to 5"):
        soft_consensus([[0, 5]])
    with pytest.raises(ValueError, match="no width"):
        soft_consensus([[1, 1]], lo=1, hi=1)


def test_advice_names_who_is_far_on_which_clause_and_which_way():
    assert moves_towards_the_room([[5, 5], [5, 5], [5, 1]], 0.9) == (Move(2, 1, "up"),)
    assert moves_towards_the_room([[1, 1], [1, 1], [1, 5]], 0.9) == (Move(2, 1, "down"),)


def test_a_text_that_is_alike_enough_asks_nothing_of_anybody():
    assert moves_towards_the_room([[5, 5], [5, 5], [5, 1]], 0.5) == ()


def test_the_median_may_stand_for_the_room():
    assert proximity([[5], [5], [1]], "median") == (1, 1, 0)
    with pytest.raises(ValueError, match="centre"):
        proximity([[5], [4]], "mode")


@pytest.mark.parametrize("p", [np.full((1, 2, 2), 0.5), np.full((3, 1, 1), 0.5)])
def test_one_expert_or_one_alternative_makes_no_consensus(p):
    assert preference_consensus(p) is None


@pytest.mark.parametrize(
    "p", [[[0.5]], np.full((2, 2, 3), 0.5), np.full((2, 2, 2), 1.5), np.full((2, 2, 2), NAN)]
)
def test_what_is_no_preference_relation_is_named(p):
    with pytest.raises(ValueError, match=r"square|between 0 and 1"):
        preference_consensus(p)
