"""Imports of another body's record, redaction and translations."""

import pytest
from story import (
    asked,
    convened,
    counts,
    given,
    happened,
    holds,
    nothing_happened,
    opened,
    refused,
    status,
    took,
)

from deliberate import commands as c
from deliberate.errors import Invalid, NotFound, Refused
from deliberate.events import PositionsImported, TextRedacted, TranslationAdded, VotesRecorded
from deliberate.vocabulary import Nature, Stance, Vote

TEXT, FRENCH, ARABIC = "a" * 64, "b" * 64, "c" * 64


def record():
    return convened(nature=Nature.RECORD)


def votes(clause="op1", yes=(), no=(), abstain=(), carried=True):
    return asked(c.RecordVotes(clause=clause, yes=yes, no=no, abstain=abstain, carried=carried), "secretary")


def imported(clause="op1", revision=1, **stances):
    return asked(c.ImportPositions(clause=clause, revision=revision, stances=stances), "secretary")


def redacted(text=TEXT):
    return asked(c.RedactText(text=text, reason="a private address"), "secretary")


def translated(of, lang, text):
    return asked(c.AddTranslation(of=of, lang=lang, text=text), "secretary")


def test_votes_are_recorded_as_votes_and_never_as_stances():
    story = given(record()).when(votes(yes=("ASH", "BIRCH"), no=("CEDAR",), abstain=("ELM",)))
    story.then(
        happened(VotesRecorded, carried=True),
        status("recorded_vote"),
        counts(own=0, none=5, objections=()),
        holds("CEDAR", None),
    )
    recorded = story.state.clauses["op1"].votes
    assert recorded.tally() == (2, 1, 1)
    assert [recorded.vote_of(seat) for seat in ("ASH", "CEDAR", "ELM", "FIR")] == [
        Vote.YES,
        Vote.NO,
        Vote.ABSTAIN,
        None,
    ]


def test_each_member_votes_once_and_observers_do_not():
    story = given(record())
    story.when(votes(yes=("ASH",), no=("ASH",))).then(refused(Invalid, "voted_twice"))
    story.when(votes(yes=("OAK",))).then(refused(Refused, "observer"))
    story.when(votes(yes=("YEW",))).then(refused(NotFound, "unknown_seat"))
    story.when(votes("op9")).then(refused(NotFound, "unknown_clause"))
    story.when(votes(yes=("ASH",)), votes(yes=("ASH",))).then(refused(Refused, "votes_exist"))


def test_stances_are_imported_and_replaced_by_a_later_import():
    story = given(record()).when(imported(ASH="accept", BIRCH="object"))
    story.then(
        happened(PositionsImported, stances={"ASH": Stance.ACCEPT, "BIRCH": Stance.OBJECT}),
        holds("ASH", "accept", imported=True),
        counts(own=2, objections=("BIRCH",)),
    )
    story.when(imported(BIRCH="accept")).then(counts(own=2, objections=()))


def test_an_import_names_seats_and_the_current_text_of_a_clause():
    story = given(record())
    story.when(imported(YEW="accept")).then(refused(NotFound, "unknown_seat"))
    story.when(imported(revision=2, ASH="accept")).then(refused(Refused, "superseded", current=1))
    story.when(imported("title", ASH="accept")).then(refused(Refused, "not_negotiable"))


@pytest.mark.parametrize("nature", ["deliberation", "rehearsal"])
def test_nothing_is_imported_where_positions_are_taken(nature):
    story = given(convened(nature=nature))
    story.when(votes(yes=("ASH",))).then(refused(Refused, "not_record"))
    story.when(imported(ASH="accept")).then(refused(Refused, "not_record"))


def test_a_text_is_redacted_once_with_the_reason():
    story = (
        given(convened()).when(redacted()).then(happened(TextRedacted, text=TEXT, reason="a private address"))
    )
    assert story.state.redacted == {TEXT: "a private address"}
    story.when(redacted()).then(nothing_happened())


def test_redacting_a_text_redacts_its_translations_and_theirs():
    story = given(convened(), translated(TEXT, "fr", FRENCH), translated(FRENCH, "ar", ARABIC)).when(
        redacted()
    )
    story.then(
        happened(TextRedacted, text=TEXT),
        happened(TextRedacted, text=FRENCH),
        happened(TextRedacted, text=ARABIC),
    )


def test_a_translation_that_was_redacted_already_is_not_redacted_again():
    story = given(convened(), translated(TEXT, "fr", FRENCH), redacted(FRENCH)).when(redacted())
    assert [event.text for event in story.fresh] == [TEXT]


def test_a_translation_stands_beside_the_original():
    story = given(convened()).when(translated(TEXT, "fr", FRENCH), translated(TEXT, "ar", ARABIC))
    story.then(happened(TranslationAdded, of=TEXT, lang="fr", text=FRENCH))
    assert story.state.translations == {TEXT: {"fr": FRENCH, "ar": ARABIC}}


def test_a_redacted_text_is_not_translated():
    given(convened(), redacted()).when(translated(TEXT, "fr", FRENCH)).then(refused(NotFound, "redacted"))


def test_what_was_told_in_confidence_is_not_translated_for_everybody():
    story = given(convened(), opened(), took("ASH", "object", visibility="facilitators", statement=TEXT))
    story.when(translated(TEXT, "fr", FRENCH)).then(refused(NotFound, "unknown_text"))
    story.when(took("ASH", "object", statement=FRENCH), translated(FRENCH, "ar", ARABIC)).then(
        happened(TranslationAdded, of=FRENCH)
    )
