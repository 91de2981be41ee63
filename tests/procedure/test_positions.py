"""Positions (A5): seven stances and what goes with each, finality, binding to a revision, two hands in one seat."""

import pytest
from story import (
    DAY,
    HOUR,
    adopted,
    answer,
    arrived,
    asked,
    closed,
    convened,
    counts,
    given,
    happened,
    holds,
    opened,
    put,
    reaffirmed,
    refused,
    revised,
    status,
    supplemented,
    took,
    took_back,
    waited,
)

from deliberate import commands as c
from deliberate.consensus.agreement import count
from deliberate.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from deliberate.events import PositionSupplemented, PositionTaken
from deliberate.vocabulary import LEVEL, Finality, Freshness, Nature, Stance

STANCES = [stance.value for stance in Stance]


@pytest.mark.parametrize("stance", STANCES)
def test_each_of_the_seven_stances_can_be_taken(stance):
    given(convened(), opened()).when(took("ASH", stance)).then(
        happened(PositionTaken, stance=stance), holds("ASH", stance, source="own"), counts(own=1, none=4)
    )


def test_five_stances_are_ordered_by_what_they_do_to_adoption_and_two_are_off_the_scale():
    assert [LEVEL.get(Stance(stance)) for stance in STANCES] == [5, 4, 3, 2, 1, None, None]


def test_levels_count_from_objection_to_support():
    story = given(
        convened(), opened(), took("ASH", "object"), took("BIRCH", "support"), took("ELM", "accept")
    )
    story.then(counts(levels=(1, 0, 0, 1, 1), accepting=2, n_on=3))


def test_no_position_recorded_is_reached_by_withdrawing():
    given(convened(), opened(), took("ASH", "accept")).when(took_back("ASH")).then(
        holds("ASH", None, source=None), counts(none=5, heard=0)
    )


def test_a_position_that_was_never_taken_cannot_be_withdrawn():
    given(convened(), opened()).when(took_back("ASH")).then(refused(NotFound, "no_position", "ASH"))


WORDS = {"statement": "for these reasons"}
GOES_WITH = {
    "statement": {"accept_with_reservation", "dissociate", "object", "abstain", "pending"},
    "scope": {"accept_with_reservation"},
    "objection_type": {"object"},
    "would_lift": {"object"},
    "none_would": {"object"},
    "pending_kind": {"pending"},
    "expected_by": {"pending"},
    "cosponsor": {"support"},
    "cites": set(STANCES),
}
SAMPLE = {
    "statement": "for these reasons",
    "scope": "the words “in all cases”",
    "objection_type": "te",
    "would_lift": "replace shall by should",
    "none_would": True,
    "pending_kind": "parliamentary",
    "expected_by": "2026-12-01T00:00:00.000Z",
    "cosponsor": True,
    "cites": "resolution 78/265, paragraph 3",
}


@pytest.mark.parametrize("stance", STANCES)
@pytest.mark.parametrize("field", GOES_WITH)
def test_what_goes_with_a_stance_is_taken_and_anything_else_refused(stance, field):
    story = given(convened(), opened()).when(took("ASH", stance, **{field: SAMPLE[field]}))
    if stance in GOES_WITH[field]:
        story.then(
            happened(PositionTaken, **{field: SAMPLE[field]}), holds("ASH", stance, **{field: SAMPLE[field]})
        )
    else:
        story.then(refused(Invalid, "does_not_fit", field, stance, field=field))


def test_an_objection_without_a_reason_is_recorded_and_blocks():
    given(convened(), opened(), put()).when(took("ASH", "object")).then(
        happened(PositionTaken, stance="object", statement=None, would_lift=None),
        counts(objections=("ASH",)),
        status("objected"),
    )


def test_one_objection_always_shows_as_an_objection():
    friends = [took(seat, "support") for seat in ("BIRCH", "CEDAR", "ELM", "FIR")]
    given(convened(), opened(), *friends).when(took("ASH", "object")).then(status("objected"))


def test_an_objection_says_what_would_remove_it_or_that_nothing_would_but_not_both():
    given(convened(), opened()).when(took("ASH", "object", would_lift="a date", none_would=True)).then(
        refused(Invalid, "both", "choose one")
    )


def test_a_reason_may_follow_an_objection_and_leaves_its_level():
    given(convened(), opened(), took("ASH", "object")).when(
        supplemented("ASH", statement="the costs", would_lift="a ceiling", objection_type="te")
    ).then(
        happened(PositionSupplemented, would_lift="a ceiling"),
        holds("ASH", "object", statement="the costs", would_lift="a ceiling", objection_type="te"),
        status("objected"),
    )


def test_adding_a_reason_does_not_take_back_that_nothing_would_help():
    given(convened(), opened(), took("ASH", "object", none_would=True)).when(
        supplemented("ASH", statement="it is a matter of principle")
    ).then(holds("ASH", "object", none_would=True, statement="it is a matter of principle"))


def test_of_what_would_help_and_that_nothing_would_the_later_word_holds():
    story = given(convened(), opened(), took("ASH", "object", none_would=True))
    story.when(supplemented("ASH", would_lift="a ceiling")).then(
        holds("ASH", "object", would_lift="a ceiling", none_would=False)
    )
    story.when(supplemented("ASH", none_would=True)).then(
        holds("ASH", "object", would_lift=None, none_would=True)
    )


@pytest.mark.parametrize(
    ("stance", "words", "code"),
    [
        ("accept", {"statement": "gladly"}, "does_not_fit"),
        ("dissociate", {"would_lift": "a ceiling"}, "does_not_fit"),
        ("accept_with_reservation", {"objection_type": "te"}, "does_not_fit"),
        ("object", {"scope": "the last words"}, "does_not_fit"),
        ("object", {"would_lift": "a ceiling", "none_would": True}, "both"),
        ("object", {}, "empty"),
    ],
)
def test_what_does_not_go_with_a_stance_cannot_follow_it_either(stance, words, code):
    given(convened(), opened(), took("ASH", stance)).when(supplemented("ASH", **words)).then(
        refused(Invalid, code)
    )


def test_nothing_can_be_added_to_a_position_that_is_not_there():
    given(convened(), opened()).when(supplemented("ASH", statement="well")).then(
        refused(NotFound, "no_position")
    )


@pytest.mark.parametrize("stance", ["accept_with_reservation", "dissociate"])
def test_the_words_beside_a_decision_may_follow_within_a_day(stance):
    story = given(convened(), opened(), took("ASH", stance), adopted(), waited(23 * HOUR))
    story.when(supplemented("ASH", statement="we read it narrowly")).then(
        holds("ASH", stance, statement="we read it narrowly")
    )
    story.when(waited(2 * HOUR), supplemented("ASH", statement="and more")).then(refused(Refused, "adopted"))


def test_other_words_do_not_follow_a_decision():
    given(convened(), opened(), took("ASH", "abstain"), adopted()).when(
        supplemented("ASH", statement="we were out of the room")
    ).then(refused(Refused, "adopted"))


@pytest.mark.parametrize(
    ("kind", "finality"),
    [("consultation", "indicative"), ("negotiation", "ad_referendum"), ("adoption", "confirmed")],
)
def test_finality_follows_the_kind_of_round(kind, finality):
    given(convened(), opened(kind)).when(took("ASH", "accept")).then(
        happened(PositionTaken, finality=finality), holds("ASH", "accept", finality=finality)
    )


def test_a_delegation_may_state_its_own_finality():
    given(convened(), opened("adoption")).when(took("ASH", "accept", finality="ad_referendum")).then(
        happened(PositionTaken, finality="ad_referendum")
    )


def test_while_the_question_is_put_positions_are_confirmed_even_outside_a_round():
    given(convened(), opened("consultation"), closed(), put()).when(took("ASH", "object")).then(
        happened(PositionTaken, finality=Finality.CONFIRMED)
    )


def test_an_indicative_objection_stands_in_the_way_until_its_author_lifts_it():
    story = given(convened(), opened("consultation"), took("ASH", "object"), put(), waited(60))
    story.then(answer("fail", objections=("ASH",)))
    story.when(took_back("ASH")).then(answer("undetermined", objections=()))


@pytest.mark.parametrize("finality", [None, "indicative", "confirmed"])
def test_no_position_is_taken_in_a_closed_round_whatever_finality_is_asked_for(finality):
    asked_for = {} if finality is None else {"finality": finality}
    given(convened(), opened(), closed()).when(took("ASH", "accept", **asked_for)).then(
        refused(Refused, "round_closed", "Round 1 is closed")
    )


def test_no_position_is_taken_before_the_first_round():
    given(convened()).when(took("ASH", "accept")).then(
        refused(Refused, "round_closed", "No round has been opened")
    )


def test_reaffirming_needs_an_open_round_too():
    given(convened(), opened(), took("ASH", "accept"), revised(), closed()).when(
        reaffirmed("ASH", finality="confirmed")
    ).then(refused(Refused, "round_closed"))


def test_an_objection_is_withdrawn_at_any_time():
    given(convened(), opened(), took("ASH", "object"), closed()).when(took_back("ASH")).then(
        counts(objections=())
    )


def test_a_position_on_a_superseded_revision_is_told_which_is_current():
    given(convened(), opened(), revised()).when(took("ASH", "accept", revision=1)).then(
        refused(Refused, "superseded", "OP1 is now Rev.2", "this was for Rev.1", current=2, given=1)
    )


def test_a_position_on_a_revision_that_does_not_exist_yet_is_refused():
    given(convened(), opened()).when(took("ASH", "accept", revision=2)).then(
        refused(Refused, "superseded", current=1)
    )


def test_a_position_names_a_clause_of_the_text():
    given(convened(), opened()).when(took("ASH", "accept", clause="op9")).then(
        refused(NotFound, "unknown_clause", "op9")
    )


@pytest.mark.parametrize("clause", ["title", "chapeau"])
def test_no_positions_are_taken_on_a_title_or_a_chapeau(clause):
    given(convened(), opened()).when(took("ASH", "accept", clause=clause)).then(
        refused(Refused, "not_negotiable", clause)
    )


def test_no_positions_are_taken_in_a_record_of_something_else():
    given(convened(nature=Nature.RECORD)).when(took("ASH", "accept")).then(refused(Refused, "record_only"))


def test_an_adopted_clause_is_closed_to_positions():
    story = given(convened(), opened(), took("ASH", "accept"), adopted())
    story.when(took("ASH", "object")).then(refused(Refused, "adopted", "OP1 has been adopted"))
    story.when(took_back("ASH")).then(refused(Refused, "adopted"))
    story.when(reaffirmed("ASH")).then(refused(Refused, "adopted"))


def test_a_delegation_speaks_for_its_own_seat():
    given(convened(), opened()).when(took("BIRCH", "object", by="ash")).then(
        refused(Forbidden, "other_seat", "You act for ASH, not for BIRCH")
    )


def test_an_observer_is_heard_and_never_counted():
    given(convened(), opened(), took("ASH", "accept")).when(took("OAK", "object")).then(
        holds("OAK", "object"), counts(members=5, objections=(), own=1, none=4, heard=1), status("few_heard")
    )


def test_an_observer_does_not_sponsor():
    given(convened(), opened()).when(took("OAK", "support", cosponsor=True)).then(
        refused(Refused, "observer")
    )


def test_a_colleague_of_the_same_seat_must_have_seen_what_is_replaced():
    story = given(convened(), opened(), took("ASH", "object", statement="the costs"))
    version = story.state.positions["op1"]["ASH"].version
    moved = refused(Conflict, "moved", "A colleague", stance="object", version=version, statement="the costs")
    story.when(took("ASH", "accept", by="ash2")).then(moved)
    story.when(took("ASH", "accept", by="ash2", seen=0)).then(moved)
    story.when(took_back("ASH", by="ash2", seen=version - 1)).then(moved)
    story.when(took("ASH", "accept", by="ash2", seen=version)).then(holds("ASH", "accept", actor="ash2"))


def test_nobody_needs_to_have_seen_what_one_wrote_oneself():
    given(convened(), opened(), took("ASH", "object")).when(took("ASH", "accept")).then(
        holds("ASH", "accept")
    )


def test_a_position_that_a_colleague_withdrew_is_not_restored_unseen():
    story = given(convened(), opened(), took("ASH", "object"))
    version = story.state.positions["op1"]["ASH"].version
    story.when(took_back("ASH"), took("ASH", "object", by="ash2", seen=version)).then(
        refused(Conflict, "moved", "withdrawn meanwhile", stance=None)
    )


def test_words_of_a_colleague_are_not_overwritten_unseen():
    story = given(convened(), opened(), took("ASH", "object", statement="the costs"))
    story.when(supplemented("ASH", by="ash2", statement="the law")).then(refused(Conflict, "moved"))
    story.when(supplemented("ASH", by="ash2", would_lift="a ceiling")).then(
        holds("ASH", "object", statement="the costs", would_lift="a ceiling")
    )


def test_a_delegate_whose_authority_was_revoked_changes_nothing_and_what_was_said_stands():
    given(
        convened(), opened(), took("ASH", "object"), asked(c.RevokeDelegate(holder="ash"), "secretary")
    ).when(took_back("ASH")).then(refused(Forbidden, "forbidden"), counts(objections=("ASH",)))


def test_a_new_delegate_takes_over_what_the_seat_had_said():
    story = given(convened(), opened(), took("BIRCH", "object"), arrived("birch2", seat="BIRCH"))
    seen = story.state.positions["op1"]["BIRCH"].version
    story.when(took_back("BIRCH", by="birch2", seen=seen)).then(counts(objections=()))


def test_a_confidence_is_kept_apart_and_never_counted():
    given(convened(), opened(), took("ASH", "accept")).when(
        took("ASH", "object", visibility="facilitators", would_lift="a ceiling")
    ).then(
        happened(PositionTaken, visibility="facilitators"),
        holds("ASH", "accept"),
        counts(objections=(), own=1),
        lambda story: _same(story.state.confidences["op1"]["ASH"].would_lift, "a ceiling"),
    )


def test_a_confidence_is_withdrawn_without_touching_the_position():
    story = given(
        convened(), opened(), took("ASH", "accept"), took("ASH", "object", visibility="facilitators")
    )
    story.when(took_back("ASH", visibility="facilitators")).then(holds("ASH", "accept"))
    assert story.state.confidences["op1"] == {}


def _same(found, expected):
    assert found == expected


def test_reaffirming_what_is_already_on_this_text_is_refused():
    given(convened(), opened(), took("ASH", "accept")).when(reaffirmed("ASH")).then(
        refused(Refused, "already_current", "Rev.1")
    )


def test_one_click_reaffirms_for_the_new_text():
    given(convened(), opened(), took("ASH", "accept"), revised()).when(reaffirmed("ASH")).then(
        holds("ASH", "accept", freshness=Freshness.REAFFIRMED, revision=2, made_on=1), counts(own=1, stale=0)
    )


def test_taking_a_position_anew_clears_that_it_was_addressed():
    address = asked(c.AddressObjection(clause="op1", seat="ASH", reason="a ceiling was added"), "chair")
    story = given(convened(), opened(), took("ASH", "object"), address)
    story.then(holds("ASH", "object", addressed="a ceiling was added"))
    story.when(took("ASH", "object", statement="it is too high")).then(holds("ASH", "object", addressed=None))


def test_counting_changes_nothing():
    story = given(convened(), opened(), took("ASH", "accept"), waited(DAY))
    assert count(story.state, "op1") == count(story.state, "op1")
    assert story.refolded() == story.state
