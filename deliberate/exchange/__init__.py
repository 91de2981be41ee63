"""Import and export: tables, graph formats, the log as a file. Nothing here decides.

`tables` writes what stakeholders hold as CSV and `graphs` the position graph; `produce` gives any of the formats,
letting the back office draw the graphs. `sheets` reads a stakeholder × clause table, `votes` and `positions` turn one
into commands, `recording` puts commands on record. Nothing heavy is imported here: the web process needs this module.
"""

import re
from typing import Final

from deliberate.state import State
from deliberate.vocabulary import Nature

FORMATS: Final = {
    "jsonl": "application/jsonl",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "json": "application/json",
    "csv": "text/csv",
}
"""Every form in which a deliberation leaves, with its media type: the log, the position graph (graphml, gexf,
node-link json), what stakeholders hold on each clause (csv)."""

DRAWN: Final = frozenset({"graphml", "gexf", "json"})
"""The forms that take the measures and NetworkX, and so are made by the back office."""

NAME_CHARACTERS_MAX: Final = 60
"""Of a file's name before its mark and ending: every file system and mail program takes it."""

_MARKS: Final = {Nature.REHEARSAL: "-REHEARSAL", Nature.RECORD: "-RECORD", Nature.DELIBERATION: ""}


def filename(state: State, title: str, form: str) -> str:
    """Return the name of a file in plain ASCII, marked when it is of a rehearsal or of another body's record."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{words[:NAME_CHARACTERS_MAX].rstrip('-') or 'deliberation'}{_MARKS[state.nature]}.{form}"


__all__ = ["DRAWN", "FORMATS", "filename"]
