"""How far a room is from clean sides: the worked vectors of consensus.md B15, and brute force."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_data import roll_calls

from deliberate.consensus.graph import (
    frustration,
    frustration_index,
    network,
    signed_modularity,
    triangle_balance,
)
from deliberate.consensus.graph.frustrated import solve
from deliberate.consensus.matrix import Matrix


def signed(nodes, positive="", negative=""):
    """A signed graph from pairs of letters."""
    weights = np.zeros((nodes, nodes))
    for pairs, sign in ((positive, 1.0), (negative, -1.0)):
        for one, other in pairs.split():
            i, j = ord(one) - ord("A"), ord(other) - ord("A")
            weights[i, j] = weights[j, i] = sign
    return weights


TWO_PAIRS = signed(4, "AB CD", "AC AD BC BD")
ALONE = signed(4, "AB BC", "AC AD BD CD")
ALL_NEGATIVE = signed(4, "", "AB AC AD BC BD CD")

signs = st.integers(3, 9).flatmap(
    lambda n: st.lists(st.sampled_from((-2.0, -1.0, 0.0, 0.5, 1.0)), min_size=n * n, max_size=n * n).map(
        lambda cells: np.triu(np.reshape(cells, (n, n)), 1) + np.triu(np.reshape(cells, (n, n)), 1).T
    )
)


def least_cost(weights):
    """By trying every division."""
    i, j = np.nonzero(np.triu(weights, 1))
    ties = weights[i, j]
    return min(
        sum(abs(tie) for tie, across in zip(ties, side[i] != side[j], strict=True) if across == (tie > 0))
        for side in map(np.array, product((0, 1), repeat=len(weights)))
    )


def test_signed_modularity_is_that_of_the_reference():
    assert signed_modularity(TWO_PAIRS, [0, 0, 1, 1]) == pytest.approx(0.5)
    assert signed_modularity(TWO_PAIRS, [0, 0, 0, 0]) == pytest.approx(0)
    assert signed_modularity(TWO_PAIRS, [0, 1, 2, 3]) == pytest.approx(0.083333, abs=5e-7)
    assert signed_modularity(np.zeros((3, 3)), [0, 0, 1]) is None


def test_balance_and_frustration_are_those_of_the_reference():
    assert triangle_balance(ALONE) == 2 / 4
    found = frustration(ALONE)
    assert (found.lower, found.upper, found.total, found.exact) == (1, 1, 6, True)
    assert found.sides.tolist() == [False, False, False, True]  # D alone; the tie AC is overlooked
    assert (triangle_balance(TWO_PAIRS), frustration_index(TWO_PAIRS)) == (1, 0)
    assert frustration_index(ALL_NEGATIVE) == 2
    assert frustration(ALL_NEGATIVE).balance == pytest.approx(0.3333, abs=5e-5)


def test_without_ties_or_triangles_there_is_nothing_to_balance():
    for weights in (np.zeros((0, 0)), np.zeros((1, 1)), np.zeros((4, 4))):
        assert triangle_balance(weights) is frustration(weights) is frustration_index(weights) is None
    assert triangle_balance(signed(3, "AB", "BC")) is None
    assert frustration_index(signed(3, "AB", "BC")) == 0


@given(signs, st.booleans())
@settings(max_examples=40)
def test_frustration_is_what_brute_force_finds(weights, weighted):
    counted = weights if weighted else np.sign(weights)
    found = frustration(weights, weighted)
    if found is None:
        assert not weights.any()
        return
    assert found.exact
    assert found.upper == pytest.approx(least_cost(counted))
    i, j = np.nonzero(np.triu(counted, 1))
    across = found.sides[i] != found.sides[j]
    assert np.abs(counted[i, j])[across == (counted[i, j] > 0)].sum() == pytest.approx(found.upper)


@given(signs)
@settings(max_examples=20)
def test_the_integer_program_alone_finds_it_too(weights):
    if weights.any():
        lower, cost, _ = solve(weights, work=10_000)
        assert lower == cost == pytest.approx(least_cost(weights))


@given(signs, st.data())
@settings(max_examples=25)
def test_frustration_does_not_depend_on_any_order(weights, data):
    order = data.draw(st.permutations(range(len(weights))))
    assert frustration_index(weights[np.ix_(order, order)]) == frustration_index(weights)


@given(signs, st.data())
def test_balance_does_not_change_when_somebody_turns_every_tie_round(weights, data):
    turned = weights.copy()
    node = data.draw(st.integers(0, len(weights) - 1))
    turned[node] *= -1
    turned[:, node] *= -1
    assert triangle_balance(turned) == triangle_balance(weights)


def room(count, clauses, seed):
    codes = np.random.default_rng(seed).integers(1, 6, (count, clauses)).astype(np.int8)
    names = tuple(map(str, range(count))), tuple(map(str, range(clauses)))
    return network(Matrix(*names, codes, (codes > 0).astype(np.int8)))


def test_forty_who_hold_anything_are_solved_exactly():
    found = frustration(room(40, 11, 5).signed)
    assert found.exact
    assert 0 < found.balance < 1


def test_above_that_size_the_bounds_are_labelled_and_hold_what_is_known():
    found = frustration(room(90, 6, 2).signed)
    assert found.lower < found.upper
    assert not found.exact
    assert found.balance is None
    assert frustration_index(room(90, 6, 2).signed) is None


def test_a_search_that_reaches_its_limit_gives_a_bound_and_the_same_one_again():
    coin = np.triu(np.random.default_rng(1).choice((-1.0, 1.0), (16, 16)), 1)
    coin = coin + coin.T
    bounds = {solve(coin, work=1)[:2] for _ in range(2)}
    assert len(bounds) == 1
    lower, cost = bounds.pop()
    assert lower <= frustration_index(coin) <= cost


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.array([[0, np.nan], [np.nan, 0]]), "finite"),
        (np.array([[0, np.inf], [np.inf, 0]]), "finite"),
        (np.array([[0.0, 1], [0, 0]]), "mutual"),
        (np.eye(2), "nobody is tied to itself"),
        (np.zeros((2, 3)), "n × n"),
    ],
)
def test_what_is_no_network_is_refused(weights, message):
    for measure in (frustration, triangle_balance, lambda x: signed_modularity(x, [0, 0])):
        with pytest.raises(ValueError, match=message):
            measure(weights)


def test_the_general_assembly_is_close_to_two_sides():
    members, x = roll_calls()
    codes = np.nan_to_num(x).astype(np.int8)
    calls = tuple(map(str, range(codes.shape[1])))
    net = network(Matrix(tuple(members), calls, codes, (codes > 0).astype(np.int8), lo=1, hi=3))
    found = frustration(net.signed)
    assert triangle_balance(net.signed) > 0.95
    assert found.upper / found.total < 0.05
