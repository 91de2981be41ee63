"""One deliberation's log inside one transaction: every statement that touches the index, the events and the texts."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from deliberate.commands import SealedText
from deliberate.database.tables import table
from deliberate.errors import Conflict, NotFound
from deliberate.log.file import GENESIS

T = TypeVar("T")

SLICE: Final = 2_000
"""Events read or written at once: some milliseconds, so that nothing waits long behind it."""

NAMES_MAX: Final = 500
"""Digests or ids in one query, well below what either database takes."""


class Lost(Exception):
    """Another process wrote first; nothing was recorded. Read the tail and decide again."""


class Repeated(Exception):
    """A command id is in the log already; nothing was recorded. Ask `answers` what became of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event to be recorded: its body and its digest in the chain. `command` (id), `command_digest` and
    `command_events` (how many events it made) stand on the first event of a command only."""

    version: int
    body: bytes
    digest: str
    command: str | None = None
    command_digest: str | None = None
    command_events: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an accepted command was answered: version and digest of its last event, and the digest of its content
    ("" in a restored log, which does not hold it)."""

    version: int
    digest: str
    command_digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A deliberation in the index; `title` is a JSON object of language → words."""

    id: str
    nature: str
    title: str
    head: int
    next_deadline: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text on record; `words` and `salt` are None once it was redacted."""

    words: str | None
    lang: str | None
    salt: bytes | None


_deliberations, _events, _texts = table("deliberations"), table("events"), table("texts")

_ENTRY: Final = select(
    _deliberations.c.id,
    _deliberations.c.nature,
    _deliberations.c.title,
    _deliberations.c.head,
    _deliberations.c.next_deadline,
    _deliberations.c.created_at,
)
_MOVE: Final = (
    update(_deliberations)
    .where(_deliberations.c.id == bindparam("deliberation"), _deliberations.c.head == bindparam("decided_on"))
    .values(head=bindparam("new"), head_digest=bindparam("new_digest"), next_deadline=bindparam("deadline"))
)
_TAIL: Final = (
    select(_events.c.version, _events.c.body, _events.c.digest)
    .where(_events.c.deliberation == bindparam("deliberation"), _events.c.version > bindparam("after"))
    .order_by(_events.c.version)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One deliberation's log inside one transaction."""

    connection: Connection
    deliberation: str

    def create(self, nature: str, title: str, at: str) -> None:
        """Enter the deliberation in the index, with an empty log. Raises `Conflict` if its id is taken."""
        row = {
            "id": self.deliberation,
            "nature": nature,
            "title": title,
            "head": 0,
            "head_digest": GENESIS,
            "created_at": at,
            "secret": secrets.token_bytes(32),
            "epoch": secrets.token_hex(8),
        }
        try:
            self.connection.execute(insert(_deliberations), row)
        except IntegrityError as why:
            raise Conflict(
                f"There is a deliberation {self.deliberation} here already.", "deliberation_exists"
            ) from why

    def lock(self) -> None:
        """Let nobody else append until the transaction ends. Raises `NotFound`. (On SQLite nobody can anyway.)"""
        row = select(_deliberations.c.id).where(_deliberations.c.id == self.deliberation).with_for_update()
        self._one(self.connection.execute(row).first())

    def head(self) -> tuple[int, str]:
        """Return (version, digest) of the last event. Raises `NotFound`."""
        version, digest = self.of_index("head", "head_digest")
        return version, digest

    def entry(self) -> Entry:
        """Return the deliberation's entry in the index. Raises `NotFound`."""
        row = _ENTRY.where(_deliberations.c.id == self.deliberation)
        return Entry(*self._one(self.connection.execute(row).first()))

    def of_index(self, *columns: str) -> Any:
        """Return what the index holds of the deliberation. Raises `NotFound`."""
        row = select(*(_deliberations.c[name] for name in columns)).where(
            _deliberations.c.id == self.deliberation
        )
        return self._one(self.connection.execute(row).first())

    def _one(self, row: T | None) -> T:
        if row is None:
            raise NotFound(f"There is no deliberation {self.deliberation} here.", "no_deliberation")
        return row

    def append(
        self,
        *,
        decided_on: int,
        rows: Sequence[Row],
        texts: Sequence[SealedText] = (),
        redact: Sequence[str] = (),
        next_deadline: str | None = None,
        at: str,
    ) -> None:
        """Record the events of a batch, store its texts, and delete the words and salts of those to `redact`.

        Raises `Lost` when the head is not `decided_on` any more, `NotFound` for an unknown deliberation.
        """
        last = rows[-1]
        if rows[0].version != decided_on + 1 or last.version != decided_on + len(rows):
            raise ValueError(f"versions {rows[0].version} to {last.version} do not follow {decided_on}")
        key = {"deliberation": self.deliberation, "decided_on": decided_on}
        move = {**key, "new": last.version, "new_digest": last.digest, "deadline": next_deadline}
        if self.connection.execute(_MOVE, move).rowcount != 1:
            self.head()
            raise Lost(self.deliberation, decided_on)
        self.connection.execute(
            insert(_events),
            [
                {
                    "deliberation": self.deliberation,
                    "version": row.version,
                    "body": row.body.decode(),
                    "digest": row.digest,
                    "command": row.command,
                    "command_digest": row.command_digest,
                    "command_events": row.command_events,
                }
                for row in rows
            ],
        )
        self.store(texts)
        if redact:
            self._redact(redact, at)

    def store(self, texts: Sequence[SealedText]) -> None:
        """Store texts; the events that name them belong to the same transaction."""
        if texts:
            self.connection.execute(
                insert(_texts),
                [
                    {
                        "deliberation": self.deliberation,
                        "digest": text.digest,
                        "salt": text.salt,
                        "words": text.words,
                        "lang": text.lang,
                    }
                    for text in texts
                ],
            )

    def _redact(self, digests: Sequence[str], at: str) -> None:
        """Delete words and salts, also from the index's copy of the title."""
        gone = {text.words for text in self.texts(digests).values()}
        for some in slices(digests):
            here = (_texts.c.deliberation == self.deliberation) & _texts.c.digest.in_(some)
            self.connection.execute(update(_texts).where(here).values(words=None, salt=None, redacted_at=at))
        entry = self.entry()
        title = orjson.loads(entry.title)
        kept = {lang: words for lang, words in title.items() if words not in gone}
        if kept != title:
            self.describe(kept, entry.created_at)

    def describe(self, title: Mapping[str, str | None], created_at: str) -> None:
        """Set the index's copy of the title (language → words), and when the deliberation was convened."""
        mine = _deliberations.c.id == self.deliberation
        row = {"title": orjson.dumps(title).decode(), "created_at": created_at}
        self.connection.execute(update(_deliberations).where(mine).values(row))

    def read(self, after: int = 0, limit: int = SLICE) -> list[tuple[int, bytes, str]]:
        """Return (version, body, digest) of at most `limit` events after a version."""
        rows = self.connection.execute(
            _TAIL, {"deliberation": self.deliberation, "after": after, "limit": limit}
        )
        return [(version, body.encode(), digest) for version, body, digest in rows]

    def texts(self, digests: Iterable[str]) -> dict[str, StoredText]:
        """Return the texts that are on record here, by digest; unknown digests are absent."""
        found = {}
        for some in slices(digests):
            rows = select(_texts.c.digest, _texts.c.words, _texts.c.lang, _texts.c.salt).where(
                _texts.c.deliberation == self.deliberation, _texts.c.digest.in_(some)
            )
            for digest, words, lang, salt in self.connection.execute(rows):
                found[digest] = StoredText(words, lang, salt)
        return found

    def answers(self, commands: Iterable[str]) -> dict[str, Answer]:
        """Return what the accepted ones of these commands were answered, by command id."""
        last = _events.alias("last")
        found = {}
        for some in slices(commands):
            rows = (
                select(_events.c.command, last.c.version, last.c.digest, _events.c.command_digest)
                .join_from(
                    _events,
                    last,
                    (last.c.deliberation == _events.c.deliberation)
                    & (last.c.version == _events.c.version + _events.c.command_events - 1),
                )
                .where(_events.c.deliberation == self.deliberation, _events.c.command.in_(some))
            )
            for command, version, digest, command_digest in self.connection.execute(rows):
                found[command] = Answer(version, digest, command_digest or "")
        return found


def entries(connection: Connection) -> list[Entry]:
    """Return every deliberation, the newest first."""
    newest = _ENTRY.order_by(_deliberations.c.created_at.desc(), _deliberations.c.id)
    return [Entry(*row) for row in connection.execute(newest)]


def slices(things: Iterable[T]) -> Iterator[list[T]]:
    """Give the things in lists that one statement can take."""
    rest = iter(things)
    while some := list(islice(rest, NAMES_MAX)):
        yield some
