import re
import unicodedata
from collections import Counter

import pytest

from deliberate.scenario import load
from deliberate.vocabulary import LANGUAGES, GroupKind

MEMBERS = load("initiative").members
ROSTER = load("initiative").roster
ARTICLE = re.compile(r"\((the|le|la|les|l'|el|los|las)\)$", re.IGNORECASE)


def states(group):
    return {member.code for member in MEMBERS if group in member.groups}


def test_all_193_member_states_are_there_with_a_name_in_each_of_the_six_languages():
    assert len({member.code for member in MEMBERS}) == 193
    for member in MEMBERS:
        assert re.fullmatch("[A-Z]{3}", member.code)
        assert re.fullmatch("[A-Z]{2}", member.iso2), member.code
        assert tuple(member.name) == LANGUAGES, member.code
        assert all(member.name.values()), member.code
    assert len({member.iso2 for member in MEMBERS}) == 193


def test_no_name_drags_the_article_that_lists_add():
    for member in MEMBERS:
        for name in member.name.values():
            assert not ARTICLE.search(name), name
            assert name == name.strip()
            assert "  " not in name
            assert not re.search(r"[*\[\]_\d]", name), name
            assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_share_a_name(language):
    assert len({member.name[language] for member in MEMBERS}) == 193


@pytest.mark.parametrize(
    ("language", "script"),
    [("ar", "ARABIC"), ("ru", "CYRILLIC"), ("zh", "CJK"), ("en", "LATIN"), ("es", "LATIN"), ("fr", "LATIN")],
)
def test_each_name_is_written_in_its_languages_script(language, script):
    for member in MEMBERS:
        letters = [letter for letter in member.name[language] if letter.isalpha()]
        assert all(unicodedata.name(letter).startswith(script) for letter in letters), member.name[language]


def test_names_that_lists_get_wrong_are_those_of_the_united_nations():
    names = {member.code: member.name for member in MEMBERS}
    assert names["CIV"] == {
        "ar": "كوت ديفوار",
        "en": "Côte d'Ivoire",
        "es": "Côte d'Ivoire",
        "fr": "Côte d'Ivoire",
        "ru": "Кот-д'Ивуар",
        "zh": "科特迪瓦",
    }
    assert [names["TUR"][language] for language in ("en", "fr", "es", "ru", "zh")] == [
        "Türkiye",
        "Türkiye",
        "Türkiye",
        "Турция",
        "土耳其",
    ]
    assert names["NLD"]["en"] == "Netherlands (Kingdom of the)"
    assert names["NRU"]["en"] == "Naoero"
    for code, name in {
        "BOL": "Bolivia (Plurinational State of)",
        "BRN": "Brunei Darussalam",
        "COD": "Democratic Republic of the Congo",
        "COG": "Congo",
        "CPV": "Cabo Verde",
        "CZE": "Czechia",
        "FSM": "Micronesia (Federated States of)",
        "GBR": "United Kingdom of Great Britain and Northern Ireland",
        "IRN": "Iran (Islamic Republic of)",
        "KOR": "Republic of Korea",
        "LAO": "Lao People's Democratic Republic",
        "MDA": "Republic of Moldova",
        "MKD": "North Macedonia",
        "PRK": "Democratic People's Republic of Korea",
        "RUS": "Russian Federation",
        "SWZ": "Eswatini",
        "SYR": "Syrian Arab Republic",
        "TLS": "Timor-Leste",
        "TZA": "United Republic of Tanzania",
        "USA": "United States of America",
        "VEN": "Venezuela (Bolivarian Republic of)",
        "VNM": "Viet Nam",
    }.items():
        assert names[code]["en"] == name


def test_every_state_is_in_exactly_one_regional_group_and_the_groups_add_up():
    regional = {group.id for group in ROSTER.groups if group.kind is GroupKind.REGIONAL}
    assert all(len(regional.intersection(member.groups)) == 1 for member in MEMBERS)
    assert Counter(group for member in MEMBERS for group in member.groups if group in regional) == {
        "african": 54,
        "asia_pacific": 54,
        "eastern_european": 23,
        "latin_american_caribbean": 33,
        "western_european_others": 29,
    }


def test_lists_have_the_lengths_that_the_united_nations_gives():
    assert len(states("ldc")) == 44
    assert "STP" not in states("ldc"), "São Tomé and Príncipe left the list on 13 December 2024"
    assert len(states("lldc")) == 32
    assert len(states("sids")) == 37
    assert states("ldc") & states("lldc") & states("sids") == set(), "no State is landlocked and an island"


def test_every_group_has_a_name_in_the_six_languages():
    for group in ROSTER.groups:
        assert set(group.name) == set(LANGUAGES)


def test_special_cases_of_groups_and_names_say_why():
    notes = {member.code: member.note for member in MEMBERS if member.note}
    assert {"USA", "TUR", "ISR", "KIR", "NRU", "STP"} <= set(notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_in_a_collation_are_a_permutation(language):
    assert sorted(member.order[language] for member in MEMBERS) == list(range(1, 194))


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_letters_with_marks_sort_beside_those_without(language):
    def letters(name):
        return "".join(
            c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)
        )

    in_order = [
        member.name[language] for member in sorted(MEMBERS, key=lambda member: member.order[language])
    ]
    assert in_order == sorted(in_order, key=letters)


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("en", "Costa Rica", "Côte d'Ivoire"),
        ("es", "Bélgica", "Belice"),
        ("fr", "Dominique", "Égypte"),
        ("ru", "Италия", "Йемен"),
        ("zh", "朝鲜民主主义人民共和国", "赤道几内亚"),
        ("zh", "智利", "中非共和国"),
        ("ar", "آيسلندا", "إثيوبيا"),
    ],
)
def test_neighbours_in_each_collation(language, first, then):
    order = {member.name[language]: member.order[language] for member in MEMBERS}
    assert order[then] == order[first] + 1
