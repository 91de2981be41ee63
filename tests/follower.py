"""A browser's copy of the board in Python: the push rule of `static/src/lib/push.ts` once more, for tests.

`Follower` is its `Board`, name for name; `test_push_rule.py` holds both equal on the same traces. `Caster` does what
the live layer does: it says what was marked since the last tick, once per room, and what came since a version.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from deeds import Hall

from deliberate.board import in_scope

SCOPED = frozenset({"cell", "cells", "cannot", "beside"})
Push = dict[str, Any]


class Follower:
    """The keys that a browser holds, and the version that it has of each room that it follows."""

    def __init__(self, epoch: str, rooms: Mapping[str, int], keys: Mapping[str, Any] | None = None) -> None:
        self.epoch = epoch
        self.have = dict(rooms)
        self.keys: dict[str, Any] = dict(keys or {})
        self.counters: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._unseated: dict[str, tuple[str, int]] = {}

    def apply(self, push: Push) -> str:
        """Take a push if it may be taken now; return applied, ignored, gap or reset."""
        if push["epoch"] != self.epoch:
            return "reset"
        have = self.have.get(push["room"])
        if have is None or push["version"] <= have:
            return "ignored"
        if push["after"] > have:
            return "gap"
        self.have[push["room"]] = push["version"]
        self._take(push["keys"], push["version"])
        return "applied"

    def load(self, rooms: Mapping[str, int], keys: Mapping[str, Any]) -> None:
        """Take a full load."""
        self.keys = {key: value for key, value in self.keys.items() if key in self.counters}
        self.have, self._versions, self._unseated = dict(rooms), {}, {}
        self._take(keys, 0)

    def follow(self, rooms: Iterable[str]) -> None:
        """Follow these rooms of the same layers from now on."""
        next_ = set(rooms)
        self.have = {room: self.have.get(room, 0) for room in next_}
        scopes = {room.partition("#")[2] for room in next_}
        if "*" in scopes:
            return
        for key in list(self.keys):
            head, _, rest = key.partition("/")
            clause = rest.partition("/")[0]
            if head in SCOPED and clause not in scopes:
                del self.keys[key]
                self._versions.pop(key, None)
                self._unseated.pop(clause, None)

    def behind(self, heads: Mapping[str, int]) -> list[str]:
        """Return the followed rooms whose head is beyond what is here."""
        return [room for room, head in heads.items() if room in self.have and self.have[room] < head]

    def aside(self, key: str, counter: int, value: Any) -> str:
        """Take an aside, unless it is old."""
        if counter <= self.counters.get(key, 0):
            return "ignored"
        self.counters[key] = counter
        self.keys[key] = value
        return "applied"

    def _take(self, keys: Mapping[str, Any], version: int) -> None:
        if "seats" in keys:
            self._set("seats", keys["seats"], version)
            for clause, (codes, packed_at) in list(self._unseated.items()):
                self._unpack(clause, codes, packed_at)
        for key, value in keys.items():
            if key.startswith("cells/"):
                self._unpack(key[6:], value, version)
            elif key != "seats":
                self._set(key, value, version)

    def _set(self, key: str, value: Any, version: int) -> None:
        self._versions[key] = version
        if value is None:
            self.keys.pop(key, None)
        else:
            self.keys[key] = value

    def _unpack(self, clause: str, codes: str, version: int) -> None:
        seats = self.keys.get("seats", [])
        for place, seat in enumerate(seats):
            key, cell = f"cell/{clause}/{seat}", codes[2 * place : 2 * place + 2]
            if cell and self._versions.get(key, -1) < version:
                self._set(key, cell, version)
        if len(codes) > 2 * len(seats):
            self._unseated[clause] = (codes, version)
        else:
            self._unseated.pop(clause, None)


class Caster:
    """What goes out of a hall: pushes by room, answers to those who missed some, heads for beacons."""

    def __init__(self, hall: Hall, epoch: str = "e1") -> None:
        self.hall = hall
        self.epoch = epoch
        self._pushed: dict[str, int] = {}
        self._drained = hall.state.version
        hall.board.drain()

    def open(self, rooms: Iterable[str]) -> None:
        """Begin to push to these rooms: what is marked from now on."""
        for room in rooms:
            self._pushed.setdefault(room, self._drained)

    def tick(self) -> list[Push]:
        """Return a push for every room in which something was marked since the last tick."""
        board, state = self.hall.board, self.hall.state
        pending = board.drain()
        pushes = []
        for room, after in self._pushed.items():
            layer, _, scope = room.partition("#")
            keys = [key for key in pending.get(layer, ()) if in_scope(key, scope)]
            if keys:
                version = max(board.versions[layer][key] for key in keys)
                pushes.append(self._push(room, after, version, board.values(state, keys)))
                self._pushed[room] = version
        self._drained = state.version
        return pushes

    def since(self, room: str, have: int) -> Push:
        """Return the push that brings a browser up to now."""
        return self._push(
            room, have, self.hall.state.version, self.hall.board.changes(self.hall.state, room, have)
        )

    def heads(self) -> dict[str, int]:
        """Return the last push of every room."""
        return dict(self._pushed)

    def _push(self, room: str, after: int, version: int, keys: dict[str, Any]) -> Push:
        push = {"epoch": self.epoch, "room": room, "after": after, "version": version, "keys": keys}
        sent: Push = orjson.loads(orjson.dumps(push))
        return sent
