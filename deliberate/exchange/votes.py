"""Recorded votes from a table: yes, no and abstain, each kept as a vote and never read as a stance."""

from pathlib import Path
from typing import Final

from deliberate import commands as c
from deliberate.exchange.recording import Register, Seating, convening, only_members, seats_for
from deliberate.exchange.sheets import Sheet, Words, read_sheet
from deliberate.vocabulary import Vote

WORDS: Final[Words[Vote]] = {**{vote.value: vote for vote in Vote}, "": None, "absent": None}
"""What a cell may say; empty or absent: no vote is recorded."""


def read_votes(path: Path) -> Sheet[Vote]:
    """Return the votes in a CSV file. Raises `Invalid` naming file, row and column of the first fault."""
    sheet = read_sheet(path, "vote", WORDS)
    only_members(sheet, "vote")
    return sheet


def votes_commands(
    sheet: Sheet[Vote],
    register: Register,
    *,
    title: str,
    source: str = "",
    lang: str = "en",
    seating: Seating = "auto",
) -> tuple[c.Convene, list[c.RecordVotes]]:
    """Return the command that opens the record, and one for the votes on each clause, which was carried when more
    voted yes than no. Raises `Invalid` as `seats_for` and `convening` do."""
    seats = seats_for(sheet, register, seating, lang)
    opening = convening(sheet, seats, title=title, source=source, lang=lang)
    commands = []
    for clause in sheet.clauses:
        rolls: dict[Vote, list[str]] = {vote: [] for vote in Vote}
        for line in sheet.lines:
            if (vote := line.cells.get(clause.id)) is not None:
                rolls[vote].append(seats.of[line.code])
        yes, no, abstain = (tuple(rolls[vote]) for vote in (Vote.YES, Vote.NO, Vote.ABSTAIN))
        carried = len(yes) > len(no)
        commands.append(c.RecordVotes(clause=clause.id, yes=yes, no=no, abstain=abstain, carried=carried))
    return opening, commands
