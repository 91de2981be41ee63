"""The rules of a question that is put, the silence procedure, and the tiers that choose between all rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate import events as e
from deliberate.consensus.rules import (
    Asked,
    BallotBasis,
    Ballots,
    Case,
    Lack,
    Rule,
    Setting,
    Silence,
    answer,
    asked,
    consensus,
    consensus_minus,
    consensus_ruling,
    deciding_stances,
    moved_deadline,
    no_sustained_opposition,
    panel,
    setting_of,
    silence_ruling,
    unanimity,
)
from deliberate.vocabulary import Finality, GroupKind, Nature, RuleAnswer, Stance

PASS, FAIL, UNDETERMINED, NOT_PUT = (
    RuleAnswer.PASS,
    RuleAnswer.FAIL,
    RuleAnswer.UNDETERMINED,
    RuleAnswer.NOT_PUT,
)
UNTIL = "2026-11-23T10:00:00.000Z"
BEFORE = "2026-11-23T09:59:59.999Z"
OF_A_QUESTION = {
    "consensus": consensus_ruling,
    "no sustained opposition": no_sustained_opposition,
    "minus one": lambda question: consensus_minus(question, 1),
    "unanimity": lambda question: unanimity(question, {"A": Stance.SUPPORT}),
}

questions = st.builds(
    Asked,
    members=st.integers(0, 5),
    put=st.booleans(),
    over=st.booleans(),
    checked_in=st.integers(0, 5),
    objections=st.sampled_from([(), ("A",), ("A", "B"), ("A", "B", "C")]),
    addressed=st.frozensets(st.sampled_from("ABC")),
)


def over(*objections: str, **more: object) -> Asked:
    return Asked(members=3, put=True, over=True, checked_in=2, objections=objections, **more)


@pytest.mark.parametrize("rule", OF_A_QUESTION.values(), ids=OF_A_QUESTION)
def test_until_it_is_put_every_rule_of_a_question_answers_not_put(rule):
    found = rule(Asked(members=3, put=False, over=False, checked_in=3))
    assert found.answer is NOT_PUT
    assert Lack.QUESTION in found.lacking


@pytest.mark.parametrize("rule", OF_A_QUESTION.values(), ids=OF_A_QUESTION)
@pytest.mark.parametrize("objections", [(), ("A",)])
def test_while_the_window_runs_every_rule_of_a_question_is_undetermined(rule, objections):
    found = rule(Asked(members=3, put=True, over=False, checked_in=3, objections=objections))
    assert found.answer is UNDETERMINED
    assert Lack.WINDOW in found.lacking


def test_one_objection_fails_consensus_and_names_who():
    found = consensus_ruling(over("B"))
    assert (found.answer, found.missing_to_pass, found.who, found.lacking) == (
        FAIL,
        1,
        ("B",),
        (Lack.OBJECTION,),
    )
    assert consensus_ruling(over()).answer is PASS


def test_an_addressed_objection_blocks_consensus_and_not_its_kin():
    question = over("A", "B", addressed=frozenset({"A", "B"}))
    assert consensus_ruling(question).answer is FAIL
    assert no_sustained_opposition(question).answer is PASS
    assert no_sustained_opposition(over("A", "B", addressed=frozenset({"A"}))).who == ("B",)


def test_consensus_minus_k_counts_distinct_objectors():
    assert consensus_minus(over("A"), 1).answer is PASS
    found = consensus_minus(over("A", "B"), 1)
    assert (found.answer, found.missing_to_pass, found.who) == (FAIL, 1, ("A", "B"))
    with pytest.raises(ValueError, match="0 or more"):
        consensus_minus(over(), -1)


@given(questions)
def test_what_passes_by_consensus_passes_by_its_kin(question):
    order = [FAIL, UNDETERMINED, PASS]
    strict = consensus_ruling(question).answer
    for rule in (no_sustained_opposition, consensus_minus):
        other = rule(question).answer
        assert (strict is NOT_PUT) == (other is NOT_PUT)
        if strict is not NOT_PUT:
            assert order.index(other) >= order.index(strict)


@given(questions)
def test_a_pass_lacks_nothing_and_a_fail_lacks_something(question):
    for rule in (consensus_ruling, no_sustained_opposition, consensus_minus):
        found = rule(question)
        assert (found.answer is PASS) == (not found.lacking)


@pytest.mark.parametrize(
    ("stances", "expected"),
    [
        ("support accept accept", PASS),
        ("support accept pending", UNDETERMINED),
        ("support accept -", UNDETERMINED),
        ("support accept_with_reservation accept", FAIL),
        ("support abstain -", FAIL),
        ("support dissociate accept", FAIL),
        ("", FAIL),
    ],
)
def test_unanimity_is_of_all_and_abstaining_is_not_accepting(stances, expected):
    held = {
        name: None if word == "-" else Stance(word)
        for name, word in zip("ABC", stances.split(), strict=False)
    }
    assert unanimity(over(), held).answer is expected


def test_the_ruling_of_a_state_says_what_the_report_says():
    meeting = worked_clause().puts_question("op1", UNTIL).checks_in("A1", "A2")
    for at in (BEFORE, UNTIL):
        report, ruling = (
            consensus(meeting.state, "op1", at),
            consensus_ruling(asked(meeting.state, "op1", at)),
        )
        assert (report.answer, report.objections) == (ruling.answer, ruling.who)
        assert report.quorum_missing == ruling.tally["quorum_missing"] == 3


def test_an_objection_that_the_chair_recorded_as_addressed_is_found_in_the_state():
    meeting = worked_clause().puts_question("op1", UNTIL).checks_in("A1", "A2", "A3", "B1", "B2")
    meeting.tell(e.ObjectionAddressed("op1", "C1", "the reason"))
    question = asked(meeting.state, "op1", UNTIL)
    assert question.addressed == {"C1"}
    assert (consensus_ruling(question).answer, no_sustained_opposition(question).answer) == (FAIL, PASS)


def test_in_a_decision_only_what_is_confirmed_and_no_blocs_acceptance_counts():
    meeting = Meeting().group("isles", GroupKind.BLOC).member("A", "B", "C", "D").opens_round()
    meeting.mandates("isles", "A", "B").takes("op1", "A", "support", bloc="isles").takes("op1", "A", "accept")
    meeting.tell(e.PositionTaken("op1", 1, "C", Stance.SUPPORT, Finality.INDICATIVE))
    meeting.tell(e.PositionTaken("op1", 1, "D", Stance.OBJECT, Finality.INDICATIVE))
    assert deciding_stances(meeting.state, "op1") == {
        "A": Stance.ACCEPT,
        "B": None,
        "C": None,
        "D": Stance.OBJECT,
    }


# --- silence ---------------------------------------------------------------------------------------------

DEADLINE = "2026-11-23T18:00:00.000Z"
LATE = "2026-11-23T17:59:59.999Z"


@pytest.mark.parametrize(
    ("procedure", "at", "expected", "lacking"),
    [
        ({"deadline": None}, DEADLINE, NOT_PUT, {Lack.QUESTION, Lack.DECLARATION}),
        ({}, LATE, UNDETERMINED, {Lack.WINDOW, Lack.DECLARATION}),
        ({}, DEADLINE, UNDETERMINED, {Lack.DECLARATION}),
        ({"declared": True}, DEADLINE, PASS, set()),
        ({"breaks": {"A": LATE}}, LATE, FAIL, {Lack.SILENCE, Lack.WINDOW, Lack.DECLARATION}),
        ({"breaks": {"A": DEADLINE}, "declared": True}, DEADLINE, PASS, set()),
        ({"objections": ("A",)}, LATE, UNDETERMINED, {Lack.OBJECTION, Lack.WINDOW, Lack.DECLARATION}),
        ({"objections": ("A",), "declared": True}, DEADLINE, FAIL, {Lack.OBJECTION}),
        ({"text_changed": True}, LATE, FAIL, {Lack.TEXT, Lack.WINDOW, Lack.DECLARATION}),
    ],
)
def test_the_silence_procedure(procedure, at, expected, lacking):
    found = silence_ruling(Silence(**({"members": 3, "deadline": DEADLINE} | procedure)), at)
    assert (found.answer, set(found.lacking)) == (expected, lacking)


def test_who_broke_the_silence_is_named_once():
    found = silence_ruling(Silence(3, DEADLINE, {"A": LATE}, objections=("A", "B")), DEADLINE)
    assert (found.who, found.missing_to_pass) == (("A", "B"), 2)


@pytest.mark.parametrize(
    ("outages", "expected"),
    [
        ([], DEADLINE),
        ([("2026-11-23T09:00:00.000Z", "2026-11-23T09:15:00.000Z")], DEADLINE),
        ([("2026-11-23T09:00:00.000Z", "2026-11-23T09:15:01.000Z")], "2026-11-24T18:00:00.000Z"),
        ([("2026-11-22T09:00:00.000Z", "2026-11-22T17:00:00.000Z")], DEADLINE),
        ([("2026-11-21T09:00:00.000Z", "2026-11-23T11:00:00.000Z")], "2026-11-25T20:00:00.000Z"),
        ([("2026-11-23T18:00:00.000Z", "2026-11-23T19:00:00.000Z")], DEADLINE),
    ],
)
def test_an_outage_in_the_last_day_moves_the_deadline(outages, expected):
    assert moved_deadline(DEADLINE, outages) == expected


def test_a_break_within_the_added_time_breaks_it():
    outage = (("2026-11-23T09:00:00.000Z", "2026-11-23T10:00:00.000Z"),)
    found = silence_ruling(Silence(3, DEADLINE, {"A": "2026-11-24T09:00:00.000Z"}, outages=outage), DEADLINE)
    assert found.answer is FAIL


# --- tiers -----------------------------------------------------------------------------------------------


def every_setting() -> list[Setting]:
    return [Setting(rule, groups=("A", "B"), participants="A") for rule in Rule]


def test_a_tier_that_was_not_adopted_is_decided_by_consensus():
    tiers = {"procedure": Setting(Rule.SIMPLE_MAJORITY)}
    assert setting_of(tiers, "procedure").rule is Rule.SIMPLE_MAJORITY
    assert setting_of(tiers, "substance") == setting_of({}, None) == Setting(Rule.CONSENSUS)


def test_every_rule_has_its_answer_and_before_anything_is_put_it_is_not_put():
    rulings = panel(worked_clause().state, "op1", UNTIL, every_setting())
    assert [ruling.rule for ruling in rulings] == list(Rule)
    assert {ruling.answer for ruling in rulings} == {NOT_PUT}


def test_the_panel_of_a_question_that_is_put():
    meeting = worked_clause().puts_question("op1", UNTIL).checks_in("A1", "A2", "A3", "B1", "B2")
    settings = [
        Setting(Rule.CONSENSUS),
        Setting(Rule.CONSENSUS_MINUS, objectors_max=1),
        Setting(Rule.UNANIMITY),
    ]
    assert [ruling.answer for ruling in panel(meeting.state, "op1", UNTIL, settings)] == [FAIL, PASS, FAIL]


def test_the_panel_of_a_recorded_vote_says_whose_record_it_is():
    meeting = Meeting(nature=Nature.RECORD).group("A").group("B").member("X", "Y", groups=("A",))
    meeting.member("Z", groups=("B",)).votes("op1", yes="X Y", no="Z")
    simple, double = panel(
        meeting.state,
        "op1",
        UNTIL,
        [Setting(Rule.SIMPLE_MAJORITY), Setting(Rule.DOUBLE_MAJORITY, groups=("A", "B"))],
    )
    assert (simple.answer, simple.basis, simple.who) == (PASS, BallotBasis.RECORD, ("Z",))
    assert (double.answer, double.groups) == (FAIL, ("B",))


def test_a_group_that_nobody_declared_is_named():
    case = Case(over(), ballots=Ballots(("A",), yes=frozenset("A")))
    with pytest.raises(ValueError, match="no group is called isles"):
        answer(Setting(Rule.DOUBLE_MAJORITY, groups=("isles",)), case, UNTIL)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"num": 4, "den": 3}, "no share"),
        ({"quorum_num": 2, "quorum_den": 2}, "cannot be reached"),
        ({"objectors_max": -1}, "not negative"),
        ({"rule": Rule.DOUBLE_MAJORITY}, "needs its groups"),
        ({"rule": Rule.ISO_APPROVAL}, "P-members"),
    ],
)
def test_settings_that_cannot_decide_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Setting(**wrong)
