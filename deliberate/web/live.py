"""The live layer: who follows which room, what is pushed, and how a browser that missed something goes on.

Changes are gathered for a push interval and sent once per room: `push` {epoch, room, after, version, keys}; see
`board` for rooms, keys and the rule by which a browser takes a push. A browser joins its rooms first and gets what
came since its resume token second. `beacon` names every room's head, so that the last push lost is noticed too.
Commands come in by `command` and are acknowledged once they are durable. Everything here is off the log.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from flask import Flask, request
from flask_babel import force_locale
from flask_socketio import SocketIO

from deliberate import board, commands
from deliberate.config import Settings
from deliberate.database.reports import report_versions
from deliberate.errors import DeliberateError, Invalid, Unavailable
from deliberate.events import DelegateRevoked, OfficeRevoked, Recorded, StakeholderWithdrew, TextRedacted
from deliberate.secretariat import Docket, Secretariat
from deliberate.web.languages import chosen
from deliberate.web.place import Texts, actors_here, choose, epoch
from deliberate.web.refusals import refusal as sentence
from deliberate.web.security import Limit
from deliberate.web.sockets import PING_INTERVAL_S, Manager, OrJson, TextPacket, steady

logger = structlog.get_logger(__name__)

SCOPE_MAX: Final = 64
REPORT_EVERY_S: Final = 0.5
"""How often the web process looks whether the back office published a report."""


@dataclass(slots=True)
class _Follower:
    """One socket: what it follows and as whom, and the language in which it is answered."""

    deliberation: str
    actor: str | None
    lang: str
    rooms: set[str] = field(default_factory=set)


class Live:
    """All sockets of this process."""

    def __init__(self, app: Flask, secretariat: Secretariat, texts: Texts, settings: Settings) -> None:
        self.settings = settings
        self.secretariat = secretariat
        self.texts = texts
        self.limit = Limit(settings.commands_per_second, settings.commands_burst)
        self.manager = Manager(settings.socket_queue_messages_max)
        self.io = SocketIO()
        public = urlsplit(settings.public_url)
        self.io.init_app(
            app,
            async_mode=app.config["ASYNC_MODE"],
            client_manager=self.manager,
            async_handlers=False,
            transports=["websocket"],
            manage_session=False,
            serializer=TextPacket,
            json=OrJson,
            cors_allowed_origins=[f"{public.scheme}://{public.netloc}"] if public.netloc else None,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=settings.socket_send_timeout_s,
            max_http_buffer_size=settings.body_bytes_max,
            http_compression=False,
            logger=False,
            engineio_logger=False,
        )
        steady(self.io, settings.socket_send_timeout_s, settings.body_bytes_max)
        self._app = app
        self._followers: dict[str, _Follower] = {}
        self._members: dict[str, int] = defaultdict(int)  # sockets in each room
        self._in_use: dict[str, dict[str, set[str]]] = {}  # deliberation → layer → rooms
        self._pushed: dict[str, int] = {}
        self._reports: dict[tuple[str, str], tuple[int, str]] = {}
        self._news = threading.Event()
        self._polls: dict[str, threading.Event] = defaultdict(threading.Event)
        self._stop = threading.Event()
        secretariat.listeners.append(self.recorded)
        self._handlers()

    # --- what was recorded ---

    def recorded(self, docket: Docket, events: Sequence[Recorded]) -> None:
        """Take note of a commit; called by the secretariat, after it."""
        self._news.set()
        self._polls.pop(docket.deliberation, threading.Event()).set()
        for recorded in events:
            match recorded.event:
                case TextRedacted(text=digest):
                    self.texts.forget(docket.deliberation, digest)
                case OfficeRevoked(holder=actor) | DelegateRevoked(holder=actor):
                    self._send_away(docket, actor)
                case StakeholderWithdrew():
                    self._send_away(docket, None)
                case _:
                    pass

    def _send_away(self, docket: Docket, actor: str | None) -> None:
        """Rights were narrowed, of one actor or of nobody knows whom: the browser loads afresh, with what it may still
        see. One that follows what is not for it any more is cut off, whatever it does with that word."""
        for sid, follower in list(self._followers.items()):
            if follower.deliberation != docket.deliberation or actor not in (None, follower.actor):
                continue
            self.io.emit("reset", {}, to=sid)
            theirs = _layers(_names(docket, follower.actor, ""))
            if actor is not None or not _layers(follower.rooms) <= theirs:
                self.io.server.disconnect(sid)

    # --- pushing ---

    def start(self) -> None:
        """Start the pushing and the beacons."""
        for work in (self._push_for_ever, self._beacons, self._watch_reports):
            self.io.start_background_task(work)

    def _push_for_ever(self) -> None:
        interval = self.settings.push_interval_ms / 1000
        begun = -interval
        while not self._stop.is_set():
            self._news.wait(1)
            if not self._news.is_set():
                continue
            self.io.sleep(max(interval / 8, begun + interval - time.monotonic()))
            begun = time.monotonic()
            self._news.clear()
            for docket in self.secretariat.open_dockets():
                try:
                    self.push(docket)
                except Exception:
                    logger.exception("push_failed", deliberation=docket.deliberation)
                    for rooms in self._in_use.get(docket.deliberation, {}).values():
                        self._pushed.update(
                            dict.fromkeys(rooms, docket.state.version)
                        )  # every browser asks anew

    def push(self, docket: Docket) -> None:
        """Send what changed since the last push, once per room in use."""
        before = docket.board.drained  # a room that was never pushed to has missed nothing up to here
        pending = docket.board.drain()
        in_use = self._in_use.get(docket.deliberation)
        if not pending or not in_use:
            return
        state, place = docket.state, docket.board
        ready = []  # all of it before the first is sent: others record while we send
        for layer in pending.keys() & in_use.keys():
            keys, versions = pending[layer], place.versions[layer]
            scoped, values = board.by_scope(keys), dict[str, Any]()
            for name in in_use[layer]:
                scope = name.rpartition("#")[2]
                seen = keys if scope == "*" else scoped[""] + (scoped.get(scope, []) if scope else [])
                if seen:
                    ready.append(
                        (name, max(versions[key] for key in seen), place.values(state, seen, values))
                    )
        for name, version, found in ready:
            self._emit_push(docket, name, self._pushed.get(name, before), version, found)
            if name in self._members:  # else the last browser of the room left meanwhile
                self._pushed[name] = version

    def _emit_push(
        self, docket: Docket, name: str, after: int, version: int, keys: Mapping[str, Any]
    ) -> None:
        room = name.partition("/")[2]
        message = {
            "epoch": epoch_of(self._app, docket),
            "room": room,
            "after": after,
            "version": version,
            "keys": keys,
        }
        self.io.emit("push", message, to=name)

    def since(self, docket: Docket, room: str, have: int) -> dict[str, Any]:
        """Return the push that brings a browser which has `have` up to the state's version."""
        state = docket.state
        return {
            "epoch": epoch_of(self._app, docket),
            "room": room,
            "after": have,
            "version": state.version,
            "keys": docket.board.changes(state, room, have),
        }

    def _beacons(self) -> None:
        while not self._stop.is_set():
            self.io.sleep(self.settings.beacon_interval_s)
            try:
                for name in list(self._members):
                    head = self._pushed.get(name)
                    if head is not None:
                        self.io.emit("beacon", {name.partition("/")[2]: head}, to=name)
            except Exception:
                logger.exception("beacon_failed")

    def _watch_reports(self) -> None:
        stamp = -1
        while not self._stop.is_set():
            self.io.sleep(REPORT_EVERY_S)
            try:
                moved = self.secretariat.database.stamp()
                if moved == stamp:
                    continue
                stamp = moved
                for place, made in report_versions(self.secretariat.database).items():
                    if self._reports.get(place) != made:
                        self._reports[place] = made
                        version, digest = made
                        value = {"version": version, "digest": digest}
                        message = {"key": "report", "counter": version, "value": value}
                        self.io.emit("aside", message, to=f"{place[0]}/report")
            except Exception:
                logger.exception("report_watch_failed")

    # --- long poll ---

    def wait(self, docket: Docket, rooms: Mapping[str, int], timeout_s: float) -> list[dict[str, Any]]:
        """Return the pushes that rooms need, waiting for the first of them at most so long."""
        until = time.monotonic() + timeout_s
        while True:
            bell = self._polls[docket.deliberation]
            pushes = [self.since(docket, room, have) for room, have in rooms.items()]
            pushes = [push for push in pushes if push["keys"]]
            left = until - time.monotonic()
            if pushes or left <= 0 or self._stop.is_set():
                return pushes
            bell.wait(left)

    # --- sockets ---

    def _handlers(self) -> None:
        """Only connecting needs Flask, for the session; a request context for each event would cost half of it."""
        connect: Callable[[Any], Any] = self.io.on("connect")
        connect(self._connect)
        on: Callable[..., None] = self.io.server.on
        on("disconnect", self._disconnect)
        for event, handler in (("command", self._command), ("resync", self._resync), ("scope", self._scope)):
            on(event, self._answering(handler))

    def _answering(
        self, handler: Callable[[_Follower, str, Mapping[str, Any]], dict[str, Any]]
    ) -> Callable[..., Any]:
        """Return the handler as Socket.IO calls it: every event has an answer, and no fault ends the socket."""

        def answer(sid: str, data: Any = None, *_: Any) -> dict[str, Any]:
            follower = self._followers.get(sid)
            if self.manager.end_if_full(sid):
                return {}
            self.io.sleep(0)  # one browser's events are handled one after another: let others in between
            try:
                if follower is None or not isinstance(data, dict):
                    raise Invalid("What is sent to a deliberation is an object.", "invalid")
                return handler(follower, sid, data)
            except DeliberateError as refusal:
                return self._told(refusal, follower)
            except Exception:
                logger.exception("event_failed", deliberation=follower and follower.deliberation)
                fault = Unavailable("Something went wrong here; send it again in a moment.", "fault")
                return self._told(fault, follower)

        return answer

    def _told(self, refusal: DeliberateError, follower: _Follower | None) -> dict[str, Any]:
        """Return a refusal, its message in the language in which the browser came."""
        with self._app.app_context(), force_locale(follower.lang if follower else "en"):
            return {**refusal.as_dict(), "message": sentence(refusal)}

    def _connect(self, auth: Any = None) -> bool | None:
        sid: str = request.sid  # type: ignore[attr-defined]
        try:
            asked = _asked(auth)
            docket = self.secretariat.docket(asked.deliberation)
        except DeliberateError:
            return False
        actor = choose(docket.state, actors_here(asked.deliberation), asked.prefer)
        follower = self._followers[sid] = _Follower(asked.deliberation, actor, chosen())
        self._follow(sid, follower, docket, asked.scope)
        if asked.epoch != epoch_of(self._app, docket) or set(asked.rooms) != {
            room.partition("/")[2] for room in follower.rooms
        }:
            self.io.emit("reset", {}, to=sid)
            return None
        for room, have in asked.rooms.items():
            if docket.state.version > have:
                self.io.emit("push", self.since(docket, room, have), to=sid)
        if asked.report is not None and board.shared_layer(docket.state) in _layers(follower.rooms):
            self.manager.enter_room(sid, "/", f"{asked.deliberation}/report")
            made = self._reports.get((asked.deliberation, board.shared_layer(docket.state)))
            if made and made[0] > asked.report:
                value = {"version": made[0], "digest": made[1]}
                self.io.emit("aside", {"key": "report", "counter": made[0], "value": value}, to=sid)
        return None

    def _follow(self, sid: str, follower: _Follower, docket: Docket, scope: str) -> None:
        """Join the rooms of a scope and leave those of the one before."""
        rooms = _names(docket, follower.actor, scope)
        for room in rooms - follower.rooms:
            self.manager.enter_room(sid, "/", room)
            self._members[room] += 1
            self._in_use.setdefault(docket.deliberation, {}).setdefault(_layer(room), set()).add(room)
        for room in follower.rooms - rooms:
            self.manager.leave_room(sid, "/", room)
            self._left(docket.deliberation, room)
        follower.rooms = rooms

    def _left(self, deliberation: str, room: str) -> None:
        self._members[room] -= 1
        if self._members[room] > 0:
            return
        del self._members[room]
        self._pushed.pop(room, None)
        in_use, layer = self._in_use[deliberation], _layer(room)
        in_use[layer].discard(room)
        if not in_use[layer]:
            del in_use[layer]
        if not in_use:
            del self._in_use[deliberation]

    def _disconnect(self, sid: str, _reason: str = "") -> None:
        follower = self._followers.pop(sid, None)
        if follower is not None:
            for room in follower.rooms:
                self._left(follower.deliberation, room)

    def _command(self, follower: _Follower, _sid: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Record a command and answer once it is durable: `{receipt}`, or `{error, message, detail}`."""
        if follower.actor is None:
            raise Invalid("Sign in with your link before sending anything.", "signed_out")
        return {"receipt": self.take(follower.deliberation, follower.actor, data)}

    def take(self, deliberation: str, actor: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Record what a signed-in actor sends: `{id, command}`; return the receipt. Limits are per seat."""
        docket = self.secretariat.docket(deliberation)
        self.limit.spend(f"{deliberation}/{docket.state.delegates.get(actor, actor)}")
        command = commands.parse(data.get("command"))
        if not commands.from_outside(command):
            raise Invalid("The platform sends this command itself.", "platform_only")
        return self.secretariat.submit(deliberation, command, actor, str(data.get("id", ""))).as_dict()

    def _resync(self, follower: _Follower, sid: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the push that brings a room up to date."""
        self.limit.spend(sid)
        room, have = data.get("room"), data.get("since")
        if f"{follower.deliberation}/{room}" not in follower.rooms or not isinstance(have, int):
            raise Invalid("This room is not yours to follow.", "room")
        return self.since(self.secretariat.docket(follower.deliberation), str(room), have)

    def _scope(self, follower: _Follower, sid: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Follow another scope; return what its rooms hold that the browser has not."""
        self.limit.spend(sid)
        scope, since = data.get("scope"), data.get("since") or {}
        if not isinstance(scope, str) or len(scope) > SCOPE_MAX or not isinstance(since, dict):
            raise Invalid("A scope is one clause, * or nothing.", "scope")
        docket = self.secretariat.docket(follower.deliberation)
        self._follow(sid, follower, docket, scope)
        rooms = [name.partition("/")[2] for name in follower.rooms]
        pushes = [
            self.since(docket, room, have if isinstance(have := since.get(room), int) else 0)
            for room in rooms
        ]
        return {"rooms": {push["room"]: push["version"] for push in pushes}, "pushes": pushes}

    # --- the end ---

    @property
    def closing(self) -> bool:
        """Whether nobody is let in any more."""
        return self._stop.is_set()

    def close(self) -> None:
        """Tell every browser to come back in a moment, spread over two seconds, and let go."""
        self._stop.set()
        self._news.set()
        for bell in list(self._polls.values()):
            bell.set()
        self.io.emit("closing", {"retry_after_ms": 500, "spread_ms": 2000})
        self.io.sleep(0.1)
        for sid in list(self._followers):
            self.io.server.disconnect(sid)

    def figures(self) -> dict[str, int]:
        """Return how many sockets and rooms there are, the messages that wait for the slowest reader, and how many
        readers were too slow."""
        return {
            "sockets": len(self._followers),
            "rooms": len(self._members),
            "waiting": max(
                (client.queue.qsize() for client in self.io.server.eio.sockets.values()), default=0
            ),
            "overflowed": self.manager.overflowed,
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a browser says in the CONNECT packet."""

    deliberation: str
    scope: str
    epoch: str
    rooms: dict[str, int]
    report: int | None
    prefer: str


def _asked(auth: Any) -> _Asked:
    """Return the checked CONNECT packet; raises `Invalid`."""
    match auth:
        case {"deliberation": str(deliberation), "token": {"epoch": str(life), "rooms": dict(rooms), **more}}:
            scope, prefer = auth.get("scope", ""), auth.get("prefer", "seat")
            report = more.get("report")
            if (
                isinstance(scope, str)
                and isinstance(prefer, str)
                and len(scope) <= SCOPE_MAX
                and len(rooms) <= 3
                and all(isinstance(room, str) and isinstance(have, int) for room, have in rooms.items())
            ):
                counter = report if isinstance(report, int) else None
                return _Asked(deliberation, scope, life, rooms, counter, prefer)
    raise Invalid("The connection must say which deliberation it follows.", "connect")


def _names(docket: Docket, actor: str | None, scope: str) -> set[str]:
    """Return the names of the rooms that an actor follows now, `deliberation/layer#scope`."""
    return {f"{docket.deliberation}/{room}" for room in board.rooms(docket.state, actor, scope)}


def _layer(name: str) -> str:
    """Return the layer of a room's name."""
    return name.partition("/")[2].rpartition("#")[0]


def _layers(names: Iterable[str]) -> set[str]:
    return {_layer(name) for name in names}


def epoch_of(app: Flask, docket: Docket) -> str:
    """Return the epoch as `place.epoch` does, outside a request."""
    return epoch(docket, app.config["RELEASE"])


__all__ = ["Live", "epoch_of"]
