"""Counts and the computed status: one objection always shows, silence has no level, a stale acceptance never counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.agreement import acceptance_bounds, clause_status, count
from deliberate.state import State
from deliberate.vocabulary import (
    ACCEPTING,
    GroupKind,
    Nature,
    Outcome,
    RuleAnswer,
    Stance,
    StatusCode,
)

ORDER = list(StatusCode)
"""From the first that is shown to the last: a status improves when it comes later."""

SEATS = ["A", "B", "C", "D", "E"]
positions = st.lists(st.sampled_from([None, *Stance]), min_size=5, max_size=5)


def status(state: State, clause: str = "op1") -> StatusCode:
    return clause_status(state, clause, count(state, clause))


def meeting_of(stances: list[Stance | None]) -> Meeting:
    held = {seat: stance for seat, stance in zip(SEATS, stances, strict=True) if stance}
    return Meeting().member(*SEATS).opens_round().take("op1", held)


def test_the_worked_clause_counts_as_in_the_reference():
    counts = count(worked_clause().state, "op1")
    assert counts.levels == (1, 0, 2, 1, 2)
    assert (counts.n_on, counts.accepting, counts.abstain, counts.pending, counts.none) == (6, 5, 1, 1, 1)
    assert (counts.objections, counts.awaiting, counts.not_heard) == (("C1",), ("C3",), ("C4",))
    assert acceptance_bounds(counts) == ((5, 8), (7, 8))


def test_the_worked_clause_is_objected_before_and_after_a_substantive_revision():
    meeting = worked_clause()
    assert status(meeting.state) is StatusCode.OBJECTED
    meeting.revises("op1")
    counts = count(meeting.state, "op1")
    assert status(meeting.state) is StatusCode.OBJECTED
    assert (counts.stale, counts.accepting, counts.objections) == (5, 0, ("C1",))
    assert acceptance_bounds(counts) == ((0, 8), (7, 8))


@given(positions)
def test_one_objection_always_shows(stances):
    meeting = meeting_of(stances)
    assert (status(meeting.state) is StatusCode.OBJECTED) == (Stance.OBJECT in stances)


@given(positions, st.sampled_from(SEATS))
def test_a_status_never_improves_by_adding_an_objection(stances, seat):
    meeting = meeting_of(stances)
    before = ORDER.index(status(meeting.state))
    meeting.takes("op1", seat, Stance.OBJECT)
    assert ORDER.index(status(meeting.state)) <= before


@given(positions, st.sampled_from(SEATS), st.sampled_from(sorted(ACCEPTING)))
def test_a_status_never_improves_by_a_stale_support(stances, seat, acceptance):
    stances[SEATS.index(seat)] = None
    without = meeting_of(stances).revises("op1")
    meeting = meeting_of(stances).takes("op1", seat, acceptance).revises("op1")
    assert ORDER.index(status(meeting.state)) <= ORDER.index(status(without.state))
    assert count(meeting.state, "op1").levels == count(without.state, "op1").levels


@given(positions)
def test_everyone_is_counted_exactly_once(stances):
    counts = count(meeting_of(stances).state, "op1")
    off_scale = counts.abstain + counts.pending + counts.stale + counts.conflict + counts.none
    assert counts.n_on + off_scale == counts.members == 5
    assert counts.own + counts.aligned + counts.bloc + counts.stale + counts.conflict + counts.none == 5


@given(positions, st.permutations(SEATS))
def test_a_status_does_not_depend_on_who_sits_where(stances, order):
    held = {seat: stance for seat, stance in zip(SEATS, stances, strict=True) if stance}
    other = Meeting().member(*order).opens_round().take("op1", held)
    assert status(other.state) is status(meeting_of(stances).state)


@pytest.mark.parametrize(
    ("stances", "expected"),
    [
        (["object", "support", "support", "support", "support"], StatusCode.OBJECTED),
        (["pending", "support", "support", "support", "support"], StatusCode.AWAITING),
        ([None, None, None, "support", "support"], StatusCode.FEW_HEARD),
        (["dissociate", "accept_with_reservation", "support", "support", "support"], StatusCode.NO_OBJECTION_DISSOCIATED),
        (["accept_with_reservation", "support", "support", "support", "support"], StatusCode.NO_OBJECTION_RESERVED),
        ([None, "support", "support", "support", "support"], StatusCode.NO_OBJECTION),
        (["abstain", "support", "support", "support", "support"], StatusCode.NO_OBJECTION),
        (["accept", "support", "support", "support", "support"], StatusCode.ALL_ACCEPT),
    ],
)  # fmt: skip
def test_a_status_is_the_first_that_holds(stances, expected):
    assert status(meeting_of([stance and Stance(stance) for stance in stances]).state) is expected


def test_half_of_the_members_are_few():
    meeting = Meeting().member("A", "B", "C", "D").take("op1", {"A": "support", "B": "support"})
    assert status(meeting.state) is StatusCode.FEW_HEARD
    assert status(meeting.takes("op1", "C", "support").state) is StatusCode.NO_OBJECTION


def test_a_decision_is_shown_before_everything_else():
    meeting = worked_clause().puts_question("op1", "2026-11-23T10:00:00.000Z")
    meeting.declares("op1", Outcome.ADOPTED, RuleAnswer.PASS)
    assert status(meeting.state) is StatusCode.DECIDED


def test_a_decision_not_to_adopt_leaves_the_clause_objected():
    meeting = worked_clause().puts_question("op1", "2026-11-23T10:00:00.000Z")
    meeting.declares("op1", Outcome.NOT_ADOPTED, RuleAnswer.FAIL)
    assert status(meeting.state) is StatusCode.OBJECTED


def test_recorded_votes_are_a_status_of_their_own_and_count_as_no_stance():
    meeting = Meeting(nature=Nature.RECORD).member("A", "B", "C").votes("op1", yes="A", no="B")
    assert status(meeting.state) is StatusCode.RECORDED_VOTE
    assert count(meeting.state, "op1").none == 3


def test_own_aligned_and_by_bloc_are_counted_apart():
    meeting = Meeting().group("isles", GroupKind.BLOC).member("A", "B", "C", "D")
    meeting.mandates("isles", "A", "A", "C").takes("op1", "A", "accept", bloc="isles")
    meeting.takes("op1", "A", "support").aligns("op1", "B", "A")
    counts = count(meeting.state, "op1")
    assert (counts.own, counts.aligned, counts.bloc) == (1, 1, 1)
    assert counts.heard == 2
    assert counts.not_heard == ("C", "D")


def test_an_objection_for_a_bloc_blocks_once():
    meeting = Meeting().group("isles", GroupKind.BLOC).member("A", "B", "C")
    meeting.mandates("isles", "A", "A", "B", "C").takes("op1", "A", "object", bloc="isles")
    counts = count(meeting.state, "op1")
    assert counts.objections == ("isles:A",)
    assert counts.levels[0] == 3
    assert counts.heard == 0
    assert status(meeting.state) is StatusCode.OBJECTED


def test_two_blocs_that_differ_count_as_unknown():
    meeting = Meeting().group("isles", GroupKind.BLOC).group("delta", GroupKind.BLOC).member("A", "B", "C")
    meeting.mandates("isles", "A", "C").mandates("delta", "B", "C")
    meeting.takes("op1", "A", "accept", bloc="isles").takes("op1", "B", "object", bloc="delta")
    counts = count(meeting.state, "op1")
    assert (counts.conflict, counts.none, counts.n_on) == (1, 2, 0)


def test_observers_have_no_effect_on_any_count():
    meeting = Meeting().member("A", "B").observer("ACME").takes("op1", "A", "support")
    before = count(meeting.state, "op1")
    meeting.takes("op1", "ACME", "object")
    assert count(meeting.state, "op1") == before


def test_bounds_have_no_value_when_everybody_abstains():
    meeting = Meeting().member("A", "B").take("op1", {"A": "abstain", "B": "abstain"})
    assert acceptance_bounds(count(meeting.state, "op1")) is None
