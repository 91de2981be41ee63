"""Stances of another record from a table: the seven stances and nothing else; votes are imported as votes."""

from pathlib import Path
from typing import Final

from deliberate import commands as c
from deliberate.errors import Invalid
from deliberate.exchange.recording import Register, Seating, convening, seats_for
from deliberate.exchange.sheets import Sheet, Words, read_sheet
from deliberate.vocabulary import Stance

WORDS: Final[Words[Stance]] = {**{stance.value: stance for stance in Stance}, "": None}
"""What a cell may say; empty: no position is recorded."""


def read_positions(path: Path) -> Sheet[Stance]:
    """Return the stances in a CSV file. Raises `Invalid` naming file, row and column of the first fault."""
    sheet = read_sheet(path, "stance", WORDS)
    if not any(line.cells for line in sheet.lines):
        raise Invalid(f"{sheet.file}: no position is recorded in it.", "empty", file=sheet.file)
    return sheet


def positions_commands(
    sheet: Sheet[Stance],
    register: Register,
    *,
    title: str,
    source: str = "",
    lang: str = "en",
    seating: Seating = "auto",
) -> tuple[c.Convene, list[c.ImportPositions]]:
    """Return the command that opens the record, and one for the stances on each clause on which there are some.
    Raises `Invalid` as `seats_for` and `convening` do."""
    seats = seats_for(sheet, register, seating, lang)
    opening = convening(sheet, seats, title=title, source=source, lang=lang)
    commands = []
    for clause in sheet.clauses:
        stances = {
            seats.of[line.code]: line.cells[clause.id] for line in sheet.lines if clause.id in line.cells
        }
        if stances:
            commands.append(c.ImportPositions(clause=clause.id, revision=1, stances=stances))
    return opening, commands
