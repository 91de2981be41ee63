"""The workbench in a real browser: the picture, its equal tables, and a report that arrives while one looks."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deliberate import commands as c
from deliberate.backoffice import BackOffice
from deliberate.database.reports import latest_report
from deliberate.vocabulary import Office
from tests.e2e.visiting import Platform, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
CLAUSES = ("op1", "op2", "op3", "op4")


def report(platform: Platform) -> int:
    """Let the back office describe what was recorded so far; return the version."""
    office = BackOffice(platform.server.database, interval_s=0)
    version = platform.state.version
    while (found := latest_report(platform.server.database, platform.id)) is None or found.version < version:
        office.step()
    return found.version


@pytest.fixture
def analysed(platform: Platform) -> Platform:
    """Three agree, one is at the other end, one has said too little to be tied."""
    for n, seat in enumerate(platform.state.members[:5]):
        for clause in CLAUSES if n < 4 else CLAUSES[:1]:
            platform.take(seat, clause, "object" if n == 3 else "support")
    report(platform)
    return platform


def look(platform: Platform, visit: Visit, **options: object) -> Visitor:
    visitor = visit(**options)
    visitor.enter(platform.link(office=Office.ANALYST))
    visitor.page.goto(f"{platform.url}/workbench")
    return visitor


def drawn(page: Page) -> Page:
    expect(page.locator(".canvas .node").first).to_be_visible()
    return page


def test_the_picture_and_the_tables_say_the_same(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit).page)
    rows = page.locator("table tbody tr[id^='node-']")
    assert page.locator(".canvas .node").count() == rows.count() == 42
    assert page.locator(".canvas line.congruence").count() == 3
    assert page.locator(".canvas line.conflict").count() == 3
    ties = page.locator("[data-fresh=edges] tbody tr").all_inner_texts()
    assert sum("congruence" in tie for tie in ties) == 3
    assert sum("conflict" in tie for tie in ties) == 3
    ring = page.locator(".canvas .node").evaluate_all("all => all.map(node => node.ariaLabel)")
    assert sum("no tie of congruence · none of conflict" in label for label in ring) == 38


def test_ties_of_conflict_are_dashed_and_each_sign_can_be_hidden(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit).page)
    conflict = page.locator(".canvas line.conflict").first
    assert conflict.evaluate("line => getComputedStyle(line).strokeDasharray") != "none"
    assert (
        page.locator(".canvas line.congruence").first.evaluate(
            "line => getComputedStyle(line).strokeDasharray"
        )
        == "none"
    )
    page.get_by_role("checkbox", name="Conflict").uncheck()
    expect(page.locator(".canvas line.conflict")).to_have_count(0)
    expect(page.locator(".canvas line.congruence")).to_have_count(3)


def test_a_stakeholder_shows_its_ties_by_keyboard(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit).page)
    assert page.locator(".canvas .node[tabindex='0']").count() == 1
    page.locator(".canvas .node[aria-label*='2 ties of congruence']").first.focus()
    expect(page.locator(".canvas .near")).to_have_count(3)
    expect(page.locator(".graph .reading")).to_contain_text("2 ties of congruence, strongest with")
    page.keyboard.press("Enter")
    expect(page.locator(".canvas .node[aria-pressed=true]")).to_have_count(1)
    before = page.locator(":focus").get_attribute("aria-label")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert page.locator(":focus").get_attribute("aria-label") != before
    page.keyboard.press("Escape")
    expect(page.locator(".canvas .node[aria-pressed=true]")).to_have_count(0)


def test_a_new_report_arrives_while_one_looks(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit).page)
    expect(page.locator("[data-live]").first).to_contain_text("live")
    newcomer = analysed.state.members[5]
    for clause in CLAUSES:
        analysed.take(newcomer, clause, "support")
    version = report(analysed)
    expect(page.locator("[data-fresh=report-version]")).to_have_text(f"report of version {version}")
    expect(page.locator(".canvas line.congruence")).to_have_count(6)
    expect(page.locator(f"#node-{newcomer}")).to_contain_text("3 + 1")
    expect(page.locator("[data-fresh=agreement]")).to_contain_text("n 6")


def test_the_first_report_appears_by_itself(platform: Platform, visit: Visit) -> None:
    page = look(platform, visit).page
    expect(page.locator("main")).to_contain_text("The first report is being made")
    expect(page.locator("[data-live]").first).to_contain_text("live")
    report(platform)
    expect(page.locator("#graph-title")).to_be_visible()


def test_many_stakeholders_are_drawn_too(platform: Platform, visit: Visit) -> None:
    for n in range(270):
        seat = {"seat": f"N{n}", "name": {"en": f"Newcomer {n}"}, "kind": "government", "standing": "member"}
        platform.send(c.parse({"type": "seat_stakeholder", **seat}))
    report(platform)
    page = look(platform, visit).page
    expect(page.locator(".canvas canvas, .canvas svg").first).to_be_visible()
    page.get_by_label("Show").select_option(label="Newcomer 7")
    expect(page.locator(".graph .reading")).to_contain_text("Newcomer 7")


def test_files_carry_the_mark_of_a_rehearsal(analysed: Platform, visit: Visit) -> None:
    page = look(analysed, visit).page
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.locator("a[href$='/export/csv']").click()
    assert re.search("rehearsal", download.value.suggested_filename, re.IGNORECASE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_workbench(analysed: Platform, visit: Visit, scheme: str) -> None:
    visitor = look(analysed, visit, color_scheme=scheme)
    drawn(visitor.page)
    assert visitor.inspect() == []


def test_the_workbench_fits_a_narrow_screen(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit, viewport={"width": 320, "height": 640}).page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_one_can_come_closer_and_see_the_whole_again(analysed: Platform, visit: Visit) -> None:
    page = drawn(look(analysed, visit).page)
    page.locator(".canvas .node").first.focus()
    other = page.locator(".canvas .node").last
    before = other.get_attribute("transform")
    assert before is not None
    page.keyboard.press("+")  # towards the one that has the focus
    expect(page.get_by_role("button", name="Whole")).to_be_enabled()
    expect(other).not_to_have_attribute("transform", before)
    page.get_by_role("button", name="Whole").click()
    expect(other).to_have_attribute("transform", before)
