"""State is the fold of a log and nothing else; a fork can be dropped without a trace."""

import pytest
from story import (
    DAY,
    MEMBERS,
    OBSERVER,
    adopted,
    aligned,
    asked,
    convened,
    given,
    invited,
    mandated,
    opened,
    put,
    reaffirmed,
    revised,
    seat_withdrawn,
    supplemented,
    took,
    took_back,
    waited,
)

from deliberate import commands as c
from deliberate.events import Recorded, RoundOpened
from deliberate.procedure import decide
from deliberate.state import NONE, State, bloc_id, fold, fold_all
from deliberate.vocabulary import ClauseStage, Nature, RoundKind, Standing


def eventful():
    """A story in which most kinds of events have happened."""
    return given(
        convened(),
        opened("consultation"),
        took("ASH", "support", cosponsor=True),
        took("BIRCH", "object", visibility="facilitators"),
        took("CEDAR", "object"),
        took("OAK", "accept"),
        aligned("FIR", "ASH"),
        mandated("BIRCH", "GROVE", "ASH"),
        took("ASH", "dissociate", bloc="GROVE"),
        supplemented("CEDAR", would_lift="a ceiling"),
        revised("op1", "editorial"),
        waited(DAY),
        revised("op1"),
        reaffirmed("ASH"),
        took_back("CEDAR"),
        adopted("op2"),
        invited("spare", seat="ELM"),
        seat_withdrawn("FIR"),
        put("op3"),
    )


def test_the_log_alone_tells_the_state():
    story = eventful()
    assert story.refolded() == story.state
    assert fold_all(story.log) == story.state


def test_the_first_part_of_a_log_tells_an_earlier_state():
    story = eventful()
    early = fold_all(story.log[:40])
    assert early.version == 40
    for recorded in story.log[40:]:
        fold(early, recorded)
    assert early == story.state


def test_events_come_without_a_gap():
    story = given(convened())
    event = RoundOpened(1, RoundKind.NEGOTIATION)
    for version in (story.state.version, story.state.version + 2):
        with pytest.raises(ValueError, match="cannot follow"):
            fold(story.state, Recorded(version, story.at, "chair", "", event, ""))


FURTHER = [
    (c.TakePosition(clause="op1", revision=3, seat="ELM", stance="object"), "elm"),
    (c.TakePosition(clause="op1", revision=3, seat="ELM", stance="object", visibility="facilitators"), "elm"),
    (c.TakePosition(clause="op1", revision=3, seat="ASH", stance="object", bloc="GROVE"), "ash"),
    (c.WithdrawPosition(clause="op1", seat="ASH"), "ash"),
    (c.SupplementPosition(clause="op1", seat="ASH", bloc="GROVE", statement="why"), "ash"),
    (c.AddressObjection(clause="op1", seat="ELM", reason="see OP2"), "chair"),
    (c.GiveMandate(seat="CEDAR", bloc="GROVE", speaker="ASH"), "cedar"),
    (c.RevokeMandate(seat="BIRCH", bloc="GROVE"), "birch"),
    (c.ReviseClause(clause="op1", revision=3, change="substantive", wording={"en": "New"}), "facilitator"),
    (c.CheckIn(question=2, seats=("ASH", "ELM")), "chair"),
    (c.RequestFloor(question=2, seat="ELM"), "elm"),
    (c.WithdrawQuestion(question=2, reason="later"), "chair"),
    (c.WithdrawStakeholder(seat="CEDAR"), "secretary"),
    (c.CloseRound(round=1, reason="done"), "chair"),
    (c.RevokeInvitation(invitation="spare"), "secretary"),
    (c.RevokeDelegate(holder="elm"), "secretary"),
    (c.GiveOffice(holder="reader", office="analyst"), "chair"),
    (c.RevokeOffice(holder="reader", office="reader"), "chair"),
    (c.AddTranslation(of="a" * 64, lang="fr", text="b" * 64), "secretary"),
    (c.RedactText(text="a" * 64, reason="an address"), "secretary"),
]


def test_a_fork_that_is_dropped_leaves_no_trace():
    story = eventful()
    fork = story.state.fork()
    assert fork == story.state
    for command, actor in FURTHER:
        for event in decide(fork, command, actor, story.at):
            fold(fork, Recorded(fork.version + 1, story.at, actor, "", event, ""))
    assert fork.version > story.state.version + len(FURTHER) - 1
    assert story.state == fold_all(story.log)


def test_a_fork_that_is_kept_equals_the_fold_of_its_log():
    story = eventful()
    fork, log = story.state.fork(), list(story.log)
    for command, actor in FURTHER:
        for event in decide(fork, command, actor, story.at):
            recorded = Recorded(fork.version + 1, story.at, actor, "", event, "")
            fold(fork, recorded)
            log.append(recorded)
    assert fork == fold_all(log)


def test_an_empty_state_is_a_deliberation_that_nobody_convened():
    state = State()
    assert state.convened is None
    assert state.nature is Nature.DELIBERATION
    assert state.open_round is None
    assert state.open_question is None
    assert state.text == []


def test_seats_keep_their_index_and_members_the_order_of_seating():
    state = given(convened(), seat_withdrawn("BIRCH")).state
    assert state.members == ("ASH", "CEDAR", "ELM", "FIR")
    assert [state.seats[seat].index for seat in (*MEMBERS, OBSERVER)] == [0, 1, 2, 3, 4, 5]


def test_the_standing_of_a_seat_ends_with_it():
    state = given(convened(), seat_withdrawn("BIRCH")).state
    assert state.roles_of_seat("ASH") is Standing.MEMBER
    assert state.roles_of_seat(OBSERVER) is Standing.OBSERVER
    assert state.roles_of_seat("BIRCH") is None
    assert state.roles_of_seat("YEW") is None


def test_the_text_is_in_its_order_and_titles_are_not_negotiated():
    state = given(convened()).state
    assert [clause.id for clause in state.text] == ["title", "chapeau", "op1", "op2", "op3"]
    assert [clause.id for clause in state.negotiable] == ["op1", "op2", "op3"]


def test_revisions_are_kept_with_who_changed_what_and_when():
    clause = eventful().state.clauses["op1"]
    assert [revision.number for revision in clause.revisions] == [1, 2, 3]
    assert [revision.change for revision in clause.revisions] == [None, "editorial", "substantive"]
    assert clause.revision is clause.revisions[-1]


def test_a_position_knows_when_it_was_made_and_when_it_last_moved():
    story = given(convened(), opened(), took("ASH", "object"))
    made = story.state.version
    story.when(asked(c.OpenRound(kind="negotiation"), "chair"))
    supplemented("ASH", statement="the costs")(story)
    position = story.state.positions["op1"]["ASH"]
    assert (position.version, position.made_version) == (made + 1, made + 1)
    revised()(story)
    reaffirmed("ASH")(story)
    position = story.state.positions["op1"]["ASH"]
    assert (position.version, position.made_version, position.made_on) == (made + 3, made + 1, 1)


def test_one_question_is_open_at_a_time():
    story = eventful()
    assert story.state.open_question.clause == "op3"
    assert story.state.clauses["op2"].stage is ClauseStage.ADOPTED


def test_a_seat_that_said_nothing_holds_nothing():
    state = given(convened()).state
    assert state.effective("op1", "ASH") is NONE
    assert NONE.stance is None


def test_a_blocs_position_is_named_bloc_and_speaker():
    assert bloc_id(("GROVE", "ASH")) == "GROVE:ASH"
