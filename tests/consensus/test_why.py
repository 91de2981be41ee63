"""Why this number: the positions shown make exactly the figure shown, whatever everybody is called."""

from fractions import Fraction
from math import log2

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.rules import Rule, Setting
from deliberate.consensus.why import FORMULAS, FigureName, Role, Why, why
from deliberate.errors import Invalid
from deliberate.vocabulary import Freshness, GroupKind, Nature, Source, Stance, Vote

F = FigureName
UNTIL = "2026-11-23T10:00:00.000Z"
NUMBERS = [
    F.HEARD,
    F.ACCEPTANCE,
    F.ACCEPTANCE_LOWER,
    F.ACCEPTANCE_UPPER,
    F.STEPS_TO_NO_OBJECTION,
    F.STEPS_TO_ACCEPTANCE,
    F.MINIMUM_GROUP_SUPPORT,
    F.MINIMUM_GROUP_SUPPORT_LOWER,
    F.MINIMUM_GROUP_SUPPORT_UPPER,
    F.LEIK,
    F.AGREEMENT,
]


def of_worked(name: FigureName, **asked) -> Why:
    return why(worked_clause().state, "op1", name, **asked)


def seats(found: Why, role: Role) -> str:
    return " ".join(term.seat for term in found.terms if term.role is role)


def test_every_figure_has_its_formula_and_its_reference():
    assert set(FORMULAS) == set(FigureName)
    assert all(formula and reference for formula, reference in FORMULAS.values())


def test_the_acceptance_of_the_worked_clause_is_five_for_and_one_beside_them():
    found = of_worked(F.ACCEPTANCE)
    assert found.figure.exact == (5, 6)
    assert seats(found, Role.FOR) == "A1 A2 A3 B1 B2"
    assert seats(found, Role.BASE) == "C1"
    assert seats(found, Role.OUT) == "C2"
    assert seats(found, Role.UNKNOWN) == "C3 C4"
    assert (found.n, found.figure.members, found.formula) == (6, 9, "for / (for + base)")


def test_its_bounds_move_by_the_unknown():
    assert of_worked(F.ACCEPTANCE_LOWER).figure.exact == (5, 8)
    assert of_worked(F.ACCEPTANCE_UPPER).figure.exact == (7, 8)
    assert seats(of_worked(F.ACCEPTANCE_UPPER), Role.UNKNOWN) == "C3 C4"


def test_its_lowest_group_is_c_with_one_of_four_on_the_scale():
    found = of_worked(F.MINIMUM_GROUP_SUPPORT)
    assert (found.figure.value, found.figure.n_on, found.figure.members) == (0, 1, 4)
    assert (found.facts["lowest"], found.facts["unknown"]) == (["C"], [])
    assert [term.seat for term in found.terms] == ["C1", "C2", "C3", "C4"]
    assert found.facts["groups"]["A"] == {
        "accepting": 3,
        "n_on": 3,
        "abstain": 0,
        "N": 3,
        "bounds": [[3, 3], [3, 3]],
    }
    assert of_worked(F.MINIMUM_GROUP_SUPPORT_UPPER).figure.exact == (2, 3)
    assert of_worked(F.MINIMUM_GROUP_SUPPORT, groups=["A", "B"]).figure.value == 1
    assert of_worked(F.GROUP_SUPPORT, of="B").figure.exact == (2, 2)


def test_a_group_of_which_nobody_has_a_level_is_unknown_and_not_nought():
    meeting = Meeting().group("g").member("A", "B", groups=("g",))
    found = why(meeting.state, "op1", F.MINIMUM_GROUP_SUPPORT)
    assert (found.figure.value, found.figure.reason) == (None, "no_data")
    assert found.facts["unknown"] == ["g"]
    assert seats(found, Role.UNKNOWN) == "A B"


def test_its_indices_are_those_of_the_reference():
    assert of_worked(F.LEIK).figure.value == pytest.approx(0.416667, abs=5e-7)
    assert of_worked(F.AGREEMENT).figure.value == pytest.approx(0.662880, abs=5e-7)
    assert seats(of_worked(F.AGREEMENT), Role.FOR) == "A1 A2 A3 B1 B2 C1"


def test_two_on_the_scale_have_no_dispersion():
    meeting = Meeting().member("A", "B").take("op1", {"A": "support", "B": "object"})
    assert why(meeting.state, "op1", F.LEIK).figure.reason == "n_too_small"
    assert why(meeting.state, "op1", F.AGREEMENT).figure.value == 0.5


def test_its_status_is_decided_by_who_objects():
    found = of_worked(F.STATUS)
    assert (found.answer, seats(found, Role.FOR)) == ("objected", "C1")
    assert seats(found, Role.UNKNOWN) == "C3 C4"
    assert found.facts["objections"] == ["C1"]


@pytest.mark.parametrize(
    ("held", "status", "deciding"),
    [
        ({"A": "support", "B": "pending", "C": "accept"}, "awaiting", "B"),
        ({"A": "support"}, "few_heard", "B C"),
        ({"A": "support", "B": "dissociate", "C": "accept"}, "no_objection_dissociated", "B"),
        ({"A": "support", "B": "accept_with_reservation", "C": "accept"}, "no_objection_reserved", "B"),
        ({"A": "support", "B": "accept", "C": "accept"}, "all_accept", "A B C"),
        ({"A": "support", "B": "accept", "C": "abstain"}, "no_objection", ""),
    ],
)
def test_every_status_shows_who_decides_it(held, status, deciding):
    found = why(Meeting().member(*"ABC").take("op1", held).state, "op1", F.STATUS)
    assert (found.answer, seats(found, Role.FOR)) == (status, deciding)


def test_a_stale_acceptance_is_named_and_has_no_level():
    meeting = Meeting().member("A").takes("op1", "A", "accept").revises("op1")
    found = why(meeting.state, "op1", F.STATUS)
    (term,) = found.terms
    assert (found.answer, found.revision, term.role) == ("stale", 2, Role.FOR)
    assert (term.stance, term.level, term.freshness) == (Stance.ACCEPT, None, Freshness.STALE)
    assert why(meeting.state, "op1", F.ACCEPTANCE).terms[0].role is Role.UNKNOWN


def test_it_is_told_whose_words_a_position_is():
    meeting = Meeting().group("isles", GroupKind.BLOC).member("A", "B", "C").mandates("isles", "A", "C")
    meeting.takes("op1", "A", "accept").aligns("op1", "B", "A").takes("op1", "A", "object", bloc="isles")
    found = why(meeting.state, "op1", F.STATUS)
    assert [(term.source, term.through) for term in found.terms] == [
        (Source.OWN, None),
        (Source.ALIGNED, "A"),
        (Source.BLOC, "isles:A"),
    ]
    rule = why(meeting.state, "op1", F.RULE)
    assert seats(rule, Role.AGAINST) == "C"
    assert rule.facts["tally"]["objections"] == 1


def test_the_rule_of_the_worked_clause_is_not_put_and_shows_who_stands_against():
    found = of_worked(F.RULE)
    assert (found.of, found.answer, seats(found, Role.AGAINST)) == ("consensus", "not_put", "C1")
    assert found.facts["lacking"][0] == "question"
    assert seats(found, Role.UNKNOWN) == "C3"
    assert seats(found, Role.OUT) == "C4"  # silence blocks nothing, and is no acceptance


def test_unanimity_shows_who_accepts_who_holds_otherwise_and_who_has_not_said():
    found = of_worked(F.RULE, setting=Setting(Rule.UNANIMITY))
    assert seats(found, Role.FOR) == "A1 A2 A3"
    assert seats(found, Role.AGAINST) == "B1 B2 C1 C2"
    assert seats(found, Role.UNKNOWN) == "C3 C4"


def test_a_recorded_vote_is_shown_as_votes_and_no_stance_is_made_of_it():
    meeting = Meeting(nature=Nature.RECORD).member(*"ABCD").votes("op1", yes="A B", no="C", abstain="D")
    found = why(meeting.state, "op1", F.RULE, setting=Setting(Rule.SIMPLE_MAJORITY))
    assert (found.answer, seats(found, Role.FOR), seats(found, Role.AGAINST)) == ("pass", "A B", "C")
    assert [term.vote for term in found.terms] == [Vote.YES, Vote.YES, Vote.NO, Vote.ABSTAIN]
    assert {term.stance for term in found.terms} == {None}
    status = why(meeting.state, "op1", F.STATUS)
    assert (status.answer, seats(status, Role.OUT), status.facts["yes"]) == ("recorded_vote", "A B C D", 2)


def test_observers_are_in_no_figure():
    meeting = worked_clause().observer("ACME").takes("op1", "ACME", "object")
    for name in NUMBERS:
        found = why(meeting.state, "op1", name)
        assert "ACME" not in [term.seat for term in found.terms]
        assert found.figure == of_worked(name).figure


@pytest.mark.parametrize(
    ("clause", "name", "of"),
    [
        ("op9", F.ACCEPTANCE, None),
        ("op1", F.COUNT, "loves"),
        ("op1", F.COUNT, None),
        ("op1", F.GROUP_SUPPORT, "Z"),
    ],
)
def test_what_is_not_there_is_refused(clause, name, of):
    with pytest.raises(Invalid):
        why(worked_clause().state, clause, name, of=of)


@pytest.mark.parametrize("name", NUMBERS)
def test_without_members_every_figure_is_null_or_a_count_of_nought(name):
    found = why(Meeting().state, "op1", name)
    assert found.figure.value in (None, 0)
    assert (found.figure.value is None) == (found.figure.reason is not None)
    assert found.terms == ()


some = st.lists(st.sampled_from([None, "stale", *Stance]), min_size=1, max_size=7)


def meeting_of(held, names, order) -> Meeting:
    meeting = Meeting().group("g").group("h")
    for i in order:
        meeting.member(names[i], groups=("g",) if i % 2 else ("h",))
    meeting.take("op1", {names[i]: "accept" for i in order if held[i] == "stale"}).revises("op1")
    return meeting.take("op1", {names[i]: held[i] for i in order if held[i] not in (None, "stale")})


@given(some)
@settings(max_examples=60)
def test_the_terms_make_the_figure_by_its_formula(held):
    state = meeting_of(held, [f"s{i}" for i in range(len(held))], range(len(held))).state

    def parts(name, **asked):
        found = why(state, "op1", name, **asked)
        numbers = [
            sum(term.role is role for term in found.terms) for role in (Role.FOR, Role.BASE, Role.UNKNOWN)
        ]
        return found.figure, *numbers, [term.level for term in found.terms if term.role is Role.FOR]

    figure, yes, base, _, _ = parts(F.ACCEPTANCE)
    assert figure.value == (yes / (yes + base) if yes + base else None)
    figure, yes, base, unknown, _ = parts(F.ACCEPTANCE_LOWER)
    assert figure.exact == ((yes, yes + base + unknown) if yes + base + unknown else None)
    figure, yes, base, unknown, _ = parts(F.ACCEPTANCE_UPPER)
    assert figure.exact == ((yes + unknown, yes + base + unknown) if yes + base + unknown else None)
    for name, target in ((F.STEPS_TO_NO_OBJECTION, 2), (F.STEPS_TO_ACCEPTANCE, 3)):
        figure, *_, levels = parts(name)
        assert figure.value == sum(target - level for level in levels)
    figure, *_, levels = parts(F.AGREEMENT)
    worth = [1 + log2(1 - (5 - level) / 8) for level in levels]
    assert figure.value == (pytest.approx(sum(worth) / len(worth), abs=1e-12) if worth else None)
    figure, *_, levels = parts(F.LEIK)
    if len(levels) >= 3:
        shares = [sum(level <= k for level in levels) / len(levels) for k in (1, 2, 3, 4)]
        assert figure.value == pytest.approx(1 - sum(min(f, 1 - f) for f in shares) / 2)
    by_group = [parts(F.GROUP_SUPPORT, of=group)[1:3] for group in "gh" if len(held) > "hg".index(group)]
    known = [Fraction(yes, yes + base) for yes, base in by_group if yes + base]
    assert why(state, "op1", F.MINIMUM_GROUP_SUPPORT).figure.value == (float(min(known)) if known else None)
    counted = [parts(F.COUNT, of=code)[0].value for code in (*Stance, "stale", "conflict", "none")]
    assert sum(counted) == len(held)


@given(some, st.randoms(use_true_random=False), st.sampled_from([*NUMBERS, F.STATUS, F.RULE]))
@settings(max_examples=40)
def test_neither_names_nor_seating_change_a_figure_or_anybodys_part_in_it(held, random, name):
    order = random.sample(range(len(held)), len(held))
    new = random.sample([f"z{i}" for i in order], len(held))
    before = why(meeting_of(held, [f"s{i}" for i in range(len(held))], range(len(held))).state, "op1", name)
    after = why(meeting_of(held, new, order).state, "op1", name)
    assert (after.figure, after.answer) == (before.figure, before.answer)
    assert {new[int(term.seat[1:])]: term.role for term in before.terms} == {
        term.seat: term.role for term in after.terms
    }


def test_an_explanation_is_the_same_bytes_whenever_it_is_asked_for():
    first, again = (orjson.dumps(of_worked(name).as_dict()) for name in (F.LEIK, F.LEIK))
    assert first == again
    said = orjson.loads(first)
    assert (said["figure"], said["reference"], said["n"], said["N"]) == ("consensus_leik", "B3", 6, 9)
    assert said["terms"][0] == {
        "seat": "A1",
        "stance": "support",
        "level": 5,
        "source": "own",
        "freshness": "current",
        "through": None,
        "role": "for",
        "vote": None,
    }
