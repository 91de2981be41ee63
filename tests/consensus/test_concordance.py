"""Krippendorff's alpha and Kendall's W: printed vectors, other ways to compute them, and their edges."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from deliberate.consensus.agreement import kendall_w, krippendorff_alpha

NAN = math.nan
TEXTBOOK = [  # Krippendorff's own example: four coders, twelve units
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]
ORDERS = [[5, 4, 3, 1], [5, 4, 2, 1], [4, 4, 3, 2]]

levels = arrays(
    np.float64,
    st.tuples(st.integers(2, 5), st.integers(1, 5)),
    elements=st.sampled_from([NAN, 1, 2, 3, 4, 5]),
)


@pytest.mark.parametrize(
    ("level", "expected"), [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107)]
)
def test_the_textbook_example(level, expected):
    assert krippendorff_alpha(TEXTBOOK, level) == pytest.approx(expected, abs=5e-7)


def test_the_vectors_of_the_reference():
    assert krippendorff_alpha(ORDERS) == pytest.approx(0.885417, abs=5e-7)
    assert krippendorff_alpha([[5, 1], [1, 5]]) == pytest.approx(-0.5)


def by_pairs(x, level):
    """Alpha from its definition: every pair within a unit against every pair there could be."""
    units = [column[~np.isnan(column)].tolist() for column in np.asarray(x).T]
    units = [unit for unit in units if len(unit) > 1]
    values = sorted(itertools.chain(*units))
    n = len(values)

    def distance(c, k):
        if level == "nominal":
            return float(c != k)
        if level == "interval":
            return (c - k) ** 2
        lo, hi = min(c, k), max(c, k)
        between = sum(lo <= value <= hi for value in values)
        return (between - (values.count(c) + values.count(k)) / 2) ** 2

    seen = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units
    )
    chance = sum(distance(a, b) for a, b in itertools.permutations(values, 2)) / max(1, n - 1)
    return None if chance == 0 else 1 - seen / chance


@given(levels, st.sampled_from(["nominal", "ordinal", "interval"]))
def test_alpha_is_what_its_definition_says(x, level):
    found, expected = krippendorff_alpha(x, level), by_pairs(x, level)
    assert (found is None) == (expected is None)
    assert found is None or found == pytest.approx(expected, abs=1e-9)


@given(levels, st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_any_order(x, random):
    rows, columns = list(range(x.shape[0])), list(range(x.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert krippendorff_alpha(x[rows][:, columns]) == krippendorff_alpha(x)


@given(levels)
def test_ordinal_alpha_knows_only_the_order_of_levels(x):
    assert krippendorff_alpha(x**3) == krippendorff_alpha(x)


@pytest.mark.parametrize("x", [[], [[]], [[5, 4]], [[5], [5]], [[5, NAN], [NAN, 4]], [[NAN], [NAN]]])
def test_alpha_without_anything_that_varies_in_pairs_is_none(x):
    assert krippendorff_alpha(x) is None


def test_alpha_names_what_it_cannot_take():
    with pytest.raises(ValueError, match="infinity"):
        krippendorff_alpha([[1, math.inf], [1, 2]])
    with pytest.raises(ValueError, match="two axes"):
        krippendorff_alpha([1, 2])
    with pytest.raises(ValueError, match="level of measurement"):
        krippendorff_alpha([[1, 2], [1, 2]], "ratio")


def test_the_vectors_of_kendall():
    assert kendall_w([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) == 1
    assert kendall_w([[1, 2, 3], [3, 2, 1]]) == 0
    assert kendall_w(ORDERS) == pytest.approx(0.977011, abs=5e-7)


@given(arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(3, 6)), elements=st.integers(1, 5)))
def test_w_is_the_chi_square_of_friedman_scaled(x):
    m, n = x.shape
    if (x == x[:, :1]).all():  # scipy divides by zero where everybody ties everything
        assert kendall_w(x) is None
    else:
        expected = stats.friedmanchisquare(*x.T).statistic / (m * (n - 1))
        assert kendall_w(x) == pytest.approx(expected, abs=1e-9)


@given(arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.integers(1, 5)))
def test_w_is_the_same_for_the_opposite_of_every_rank(x):
    assert kendall_w(-x) == kendall_w(x)


@pytest.mark.parametrize("x", [[], [[1, 2, 3]], [[1], [2]], [[2, 2], [2, 2]], [[1, 2], [2, NAN]]])
def test_w_of_one_ranking_one_item_or_ties_alone_is_none(x):
    assert kendall_w(x) is None


def test_an_incomplete_ranking_is_left_out():
    assert kendall_w([*ORDERS, [1, NAN, 3, 4]]) == kendall_w(ORDERS)
