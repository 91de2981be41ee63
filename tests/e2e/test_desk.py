"""The desk in a real browser: positions without leaving the page, the others' as they arrive, and what every reader
can do with it, with a keyboard, on a phone, far zoomed in, on paper, without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deliberate import commands as c
from deliberate.vocabulary import Change, Office, Outcome
from tests.e2e.visiting import Platform, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WITHIN_MS = 15_000
KES, ALD, VES = "XKE", "XAL", "XVE"
REVISED = {"en": "We call on all countries to share AI knowledge.", "zh": "呼吁各国共享人工智能知识。"}

SHOWN = """() => {
  const parts = ".clauses, main > .head, main > .two, .put, .held, .held-acts, .aside, .foot, [data-needs]";
  return [...document.querySelectorAll(parts)].map((part) => {
    const copy = part.cloneNode(true);
    for (const each of [copy, ...copy.querySelectorAll("*")]) {
      each.classList.remove("arrived");
      if (each.getAttribute("class") === "") each.removeAttribute("class");
      for (const name of ["data-turn", "style", "open"]) each.removeAttribute(name);
      if (each.matches("[name=command_id], [name=csrf_token], [name=next], [data-live], [data-until]")) each.remove();
      if (each.matches("input")) each.setAttribute("value", each.value);
    }
    return copy.outerHTML.replace(/>\\s+/g, ">").replace(/\\s+</g, "<").replace(/\\s+/g, " ");
  });
}"""
"""What the page shows, but for what is new on every load."""


def desk(visitor: Visitor, platform: Platform, seat: str = KES, clause: str = "op4") -> Page:
    """Sign in and open a paragraph; return once the page is live."""
    page = visitor.enter(platform.link(seat=seat))
    page.goto(f"{platform.url}/desk?clause={clause}")
    if visitor.context.pages:
        expect(page.locator("[data-live]").first).to_have_class(re.compile(r"\blive\b"), timeout=WITHIN_MS)
    return page


def choose(page: Page, stance: str) -> None:
    page.locator(f"#take .stances label:has(input[value={stance}])").click()


def held(page: Page) -> str:
    return page.locator(".held [data-field=stance]").inner_text()


def record(page: Page) -> None:
    """Record the position, and wait for its receipt."""
    page.get_by_role("button", name="Record position").click()
    expect(page.locator("#take .receipt code")).to_be_visible(timeout=WITHIN_MS)


def revise(platform: Platform, clause: str = "op4", change: Change = Change.SUBSTANTIVE) -> None:
    number = platform.state.clauses[clause].revision.number
    platform.send(c.ReviseClause(clause=clause, revision=number, change=change, wording=REVISED))


def test_a_position_is_recorded_without_leaving_the_page(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform)
    page.evaluate("window.stayed = true")
    choose(page, "object")
    page.get_by_label("Why").fill("It binds too early.")
    page.get_by_label("What would let you accept").fill("A later date.")
    record(page)
    expect(page.locator(".held [data-field=stance]")).to_have_text("Cannot accept as drafted")
    expect(page.locator("[data-list=cannot]")).to_contain_text("It binds too early.")
    expect(page.locator(".clauses a[aria-current] .me")).to_have_text("Cannot accept")
    receipt = page.locator("#take .receipt code").get_attribute("data-receipt")
    position = platform.state.positions["op4"][KES]
    assert receipt is not None
    assert receipt.startswith(f"{position.version}:")
    assert page.evaluate("window.stayed")


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_page_patched_live_equals_the_page_loaded_afresh(
    platform: Platform, visit: Visit, locale: str
) -> None:
    platform.take(ALD, "op4", "accept")
    platform.take(KES, "op4", "accept")
    page = desk(visit(locale=locale), platform)
    platform.take(
        VES, "op4", "object", statement="It binds too early.", would_lift="A later date.", lang="en"
    )
    platform.take(
        "XNO", "op4", "accept_with_reservation", statement="我们理解。", scope="open-source terms", lang="zh"
    )
    platform.take("XZE", "op4", "dissociate")
    platform.take("XSA", "op2", "object", objection_type="ge", none_would=True)
    version = platform.state.positions["op4"][ALD].made_version
    platform.send(
        c.AlignPosition(clause="op4", seat="XLU", with_seat=ALD, statement_version=version),
        platform.delegate("XLU"),
    )
    platform.take("OBS-CO-1", "op4", "support")
    platform.take(KES, "op4", "pending", statement="Our capital is asked.", lang="en")
    platform.take(KES, "pp1", "support")
    revise(platform)
    platform.send(c.PutQuestion(clause="op4", revision=2))
    head = platform.take(ALD, "op4", "support").version
    expect(page.locator("[data-live]").first).to_contain_text(str(head), timeout=WITHIN_MS)
    expect(page.locator("[data-list=beside] > li")).to_have_count(1)  # the reservation is to be reaffirmed
    expect(page.locator("[data-field=wording]").first).to_have_text(REVISED["en"])
    patched = page.evaluate(SHOWN)
    page.reload()
    fresh = page.evaluate(SHOWN)
    assert [pair for pair in zip(patched, fresh, strict=True) if pair[0] != pair[1]] == []


def test_the_question_appears_by_itself_and_is_answered(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform, clause="op2")
    expect(page.locator(".put")).to_be_hidden()
    platform.send(c.PutQuestion(clause="op4", revision=1))
    expect(page.locator(".put .ask")).to_contain_text("wishes to adopt OP4", timeout=WITHIN_MS)
    expect(page.locator("[data-need-of=op4] [data-why]")).to_have_text("The question is put")
    page.get_by_role("button", name="We are present").click()
    expect(page.get_by_role("button", name="You are checked in")).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator(".put [data-field=words]")).to_contain_text("1 member checked in")
    page.get_by_role("button", name="I need the floor").click()
    expect(page.get_by_role("button", name="You asked for the floor")).to_be_visible(timeout=WITHIN_MS)
    page.get_by_role("button", name="Object", exact=True).click()
    expect(page.locator("[data-put-objects]")).to_be_visible(timeout=WITHIN_MS)
    assert platform.state.positions["op4"][KES].finality == "confirmed"
    platform.send(c.DeclareDecision(question=1, outcome=Outcome.NOT_ADOPTED))
    expect(page.locator(".put")).to_be_hidden(timeout=WITHIN_MS)


def test_what_is_being_written_survives_a_reload_until_it_is_recorded(
    platform: Platform, visit: Visit
) -> None:
    page = desk(visit(), platform)
    choose(page, "dissociate")
    page.get_by_label("Statement of dissociation").fill("Our own measures are outside it.")
    expect(page.locator("#take .receipt")).to_have_text("Draft kept on this device.")
    page.reload()
    expect(page.get_by_label("Statement of dissociation")).to_have_value("Our own measures are outside it.")
    record(page)
    page.reload()
    expect(page.locator("#take .receipt")).to_be_empty()
    assert held(page) == "Dissociates"


def test_a_draft_can_be_discarded(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform)
    choose(page, "object")
    page.get_by_label("Why").fill("Perhaps not.")
    expect(page.locator("#take .receipt")).to_have_text("Draft kept on this device.")
    page.reload()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_label("Why")).to_be_hidden()
    page.reload()
    expect(page.locator("#take .receipt")).to_be_empty()


def test_a_revision_arrives_while_one_writes(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform)
    choose(page, "object")
    page.get_by_label("Why").fill("Written for Rev.1.")
    revise(platform)
    expect(page.locator("[data-field=wording]").first).to_have_text(REVISED["en"], timeout=WITHIN_MS)
    expect(page.locator("[data-field=moved]")).to_contain_text("This paragraph was revised: Rev.2.")
    page.get_by_role("button", name="Record position").click()
    expect(page.locator("#take [data-draft-note]")).to_contain_text("was revised to Rev.2 meanwhile")
    assert KES not in platform.state.positions["op4"]
    record(page)
    assert platform.state.positions["op4"][KES].revision == 2


def test_a_colleagues_position_is_told_before_it_is_replaced(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform)
    choose(page, "accept")
    platform.take(KES, "op4", "object", statement="The capital wrote.")
    expect(page.locator(".held [data-field=stance]")).to_have_text(
        "Cannot accept as drafted", timeout=WITHIN_MS
    )
    page.get_by_role("button", name="Record position").click()
    expect(page.get_by_role("alert")).to_contain_text("A colleague recorded", timeout=WITHIN_MS)
    assert platform.state.positions["op4"][KES].stance == "object"
    record(page)
    assert platform.state.positions["op4"][KES].stance == "accept"


def test_my_groups_and_what_needs_me_are_counted_as_positions_arrive(
    platform: Platform, visit: Visit
) -> None:
    page = desk(visit(), platform)
    expect(page.locator("[data-needs-count]")).to_have_text("14 need you")
    platform.take("XJO", "op4", "accept")
    expect(page.locator("[data-members]").first).to_contain_text("1 of 8 can accept", timeout=WITHIN_MS)
    choose(page, "support")
    record(page)
    expect(page.locator("[data-members]").first).to_contain_text("2 of 8 can accept", timeout=WITHIN_MS)
    expect(page.locator("[data-needs-count]")).to_have_text("13 need you")


def test_a_redacted_reason_leaves_its_tombstone_at_once(platform: Platform, visit: Visit) -> None:
    platform.take(VES, "op4", "object", statement="It names a person.")
    page = desk(visit(), platform)
    digest = platform.state.positions["op4"][VES].statement
    assert digest is not None
    platform.send(c.RedactText(text=digest, reason="A person was named."))
    expect(page.locator("[data-list=cannot] .quote")).to_have_text(
        "These words were redacted.", timeout=WITHIN_MS
    )


def test_without_scripts_a_position_is_a_form(platform: Platform, visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    page = visitor.enter(platform.link(seat=KES))
    page.goto(f"{platform.url}/desk?clause=op4")
    choose(page, "accept_with_reservation")
    page.get_by_label("Text of the reservation").fill("Within our law.")
    page.get_by_role("button", name="Record position").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded at version")
    expect(page.locator(".held [data-field=stance]")).to_have_text("Can accept, with reservation")


def test_a_keyboard_is_enough(platform: Platform, visit: Visit) -> None:
    page = desk(visit(), platform)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("#take [name=stance]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#take [value=accept]")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#take .receipt code")).to_be_visible(timeout=WITHIN_MS)
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_on_a_phone_seat_revision_position_and_connection_stay_in_reach(
    platform: Platform, visit: Visit
) -> None:
    platform.take(KES, "op4", "support")
    visitor = visit(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    page = desk(visitor, platform)
    foot = page.get_by_role("region", name="Your position")
    expect(foot).to_be_in_viewport()
    expect(foot).to_contain_text("Kestrelia · Rev.1 · Support")
    expect(foot.locator("[data-live]")).to_have_text("live")
    foot.get_by_role("link", name="Change").click()
    expect(page.locator("#position-title")).to_be_in_viewport()
    expect(page.locator(".clauses [aria-current]")).to_have_count(1)


@pytest.mark.parametrize("path", ["desk?clause=op4", "record"])
def test_nothing_is_lost_at_400_percent(platform: Platform, visit: Visit, path: str) -> None:
    platform.take(VES, "op4", "object", statement="Unwiederbringlichkeitsgrundsatz " * 6, lang="de")
    visitor = visit(viewport={"width": 320, "height": 256})
    page = visitor.enter(platform.link(seat=KES))
    page.goto(f"{platform.url}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("#take" if "desk" in path else "#verify").scroll_into_view_if_needed()


def test_whatever_is_pressed_is_large_enough(platform: Platform, visit: Visit) -> None:
    page = desk(visit(viewport={"width": 390, "height": 844}), platform)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".btn, summary, .stances label, .clauses a, .tabs a, .steps a")]
          .filter((each) => each.checkVisibility())
          .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 24).map(([name, box]) => [name, box.height, box.width])"""
    )
    assert small == []


def test_on_paper_every_sheet_says_that_it_is_a_rehearsal(platform: Platform, visit: Visit) -> None:
    page = visit().page
    page.goto(f"{platform.url}/record")
    page.emulate_media(media="print")
    expect(page.locator(".banner")).to_be_visible()
    head = page.locator(".around:has(.banner)")
    assert (
        head.evaluate("(shown) => getComputedStyle(shown).display") == "table-header-group"
    )  # on every sheet
    expect(page.locator("header.bar")).to_be_hidden()
    assert page.title().startswith("REHEARSAL ·")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(platform: Platform, visit: Visit, colours: str) -> None:
    platform.take(
        VES, "op4", "object", statement="It binds too early.", would_lift="A later date.", lang="en"
    )
    platform.take("XNO", "op4", "accept_with_reservation", statement="我们理解。", lang="zh")
    platform.take(KES, "op4", "accept")
    revise(platform)
    platform.send(c.PutQuestion(clause="op6", revision=1))
    visitor = visit(color_scheme=colours)
    found: dict[str, list[str]] = {}
    page = visitor.page
    page.goto(link := platform.link(seat=KES))
    found["sign in"] = visitor.inspect()
    visitor.enter(link)
    for path in ("desk?clause=op4", f"desk?clause=op2&with={VES}", "desk?clause=op99", "record"):
        page.goto(f"{platform.url}/{path}")
        page.evaluate("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
        found[path] = visitor.inspect()
    page.goto(platform.server.url)
    found["home"] = visitor.inspect()
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_axe_finds_nothing_on_a_phone_or_for_an_officer(platform: Platform, visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    desk(visitor, platform)
    assert visitor.inspect() == []
    officer = visit()
    officer.enter(platform.link(office=Office.ANALYST))
    officer.page.goto(f"{platform.url}/desk?clause=op4")
    assert officer.inspect() == []
