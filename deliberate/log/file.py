"""A log as a file: what it looks like, and how anyone checks it without us.

The first line names the deliberation; then one line an event, `{"digest":…,"event":…}`, whose event is the stored
body byte for byte; then one line a text that is on record and not redacted. Every line ends with a newline.
The chain: the digest of an event is SHA-256(digest of the one before ‖ SHA-256(body)), both as 32 bytes; before the
first stand 64 zeros. An event told in confidence leaves as `{"digest":…,"withheld":…}` with the SHA-256 of its body, so
that the chain is whole for those who may not read it. A text is on record as SHA-256(salt ‖ UTF-8 of its words).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from deliberate.commands import SealedText, digest_text
from deliberate.errors import Damaged
from deliberate.events import DeliberationConvened, Recorded, decode, texts_of

GENESIS: Final = "0" * 64
FORMAT: Final = 1

LINE_BYTES_MAX: Final = 4 * 1024 * 1024
"""The largest event lists 5,000 seats, the largest text has 20,000 characters: both are far below."""

_OPEN, _MIDDLE, _CLOSE = b'{"digest":"', b'","event":', b"}"
_WITHHELD: Final = re.compile(rb'\{"digest":"([0-9a-f]{64})","withheld":"([0-9a-f]{64})"\}')
_BODY: Final = len(_OPEN) + 64 + len(_MIDDLE)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def chain(previous: str, body: bytes) -> str:
    """Return the digest of an event (64 hex digits) from the digest before it and its stored body."""
    return link(previous, hashlib.sha256(body).hexdigest())


def link(previous: str, sealed: str) -> str:
    """Return the digest of an event from the digest before it and the SHA-256 of its body, all as 64 hex digits."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(sealed)).hexdigest()


def header_line(deliberation: str, nature: str) -> bytes:
    """Return the first line of the file."""
    head = {"deliberate": "log", "format": FORMAT, "deliberation": deliberation, "nature": nature}
    return orjson.dumps(head) + b"\n"


def event_line(body: bytes, digest: str) -> bytes:
    """Return the line of an event, its body as stored."""
    return b"".join((_OPEN, digest.encode(), _MIDDLE, body, _CLOSE, b"\n"))


def withheld_line(body: bytes, digest: str) -> bytes:
    """Return the line of an event told in confidence: its place in the chain, and nothing of it."""
    return orjson.dumps({"digest": digest, "withheld": hashlib.sha256(body).hexdigest()}) + b"\n"


def text_line(text: SealedText) -> bytes:
    """Return the line of a text."""
    row = {"digest": text.digest, "salt": text.salt.hex(), "lang": text.lang, "words": text.words}
    return orjson.dumps({"text": row}) + b"\n"


@dataclass(frozen=True, slots=True)
class Line:
    """An event of the file: decoded, and its body as it stands there."""

    recorded: Recorded
    body: bytes


@dataclass(frozen=True, slots=True)
class Withheld:
    """The place of an event that the file keeps in confidence."""

    version: int
    digest: str


class Reading:
    """A log file, read once, line by line; each line is checked before it is given, and any flaw raises `Damaged`.

    While reading, `version`, `digest` and `at` are those of the last event, `named` holds the digests of all texts
    that events name, in order of first mention, and `found` those whose words are in the file.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Read the first line."""
        self._lines = enumerate(lines, 1)
        self.version, self.digest, self.at = 0, GENESIS, ""
        self.named: dict[str, None] = {}
        self.found: set[str] = set()
        self.in_confidence = 0
        self._command = ""
        self._commands: set[str] = set()
        number, line = next(self._lines, (1, b""))
        head = _json(line) if len(line) <= LINE_BYTES_MAX else None
        if (
            not isinstance(head, dict)
            or head.get("deliberate") != "log"
            or type(head.get("format")) is not int
        ):
            raise Damaged(
                "This file is not a deliberation's log: its first line does not say so.", "malformed", line=1
            )
        if head["format"] != FORMAT:
            raise Damaged(
                f"This log has format {head['format']}; this release reads format {FORMAT}. "
                "Read it with the release that wrote it, or a later one.",
                "future",
                line=1,
            )
        deliberation, nature = head.get("deliberation"), head.get("nature")
        if not (isinstance(deliberation, str) and _NAME.fullmatch(deliberation) and isinstance(nature, str)):
            raise self._flaw(number, "the deliberation or its nature is missing or malformed", "malformed")
        self.deliberation, self.nature = deliberation, nature

    def __iter__(self) -> Iterator[Line | Withheld | SealedText]:
        """Give the events, then the texts."""
        for number, raw in self._lines:
            if len(raw) > LINE_BYTES_MAX:
                raise self._flaw(number, f"is longer than {LINE_BYTES_MAX} bytes", "malformed")
            line = raw.rstrip(b"\r\n")
            if not self.found and (hidden := _WITHHELD.fullmatch(line)) is not None:
                yield self._in_confidence(number, hidden[1].decode(), hidden[2].decode())
            elif line.startswith(_OPEN) and not self.found:
                yield self._event(number, line, whole=line != raw)
            elif line.startswith(b'{"text":'):
                yield self._text(number, line, whole=line != raw)
            else:
                raise self._broken(number, line != raw, "is neither an event nor a text, or not in its place")

    def _event(self, number: int, line: bytes, *, whole: bool) -> Line:
        digest, body, due = (
            line[len(_OPEN) : _BODY - len(_MIDDLE)].decode("ascii", "replace"),
            line[_BODY:-1],
            self.version + 1,
        )
        if line[_BODY - len(_MIDDLE) : _BODY] != _MIDDLE or not line.endswith(_CLOSE) or not body:
            raise self._broken(number, whole, "is not an event in the form of this log")
        if chain(self.digest, body) != digest:
            stated = _json(body)
            if stated is None:
                raise self._broken(
                    number, whole, f"the event, version {due}, was altered: it is not JSON any more"
                )
            found = stated.get("version") if isinstance(stated, dict) else None
            if isinstance(found, int) and found != due:
                raise self._flaw(
                    number,
                    f"version {found} stands where version {due} belongs: events were removed, added or moved",
                    "edited",
                )
            raise self._flaw(
                number,
                f"the chain breaks at version {due}: this event, or one before it, was altered",
                "edited",
            )
        try:
            recorded = decode(body, digest)
        except Damaged as why:
            raise Damaged(f"Line {number}: {why.message}", why.code, line=number, version=due) from why
        if recorded.version != due:
            raise self._flaw(
                number, f"version {recorded.version} stands where version {due} belongs", "edited"
            )
        if not _MOMENT.fullmatch(recorded.at):
            raise self._flaw(number, f"version {due} has no time in UTC", "malformed")
        if recorded.at < self.at:
            raise self._flaw(
                number, f"the time of version {due} lies before the time of version {due - 1}", "edited"
            )
        if recorded.command != self._command and recorded.command in self._commands:
            raise self._flaw(number, f"version {due} repeats a command that was recorded before", "edited")
        self._check_nature(number, recorded)
        self.version, self.digest, self.at, self._command = due, digest, recorded.at, recorded.command
        self._commands.add(recorded.command)
        self.named.update(dict.fromkeys(texts_of(recorded.event)))
        return Line(recorded, body)

    def _in_confidence(self, number: int, digest: str, sealed: str) -> Withheld:
        due = self.version + 1
        if due == 1 or link(self.digest, sealed) != digest:
            raise self._flaw(
                number,
                f"the chain breaks at version {due}: this event, or one before it, was altered",
                "edited",
            )
        self.version, self.digest = due, digest
        self.in_confidence += 1
        return Withheld(due, digest)

    def _check_nature(self, number: int, recorded: Recorded) -> None:
        """The first line lies outside the chain; what it says of the deliberation's nature must be what was convened."""
        if recorded.version > 1:
            return
        if not isinstance(recorded.event, DeliberationConvened):
            raise self._flaw(
                number, "the log does not begin with the convening of a deliberation", "malformed"
            )
        if recorded.event.nature != self.nature:
            raise self._flaw(
                1,
                f"says {self.nature}, but version 1 convened a {recorded.event.nature}: the first line was altered",
                "edited",
            )

    def _text(self, number: int, line: bytes, *, whole: bool) -> SealedText:
        raw = _json(line)
        try:
            row = raw["text"]
            text = SealedText(row["digest"], bytes.fromhex(row["salt"]), row["words"], row["lang"])
            digest = digest_text(text.salt, text.words)
            if not isinstance(text.lang, str | None):
                raise TypeError("a language is a string")
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise self._broken(number, whole, "is not a text in the form of this log") from why
        if digest != text.digest:
            raise self._flaw(
                number,
                f"the words do not match their digest {text.digest[:12]}…: they were altered",
                "edited",
            )
        if text.digest not in self.named or text.digest in self.found:
            raise self._flaw(
                number, f"no event names the text {text.digest[:12]}…, or it stands here twice", "edited"
            )
        self.found.add(text.digest)
        return text

    def _broken(self, number: int, whole: bool, what: str) -> Damaged:
        if whole:
            return self._flaw(number, what, "malformed")
        return self._flaw(number, "the file ends in the middle of this line; copy it again", "truncated")

    def _flaw(self, number: int, what: str, code: str) -> Damaged:
        return Damaged(f"Line {number}: {what}.", code, line=number, version=self.version)


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


@dataclass(frozen=True, slots=True)
class Verification:
    """What an undamaged log says of itself. `texts` are on record here; `withheld` are named by events and absent
    (redacted, or left out); `in_confidence` counts events whose content is not in this copy; `receipt` is True when a receipt was given and the log contains it, else None."""

    deliberation: str
    nature: str
    events: int
    head: tuple[int, str]
    texts: int
    withheld: int
    in_confidence: int
    receipt: bool | None


def verify(lines: Iterable[bytes], head: tuple[int, str] | None = None) -> Verification:
    """Return what the log says once every line of it was checked; `head` is a receipt (version, digest) to find in it.

    Raises `Damaged`, naming the line and the flaw: malformed, truncated, edited, or of a later release.
    """
    reading = Reading(lines)
    at_receipt = GENESIS
    for item in reading:
        if head is not None and not isinstance(item, SealedText) and reading.version == head[0]:
            at_receipt = reading.digest
    if head is not None and reading.version < head[0]:
        raise Damaged(
            f"The log ends at version {reading.version}, before the receipt's version {head[0]}: its end is missing.",
            "truncated",
            version=reading.version,
        )
    if head is not None and at_receipt != head[1].lower():
        raise Damaged(
            f"Version {head[0]} of this log has not the digest of the receipt: this is another log, or it was rewritten.",
            "edited",
            version=head[0],
        )
    return Verification(
        deliberation=reading.deliberation,
        nature=reading.nature,
        events=reading.version,
        head=(reading.version, reading.digest),
        texts=len(reading.found),
        withheld=len(reading.named) - len(reading.found),
        in_confidence=reading.in_confidence,
        receipt=None if head is None else True,
    )
