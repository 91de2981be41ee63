"""Cohesion, bounds, and the support of groups: exact, and unknown is never 0."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.agreement import (
    GroupCounts,
    acceptance_bounds,
    agreement_index,
    count,
    group_counts,
    lowest_groups,
    minimum_group_support,
    minimum_group_support_bounds,
    rice,
    supported_in_all_groups,
)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((8, 2, 0), (0.6, 0.7)),
        ((5, 5, 0), (0, 0.25)),
        ((5, 3, 2), (0.25, 0.25)),
        ((0, 0, 4), (None, 1)),
        ((1, 1, 1), (0, 0)),
        ((0, 0, 0), (None, None)),
        ((5, 1, 1), (0.666667, 0.571429)),
    ],
)
def test_rice_and_the_agreement_index(votes, expected):
    found = rice(*votes[:2]), agreement_index(*votes)
    assert found == pytest.approx(expected, abs=5e-7)


@given(*[st.integers(0, 200)] * 3)
def test_cohesion_stays_between_0_and_1(yes, no, abstain):
    found = [rice(yes, no), agreement_index(yes, no, abstain)]
    assert all(value is None or 0 <= value <= 1 for value in found)


@pytest.mark.parametrize("wrong", [-1, 1.5, math.nan, math.inf])
def test_what_is_no_number_of_votes_is_named(wrong):
    for measure in (
        lambda: rice(wrong, 1),
        lambda: agreement_index(1, wrong, 1),
        lambda: acceptance_bounds([wrong]),
    ):
        with pytest.raises(ValueError, match="whole number"):
            measure()


def test_bounds_from_counts_and_from_frequencies_are_the_same():
    assert acceptance_bounds(count(worked_clause().state, "op1")) == ((5, 8), (7, 8))
    assert acceptance_bounds([1, 0, 2, 1, 2], abstain=1, unknown=2) == ((5, 8), (7, 8))


def test_nobody_left_in_the_base_has_no_bounds():
    assert acceptance_bounds([]) is None
    assert acceptance_bounds([0, 0, 0, 0, 0], abstain=4) is None


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.integers(0, 9), st.integers(0, 9))
def test_bounds_hold_whatever_the_unknown_turn_out_to_hold(counts, abstain, unknown):
    bounds = acceptance_bounds(counts, abstain, unknown)
    if bounds is None:
        assert sum(counts) + unknown == 0
    else:
        lower, upper = (Fraction(*bound) for bound in bounds)
        accepting, base = sum(counts[2:]), sum(counts) + unknown
        possible = [Fraction(accepting + more, base) for more in range(unknown + 1)]
        assert lower == min(possible)
        assert upper == max(possible)


WORKED = {"A": GroupCounts(3, 3, 3), "B": GroupCounts(2, 2, 2), "C": GroupCounts(0, 1, 4, 1)}


def test_the_groups_of_the_worked_clause():
    assert group_counts(worked_clause().state, "op1", "ABC") == WORKED
    assert minimum_group_support(WORKED) == 0
    assert lowest_groups(WORKED) == ("C",)
    assert WORKED["C"].bounds == ((0, 3), (2, 3))
    assert minimum_group_support_bounds(WORKED) == ((0, 3), (2, 3))


def test_a_group_with_nobody_on_the_scale_is_unknown_and_never_0():
    groups = {"A": GroupCounts(2, 3, 3), "B": GroupCounts(0, 0, 4, 1)}
    assert minimum_group_support(groups) == pytest.approx(2 / 3)
    assert groups["B"].share is None
    assert lowest_groups(groups) == ("A",)
    assert supported_in_all_groups(groups, 2, 3) is None
    assert minimum_group_support_bounds(groups) == ((0, 3), (2, 3))


def test_without_groups_nothing_is_said():
    assert minimum_group_support({}) is None
    assert lowest_groups({}) == ()
    assert minimum_group_support_bounds({}) is None
    assert minimum_group_support_bounds({"A": GroupCounts(0, 0, 2, 2)}) is None
    assert supported_in_all_groups({}, 2, 3) is None


def test_a_group_of_nobody_has_no_share():
    meeting = Meeting().group("A").group("B").member("X", groups=("A",)).takes("op1", "X", "support")
    groups = group_counts(meeting.state, "op1", ["A", "B"])
    assert groups["B"] == GroupCounts(0, 0, 0)
    assert (groups["B"].share, groups["B"].bounds) == (None, None)
    assert minimum_group_support(groups) == 1


def test_one_group_that_falls_short_is_enough_whatever_is_unknown():
    groups = {"A": GroupCounts(1, 3, 3), "B": GroupCounts(0, 0, 4)}
    assert supported_in_all_groups(groups, 2, 3) is False


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 7), st.integers(1, 7))
def test_support_at_a_threshold_is_exact(accepting, others, num, more):
    den, on = num + more, accepting + others
    found = supported_in_all_groups({"A": GroupCounts(accepting, on, on)}, num, den)
    assert found is (None if on == 0 else Fraction(accepting, on) >= Fraction(num, den))


@pytest.mark.parametrize("wrong", [(4, 3, 5), (-1, 3, 5), (1, 3, 2), (1, 3, 3, 1)])
def test_counts_of_a_group_that_do_not_add_up_are_refused(wrong):
    with pytest.raises(ValueError, match="add up"):
        GroupCounts(*wrong)


@pytest.mark.parametrize("share", [(1, 0), (4, 3), (-1, 3)])
def test_what_is_no_share_is_named(share):
    with pytest.raises(ValueError, match="no share"):
        supported_in_all_groups(WORKED, *share)


def test_counting_some_seats_leaves_out_who_is_no_member():
    meeting = worked_clause().observer("ACME").takes("op1", "ACME", "support")
    counts = count(meeting.state, "op1", ["ACME", "C1", "A1"])
    assert counts.members == 2
    assert counts.levels == (1, 0, 0, 0, 1)
