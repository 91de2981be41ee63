"""The question and the decision (A6): the machine describes, the chair declares."""

import pytest
from story import (
    MEMBERS,
    adopted,
    answer,
    asked,
    checked_in,
    convened,
    counts,
    declared,
    given,
    happened,
    holds,
    mandated,
    nothing_happened,
    opened,
    put,
    refused,
    revised,
    seat_withdrawn,
    status,
    took,
    took_back,
    waited,
)

from deliberate import commands as c
from deliberate.errors import Forbidden, NotFound, Refused
from deliberate.events import (
    DecisionDeclared,
    FloorRequested,
    ObjectionAddressed,
    QuestionPut,
    QuestionWithdrawn,
    SeatsCheckedIn,
)
from deliberate.vocabulary import ClauseStage


def stage(code, clause="op1"):
    def check(story):
        assert story.state.clauses[clause].stage is code

    return check


def question_withdrawn(number=1):
    return asked(c.WithdrawQuestion(question=number, reason="consultations continue"), "chair")


def floor(seat, question=1, by=None):
    return asked(c.RequestFloor(question=question, seat=seat), by or seat.lower())


# --- putting ---


def test_until_the_question_is_put_the_rule_says_so():
    friends = [took(seat, "support") for seat in MEMBERS]
    given(convened(), opened("adoption"), *friends).then(
        answer("not_put", quorum_missing=0), status("all_accept")
    )


def test_the_question_is_put_on_a_named_revision_and_its_window_runs():
    given(convened(), opened()).when(put()).then(
        happened(QuestionPut, question=1, clause="op1", revision=1, until="2026-11-23T09:01:00.000Z"),
        stage(ClauseStage.QUESTION_PUT),
        answer("undetermined", window_over=False),
    )


def test_the_question_is_put_on_the_current_revision():
    given(convened(), revised()).when(put(revision=1)).then(refused(Refused, "superseded", current=2))


def test_one_question_is_put_at_a_time():
    given(convened(), put()).when(put("op2")).then(refused(Refused, "question_open", "OP1"))


def test_no_question_is_put_on_what_is_adopted_or_not_negotiated():
    story = given(convened(), adopted())
    story.when(put()).then(refused(Refused, "adopted"))
    story.when(put("title")).then(refused(Refused, "not_negotiable"))
    story.when(put("op9")).then(refused(NotFound, "unknown_clause"))


def test_only_the_chair_puts_the_question_and_declares():
    story = given(convened(), opened())
    story.when(put(by="facilitator")).then(refused(Forbidden, "forbidden", "It is for: chair"))
    story.when(put(), declared(by="secretary")).then(refused(Forbidden, "forbidden"))


# --- quorum and the floor ---


def test_a_delegate_checks_in_its_own_seat_and_the_chair_those_in_the_room():
    story = given(convened(), put())
    story.when(checked_in("ASH", by="ash")).then(happened(SeatsCheckedIn, seats=("ASH",)))
    story.when(checked_in("CEDAR", "BIRCH", "ASH")).then(happened(SeatsCheckedIn, seats=("BIRCH", "CEDAR")))
    story.when(checked_in("ASH", by="secretary")).then(nothing_happened())
    story.when(checked_in("BIRCH", by="ash")).then(refused(Forbidden, "other_seat"))


def test_observers_never_make_a_quorum():
    given(convened(), put()).when(checked_in("OAK")).then(refused(Refused, "observer"))


def test_who_is_checked_in_must_have_a_seat():
    given(convened(), put()).when(checked_in("YEW")).then(refused(NotFound, "unknown_seat"))


def test_members_and_observers_ask_for_the_floor_once():
    story = given(convened(), put())
    story.when(floor("ASH")).then(happened(FloorRequested, seat="ASH"))
    story.when(floor("ASH")).then(nothing_happened())
    story.when(floor("OAK")).then(happened(FloorRequested, seat="OAK"))
    story.when(floor("BIRCH", by="ash")).then(refused(Forbidden, "other_seat"))
    assert story.state.questions[1].floor == ("ASH", "OAK")


@pytest.mark.parametrize(
    "act", [checked_in("ASH", question=2), floor("ASH", 2), declared(question=2), question_withdrawn(2)]
)
def test_what_concerns_a_question_names_one_that_was_put(act):
    given(convened(), put()).when(act).then(refused(NotFound, "unknown_question"))


@pytest.mark.parametrize("act", [checked_in("ASH"), floor("ASH"), declared(), question_withdrawn()])
def test_an_answered_question_is_closed(act):
    given(convened(), adopted()).when(act).then(refused(Refused, "question_closed", "declared"))
    given(convened(), put(), question_withdrawn()).when(act).then(
        refused(Refused, "question_closed", "withdrawn")
    )


# --- declaring ---


def test_without_objection_and_with_a_quorum_the_chair_declares_adoption():
    given(
        convened(),
        opened("adoption"),
        took("ASH", "support"),
        took("BIRCH", "dissociate", statement="not a part"),
        took("CEDAR", "accept_with_reservation"),
        took("ELM", "abstain"),
        put(),
        took("FIR", "pending"),
        checked_in("ASH", "BIRCH", "CEDAR"),
        waited(60),
    ).when(declared()).then(
        happened(
            DecisionDeclared,
            clause="op1",
            revision=1,
            outcome="adopted",
            answer="pass",
            members=5,
            checked_in=3,
            objections=(),
            dissociations=("BIRCH",),
            reservations=("CEDAR",),
            abstentions=("ELM",),
            pending=("FIR",),
            not_heard=0,
        ),
        stage(ClauseStage.ADOPTED),
        status("decided"),
    )


def test_adoption_is_refused_over_an_objection_and_names_who_objects():
    given(
        convened(),
        opened(),
        put(),
        took("FIR", "object"),
        took("ASH", "object"),
        checked_in(*MEMBERS),
        waited(60),
    ).when(declared()).then(
        refused(Refused, "objected", "ASH, FIR object", "Only the objector", objections=["ASH", "FIR"]),
        answer("fail", objections=("ASH", "FIR")),
        stage(ClauseStage.QUESTION_PUT),
    )


def test_one_objection_is_enough_and_a_blocs_is_named_with_its_speaker():
    given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("CEDAR", "GROVE", "ASH"),
        put(),
        took("ASH", "object", bloc="GROVE"),
        checked_in(*MEMBERS),
        waited(60),
    ).when(declared()).then(refused(Refused, "objected", "GROVE:ASH objects", objections=["GROVE:ASH"]))


def test_an_objection_made_before_an_earlier_text_still_blocks():
    given(
        convened(), opened(), took("ASH", "object"), revised(), put(), checked_in(*MEMBERS), waited(60)
    ).when(declared()).then(refused(Refused, "objected", objections=["ASH"]))


def test_an_objection_after_the_window_but_before_the_chair_declares_still_blocks():
    given(convened(), put(), checked_in(*MEMBERS), waited(90), took("ASH", "object")).when(declared()).then(
        refused(Refused, "objected")
    )


def test_adoption_is_refused_before_the_end_of_the_window():
    story = given(convened(), put(), checked_in(*MEMBERS), waited(59))
    story.when(declared()).then(refused(Refused, "window_open", until="2026-11-23T09:01:00.000Z"))
    story.when(waited(1), declared()).then(stage(ClauseStage.ADOPTED))


def test_adoption_is_refused_without_a_quorum_and_says_how_many_are_missing():
    story = given(convened(), put(), checked_in("ASH", "BIRCH"), waited(60))
    story.then(answer("undetermined", quorum_missing=1, checked_in=2))
    story.when(declared()).then(refused(Refused, "no_quorum", "2 of 5", missing=1))
    story.when(checked_in("ELM"), declared()).then(stage(ClauseStage.ADOPTED))


def test_the_quorum_is_more_than_the_fraction_that_was_adopted_at_convening():
    four = ("ASH", "BIRCH", "CEDAR", "ELM")
    given(convened(four), put(), checked_in("ASH", "BIRCH"), waited(60)).when(declared()).then(
        refused(Refused, "no_quorum", missing=1)
    )


def test_a_withdrawn_seat_no_longer_makes_the_quorum():
    four = ("ASH", "BIRCH", "CEDAR", "ELM")
    given(convened(four), seat_withdrawn("ELM"), put(), checked_in("ASH", "BIRCH"), waited(60)).when(
        declared()
    ).then(happened(DecisionDeclared, members=3, checked_in=2))


def test_the_chair_may_declare_that_an_objected_text_was_not_adopted():
    story = given(convened(), opened(), put(), took("ASH", "object"))
    story.when(declared("not_adopted")).then(
        happened(DecisionDeclared, outcome="not_adopted", answer="undetermined", objections=("ASH",)),
        stage(ClauseStage.OPEN),
        status("objected"),
        holds("ASH", "object"),
    )
    story.when(revised(), took_back("ASH"), put()).then(happened(QuestionPut, question=2, revision=2))


def test_a_text_is_not_declared_lost_while_it_may_still_pass():
    given(convened(), put(), checked_in(*MEMBERS), waited(30)).when(declared("not_adopted")).then(
        refused(Refused, "window_open")
    )


def test_without_a_quorum_a_text_may_be_declared_not_adopted():
    given(convened(), put(), waited(60)).when(declared("not_adopted")).then(
        happened(DecisionDeclared, outcome="not_adopted", answer="undetermined")
    )


def test_the_chair_does_not_declare_lost_what_nobody_objects_to():
    given(convened(), put(), checked_in(*MEMBERS), waited(60)).when(declared("not_adopted")).then(
        refused(Refused, "passes", "withdraw the question")
    )


def test_a_withdrawn_question_leaves_its_reason_and_the_clause_open():
    story = given(convened(), opened(), put(), took("ASH", "object"))
    story.when(question_withdrawn()).then(
        happened(QuestionWithdrawn, reason="consultations continue"),
        stage(ClauseStage.OPEN),
        answer("not_put"),
        holds("ASH", "object"),
    )


def test_no_seat_is_withdrawn_from_under_the_question():
    given(convened(), opened(), put(), took("ASH", "object")).when(seat_withdrawn("ASH")).then(
        refused(Refused, "question_open"), counts(objections=("ASH",))
    )


# --- addressing ---


def addressed(seat, **fields):
    return asked(c.AddressObjection(clause="op1", seat=seat, reason="see paragraph 4", **fields), "chair")


def test_an_addressed_objection_still_blocks():
    given(
        convened(), opened(), took("ASH", "object"), addressed("ASH"), put(), checked_in(*MEMBERS), waited(60)
    ).when(declared()).then(refused(Refused, "objected"), holds("ASH", "object", addressed="see paragraph 4"))


def test_a_blocs_objection_is_addressed_too():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("ASH", "object", bloc="GROVE")).when(
        addressed("ASH", bloc="GROVE")
    ).then(happened(ObjectionAddressed, bloc="GROVE"), holds("BIRCH", "object", addressed="see paragraph 4"))


def test_only_an_objection_is_addressed():
    story = given(convened(), opened(), took("ASH", "accept"))
    story.when(addressed("ASH")).then(refused(NotFound, "no_objection"))
    story.when(addressed("BIRCH")).then(refused(NotFound, "no_objection"))
