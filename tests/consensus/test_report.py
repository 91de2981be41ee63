"""The report: the worked clause of consensus.md B18, figures that say what they rest on, and the same bytes again."""

import hashlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting, worked_clause

from deliberate.consensus.report import SCHEMA, analyse, follow
from deliberate.events import Rules
from deliberate.vocabulary import Audience, Nature, Outcome, RuleAnswer, StakeholderKind, Stance

CLAUSES = "op1 op2 op3 op4 op5"
UNTIL = "2026-11-23T10:00:00.000Z"


def said(meeting: Meeting) -> dict:
    return json.loads(meeting.report().as_json())


def busy() -> Meeting:
    meeting = Meeting(CLAUSES).member("A", "B", "C", "D").observer("ACME").opens_round()
    meeting.holds({"A": "SSSSO", "B": "SSASR", "C": "OODSS"})
    return meeting.opens_round().takes("op1", "D", "pending").revises("op2")


def test_the_worked_clause_is_reported_as_in_the_reference():
    clause = said(worked_clause())["clauses"][0]
    counts = clause["counts"]
    assert counts["levels"] == [1, 0, 2, 1, 2]
    assert (counts["pending"], counts["not_heard"], counts["none"]) == (1, 1, 1)
    assert clause["status"] == "objected"
    assert clause["objections"] == ["C1"]
    assert (clause["steps_to_no_objection"], clause["steps_to_acceptance"]) == (1, 2)
    assert clause["rule"]["answer"] == "not_put"
    rests_on = {"n_on": 6, "n_resp": 8, "N": 9, "reason": None}
    assert clause["acceptance"] == {"value": 0.833333333, "exact": [5, 6], **rests_on}
    assert clause["acceptance_bounds"] == [
        {"value": 0.625, "exact": [5, 8], **rests_on},
        {"value": 0.875, "exact": [7, 8], **rests_on},
    ]


def test_after_a_substantive_revision_acceptance_is_unknown_and_the_objection_stands():
    clause = said(worked_clause().revises("op1"))["clauses"][0]
    assert clause["status"] == "objected"
    assert clause["counts"]["stale"] == 5
    assert [bound["exact"] for bound in clause["acceptance_bounds"]] == [[0, 8], [7, 8]]


def test_what_has_no_value_is_null_with_a_reason_and_never_nought():
    meeting = Meeting().member("A", "B")
    assert said(meeting)["clauses"][0]["acceptance"]["value"] is None
    assert said(meeting)["clauses"][0]["acceptance"]["reason"] == "no_data"
    meeting.take("op1", {"A": "abstain", "B": "abstain"})
    lower, upper = said(meeting)["clauses"][0]["acceptance_bounds"]
    assert lower == upper == {"value": None, "n_on": 0, "n_resp": 2, "N": 2, "reason": "undefined"}


@given(st.lists(st.sampled_from([None, *Stance]), min_size=4, max_size=4))
def test_every_figure_says_what_it_rests_on(stances):
    held = {seat: stance for seat, stance in zip("ABCD", stances, strict=True) if stance}
    clause = said(Meeting().member(*"ABCD").take("op1", held))["clauses"][0]
    for figure in (clause["acceptance"], *clause["acceptance_bounds"]):
        assert figure["n_on"] <= figure["n_resp"] <= figure["N"] == 4
        assert (figure["value"] is None) == (figure["reason"] is not None)
    share = clause["acceptance"]["value"]
    if share is not None:
        lower, upper = (bound["value"] for bound in clause["acceptance_bounds"])
        assert 0 <= lower <= upper <= 1
        assert lower <= share


def test_the_same_log_gives_the_same_bytes():
    first, second = busy().report(), busy().report()
    assert first.as_json() == second.as_json()
    assert first.digest == hashlib.sha256(first.as_json()).hexdigest()
    assert first.version == busy().state.version


def test_another_process_with_another_hash_seed_gives_the_same_bytes():
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}; import test_report as t; print(t.busy().report().digest)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {busy().report().digest}


def test_a_report_is_labelled_with_what_it_is_of():
    meeting = busy()
    report = said(meeting)
    assert (report["schema"], report["kind"]) == (SCHEMA, "live")
    assert (report["version"], report["log"]) == (meeting.state.version, meeting.state.digest)
    assert (report["at"], report["nature"], report["basis"]) == (
        meeting.state.at,
        "deliberation",
        "positions",
    )
    assert report["heard"] == {"value": 4, "N": 4}


def test_names_are_digests_and_no_words_are_in_a_report():
    meeting = busy()
    node = said(meeting)["network"]["nodes"][0]
    assert node["name"] == meeting.state.seats["A"].name["en"]
    assert b"State of" not in meeting.report().as_json()


def test_the_rule_answers_for_the_moment_of_the_last_event_or_the_one_asked_for():
    meeting = Meeting().member("A").takes("op1", "A", "support").puts_question("op1", UNTIL).checks_in("A")
    assert said(meeting)["clauses"][0]["rule"]["answer"] == "undetermined"
    asked = json.loads(analyse(meeting.state, UNTIL).as_json())
    assert (asked["at"], asked["clauses"][0]["rule"]["answer"]) == (UNTIL, "pass")


def test_after_the_decision_the_rule_says_what_it_answered_then():
    meeting = Meeting().member("A").puts_question("op1", UNTIL)
    clause = said(meeting.declares("op1", Outcome.ADOPTED, RuleAnswer.PASS))["clauses"][0]
    assert (clause["status"], clause["stage"]) == ("decided", "adopted")
    assert clause["decision"] == {"question": 1, "outcome": "adopted", "revision": 1}
    assert clause["rule"] == {"rule": "consensus", "answer": "pass"}


def test_observers_are_shown_by_kind_and_counted_nowhere():
    meeting = Meeting(CLAUSES).member("A").observer("ACME", "BETA").takes("op1", "ACME", "object")
    meeting.observer("LAB", kind=StakeholderKind.RESEARCH_INSTITUTE).takes("op1", "LAB", "support")
    clause = said(meeting)["clauses"][0]
    assert clause["observers"] == {"company": {"object": 1, "none": 1}, "research_institute": {"support": 1}}
    assert (clause["counts"]["levels"], clause["acceptance"]["N"]) == ([0] * 5, 1)
    assert [node["code"] for node in said(meeting)["network"]["nodes"]] == ["A"]


def test_the_picture_holds_every_member_and_the_ties_between_them():
    network = said(busy())["network"]
    assert [node["code"] for node in network["nodes"]] == ["A", "B", "C", "D"]
    assert network["nodes"][0]["stances"] == "S~SSO"
    assert network["nodes"][3] | {"stances": "P....", "sources": "o...."} == network["nodes"][3]
    assert [edge[:2] for edge in network["edges"]] == [[0, 1], [0, 2]]  # B and C: a tie of weight 0
    _, _, weight, congruence, conflict, common = network["edges"][0]
    assert weight == pytest.approx(congruence - conflict)
    assert common == 4
    assert (network["pairs"], network["pairs_tied"], network["pairs_with_too_little_in_common"]) == (6, 3, 3)


def test_a_picture_starts_from_the_one_frozen_when_the_last_round_was_opened():
    meeting = Meeting(CLAUSES).member(*"ABCD").opens_round()
    assert said(meeting)["network"]["frozen_at"] == meeting.state.version
    meeting.holds({"A": "SSSSS", "B": "SSSSO", "C": "OOOOO", "D": "OOOOS"}).opens_round()
    opened, places = meeting.state.version, meeting.report().places
    meeting.takes("op1", "B", "accept")
    following = meeting.following()
    assert following.frozen.version == opened
    assert (
        max(
            abs(a - b)
            for seat in "ABCD"
            for a, b in zip(following.frozen.places[seat], places[seat], strict=True)
        )
        < 0.1
    )
    assert following.report().as_json() == follow(meeting.recorded).report().as_json()


def test_positions_that_only_members_may_see_are_reported_to_members_only():
    assert Meeting(rules=Rules(audience=Audience.MEMBERS)).report().layer == "members"
    assert Meeting().report().layer == "public"


def test_a_record_of_votes_reports_tallies_and_a_labelled_projection_and_no_stance_or_rule():
    meeting = Meeting(CLAUSES, Nature.RECORD).member("A", "B", "C", "D")
    for clause in CLAUSES.split():
        meeting.votes(clause, yes="A B", no="C")
    report = said(meeting)
    assert report["basis"] == report["network"]["basis"] == "projection of recorded votes"
    clause = report["clauses"][0]
    assert clause["status"] == "recorded_vote"
    assert clause["votes"] == {"yes": 2, "no": 1, "abstain": 0, "not_recorded": 1, "N": 4, "carried": True}
    assert not {"counts", "acceptance", "rule"} & clause.keys()
    assert report["network"]["nodes"][2]["stances"] == "NNNNN"
    assert {tuple(edge[:3]) for edge in report["network"]["edges"]} == {
        (0, 1, 1.0),
        (0, 2, -1.0),
        (1, 2, -1.0),
    }
    assert report["heard"] == {"value": 3, "N": 4}


@given(st.permutations("ABCD"))
def test_renaming_changes_nothing_but_the_names(names):
    renamed = dict(zip("ABCD", names, strict=True))
    rows = {"A": "SSSSO", "B": "SSASR", "C": "OODSS", "D": "PPNNS"}
    plain = Meeting(CLAUSES).member(*"ABCD").opens_round().holds(rows)
    other = (
        Meeting(CLAUSES)
        .member(*names)
        .opens_round()
        .holds({renamed[seat]: row for seat, row in rows.items()})
    )
    first, second = said(plain), said(other)
    for one, two in zip(first["clauses"], second["clauses"], strict=True):
        assert [renamed[seat] for seat in one.pop("objections")] == two.pop("objections")
        assert one == two
    assert first["network"]["edges"] == second["network"]["edges"]
    for one, two in zip(first["network"]["nodes"], second["network"]["nodes"], strict=True):
        assert (one["x"], one["y"], one["stances"]) == (two["x"], two["y"], two["stances"])


def test_an_empty_deliberation_has_a_report():
    report = said(Meeting(""))
    assert (report["clauses"], report["network"]["nodes"], report["network"]["edges"]) == ([], [], [])
