"""Colours can be read by everybody: WCAG 2.2 contrast of the tokens in style.css, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest

STYLE = (Path(__file__).resolve().parent.parent / "static/src/style.css").read_text("utf-8")
GROUNDS = ("paper", "sheet", "wash", "accent-wash", "ok-wash", "warn-wash", "obj-wash")
INKS = ("ink", "soft", "accent", "ok", "warn", "obj")
OUTLINES = ("edge", "off", "hatch", "live", "focus", "e5", "e4", "e3", "e2", "e1")
ON = (("on-accent", "accent"), ("on5", "s5"), ("on4", "s4"), ("on3", "s3"), ("on2", "s2"), ("on1", "s1"))


def tokens(block: str) -> dict[str, str]:
    """Return the colours of a block of custom properties, by name."""
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", block))


LIGHT = tokens(STYLE[: STYLE.index("@media screen and (prefers-color-scheme: dark)")])
DARK = tokens(
    STYLE[STYLE.index("@media screen and (prefers-color-scheme: dark)") : STYLE.index("/* --- ground")]
)
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_its_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_both_themes_define_the_same_colours():
    assert set(LIGHT) == set(DARK)


@THEMES
def test_text_is_read_on_every_ground(theme):
    poor = {(ink, ground): contrast(theme[ink], theme[ground]) for ink, ground in product(INKS, GROUNDS)}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@THEMES
def test_letters_are_read_on_the_colours_of_the_levels(theme):
    poor = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in ON}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@THEMES
def test_outlines_and_marks_are_seen_on_every_ground(theme):
    poor = {
        (line, ground): contrast(theme[line], theme[ground]) for line, ground in product(OUTLINES, GROUNDS)
    }
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 3} == {}


def test_no_colour_stands_outside_the_tokens():
    rules = STYLE[STYLE.index("/* --- ground") :]
    paper = rules[rules.index("@media print") :]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules.replace(paper, "")) == []
