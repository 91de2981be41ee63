"""The chair's pages in a real browser: live, by keyboard, on a phone, without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deliberate import commands as c
from deliberate.vocabulary import Change, Office
from tests.e2e.visiting import CHAIR, Platform, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PHONE = {"width": 320, "height": 640}
REGIONS = ".figures, #open, .matters"


@pytest.fixture
def at_table(platform: Platform, visit: Visit) -> Callable[..., Visitor]:
    """A function that gives a visitor in the chair; keywords as `visit`."""

    def come(path: str = "", **options: object) -> Visitor:
        visitor = visit(**options)
        visitor.enter(platform.link(office=Office.CHAIR))
        visitor.page.goto(f"{platform.url}/chair{path}")
        return visitor

    return come


def live(page: Page) -> Page:
    """The page once it is live and its matrix is drawn."""
    expect(page.locator("[data-live]").first).to_contain_text("live")
    expect(page.locator("[role=grid]")).to_be_visible()
    return page


def cell(page: Page, words: str) -> object:
    return page.locator(f"[role=gridcell][aria-label='{words}']")


def first_seats(platform: Platform) -> list[tuple[str, str]]:
    """The first members, as (code, name)."""
    state = platform.state
    texts = platform.server.secretariat.log.texts(
        platform.id, [state.seats[s].name["en"] for s in state.members]
    )
    return [(seat, str(texts[state.seats[seat].name["en"]].words)) for seat in state.members]


def test_a_position_arrives_in_the_matrix_the_figures_and_the_list(
    platform: Platform, at_table: Visit
) -> None:
    page = live(at_table("?clause=op4").page)
    (code, name), (other, _) = first_seats(platform)[:2]
    expect(cell(page, f"{name}, OP4: No position recorded")).to_have_count(1)
    platform.take(code, "op4", "object")
    expect(cell(page, f"{name}, OP4: Cannot accept as drafted")).to_have_text("O")
    expect(page.locator(".figures")).to_contain_text("13 of 14")
    expect(page.locator("#matter-op4")).to_contain_text("1 objection")
    expect(page.locator("#open")).to_contain_text("not put · 1 objection, 41 not heard")
    platform.take(other, "op4", "pending")
    expect(page.locator("#open")).to_contain_text("not put · 1 objection, 1 awaiting, 40 not heard")
    expect(page.locator(".line.group").first).to_contain_text("heard on OP4")


def test_a_page_that_lived_equals_the_page_loaded_afresh(platform: Platform, at_table: Visit) -> None:
    page = live(at_table("?clause=op4").page)
    seats = first_seats(platform)
    for (code, _), stance in zip(
        seats, ["object", "accept", "support", "pending", "dissociate"], strict=False
    ):
        platform.take(code, "op4", stance)
    platform.send(
        c.ReviseClause(clause="op4", revision=1, change=Change.SUBSTANTIVE, wording={"en": "Other words"})
    )
    platform.send(c.PutQuestion(clause="op3", revision=1))
    expect(page.locator("#open")).to_contain_text("Rev.2")
    expect(page.locator("#matter-op3")).to_contain_text("The question is put")
    expect(cell(page, f"{seats[1][1]}, OP4: Can accept · to reaffirm")).to_have_count(1)

    def everything() -> tuple[object, ...]:
        labels = page.locator("[role=gridcell]").evaluate_all(
            "all => all.map(cell => cell.ariaLabel + cell.className)"
        )
        return page.locator(REGIONS).all_inner_texts(), labels, page.locator(".line.group").all_inner_texts()

    lived = everything()
    live(page.goto(page.url) and page)
    assert everything() == lived


def test_the_matrix_without_scripts_says_what_the_grid_says(platform: Platform, at_table: Visit) -> None:
    for (code, _), stance in zip(
        first_seats(platform), ["object", "accept", "abstain", "pending"], strict=False
    ):
        platform.take(code, "op4", stance)
    scripted = live(at_table("?clause=op4").page)
    plain = at_table("?clause=op4", java_script_enabled=False).page
    rows = "all => all.map(row => [...row.children].map(cell => (cell.ariaLabel ?? cell.innerText).split(': ').pop().trim()).slice(1))"
    drawn = scripted.locator("[role=row][data-line]:not([data-line='0'])").evaluate_all(rows)
    served = plain.context.new_page()
    served.goto(plain.url)
    texts = [
        [text.split("\n")[-1].strip() for text in row.locator("td .vh").all_text_contents()]
        for row in served.locator("table.matrix tbody tr:not(.group)").all()
    ]
    assert texts == drawn
    assert scripted.locator(REGIONS).all_inner_texts() == served.locator(REGIONS).all_inner_texts()


def test_the_grid_is_walked_by_keyboard_and_opens_a_paragraph(platform: Platform, at_table: Visit) -> None:
    page = live(at_table("?clause=op4").page)
    page.locator("[role=columnheader].open").focus()
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    name = first_seats(platform)[0][1]
    rows = platform.state.negotiable
    for key in ("Home", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    label = page.locator(":focus").get_attribute("aria-label")
    assert label is not None
    assert label.startswith(f"{name}, {rows[1].number}: ")
    expect(page.locator(".reading")).to_have_text(label)
    page.keyboard.press("Enter")
    expect(page.locator("#open-title")).to_contain_text(rows[1].number)
    expect(page.locator("[role=columnheader].open")).to_have_text(rows[1].number)
    assert f"clause={rows[1].id}" in page.url
    page.keyboard.press("Control+End")
    last = page.locator(":focus").get_attribute("aria-label")
    assert last is not None
    assert f", {rows[-1].number}: " in last
    assert page.locator("[role=grid] [tabindex='0']").count() == 1


def test_one_changed_cell_redraws_its_line_alone(platform: Platform, at_table: Visit) -> None:
    page = live(at_table("?clause=op4").page)
    page.evaluate(
        """() => { window.touched = new Set();
        new MutationObserver(all => all.forEach(one => {
          const line = (one.target.nodeType === 1 ? one.target : one.target.parentElement).closest('[data-line]');
          if (line) window.touched.add(line.dataset.line);
        })).observe(document.querySelector('[role=grid]'), {subtree: true, childList: true, attributes: true, characterData: true}); }"""
    )
    code, name = first_seats(platform)[0]
    platform.take(code, "op4", "support")
    expect(cell(page, f"{name}, OP4: Support")).to_have_count(1)
    assert page.evaluate("[...window.touched]") == ["1"]


def test_a_matrix_too_large_for_the_server_is_drawn_here(platform: Platform, at_table: Visit) -> None:
    groups = ("isles", "delta")
    for n in range(100):
        seat = {"seat": f"N{n}", "name": {"en": f"Newcomer {n}"}, "kind": "government", "standing": "member"}
        platform.send(c.parse({"type": "seat_stakeholder", **seat, "groups": [groups[n % 2]]}))
    page = live(at_table().page)
    assert page.locator("[role=gridcell]").count() == 14 * 152
    assert page.locator("table.matrix").count() == 0


def test_a_stakeholder_seated_meanwhile_gets_its_line(platform: Platform, at_table: Visit) -> None:
    page = live(at_table().page)
    seat = {
        "seat": "XNW",
        "name": {"en": "New Westreach"},
        "kind": "government",
        "standing": "member",
        "groups": [],
    }
    platform.send(c.parse({"type": "seat_stakeholder", **seat}))
    expect(page.get_by_role("rowheader", name="New Westreach")).to_be_visible()


def test_what_is_being_typed_stays_when_others_move(platform: Platform, at_table: Visit) -> None:
    page = at_table("/close").page
    expect(page.locator("[data-live]").first).to_contain_text("live")
    page.locator("#reason").fill("Because it is late and")
    page.locator("#reason").press("End")
    platform.take(first_seats(platform)[0][0], "op4", "pending")
    expect(page.locator("#pending-title")).to_contain_text("1 position awaits instructions")
    page.keyboard.type(" all were heard")
    expect(page.locator("#reason")).to_have_value("Because it is late and all were heard")
    page.get_by_role("button", name="Close round 1").click()
    expect(page.locator("h1")).to_have_text("No round is open")


def test_the_question_runs_its_course_on_the_screen(platform: Platform, at_table: Visit) -> None:
    page = at_table("?clause=op4").page
    page.get_by_role("link", name="Put the question…").click()
    page.get_by_role("button", name="Put the question on Rev.1").click()
    expect(page.locator("h1")).to_contain_text("The question is put on OP4")
    for button in page.locator("[data-tick]").all():
        button.click()
    page.get_by_role("button", name="Check in those ticked").click()
    expect(page.locator(".figures").first).to_contain_text("42 of 42")
    page.get_by_role("link", name="Read back, and declare…").click()
    adopt = page.get_by_role("button", name="Declare OP4 adopted without a vote")
    expect(adopt).to_be_visible()  # the window of two seconds runs out while the page is looked at
    code, _ = first_seats(platform)[0]
    platform.take(code, "op4", "object")
    expect(adopt).to_have_count(0)
    expect(page.locator("main")).to_contain_text("only the objector withdraws an objection")
    platform.send(c.WithdrawPosition(clause="op4", seat=code), platform.delegate(code))
    adopt.click()
    expect(page.locator("#open")).to_contain_text("Adopted without a vote")


def test_who_asks_for_the_floor_appears(platform: Platform, at_table: Visit) -> None:
    platform.send(c.PutQuestion(clause="op4", revision=1))
    page = at_table("/question").page
    code, name = first_seats(platform)[4]
    platform.send(c.RequestFloor(question=1, seat=code), platform.delegate(code))
    expect(page.locator("ol.floor li")).to_have_text(name)


def test_without_scripts_a_text_is_revised_and_seats_are_invited(platform: Platform, at_table: Visit) -> None:
    page = at_table("/revise/op4", java_script_enabled=False).page
    page.fill("#new-en", "A shorter text")
    page.fill("#explanation", "Shorter")
    page.get_by_role("button", name="Put Rev.2 on the table").click()
    assert platform.state.clauses["op4"].revision.number == 2
    page.goto(f"{platform.url}/chair/seats")
    page.get_by_role("button", name="Make 52 links").click()
    assert page.locator(".made-list tbody tr").count() == 52
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them as CSV").click()
    assert "REHEARSAL" in download.value.suggested_filename
    assert download.value.path().read_text("utf-8-sig").count("/in/") == 52


def test_who_arrives_is_seen_arriving(platform: Platform, at_table: Visit) -> None:
    page = at_table("/seats").page
    expect(page.locator("[data-live]").first).to_contain_text("live")
    code, _ = first_seats(platform)[0]
    platform.delegate(code)
    expect(page.locator(f"#seat-{code}")).to_contain_text("arrived")
    expect(page.locator(".figures")).to_contain_text("1 of 52")


def test_a_text_is_convened_from_the_browser(platform: Platform, visit: Visit) -> None:
    from deliberate.accounts import Accounts
    from deliberate.moments import later, now

    secret = Accounts(platform.server.database).issue(None, c.mint("v"), later(now(), 600))
    visitor = visit()
    page = visitor.enter(f"{platform.server.url}/in/{secret}")
    page.fill("#title", "A common record")
    page.fill("#text", "Recalling what was said,\n\n1. Calls upon all to keep a record;")
    page.get_by_role("button", name="Read it…").click()
    assert visitor.inspect() == []
    page.get_by_role("button", name="Convene, and take the chair").click()
    expect(page.locator("main")).to_contain_text("you have the chair")
    page.get_by_label("Name").first.fill("Assembly of Clerks")
    page.get_by_label("Code").first.fill("CLERKS")
    page.get_by_role("button", name="Give it a seat").click()
    expect(page.locator("#seat-CLERKS")).to_be_visible()


PAGES = {
    "table": "?clause=op4", "seats": "/seats", "round": "/close", "revise": "/revise/op4",
    "ask": "/question?clause=op3", "question": "/question", "declare": "/question?step=declare",
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_chairs_pages(platform: Platform, at_table: Visit, scheme: str) -> None:
    for (code, _), stance in zip(first_seats(platform), ["object", "accept", "pending"], strict=False):
        platform.take(code, "op4", stance)
    visitor = at_table(color_scheme=scheme)
    found = {}
    for name, path in PAGES.items():
        if name == "question":
            platform.send(c.PutQuestion(clause="op4", revision=1), CHAIR)
        visitor.page.goto(f"{platform.url}/chair{path}")
        if name == "table":
            live(visitor.page)
        found[name] = visitor.inspect()
    assert found == {name: [] for name in PAGES}


def test_every_page_fits_a_narrow_screen(platform: Platform, at_table: Visit) -> None:
    page = at_table(viewport=PHONE).page
    wide = {}
    for name, path in PAGES.items():
        if name == "question":
            platform.send(c.PutQuestion(clause="op4", revision=1), CHAIR)
        page.goto(f"{platform.url}/chair{path}")
        page.wait_for_load_state("networkidle")
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(PAGES, PHONE["width"])
