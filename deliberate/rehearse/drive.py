"""Sending positions, on a schedule or all at once, and finding out when everybody had them.

On a schedule nobody waits for anybody: position k is due at k/rate seconds whatever became of the one before, and
every delay counts from then (otherwise a server that stalls would be asked less and look good). All at once, each
delegate sends its next position as soon as the last was acknowledged.
"""

import gc
import random
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import gevent

from deliberate.commands import mint
from deliberate.rehearse.figures import Figures, spread
from deliberate.rehearse.hall import Delegate, Hall, Progress, Watcher
from deliberate.rehearse.wire import LineLost
from deliberate.vocabulary import Stance

SEED: Final = 20_261_123
TOO_FAST: Final = "too_fast"
ANSWERS_S: Final = 30
"""How long the last answers and pushes are waited for."""
_STANCES: Final = {
    Stance.SUPPORT: 34,
    Stance.ACCEPT: 34,
    Stance.ACCEPT_WITH_RESERVATION: 12,
    Stance.ABSTAIN: 6,
    Stance.PENDING: 6,
    Stance.OBJECT: 6,
    Stance.DISSOCIATE: 2,
}
"""Out of a hundred positions, about as in a first reading."""


@dataclass(slots=True)
class Sent:
    """A position: when it was due, and once it was accepted, when that was known and at which version it stands."""

    due: float
    clause: str
    seat: str
    acknowledged: float | None = None
    version: int = 0
    again_s: float = 0.0
    """After how many seconds the platform asks to try again, if it was refused as too fast."""


@dataclass(slots=True)
class Run:
    """What became of the positions. `took_s` is from the first due moment to the last answer that counts."""

    sent: list[Sent] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    @property
    def accepted(self) -> list[Sent]:
        """Those that were acknowledged."""
        return [sent for sent in self.sent if sent.acknowledged is not None]


class _Sender:
    """Mints positions for the delegates of a hall."""

    def __init__(self, hall: Hall) -> None:
        self._random = random.Random(SEED)
        self._clauses = hall.clauses
        self._stances, self._weights = zip(*_STANCES.items(), strict=True)
        self.run = Run()

    def position(self, seat: str) -> dict[str, Any]:
        """Return the next position of a seat, with what goes with it."""
        stance = self._random.choices(self._stances, self._weights)[0]
        command: dict[str, Any] = {
            "type": "take_position",
            "clause": self._random.choice(self._clauses),
            "revision": 1,
            "seat": seat,
            "stance": stance,
        }
        if stance is Stance.OBJECT:
            command |= {
                "statement": f"A rehearsed reason of {seat}.",
                "would_lift": "A rehearsed change.",
                "lang": "en",
            }
        elif stance is Stance.ACCEPT_WITH_RESERVATION:
            command |= {"statement": f"A rehearsed reservation of {seat}.", "lang": "en"}
        return command

    def send(self, delegate: Delegate, due: float | None) -> tuple[Sent, Any]:
        """Send a position that was due at a moment (None: now); return it, and an event that is set once it is
        answered."""
        command = self.position(delegate.seat)
        done = gevent.event.Event()
        sent = Sent(time.perf_counter() if due is None else due, command["clause"], delegate.seat)
        self.run.sent.append(sent)

        def answered(answer: Any) -> None:
            if isinstance(answer, dict) and "receipt" in answer:
                sent.acknowledged = time.perf_counter()
                sent.version = answer["receipt"]["version"]
            else:
                code = answer.get("error", "unexpected") if isinstance(answer, dict) else "line_lost"
                self.run.refusals[code] += 1
                if code == TOO_FAST:
                    sent.again_s = float(answer["detail"]["retry_after_s"])
            done.set()

        try:
            delegate.line.emit("command", {"id": mint("r"), "command": command}, answered)
        except LineLost as why:
            answered(why)
        return sent, done


def on_schedule(hall: Hall, rate: float, seconds: float, progress: Progress) -> Run:
    """Send `rate` positions a second for so long, each when it is due, the delegates in turn."""
    sender = _Sender(hall)
    count = max(1, round(rate * seconds))
    start = time.perf_counter() + 0.1
    waiting = []
    for number in range(count):
        due = start + number / rate
        if (early := due - time.perf_counter()) > 0:
            gevent.sleep(early)
        waiting.append(sender.send(hall.delegates[number % len(hall.delegates)], due)[1])
        if number % max(1, round(rate / 4)) == 0:
            progress("Positions are sent", number / count)
    gevent.wait(waiting, timeout=ANSWERS_S)
    run = sender.run
    run.refusals["no_answer"] += sum(not done.is_set() for done in waiting)
    run.took_s = max((sent.acknowledged or 0.0 for sent in run.sent), default=start) - start
    return run


def all_at_once(hall: Hall, seconds: float, progress: Progress) -> Run:
    """Let every delegate send one position after another for so long, waiting as told where a limit says so."""
    sender = _Sender(hall)
    start = time.perf_counter()
    end = start + seconds

    def keep_sending(delegate: Delegate) -> None:
        while time.perf_counter() < end and delegate.line.lost is None:
            sent, answered = sender.send(delegate, None)
            if not answered.wait(ANSWERS_S):
                sender.run.refusals["no_answer"] += 1
                return
            gevent.sleep(sent.again_s)

    busy = [gevent.spawn(keep_sending, delegate) for delegate in hall.delegates]
    while (left := end - time.perf_counter()) > 0:
        progress("Positions are sent", 1 - left / seconds)
        gevent.sleep(min(0.25, left))
    gevent.joinall(busy)
    sender.run.took_s = time.perf_counter() - start
    return sender.run


def delays(accepted: list[Sent], watcher: Watcher) -> Iterator[float | None]:
    """Yield, for each accepted position, after how many seconds the watcher had it; None if it never did."""
    versions = [seen.version for seen in watcher.seen]
    for sent in accepted:
        place = bisect_left(versions, sent.version)
        if place == len(versions):
            yield None
            continue
        seen = watcher.seen[place]
        there = f"cell/{sent.clause}/{sent.seat}" in seen.keys or f"cells/{sent.clause}" in seen.keys
        yield seen.at - sent.due if there else None


def measure(hall: Hall, rate: float, seconds: float, empty_kb: int | None, progress: Progress) -> Figures:
    """Drive the hall and return the figures. `empty_kb`: the server's memory before anybody came."""
    full_kb = hall.figures(1)["resident_kb"]
    sockets = len(hall.delegates) + len(hall.watchers)
    gc.collect()
    gc.freeze()
    try:
        run = on_schedule(hall, rate, seconds, progress) if rate else all_at_once(hall, seconds, progress)
    finally:
        gc.unfreeze()
    server = hall.figures(run.took_s)
    close = [watcher for watcher in hall.watchers if watcher.sampled]
    _wait_for_boards(run, close)
    accepted = run.accepted
    pairs = [delay for watcher in close for delay in delays(accepted, watcher)]
    seen = [delay for delay in pairs if delay is not None]
    acknowledged = [sent.acknowledged - sent.due for sent in run.sent if sent.acknowledged is not None]
    refusals = dict(+run.refusals)
    if hall.lost:
        refusals["line_lost"] = refusals.get("line_lost", 0) + len(hall.lost)
    if len(seen) < len(pairs):
        refusals["never_seen"] = len(pairs) - len(seen)
    memory = (full_kb - empty_kb) / sockets if full_kb and empty_kb and sockets else None
    return Figures(
        deliberation=hall.id,
        delegates=len(hall.delegates),
        watchers=len(hall.watchers),
        rate=rate,
        seconds=seconds,
        accepted=len(acknowledged),
        accepted_per_s=round(len(acknowledged) / run.took_s, 1) if run.took_s > 0 else 0.0,
        ack_ms=spread(acknowledged),
        seen_ms=spread(seen),
        seen_slowest_ms=round(1000 * max(seen), 1) if seen else None,
        loop_stall_ms_p99=server["loop_stall_ms_p99"],
        loop_stall_ms_max=server["loop_stall_ms_max"],
        memory_per_client_kb=round(memory, 1) if memory is not None else None,
        errors=sum(times for code, times in refusals.items() if rate or code != TOO_FAST),
        refusals=refusals,
    )


def _wait_for_boards(run: Run, watchers: list[Watcher]) -> None:
    """Wait until every sampled watcher has the last accepted position."""
    last = max((sent.version for sent in run.accepted), default=0)
    until = time.perf_counter() + ANSWERS_S
    while time.perf_counter() < until:
        if all(watcher.line.lost is not None or max(watcher.rooms.values()) >= last for watcher in watchers):
            return
        gevent.sleep(0.02)


__all__ = ["Run", "Sent", "all_at_once", "delays", "measure", "on_schedule"]
