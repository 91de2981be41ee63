"""From a table to a deliberation that is only a record: its clauses, its seats, and its commands put on record.

Whoever is in the table is a member of the record; when the table names States of a register, every State of the
register is, so that those absent from the table are shown and counted in N.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from deliberate import commands as c
from deliberate.events import Recorded
from deliberate.exchange.sheets import ClauseColumn, Line, Sheet
from deliberate.procedure import decide
from deliberate.secretariat import Docket, Receipt, Secretariat
from deliberate.state import State, fold
from deliberate.vocabulary import ClauseKind, Nature, Standing

Seating = Literal["auto", "register", "file"]
"""Who is seated: every State of the register, those in the file, or the first if the file names only such States."""

_PLACEHOLDERS: Final[dict[str, str]] = {
    "ar": "(لا يتضمن الملف المستورد نص هذه الفقرة)",
    "en": "(wording not included in the imported file)",
    "es": "(el archivo importado no contiene el texto)",
    "fr": "(le fichier importé ne contient pas le texte)",
    "ru": "(импортированный файл не содержит текста)",
    "zh": "（导入的文件不含该段案文）",
}
_PARTS: Final = {
    ClauseKind.PREAMBULAR: {
        "ar": "فقرة الديباجة",
        "en": "Preambular paragraph",
        "es": "Párrafo del preámbulo",
        "fr": "Alinéa du préambule",
        "ru": "Пункт преамбулы",
        "zh": "序言部分段落",
    },
    ClauseKind.OPERATIVE: {
        "ar": "فقرة المنطوق",
        "en": "Operative paragraph",
        "es": "Párrafo dispositivo",
        "fr": "Paragraphe du dispositif",
        "ru": "Пункт постановляющей части",
        "zh": "执行部分段落",
    },
    ClauseKind.WHOLE: {
        "ar": "النص ككل",
        "en": "Text as a whole",
        "es": "El texto en su conjunto",
        "fr": "Le texte dans son ensemble",
        "ru": "Текст в целом",
        "zh": "案文整体",
    },
}
FORMER_CODES: Final = {"YU": "SRB", "YUG": "SRB", "ZR": "COD", "ZAR": "COD", "BU": "MMR", "BUR": "MMR"}
"""Codes withdrawn from ISO 3166-1 when a State changed its name, under which collections of votes keep its record.
Whenever one is read as a State's, the record says so in its source."""


@dataclass(frozen=True, slots=True)
class Register:
    """States that can be recognised by code. `codes` maps every code by which one is known to its seat."""

    groups: tuple[c.GroupDraft, ...]
    seats: tuple[c.SeatDraft, ...]
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seats:
    """Who is seated in a record, and the seat of each code of the file. `notes` tell which codes were read as others:
    “Yugoslavia” (YU) = SRB."""

    groups: tuple[c.GroupDraft, ...]
    drafts: tuple[c.SeatDraft, ...]
    of: Mapping[str, str]
    notes: tuple[str, ...] = ()


def title_of(path: Path) -> str:
    """Return what a file's name says it is about: `clauses-A-RES-72-50.csv` is about A/RES/72/50."""
    symbol = re.search(r"(?:^|[^A-Za-z])([ASE](?:-HRC)?-RES-[A-Za-z0-9-]*\d)", path.stem)
    return symbol[1].replace("-", "/") if symbol else path.stem


def seats_for(sheet: Sheet[Any], register: Register, seating: Seating, lang: str) -> Seats:
    """Return the seats of a record. Raises `Invalid` for a code that the register has not, unless it has none of
    them and may be left aside."""
    codes = {line.code: _state(register, line.code.upper()) for line in sheet.lines}
    if seating == "file" or (seating == "auto" and not any(codes.values())):
        seats = tuple(_seat(line, lang) for line in sheet.lines)
        return Seats((), seats, {line.code: line.code for line in sheet.lines})
    rows: dict[str, Line[Any]] = {}
    for line in sheet.lines:
        seat = codes[line.code]
        if seat is None:
            what = (
                f"{line.code[:40]!r} ({line.name[:60]}) is no Member State's code. "
                "To seat exactly the stakeholders of the file, give --seats file"
            )
            raise sheet.fault(line, sheet.code_column, what, "unknown_country")
        if (earlier := rows.setdefault(seat, line)) is not line:
            what = f"{line.code} is the State of row {earlier.number}"
            raise sheet.fault(line, sheet.code_column, what, "duplicate")
    notes = tuple(
        f"“{line.name}” ({line.code}) = {seat}"
        for seat, line in rows.items()
        if line.code.upper() in FORMER_CODES
    )
    return Seats(register.groups, register.seats, {code: seat for code, seat in codes.items() if seat}, notes)


def _state(register: Register, code: str) -> str | None:
    """Return the seat of a code, or of the code by which the State is known now."""
    return register.codes.get(code) or register.codes.get(FORMER_CODES.get(code, ""))


def _seat(line: Line[Any], lang: str) -> c.SeatDraft:
    return c.SeatDraft(seat=line.code, name={lang: line.name}, kind=line.kind, standing=line.standing)


def convening(sheet: Sheet[Any], seats: Seats, *, title: str, source: str, lang: str) -> c.Convene:
    """Return the command that opens the record. Wordings are not in such a table, and every clause says so.

    Raises `Invalid` for a title, a source or a name that cannot stand.
    """
    said = "\n".join((source or title, *seats.notes))
    raw = {
        "type": "convene",
        "nature": Nature.RECORD,
        "title": {lang: title},
        "languages": (lang,),
        "original": lang,
        "source": {lang: said} if said else {},
        "clauses": [_clause(clause, lang) for clause in sheet.clauses],
        "groups": [group.model_dump() for group in seats.groups],
        "seats": [seat.model_dump() for seat in seats.drafts],
    }
    command = c.parse(raw)
    assert isinstance(command, c.Convene)
    return command


def _clause(clause: ClauseColumn, lang: str) -> dict[str, Any]:
    whole = clause.kind is ClauseKind.WHOLE
    part = _PARTS[clause.kind][lang]
    about = part if whole else f"{part} {clause.number[2:]}"
    return {
        "clause": clause.id,
        "kind": clause.kind,
        "number": clause.number,
        "wording": {lang: f"{about} {_PLACEHOLDERS[lang]}"},
        "short_title": {lang: part} if whole else {},
    }


def record(
    secretariat: Secretariat,
    opening: c.Convene,
    commands: Sequence[c.Shape],
    done: Callable[[int], None] = lambda count: None,
) -> tuple[Docket, str, Receipt]:
    """Open a deliberation and put the commands on record; return its docket, the actor who chairs it, and the last
    receipt. All of it is decided before anything is written, so that a refusal leaves no trace. `done` is told how
    many commands are on record."""
    actor = c.mint("a")
    draft, at = State(), secretariat.clock()
    for command in (opening, *commands):
        for event in decide(draft, command, actor, at):
            fold(draft, Recorded(draft.version + 1, at, actor, "", event, ""))
    docket = secretariat.create(c.mint("d"), opening.nature, opening.title)
    receipt = docket.submit(opening, actor, c.mint("c"))
    for count, command in enumerate(commands, 1):
        receipt = docket.submit(command, actor, c.mint("c"))
        done(count)
    return docket, actor, receipt


def only_members(sheet: Sheet[Any], what: str) -> None:
    """Raise `Invalid` when the table gives somebody who is no member a cell."""
    for line in sheet.lines:
        if line.standing is not Standing.MEMBER:
            raise sheet.fault(line, "standing", f"{line.code} is an observer and has no {what}", "observer")


__all__ = [
    "Register",
    "Seating",
    "Seats",
    "convening",
    "only_members",
    "record",
    "seats_for",
    "title_of",
]
