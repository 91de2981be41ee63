"""What comes over the border: its shape, its characters, and how words are sealed."""

import hashlib
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate import commands as c
from deliberate.commands import SealedText, digest_text, parse, seal
from deliberate.config import TEXT_CHARACTERS_MAX
from deliberate.errors import Invalid

TAKE = {"type": "take_position", "clause": "op4", "revision": 1, "seat": "ASH", "stance": "object"}
CONVENE = {
    "type": "convene",
    "title": {"en": "Initiative", "zh": "倡议"},
    "languages": ["en", "zh"],
    "original": "en",
    "clauses": [
        {"clause": "op1", "kind": "operative", "number": "OP1", "wording": {"en": "Text", "zh": "案文"}}
    ],
    "groups": [{"group": "G", "kind": "bloc", "name": {"en": "Grove"}}],
    "seats": [{"seat": "ASH", "name": {"en": "Ash"}, "kind": "government", "standing": "member"}],
    "host": "The Forum",
}


def refused(raw, code, *words):
    with pytest.raises(Invalid) as why:
        parse(raw)
    assert why.value.code == code, why.value
    assert why.value.status == 422
    for word in words:
        assert word in why.value.message, why.value.message
    return why.value.message


def test_a_command_is_parsed_into_what_it_asks_for():
    command = parse({**TAKE, "statement": "the costs"})
    assert isinstance(command, c.TakePosition)
    assert (command.stance, command.statement, command.seen) == ("object", "the costs", None)


def test_every_command_has_a_name_of_its_own():
    assert len(c.COMMANDS) == 34
    assert c.COMMANDS["take_position"] is c.TakePosition


def test_a_command_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        parse(TAKE).stance = "accept"


def test_an_unknown_stance_is_told_which_there_are():
    refused(
        {**TAKE, "stance": "meh"},
        "unknown_stance",
        "stance: must be one of",
        "'support'",
        "'pending'",
        "'meh'",
    )


@pytest.mark.parametrize(
    ("raw", "code", "word"),
    [
        ({"type": "win"}, "unknown_command", "'win'"),
        ({}, "unknown_command", "take_position"),
        (5, "unknown_command", "take_position"),
        (None, "unknown_command", "take_position"),
        ({**TAKE, "loud": True}, "unknown_field", "loud"),
        ({key: value for key, value in TAKE.items() if key != "seat"}, "missing", "seat: is missing"),
        ({**TAKE, "revision": 0}, "invalid", "revision"),
        ({**TAKE, "revision": "first"}, "invalid", "revision"),
        ({**TAKE, "seat": "A S H"}, "invalid", "seat"),
        ({**TAKE, "seat": "GROVE:ASH"}, "invalid", "seat"),
        ({**TAKE, "seat": "ASH\n"}, "invalid", "seat"),
        ({**TAKE, "statement": 5}, "invalid", "statement"),
        ({**TAKE, "statement": "  "}, "empty", "statement"),
        ({**TAKE, "lang": "EN!"}, "invalid", "lang"),
        ({"type": "check_in", "question": 1, "seats": []}, "empty", "seats"),
        ({"type": "open_round", "kind": "battle"}, "unknown_kind", "'consultation'"),
        (
            {"type": "import_positions", "clause": "op1", "revision": 1, "stances": {"ASH": "meh"}},
            "unknown_stance",
            "stances.ASH",
        ),
    ],
)
def test_a_wrong_shape_is_named_with_its_field(raw, code, word):
    refused(raw, code, word)


# --- characters ---


def test_a_text_that_is_too_long_says_how_long_it_may_be():
    refused(
        {**TAKE, "statement": "a" * (TEXT_CHARACTERS_MAX + 1)},
        "too_long",
        "statement: has 20001",
        "limit is 20000",
    )
    assert len(parse({**TAKE, "statement": "本" * TEXT_CHARACTERS_MAX}).statement) == TEXT_CHARACTERS_MAX


def test_a_huge_text_is_refused_without_being_read():
    refused({**TAKE, "statement": "\u202e" * 2_000_000}, "too_long", "2000000")


def test_a_list_that_is_too_long_is_refused():
    refused({"type": "check_in", "question": 1, "seats": ["ASH"] * (c.SEATS_MAX + 1)}, "too_long", "5000")


@pytest.mark.parametrize("character", sorted(c.OVERRIDES))
def test_characters_that_turn_text_around_are_refused(character):
    refused(
        {**TAKE, "statement": f"a{character}b"}, "bad_characters", "character 2", f"U+{ord(character):04X}"
    )


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ue000", "\uffff", "\ufdd0"]
)
def test_characters_without_a_meaning_for_readers_are_refused(character):
    refused(
        {**TAKE, "statement": f"a{character}b"}, "bad_characters", "character 2", f"U+{ord(character):04X}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "line\nline\ttab",
        "\u0627\u0644\u0646\u0635 \u200f2\u200e",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f52c",
        "中文，案文",
        "naïve",
    ],
    ids=["lines", "marks of direction", "a non-joiner", "a joiner", "Chinese", "accents"],
)
def test_every_script_and_its_joiners_are_welcome(text):
    assert parse({**TAKE, "statement": text}).statement == text


def test_texts_are_normalised_and_trimmed():
    assert parse({**TAKE, "statement": "  cafe\u0301\r\nbar\r "}).statement == "café\nbar"


def test_a_printed_number_is_a_line_of_plain_characters():
    clause = {"type": "table_clause", "clause": "op4", "kind": "operative", "wording": {"en": "Text"}}
    assert parse({**clause, "number": "OP4 bis"}).number == "OP4 bis"
    refused({**clause, "number": "\u202eOP4"}, "bad_characters", "number")
    refused({**clause, "number": "\ud800"}, "bad_characters", "number")
    refused({**clause, "number": "O\nP"}, "invalid", "number")
    refused({**clause, "number": "4" * 21}, "invalid", "number")


@pytest.mark.parametrize(
    "moment", ["2026-02-30T00:00:00.000Z", "9999-99-99T99:99:99.999Z", "2026-01-01T24:00:01.000Z"]
)
def test_a_moment_that_does_not_exist_is_refused(moment):
    refused({"type": "open_round", "kind": "negotiation", "deadline": moment}, "bad_moment", "deadline")


@pytest.mark.parametrize(
    "moment",
    ["2026-11-23", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00.000+01:00", "２０２６-11-23T09:00:00.000Z"],
)
def test_moments_are_utc_with_milliseconds_so_that_they_sort_as_text(moment):
    refused({"type": "open_round", "kind": "negotiation", "deadline": moment}, "invalid", "deadline")


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_whatever_is_accepted_can_be_stored_and_reads_in_the_order_it_was_written(text):
    try:
        statement = parse({**TAKE, "statement": text}).statement
    except Invalid:
        return
    assert statement.encode()
    assert not c.OVERRIDES.intersection(statement)
    assert parse({**TAKE, "statement": statement}).statement == statement


# --- sealing ---


def grains():
    numbers = count()
    return lambda: next(numbers).to_bytes(16, "big")


def grain(n):
    return n.to_bytes(16, "big")


def test_a_digest_is_over_the_salt_and_the_words():
    assert digest_text(grain(1), "案文") == hashlib.sha256(grain(1) + "案文".encode()).hexdigest()


def test_sealing_puts_a_digest_in_the_place_of_every_text():
    command = parse({**TAKE, "statement": "the costs", "would_lift": "a ceiling", "lang": "en"})
    sealed, texts = seal(command, grains())
    assert texts == [
        SealedText(digest_text(grain(0), "the costs"), grain(0), "the costs", "en"),
        SealedText(digest_text(grain(1), "a ceiling"), grain(1), "a ceiling", "en"),
    ]
    assert (sealed.statement, sealed.would_lift) == (texts[0].digest, texts[1].digest)
    assert command.statement == "the costs"


def test_sealing_leaves_codes_alone():
    command = parse(TAKE)
    assert seal(command) == (command, [])


def test_sealing_reaches_into_drafts_and_languages():
    command = parse(CONVENE)
    sealed, texts = seal(command, grains())
    words = {text.words: text for text in texts}
    assert set(words) == {"Initiative", "倡议", "The Forum", "Text", "案文", "Grove", "Ash"}
    assert sealed.clauses[0].wording == {"en": words["Text"].digest, "zh": words["案文"].digest}
    assert sealed.seats[0].name == {"en": words["Ash"].digest}
    assert (words["案文"].lang, words["The Forum"].lang) == ("zh", None)
    assert sealed.clauses[0].number == "OP1"


def test_the_same_words_have_another_digest_each_time():
    command = parse({**TAKE, "statement": "yes", "would_lift": "yes"})
    sealed, texts = seal(command)
    assert sealed.statement != sealed.would_lift
    assert [len(text.salt) for text in texts] == [16, 16]
    assert seal(command)[0] != sealed


def test_no_word_of_any_command_survives_sealing():
    """Every field that takes prose is found by `seal`: nothing long enough to be prose passes as a fact."""
    prose = "These words are a secret of the delegation."
    raws = [
        {**TAKE, "statement": prose, "scope": prose, "would_lift": prose, "cites": prose},
        {
            "type": "supplement_position",
            "clause": "op1",
            "seat": "ASH",
            "statement": prose,
            "would_lift": prose,
        },
        {**CONVENE, "source": {"en": prose}, "law": prose, "privacy": prose, "controller": prose},
        {"type": "close_round", "round": 1, "reason": prose},
        {
            "type": "revise_clause",
            "clause": "op1",
            "revision": 1,
            "change": "editorial",
            "wording": {"en": prose},
            "explanation": prose,
        },
        {"type": "withdraw_stakeholder", "seat": "ASH", "reason": prose},
        {"type": "address_objection", "clause": "op1", "seat": "ASH", "reason": prose},
        {"type": "withdraw_question", "question": 1, "reason": prose},
        {"type": "declare_decision", "question": 1, "outcome": "adopted", "statement": prose},
        {"type": "redact_text", "text": "a" * 64, "reason": prose},
        {"type": "add_translation", "of": "a" * 64, "lang": "fr", "text": prose},
    ]
    for raw in raws:
        sealed, texts = seal(parse(raw))
        assert prose not in sealed.model_dump_json()
        assert prose in {text.words for text in texts}
