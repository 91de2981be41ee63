"""How alike two answer: the worked vectors of consensus.md B13, and the General Assembly's roll calls."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from real_data import roll_calls

from deliberate.consensus.clusters import ideal_points
from deliberate.consensus.graph import (
    lijphart_agreement,
    similarity,
    similarity_kappa,
    similarity_pi,
    similarity_s,
)

NAN = np.nan
A, B = np.array([5.0, 4, 3, 1, 5, 2]), np.array([5.0, 5, 3, 2, 4, 1])
NINE, NINE_TOO = np.array([1.0, *[5] * 9]), np.array([*[5] * 9, 1.0])
x_of_levels = arrays(np.float64, (5, 7), elements=st.sampled_from([NAN, 1, 2, 3, 4, 5]))


def near(value):
    return pytest.approx(value, abs=5e-7)


def test_the_reference_pair_is_as_alike_as_the_reference_says():
    assert similarity_s(A, B) == near(0.666667)
    assert similarity_s(A, B, squared=True) == near(0.916667)
    assert similarity_kappa(A, B) == near(0.85)
    assert similarity_pi(A, B) == near(0.85)


def test_two_who_mostly_accept_are_alike_by_s_and_less_than_by_chance_by_kappa_and_pi():
    assert similarity_s(NINE, NINE_TOO) == near(0.6)
    assert similarity_kappa(NINE, NINE_TOO) == similarity_pi(NINE, NINE_TOO) == near(-0.111111)


def test_opposites_are_as_unlike_as_can_be():
    up, down = np.array([5.0, 1]), np.array([1.0, 5])
    assert similarity_s(up, down) == similarity_kappa(up, down) == similarity_pi(up, down) == -1


def test_who_holds_one_level_everywhere_has_no_kappa():
    constant = np.array([5.0, 5, 5])
    assert similarity_s(constant, constant) == 1
    assert similarity_kappa(constant, constant) is similarity_pi(constant, constant) is None


def test_one_who_abstains_is_half_agreed_with_after_lijphart():
    assert lijphart_agreement(np.array([1, 1, 0, 0.5, NAN, 1]), np.array([1, 0, 0, 1, 1, 0.5])) == near(0.6)
    assert lijphart_agreement(np.array([0.5]), np.array([0.5])) == 1


def test_a_clause_of_no_weight_does_not_count():
    weights = np.array([1.0, 1, 1, 0, 0, 0])
    assert similarity_s(A, B, weights=weights) == similarity_s(A[:3], B[:3])
    assert similarity_s(A, B, weights=np.zeros(6)) is None


def test_nothing_in_common_is_no_similarity():
    one, other = np.array([1.0, NAN]), np.array([NAN, 1.0])
    for measure in (similarity_s, similarity_kappa, similarity_pi, lijphart_agreement):
        assert measure(one, other) is None


@pytest.mark.parametrize("measure", ["s", "s2", "kappa", "pi"])
@given(x=x_of_levels)
def test_a_pair_among_many_is_as_alike_as_alone(measure, x):
    found = similarity(x, measure)
    alone = {
        "s": similarity_s,
        "s2": lambda a, b: similarity_s(a, b, squared=True),
        "kappa": similarity_kappa,
        "pi": similarity_pi,
    }[measure]
    for i, j in ((0, 1), (2, 4)):
        enough = (~np.isnan(x[i]) & ~np.isnan(x[j])).sum() >= 4
        expected = alone(x[i], x[j]) if enough else None
        assert (None if np.isnan(found[i, j]) else found[i, j]) == expected
    np.testing.assert_array_equal(found, found.T)


@given(arrays(np.float64, (2, 6), elements=st.integers(1, 5).map(float)))
def test_s_is_1_only_for_the_same_everywhere(x):
    assert (similarity_s(*x) == 1) == bool((x[0] == x[1]).all())


@given(arrays(np.float64, (2, 6), elements=st.integers(1, 5).map(float)))
def test_kappa_is_cohens_with_quadratic_weights(x):
    table = np.zeros((5, 5))
    np.add.at(table, (x[0].astype(int) - 1, x[1].astype(int) - 1), 1)
    weight = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    expected = (np.outer(table.sum(axis=1), table.sum(axis=0)) * weight).sum() / table.sum()
    found = similarity_kappa(*x)
    assert found == (pytest.approx(1 - (table * weight).sum() / expected) if expected else None)


@given(x_of_levels, st.permutations(range(5)), st.permutations(range(7)))
def test_similarity_does_not_depend_on_any_order(x, order, clauses):
    order, clauses = list(order), list(clauses)
    for measure in ("s", "kappa", "pi"):
        shuffled = similarity(x[order][:, clauses], measure)
        np.testing.assert_array_equal(shuffled, similarity(x, measure)[np.ix_(order, order)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: similarity(np.array([[1.0]]), "cosine"), "no measure"),
        (lambda: similarity_s(A, B + 1), "leave the scale"),
        (lambda: similarity_s(np.array([np.inf]), np.array([1.0])), "leave the scale"),
        (lambda: similarity_s(A, B, lo=5, hi=5), "no width"),
        (lambda: lijphart_agreement(np.array([0.2]), np.array([1.0])), "of votes"),
        (lambda: similarity_s(A, B, weights=np.ones(2)), "one weight for each clause"),
        (lambda: similarity_s(A, B, weights=-np.ones(6)), "one weight for each clause"),
        (lambda: similarity(np.stack((A, B)), "pi", weights=np.ones(6)), "only S weighs"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 0), (3, 0), (1, 5)])
def test_small_and_empty_tables_have_no_pairs(shape):
    found = similarity(np.full(shape, 3.0), "s")
    assert found.shape == (shape[0], shape[0])


REFERENCE = np.array([[5.0, 5, 4, 5], [4, 5, 4, 5], [3, 3, 3, 5], [2, 1, 2, 5], [1, 1, 2, 5]])


def test_ideal_points_are_those_of_the_reference():
    found = ideal_points(REFERENCE)
    assert found.theta == pytest.approx((1.2296, 0.9940, 0, -0.9940, -1.2296), abs=5e-5)
    assert found.share == near(0.977261)
    assert found.loadings[3] == 0


def test_an_anchor_turns_the_line():
    assert ideal_points(REFERENCE, anchor=4).theta == pytest.approx(
        tuple(-place for place in ideal_points(REFERENCE).theta)
    )


def test_who_says_nothing_stands_nowhere_and_who_says_little_near_the_middle():
    found = ideal_points(np.vstack((REFERENCE, [NAN] * 4, [NAN, NAN, 4, NAN])))
    assert found.theta[5] is None
    assert 0 < found.theta[6] < found.theta[1]


@pytest.mark.parametrize(
    "x",
    [np.zeros((0, 0)), np.full((3, 2), NAN), np.full((3, 2), 4.0), np.array([[5.0, 1]]), np.zeros((4, 0))],
)
def test_where_nothing_varies_there_is_no_line(x):
    assert ideal_points(x) is None


def test_infinity_has_no_place():
    with pytest.raises(ValueError, match="finite"):
        ideal_points(np.array([[np.inf, 1.0]]))


@given(st.permutations(range(5)), st.permutations(range(4)))
def test_the_line_does_not_depend_on_the_order_of_seating_or_of_the_clauses(order, clauses):
    order, clauses = list(order), list(clauses)
    before, after = ideal_points(REFERENCE), ideal_points(REFERENCE[order][:, clauses])
    assert after.theta == tuple(before.theta[row] for row in order)
    assert after.loadings.tolist() == before.loadings[clauses].tolist()
    assert f"{after.share:.9g}" == f"{before.share:.9g}"


def test_states_known_to_vote_alike_and_apart_do_so_in_sessions_70_to_72():
    members, x = roll_calls()
    assert x.shape == (193, 316)
    kappa = similarity(x, "kappa", 1, 3)

    def of(one, other):
        return kappa[members.index(one), members.index(other)]

    assert min(of("SE", "FI"), of("NO", "IS"), of("EE", "LV"), of("US", "IL")) > 0.7
    assert max(of("US", "CU"), of("IL", "SY"), of("US", "IR")) < 0
    pairs = np.triu_indices(193, 1)
    assert np.nanmedian(similarity(x, "s", 1, 3)[pairs]) > np.nanmedian(kappa[pairs]) + 0.2


def test_the_line_of_sessions_70_to_72_runs_from_those_who_vote_with_the_most_to_those_who_vote_alone():
    members, x = roll_calls()
    found = ideal_points(x, anchor=members.index("US"))
    place = dict(zip(members, found.theta, strict=True))
    assert 0.3 < found.share < 0.9
    assert max(place, key=place.get) in ("US", "IL")
    assert place["GB"] > place["SE"] > place["BR"] > place["CU"]
    assert place["CU"] < 0
