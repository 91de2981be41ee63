"""Playing a rehearsal to its end without anybody looking on: the script through the secretariat, at full speed.

The clock is moved, not waited for, so that every window of the rules of procedure passes; it ends at the present.
"""

from dataclasses import dataclass

from deliberate import scenario
from deliberate.cli.convening import convene, seat_everybody
from deliberate.cli.voice import Done
from deliberate.commands import mint
from deliberate.errors import Invalid
from deliberate.moments import later, now
from deliberate.scenario import Scenario, Step
from deliberate.secretariat import Docket, Secretariat


@dataclass(slots=True)
class MovableClock:
    """A clock that stands still until it is set."""

    at: str

    def __call__(self) -> str:
        """Return the moment that it shows."""
        return self.at


def steps_of(found: Scenario) -> list[Step]:
    """Return the steps of a scenario's script. Raises `Invalid` for one that has none."""
    steps = list(scenario.script(found))
    if not steps:
        raise Invalid(f"The script of {found.name} has no steps.", "no_script")
    return steps


def clock_for(steps: list[Step]) -> MovableClock:
    """Return a clock at which the script begins, so that it ends now."""
    return MovableClock(later(now(), -steps[-1].at_s - 1))


def play(
    office: Secretariat, clock: MovableClock, found: Scenario, steps: list[Step], done: Done
) -> tuple[Docket, int]:
    """Convene the scenario, play every step, and return the docket and how many steps had nothing to do any more.

    Raises the refusal of the first step that the rules of procedure refuse.
    """
    docket, chair = convene(office, scenario.convene(found))
    actors = seat_everybody(office, docket, chair, list(docket.state.seats))
    begun = clock.at
    left = 0
    for number, step in enumerate(steps, 1):
        clock.at = later(begun, step.at_s)
        command = scenario.ready(step, docket.state)
        if command is None:
            left += 1
        else:
            docket.submit(command, actors[step.seat] if step.seat else chair, mint("c"))
        done(number)
    return docket, left
