"""The voting rules: the vectors of the reference, and brute force over every way the unknown could vote."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.consensus.rules import (
    BallotBasis,
    Ballots,
    Lack,
    Movers,
    Stage,
    absolute_majority,
    double_majority,
    ieee_approval,
    indication,
    is_absolute_majority,
    is_double_majority,
    is_ieee_approval,
    is_iso_approval,
    is_qualified_majority,
    is_simple_majority,
    iso_approval,
    movers_needed,
    qualified_majority,
    simple_majority,
)
from deliberate.vocabulary import RuleAnswer, Stance

PASS, FAIL, UNDETERMINED, NOT_PUT = (
    RuleAnswer.PASS,
    RuleAnswer.FAIL,
    RuleAnswer.UNDETERMINED,
    RuleAnswer.NOT_PUT,
)
ORDER = [FAIL, UNDETERMINED, PASS]

SEATS = tuple("ABCDEFG")
GROUPS = {"north": "ABC", "south": "DE"}
RULES = {
    "simple": simple_majority,
    "two thirds": qualified_majority,
    "absolute": absolute_majority,
    "iso": lambda ballots: iso_approval(ballots, "ABCDE"),
    "ieee": ieee_approval,
    "double": lambda ballots: double_majority(ballots, GROUPS),
    "overlapping": lambda ballots: double_majority(ballots, {"north": "ABC", "coast": "CDE"}),
}
rules = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def ballots_of(letters: str, stage: Stage = Stage.CLOSED, present: str = "") -> Ballots:
    """Ballots from one letter a member: Y, N, A, or . for none."""
    voted = {
        kind: frozenset(seat for seat, letter in zip(SEATS, letters, strict=False) if letter == kind)
        for kind in "YNA"
    }
    return Ballots(SEATS[: len(letters)], voted["Y"], voted["N"], voted["A"], frozenset(present), stage)


votes = st.text("YNA.", min_size=7, max_size=7)


@pytest.mark.parametrize(("votes", "passes"), [((5, 5), False), ((6, 5), True), ((0, 0), False)])
def test_simple_majority(votes, passes):
    assert is_simple_majority(*votes) is passes


@pytest.mark.parametrize(("votes", "passes"), [((66, 33), True), ((65, 33), False), ((0, 0), False)])
def test_two_thirds(votes, passes):
    assert is_qualified_majority(*votes) is passes


@pytest.mark.parametrize(
    ("votes", "passes"),
    [((10, 5, 5, 20), True), ((10, 5, 6, 20), False), ((9, 5, 5, 25), False), ((0, 0, 0, 0), False)],
)
def test_iso(votes, passes):
    assert is_iso_approval(*votes) is passes


@pytest.mark.parametrize(
    ("votes", "passes"),
    [
        ((40, 24, 6, 2), True),
        ((40, 22, 8, 2), False),
        ((40, 20, 5, 4), False),
        ((40, 18, 3, 10), False),
        ((0,) * 4, False),
    ],
)
def test_ieee(votes, passes):
    assert is_ieee_approval(*votes) is passes


@pytest.mark.parametrize(
    ("groups", "passes"),
    [([(10, 2), (5, 4)], True), ([(20, 0), (4, 5)], False), ([(6, 5), (5, 4)], False), ([], False)],
)
def test_double(groups, passes):
    assert is_double_majority(groups) is passes


def test_absolute_majority_is_of_all_who_may_vote():
    assert is_absolute_majority(97, 193)
    assert not is_absolute_majority(96, 193)
    assert not is_absolute_majority(5, 10)


@pytest.mark.parametrize(
    ("votes", "movers"),
    [
        ((60, 40), Movers(7, 10)),
        ((66, 33), Movers(0, 0)),
        ((0, 9), Movers(6, None)),
        ((1, 2), Movers(1, 2)),
        ((0, 0), Movers(None, None)),
    ],
)
def test_movers_needed_for_two_thirds(votes, movers):
    assert movers_needed(*votes) == movers


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 6), st.integers(0, 6), st.booleans())
def test_movers_needed_is_the_least_that_does(yes, no, num, more, strict):
    share = Fraction(num, num + more)

    def enough(y, n):
        return y + n > 0 and (y > share * (y + n) if strict else y >= share * (y + n))

    to_yes = next((k for k in range(no + 1) if enough(yes + k, no - k)), None)
    to_abstain = next((k for k in range(no + 1) if enough(yes, no - k)), None)
    assert movers_needed(yes, no, num, num + more, strict) == Movers(to_yes, to_abstain)


@pytest.mark.parametrize("share", [(0, 1), (2, 1), (1, 0)])
def test_what_is_no_share_is_named(share):
    with pytest.raises(ValueError, match="no share"):
        movers_needed(1, 1, *share)
    with pytest.raises(ValueError, match="no share"):
        qualified_majority(ballots_of("YN"), *share)


@rules
@given(letters=votes.filter(lambda letters: letters.count(".") <= 4), present=st.sets(st.sampled_from(SEATS)))
def test_undetermined_exactly_when_the_unknown_could_change_it(rule, letters, present):
    still = [n for n, letter in enumerate(letters) if letter == "."]
    answers = set()
    for cast in itertools.product("YNA.", repeat=len(still)):
        complete = list(letters)
        for n, vote in zip(still, cast, strict=True):
            complete[n] = vote
        answers.add(rule(ballots_of("".join(complete), Stage.CLOSED, "".join(present))).answer)
    found = rule(ballots_of(letters, Stage.OPEN, "".join(present))).answer
    assert found is (answers.pop() if len(answers) == 1 else UNDETERMINED)


@rules
@given(letters=votes, seat=st.integers(0, 6), stage=st.sampled_from([Stage.OPEN, Stage.CLOSED]))
def test_a_vote_in_favour_never_makes_it_worse(rule, letters, seat, stage):
    before = rule(ballots_of(letters, stage))
    after = rule(ballots_of(letters[:seat] + "Y" + letters[seat + 1 :], stage))
    assert ORDER.index(after.answer) >= ORDER.index(before.answer)


@rules
@given(letters=votes)
def test_what_is_missing_is_the_least_that_does(rule, letters):
    found = rule(ballots_of(letters))
    others = [n for n, letter in enumerate(letters) if letter != "Y"]

    def passes(chosen):
        changed = "".join("Y" if n in chosen else letter for n, letter in enumerate(letters))
        return set(rule(ballots_of(changed)).lacking) <= {Lack.QUORUM}

    least = next(
        (k for k in range(len(others) + 1) if any(passes(c) for c in itertools.combinations(others, k))), None
    )
    if rule is RULES["overlapping"]:
        assert found.missing_to_pass is None
    else:
        assert found.missing_to_pass == least


@rules
@given(letters=votes)
def test_who_and_the_tally_say_whose_votes_they_are(rule, letters):
    found = rule(ballots_of(letters, Stage.OPEN))
    assert found.who == tuple(seat for seat, letter in zip(SEATS, letters, strict=True) if letter == "N")
    assert found.unknown == tuple(seat for seat, letter in zip(SEATS, letters, strict=True) if letter == ".")
    assert [found.tally[name] for name in ("yes", "no", "abstain", "unknown")] == [
        letters.count(kind) for kind in "YNA."
    ]
    assert (found.answer is PASS) <= (not found.lacking)
    assert found.basis is BallotBasis.CAST


@rules
def test_a_vote_that_is_not_called_is_not_put(rule):
    found = rule(Ballots(SEATS, stage=Stage.NOT_PUT))
    assert (found.answer, found.lacking, found.missing_to_pass) == (NOT_PUT, (Lack.QUESTION,), None)


@rules
def test_nobody_who_may_vote_passes_nothing(rule):
    assert rule(Ballots(())).answer is FAIL


def test_a_tie_is_said_to_be_one():
    found = simple_majority(ballots_of("YYNNA.."))
    assert (found.answer, found.lacking, found.missing_to_pass) == (FAIL, (Lack.TIE,), 1)
    assert simple_majority(ballots_of("AAAA...")).lacking == (Lack.MAJORITY,)


def test_abstainers_make_the_quorum_and_do_not_count_as_voting():
    assert simple_majority(ballots_of("YAAA...")).answer is PASS
    short = simple_majority(ballots_of("YYA...."))
    assert (short.answer, short.lacking, short.tally["quorum_missing"]) == (FAIL, (Lack.QUORUM,), 1)
    assert simple_majority(ballots_of("YYA....", present="G")).answer is PASS


def test_a_group_without_its_own_majority_is_named():
    found = double_majority(ballots_of("YYYNNYY"), GROUPS)
    assert (found.answer, found.groups, found.lacking) == (FAIL, ("south",), (Lack.GROUP,))


def test_a_group_of_nobody_has_no_majority():
    found = double_majority(ballots_of("YYYYYYY"), {"all": SEATS, "none": ()})
    assert (found.answer, found.groups, found.missing_to_pass) == (FAIL, ("none",), None)
    with pytest.raises(ValueError, match="at least one group"):
        double_majority(ballots_of("Y"), {})


def test_a_negative_vote_without_reasons_is_not_counted_by_iso():
    assert iso_approval(ballots_of("YYYNN"), "ABCDE").answer is FAIL
    found = iso_approval(ballots_of("YYYNN"), "ABCDE", without_reasons="E")
    assert (found.answer, found.who) == (PASS, ("D",))


@pytest.mark.parametrize(
    ("letters", "lacking"),
    [
        ("YYYN...", (Lack.RETURN,)),
        ("YYYYAA.", (Lack.ABSTENTIONS,)),
        ("YYYYNN.", (Lack.MAJORITY,)),
        ("YYYYYN.", ()),
    ],
)
def test_ieee_says_which_of_its_three_conditions_lacks(letters, lacking):
    assert ieee_approval(ballots_of(letters)).lacking == lacking


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"yes": frozenset("A"), "no": frozenset("A")}, "one vote"),
        ({"yes": frozenset("Z")}, "Z may not vote"),
        ({"present": frozenset("Z")}, "Z may not vote"),
        ({"eligible": ("A", "A")}, "twice"),
    ],
)
def test_ballots_that_cannot_be_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Ballots(**({"eligible": ("A", "B")} | wrong))


def test_an_indication_is_labelled_wherever_it_goes():
    held = dict(zip(SEATS, [*Stance], strict=True))
    found = indication(held)
    assert (sorted(found.yes), sorted(found.no), sorted(found.abstain)) == (
        ["A", "B", "C"],
        ["E"],
        ["D", "F"],
    )
    assert found.unknown == ("G",)
    assert simple_majority(found).plain()["basis"] == "indication"
