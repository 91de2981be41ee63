"""What if: what would be said if positions or wordings changed is what is said once they have; nothing is touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.paths import Difference, Restated, Reworded, what_if
from deliberate.consensus.paths.whatif import SETTINGS
from deliberate.consensus.rules import Rule, Setting
from deliberate.consensus.why import FigureName
from deliberate.errors import Invalid
from deliberate.events import PositionWithdrawn
from deliberate.state import state_digest
from deliberate.vocabulary import Change, Finality, GroupKind, RuleAnswer, Stance

UNTIL = "2026-11-23T10:00:00.000Z"


def only(found: tuple[Difference, ...]) -> Difference:
    (one,) = found
    return one


def test_the_worked_clause_without_its_objection_awaits_instructions():
    found = only(what_if(worked_clause().state, [Restated("op1", "C1", Stance.DISSOCIATE)]))
    assert (found.before.status, found.after.status) == ("objected", "awaiting")
    assert (found.before.objections, found.after.objections) == (("C1",), ())
    steps = FigureName.STEPS_TO_NO_OBJECTION, FigureName.STEPS_TO_ACCEPTANCE
    assert [found.before.figures[name].value for name in steps] == [1, 2]
    assert [found.after.figures[name].value for name in steps] == [0, 1]
    assert {"status", "objections", "steps_to_no_objection", "rule:consensus"} <= set(found.changed)
    assert "acceptance" not in found.changed


def test_a_new_wording_leaves_the_worked_clause_objected_and_its_acceptance_unknown():
    found = only(what_if(worked_clause().state, [Reworded("op1")]))
    assert found.after.status == "objected"
    bounds = FigureName.ACCEPTANCE_LOWER, FigureName.ACCEPTANCE_UPPER
    assert [found.before.figures[name].exact for name in bounds] == [(5, 8), (7, 8)]
    assert [found.after.figures[name].exact for name in bounds] == [(0, 8), (7, 8)]


def test_a_new_wording_on_which_the_objector_accepts_is_stale_for_all_others():
    changes = [Reworded("op1"), Restated("op1", "C1", Stance.ACCEPT)]
    found = only(what_if(worked_clause().state, changes))
    assert found.after.status == "stale"
    assert found.after.figures[FigureName.ACCEPTANCE].exact == (1, 1)


def test_an_editorial_change_leaves_every_position_where_it_was():
    found = only(what_if(worked_clause().state, [Reworded("op1", Change.EDITORIAL)]))
    assert found.changed == ()


def test_the_state_is_not_touched():
    state = worked_clause().state
    before = state_digest(state)
    what_if(state, [Reworded("op1"), Restated("op1", "A1", Stance.OBJECT)])
    assert state_digest(state) == before


def test_a_question_on_the_earlier_wording_is_put_no_more():
    meeting = Meeting().member("A", "B").take("op1", {"A": "accept", "B": "accept"})
    meeting.puts_question("op1", UNTIL).checks_in("A", "B")
    found = only(what_if(meeting.state, [Reworded("op1")], at=UNTIL))
    assert found.before.rules[0].answer is RuleAnswer.PASS
    assert found.after.rules[0].answer is RuleAnswer.NOT_PUT


def test_an_objection_would_fail_every_rule_of_a_question_but_the_one_that_leaves_one():
    meeting = Meeting().member("A", "B").take("op1", {"A": "accept", "B": "accept"})
    meeting.puts_question("op1", UNTIL).checks_in("A", "B")
    found = only(what_if(meeting.state, [Restated("op1", "B", Stance.OBJECT)], at=UNTIL))
    answers = {ruling.rule: ruling.answer for ruling in found.after.rules}
    assert answers == {
        Rule.CONSENSUS: RuleAnswer.FAIL,
        Rule.NO_SUSTAINED_OPPOSITION: RuleAnswer.FAIL,
        Rule.CONSENSUS_MINUS: RuleAnswer.FAIL,
        Rule.UNANIMITY: RuleAnswer.FAIL,
    }
    leave_one = Setting(Rule.CONSENSUS_MINUS, objectors_max=1)
    found = only(
        what_if(meeting.state, [Restated("op1", "B", Stance.OBJECT)], settings=[leave_one], at=UNTIL)
    )
    assert found.after.rules[0].answer is RuleAnswer.PASS


def test_voting_rules_answer_on_indications_only_when_asked_to_and_say_so():
    votes = [Setting(Rule.SIMPLE_MAJORITY), Setting(Rule.QUALIFIED_MAJORITY)]
    changes = [Restated("op1", "C1", Stance.ACCEPT)]
    closed = only(what_if(worked_clause().state, changes, settings=votes))
    assert {ruling.answer for ruling in closed.after.rules} == {RuleAnswer.NOT_PUT}
    found = only(what_if(worked_clause().state, changes, settings=votes, indications=True))
    assert [ruling.answer for ruling in found.before.rules] == [RuleAnswer.PASS, RuleAnswer.UNDETERMINED]
    assert [ruling.answer for ruling in found.after.rules] == [RuleAnswer.PASS, RuleAnswer.PASS]
    assert {ruling.basis for ruling in found.after.rules} == {"indication"}


def test_those_aligned_with_a_statement_that_changes_are_unknown_until_they_confirm():
    meeting = Meeting().member("A", "B").takes("op1", "A", "accept").aligns("op1", "B", "A")
    found = only(what_if(meeting.state, [Restated("op1", "A", Stance.SUPPORT)]))
    assert found.before.figures[FigureName.ACCEPTANCE].exact == (2, 2)
    assert found.after.figures[FigureName.ACCEPTANCE].exact == (1, 1)


def test_a_position_of_its_own_ends_an_alignment_and_withdrawing_it_leaves_the_bloc():
    meeting = Meeting().group("isles", GroupKind.BLOC).member("A", "B").mandates("isles", "A", "B")
    meeting.takes("op1", "A", "accept").aligns("op1", "B", "A").takes("op1", "A", "object", bloc="isles")
    alone = only(what_if(meeting.state, [Restated("op1", "B", Stance.ABSTAIN)]))
    assert alone.after.objections == ()
    left = only(what_if(meeting.state, [Restated("op1", "B", None)]))
    assert left.after.objections == ("isles:A",)
    lifted = [Restated("op1", "B", None), Restated("op1", "A", Stance.ACCEPT, bloc="isles")]
    assert only(what_if(meeting.state, lifted)).after.objections == ()
    silent = [Restated("op1", "B", None), Restated("op1", "A", None, bloc="isles")]
    assert only(what_if(meeting.state, silent)).after.figures[FigureName.ACCEPTANCE].exact == (1, 1)


def test_finality_is_kept_or_that_of_the_round_unless_given():
    unanimity = [Setting(Rule.UNANIMITY)]
    meeting = Meeting().member("A").opens_round().puts_question("op1", UNTIL).checks_in("A")
    changes = (
        Restated("op1", "A", Stance.ACCEPT),
        Restated("op1", "A", Stance.ACCEPT, None, Finality.CONFIRMED),
    )
    found = [only(what_if(meeting.state, [change], settings=unanimity, at=UNTIL)) for change in changes]
    assert [one.after.rules[0].answer for one in found] == [RuleAnswer.UNDETERMINED, RuleAnswer.PASS]


def test_only_the_clauses_that_are_named_are_told_in_the_order_of_the_text():
    meeting = Meeting("op1 op2 op3").member("A")
    changes = [Reworded("op3"), Restated("op1", "A", Stance.ACCEPT)]
    assert [found.clause for found in what_if(meeting.state, changes)] == ["op1", "op3"]


@pytest.mark.parametrize(
    "change",
    [
        Restated("op9", "A1", Stance.ACCEPT),
        Restated("op1", "ZZ", Stance.ACCEPT),
        Restated("op1", "A1", Stance.ACCEPT, bloc="isles"),
        Reworded("op9"),
    ],
)
def test_what_is_not_there_cannot_change(change):
    with pytest.raises(Invalid):
        what_if(worked_clause().state, [change])


def test_a_difference_is_plain_data_with_its_numbers_and_their_n():
    said = only(what_if(worked_clause().state, [Restated("op1", "C1", Stance.ACCEPT)])).as_dict()
    assert said["kind"] == "what_if"
    assert said["before"]["figures"]["consensus_leik"]["value"] == pytest.approx(0.416667, abs=5e-7)
    assert said["after"]["figures"]["acceptance"] == {
        "value": 1.0,
        "n_on": 6,
        "n_resp": 8,
        "N": 9,
        "reason": None,
        "exact": [6, 6],
    }
    assert [ruling["rule"] for ruling in said["after"]["rules"]] == [setting.rule for setting in SETTINGS]


stances = st.sampled_from([None, *Stance])
moves = st.lists(st.tuples(st.sampled_from("ABC"), stances), max_size=4)


@given(st.lists(stances, min_size=3, max_size=3), moves, st.booleans())
@settings(max_examples=40)
def test_what_would_be_said_is_what_is_said_once_it_has_happened(held, moved, reworded):
    def meeting() -> Meeting:
        taken = {seat: stance for seat, stance in zip("ABC", held, strict=True) if stance}
        return (
            Meeting().group("g").member("A", "B", groups=("g",)).member("C").opens_round().take("op1", taken)
        )

    changes: list[Restated | Reworded] = [Reworded("op1")] if reworded else []
    changes += [Restated("op1", seat, stance, None, Finality.CONFIRMED) for seat, stance in moved]
    real = meeting()
    if reworded:
        real.revises("op1")
    for seat, stance in moved:
        if stance:
            real.takes("op1", seat, stance)
        elif seat in real.state.positions["op1"]:
            real.tell(PositionWithdrawn("op1", seat))
    if not changes:
        assert what_if(meeting().state, changes) == ()
        return
    would_be = only(what_if(meeting().state, changes)).after
    is_now = only(what_if(real.state, [Reworded("op1")])).before
    assert would_be == is_now
