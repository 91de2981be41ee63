"""The versions of every key, and what a browser that has some of them still needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from deliberate.board.keys import in_scope, layer_of, shared_layer
from deliberate.board.values import pack, value
from deliberate.consensus.agreement import Counts, count
from deliberate.state import State

PACKED_FROM: Final = 20
"""An event that touches more cells of a clause than this sends them as one string."""


CHANGES_KEPT: Final = 64
"""Answers to "what changed since" that are kept until the next event."""


class Board:
    """The versions of every key, kept beside a state; `mark` after each commit, `changes` to see what came since."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[str, int]] = {}
        self.heads: dict[str, int] = {}
        self.drained = 0
        self._layers: dict[str, str] = {}
        self._pending: defaultdict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, Counts] = {}
        self._changes: dict[tuple[str, int], dict[str, Any]] = {}
        self._changes_at = 0

    def mark(self, state: State, versions: Mapping[str, int]) -> None:
        """Note the version of the last event that touched each of the keys; `state` is the one after all of them."""
        self._changes = {}
        for key, version in versions.items():
            layer = self._layers.get(key)
            if layer is None:
                layer = self._layers[key] = layer_of(state, key)
                self.versions.setdefault(layer, {})
            self.versions[layer][key] = version
            self.heads[layer] = max(version, self.heads.get(layer, 0))
            self._pending[layer].add(key)
            if key.startswith("clause/"):
                self._counts.pop(key[7:], None)

    def drain(self) -> dict[str, set[str]]:
        """Return the keys that were marked since the last call, by layer; `drained` is the version they reach."""
        pending, self._pending = self._pending, defaultdict(set)
        self.drained = max([self.drained, *self.heads.values()])
        return pending

    def counts(self, state: State, clause: str) -> Counts:
        """Return what the members hold on the clause, computed once per change.

        A page may still hold the state before the last commit: what it counts is not kept for those who come after.
        """
        found = self._counts.get(clause)
        if found is None:
            found = count(state, clause)
            if state.version >= self.versions.get(shared_layer(state), {}).get(f"clause/{clause}", 0):
                self._counts[clause] = found
        return found

    def value(self, state: State, key: str) -> Any:
        """Return the value of a key, from the counts already made."""
        head, _, rest = key.partition("/")
        clause = rest if head in ("clause", "cannot") else rest[7:] if rest.startswith("clause/") else ""
        return value(state, key, self.counts(state, clause) if clause else None)

    def changes(self, state: State, room: str, since: int) -> dict[str, Any]:
        """Return the keys of a room that changed after `since`, with their values; many cells of a clause come as
        one string `cells/<clause>`, two letters a seat. Not to be altered: a hall that comes back after a restart
        asks for the same a thousand times."""
        if self._changes_at != state.version:
            self._changes, self._changes_at = {}, state.version
        found = self._changes.get((room, since))
        if found is None:
            found = self._changed(state, room, since)
            if len(self._changes) < CHANGES_KEPT:
                self._changes[room, since] = found
        return found

    def _changed(self, state: State, room: str, since: int) -> dict[str, Any]:
        layer, _, scope = room.partition("#")
        if since >= self.heads.get(layer, 0):
            return {}
        keys = [
            key
            for key, version in self.versions.get(layer, {}).items()
            if version > since and in_scope(key, scope)
        ]
        return self.values(state, keys)

    def values(self, state: State, keys: Iterable[str], made: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the keys with their values, packing cells where there are many of a clause. `made` keeps values
        from one call to the next, for rooms that share keys."""
        made = {} if made is None else made
        cells: dict[str, list[str]] = {}
        found: dict[str, Any] = {}
        for key in keys:
            if key.startswith("cell/"):
                cells.setdefault(key.split("/", 2)[1], []).append(key)
            else:
                if key not in made:
                    made[key] = self.value(state, key)
                found[key] = made[key]
        for clause, names in cells.items():
            packed = f"cells/{clause}"
            if len(names) > PACKED_FROM:
                if packed not in made:
                    made[packed] = pack(state, clause)
                found[packed] = made[packed]
            else:
                for key in names:
                    found[key] = value(state, key)
        return found
