"""What Polis computes: the vectors of the reference, and the properties of its pseudocounts."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.consensus.agreement import (
    comment_priority,
    group_aware_consensus,
    group_aware_consensus_geometric_mean,
    majority_comments,
    representative_comments,
    representativeness,
)

some_groups = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6)


@st.composite
def triples(draw):
    agree, disagree, passed = draw(st.tuples(*[st.integers(0, 30)] * 3))
    return agree, disagree, agree + disagree + passed


@pytest.mark.parametrize(
    ("groups", "gac", "mean"),
    [
        ([(9, 0, 10), (4, 1, 5)], 0.595238, 0.771517),
        ([(9, 0, 10), (0, 5, 5)], 0.119048, None),
        ([(0, 0, 0), (0, 0, 0)], 0.25, 0.5),
        ([(3, 0, 3)] * 3, 0.512, 0.8),
        ([(8, 0, 8)], 0.9, 0.9),
        ([(3, 0, 3), (2, 0, 2), (0, 1, 3)], 0.12, 0.493242),
    ],
)
def test_group_aware_consensus(groups, gac, mean):
    agree, _, seen = zip(*groups, strict=True)
    assert group_aware_consensus(agree, seen) == pytest.approx(gac, abs=5e-7)
    if mean is not None:
        assert group_aware_consensus_geometric_mean(agree, seen) == pytest.approx(mean, abs=5e-7)


@given(some_groups, st.data())
def test_it_lies_between_0_and_1_and_rises_with_every_agreement(groups, data):
    agree, seen = [a for a, _ in groups], [a + more for a, more in groups]
    before = group_aware_consensus(agree, seen)
    assert 0 < before < 1
    one = data.draw(st.integers(0, len(groups) - 1))
    agree[one], seen[one] = agree[one] + 1, max(seen[one], agree[one] + 1)
    if seen[one] == groups[one][0] + groups[one][1]:  # somebody who had voted otherwise
        assert group_aware_consensus(agree, seen) > before


@given(some_groups, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups, random):
    pairs = [(a, a + more) for a, more in groups]
    before = group_aware_consensus(*zip(*pairs, strict=True))
    random.shuffle(pairs)
    assert group_aware_consensus(*zip(*pairs, strict=True)) == before


def test_as_many_again_of_each_does_change_it():
    assert group_aware_consensus([3, 3], [3, 3]) < group_aware_consensus([6, 6], [6, 6])


def test_without_a_group_there_is_none():
    assert group_aware_consensus([], []) is None
    assert group_aware_consensus_geometric_mean([], []) is None


@pytest.mark.parametrize(
    ("agree", "seen"), [([1], [1, 2]), ([3], [2]), ([-1], [2]), ([math.nan], [2]), ([0.5], [2])]
)
def test_votes_that_do_not_add_up_are_named(agree, seen):
    with pytest.raises(ValueError, match=r"groups|more|whole number"):
        group_aware_consensus(agree, seen)


def test_the_first_vector_of_representativeness():
    found = representativeness((8, 1, 10), (2, 6, 9))
    assert found.agree.p == 0.75
    assert found.agree.ratio == pytest.approx(2.75)
    assert found.agree.p_test == pytest.approx(2.110579, abs=5e-7)
    assert found.agree.ratio_test == pytest.approx(2.396494, abs=5e-7)
    assert found.metric == pytest.approx(10.432105, abs=5e-7)
    assert found.direction == "agree"
    assert found.passes


def test_the_other_vectors_of_representativeness():
    small = representativeness((3, 0, 3), (1, 2, 4))
    assert small.agree.ratio_test == pytest.approx(1.897367, abs=5e-7)
    assert small.agree.p_test == pytest.approx(2)
    assert small.passes
    alike = representativeness((5, 0, 5), (5, 0, 5))
    assert alike.agree.ratio_test == 0
    assert not alike.passes


@given(triples(), triples())
def test_to_agree_and_to_disagree_are_two_sides_of_the_same(inside, rest):
    found = representativeness(inside, rest)
    turned = representativeness((inside[1], inside[0], inside[2]), (rest[1], rest[0], rest[2]))
    assert (found.agree, found.disagree) == (turned.disagree, turned.agree)
    assert found.passes == turned.passes
    assert math.isfinite(found.metric)


def test_votes_on_a_statement_that_do_not_add_up_are_named():
    with pytest.raises(ValueError, match="more than the 2 who voted"):
        representativeness((2, 1, 2), (0, 0, 0))
    with pytest.raises(ValueError, match="three numbers"):
        representativeness((2, 1), (0, 0, 0))


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((1, 0, 1, 0), 12.529726),
        ((20, 3, 20, 0), 1.372383),
        ((18, 3, 20, 1), 4.493699),
        ((0, 0, 0, 0), 5.0625),
    ],
)
def test_priority(votes, expected):
    assert comment_priority(*votes) == pytest.approx(expected, abs=5e-7)


def test_a_statement_about_the_conversation_has_the_priority_of_7_squared():
    assert comment_priority(3, 1, 5, 0.2, meta=True) == 49


@pytest.mark.parametrize("extremity", [-0.1, math.nan, math.inf])
def test_an_extremity_that_is_no_length_is_named(extremity):
    with pytest.raises(ValueError, match="length"):
        comment_priority(1, 0, 1, extremity)


FOR, LESS, AGAINST, COMMON = (
    representativeness((9, 0, 10), (1, 8, 10)),
    representativeness((8, 1, 10), (2, 6, 9)),
    representativeness((0, 9, 10), (9, 0, 10)),
    representativeness((10, 0, 10), (10, 0, 10)),
)


def test_statements_for_a_group_are_ranked_and_those_to_agree_with_come_first():
    found = representative_comments({"less": LESS, "against": AGAINST, "for": FOR})
    assert found == [("for", "agree"), ("less", "agree"), ("against", "disagree")]


def test_at_most_five_stand_for_a_group():
    many = dict.fromkeys(range(9), FOR)
    assert [key for key, _ in representative_comments(many)] == [0, 1, 2, 3, 4]


def test_when_nothing_sets_a_group_apart_it_is_still_told_what_it_agrees_on():
    assert representative_comments({"common": COMMON}) == [("common", "disagree")]
    quiet = representativeness((0, 0, 3), (0, 0, 3))
    assert representative_comments({"quiet": quiet}) == [("quiet", "disagree")]
    assert representative_comments({}) == []


def test_the_majority_agrees_and_disagrees():
    votes = {"a": (9, 0, 10), "b": (5, 5, 10), "c": (1, 19, 20), "d": (30, 1, 40)}
    assert majority_comments(votes) == (["d", "a"], ["c"])


@given(triples())
def test_no_statement_is_the_majority_on_both_sides(votes):
    agreed, disagreed = majority_comments({"it": votes})
    assert not (agreed and disagreed)
    if agreed:
        assert Fraction(votes[0] + 1, votes[2] + 2) > Fraction(1, 2)
