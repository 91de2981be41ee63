"""Work asked of the back office: any process asks, one takes it, and whoever asked sees what became of it.

A job says what is wanted, never what was found: results lie with the reports. Rows can be deleted at any time; who
waits for a row that is gone asks again.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from deliberate.commands import mint
from deliberate.database import Database
from deliberate.database.tables import table
from deliberate.moments import now

_jobs = table("jobs")


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: of this kind, on a deliberation as it was at `version` or later. `error` says why it failed."""

    id: str
    kind: str
    deliberation: str | None
    version: int | None
    arguments: dict[str, Any]
    state: JobState
    error: str | None
    made_at: str


def request_job(
    database: Database,
    kind: str,
    deliberation: str | None = None,
    version: int | None = None,
    arguments: dict[str, Any] | None = None,
) -> str:
    """Ask for a piece of work and return its id: that of one which waits already, if it asks for the same."""
    asked = json.dumps(arguments or {}, sort_keys=True)
    same = (
        (_jobs.c.kind == kind)
        & (_jobs.c.deliberation == deliberation)
        & (_jobs.c.arguments == asked)
        & (_jobs.c.state == JobState.WAITING)
    )

    def ask(connection: Connection) -> str:
        waiting = connection.execute(select(_jobs.c.id, _jobs.c.version).where(same)).first()
        if waiting is not None:
            if version is not None and (waiting.version or 0) < version:
                connection.execute(update(_jobs).where(_jobs.c.id == waiting.id).values(version=version))
            return str(waiting.id)
        made = {
            "id": mint("j"),
            "kind": kind,
            "deliberation": deliberation,
            "version": version,
            "arguments": asked,
            "state": JobState.WAITING,
            "progress": 0.0,
            "made_at": now(),
        }
        connection.execute(insert(_jobs).values(made))
        return str(made["id"])

    return database.write(ask)


def find_job(database: Database, job: str) -> Job | None:
    """Return a job, or None when its row is gone."""

    def find(connection: Connection) -> Job | None:
        row = connection.execute(select(_jobs).where(_jobs.c.id == job)).first()
        return _job(row) if row else None

    return database.read(find)


def claim_job(database: Database) -> Job | None:
    """Take the oldest job that waits, so that nobody else does; None when nothing waits."""
    oldest = (
        select(_jobs.c.id)
        .where(_jobs.c.state == JobState.WAITING)
        .order_by(_jobs.c.made_at, _jobs.c.id)
        .limit(1)
    )
    if database.read(lambda connection: connection.execute(oldest).first()) is None:
        return None
    mine = oldest.with_for_update(
        skip_locked=True
    )  # of PostgreSQL; SQLite has one writer at a time in any case

    def claim(connection: Connection) -> Job | None:
        found = connection.execute(mine).scalar()
        if found is None:
            return None
        take = update(_jobs).where(_jobs.c.id == found).values(state=JobState.RUNNING)
        return _job(connection.execute(take.returning(*_jobs.c)).one())

    return database.write(claim)


def finish_job(database: Database, job: str, error: str | None = None) -> None:
    """Note that a job is done, or why it failed."""
    state = JobState.DONE if error is None else JobState.FAILED
    done = update(_jobs).where(_jobs.c.id == job).values(state=state, error=error, progress=1.0)
    database.write(lambda connection: connection.execute(done).close())


def take_up_jobs(database: Database, forget_before: str) -> None:
    """Let what a back office left half done wait again, and delete what was finished before a moment."""
    left = update(_jobs).where(_jobs.c.state == JobState.RUNNING).values(state=JobState.WAITING)
    old = delete(_jobs).where(
        _jobs.c.state.in_([JobState.DONE, JobState.FAILED]), _jobs.c.made_at < forget_before
    )

    def tidy(connection: Connection) -> None:
        connection.execute(left)
        connection.execute(old)

    database.write(tidy)


def _job(row: Row[Any]) -> Job:
    return Job(
        row.id,
        row.kind,
        row.deliberation,
        row.version,
        json.loads(row.arguments),
        JobState(row.state),
        row.error,
        row.made_at,
    )
