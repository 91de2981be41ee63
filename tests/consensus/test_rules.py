"""The rule of consensus answers *not put* until the chair asks, and only then passes or fails."""

from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.rules import consensus
from deliberate.vocabulary import RuleAnswer, Stance

UNTIL = "2026-11-23T10:00:00.000Z"
BEFORE = "2026-11-23T09:59:59.999Z"
SEATS = ["A", "B", "C"]


def put(**stances: str) -> Meeting:
    meeting = Meeting().member(*SEATS).opens_round().take("op1", stances)
    return meeting.puts_question("op1", UNTIL)


def test_the_worked_clause_is_not_put():
    found = consensus(worked_clause().state, "op1", UNTIL)
    assert found.answer is RuleAnswer.NOT_PUT
    assert (found.objections, found.awaiting, found.not_heard) == (("C1",), ("C3",), ("C4",))


@given(st.lists(st.sampled_from([None, *Stance]), min_size=3, max_size=3))
def test_until_the_question_is_put_nothing_else_is_answered(stances):
    held = {seat: stance for seat, stance in zip(SEATS, stances, strict=True) if stance}
    meeting = Meeting().member(*SEATS).take("op1", held)
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.NOT_PUT


def test_while_the_window_runs_it_is_undetermined():
    meeting = put(A="support", B="support").checks_in(*SEATS)
    assert consensus(meeting.state, "op1", BEFORE).answer is RuleAnswer.UNDETERMINED
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.PASS


def test_without_a_quorum_checked_in_it_is_undetermined():
    meeting = put(A="support").checks_in("A")
    found = consensus(meeting.state, "op1", UNTIL)
    assert (found.answer, found.checked_in, found.quorum_missing) == (RuleAnswer.UNDETERMINED, 1, 1)
    assert consensus(meeting.checks_in("B").state, "op1", UNTIL).answer is RuleAnswer.PASS


def test_one_objection_fails_it_whatever_else_is_held():
    meeting = put(A="support", B="support", C="object").checks_in(*SEATS)
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.FAIL


def test_dissociations_reservations_and_abstentions_do_not_block():
    meeting = put(A="dissociate", B="accept_with_reservation", C="abstain").checks_in(*SEATS)
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.PASS


def test_an_objection_of_an_observer_does_not_block():
    meeting = put(A="support", B="support").checks_in(*SEATS).observer("ACME").takes("op1", "ACME", "object")
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.PASS


def test_a_question_on_an_earlier_text_is_no_question():
    meeting = put(A="support").checks_in(*SEATS).revises("op1")
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.NOT_PUT


def test_an_observer_who_checks_in_makes_no_quorum():
    meeting = put(A="support").observer("ACME", "BETA").checks_in("A", "ACME", "BETA")
    assert consensus(meeting.state, "op1", UNTIL).checked_in == 1


@given(st.permutations(SEATS), st.sampled_from(SEATS))
def test_the_answer_does_not_depend_on_who_objects(order, objector):
    meeting = Meeting().member(*order).takes("op1", objector, "object")
    meeting.puts_question("op1", UNTIL).checks_in(*SEATS)
    assert consensus(meeting.state, "op1", UNTIL).answer is RuleAnswer.FAIL
