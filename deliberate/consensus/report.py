"""One door to the measures: `analyse(state) → Report`, and `Following`, which reads a log to get there.

A report is of one version of one log, uses what its layer may see and nothing else, and is the same bytes for the
same version wherever it is made: floats have 9 significant digits, keys are sorted, the moment is that of the last
event. Every figure leaves with what it rests on, and is null with a reason where there is nothing to say. Seats and
clauses are named by id, and names by the digest of their text: who may read the words resolves them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import orjson

from deliberate.consensus.figures import rounded
from deliberate.consensus.layout import Place
from deliberate.consensus.live import clause_part, draw, network_part
from deliberate.events import Recorded, RoundOpened
from deliberate.state import State, fold

SCHEMA: Final = 1
"""The form of a report; the back office makes those of another form anew."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The picture as it stood when a round was opened: later ones start from it, so that marks stay where they are."""

    version: int
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Report:
    """What can be said of a deliberation at one version, to those who follow `layer`.

    `content` is plain data; `places` says where seats are drawn.
    """

    version: int
    layer: str
    content: dict[str, Any]
    places: Mapping[str, Place] = field(repr=False)

    @cached_property
    def _bytes(self) -> bytes:
        return orjson.dumps(rounded(self.content), option=orjson.OPT_SORT_KEYS)

    def as_json(self) -> bytes:
        """Return the report as UTF-8 JSON: the same bytes for the same version of the same log."""
        return self._bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of `as_json`, hex."""
        return hashlib.sha256(self._bytes).hexdigest()


@dataclass(slots=True)
class Following:
    """A log that is followed: its state, and the picture frozen when the last round was opened."""

    state: State = field(default_factory=State)
    frozen: Frozen | None = None

    def take(self, recorded: Recorded) -> None:
        """Take in the next event. Raises ValueError for a gap."""
        fold(self.state, recorded)
        if isinstance(recorded.event, RoundOpened):
            _, _, places = draw(self.state, self.frozen.places if self.frozen else None)
            self.frozen = Frozen(recorded.version, places)

    def report(self, at: str | None = None) -> Report:
        """Return the report of what was taken in so far; see `analyse`."""
        return analyse(self.state, at, self.frozen)


def follow(log: Iterable[Recorded]) -> Following:
    """Return a whole log, followed to its end."""
    following = Following()
    for recorded in log:
        following.take(recorded)
    return following


def analyse(state: State, at: str | None = None, frozen: Frozen | None = None) -> Report:
    """Return the report of a state.

    Parameters
    ----------
    state
        At the version that the report is of.
    at
        The moment for which the rules answer; by default that of the last event, which any reader of the log knows.
    frozen
        The picture to start from, as `Following` keeps it.
    """
    moment = at or state.at
    matrix, net, places = draw(state, frozen.places if frozen else None)
    content = {
        "schema": SCHEMA,
        "kind": "live",
        "version": state.version,
        "at": moment,
        "log": state.digest,
        "nature": state.nature,
        "basis": matrix.basis,
        "heard": {"value": matrix.heard(), "N": len(state.members)},
        "clauses": [clause_part(state, clause, moment) for clause in state.negotiable],
        "network": {
            **network_part(state, matrix, net, places),
            "frozen_at": frozen.version if frozen else None,
        },
    }
    return Report(state.version, state.rules.audience.value, content, places)
