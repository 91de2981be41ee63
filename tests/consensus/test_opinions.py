"""Opinion groups, what divides and what bridges them, on made-up rooms and on conversations held on Polis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting import Meeting
from real_data import CONVERSATIONS, conversation, roll_calls, rows

from deliberate.consensus.agreement import comment_priority, group_aware_consensus
from deliberate.consensus.clusters import (
    adjusted_rand,
    divisions,
    opinion_groups,
    opinions,
    what_bridges,
    what_divides,
)
from deliberate.consensus.figures import Reason
from deliberate.consensus.matrix import positions, votes
from deliberate.vocabulary import Nature

NAN = np.nan


def sides(each=12, clauses=9, seed=0):
    """Two sides that differ on all but the last two clauses; everybody passes on some, and leaves one unanswered."""
    random = np.random.default_rng(seed)
    one = np.array([1.0] * (clauses - 2) + [1, -1])
    other = np.array([-1.0] * (clauses - 2) + [1, -1])
    table = np.vstack((np.tile(one, (each, 1)), np.tile(other, (each, 1))))
    table[random.random(table.shape) < 0.1] = 0
    table[np.arange(2 * each), 1 + np.arange(2 * each) % (clauses - 1)] = NAN
    return table


def test_positions_become_answers_and_what_is_unknown_stays_unknown():
    told = Meeting("op1 op2 op3 op4 op5 op6 op7 op8").member("A").holds({"A": "SARDONP."})
    assert opinions(positions(told.state))[0].tolist()[:7] == [1, 1, 1, -1, -1, 0, 0]
    assert np.isnan(opinions(positions(told.state))[0, 7])
    told.revises("op1")
    assert np.isnan(opinions(positions(told.state))[0, 0])


def test_votes_are_answers_as_they_were_cast():
    told = Meeting("op1 op2", Nature.RECORD).member("A", "B", "C", "D")
    told.votes("op1", yes="A", abstain="B", no="C").votes("op2", yes="A", abstain="B", no="C")
    found = opinions(votes(told.state))
    assert found[:3, 0].tolist() == [1, 0, -1]
    assert np.isnan(found[3]).all()


def test_two_sides_are_two_groups_told_apart_on_the_first_axis():
    found = opinion_groups(sides(), runs=5)
    assert found.sizes == (12, 12)
    assert adjusted_rand(found.labels.tolist(), [0] * 12 + [1] * 12) == 1
    assert max(found.silhouettes, key=found.silhouettes.get) == 2
    assert found.places[:12, 0].min() > found.places[12:, 0].max()  # who agrees more is to the right
    assert found.shares[0] > 0.5
    assert found.stability == 1


def test_who_gave_fewer_than_seven_answers_is_placed_but_not_grouped():
    table = sides()
    table[0, 6:] = NAN
    found = opinion_groups(table)
    assert found.labels[0] == -1
    assert not np.isnan(found.places[0]).any()
    assert sum(found.sizes) == 23


def test_where_too_few_gave_seven_those_with_the_most_are_taken_in():
    table = sides(each=8)
    table[:, 5:] = NAN
    table[0] = [1, *[NAN] * 8]
    found = opinion_groups(table)
    assert (found.labels >= 0).sum() == 15
    assert found.labels[0] == -1


def test_who_did_not_answer_stands_nowhere():
    found = opinion_groups(np.vstack((sides(), [NAN] * 9)))
    assert found.labels[-1] == -1
    assert np.isnan(found.places[-1]).all()


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((0, 0)), Reason.NO_DATA),
        (np.full((3, 4), NAN), Reason.NO_DATA),
        (np.zeros((4, 0)), Reason.NO_DATA),
        (np.ones((1, 5)), Reason.ZERO_VARIANCE),
        (np.ones((9, 9)), Reason.ZERO_VARIANCE),
        (np.array([[1.0] * 8, [-1.0] * 8]), Reason.N_TOO_SMALL),
    ],
)
def test_where_there_are_no_groups_it_is_said_why(table, reason):
    found = opinion_groups(table)
    assert (found.reason, found.sizes, found.silhouettes) == (reason, (), {})
    assert (found.labels == -1).all()


def test_clauses_left_out_do_not_move_anybody():
    table = np.column_stack((sides(), np.tile([1.0, -1.0], 12)))
    left_out = np.arange(10) == 9
    found = opinion_groups(table, left_out)
    assert found.extremity[9] == 0
    assert adjusted_rand(found.labels.tolist(), [0] * 12 + [1] * 12) == 1


@given(st.permutations(range(24)), st.integers(0, 20))
@settings(max_examples=25)
def test_groups_and_places_do_not_depend_on_who_comes_first(order, seed):
    table, order = sides(seed=seed), list(order)
    before, after = opinion_groups(table), opinion_groups(table[order])
    assert after.labels.tolist() == before.labels[order].tolist()
    assert after.silhouettes == before.silhouettes
    np.testing.assert_array_equal(after.places, before.places[order])
    np.testing.assert_array_equal(after.extremity, before.extremity)


def test_what_both_sides_answer_alike_bridges_and_the_rest_divides():
    table = sides()
    found = divisions(table, opinion_groups(table).labels)
    assert [division.clause for division in what_bridges(found)[:2]] in ([7, 8], [8, 7])
    assert {division.clause for division in what_divides(found)[:7]} == set(range(7))
    assert (found[7].side, found[8].side) == ("agree", "disagree")
    for division in found[:7]:
        agreeing = int(division.votes[0].agree < division.votes[1].agree)
        assert division.widest == (agreeing, 1 - agreeing)
    represented = [group for division in found for group, _ in division.stands_for]
    assert set(represented) == {0, 1}


def test_group_aware_consensus_of_a_division_is_polis():
    table = sides()
    for division in divisions(table, np.repeat([0, 1], 12)):
        counts = [getattr(seen, division.side) for seen in division.votes]
        assert division.group_aware == group_aware_consensus(counts, [seen.seen for seen in division.votes])


def test_one_group_or_none_is_not_divided():
    assert divisions(sides(), np.zeros(24, dtype=np.int64)) == ()
    assert divisions(np.zeros((0, 3)), np.zeros(0, dtype=np.int64)) == ()


def test_a_clause_that_nobody_answered_neither_divides_nor_stands_for_anybody():
    table = sides()
    table[:, 0] = NAN
    division = divisions(table, np.repeat([0, 1], 12))[0]
    assert (division.spread, division.bridge, division.stands_for) == (0, 0.5, ())


@pytest.mark.parametrize("answer", [2.0, np.inf, 0.5])
def test_other_answers_are_refused(answer):
    table = sides()
    table[3, 3] = answer
    with pytest.raises(ValueError, match="answers are"):
        opinion_groups(table)
    with pytest.raises(ValueError, match="answers are"):
        divisions(table, np.repeat([0, 1], 12))


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_last_vote_of_each_voter_is_the_published_table_in_every_cell(name):
    voters, comments, table, _ = conversation(name)
    published = {
        int(row["participant"]): row for row in rows("polis-opendata", name, "participants-votes.csv")
    }
    assert set(voters) == set(published)
    columns = {int(column) for column in next(iter(published.values())) if column.isdecimal()}
    assert set(comments) <= columns
    for voter, answers in zip(voters, table, strict=True):
        cells = {
            comment: float(published[voter][str(comment)])
            for comment in columns
            if published[voter][str(comment)]
        }
        assert cells == {c: a for c, a in zip(comments, answers.tolist(), strict=True) if not np.isnan(a)}


SIZES = {
    "15-per-hour-seattle": (95, 43),
    "london.youth.policing": (9, 9, 3, 3),
    "scoop-hivemind.freshwater": (76, 24),
    "scoop-hivemind.ubi": (162, 12),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_held_on_polis_has_its_groups(name):
    _, _, table, moderated_out = conversation(name)
    found = opinion_groups(table, moderated_out)
    enough = (~np.isnan(table)).sum(axis=1) >= 7
    assert ((found.labels >= 0) == enough).all()
    assert sum(found.sizes) == enough.sum()
    assert 2 <= len(found.sizes) <= 5
    if name in SIZES:
        assert found.sizes == SIZES[name]
    for division in divisions(table, found.labels):
        assert 0 < division.group_aware < 1
        agree, disagree, seen = map(sum, zip(*division.votes, strict=True))
        assert agree + disagree <= seen == (~np.isnan(table[enough, division.clause])).sum()
        assert comment_priority(agree, seen - agree - disagree, seen, found.extremity[division.clause]) > 0


def test_sessions_70_to_72_have_groups_that_stand_where_states_do():
    members, x = roll_calls()
    found = opinion_groups(x - 2)
    group = dict(zip(members, found.labels.tolist(), strict=True))
    assert group["SE"] == group["FI"] == group["DE"] != group["CU"] == group["VN"] == group["EG"]
