"""Every string for people stands in every catalogue, finished: one that is added without its translations fails here.

`make strings` brings the catalogues up to date with the code; what is then empty in them is to be translated.
"""

import ast
import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale, gettext, ngettext

from deliberate import errors
from deliberate.web import languages, telling
from deliberate.web.refusals import REFUSALS
from hatch_build import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "deliberate" / "translations"
LANGUAGES = sorted(path.name for path in TRANSLATIONS.iterdir() if path.is_dir())
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
HAN = "[\u4e00-\u9fff]"
MEET_NO_READER = {
    "commands that pages do not send": {"group_twice", "invitation_exists", "invitation_place", "expired"},
    "imports": {"not_record", "votes_exist", "voted_twice"},
    "programs": {"connect", "platform_only", "rehearsal_only", "room", "rooms", "scope"},
}
"""Refusals that stay in English, by what is refused."""

Key = tuple[str | None, str]


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    """What `make strings` finds in Python, templates and TypeScript."""
    asked = re.findall(r"-k (\S+)", (ROOT / "Makefile").read_text("utf-8"))
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for file, line, msgid, comments, context in extract_from_dir(
        ROOT,
        methods,
        options,
        keywords=DEFAULT_KEYWORDS | parse_keywords(asked),
        directory_filter=lambda folder: (
            Path(folder).name not in ("node_modules", "__pycache__", ".venv", "dist")
        ),
    ):
        found.add(msgid, None, [(file, line)], auto_comments=comments, context=context)
    return found


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


@pytest.fixture(scope="module")
def chinese() -> Iterator[Catalog]:
    """The Chinese catalogue, as the server speaks it."""
    app = Flask("deliberate")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app)
    with app.test_request_context(), force_locale("zh"):
        yield read("zh")


def read(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def strings(catalogue: Catalog) -> dict[Key, Message]:
    return {(message.context, ids(message)[0]): message for message in catalogue if message.id}


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms(message: Message) -> tuple[str, ...]:
    return (
        (message.string,) if isinstance(message.string, str) else tuple(form or "" for form in message.string)
    )


def test_every_language_of_the_switch_but_english_has_a_catalogue():
    assert set(LANGUAGES) == set(languages.AUTONYMS) - {"en"}


def test_every_string_of_the_code_is_in_the_catalogue(catalogue: Catalog, extracted: Catalog):
    known = strings(catalogue)
    new = {key: message for key, message in strings(extracted).items() if key not in known}
    assert [f"{message.locations[0]}: {ids(message)[0]}" for message in new.values()] == []
    wrong = {key for key, message in strings(extracted).items() if ids(message) != ids(known[key])}
    assert wrong == set(), "make strings: the plural changed"


def test_no_catalogue_keeps_what_the_code_no_longer_says(catalogue: Catalog, extracted: Catalog):
    assert strings(catalogue).keys() - strings(extracted).keys() == set()
    assert list(catalogue.obsolete) == []


def test_every_string_is_translated_and_none_is_in_doubt(catalogue: Catalog):
    assert [key for key, message in strings(catalogue).items() if not all(forms(message))] == []
    assert [key for key, message in strings(catalogue).items() if message.fuzzy] == []


def test_a_translation_names_the_same_things_as_its_string(catalogue: Catalog):
    for message in strings(catalogue).values():
        named = set(PLACEHOLDER.findall(ids(message)[-1]))
        assert [set(PLACEHOLDER.findall(form)) for form in forms(message)] == [named] * len(forms(message)), (
            message.id
        )
        assert [str(wrong) for wrong in message.check(catalogue)] == []


def test_a_catalogue_has_as_many_plurals_as_its_language(catalogue: Catalog):
    num, expression = get_plural(str(catalogue.locale))
    assert (catalogue.num_plurals, catalogue.plural_expr) == (num, expression)
    plurals = [message for message in strings(catalogue).values() if message.pluralizable]
    assert plurals
    assert {len(forms(message)) for message in plurals} == {num}


def test_the_browser_gets_every_string_of_its_code(catalogue: Catalog, extracted: Catalog, tmp_path: Path):
    language = str(catalogue.locale)
    place = Path("deliberate/translations") / language / "LC_MESSAGES" / "messages.po"
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / "static/dist").mkdir(parents=True)
    (tmp_path / place).write_bytes((ROOT / place).read_bytes())
    made = tmp_path / "static/dist" / compile_catalogues(tmp_path)[language]
    messages = json.loads(made.read_bytes())["messages"]
    said = {
        key: message
        for key, message in strings(extracted).items()
        if any(str(file).startswith("static/src/") for file, _ in message.locations)
    }
    assert said
    assert {msgid for _, msgid in said} - messages.keys() == set(), "make strings"
    plurals = {msgid for (_, msgid), message in said.items() if message.pluralizable}
    assert {msgid for _, msgid in said if isinstance(messages[msgid], dict)} == plurals


def test_strings_in_templates_of_typescript_are_found():
    options = ConfigParser()
    options.read_string((ROOT / "babel.cfg").read_text("utf-8"))
    scripts = [section for section in options.sections() if section.startswith("javascript")]
    assert {options[section]["parse_template_string"] for section in scripts} == {"true"}


# --- refusals ---


def refused() -> set[str]:
    """The codes of refusals in what pages and their commands go through, as far as they are written out."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    folders = ("web", "procedure", "commands", "scenario/pasted.py", "secretariat")
    codes = set()
    for folder in folders:
        place = ROOT / "deliberate" / folder
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds:
                    codes |= {code.value for code in call.args[1:2] if isinstance(code, ast.Constant)}
    return codes


def test_every_refusal_that_a_reader_meets_has_a_sentence_to_translate():
    assert len(refused()) > 50
    assert refused() - REFUSALS.keys() - set().union(*MEET_NO_READER.values()) == set()


# --- Chinese ---


def test_chinese_uses_the_words_of_united_nations_documents(chinese: Catalog):
    everything = "".join(form for message in strings(chinese).values() for form in forms(message))
    assert gettext("Consensus") == "协商一致"
    assert gettext("Adopted without a vote") == "未经表决通过"
    assert gettext("Preambular paragraph") == "序言段"
    assert "共识" not in everything, "consensus as a procedure is 协商一致"


def test_chinese_is_punctuated_in_full_width(chinese: Catalog):
    narrow = re.compile(f"{HAN}[,;:!?()]|[,;:!?()]{HAN}|{HAN}[.]")
    assert [
        form for message in strings(chinese).values() for form in forms(message) if narrow.search(form)
    ] == []


def test_a_number_is_said_in_chinese_whatever_it_counts(chinese: Catalog):
    assert [ngettext("%(num)s objection", "%(num)s objections", num) for num in (1, 2)] == [
        "1项反对",
        "2项反对",
    ]
    assert [telling.span_words(seconds) for seconds in (0, 45, 60, 7_200, 86_400)] == [
        "0秒",
        "45秒",
        "1分钟",
        "2小时",
        "1天",
    ]
