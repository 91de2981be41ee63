"""The live layer over real sockets: a regression test for everything that was measured to break.

A real gunicorn on gevent with timeouts of a second, driven by the sockets of `rehearse`.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import orjson
import pytest
from bidict import bidict

from deliberate.commands import mint
from deliberate.database import Database
from deliberate.errors import DeliberateError
from deliberate.events import InvitationAccepted, decode
from deliberate.log import Log
from deliberate.rehearse.hall import Hall
from deliberate.rehearse.own import Server, own_server
from deliberate.rehearse.visitor import Visitor
from deliberate.rehearse.wire import Line, LineLost
from deliberate.web.sockets import PING_INTERVAL_S, Manager, at_the_door

SEND_TIMEOUT_S = 3
QUEUE_MAX = 300
WITHIN_S = 20
FULL = 3_500_000
"""The kernel takes 4 MB for one reader before the server has to wait."""
LISTENING = "0A"


def wait_until(true: Callable[[], Any], what: str) -> None:
    """Let the sockets' greenlets run until something is true."""
    with gevent.Timeout(WITHIN_S, AssertionError(f"not within {WITHIN_S} s: {what}")):
        while not true():
            gevent.sleep(0.02)


@dataclass
class Browser:
    """A browser that keeps everything it is sent, and can stop reading."""

    hall: Hall
    visitor: Visitor
    scope: str = "*"
    got: list[tuple[str, Any]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    token: dict[str, Any] = field(default_factory=dict)
    line: Line | None = None

    def load(self) -> "Browser":
        """Load the page: its token says what it shows."""
        board = self.hall.board(self.visitor, self.scope)
        self.token = {"epoch": board["epoch"], "rooms": board["rooms"], "report": None}
        return self

    def connect(self, **options: Any) -> "Browser":
        auth = {"deliberation": self.hall.id, "scope": self.scope, "prefer": "seat", "token": self.token}
        self.line = Line(
            self.hall.address, auth, cookie=self.visitor.cookie, on_lost=self.ended.append,
            on_event=lambda name, raw: self.got.append((name, orjson.loads(raw))), **options,
        ).open()  # fmt: skip
        return self

    def named(self, name: str) -> list[Any]:
        return [data for event, data in self.got if event == name]


class House:
    """A server with one rehearsal; everything in it is ended with the test."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.hall = Hall(server.link(), lambda _what, _share: None)
        self.hall.bring_delegates(4)
        self.lines: list[Line] = []

    def watcher(self, **options: Any) -> Browser:
        browser = Browser(self.hall, Visitor(self.hall.address)).load().connect(**options)
        self.lines.append(browser.line)
        return browser

    def position(self, n: int = 0, **more: Any) -> dict[str, Any]:
        """Return the position of a delegate, as it is sent."""
        seat, clause = self.hall.delegates[n].seat, self.hall.clauses[0]
        about = {"type": "take_position", "clause": clause, "revision": 1, "seat": seat, "stance": "accept"}
        return {"id": mint("t"), "command": about | more}

    def cell(self, keys: dict[str, Any], clause: str, seat: str) -> str:
        """Return a cell from a push, which packs it when many of its clause have changed."""
        place = self.hall.board(self.hall.chair, "")["keys"]["seats"].index(seat)
        packed = keys.get(f"cells/{clause}", "")[2 * place : 2 * place + 2]
        return keys.get(f"cell/{clause}/{seat}") or packed

    def send(self, n: int = 0, **more: Any) -> Any:
        return self.hall.delegates[n].line.ask("command", self.position(n, **more))

    def connections(self) -> int:
        """Return how many connections of browsers the web process holds open, as the kernel counts them."""
        [worker] = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        mine = {os.readlink(file) for file in Path(f"/proc/{worker}/fd").iterdir()}
        return sum(f"socket:[{row[9]}]" in mine for row in self._rows())

    def settled(self) -> int:
        """Return how many connections there are once those that other tests ended are gone."""
        seen = [-1]
        while len(set(seen[-10:])) > 1 or len(seen) < 10:
            gevent.sleep(0.02)
            seen.append(self.connections())
        return seen[-1]

    def unsent(self, line: Line) -> int:
        """Return how many bytes the kernel holds for a browser that does not take them."""
        peer = f":{line._sock.getsockname()[1]:04X}"
        return sum(int(row[4].partition(":")[0], 16) for row in self._rows() if row[2].endswith(peer))

    def _rows(self) -> list[list[str]]:
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return [row for row in rows if row[1].endswith(f":{self.server.port:04X}") and row[3] != LISTENING]

    def end(self) -> None:
        for line in self.lines:
            line.close()
        self.lines.clear()


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    settings = {
        "DELIBERATE_SOCKET_SEND_TIMEOUT_S": str(SEND_TIMEOUT_S),
        "DELIBERATE_SOCKET_QUEUE_MESSAGES_MAX": str(QUEUE_MAX),
        "DELIBERATE_LONG_POLL_S": "5",
        "DELIBERATE_COMMANDS_BURST": "1000",
    }
    with own_server(settings, backoffice=False) as server:
        house = House(server)
        yield house
        house.hall.close()


@pytest.fixture
def house(opened: House) -> Iterator[House]:
    yield opened
    opened.end()


def ask_for_everything(house: House, line: Line, times: int) -> list[Any]:
    """Ask for the whole board again and again, without waiting; return where the answers will be."""
    answers: list[Any] = []
    room = next(room for room in house.hall.board(Visitor(house.hall.address), "*")["rooms"])
    for _ in range(times):
        line.emit("resync", {"room": room, "since": 0}, answers.append)
    return answers


def stall(line: Line) -> None:
    """Stop reading, as a phone does that is put away, with little room for what comes on its own."""
    line._reader.kill()
    line._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)


def resume(line: Line) -> None:
    line._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    line._reader = gevent.spawn(line._read, b"")


def test_eight_megabytes_to_a_reader_that_stalls_arrive_whole(house: House):
    stalled = house.watcher()
    whole = stalled.line.ask("resync", {"room": "public#*", "since": 0})
    answers: list[Any] = []
    while len(answers) * len(orjson.dumps(whole)) < 8_000_000:
        stall(stalled.line)
        batch = ask_for_everything(house, stalled.line, QUEUE_MAX - 10)
        wait_until(lambda: house.unsent(stalled.line) > FULL, "the server waits for the reader")
        resume(stalled.line)
        wait_until(lambda batch=batch: len(batch) == QUEUE_MAX - 10, "every answer arrives")
        answers += batch
    assert all(answer == whole for answer in answers)
    assert stalled.ended == []


def test_a_peer_that_takes_nothing_any_more_is_freed(house: House):
    before = house.settled()
    stalled = [house.watcher() for _ in range(3)]
    wait_until(lambda: house.connections() == before + 3, "three connections")
    for browser in stalled:
        stall(browser.line)
        ask_for_everything(house, browser.line, QUEUE_MAX - 10)
        wait_until(
            lambda browser=browser: house.unsent(browser.line) > FULL, "the server waits for the reader"
        )
    begun = time.monotonic()
    wait_until(lambda: house.connections() == before, "the server lets go of three stalled peers")
    assert time.monotonic() - begun < PING_INTERVAL_S / 2, "none was freed by its silence only"


def test_a_queue_has_an_end_and_its_browser_goes_on_from_its_token(house: House):
    before = house.hall.figures(1)["overflowed"]
    slow = house.watcher()
    stall(slow.line)
    with suppress(LineLost):  # the server may end it while we still ask
        ask_for_everything(house, slow.line, 3 * QUEUE_MAX)
    wait_until(lambda: house.hall.figures(1)["overflowed"] == before + 1, "the server ends who does not read")
    slow.line.close()
    version = house.send(stance="support")["receipt"]["version"]
    back = Browser(house.hall, slow.visitor, token=slow.token).connect()
    house.lines.append(back.line)
    wait_until(lambda: back.named("push"), "what it missed")
    push = back.named("push")[0]
    assert (push["after"], push["version"]) == (slow.token["rooms"]["public#*"], version)


def test_compression_is_never_agreed_to(house: House):
    assert house.watcher(offer_deflate=True).line.accepted_extensions == ""


def test_what_one_browser_sends_is_answered_in_its_order(house: House):
    stances = ["support", "accept", "abstain", "pending"] * 10
    answers: list[Any] = []
    for stance in stances:
        house.hall.delegates[1].line.emit("command", house.position(1, stance=stance), answers.append)
    wait_until(lambda: len(answers) == len(stances), "every answer")
    versions = [answer["receipt"]["version"] for answer in answers]
    assert versions == sorted(versions)
    push = house.watcher().line.ask("resync", {"room": "public#*", "since": versions[-2]})
    assert house.cell(push["keys"], house.hall.clauses[0], house.hall.delegates[1].seat) == "Po"


def test_a_position_reaches_a_board_without_being_asked_for(house: House):
    watcher = house.watcher()
    version = house.send(stance="object", statement="It is too wide.", lang="en")["receipt"]["version"]
    clause, seat = house.hall.clauses[0], house.hall.delegates[0].seat
    wait_until(lambda: any(push["version"] >= version for push in watcher.named("push")), "the push")
    push = next(push for push in watcher.named("push") if push["version"] >= version)
    assert house.cell(push["keys"], clause, seat) == "Oo"
    assert push["keys"][f"clause/{clause}"][0] == "objected"
    assert f"mine/{seat}/{clause}" not in push["keys"]


def test_a_browser_that_comes_back_gets_only_what_changed(house: House):
    gone = house.watcher()
    gone.line.close()
    version = house.send(2, stance="support", clause=house.hall.clauses[3])["receipt"]["version"]
    back = Browser(house.hall, gone.visitor, token=gone.token).connect()
    house.lines.append(back.line)
    wait_until(lambda: back.named("push"), "what it missed")
    push = back.named("push")[0]
    clause, seat = house.hall.clauses[3], house.hall.delegates[2].seat
    assert push["version"] == version
    assert set(push["keys"]) == {f"clause/{clause}", f"cell/{clause}/{seat}"}


def test_a_browser_of_another_release_is_told_to_load_afresh(house: House):
    old = Browser(house.hall, Visitor(house.hall.address)).load()
    old.token["epoch"] = "another"
    house.lines.append(old.connect().line)
    wait_until(lambda: old.named("reset"), "the word to load afresh")


def test_a_foreign_page_gets_no_socket(house: House):
    for origin in ("https://elsewhere.example", "null", house.server.url.replace("http:", "https:")):
        with pytest.raises(LineLost, match="400"):
            house.watcher(origin=origin)


def test_what_is_no_command_is_refused_and_the_socket_lives(house: House):
    line = house.hall.delegates[0].line
    for nonsense in (None, [], "take_position", {"id": 7}, {"id": mint("t"), "command": {"type": "convene"}}):
        assert {"error", "message"} <= line.ask("command", nonsense).keys()
    assert line.ask("resync", {"room": "seat:XXX#", "since": 0})["error"] == "room"
    assert line.ask("scope", {"scope": 7})["error"] == "scope"
    assert house.watcher().line.ask("command", house.position())["error"] == "signed_out"
    assert "receipt" in house.send()


def test_a_refusal_is_said_in_the_language_of_the_browser(house: House):
    reader = Visitor(house.hall.address)
    reader.get("/")
    reader.send_form("/language", [("lang", "zh"), ("next", "/")])
    browser = Browser(house.hall, reader).load().connect()
    house.lines.append(browser.line)
    refusal = browser.line.ask("command", house.position())
    assert (refusal["error"], refusal["message"]) == ("signed_out", "请先用链接登录，再行提交。")


def test_an_endless_message_ends_its_own_socket_and_nobody_elses(house: House):
    sender, other = house.watcher(), house.watcher()
    with suppress(LineLost):
        sender.line.emit("command", {"words": "x" * 4_000_000})
    wait_until(lambda: sender.ended, "the server ends the socket")
    assert other.line.ask("scope", {"scope": ""})["rooms"]


def test_where_no_socket_passes_a_poll_waits_and_a_command_is_posted(house: House):
    poller = Visitor(house.hall.address)
    board = house.hall.board(poller, "*")
    rooms = ",".join(f"{room}:{version}" for room, version in board["rooms"].items()).replace("#", "%23")
    poll = gevent.spawn(poller.json, house.hall.path(f"live?scope=*&epoch={board['epoch']}&rooms={rooms}"))
    gevent.sleep(0.2)
    assert not poll.ready()
    sender = Visitor(house.hall.address)
    sender.cookies = dict(pair.split("=", 1) for pair in house.hall.delegates[0].line.cookie.split("; "))
    sender.get(house.hall.path("desk"))
    receipt = sender.send_json(house.hall.path("commands"), house.position(stance="abstain"))["receipt"]
    pushes = poll.get(timeout=WITHIN_S)["pushes"]
    assert pushes[0]["version"] >= receipt["version"]
    assert house.cell(pushes[0]["keys"], house.hall.clauses[0], house.hall.delegates[0].seat) == "No"
    forger = Visitor(house.hall.address)
    forger.cookies = sender.cookies
    with pytest.raises(DeliberateError, match="This form is older"):
        forger.send_json(house.hall.path("commands"), house.position())


def test_a_delegate_whose_authority_ends_is_sent_away_and_refused(house: House):
    delegate = house.hall.delegates[3]
    reader = Visitor(house.hall.address)
    reader.cookies = dict(pair.split("=", 1) for pair in delegate.line.cookie.split("; "))
    mine = Browser(house.hall, reader).load().connect()
    assert len(mine.token["rooms"]) == 2
    house.hall.command({"type": "revoke_delegate", "holder": actor_of(house, delegate.seat)})
    wait_until(lambda: mine.ended, "the socket ends")
    assert mine.named("reset") == [{}]
    with pytest.raises(LineLost):
        delegate.line.ask("command", house.position(3))
    reader.get(house.hall.path("desk"))
    with pytest.raises(DeliberateError, match="link"):
        reader.send_json(house.hall.path("commands"), house.position(3))
    again = Browser(house.hall, reader, token=mine.token).connect()
    house.lines.append(again.line)
    wait_until(lambda: again.named("reset"), "the word to load afresh, with what it may still see")


def test_the_delegates_of_a_seat_that_is_withdrawn_are_cut_off_and_nobody_else(house: House):
    [(seat, link)] = house.hall._invite(house.hall.seats[4:5]).items()
    house.hall._delegate((seat, link))
    last, other = house.hall.delegates.pop(), house.hall.delegates[0]
    watcher = house.watcher()
    house.hall.command({"type": "withdraw_stakeholder", "seat": seat})
    wait_until(lambda: last.line.lost, "the socket of the seat ends")
    wait_until(lambda: watcher.named("reset"), "the others load afresh")
    assert (watcher.ended, other.line.lost) == ([], None)


def actor_of(house: House, seat: str) -> str:
    """Return who acts for a seat, as the log says."""
    database = Database(house.server.database_url)
    try:
        rows = Log(database).read(house.hall.id)
    finally:
        database.close()
    events = [decode(body, digest).event for _, body, digest in rows]
    return next(e.holder for e in events if isinstance(e, InvitationAccepted) and e.seat == seat)


def test_a_process_that_is_about_to_end_lets_nobody_in():
    """Or it would stay up for whoever came back at once."""
    said: list[str] = []
    closing = False

    def app(environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        return [b"in" if "HTTP_SEC_WEBSOCKET_EXTENSIONS" not in environ else b"compressed"]

    let_in = at_the_door(app, lambda: closing)
    upgrade = {"HTTP_UPGRADE": "websocket", "HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate"}
    assert let_in(dict(upgrade), said.append) == [b"in"]
    closing = True
    assert let_in(dict(upgrade), lambda status, _headers: said.append(status)) == []
    assert said == ["503 Service Unavailable"]
    assert let_in({}, said.append) == [b"in"], "pages are still answered"


class Unscanned(dict):
    """Rooms that may be looked up, and not walked through."""

    def copy(self):
        raise AssertionError("all rooms were scanned")

    items = keys = values = __iter__ = copy


def test_a_browser_that_goes_leaves_its_rooms_without_a_look_at_the_others():
    manager = Manager(10)
    manager.rooms["/"] = Unscanned({None: bidict()})
    for n in range(3):
        manager.basic_enter_room(f"s{n}", "/", None, eio_sid=f"e{n}")
        manager.basic_enter_room(f"s{n}", "/", f"room {n}")
        manager.basic_enter_room(f"s{n}", "/", "all")
    manager.basic_disconnect("s1", "/")
    assert "room 1" not in manager.rooms["/"]
    assert set(manager.rooms["/"]["all"]) == set(manager.rooms["/"][None]) == {"s0", "s2"}
    assert set(manager.rooms["/"]["room 2"]) == {"s2"}
