"""What this process itself can tell of how it is doing: how late its loop comes back, and how much memory it holds.

One greenlet sleeps for a few milliseconds over and over and notes by how much it woke too late: as long as that,
everybody waited. The chair of a rehearsal may read it, for `rehearse`; nobody else, because it says what others do.
"""

import os
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from deliberate.errors import Forbidden
from deliberate.web.place import open_place
from deliberate.web.security import whole_number

bp = Blueprint("figures", __name__)

BEAT_S: Final = 0.005
"""How long the greenlet sleeps: 200 times a second costs half a percent of one core and sees every stall."""
KEPT: Final = 60_000
"""Samples kept, half a megabyte: at least five minutes."""


class Pulse:
    """How late the loop came back, sample by sample; a ring of the last ones."""

    def __init__(self) -> None:
        self._late_s = array("d", [0.0]) * KEPT
        self._count = 0
        self._stop = threading.Event()

    def beat(self, sleep: Callable[[float], None]) -> None:
        """Note lateness until `stop`; runs in a greenlet of its own."""
        due = time.perf_counter() + BEAT_S
        while not self._stop.is_set():
            sleep(BEAT_S)
            at = time.perf_counter()
            self._late_s[self._count % KEPT] = max(0.0, at - due)
            self._count += 1
            due = at + BEAT_S

    def stop(self) -> None:
        """End the beating."""
        self._stop.set()

    def stall_ms(self, seconds: float, percent: float = 99) -> tuple[float, float] | None:
        """Return the stall that `percent` of the last seconds stayed within, and the longest, in milliseconds.

        A sample weighs as much time as it stands for: a stall of a second is a second, and not one of many samples.
        None before the first sample.
        """
        lates: list[float] = []
        covered = 0.0
        for back in range(1, min(self._count, KEPT) + 1):
            late = self._late_s[(self._count - back) % KEPT]
            lates.append(late)
            covered += BEAT_S + late
            if covered >= seconds:
                break
        if not lates:
            return None
        lates.sort()
        within = 0.0
        for late in lates:
            within += BEAT_S + late
            if within >= covered * percent / 100:
                return round(1000 * late, 1), round(1000 * lates[-1], 1)
        return round(1000 * lates[-1], 1), round(1000 * lates[-1], 1)


def resident_kb() -> int | None:
    """Return the memory that this process holds, in kB (1,024 bytes); None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


@bp.get("/d/<deliberation>/figures")
def figures(deliberation: str) -> ResponseReturnValue:
    """Return sockets, memory, and the loop's stall over the last `seconds`, to the chair of a rehearsal."""
    place = open_place(deliberation, prefer="table")
    if not (place.is_rehearsal and place.at_the_table):
        raise Forbidden("These figures are for the chair of a rehearsal.", "rehearsal_only")
    seconds = whole_number(request.args.get("seconds", ""), 60)
    pulse = cast(Pulse, current_app.extensions["pulse"])
    stall = pulse.stall_ms(seconds)
    said: dict[str, Any] = {
        **current_app.extensions["live"].figures(),
        "version": place.state.version,
        "resident_kb": resident_kb(),
        "loop_stall_ms_p99": stall[0] if stall else None,
        "loop_stall_ms_max": stall[1] if stall else None,
    }
    return jsonify(said)


__all__ = ["BEAT_S", "Pulse", "bp", "resident_kb"]
