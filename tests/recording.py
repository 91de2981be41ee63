"""What tests write into a log: events in their rows, without a procedure that decides on them."""

import json
from collections.abc import Iterable, Sequence
from multiprocessing.synchronize import Barrier

from deliberate.commands import SealedText, digest_text
from deliberate.database import Database
from deliberate.events import DeliberationConvened, Event, PositionTaken, Rules, encode
from deliberate.log import Ledger, Log, Lost, Row, chain
from deliberate.vocabulary import Finality, Nature, Stance, TextKind

AT = "2026-11-23T09:00:00.000Z"
LATER = "2026-11-23T09:00:01.000Z"


def sealed(words: str, lang: str | None = "en") -> SealedText:
    """A text whose salt is made from its words, so that tests can name it."""
    salt = words.encode()[:16].ljust(16, b"\0")
    return SealedText(digest_text(salt, words), salt, words, lang)


TITLE = sealed("A fair title")
REASON = sealed("It held a private address")


def convened() -> DeliberationConvened:
    return DeliberationConvened(
        Nature.DELIBERATION, TextKind.UN, {"en": TITLE.digest}, ("en",), "en", ("en",), Rules()
    )


def position(seat: str = "KEN", statement: str | None = None) -> PositionTaken:
    return PositionTaken("op4", 1, seat, Stance.OBJECT, Finality.CONFIRMED, statement=statement)


def rows_after(
    head: tuple[int, str], commands: Iterable[tuple[str, Sequence[Event]]], at: str = AT
) -> list[Row]:
    """The rows of commands (id, the events it made) that follow on a head."""
    version, digest = head
    rows = []
    for command, events in commands:
        for place, event in enumerate(events):
            version += 1
            body = encode(event, version, at, "a-tester", command)
            digest = chain(digest, body)
            if place == 0:
                rows.append(Row(version, body, digest, command, f"digest of {command}", len(events)))
            else:
                rows.append(Row(version, body, digest))
    return rows


def record(
    log: Log,
    deliberation: str,
    command: str,
    *events: Event,
    texts: Sequence[SealedText] = (),
    redact: Sequence[str] = (),
    at: str = AT,
) -> list[Row]:
    """Append one command's events to the head of a log, and return their rows."""
    version, digest = log.head(deliberation)
    rows = rows_after((version, digest), [(command, events)], at)
    log.append(deliberation, decided_on=version, rows=rows, texts=texts, redact=redact, at=at)
    return rows


def convene(log: Log, deliberation: str = "giga") -> str:
    """Enter a deliberation with its first event."""
    log.create(deliberation, Nature.DELIBERATION, json.dumps({"en": TITLE.words}), AT)
    record(log, deliberation, "convene", convened(), texts=[TITLE])
    return deliberation


def write_many(address: str, name: str, batches: int, together: Barrier) -> None:
    """Append batches of three commands against whoever else writes: what a second process runs."""
    database = Database(address)
    log = Log(database)
    together.wait()
    for batch in range(batches):
        commands = [(f"{name}-{batch}-{place}", [position(name)]) for place in range(3)]

        def append(ledger: Ledger, commands=commands) -> None:
            head = ledger.head()
            ledger.append(decided_on=head[0], rows=rows_after(head, commands), at=AT)

        for _ in range(3):
            head = log.head("giga")
            try:
                log.append("giga", decided_on=head[0], rows=rows_after(head, commands), at=AT)
                break
            except Lost:
                continue
        else:
            log.locked("giga", append)
    database.close()
