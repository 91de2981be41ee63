"""A stakeholder × clause table read from CSV, checked cell by cell; every fault names its row and its column.

Two layouts. Wide: a row for each stakeholder, with its name, its code and a column for each clause (pp19, op2, whole).
Long, as `tables` writes it: a row for each stakeholder and clause, with columns clause, seat and stance or vote. Rows
are counted as a spreadsheet shows them, the header being row 1.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from deliberate.commands import CLAUSES_MAX, SEATS_MAX
from deliberate.commands import Words as Prose
from deliberate.config import NAME_CHARACTERS_MAX
from deliberate.errors import Invalid
from deliberate.vocabulary import ClauseKind, StakeholderKind, Standing

SHEET_BYTES_MAX: Final = 64 * 1024 * 1024
"""A whole long table: 5,000 stakeholders on 100 clauses, a line of 120 characters each."""

NAME_COLUMNS: Final = ("country", "stakeholder", "name")
CODE_COLUMNS: Final = ("country_code", "code", "seat")
_ABOUT: Final = ("kind", "standing")
_CLAUSE: Final = re.compile(r"(?P<part>pp|op)(?P<number>[1-9]\d{0,2})(?P<letter>[a-z]?)|whole", re.IGNORECASE)
_NAME: Final[TypeAdapter[str]] = TypeAdapter(Prose)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

T = TypeVar("T")
E = TypeVar("E", StakeholderKind, Standing)
Words = Mapping[str, T | None]
"""Word → what it means; None: nothing is recorded."""


@dataclass(frozen=True, slots=True)
class ClauseColumn:
    """A clause that a column is named after: pp19 is the preambular paragraph PP19."""

    id: str
    kind: ClauseKind
    number: str

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands in a text: preamble, operative part, the text as a whole."""
        part = (ClauseKind.PREAMBULAR, ClauseKind.OPERATIVE, ClauseKind.WHOLE).index(self.kind)
        return part, int("".join(filter(str.isdecimal, self.number)) or 0), self.number


@dataclass(slots=True)
class Line(Generic[T]):
    """A stakeholder of the table: `number` is its (first) row, `cells` holds clause id → what it says."""

    number: int
    name: str
    code: str
    kind: StakeholderKind = StakeholderKind.GOVERNMENT
    standing: Standing = Standing.MEMBER
    cells: dict[str, T] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """A table that was read: the clauses in the order of the text, the stakeholders in that of the file."""

    file: str
    code_column: str
    clauses: tuple[ClauseColumn, ...]
    lines: tuple[Line[T], ...]

    def fault(self, line: Line[T], column: str, what: str, code: str) -> Invalid:
        """Return the error for a line's cell."""
        return _fault(self.file, line.number, column, what, code)


def read_sheet(path: Path, content: str, words: Words[T]) -> Sheet[T]:
    """Return the table in a CSV file in UTF-8.

    `content` says what its cells are ("vote", "stance"), and so names the column of a long table; `words` gives each
    word's meaning. Raises `Invalid` naming file, row and column of the first fault.
    """
    rows = _rows(path)
    try:
        _, header = next(rows)
    except StopIteration:
        raise _fault(path.name, 1, "", "the file is empty", "empty") from None
    header = [name.strip() for name in header]
    for place, name in enumerate(header, 1):
        if not name:
            raise _fault(path.name, 1, "", f"column {place} has no name", "no_column")
        if name in header[: place - 1]:
            raise _fault(path.name, 1, name, "this column stands twice", "duplicate")
    reading = _Reading(path.name, content, header, words)
    for number, row in rows:
        if len(row) != len(header):
            short = header[len(row)] if len(row) < len(header) else ""
            said = f"has {len(row)} cells, the first row has {len(header)}"
            raise _fault(path.name, number, short, f"this row {said}", "ragged")
        reading.take(number, {name: cell.strip() for name, cell in zip(header, row, strict=True)})
    if not reading.lines:
        raise _fault(path.name, 2, "", "there is no row below the header", "empty")
    clauses = sorted(reading.clauses.values(), key=lambda clause: clause.order)
    return Sheet(path.name, reading.code_column, tuple(clauses), tuple(reading.lines.values()))


class _Reading(Generic[T]):
    """The header understood, and the stakeholders met so far, by code."""

    def __init__(self, file: str, content: str, header: list[str], words: Words[T]) -> None:
        self.file, self.content, self.words = file, content, words
        self.lines: dict[str, Line[T]] = {}
        self.clauses: dict[str, ClauseColumn] = {}
        self.long = {"clause", content} <= set(header)
        self.name_column = self._one_of(header, NAME_COLUMNS)
        self.code_column = self._one_of(header, CODE_COLUMNS)
        self.about = [name for name in _ABOUT if name in header]
        self.has_nature = "nature" in header
        if not self.long:
            for name in header:
                if name not in (self.name_column, self.code_column, *_ABOUT):
                    self._clause(1, name, name)
            if not self.clauses:
                raise _fault(
                    file, 1, "", f"there is no column for a clause with a {content} in it", "no_column"
                )

    def _one_of(self, header: list[str], names: tuple[str, ...]) -> str:
        found = next((name for name in names if name in header), None)
        if found is None:
            raise _fault(self.file, 1, names[0], f"a column {' or '.join(names)} is missing", "no_column")
        return found

    def _clause(self, row: int, column: str, name: str) -> str:
        """Return the id of the clause of that name, noting it at its first mention."""
        id_ = name.lower()
        if (match := _CLAUSE.fullmatch(name)) is None:
            what = f"{name[:40]!r} is no clause: write pp1, op2, op2a, or whole for the text as a whole"
            raise _fault(self.file, row, column, what, "unknown_clause")
        if id_ in self.clauses and not self.long:
            raise _fault(self.file, row, column, f"the clause {id_} has a column already", "duplicate")
        if id_ not in self.clauses:
            if len(self.clauses) >= CLAUSES_MAX:
                raise _fault(self.file, row, column, f"a text has at most {CLAUSES_MAX} clauses", "too_long")
            letter = f"({match['letter'].lower()})" if match["letter"] else ""
            part = (match["part"] or "").upper()
            kinds = {"PP": ClauseKind.PREAMBULAR, "OP": ClauseKind.OPERATIVE, "": ClauseKind.WHOLE}
            number = f"{part}{match['number'] or ''}{letter}"
            self.clauses[id_] = ClauseColumn(id_, kinds[part], number)
        return id_

    def take(self, row: int, cells: dict[str, str]) -> None:
        """Take in a row."""
        if self.has_nature and cells["nature"].upper().startswith("REHEARSAL"):
            what = (
                "this row is of a rehearsal; its stakeholders and positions are invented and enter no record"
            )
            raise _fault(self.file, row, "nature", what, "rehearsal")
        line = self._line(row, cells)
        if self.long:
            clause = self._clause(row, "clause", cells["clause"])
            if clause in line.cells:
                what = f"{line.code} has a {self.content} on {clause} already"
                raise _fault(self.file, row, "clause", what, "duplicate")
            found = {clause: self.content}
        else:
            found = {name.lower(): name for name in cells if name.lower() in self.clauses}
        for clause, column in found.items():
            meaning = self._meaning(row, column, cells[column])
            if meaning is not None:
                line.cells[clause] = meaning

    def _line(self, row: int, cells: dict[str, str]) -> Line[T]:
        name, code = cells[self.name_column], cells[self.code_column]
        for column, value in ((self.name_column, name), (self.code_column, code)):
            if not value:
                raise _fault(self.file, row, column, "is empty", "empty")
        if not _CODE.fullmatch(code):
            what = f"{code[:40]!r} is no code: letters, digits, dots and hyphens, 64 at most"
            raise _fault(self.file, row, self.code_column, what, "bad_code")
        line = Line[T](row, self._name(row, name), code)
        if "kind" in self.about:
            line.kind = self._member_of(StakeholderKind, row, "kind", cells)
        if "standing" in self.about:
            line.standing = self._member_of(Standing, row, "standing", cells)
        known = self.lines.setdefault(code, line)
        if known is not line:
            if not self.long:
                what = f"{code} stands in row {known.number} already"
                raise _fault(self.file, row, self.code_column, what, "duplicate")
            if (known.name, known.kind, known.standing) != (line.name, line.kind, line.standing):
                what = f"{code} is called or described otherwise in row {known.number}"
                raise _fault(self.file, row, self.name_column, what, "duplicate")
        elif len(self.lines) > SEATS_MAX:
            raise _fault(self.file, row, self.code_column, f"there are at most {SEATS_MAX} seats", "too_long")
        return known

    def _name(self, row: int, name: str) -> str:
        if len(name) > NAME_CHARACTERS_MAX:
            what = f"the name has {len(name)} characters; the limit is {NAME_CHARACTERS_MAX}"
            raise _fault(self.file, row, self.name_column, what, "too_long")
        try:
            return _NAME.validate_python(name)
        except ValidationError as why:
            what = str(why.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
            raise _fault(self.file, row, self.name_column, what, "bad_characters") from why

    def _member_of(self, kind: type[E], row: int, column: str, cells: dict[str, str]) -> E:
        try:
            return kind(cells[column].lower())
        except ValueError:
            what = f"{cells[column][:40]!r} is none of: {', '.join(kind)}"
            raise _fault(self.file, row, column, what, "unknown_word") from None

    def _meaning(self, row: int, column: str, word: str) -> T | None:
        try:
            return self.words[word.lower()]
        except KeyError:
            known = ", ".join(filter(None, self.words))
            what = f"{word[:40]!r} is no {self.content}: write {known}, or leave the cell empty"
            raise _fault(self.file, row, column, what, f"unknown_{self.content}") from None


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that hold something, each with its number."""
    if path.stat().st_size > SHEET_BYTES_MAX:
        raise _fault(path.name, 1, "", f"the file is larger than {SHEET_BYTES_MAX:,} bytes", "too_long")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        broken = raw.count(b"\n", 0, why.start) + 1
        line = raw[raw.rfind(b"\n", 0, why.start) + 1 : why.start]
        what = (
            f"the file is not UTF-8 (here, after {line[-20:].decode('ascii', 'replace')!r}); save it as UTF-8"
        )
        raise _fault(path.name, broken, "", what, "encoding") from why
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            raise _fault(path.name, number, "", f"this row is not CSV: {why}", "malformed") from why
        if any(cell.strip() for cell in row):
            yield number, row


def _fault(file: str, row: int, column: str, what: str, code: str) -> Invalid:
    place = f"{file}, row {row}" + (f", column {column}" if column else "")
    return Invalid(f"{place}: {what}.", code, file=file, row=row, column=column)
