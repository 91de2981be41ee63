"""A page patched live equals the page loaded afresh, field by field, in English and in Chinese."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Platform, Visitor
from playwright.sync_api import Page, expect

from deliberate import commands as c
from deliberate.vocabulary import RoundKind

pytestmark = pytest.mark.browser
WITHIN_MS = 15_000
SHOWN = """() => [...document.querySelectorAll('[data-key][data-field]:not([data-field=moved])')].map((element) => {
  element.classList.remove('arrived');
  if (!element.classList.length) element.removeAttribute('class');
  const attributes = (each) => Object.fromEntries([...each.attributes].map(({ name, value }) => [name, value]));
  return [attributes(element), element.textContent.trim(), [...element.querySelectorAll('*')].map(attributes)];
})"""


def shown(page: Page) -> list[Any]:
    """What every element shows that is patched: text and attributes, its own and of what is in it; all but the note
    that the text moved, which is for those who were reading it."""
    found: list[Any] = page.evaluate(SHOWN)
    return found


def equals_a_fresh_load(page: Page, platform: Platform) -> None:
    version = platform.state.version
    expect(page.locator("[data-live]").first).to_contain_text(str(version), timeout=WITHIN_MS)
    fresh = page.context.new_page()
    fresh.goto(page.url)
    assert shown(page) == shown(fresh)
    fresh.close()


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_whatever_happens_the_desk_shows_what_a_fresh_load_shows(
    platform: Platform, visit: Callable[..., Visitor], locale: str
) -> None:
    mine, *others = platform.state.members[:9]
    page = visit(locale=locale).enter(platform.link(seat=mine))
    page.goto(f"{platform.url}/desk?clause=op1")
    expect(page.locator("[data-live]").first).to_have_class("pill connection hide live", timeout=WITHIN_MS)
    stances = (
        "support",
        "accept",
        "accept_with_reservation",
        "dissociate",
        "object",
        "abstain",
        "pending",
        "accept",
    )
    for seat, stance in zip(others, stances, strict=True):
        platform.take(seat, "op1", stance)
    platform.take(others[0], "op2", "pending")
    platform.take(mine, "op1", "accept")
    platform.take(mine, "op3", "object", none_would="true")
    equals_a_fresh_load(page, platform)
    text = {"en": "We should agree.", "zh": "我们应达成一致。"}
    platform.send(c.ReviseClause(clause="op1", revision=1, change="substantive", wording=text))
    equals_a_fresh_load(page, platform)
    platform.send(c.CloseRound(round=1, reason="Enough was said"))
    platform.send(c.OpenRound(kind=RoundKind.ADOPTION))
    platform.send(c.PutQuestion(clause="op1", revision=2))
    platform.take(others[1], "op1", "object")
    equals_a_fresh_load(page, platform)
    platform.send(c.WithdrawQuestion(question=1, reason="Consultations go on"))
    platform.send(c.WithdrawStakeholder(seat=others[2]))
    page.wait_for_load_state()
    equals_a_fresh_load(page, platform)
