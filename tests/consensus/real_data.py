"""Public data beside this checkout, as arrays. A test that needs what is not there is skipped, saying so."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
CONVERSATIONS = (
    "15-per-hour-seattle", "brexit-consensus", "london.youth.policing", "scoop-hivemind.freshwater",
    "scoop-hivemind.ubi", "vtaiwan.uberx",
)  # fmt: skip


def rows(*path):
    file = DATA.joinpath(*path)
    if not file.exists():
        pytest.skip(f"{'/'.join(path)} is not beside this checkout")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def roll_calls():
    """Sessions 70 to 72 of the General Assembly: members, and levels (members, roll calls) no 1, abstaining 2, yes 3."""
    cast = rows("un-votes", "subset-s70-72-votes.csv")
    members = sorted({row["country_code"] for row in cast})
    calls = sorted({int(row["rcid"]) for row in cast})
    row_of, column_of = ({name: place for place, name in enumerate(names)} for names in (members, calls))
    x = np.full((len(members), len(calls)), np.nan)
    for row in cast:
        level = {"no": 1, "abstain": 2, "yes": 3}[row["vote"]]
        x[row_of[row["country_code"]], column_of[int(row["rcid"])]] = level
    return members, x


@cache
def conversation(name):
    """A Polis conversation: voters, comments, votes (voters, comments), and the comments that were moderated out."""
    cast = sorted(rows("polis-opendata", name, "votes.csv"), key=lambda row: int(row["timestamp"]))
    last = {(int(row["voter-id"]), int(row["comment-id"])): int(row["vote"]) for row in cast}
    voters, comments = (sorted({key[side] for key in last}) for side in (0, 1))
    row_of, column_of = ({name: place for place, name in enumerate(names)} for names in (voters, comments))
    votes = np.full((len(voters), len(comments)), np.nan)
    for (voter, comment), vote in last.items():
        votes[row_of[voter], column_of[comment]] = vote
    out = {
        int(row["comment-id"])
        for row in rows("polis-opendata", name, "comments.csv")
        if row["moderated"] == "-1"
    }
    return voters, comments, votes, np.array([comment in out for comment in comments])
