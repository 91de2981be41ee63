"""The worked clause of the reference, from the state to every measure and rule that it gives a value for."""

import pytest
from meeting import worked_clause

from deliberate.consensus import agreement as ag
from deliberate.consensus import rules
from deliberate.vocabulary import RuleAnswer, StatusCode

AT = "2026-11-23T10:00:00.000Z"


def test_its_indices():
    counts = ag.count(worked_clause().state, "op1").levels
    assert counts == (1, 0, 2, 1, 2)
    assert ag.consensus_tastle_wierman(counts) == pytest.approx(0.441814, abs=5e-7)
    assert ag.agreement_with_target(counts, 5) == pytest.approx(0.662880, abs=5e-7)
    assert ag.agreement_van_der_eijk(counts) == pytest.approx(0.027778, abs=5e-7)
    assert ag.consensus_leik(counts) == pytest.approx(0.416667, abs=5e-7)
    assert ag.polarization_esteban_ray(counts) == pytest.approx(0.398148, abs=5e-7)


def test_its_groups():
    state = worked_clause().state
    groups = ag.group_counts(state, "op1", "ABC")
    of_groups = [
        ag.count(state, "op1", [s for s in state.members if g in state.seats[s].groups]) for g in "ABC"
    ]
    agree = [counts.accepting for counts in of_groups]
    seen = [counts.own + counts.aligned + counts.bloc for counts in of_groups]
    assert (agree, seen) == ([3, 2, 0], [3, 2, 3])
    assert ag.group_aware_consensus(agree, seen) == pytest.approx(0.12)
    assert ag.group_aware_consensus_geometric_mean(agree, seen) == pytest.approx(0.493242, abs=5e-7)
    assert ag.minimum_group_support(groups) == 0
    assert (groups["C"].on, groups["C"].members, groups["C"].bounds) == (1, 4, ((0, 3), (2, 3)))


def test_its_status_and_its_steps():
    state = worked_clause().state
    counts = ag.count(state, "op1")
    assert ag.clause_status(state, "op1", counts) is StatusCode.OBJECTED
    assert rules.consensus_ruling(rules.asked(state, "op1", AT)).answer is RuleAnswer.NOT_PUT
    levels = [level for level, c in enumerate(counts.levels, 1) for _ in range(c)]
    assert sum(max(0, 2 - level) for level in levels) == 1
    assert sum(max(0, 3 - level) for level in levels) == 2


def test_if_it_were_a_vote():
    """A majority whatever the two unknown do; two thirds and ISO on votes cast now, and not if both vote no."""
    ballots = rules.indication_of(worked_clause().state, "op1")
    simple = rules.simple_majority(ballots)
    assert (simple.tally["yes"], simple.tally["no"], simple.tally["abstain"]) == (5, 1, 1)
    assert simple.answer is RuleAnswer.PASS
    for ruling in (rules.qualified_majority(ballots), rules.iso_approval(ballots, ballots.eligible)):
        assert ruling.answer is RuleAnswer.UNDETERMINED
        assert (ruling.missing_to_pass, ruling.lacking, ruling.unknown) == (0, (), ("C3", "C4"))
        assert ruling.basis is rules.BallotBasis.INDICATION
    assert ag.rice(5, 1) == pytest.approx(0.666667, abs=5e-7)
    assert ag.agreement_index(5, 1, 1) == pytest.approx(0.571429, abs=5e-7)


def test_after_a_substantive_revision():
    meeting = worked_clause().revises("op1")
    counts = ag.count(meeting.state, "op1")
    assert (counts.stale, counts.objections) == (5, ("C1",))
    assert ag.clause_status(meeting.state, "op1", counts) is StatusCode.OBJECTED
    assert ag.acceptance_bounds(counts) == ((0, 8), (7, 8))
    assert len(rules.indication_of(meeting.state, "op1").unknown) == 7
