"""The line between a page and the platform, in a real browser: live, through a network that blocks WebSockets, broken
and mended, and after a restart; what was sent is recorded once."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Platform, Visitor
from playwright.sync_api import Page, WebSocketRoute, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WITHIN_MS = 15_000
CLAUSE = "op1"


@pytest.fixture
def seats(platform: Platform) -> list[str]:
    """Two members."""
    return list(platform.state.members[:2])


def pill(page: Page) -> Any:
    return page.locator("[data-live]").first


def desk(visitor: Visitor, platform: Platform, seat: str, clause: str) -> Page:
    page = visitor.enter(platform.link(seat=seat))
    page.goto(f"{platform.url}/desk?clause={clause}")
    return page


def letter(page: Page, clause: str, seat: str) -> Any:
    return page.locator(f'[data-key="cell/{clause}/{seat}"][data-field="letter"]')


def takes(page: Page, stance: str) -> None:
    form = page.locator("form.take").first
    form.locator(f"input[name=stance][value={stance}]").check(force=True)
    form.locator("button:not([type])").click()


def positions_of(platform: Platform, seat: str, clause: str) -> int:
    """How often the seat took a position, as the log says."""
    log = platform.server.secretariat.log
    bodies = [bytes(body) for _version, body, _digest in log.read(platform.id, 0, 10_000)]
    marks = (b'"type":"PositionTaken"', f'"seat":"{seat}"'.encode(), f'"clause":"{clause}"'.encode())
    return sum(all(mark in body for mark in marks) for body in bodies)


def test_what_another_delegation_states_appears_by_itself(
    platform: Platform, visit: Visit, seats: list[str]
) -> None:
    page = desk(visit(), platform, seats[0], CLAUSE)
    expect(pill(page)).to_have_class("pill connection hide live", timeout=WITHIN_MS)
    platform.take(seats[1], CLAUSE, "object")
    expect(letter(page, CLAUSE, seats[1])).to_have_text("O", timeout=WITHIN_MS)
    expect(page.locator(f'[data-key="clause/{CLAUSE}"][data-field="status"]').first).to_have_text(
        "1 objection"
    )
    expect(page.locator("[data-announce]")).to_contain_text("OP1: 1 objection", timeout=WITHIN_MS)


def test_a_network_that_blocks_websockets_is_polled_through_and_positions_go_by_post(
    platform: Platform, visit: Visit, seats: list[str]
) -> None:
    visitor = visit()
    visitor.page.route_web_socket("**/*", lambda line: line.close())
    page = desk(visitor, platform, seats[0], CLAUSE)
    expect(pill(page)).to_contain_text("slower line", timeout=WITHIN_MS)
    platform.take(seats[1], CLAUSE, "object")
    expect(letter(page, CLAUSE, seats[1])).to_have_text("O", timeout=WITHIN_MS)
    takes(page, "accept")
    expect(letter(page, CLAUSE, seats[0])).to_have_text("A", timeout=WITHIN_MS)
    assert positions_of(platform, seats[0], CLAUSE) == 1


class Wire:
    """A WebSocket between page and platform that can be cut before an answer comes back."""

    def __init__(self, page: Page) -> None:
        self.cut_answers = False
        self.lines = 0
        page.route_web_socket("**/socket.io/**", self._open)

    def _open(self, line: WebSocketRoute) -> None:
        self.lines += 1
        server = line.connect_to_server()
        asked = False

        def up(message: str | bytes) -> None:
            nonlocal asked
            asked = asked or (self.cut_answers and '"command"' in str(message))
            server.send(message)

        def down(message: str | bytes) -> None:
            if asked and str(message).startswith("43"):  # an acknowledgement
                self.cut_answers = False
                line.close()
                server.close()
                return
            line.send(message)

        line.on_message(up)
        server.on_message(down)


def test_a_position_whose_answer_is_lost_is_sent_again_and_recorded_once(
    platform: Platform, visit: Visit, seats: list[str]
) -> None:
    visitor = visit()
    wire = Wire(visitor.page)
    page = desk(visitor, platform, seats[0], CLAUSE)
    expect(pill(page)).to_have_class("pill connection hide live", timeout=WITHIN_MS)
    lines = wire.lines
    wire.cut_answers = True
    takes(page, "accept")
    expect(page.get_by_text("Recorded.").first).to_be_visible(timeout=WITHIN_MS)
    assert wire.lines > lines, "the line was cut, and made again"
    expect(letter(page, CLAUSE, seats[0])).to_have_text("A", timeout=WITHIN_MS)
    assert positions_of(platform, seats[0], CLAUSE) == 1


def test_what_waits_for_an_answer_survives_loading_the_page_again(
    platform: Platform, visit: Visit, seats: list[str]
) -> None:
    visitor = visit()
    blocked = True
    visitor.page.route_web_socket("**/*", lambda line: line.close() if blocked else line.connect_to_server())
    visitor.page.route(
        "**/commands", lambda route: route.abort("internetdisconnected") if blocked else route.continue_()
    )
    page = desk(visitor, platform, seats[0], CLAUSE)
    takes(page, "accept")
    expect(page.get_by_text("Sending …").first).to_be_visible(timeout=WITHIN_MS)
    blocked = False
    page.reload()
    expect(letter(page, CLAUSE, seats[0])).to_have_text("A", timeout=WITHIN_MS)
    expect(page.get_by_text("Recorded.").first).to_be_visible(timeout=WITHIN_MS)
    assert positions_of(platform, seats[0], CLAUSE) == 1


def test_rights_that_end_load_the_page_afresh(platform: Platform, visit: Visit, seats: list[str]) -> None:
    from deliberate import commands as c

    page = desk(visit(), platform, seats[0], CLAUSE)
    expect(pill(page)).to_have_class("pill connection hide live", timeout=WITHIN_MS)
    holder = next(actor for actor, seat in platform.state.delegates.items() if seat == seats[0])
    with page.expect_event("load", timeout=WITHIN_MS):
        platform.send(c.RevokeDelegate(holder=holder))
    expect(page.locator("form.take")).to_have_count(0)
