"""The log: append, read, redact, export, restore; SQLite and PostgreSQL behind one class.

Events are only ever added, and an append is conditional on the head that was decided on: the deliberation's row is
moved from that head first, so that of two writers one finds no row and has `Lost`. Everything of a batch (events,
texts, redactions, head, next deadline) is one transaction. Digests are made by the caller, with `chain`; the database
keeps them beside the bytes they are over. The statements are in `ledger.py`; the form of an exported log, and how
anyone verifies it, is in `file.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from sqlalchemy.exc import DataError, IntegrityError

from deliberate.commands import SealedText
from deliberate.database import Database
from deliberate.errors import Damaged
from deliberate.events import DeliberationConvened, decode, in_confidence, texts_of
from deliberate.log.file import (
    GENESIS,
    Line,
    Reading,
    Verification,
    chain,
    event_line,
    header_line,
    text_line,
    verify,
    withheld_line,
)
from deliberate.log.ledger import (
    SLICE,
    Answer,
    Entry,
    Ledger,
    Lost,
    Repeated,
    Row,
    StoredText,
    entries,
    slices,
)

__all__ = [
    "GENESIS",
    "Answer",
    "Entry",
    "Ledger",
    "Log",
    "Lost",
    "Repeated",
    "Row",
    "StoredText",
    "Verification",
    "chain",
    "verify",
]

T = TypeVar("T")


class Log:
    """The logs of a database. Every method is one short transaction of `Ledger`'s method of that name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _write(self, deliberation: str, fn: Callable[[Ledger], T]) -> T:
        return self._database.write(lambda connection: fn(Ledger(connection, deliberation)))

    def _read(self, deliberation: str, fn: Callable[[Ledger], T]) -> T:
        return self._database.read(lambda connection: fn(Ledger(connection, deliberation)))

    def create(self, deliberation: str, nature: str, title: str, at: str) -> None:
        """Enter a deliberation in the index, with an empty log. Raises `Conflict` if its id is taken."""
        self._write(deliberation, lambda ledger: ledger.create(nature, title, at))

    def append(
        self,
        deliberation: str,
        *,
        decided_on: int,
        rows: Sequence[Row],
        texts: Sequence[SealedText] = (),
        redact: Sequence[str] = (),
        next_deadline: str | None = None,
        at: str,
    ) -> None:
        """Record a batch in one durable transaction; see `Ledger.append`.

        Raises `Lost`, `Repeated`, `NotFound` (nothing was recorded), `Unavailable` (ask `answers` whether it was).
        """

        def record(ledger: Ledger) -> None:
            ledger.append(
                decided_on=decided_on,
                rows=rows,
                texts=texts,
                redact=redact,
                next_deadline=next_deadline,
                at=at,
            )

        try:
            self._write(deliberation, record)
        except IntegrityError as why:
            repeated = self.answers(deliberation, (row.command for row in rows if row.command))
            if not repeated:
                raise
            raise Repeated(*repeated) from why
        if redact:
            self.scrub()

    def scrub(self) -> None:
        """Let nothing that was just redacted linger in the database's files; `append` sees to it by itself."""
        self._database.scrub()

    def locked(self, deliberation: str, fn: Callable[[Ledger], T]) -> T:
        """Return fn(ledger), with nobody else able to append meanwhile: for a batch that has lost three times.

        `fn` reads the tail, decides and appends through the ledger, and may run in another thread. What it raises
        undoes everything. Raises `NotFound`, and `Repeated` when a command id that was appended is in the log already.
        """

        def hold(ledger: Ledger) -> T:
            ledger.lock()
            return fn(ledger)

        try:
            return self._write(deliberation, hold)
        except IntegrityError as why:
            raise Repeated(deliberation) from why

    def head(self, deliberation: str) -> tuple[int, str]:
        """Return (version, digest) of the last event. Raises `NotFound`."""
        return self._read(deliberation, Ledger.head)

    def index(self) -> list[Entry]:
        """Return every deliberation, the newest first."""
        return self._database.read(entries)

    def entry(self, deliberation: str) -> Entry:
        """Return a deliberation's entry in the index. Raises `NotFound`."""
        return self._read(deliberation, Ledger.entry)

    def secret(self, deliberation: str) -> bytes:
        """Return the 32 bytes that key the digests of commands. Raises `NotFound`."""
        return bytes(self._read(deliberation, lambda ledger: ledger.of_index("secret"))[0])

    def epoch(self, deliberation: str) -> str:
        """Return the token that tells this log from another of the same id. Raises `NotFound`."""
        return str(self._read(deliberation, lambda ledger: ledger.of_index("epoch"))[0])

    def read(self, deliberation: str, after: int = 0, limit: int = SLICE) -> list[tuple[int, bytes, str]]:
        """Return (version, body, digest) of at most `limit` events after a version."""
        return self._read(deliberation, lambda ledger: ledger.read(after, limit))

    def texts(self, deliberation: str, digests: Iterable[str]) -> dict[str, StoredText]:
        """Return the texts that are on record here, by digest; unknown digests are absent."""
        return self._read(deliberation, lambda ledger: ledger.texts(digests))

    def answers(self, deliberation: str, commands: Iterable[str]) -> dict[str, Answer]:
        """Return what the accepted ones of these commands were answered, by command id."""
        return self._read(deliberation, lambda ledger: ledger.answers(commands))

    def export(self, deliberation: str, *, whole: bool = False) -> Iterator[bytes]:
        """Return the lines of the log as a file (see `file.py`), read in slices. Raises `NotFound`.

        What was told to the facilitators in confidence is left out unless `whole`; the chain can be checked either way.
        """
        return self._lines(self.entry(deliberation), whole)

    def _lines(self, entry: Entry, whole: bool) -> Iterator[bytes]:
        yield header_line(entry.id, entry.nature)
        named: dict[str, None] = {}
        version = 0
        while version < entry.head:
            rows = self.read(entry.id, version, min(SLICE, entry.head - version))
            if not rows:
                raise Damaged(
                    f"The database has lost the events after version {version}.", "truncated", version=version
                )
            for _, body, digest in rows:
                event = decode(body, digest).event
                if not whole and in_confidence(event):
                    yield withheld_line(body, digest)
                    continue
                named.update(dict.fromkeys(texts_of(event)))
                yield event_line(body, digest)
            version += len(rows)
        for some in slices(named):
            texts = self.texts(entry.id, some)
            for digest in some:
                text = texts.get(digest)
                if text is not None and text.words is not None and text.salt is not None:
                    yield text_line(SealedText(digest, text.salt, text.words, text.lang))

    def restore(self, lines: Iterable[bytes]) -> str:
        """Record an exported log as a deliberation of this database and return its id.

        Every line is verified; the first flaw undoes everything. The deliberation gets a new epoch and secret, and its
        deadlines are looked at when it is next opened. Raises `Damaged`, also for a copy from which events in
        confidence were left out, and `Conflict` if its id is taken.
        """
        reading = Reading(lines)
        try:
            self._write(reading.deliberation, lambda ledger: _restore(ledger, reading))
        except DataError as why:
            raise Damaged(f"This database cannot hold the log: {why.orig}.", "malformed") from why
        return reading.deliberation


def _restore(ledger: Ledger, reading: Reading) -> None:
    """Record the events, slice by slice and never a part of a command, then the texts, then the index's copies."""
    ledger.create(reading.nature, "{}", "")
    rows: list[Row] = []
    convened: Line | None = None
    for command, items in groupby(
        reading, lambda item: item.recorded.command if isinstance(item, Line) else None
    ):
        if rows and (command is None or len(rows) >= SLICE):
            ledger.append(decided_on=rows[0].version - 1, rows=rows, at=reading.at)
            rows = []
        if command is None:
            for some in slices(items):
                ledger.store([text for text in some if isinstance(text, SealedText)])
            break
        lines = [line for line in items if isinstance(line, Line)]
        convened = convened or lines[0]
        rows.extend(_rows_of(lines))
    if rows:
        ledger.append(decided_on=rows[0].version - 1, rows=rows, at=reading.at)
    if convened is None or not isinstance(convened.recorded.event, DeliberationConvened):
        raise Damaged("This log holds no event: there is nothing to restore.", "truncated", version=0)
    if reading.in_confidence:
        raise Damaged(
            "This copy leaves out what was told in confidence; restore from the whole log.", "withheld"
        )
    title = convened.recorded.event.title
    words = {digest: text.words for digest, text in ledger.texts(title.values()).items()}
    ledger.describe(
        {lang: words[digest] for lang, digest in title.items() if digest in words}, convened.recorded.at
    )


def _rows_of(lines: Sequence[Line]) -> Iterator[Row]:
    """Give the rows of one command's events."""
    first = lines[0].recorded
    yield Row(first.version, lines[0].body, first.digest, first.command, None, len(lines))
    for line in lines[1:]:
        yield Row(line.recorded.version, line.body, line.recorded.digest)
