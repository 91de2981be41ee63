"""Words are made twice, in Python for the page as it is loaded and in TypeScript for the page as it is patched: both
say the same of the same values, in English and in a language with other plurals, from the same msgids."""

import json
import random
import re
from collections.abc import Iterator
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po
from flask import Flask
from flask_babel import Babel, force_locale
from node import ROOT, run

from deliberate.board import CLAUSE_FIELDS
from deliberate.errors import Refused
from deliberate.vocabulary import (
    LETTER,
    Finality,
    Freshness,
    ObjectionType,
    RoundKind,
    Stance,
    StatusCode,
)
from deliberate.web import refusals, words
from hatch_build import compile_catalogues

SERVER_ALONE = {"day_words", "ngettext", "part_words", "register", "stance_button"}
SOURCES = {
    "python": ("deliberate/web/words.py", "deliberate/web/labels.py"),
    "javascript": ("static/src/lib/words.ts", "static/src/lib/labels.ts"),
}
LANGUAGE = "ru"

Call = tuple[str, list[Any]]


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def functions() -> set[str]:
    own = {name for name, value in vars(words).items() if getattr(value, "__module__", "") == words.__name__}
    return {name for name in own if isfunction(getattr(words, name)) and name[0] != "_"} - SERVER_ALONE


def said(call: Call) -> Any:
    answer = getattr(words, call[0])(*call[1])
    if call[0] == "bar":
        return [part._asdict() for part in answer]
    return answer


def in_browser(calls: list[Call], strings: dict[str, Any] | None = None) -> list[Any]:
    asked = [(camel(name), arguments) for name, arguments in calls]
    answers: list[Any] = run("words.ts", {"strings": strings, "calls": asked})
    return answers


# --- values ---


def some_calls(seed: int) -> list[Call]:
    """One call of every function, with values as the board has them."""
    dice = random.Random(seed)
    put = dice.random() < 0.5
    n = dice.choice([0, 1, 2, 5, 11, 21, 156])
    at = f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}T{dice.randrange(24):02}:05:09.000Z"
    stance = dice.choice(list(Stance))
    found: dict[str, list[Any]] = {
        "bar": [some_figures(dice)],
        "cell_class": [some_cell(dice)],
        "cell_mark": [some_cell(dice)],
        "cell_words": [some_cell(dice), put],
        "decision_words": [some_decision(dice)],
        "dissociations_words": [n],
        "figure": [some_figures(dice), dice.choice([*CLAUSE_FIELDS[1:], "accept_with_reservation"])],
        "finality_words": [dice.choice(list(Finality))],
        "heard_words": [some_figures(dice)],
        "join": [dice.choice(["", "a"]), "b", ""],
        "live_words": [
            dice.choice(["page", "live", "polling", "reconnecting"]), dice.choice([None, 0, n]), dice.choice([None, n])
        ],
        "made_on_words": [n],
        "mine_sentence": [some_mine(dice)],
        "mine_words": [some_mine(dice), put],
        "moment_words": [at],
        "not_heard_words": [n],
        "objection_type_words": [dice.choice(list(ObjectionType))],
        "objection_words": [some_objection(dice)],
        "on_behalf_words": ["Aldoria 100%", "%(bloc)s Meridian", n],
        "question_words": [{"number": 1, "clause": "op4", "revision": n, "until": at, "checked_in": n, "floor": []}],
        "receipt_words": [n, f"{dice.getrandbits(256):064x}"],
        "redacted_words": [],
        "reservations_words": [n],
        "revision_words": [n],
        "round_kind_words": [dice.choice(list(RoundKind))],
        "round_words": [dice.choice([None, some_round(dice, at)])],
        "sources_words": [some_figures(dice)],
        "stance_short": [stance, put],
        "stance_words": [stance, put],
        "status_words": [some_figures(dice), dice.choice([None, some_decision(dice)])],
        "time_words": [at],
    }  # fmt: skip
    return list(found.items())


def some_figures(dice: random.Random) -> list[Any]:
    parts = [dice.choice([0, 0, 1, 2, 7]) for _ in range(9)]
    members = sum(parts)
    heard = dice.randint(0, members)
    return [dice.choice(list(StatusCode)), *parts, 4, 1, 0, heard, members, parts[0]]


def some_cell(dice: random.Random) -> str:
    letters = [*LETTER.values(), *(letter.lower() for letter in LETTER.values())]
    return dice.choice([*(dice.choice(letters) + source for source in "oab"), "..", ".?", "!.", "!?"])


def some_decision(dice: random.Random) -> dict[str, Any]:
    seats = ["ASH", "ELM"]
    return dice.choice(
        [
            {"vote": [dice.randrange(3), 4, dice.randrange(4)], "carried": dice.random() < 0.5},
            {
                "outcome": dice.choice(["adopted", "adopted", "not_adopted"]),
                "reservations": seats[: dice.randrange(3)],
                "dissociations": seats[: dice.randrange(3)],
            },
        ]
    )


def some_mine(dice: random.Random) -> dict[str, Any] | None:
    own = {
        "made_on": dice.randrange(1, 4),
        "revision": 4,
        "freshness": dice.choice(list(Freshness)),
        "finality": dice.choice(list(Finality)),
    }
    return dice.choice([None, {"cell": some_cell(dice), "own": dice.choice([None, own, own])}])


def some_objection(dice: random.Random) -> dict[str, Any]:
    return {
        "type": dice.choice([None, *ObjectionType]),
        "made_on": dice.randrange(1, 30),
        "maintained": dice.random() < 0.5,
        "statement": dice.choice([None, "d" * 64]),
        "none_would": dice.random() < 0.5,
        "addressed": dice.choice([None, "d" * 64]),
    }


def some_round(dice: random.Random, at: str) -> dict[str, Any]:
    return {
        "number": dice.randrange(1, 9),
        "kind": dice.choice(list(RoundKind)),
        "deadline": dice.choice([None, at]),
        "open": dice.random() < 0.7,
    }


# --- both say the same ---


def test_every_function_has_a_twin() -> None:
    assert {camel(name) for name in functions()} == set(run("names.ts", None))
    assert {name for name, _ in some_calls(0)} == functions(), "and every one is compared below"


def test_page_and_browser_say_the_same_in_english() -> None:
    calls = [call for seed in range(400) for call in some_calls(seed)]
    for call, answer in zip(calls, in_browser(calls), strict=True):
        assert answer == said(call), call


def msgids(method: str) -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for source in SOURCES[method]:
        for _line, message, _comments, _context in extract_from_file(method, ROOT / source):
            found.add(message)
    return found


def test_the_browser_s_msgids_are_the_server_s() -> None:
    browser, server = msgids("javascript"), msgids("python")
    assert len(browser) > 50
    assert browser <= server


def test_every_string_of_the_browser_is_found_for_the_catalogues() -> None:
    """Babel does not look into template literals: `${_("…")}` would stay untranslated."""
    asked = re.compile(r'\b(?:_|N_|ngettext)\(\s*"((?:[^"\\]|\\.)*)"')
    for path in sorted((ROOT / "static" / "src").rglob("*.ts*")):
        found = {message for _line, message, *_ in extract_from_file("javascript", path)}
        heads = {message[0] if isinstance(message, tuple) else message for message in found}
        code = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert set(asked.findall(code)) <= heads, path.name


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A checkout with a made-up translation of all that the browser says: every string in brackets, by plural form."""
    catalogue = Catalog(LANGUAGE, charset="utf-8")
    for message in msgids("javascript"):
        many = isinstance(message, tuple)
        string = [f"{n}[{message[1]}]" for n in range(catalogue.num_plurals)] if many else f"[{message}]"
        catalogue.add(message, string, locations=[("static/src/lib/words.ts", 1)], flags=["python-format"])
    file = tmp_path / "deliberate" / "translations" / LANGUAGE / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as opened:
        write_po(opened, catalogue)
    (tmp_path / "static" / "dist").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def app(elsewhere: Path) -> Iterator[Flask]:
    made = compile_catalogues(elsewhere)
    app = Flask("deliberate")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(elsewhere / "deliberate" / "translations")
    app.config["STRINGS"] = json.loads((elsewhere / "static" / "dist" / made[LANGUAGE]).read_text("utf-8"))
    Babel(app)
    with app.test_request_context():
        yield app


def test_page_and_browser_say_the_same_in_a_language_with_other_plurals(app: Flask) -> None:
    calls = [call for seed in range(400) for call in some_calls(seed)]
    answers = in_browser(calls, app.config["STRINGS"])
    with force_locale(LANGUAGE):
        for call, answer in zip(calls, answers, strict=True):
            assert answer == said(call), call
        forms = {said(("reservations_words", [n]))[0] for n in (1, 2, 5)}
    assert forms == {"0", "1", "2"}


# --- what they say ---


def figures(code: str, **given: int) -> list[Any]:
    given = {"members": 42, "heard": 33, **given}
    return [code, *(given.get(name, 0) for name in CLAUSE_FIELDS[1:])]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (figures("objected", objections=1), "1 objection"),
        (figures("objected", objections=2), "2 objections"),
        (figures("stale", stale=17), "Text revised: 17 to reaffirm"),
        (figures("awaiting", pending=4), "Awaiting 4"),
        (figures("few_heard", heard=12), "No objection so far · 30 not heard"),
        (figures("no_objection_reserved", reservation=2), "No objection so far · 2 reservations"),
        (figures("no_objection_dissociated", dissociate=1), "No objection so far · 1 dissociation"),
        (figures("no_objection"), "No objection so far · 9 not heard"),
        (figures("no_objection", heard=42), "No objection so far"),
        (figures("all_accept", heard=42), "Every member can accept"),
    ],
)
def test_the_status_describes(value: list[Any], sentence: str) -> None:
    assert words.status_words(value) == sentence


def test_the_word_consensus_is_never_computed() -> None:
    for seed in range(400):
        for name, arguments in some_calls(seed):
            if name.startswith("status"):
                assert "onsensus" not in said((name, arguments))
            if name == "status_words" and arguments[0][0] not in ("decided", "recorded_vote"):
                assert "dopted" not in said((name, arguments))


def test_a_recorded_vote_reads_as_records_do() -> None:
    decision = {"vote": [156, 4, 24], "carried": True}
    sentence = "Adopted by a recorded vote of 156 in favour to 4 against, with 24 abstentions"
    assert words.status_words(figures("recorded_vote"), decision) == sentence


def test_a_decision_names_what_stands_beside_it() -> None:
    decision = {"outcome": "adopted", "reservations": ["ASH", "ELM"], "dissociations": ["FIR"]}
    sentence = "Adopted without a vote · 2 reservations · 1 dissociation"
    assert words.status_words(figures("decided"), decision) == sentence


def test_an_objection_of_an_earlier_text_says_so() -> None:
    assert (
        words.cell_words("oo") == "Cannot accept as drafted · made on an earlier revision, not yet restated"
    )
    assert words.cell_words("aa") == "Can accept · to reaffirm · aligned"
    assert words.cell_words("Ob", put=True) == "Objects · by bloc"


def test_the_bar_is_filled_by_all_members() -> None:
    parts = words.bar(figures("objected", support=14, accept=9, object=1, none=18))
    assert sum(part.num for part in parts) == 42
    assert sum(float(part.width[:-1]) for part in parts) == pytest.approx(100)


def test_a_refusal_is_said_in_the_reader_s_language_when_it_has_words_there(
    app: Flask, elsewhere: Path
) -> None:
    refused = Refused("OP4 is now Rev.3; this was for Rev.1.", "superseded", current=3, given=1)
    assert words.refusal(refused) == refused.message
    catalogue = Catalog(LANGUAGE, charset="utf-8")
    catalogue.add(refusals.REFUSALS["superseded"], "Теперь Rev.%(current)s, а не Rev.%(given)s.")
    with (elsewhere / f"deliberate/translations/{LANGUAGE}/LC_MESSAGES/messages.po").open("wb") as opened:
        write_po(opened, catalogue)
    compile_catalogues(elsewhere)
    with force_locale(LANGUAGE):
        assert words.refusal(refused) == "Теперь Rev.3, а не Rev.1."
        assert words.refusal(Refused("The hall is closed.", "hall_closed")) == "The hall is closed."
