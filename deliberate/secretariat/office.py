"""The dockets of a process, opened on demand and kept in step with the log and the clock."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

import orjson
import structlog

from deliberate import commands as c
from deliberate.database import Database
from deliberate.errors import NotFound
from deliberate.log import Entry, Log
from deliberate.moments import now
from deliberate.secretariat.docket import Docket, Listener, Receipt

logger = structlog.get_logger(__name__)


class Secretariat:
    """Opens dockets on demand and keeps them in step with the log. `clock` is the one place that reads the time."""

    def __init__(self, database: Database, clock: Callable[[], str] = now) -> None:
        self.database = database
        self.log = Log(database)
        self.clock = clock
        self.listeners: list[Listener] = []
        self._dockets: dict[str, Docket] = {}
        self._opening: dict[str, threading.Lock] = {}
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None

    def create(self, deliberation: str, nature: str, title: Mapping[str, str]) -> Docket:
        """Return the docket of a new, empty deliberation; `Convene` is its first command. `title`, language to words,
        is a copy for lists."""
        self.log.create(deliberation, nature, orjson.dumps(title).decode(), self.clock())
        return self.docket(deliberation)

    def docket(self, deliberation: str) -> Docket:
        """Return the open docket, opening it first. Raises `NotFound`."""
        found = self._dockets.get(deliberation)
        if found is None:
            self.log.entry(deliberation)  # a name that nobody convened leaves nothing behind
            with self._opening.setdefault(deliberation, threading.Lock()):
                found = self._dockets.get(deliberation)
                if found is None:
                    found = Docket(deliberation, self.log, self.clock, self.listeners)
                    self._dockets[deliberation] = found
        return found

    def open_dockets(self) -> list[Docket]:
        """Return the dockets that this process has open."""
        return list(self._dockets.values())

    def submit(self, deliberation: str, command: c.Shape, actor: str, command_id: str) -> Receipt:
        """Record one command; see `Docket.submit`. Raises `NotFound` when it names a text that is not on record."""
        named = {c.RedactText: "text", c.AddTranslation: "of"}.get(type(command))
        if named and not self.log.texts(deliberation, [getattr(command, named)]):
            raise NotFound("There is no such text in this deliberation.", "unknown_text")
        return self.docket(deliberation).submit(command, actor, command_id)

    def watch(self, every_s: float = 0.25) -> None:
        """Start to follow what other processes write, and the clock."""
        self._watcher = threading.Thread(target=self._watch, args=(every_s,), name="watch", daemon=True)
        self._watcher.start()

    def _watch(self, every_s: float) -> None:
        stamp = -1
        last = 0.0
        while not self._stop.wait(every_s):
            try:
                moved = self.database.stamp()
                heads: dict[str, int] = {}
                if moved != stamp or time.monotonic() - last > 1:
                    entries = self.log.index()
                    stamp, last = moved, time.monotonic()
                    heads = {entry.id: entry.head for entry in entries}
                    self._wake_due(entries)
            except Exception:
                logger.exception("watch_failed")
                continue
            for id_, docket in list(self._dockets.items()):
                try:
                    if heads.get(id_, 0) > docket.state.version:
                        docket.catch_up()
                    docket.tick()
                except Exception:  # one bad log leaves the others alone
                    logger.exception("watch_failed", deliberation=id_)

    def _wake_due(self, entries: Iterable[Entry]) -> None:
        """Open every deliberation whose next deadline has passed while nobody had it open: `tick` does the rest."""
        at = self.clock()
        for entry in entries:
            if entry.id in self._dockets or entry.next_deadline is None or entry.next_deadline > at:
                continue
            try:
                self.docket(entry.id)
            except Exception:
                logger.exception("wake_failed", deliberation=entry.id)

    def close(self) -> None:
        """Finish what waits and stop following the log."""
        self._stop.set()
        for docket in self.open_dockets():
            docket.close()
