"""What stakeholders hold, as a table: a line for every stakeholder that holds something on a clause.

A vote stands in a column of its own and is never a stance. What is told to the facilitators alone never leaves. Every
line says what kind of deliberation it is of, so that a line that is copied says it too.
"""

import csv
import io
import time
from collections.abc import Iterator, Mapping
from typing import Final

from deliberate.state import Clause, Effective, Seat, State
from deliberate.vocabulary import Nature

HEADER: Final = (
    "clause", "seat", "name", "kind", "standing", "groups", "stance", "source", "said_by", "bloc", "revision", "made_on",
    "freshness", "finality", "vote", "at_version", "nature",
)  # fmt: skip
"""Columns of the table.

`groups` are joined by semicolons. `source` is own, aligned, bloc, or conflict where two blocs speak differently;
`said_by` is the seat whose words they are. `revision` is the clause's at `at_version`, `made_on` the one that the
position was stated on. A stale acceptance keeps its stance and has the freshness stale: it counts as unknown.
"""

NATURES: Final = {
    Nature.DELIBERATION: "deliberation",
    Nature.REHEARSAL: "REHEARSAL: fictional stakeholders, simulated positions",
    Nature.RECORD: "RECORD of votes or positions taken elsewhere",
}
"""What the last column says."""


def positions_csv(state: State, names: Mapping[str, str]) -> bytes:
    """Return the table as CSV in UTF-8. `names` are the words of texts by digest; a seat without a name in it (its
    words were redacted) is called by its code."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for clause in state.negotiable:
        writer.writerows(_lines(state, clause, names))
        time.sleep(0)  # 5,000 seats take some 20 ms; others get their turn between clauses
    return out.getvalue().encode()


def names_in(state: State) -> dict[str, str]:
    """Return seat → digest of its name in the language that the deliberation negotiates in, else in any."""
    original = state.convened.original if state.convened else ""
    return {
        seat.id: seat.name.get(original) or next(iter(seat.name.values()), "")
        for seat in state.seats.values()
    }


def _lines(state: State, clause: Clause, names: Mapping[str, str]) -> Iterator[tuple[str | int, ...]]:
    called = names_in(state)
    for seat in state.seats.values():
        if seat.withdrawn:
            continue
        vote = clause.votes.vote_of(seat.id) if clause.votes else None
        held = state.effective(clause.id, seat.id)
        if vote is None and held.position is None and not held.conflict:
            continue
        yield (
            clause.id,
            *_who(seat, names.get(called[seat.id]) or seat.id),
            *_what(held, clause),
            vote or "",
            state.version,
            NATURES[state.nature],
        )


def _who(seat: Seat, name: str) -> tuple[str, ...]:
    return seat.id, cell(name), seat.kind, seat.standing, ";".join(seat.groups)


def _what(held: Effective, clause: Clause) -> tuple[str | int, ...]:
    position = held.position
    if position is None:
        return "", "conflict" if held.conflict else "", "", "", clause.revision.number, "", "", ""
    return (
        position.stance,
        held.source or "",
        position.seat,
        position.bloc or "",
        clause.revision.number,
        position.made_on,
        position.freshness,
        position.finality,
    )


def cell(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
