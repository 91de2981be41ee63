"""Bringing people in: a rehearsal of one's own, its delegates by their links, and everybody else who looks on.

All of it is done the ordinary way, page by page, with the limits that everybody has.
"""

import csv
import io
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

import gevent
import orjson
from gevent.pool import Pool

from deliberate.commands import SEATS_MAX, mint
from deliberate.errors import DeliberateError, Forbidden, Invalid, Refused, TooMany, Unavailable
from deliberate.rehearse.visitor import Answer, Visitor, forms, said
from deliberate.rehearse.wire import Line, LineLost
from deliberate.vocabulary import ClauseKind, Nature, RoundKind, StakeholderKind, Standing

Progress = Callable[[str, float], None]
"""What is being done, and the share of it that is done."""

AT_ONCE: Final = 16
"""Pages asked for at the same time while people come in."""
SOCKETS_AT_ONCE: Final = 64
SAMPLED_SHARE: Final = 0.05
SAMPLED_LEAST: Final = 50
ALL: Final = "*"


@dataclass(slots=True)
class Delegate:
    """One delegation: its browser and its socket."""

    seat: str
    line: Line


@dataclass(frozen=True, slots=True)
class Seen:
    """A push as it arrived at a watcher: when, up to which version, and which keys it brought."""

    at: float
    version: int
    keys: frozenset[str]


@dataclass(slots=True)
class Watcher:
    """Somebody who looks on. A sampled one keeps its board by the push rule and remembers when each push came."""

    line: Line
    rooms: dict[str, int]
    sampled: bool = False
    seen: list[Seen] = field(default_factory=list)
    gaps: int = 0

    def take(self, name: str, raw: bytes) -> None:
        """Take an event of the socket."""
        if name != "push":
            return
        at = time.perf_counter()
        push = orjson.loads(raw)
        have = self.rooms.get(push["room"], push["version"])
        if push["version"] <= have:
            return
        if push["after"] > have:
            self.gaps += 1
            gevent.spawn(self._resync, push["room"], have)
            return
        self.rooms[push["room"]] = push["version"]
        self.seen.append(Seen(at, push["version"], frozenset(push["keys"])))

    def _resync(self, room: str, have: int) -> None:
        try:
            answer = self.line.ask("resync", {"room": room, "since": have})
        except LineLost:
            return  # counted as a lost line
        self.take("push", orjson.dumps(answer))


class Hall:
    """A rehearsal in a running server, with the browsers that take part in it."""

    def __init__(self, link: str, progress: Progress) -> None:
        """Take the chair of a rehearsal of one's own. Raises the platform's refusals, and says what to do."""
        self.address: SplitResult = urlsplit(link)
        if self.address.scheme not in ("http", "https") or not self.address.path.startswith("/in/"):
            raise Invalid("Give a chair's sign-in link: https://host/in/…", "link")
        self.progress = progress
        self.chair = Visitor(self.address)
        self.lost: list[str] = []
        self.delegates: list[Delegate] = []
        self.watchers: list[Watcher] = []
        _sign_in(self.chair, self.address.path)
        self.id = self._convene()
        board = self.board(self.chair, "")
        if board["keys"].get("deliberation", {}).get("nature") != Nature.REHEARSAL:
            raise Refused("This is no rehearsal; nothing is simulated in it.", "not_a_rehearsal")
        self.seats: list[str] = [seat for seat in board["keys"]["seats"] if self._member(board, seat)]
        self.clauses: list[str] = [
            key.partition("/")[2]
            for key in board["keys"]
            if key.startswith("clause/")
            and key.partition("/")[2] not in (ClauseKind.TITLE, ClauseKind.CHAPEAU)
        ]

    @staticmethod
    def _member(board: dict[str, Any], seat: str) -> bool:
        return bool(board["keys"][f"seat/{seat}"]["standing"] == Standing.MEMBER)

    def _convene(self) -> str:
        page = self.chair.get("/convene")
        if page.status == 403:
            raise Forbidden("This link does not let its holder convene. Give a chair's link.", "chair_only")
        page = self.chair.send_form("/convene", [("scenario", "rehearsal"), ("step", "preview")])
        for action, fields in forms(page):
            if dict(fields).get("deliberation"):
                page = self.chair.send_form(action, fields)
                break
        found = re.match(r"/d/([^/]+)/", page.path)
        if found is None:
            raise Unavailable(
                f"The rehearsal could not be convened: {said(page) or page.status}", "not_convened"
            )
        return found[1]

    def path(self, rest: str) -> str:
        """Return an address in this deliberation."""
        return f"/d/{self.id}/{rest}"

    def board(self, visitor: Visitor, scope: str) -> Any:
        """Return `{epoch, rooms, keys}` as this visitor sees it."""
        return visitor.json(self.path(f"board?scope={quote(scope)}"))

    def command(self, command: dict[str, Any]) -> None:
        """Send a command of the chair, as fast as the platform lets anybody."""
        sent = {"id": mint("r"), "command": command}
        while True:
            try:
                self.chair.send_json(self.path("commands"), sent)
                return
            except DeliberateError as refusal:
                if refusal.status != TooMany.status:
                    raise
                gevent.sleep(float(refusal.detail.get("retry_after_s", 0.1)))

    def figures(self, seconds: float) -> dict[str, Any]:
        """Return what the server says of itself over the last seconds."""
        found: dict[str, Any] = self.chair.json(self.path(f"figures?seconds={max(1, round(seconds))}"))
        return found

    # --- coming in ---

    def bring_delegates(self, count: int) -> None:
        """Seat, invite and sign in so many delegations, each in a browser of its own, and open the first round."""
        if count > SEATS_MAX - 100:
            raise Invalid(f"A deliberation has at most {SEATS_MAX} seats.", "seats_max")
        for number in range(len(self.seats) + 1, count + 1):
            self._tell("Seating delegations", number, count)
            self._seat(number)
        links = self._invite(self.seats[:count])
        self._each("Delegates sign in", list(links.items()), AT_ONCE, self._delegate)
        self.command({"type": "open_round", "kind": RoundKind.NEGOTIATION})

    def _seat(self, number: int) -> None:
        """Seat a delegation that nobody can take for a country."""
        seat = f"DEL-{number:03}"
        self.command(
            {
                "type": "seat_stakeholder",
                "seat": seat,
                "name": {"en": f"Delegation {number:03}", "zh": f"代表团 {number:03}"},
                "kind": StakeholderKind.GOVERNMENT,
                "standing": Standing.MEMBER,
            }
        )
        self.seats.append(seat)

    def _invite(self, seats: Sequence[str]) -> dict[str, str]:
        """Return seat → link, as the chair's page makes them."""
        asked = [("seats", seat) for seat in seats]
        asked += [("scope", "chosen"), ("days", "1"), ("command_id", mint("r"))]
        page = self.chair.send_form(self.path("chair/invite"), asked, accept="text/csv")
        if "text/csv" not in page.headers.get("content-type", ""):
            raise Unavailable(f"No links were made: {said(page) or page.status}", "no_links")
        rows = csv.DictReader(io.StringIO(page.text.removeprefix("\ufeff")))
        return {row["code"]: urlsplit(row["link"]).path for row in rows}

    def _delegate(self, invited: tuple[str, str]) -> None:
        seat, path = invited
        visitor = Visitor(self.address)
        _sign_in(visitor, path)
        scope = self.clauses[len(self.delegates) % len(self.clauses)]
        board = self.board(visitor, scope)
        line = self._line(board, scope, visitor.cookie).open()
        self.delegates.append(Delegate(seat, line))

    def bring_watchers(self, count: int, seed: int) -> None:
        """Let so many browsers look on, following every paragraph; a random share of them is looked at closely."""
        close = min(count, max(SAMPLED_LEAST, round(SAMPLED_SHARE * count)))
        sampled = set(random.Random(seed).sample(range(count), close))
        self._each(
            "Watchers come in", list(range(count)), SOCKETS_AT_ONCE, lambda n: self._watcher(n in sampled)
        )

    def _watcher(self, sampled: bool) -> None:
        board = self.board(Visitor(self.address), ALL)
        watcher = Watcher(self._line(board, ALL), board["rooms"], sampled)
        if sampled:
            watcher.line.on_event = watcher.take
        watcher.line.open()
        self.watchers.append(watcher)

    def _line(self, board: dict[str, Any], scope: str, cookie: str = "") -> Line:
        token = {"epoch": board["epoch"], "rooms": board["rooms"], "report": None}
        auth = {"deliberation": self.id, "scope": scope, "prefer": "seat", "token": token}
        return Line(self.address, auth, cookie=cookie, on_lost=self.lost.append)

    def _each(self, what: str, things: Sequence[Any], at_once: int, fn: Callable[[Any], None]) -> None:
        """Do something for each thing, several at once, saying how far it is."""
        pool = Pool(at_once)
        for done, _ in enumerate(pool.imap_unordered(fn, things), 1):
            self._tell(what, done, len(things))

    def _tell(self, what: str, done: int, of: int) -> None:
        self.progress(what, done / of)

    def close(self) -> None:
        """End every socket."""
        for line in [d.line for d in self.delegates] + [w.line for w in self.watchers]:
            line.close()


def _sign_in(visitor: Visitor, path: str) -> Answer:
    """Open a link and use it. Raises `Forbidden` with what the page says."""
    page = visitor.get(path)
    if page.status < 400:
        page = visitor.send_form(path, next((fields for action, fields in forms(page) if action == path), []))
    if page.status >= 400 and page.path == path:
        raise Forbidden(f"The link does not let anybody in: {said(page) or page.status}", "link")
    return page


__all__ = ["Delegate", "Hall", "Progress", "Seen", "Watcher"]
