"""What all paths have in common: the same bytes whatever the hash seed, and one meaning with the rest of the package."""

import os
import subprocess
import sys

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.agreement import agreement_with_target
from deliberate.consensus.paths import (
    Tally,
    Voter,
    absolute_majority,
    ieee_ballot,
    iso_ballot,
    minimal_movers,
    qualified,
    requirements_of,
    simple_majority,
    utility,
)
from deliberate.consensus.paths.result import (
    Aim,
    Ending,
    Impasse,
    Limits,
    Obstacle,
    ObstacleKind,
    Path,
    Search,
)
from deliberate.consensus.rules import (
    Rule,
    Setting,
    is_absolute_majority,
    is_double_majority,
    is_ieee_approval,
    is_iso_approval,
    is_qualified_majority,
    is_simple_majority,
    movers_needed,
)
from deliberate.errors import Invalid
from deliberate.vocabulary import LEVEL, Vote

ALL_OF_THEM = """
import orjson
from deliberate.consensus.paths import *
from deliberate.vocabulary import Stance, Vote
tabled = [f"a{i}" for i in range(6)]
some = frozenset(tabled)
views = [View(f"o{i}", Stance.OBJECT, (Condition(frozenset({tabled[i], tabled[i + 1]})),), open_to=some) for i in range(5)]
views += [View(f"t{i}", Stance.ACCEPT, excludes=frozenset({tabled[i]}), open_to=some) for i in range(4)]
texts = Alternatives(
    ("A", "B", "C"),
    (("op1", ("x", "y")), ("op2", ("x", "y"))),
    (((1, 0, 0.5), (0, 1, 0.5)), ((0.5, 0.5, 0), (0.25, 0.5, 1))),
    (("g", ("A", "B")), ("h", ("C", "A"))),
)
voters = [Voter(f"v{i}", Vote.YES if i % 3 else Vote.NO, ("g",) if i % 2 else ()) for i in range(12)]
found = [
    minimal_amendments(views, tabled, exclusive=[some]),
    max_min_support(texts),
    max_min_support(texts, floor=0.9),
    pareto_package(texts, dict.fromkeys("ABC", (0.5, 0.5))),
    minimal_movers(voters, qualified(3, 4) + simple_majority("g")),
    steps_to_consensus({view.seat: view.stance for view in views}),
]
print(orjson.dumps([path.as_dict() for path in found], option=orjson.OPT_SORT_KEYS).decode())
"""


def test_every_path_is_the_same_bytes_whatever_the_hash_seed():
    told = {
        subprocess.run(
            [sys.executable, "-c", ALL_OF_THEM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    (same,) = told
    kinds = [path["kind"] for path in orjson.loads(same)]
    assert kinds == [
        "minimal_amendments",
        "max_min_support",
        "max_min_support",
        "pareto_package",
        "minimal_movers",
        "steps_to_consensus",
    ]


def path_of(search: Search, impasse: Impasse | None = None) -> Path:
    return Path("made up", None, None, search, None, None, impasse, 0, 0)


def test_a_path_that_a_clock_may_have_ended_says_so():
    timed = Search(Ending.OPTIMAL, 1, 0.0, 0.0, 0, Limits(seconds=9.0))
    open_proof = Impasse(Aim.RULE_MET, (Obstacle(ObstacleKind.GAIN),), proved=False)
    assert path_of(timed).reproducible
    assert not path_of(timed, open_proof).reproducible
    assert not path_of(Search(Ending.TIME_LIMIT, 1, 0.0, 0.0, 0, Limits(seconds=9.0))).reproducible
    assert path_of(Search(Ending.NODE_LIMIT, 1, 0.0, 0.0, 0, Limits()), open_proof).reproducible


@given(st.lists(st.sampled_from(list(LEVEL)), min_size=1, max_size=9))
def test_the_mean_worth_of_stances_is_their_agreement_with_support(stances):
    counts = [sum(LEVEL[stance] == level for stance in stances) for level in range(1, 6)]
    mean = sum(utility(stance) for stance in stances) / len(stances)
    assert mean == pytest.approx(agreement_with_target(counts, 5), abs=1e-12)


few = st.integers(0, 12)


@given(few, few, few, few, few)
def test_requirements_are_met_exactly_when_the_rules_pass(yes, no, abstain, yes_p, no_p):
    def met(requirements, group: Tally | None = None) -> bool:
        whole = Tally(yes, no, abstain)
        return all(part.met(whole if part.group is None else group) for part in requirements)

    assert met(qualified(2, 3)) == is_qualified_majority(yes, no)
    assert met(simple_majority()) == is_simple_majority(yes, no)
    assert met(absolute_majority(20)) == is_absolute_majority(yes, 20)
    assert met(ieee_ballot(20)) == (yes + no > 0 and is_ieee_approval(20, yes, no, abstain))
    group = Tally(min(yes, yes_p), min(no, no_p), 0)
    assert met(iso_ballot("p"), group) == is_iso_approval(group.yes, group.no, no, yes + no)
    double = requirements_of(Setting(Rule.DOUBLE_MAJORITY, groups=("p",)), 20)
    everyone = Tally(yes, no, abstain)
    assert met(double, everyone) == is_double_majority([(yes, no)])


@given(few, few, st.sampled_from([(1, 2), (2, 3), (3, 4), (1, 1)]))
@settings(max_examples=25)
def test_the_fewest_movers_of_one_kind_are_those_of_the_closed_form(yes, no, share):
    votes = [Vote.YES] * yes + [Vote.NO] * no

    def fewest(**costs) -> int | None:
        voters = [Voter(f"s{i}", vote, (), **costs) for i, vote in enumerate(votes)]
        best = minimal_movers(voters, qualified(*share)).best
        return best and best.movers

    closed = movers_needed(yes, no, *share)
    assert (fewest(abstain_cost=None), fewest(convert_cost=None)) == (closed.to_yes, closed.to_abstain)


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        (Setting(Rule.SIMPLE_MAJORITY), ["majority"]),
        (Setting(Rule.QUALIFIED_MAJORITY, num=3, den=4), ["3/4", "votes_cast"]),
        (Setting(Rule.ABSOLUTE_MAJORITY), ["absolute"]),
        (Setting(Rule.IEEE_APPROVAL), ["returned_75%", "abstaining_30%", "3/4", "votes_cast"]),
        (Setting(Rule.ISO_APPROVAL, participants="p"), ["2/3", "votes_cast", "negative_1/4"]),
        (Setting(Rule.DOUBLE_MAJORITY, groups=("g", "h")), ["2/3", "votes_cast", "majority", "majority"]),
    ],
)
def test_a_setting_of_a_voting_rule_has_its_requirements(setting, names):
    assert [part.name for part in requirements_of(setting, 9)] == names


@pytest.mark.parametrize("rule", [Rule.CONSENSUS, Rule.UNANIMITY, Rule.SILENCE])
def test_a_rule_of_a_question_has_none(rule):
    with pytest.raises(Invalid, match="steps to consensus"):
        requirements_of(Setting(rule), 9)
