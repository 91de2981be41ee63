"""The demonstration: a rehearsal on the text, driven live while people look on and take part.

Synthetic delegations come in by sign-in links and send their positions as browsers without sockets do, with every
limit on, at the pace that the script gives. One delegation is left to whoever opens its link; a second person may
chair beside the scripted chair. A step that the rules refuse, because a person moved something, is left out.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from deliberate import commands as c
from deliberate import scenario
from deliberate.cli.convening import Target, convene, convener_link, links
from deliberate.errors import DeliberateError, Unavailable
from deliberate.exchange.produce import recorded
from deliberate.log import Log
from deliberate.rehearse.visitor import Visitor
from deliberate.scenario import Step
from deliberate.secretariat import Secretariat
from deliberate.state import State, fold
from deliberate.vocabulary import Office

SPARE: Final = "XKV"
"""The delegation that nobody plays."""
SCRIPTED: Final = "the scripted chair"
DAYS: Final = 1.0
"""How long the links work: a demonstration is opened the day it is started."""
TOGETHER: Final = 8
"""Delegations that sign in at once."""
LEAD_S: Final = 3.0
"""The script begins with a pause, which the signing in has taken already."""
TRIES: Final = 5


class Rehearsal:
    """A rehearsal that was convened and waits to be played."""

    def __init__(self, office: Secretariat, home: str) -> None:
        found = scenario.load("rehearsal")
        self.steps = list(scenario.script(found, spare={SPARE}))
        docket, chair = convene(office, scenario.convene(found))
        self.deliberation = docket.deliberation
        self.delegate = str(next(member.name["en"] for member in found.members if member.code == SPARE))
        places: dict[str, Target] = {
            "delegate": (SPARE, None),
            "chair": (None, Office.CHAIR),
            "analyst": (None, Office.ANALYST),
        }
        played: dict[str, Target] = {seat: (seat, None) for seat in docket.state.seats if seat != SPARE}
        played[SCRIPTED] = (None, Office.CHAIR)
        self.links = links(office, docket, chair, places, DAYS, home)
        self.links["record"] = f"{home}/d/{self.deliberation}/record"
        self.links["convener"] = convener_link(office, DAYS, home)
        self._played = links(office, docket, chair, played, DAYS, "")

    def drive(self, log: Log, home: str, stop: threading.Event) -> Iterator[str]:
        """Play the script over HTTP, and say what is going on. Ends when it is over, or once `stop` is set."""
        hands = self._sign_in(home, stop)
        if stop.is_set():
            return
        yield f"{len(hands) - 1} synthetic delegations have signed in."
        state = State()
        begun = time.monotonic() - LEAD_S
        chaired = begun
        left_out = 0
        for step in self.steps:
            due = max(begun + step.at_s, chaired + step.window_s + 1 if step.window_s else 0)
            if stop.wait(max(0.0, due - time.monotonic())):
                return
            if isinstance(step.command, c.AlignPosition):  # binds to what stands in the log
                for event in recorded(log, self.deliberation, state.version):
                    fold(state, event)
            left_out += not self._act(hands, step, state)
            if step.seat is None:
                chaired = time.monotonic()
                yield _said(step)
        yield f"The script is over ({left_out} of {len(self.steps)} steps were overtaken). The platform stays up."

    def _sign_in(self, home: str, stop: threading.Event) -> dict[str, Visitor]:
        from gevent.pool import Pool

        hands = {name: Visitor(urlsplit(home)) for name in self._played}

        def enter(name: str) -> None:
            if not stop.is_set():
                hands[name].get(self._played[name])
                page = hands[name].send_form(self._played[name], ())
                if page.path.startswith("/in/"):
                    raise Unavailable(f"The synthetic delegation {name} could not sign in ({page.status}).")

        pool = Pool(TOGETHER)
        for _ in pool.imap_unordered(enter, hands):
            pass
        return hands

    def _act(self, hands: Mapping[str, Visitor], step: Step, state: State) -> bool:
        """Send a step's command; return whether it is on record now. Raises `Unavailable` when nobody answers."""
        command = scenario.ready(step, state)
        if command is None:
            return False
        data = {"id": c.mint("c"), "command": command.model_dump(mode="json", exclude_none=True)}
        for attempt in range(TRIES):
            try:
                hands[step.seat or SCRIPTED].send_json(f"/d/{self.deliberation}/commands", data)
                return True
            except DeliberateError as why:
                if why.status not in (429, 503):
                    return False
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.2 * (attempt + 1))
        return False


def _said(step: Step) -> str:
    return f"The scripted chair: {step.command.type.replace('_', ' ')}."


__all__ = ["SPARE", "Rehearsal"]
