"""One deliberation that a process has open: batches of commands, decided, recorded, answered, circulated."""

import hmac
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from deliberate import board as boards
from deliberate import commands as c
from deliberate.board import Board
from deliberate.errors import Conflict, DeliberateError, Unavailable
from deliberate.events import Recorded, TextRedacted, decode, encode
from deliberate.log import Answer, Ledger, Log, Lost, Repeated, Row, chain
from deliberate.procedure import decide, due, next_deadline
from deliberate.state import State, fold
from deliberate.vocabulary import CLOCK

logger = structlog.get_logger(__name__)


READ_EVENTS = 1_000
"""Events read from the log at once."""


SLICE_EVENTS = 500
"""Events folded before others get their turn: 10 ms, and under 30 on the slowest machine that we measured."""


TURN_S = 0.001
"""How long to step aside for others. Not 0: gevent then looks at neither sockets nor timers."""


BATCH_MAX = 512
"""Commands decided on one fork; more wait for the next commit."""


WAITING_MAX = 20_000
"""Commands that may wait for one deliberation; past it the platform says that it is overloaded."""


REMEMBERED = 20_000
"""Answers kept in memory for repeated commands; older ones are looked up in the log."""


LOSSES = 3
"""How often a batch may lose its place in the log to another process before it is decided behind a lock."""


ATTEMPTS = 12
"""How often a batch is decided in all before its senders are told to retry."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender of an accepted command gets: its place in the log, and the digest of the chain there.

    `changed` is False for a command that left everything as it was; it then has no place of its own.
    """

    deliberation: str
    version: int
    digest: str
    command: str
    changed: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the receipt as plain data; `verify` accepts `version:digest`."""
        return {
            "deliberation": self.deliberation,
            "version": self.version,
            "digest": self.digest,
            "command": self.command,
            "changed": self.changed,
        }


@dataclass(slots=True)
class _Waiting:
    command: c.Shape
    texts: list[c.SealedText]
    id: str
    fingerprint: str
    actor: str
    done: threading.Event
    outcome: Receipt | Exception | None = None


Listener = Callable[["Docket", Sequence[Recorded]], None]


_Touching = tuple[Recorded, list[str]]
"""An event and the keys of the board that it touches."""


@dataclass(slots=True)
class _Draft:
    """A batch while it is being decided."""

    state: State
    rows: list[Row] = field(default_factory=list)
    recorded: list[_Touching] = field(default_factory=list)
    texts: list[c.SealedText] = field(default_factory=list)
    redact: list[str] = field(default_factory=list)
    answers: list[tuple[_Waiting, Receipt]] = field(default_factory=list)
    refusals: list[tuple[_Waiting, DeliberateError]] = field(default_factory=list)


class Docket:
    """One deliberation that is open in this process. Made by `Secretariat.docket`."""

    def __init__(
        self, deliberation: str, log: Log, clock: Callable[[], str], listeners: list[Listener]
    ) -> None:
        self.deliberation = deliberation
        self.state = State()
        self.board = Board()
        self.epoch = log.epoch(deliberation)
        self._log = log
        self._clock = clock
        self._listeners = listeners
        self._secret = log.secret(deliberation)
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Event()
        self._turn = threading.Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._closed = False
        self.catch_up()
        self.board.drain()  # nobody follows it yet
        self._worker = threading.Thread(target=self._work, name=f"docket-{deliberation}", daemon=True)
        self._worker.start()

    def submit(self, command: c.Shape, actor: str, command_id: str, timeout_s: float = 30) -> Receipt:
        """Record the command and return its receipt, once it is durable.

        Raises the `DeliberateError` with which it was refused, or `Unavailable` when its outcome is not known yet:
        sending the same command with the same id tells.
        """
        if not 8 <= len(command_id) <= 64 or not command_id.isascii() or not command_id.isprintable():
            raise Conflict(
                "A command id has 8 to 64 printable characters, minted by the caller.", "command_id"
            )
        if command_id.startswith("clock-") and actor != CLOCK:
            raise Conflict("Command ids that begin with 'clock-' are the platform's own.", "command_id")
        fingerprint = self._fingerprint(command, actor)
        known = self._answers.get(command_id)
        if known is not None:
            return self._repeat(command_id, fingerprint, known)
        if self._closed or len(self._waiting) >= WAITING_MAX:
            raise Unavailable(
                "The platform is overloaded or closing; send this again in a moment.", "overloaded"
            )
        sealed, texts = c.seal(command)
        entry = _Waiting(sealed, texts, command_id, fingerprint, actor, threading.Event())
        self._waiting.append(entry)
        self._wake.set()
        if not entry.done.wait(timeout_s):
            raise Unavailable(
                "This takes longer than it should; send the same command again to learn its outcome."
            )
        if isinstance(entry.outcome, Exception):
            raise entry.outcome
        assert entry.outcome is not None
        return entry.outcome

    def tick(self) -> None:
        """Let deadlines that have passed take effect, even when nobody sends anything."""
        deadline = next_deadline(self.state)
        if deadline is not None and deadline <= self._clock():
            self._wake.set()

    def catch_up(self, least: int = 0) -> None:
        """Fold what other processes wrote; at least up to version `least`, if the log has it."""
        if self.state.version >= least > 0:
            return
        with self._turn:
            self._read_tail()

    def close(self) -> None:
        """Refuse new commands, finish those that wait, and stop."""
        self._closed = True
        self._wake.set()
        self._worker.join(timeout=10)

    def _fingerprint(self, command: c.Shape, actor: str) -> str:
        body = actor.encode() + b"\0" + command.model_dump_json().encode()
        return hmac.digest(self._secret, body, "sha256").hex()

    def _repeat(self, command_id: str, fingerprint: str, answer: Answer) -> Receipt:
        if answer.command_digest != fingerprint:
            raise Conflict(
                "This command id was already used for another command. Mint a new id for a new command.",
                "command_reused",
                version=answer.version,
            )
        return Receipt(self.deliberation, answer.version, answer.digest, command_id)

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._turn:
                self._serve()
            if self._closed and not self._waiting:
                return

    def _serve(self) -> None:
        while True:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]
            if not batch and not self._due_now():
                return
            try:
                self._record(batch)
            except (
                Exception
            ) as fault:  # a fault of ours or of the disk: nobody waits for ever, nothing is half done
                logger.exception("batch_failed", deliberation=self.deliberation)
                self._settle(batch, fault)
            if not batch:
                return

    def _due_now(self) -> bool:
        deadline = next_deadline(self.state)
        return deadline is not None and deadline <= self._clock()

    def _record(self, batch: list[_Waiting]) -> None:
        waiting = list(batch)
        for attempt in range(ATTEMPTS):
            try:
                if attempt < LOSSES:
                    draft = self._decide(self.state, waiting)
                    if draft.rows:
                        self._append(draft)
                else:
                    draft = self._decide_locked(waiting)
            except Lost:
                self._read_tail()
                continue
            except Repeated:
                waiting = self._answer_repeated(waiting)
                self._read_tail()
                continue
            if draft.rows:
                self._adopt(draft.state, draft.recorded)
            self._answer(draft)
            return
        raise Unavailable("Other processes keep writing to this deliberation; send this again.", "busy")

    def _decide_locked(self, waiting: list[_Waiting]) -> _Draft:
        """Read on, decide and append while nobody else can, so that under any load everybody's turn comes."""

        def hold(ledger: Ledger) -> tuple[State, list[_Touching], _Draft]:
            state = self.state.fork()
            tail = []
            while rows := ledger.read(state.version, READ_EVENTS):
                tail += _folded(state, rows)
            draft = self._decide(state, waiting)
            if draft.rows:
                ledger.append(decided_on=state.version, **_contents(draft))
            return state, tail, draft

        state, tail, draft = self._log.locked(self.deliberation, hold)
        if draft.redact:
            self._log.scrub()
        if tail:
            self._adopt(state, tail)
        return draft

    def _append(self, draft: _Draft) -> None:
        self._log.append(self.deliberation, decided_on=self.state.version, **_contents(draft))

    def _decide(self, before: State, waiting: Iterable[_Waiting]) -> _Draft:
        draft = _Draft(before.fork())
        at = max(self._clock(), before.at)
        for asked in due(draft.state, at):
            self._add(draft, asked.command, [], CLOCK, asked.id, self._fingerprint(asked.command, CLOCK), at)
        for entry in waiting:
            try:
                last = self._add(
                    draft, entry.command, entry.texts, entry.actor, entry.id, entry.fingerprint, at
                )
            except DeliberateError as refusal:
                draft.refusals.append((entry, refusal))
                continue
            place = last or before
            receipt = Receipt(self.deliberation, place.version, place.digest, entry.id, last is not None)
            draft.answers.append((entry, receipt))
        return draft

    def _add(
        self,
        draft: _Draft,
        command: c.Shape,
        texts: list[c.SealedText],
        actor: str,
        command_id: str,
        fingerprint: str,
        at: str,
    ) -> Recorded | None:
        """Decide one command on the draft; return its last event, None when nothing changes."""
        state = draft.state
        events = decide(state, command, actor, at)
        recorded = None
        for place, event in enumerate(events):
            body = encode(event, state.version + 1, at, actor, command_id)
            digest = chain(state.digest, body)
            recorded = Recorded(state.version + 1, at, actor, command_id, event, digest)
            touched = list(boards.touched(state, event))
            fold(state, recorded)
            first = place == 0
            draft.rows.append(
                Row(
                    recorded.version,
                    body,
                    digest,
                    command_id if first else None,
                    fingerprint if first else None,
                    len(events) if first else None,
                )
            )
            draft.recorded.append((recorded, touched))
            if isinstance(event, TextRedacted):
                draft.redact.append(event.text)
        if events:
            draft.texts.extend(texts)
        return recorded

    def _adopt(self, state: State, recorded: Sequence[_Touching]) -> None:
        """Make a state the one that everybody sees: the state first, then the versions of its keys."""
        self.state = state
        latest = {key: event.version for event, touched in recorded for key in touched}
        self.board.mark(state, latest)
        self._circulate([event for event, _ in recorded])

    def _answer(self, draft: _Draft) -> None:
        """Answer every command of a batch; a refusal too stands on what is durable by now."""
        for entry, receipt in draft.answers:
            if receipt.changed:
                self._remember(entry.id, Answer(receipt.version, receipt.digest, entry.fingerprint))
            entry.outcome = receipt
            entry.done.set()
        if draft.refusals:
            self._refuse(draft.refusals)

    def _remember(self, command_id: str, answer: Answer) -> None:
        self._answers[command_id] = answer
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)

    def _refuse(self, refusals: list[tuple[_Waiting, DeliberateError]]) -> None:
        """Answer what was refused, unless the log holds it already: then it was accepted before."""
        recorded = self._log.answers(self.deliberation, [entry.id for entry, _ in refusals])
        for entry, refusal in refusals:
            answer = recorded.get(entry.id)
            entry.outcome = self._outcome(entry, answer) if answer else refusal
            entry.done.set()

    def _answer_repeated(self, waiting: list[_Waiting]) -> list[_Waiting]:
        """Answer commands that the log holds already with their first answer; return the others."""
        recorded = self._log.answers(self.deliberation, [entry.id for entry in waiting])
        fresh: list[_Waiting] = []
        seen: dict[str, _Waiting] = {}
        for entry in waiting:
            if (answer := recorded.get(entry.id)) is not None:
                entry.outcome = self._outcome(entry, answer)
                entry.done.set()
            elif entry.id in seen:  # twice in one batch: the second waits for the first
                self._waiting.append(entry)
                self._wake.set()
            else:
                seen[entry.id] = entry
                fresh.append(entry)
        return fresh

    def _outcome(self, entry: _Waiting, answer: Answer) -> Receipt | DeliberateError:
        try:
            return self._repeat(entry.id, entry.fingerprint, answer)
        except DeliberateError as reused:
            return reused

    def _settle(self, batch: list[_Waiting], fault: Exception) -> None:
        """After a commit of unknown outcome: what the log holds was accepted, the rest may be sent again."""
        try:
            self._read_tail()
            recorded = self._log.answers(self.deliberation, [entry.id for entry in batch])
        except Exception:
            logger.exception("log_unreadable", deliberation=self.deliberation)
            recorded = {}
        for entry in batch:
            if entry.done.is_set():
                continue
            answer = recorded.get(entry.id)
            if answer is not None:
                entry.outcome = self._outcome(entry, answer)
            elif isinstance(fault, DeliberateError):
                entry.outcome = fault
            else:
                entry.outcome = Unavailable(
                    "The log could not be written, so nothing of this was recorded. Send it again in a moment; "
                    "if it happens again, tell the secretary.",
                    "not_recorded",
                )
            entry.done.set()

    def _read_tail(self) -> None:
        """Fold what the log has beyond this state, in slices, and tell the listeners."""
        while rows := self._log.read(self.deliberation, self.state.version, READ_EVENTS):
            for first in range(0, len(rows), SLICE_EVENTS):
                state = self.state.fork()
                self._adopt(state, _folded(state, rows[first : first + SLICE_EVENTS]))
                time.sleep(TURN_S)
            if len(rows) < READ_EVENTS:
                return

    def _circulate(self, recorded: Sequence[Recorded]) -> None:
        for listener in self._listeners:
            try:
                listener(self, recorded)
            except Exception:
                logger.exception("listener_failed", deliberation=self.deliberation)


def _folded(state: State, rows: Iterable[tuple[int, bytes, str]]) -> list[_Touching]:
    """Fold rows of the log into a state of one's own; return the events with the keys that they touch."""
    found = []
    for _, body, digest in rows:
        recorded = decode(body, digest)
        touched = list(boards.touched(state, recorded.event))
        fold(state, recorded)
        found.append((recorded, touched))
    return found


def _contents(draft: _Draft) -> dict[str, Any]:
    """Return what a draft adds to the log."""
    return {
        "rows": draft.rows,
        "texts": draft.texts,
        "redact": draft.redact,
        "next_deadline": next_deadline(draft.state),
        "at": draft.state.at,
    }
