"""Rounds and revisions (A5): what a new wording does to what was said before."""

import pytest
from story import (
    DAY,
    HOUR,
    MEMBERS,
    acceptance,
    adopted,
    asked,
    closed,
    convened,
    counts,
    given,
    happened,
    holds,
    mandated,
    opened,
    put,
    reaffirmed,
    refused,
    revised,
    status,
    took,
    took_back,
    waited,
)
from story import challenged as challenge

from deliberate.commands import ChallengeRevision
from deliberate.errors import Forbidden, Invalid, NotFound, Refused
from deliberate.events import ClauseRevised, RevisionChallenged, RevisionSettled, RoundClosed, RoundOpened
from deliberate.vocabulary import Change, Freshness, Nature

# --- rounds ---


def test_rounds_are_numbered_from_one_and_one_is_open_at_a_time():
    story = given(convened())
    story.when(opened("consultation")).then(happened(RoundOpened, round=1, kind="consultation"))
    story.when(opened()).then(refused(Refused, "round_open", "Round 1 is still open"))
    story.when(closed(), opened()).then(happened(RoundOpened, round=2))


def test_closing_a_round_lists_the_silent_the_pending_and_the_stale():
    given(
        convened(),
        opened(),
        took("ASH", "accept"),
        took("BIRCH", "pending"),
        took("CEDAR", "object", clause="op2"),
        took("OAK", "accept"),
        revised("op1"),
    ).when(closed(reason="the time is over")).then(
        happened(
            RoundClosed,
            round=1,
            not_heard=("ELM", "FIR"),
            pending=(("op1", "BIRCH"),),
            stale=(("op1", "ASH"),),
            reason="the time is over",
            effective_at=None,
        )
    )


def test_closing_a_round_asks_why():
    given(convened(), opened()).when(closed(reason=None)).then(refused(Invalid, "reason_missing"))


def test_a_round_is_closed_once_and_only_if_it_was_opened():
    story = given(convened(), opened(), closed())
    story.when(closed()).then(refused(Refused, "round_closed", "already closed"))
    story.when(closed(2)).then(refused(NotFound, "unknown_round"))


def test_a_deadline_lies_in_the_future():
    given(convened()).when(opened(deadline_s=0)).then(refused(Invalid, "deadline_past"))


def test_a_record_of_something_else_has_neither_rounds_nor_revisions():
    story = given(convened(nature=Nature.RECORD))
    story.when(opened()).then(refused(Refused, "record_only"))
    story.when(revised()).then(refused(Refused, "record_only"))


# --- substantive revisions ---


def everyone_but_one(change="substantive"):
    """Five members, five stances, then a new text."""
    return given(
        convened(),
        opened(),
        took("ASH", "support"),
        took("BIRCH", "accept_with_reservation", statement="as our law allows"),
        took("CEDAR", "dissociate"),
        took("ELM", "object", would_lift="a ceiling"),
        took("FIR", "abstain"),
    ).when(revised(change=change))


def test_a_substantive_change_makes_acceptances_unknown_and_nothing_else():
    everyone_but_one().then(
        happened(
            ClauseRevised,
            revision=2,
            change=Change.SUBSTANTIVE,
            stale=("ASH", "BIRCH"),
            maintained=("CEDAR", "ELM"),
            carried=("FIR",),
            challenge_until=None,
        ),
        counts(own=3, stale=2, abstain=1, levels=(1, 1, 0, 0, 0), objections=("ELM",), heard=5),
        holds("ASH", None, known=False, freshness=Freshness.STALE, revision=1),
        holds("BIRCH", None, statement="as our law allows"),
        holds("CEDAR", "dissociate", freshness=Freshness.MAINTAINED, revision=1),
        holds("ELM", "object", freshness=Freshness.MAINTAINED, would_lift="a ceiling"),
        holds("FIR", "abstain", freshness=Freshness.CARRIED, revision=2),
        status("objected"),
    )


def test_a_stale_acceptance_counts_as_unknown():
    given(convened(members=("ASH",)), opened(), took("ASH", "accept")).when(revised()).then(
        acceptance(lower=(0, 1), upper=(1, 1)), status("stale")
    )


def test_those_who_await_instructions_still_do_on_the_new_text():
    given(convened(), opened(), took("ASH", "pending")).when(revised()).then(
        holds("ASH", "pending", freshness=Freshness.CARRIED, revision=2)
    )


def test_an_objection_is_maintained_until_withdrawn_over_any_number_of_revisions():
    story = given(convened(), opened(), took("ASH", "object"), revised(), revised())
    story.then(
        holds("ASH", "object", freshness=Freshness.MAINTAINED, revision=1, made_on=1), status("objected")
    )
    story.when(took_back("ASH")).then(counts(objections=()))


def test_restating_an_objection_makes_it_reaffirmed():
    given(convened(), opened(), took("ASH", "object"), revised()).when(reaffirmed("ASH")).then(
        holds("ASH", "object", freshness=Freshness.REAFFIRMED, revision=2)
    )


def test_a_blocs_acceptance_goes_stale_and_its_objection_stands():
    story = given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("BIRCH", "HEDGE", "ELM"),
        took("ASH", "accept", bloc="GROVE"),
        took("ELM", "object", bloc="HEDGE"),
    ).when(revised())
    story.then(
        happened(ClauseRevised, stale=("GROVE:ASH",), maintained=("HEDGE:ELM",)),
        counts(objections=("HEDGE:ELM",)),
    )


def test_a_revision_names_the_one_it_replaces():
    given(convened(), opened(), revised()).when(revised(revision=1)).then(
        refused(Refused, "superseded", current=2)
    )


def test_a_revision_has_the_original_language_and_only_declared_ones():
    story = given(convened())
    story.when(revised(wording={"zh": "新案文"})).then(refused(Invalid, "no_original", "en"))
    story.when(revised(wording={"en": "New text", "fr": "Nouveau texte"})).then(
        refused(Invalid, "languages", "fr")
    )


def test_an_adopted_clause_is_closed_to_revisions():
    given(convened(), opened(), adopted()).when(revised()).then(refused(Refused, "adopted"))


def test_no_revision_is_made_under_a_question():
    given(convened(), opened(), put()).when(revised()).then(refused(Refused, "question_open"))


# --- editorial revisions ---


def test_an_editorial_change_carries_nothing_inside_the_challenge_window():
    everyone_but_one("editorial").then(
        happened(
            ClauseRevised,
            change=Change.EDITORIAL,
            stale=(),
            maintained=(),
            carried=(),
            challenge_until="2026-11-24T09:00:00.000Z",
        ),
        holds("ASH", "support", freshness=Freshness.CURRENT, revision=1),
    )


def test_the_clock_carries_positions_once_the_window_has_passed():
    everyone_but_one("editorial").when(waited(DAY)).then(
        happened(
            RevisionSettled,
            revision=2,
            carried=("ASH", "BIRCH", "CEDAR", "ELM", "FIR"),
            effective_at="2026-11-24T09:00:00.000Z",
        ),
        *(
            holds(seat, stance, freshness=Freshness.CARRIED, revision=2, made_on=1)
            for seat, stance in (
                ("ASH", "support"),
                ("BIRCH", "accept_with_reservation"),
                ("CEDAR", "dissociate"),
                ("ELM", "object"),
                ("FIR", "abstain"),
            )
        ),
    )


def test_any_one_member_makes_an_editorial_change_substantive():
    everyone_but_one("editorial").when(challenge("FIR")).then(
        happened(
            RevisionChallenged,
            seat="FIR",
            revision=2,
            stale=("ASH", "BIRCH"),
            maintained=("CEDAR", "ELM"),
            carried=("FIR",),
        ),
        lambda story: _is(story.state.clauses["op1"].revision.change, Change.SUBSTANTIVE),
        lambda story: _is(story.state.clauses["op1"].challenge_until, None),
    )


def _is(found, expected):
    assert found == expected


def test_a_challenged_change_is_not_settled_later():
    everyone_but_one("editorial").when(challenge("FIR"), waited(2 * DAY)).then(
        holds("ASH", None, freshness=Freshness.STALE)
    )


def test_a_challenge_leaves_positions_taken_on_the_new_text_inside_the_window():
    given(
        convened(),
        opened(),
        took("ASH", "accept"),
        took("BIRCH", "accept"),
        revised(change="editorial"),
        took("BIRCH", "support"),
        reaffirmed("ASH"),
        took("CEDAR", "accept"),
        took("CEDAR", "object"),
    ).when(challenge("FIR")).then(
        happened(RevisionChallenged, stale=(), maintained=(), carried=()),
        holds("ASH", "accept", freshness=Freshness.REAFFIRMED),
        holds("BIRCH", "support", freshness=Freshness.CURRENT, revision=2),
        holds("CEDAR", "object", freshness=Freshness.CURRENT),
    )


def test_a_substantive_change_inside_the_window_makes_those_stale_too():
    given(
        convened(), opened(), took("ASH", "accept"), revised(change="editorial"), took("BIRCH", "accept")
    ).when(revised(change="substantive")).then(
        happened(ClauseRevised, revision=3, stale=("ASH", "BIRCH")), counts(stale=2, levels=(0, 0, 0, 0, 0))
    )


def test_an_editorial_change_carries_neither_the_stale_nor_the_maintained():
    given(
        convened(),
        opened(),
        took("ASH", "accept"),
        took("BIRCH", "object"),
        revised(),
        revised(change="editorial"),
    ).when(waited(DAY)).then(
        happened(RevisionSettled, carried=()),
        holds("ASH", None, freshness=Freshness.STALE, revision=1),
        holds("BIRCH", "object", freshness=Freshness.MAINTAINED, revision=1),
    )


def test_a_second_editorial_change_waits_for_the_first():
    given(convened(), revised(change="editorial")).when(revised(change="editorial")).then(
        refused(Refused, "in_challenge_window", "Rev.2", until="2026-11-24T09:00:00.000Z")
    )


def test_no_question_is_put_inside_the_challenge_window():
    story = given(convened(), opened(), revised(change="editorial"), waited(23 * HOUR))
    story.when(put()).then(refused(Refused, "in_challenge_window", until="2026-11-24T09:00:00.000Z"))
    story.when(waited(HOUR), put()).then(holds("ASH", None))


def test_a_challenge_after_the_window_is_too_late():
    given(convened(), revised(change="editorial"), waited(DAY)).when(challenge("ASH")).then(
        refused(Refused, "window_over")
    )


def test_a_substantive_change_has_nothing_to_challenge():
    given(convened(), revised()).when(challenge("ASH")).then(refused(Refused, "window_over"))


def test_a_challenge_comes_from_ones_own_seat():
    for_another = asked(ChallengeRevision(clause="op1", revision=2, seat="BIRCH"), "ash")
    given(convened(), revised(change="editorial")).when(for_another).then(refused(Forbidden, "other_seat"))


def test_without_a_window_an_editorial_change_carries_at_once():
    given(convened(rules={"challenge_window_s": 0}), opened(), took("ASH", "accept")).when(
        revised(change="editorial")
    ).then(
        happened(ClauseRevised, carried=("ASH",), challenge_until=None), holds("ASH", "accept", revision=2)
    )


@pytest.mark.parametrize("clause", ["title", "chapeau"])
def test_what_is_not_negotiated_is_revised_without_a_window(clause):
    given(convened(rules={})).when(revised(clause, change="editorial")).then(
        happened(ClauseRevised, clause=clause, challenge_until=None)
    )


def test_what_all_accepted_is_still_accepted_after_the_window():
    members = [took(seat, "accept") for seat in MEMBERS]
    given(convened(), opened(), *members, revised(change="editorial"), waited(DAY)).then(
        status("all_accept"), counts(own=5, stale=0)
    )
