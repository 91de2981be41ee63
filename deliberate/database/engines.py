"""Connections: what an address means, how each kind of database is prepared, and where calls on it run.

A `Line` is one engine with one connection. Under gevent a line to SQLite also owns a native thread, because SQLite
waits without yielding; and nothing is shared between lines, because gevent's locks hang when native threads contend
for one (SQLAlchemy's pool has some). psycopg yields by itself and needs no thread.
"""

import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from deliberate.errors import Invalid

T = TypeVar("T")

BUSY_MS: Final = 5_000
"""How long a transaction waits for another process's lock before the caller is told to come back."""

CONNECT_S: Final = 10
"""How long a PostgreSQL server may take to answer at all; one that is reached but silent is given up after three
times that."""


class Line:
    """One connection, and the thread that owns it if it needs one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._thread: Any = None
        if engine.dialect.name == "sqlite" and _gevent_patched():
            from gevent.threadpool import ThreadPool

            self._thread = ThreadPool(1)

    def run(self, fn: Callable[[Engine], T]) -> T:
        """Return fn(engine), run where this connection lives; raises what it raises."""
        if self._thread is None:
            return fn(self.engine)
        answer, failure = self._thread.apply(_outcome, (fn, self.engine))
        if failure is not None:
            raise failure
        return answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the connection."""
        if self._thread is not None:
            self._thread.kill()
        self.engine.dispose()


def _outcome(fn: Callable[[Engine], T], engine: Engine) -> tuple[T | None, BaseException | None]:
    """Return what fn returned, or what it raised: gevent prints whatever escapes in a thread."""
    try:
        return fn(engine), None
    except BaseException as why:
        return None, why


class Lines:
    """Several lines of one kind; a caller gets one to itself, or waits for one."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._all = lines
        self._idle = list(lines)
        self._places = threading.BoundedSemaphore(len(lines))

    def run(self, fn: Callable[[Engine], T]) -> T:
        """Return fn(engine), run on an idle line."""
        with self._places:
            line = self._idle.pop()
            try:
                return line.run(fn)
            finally:
                self._idle.append(line)

    def close(self) -> None:
        """Close every connection."""
        for line in self._all:
            line.close()


def _gevent_patched() -> bool:
    monkey: Any = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def read_address(url: str) -> URL:
    """Return the address with its driver; `postgres://` and `postgresql://` mean psycopg 3.

    Raises `Invalid` for one that cannot be used, without repeating its password.
    """
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    try:
        address = make_url(url)
    except ArgumentError as why:
        raise Invalid(
            "The database address cannot be read. Write sqlite:///path/to/file.db or postgresql://user@host/name.",
            "database_url",
        ) from why
    if address.drivername == "postgresql+psycopg":
        return address
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise Invalid(f"{address.drivername} is not supported; use sqlite or postgresql.", "database_url")
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise Invalid("A deliberation needs a file to last: write sqlite:///path/to/file.db.", "database_url")
    folder = Path(address.database).absolute().parent
    if not folder.is_dir():
        raise Invalid(f"The folder of the database does not exist: {folder}", "database_url")
    return address.set(database=str(folder / Path(address.database).name))


def write_engine(url: URL) -> Engine:
    """Return an engine whose transactions are durable; on SQLite they take the write lock when they begin."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN IMMEDIATE", _prepare_sqlite_writer)
    engine = create_engine(url, **_POSTGRESQL, connect_args=_patience(url))
    event.listen(engine, "connect", _prepare_postgresql_writer)
    return engine


def read_engine(url: URL) -> Engine:
    """Return an engine whose transactions see one moment of the database and cannot change it."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN", _prepare_sqlite_reader)
    return create_engine(
        url,
        **_POSTGRESQL,
        connect_args=_patience(url),
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )


_POSTGRESQL: Final[dict[str, Any]] = {"pool_size": 1, "max_overflow": 0, "pool_pre_ping": True}


def _patience(url: URL) -> dict[str, Any]:
    wanted = {"connect_timeout": CONNECT_S, "tcp_user_timeout": 3_000 * CONNECT_S}
    return {name: value for name, value in wanted.items() if name not in url.query}


def _sqlite(url: URL, begin: str, prepare: Callable[[sqlite3.Connection, object], None]) -> Engine:
    options = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, pool_size=1, max_overflow=0)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "connect", prepare)
    return engine


def _prepare_sqlite_writer(raw: sqlite3.Connection, _record: object) -> None:
    raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA secure_delete=ON")  # what is redacted or erased is overwritten, not only unlinked


def _prepare_sqlite_reader(raw: sqlite3.Connection, _record: object) -> None:
    raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    raw.execute("PRAGMA query_only=ON")


def _prepare_postgresql_writer(raw: Any, _record: object) -> None:
    raw.execute(f"SET lock_timeout = {BUSY_MS}")
    raw.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    raw.commit()
