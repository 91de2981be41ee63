"""The second process: reads every log as it grows and publishes reports, at lower priority than the people's process.

It holds what each log tells (`consensus.report.Following`), reads the tails in short transactions, and puts the live
report of whatever changed into the table of reports, at most once in `report_interval_s` for one deliberation. The
doorbell tells it that something was committed; behind it stands a look at the index every second. It also does the
jobs that are asked for: graphs drawn as files. It writes reports and what became of jobs, nothing else, so it can be
stopped, started or doubled at any time: the same version gives the same bytes.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Final

import orjson
import structlog

from deliberate.config import Settings, load
from deliberate.consensus.report import SCHEMA, Following
from deliberate.database import Database
from deliberate.database.jobs import Job, claim_job, finish_job, take_up_jobs
from deliberate.database.reports import StoredReport, drop_reports, latest_report, store_report
from deliberate.errors import Invalid, NotFound, Unavailable
from deliberate.events import TextRedacted, decode
from deliberate.exchange import DRAWN
from deliberate.exchange.produce import store_drawn
from deliberate.log import Entry, Log
from deliberate.moments import later, now
from deliberate.vocabulary import Audience

logger = structlog.get_logger(__name__)

SLICE_EVENTS: Final = 5_000
"""Events of one log read at a time, some 100 ms of work, so that a long log does not keep the others waiting."""

POLL_S: Final = 0.1
"""How often the doorbell is tried: well under the second in which a report is expected."""

LOOK_S: Final = 1.0
"""How often the index is read, at the least, even if the doorbell was not heard."""

RETRY_S: Final = 60.0
"""How long a log that could not be read or measured is left alone."""

JOBS_KEPT_S: Final = 86_400
"""How long it can be seen what became of a job."""

NICENESS: Final = 10
"""The people's process comes first on a machine of two cores."""


@dataclass(slots=True)
class _Held:
    """What is known of one log. `published` is the version of the newest report; times are monotonic seconds."""

    following: Following = field(default_factory=Following)
    published: int = 0
    published_at: float = float("-inf")
    failed_at: float = float("-inf")


class BackOffice:
    """Keeps the reports of one database. `step` does what is to be done now; `run` calls it for ever."""

    def __init__(self, database: Database, interval_s: float = 1.0) -> None:
        self._database = database
        self._log = Log(database)
        self._interval_s = interval_s
        self._held: dict[str, _Held] = {}
        self._begun = False

    def step(self) -> float:
        """Read what is new and publish what is due; return after how many seconds there is more to do.

        0 when a log is not read to its end yet, at most `LOOK_S`. Whatever is wrong with one deliberation is logged and
        leaves the others alone. Raises `Unavailable` when the database does not answer.
        """
        if not self._begun:
            take_up_jobs(self._database, later(now(), -JOBS_KEPT_S))
            self._begun = True
        wait_s = LOOK_S
        entries = self._log.index()
        for gone in self._held.keys() - {entry.id for entry in entries}:
            del self._held[gone]
        for entry in entries:
            try:
                wait_s = min(wait_s, self._attend(entry))
            except Unavailable:
                raise
            except Exception:
                self._held[entry.id] = _Held(failed_at=time.monotonic())
                logger.exception("report_failed", deliberation=entry.id, head=entry.head)
        return 0.0 if self._work() else wait_s

    def _attend(self, entry: Entry) -> float:
        """Read on in one log, and publish its report if it is due; return when to come back, in seconds."""
        held = self._held.get(entry.id)
        if held is None:
            held = self._held[entry.id] = _Held(published=self._described(entry))
        if entry.head < max(held.published, held.following.state.version):
            held = self._held[entry.id] = _Held()  # another log under the same name: a backup was restored
        if entry.head == held.published:
            return LOOK_S
        clock = time.monotonic()
        wait_s = max(held.published_at + self._interval_s, held.failed_at + RETRY_S) - clock
        if wait_s > 0:
            return wait_s
        if not self._read_on(entry, held.following):
            return 0.0
        report = held.following.report()
        stored = StoredReport(report.version, report.digest, report.as_json().decode(), now())
        store_report(self._database, entry.id, stored, report.layer)
        held.published, held.published_at = report.version, clock
        return LOOK_S

    def _read_on(self, entry: Entry, following: Following) -> bool:
        """Take in the next slice of a log; return whether all that the entry knows of was read."""
        if following.state.version < entry.head:
            for _, body, digest in self._log.read(entry.id, following.state.version, SLICE_EVENTS):
                recorded = decode(body, digest)
                following.take(recorded)
                if isinstance(recorded.event, TextRedacted):  # files hold words, reports only their digests
                    drop_reports(self._database, entry.id, "export-")
        return following.state.version >= entry.head

    def _work(self) -> bool:
        """Do one job, if one waits, and note what became of it; return whether there was one."""
        job = claim_job(self._database)
        if job is None:
            return False
        error = None
        try:
            self._do(job)
        except (Invalid, NotFound) as why:
            error = why.message
        except Exception:
            error = "It failed; the messages of the back office say why."
            self._held.pop(job.deliberation or "", None)
            logger.exception("job_failed", job=job.id, kind=job.kind, deliberation=job.deliberation)
        finish_job(self._database, job.id, error)
        return True

    def _do(self, job: Job) -> None:
        """Draw the position graph of a deliberation as a file and keep it. Raises what `finish_job` is told."""
        action, _, form = job.kind.partition("-")
        if action != "export" or form not in DRAWN or job.deliberation is None:
            raise Invalid(f"This release knows no job {job.kind!r}.", "unknown_job")
        entry = self._log.entry(job.deliberation)
        held = self._held.setdefault(entry.id, _Held())
        while not self._read_on(entry, held.following):
            pass
        store_drawn(self._database, held.following, entry.id, form)

    def _described(self, entry: Entry) -> int:
        """Return the head if a report of this release describes it already, or 0: after a restart nothing is read
        of deliberations in which nothing happened."""
        head, digest = self._log.head(entry.id)
        for layer in Audience:
            report = latest_report(self._database, entry.id, layer.value)
            if report is not None and report.version == head:
                said = orjson.loads(report.payload)
                if (said.get("schema"), said.get("log")) == (SCHEMA, digest):
                    return head
        return 0


def run(settings: Settings, stop: threading.Event | None = None, parent: int | None = None) -> None:
    """Keep the reports until told to stop: by SIGTERM or SIGINT, or by `stop` where a caller has its own.

    With `parent`, the id of the process that started this one, it also ends when that is gone, however it ended.
    """
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        os.nice(NICENESS)
    database = Database(settings.database_url)
    office = BackOffice(database, settings.report_interval_s)
    logger.info("backoffice_started")
    try:
        while not stop.is_set() and parent in (None, os.getppid()):
            try:
                heard = database.stamp()  # before looking, so that what is committed meanwhile rings
                _wait(database, stop, heard, office.step())
            except Unavailable as why:
                logger.warning("database_unavailable", message=why.message)
                stop.wait(LOOK_S)
    finally:
        database.close()
        logger.info("backoffice_stopped")


def _wait(database: Database, stop: threading.Event, heard: int, wait_s: float) -> None:
    """Return when something was committed since `heard`, after that many seconds, or when told to stop."""
    until = time.monotonic() + wait_s
    while (left_s := until - time.monotonic()) > 0 and not stop.wait(min(POLL_S, left_s)):
        if database.stamp() != heard:
            return


if __name__ == "__main__":
    run(load())
