"""The measures on what happened: a resolution voted on paragraph by paragraph, and conversations held on Polis."""

import csv
from collections import Counter
from fractions import Fraction
from math import prod
from pathlib import Path

import pytest

from deliberate.consensus.agreement import agreement_index, group_aware_consensus, rice
from deliberate.consensus.rules import (
    BallotBasis,
    Ballots,
    is_qualified_majority,
    movers_needed,
    qualified_majority,
    simple_majority,
)
from deliberate.vocabulary import RuleAnswer

DATA = Path(__file__).parents[3] / "shared" / "data"
RESOLUTION = DATA / "un-votes" / "clauses-A-RES-72-50.csv"
POLIS = DATA / "polis-opendata"
CONVERSATIONS = (
    "15-per-hour-seattle", "brexit-consensus", "london.youth.policing", "scoop-hivemind.freshwater",
    "scoop-hivemind.ubi", "vtaiwan.uberx",
)  # fmt: skip
MEMBERS = 193


def rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        pytest.skip(f"{path.parent.name}/{path.name} is not beside this checkout")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ballots_on(clause: str) -> Ballots:
    """The recorded vote; the six members that are not in the file did not vote."""
    votes = {row["country"]: row[clause] for row in rows(RESOLUTION)}
    names = (*votes, *(f"not in the file {n}" for n in range(MEMBERS - len(votes))))
    by = {
        kind: frozenset(name for name, vote in votes.items() if vote == kind)
        for kind in ("yes", "no", "abstain")
    }
    return Ballots(names, by["yes"], by["no"], by["abstain"], basis=BallotBasis.RECORD)


@pytest.mark.parametrize(
    ("clause", "tally", "cohesion"),
    [("whole", (156, 4, 24), (152 / 160, 142 / 184)), ("op2", (142, 7, 27), (135 / 149, 125 / 176))],
)
def test_cohesion_and_majorities_of_a_res_72_50(clause, tally, cohesion):
    ballots = ballots_on(clause)
    simple, two_thirds = simple_majority(ballots), qualified_majority(ballots)
    assert tuple(simple.tally[name] for name in ("yes", "no", "abstain")) == tally
    assert simple.tally["eligible"] == MEMBERS
    assert simple.answer is two_thirds.answer is RuleAnswer.PASS
    assert len(simple.who) == tally[1]
    assert (rice(*tally[:2]), agreement_index(*tally)) == pytest.approx(cohesion)


def test_no_paragraph_of_it_needed_a_mover():
    for clause in ("pp19", "pp20", "op2", "op5", "op8", "op20", "op21", "op28", "whole"):
        ballots = ballots_on(clause)
        assert is_qualified_majority(len(ballots.yes), len(ballots.no))
        assert movers_needed(len(ballots.yes), len(ballots.no)).to_yes == 0


@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_group_aware_consensus_of_published_groups_follows_from_the_votes(conversation):
    """By two ways: the table that was published, and the votes one by one, the last of each voter counting."""
    people = rows(POLIS / conversation / "participants-votes.csv")
    group = {row["participant"]: row["group-id"] for row in people if row["group-id"]}
    last = {
        (row["voter-id"], row["comment-id"]): row["vote"]
        for row in sorted(rows(POLIS / conversation / "votes.csv"), key=lambda row: int(row["timestamp"]))
    }
    told = Counter((comment, group[voter], vote) for (voter, comment), vote in last.items() if voter in group)
    groups = sorted(set(group.values()))
    comments = [name for name in people[0] if name.isdecimal()]
    assert comments
    for comment in comments:
        published = [
            [row[comment] for row in people if row["group-id"] == name and row[comment]] for name in groups
        ]
        found = group_aware_consensus(
            [votes.count("1") for votes in published], [len(votes) for votes in published]
        )
        expected = prod(
            Fraction(
                told[comment, name, "1"] + 1, sum(told[comment, name, vote] for vote in ("1", "0", "-1")) + 2
            )
            for name in groups
        )
        assert found == float(expected)
