"""Scenario files: a text, its rules of procedure and its seats, ready to be convened; and the rehearsal's script.

Read `shapes` for what a file may say, `reading` for how it is read and how its faults are told, `pasted` for a text
that somebody pastes instead, `script` for the steps of a rehearsal. Nothing here reads a clock, draws a random
number or touches a log: the same file gives the same commands, and the same seed the same steps.
"""

from deliberate.scenario.convening import collated, convene
from deliberate.scenario.pasted import from_pasted_text
from deliberate.scenario.reading import available, load
from deliberate.scenario.script import Step, ready, script
from deliberate.scenario.shapes import Roster, Scenario

__all__ = [
    "Roster",
    "Scenario",
    "Step",
    "available",
    "collated",
    "convene",
    "from_pasted_text",
    "load",
    "ready",
    "script",
]
