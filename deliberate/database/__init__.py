"""The database: one file of SQLite, or PostgreSQL; the same tables and the same code on both.

One connection writes and a few read. A write is one short transaction that waits for the disk; on SQLite it takes
the write lock when it begins, for a lock asked for later can fail or lose an update. Connections are in `engines.py`,
the tables in `tables.py`, how they came to be in `../migrations`.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError

from deliberate.database.engines import BUSY_MS, Line, Lines, read_address, read_engine, write_engine
from deliberate.database.tables import table
from deliberate.errors import Invalid, Unavailable

T = TypeVar("T")

READERS: Final = 4
"""Read connections of one process: pages read in a millisecond, so four keep two cores busy."""


class Database:
    """The connections of one process. Functions given to `read` and `write` may run in another thread: they take the
    connection, return plain data, and call neither."""

    def __init__(self, url: str) -> None:
        """Prepare the connections; nothing is opened yet. Raises `Invalid` for an address that cannot be used."""
        self.url = read_address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = Lines([Line(write_engine(self.url))])
        self._readers = Lines([Line(read_engine(self.url)) for _ in range(READERS)])
        self._bell: sqlite3.Connection | None = None

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Return fn(connection), run in one transaction that is durable when this returns.

        Raises `Unavailable` when the database does not answer; whether the transaction was kept is then unknown.
        """

        def transaction(engine: Engine) -> T:
            with engine.begin() as connection:
                return fn(connection)

        with self._answering():
            return self._writer.run(transaction)

    def read(self, fn: Callable[[Connection], T]) -> T:
        """Return fn(connection), run in one read-only transaction that sees one moment. Raises `Unavailable`."""

        def transaction(engine: Engine) -> T:
            with engine.begin() as connection:
                return fn(connection)

        with self._answering():
            return self._readers.run(transaction)

    def stamp(self) -> int:
        """Return a number that differs from the last one if another connection, of any process, has committed since.

        The doorbell that processes poll: microseconds on SQLite, one query of no table on PostgreSQL.
        """
        snapshot = "SELECT pg_current_snapshot()::text"
        with self._answering():
            if self.is_sqlite:
                return self._readers.run(lambda _: self._data_version())
            return self.read(lambda connection: hash(connection.exec_driver_sql(snapshot).scalar_one()))

    def _data_version(self) -> int:
        if self._bell is None:
            self._bell = sqlite3.connect(
                str(self.url.database), isolation_level=None, check_same_thread=False
            )
        version: int = self._bell.execute("PRAGMA data_version").fetchone()[0]
        return version

    def settings(self) -> dict[str, Any]:
        """Return what the write connection itself says about durability, as name → value."""
        if self.is_sqlite:
            ask, names = "PRAGMA", ["journal_mode", "synchronous", "busy_timeout", "foreign_keys"]
        else:
            ask, names = "SHOW", ["fsync", "full_page_writes", "synchronous_commit", "lock_timeout"]
        return self.write(lambda c: {name: c.exec_driver_sql(f"{ask} {name}").scalar_one() for name in names})

    def scrub(self) -> None:
        """Let nothing that was just erased linger in SQLite's write-ahead file, as far as readers allow it now.

        PostgreSQL reuses the space of erased rows by itself (autovacuum).
        """

        def checkpoint(engine: Engine) -> None:
            with _raw(engine) as raw:
                raw.execute("PRAGMA busy_timeout=0")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")

        if self.is_sqlite:
            with self._answering():
                self._writer.run(checkpoint)

    def key(self, name: str) -> bytes:
        """Return the installation's key of that name, 32 bytes, made at random when first asked for."""
        keys = table("keys")

        def get_or_make(connection: Connection) -> bytes:
            if not self.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE keys IN EXCLUSIVE MODE")
            key = connection.execute(select(keys.c.key).where(keys.c.name == name)).scalar()
            if key is None:
                key = secrets.token_bytes(32)
                connection.execute(insert(keys).values(name=name, key=key))
            return bytes(key)

        return self.write(get_or_make)

    def upgrade(self) -> None:
        """Bring the tables to this release's form; safe to call from several processes at once.

        Raises `Invalid` for a database that a later release has written, or a file that is no database.
        """
        from alembic import command
        from alembic.util import CommandError

        try:
            self.migrate(lambda config: command.upgrade(config, "head"))
        except CommandError as why:
            raise Invalid(
                "A later release has written this database. Install that release, or restore a backup made before.",
                "database_newer",
            ) from why

    def migrate(self, fn: Callable[[Any], object]) -> None:
        """Call fn(Alembic's configuration) in a write transaction that no other migration shares."""

        def run(engine: Engine) -> None:
            if not self.is_sqlite:
                with engine.begin() as connection:
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('deliberate'))")
                    fn(_alembic(connection))
                return
            # SQLite changes a table by copying it, which foreign keys must not see.
            with _raw(engine) as raw:
                raw.execute("PRAGMA foreign_keys=OFF")
            try:
                with engine.begin() as connection:
                    fn(_alembic(connection))
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise Invalid(
                            f"The database has rows of {broken[0]} that refer to nothing.", "database_broken"
                        )
            finally:
                with _raw(engine) as raw:
                    raw.execute("PRAGMA foreign_keys=ON")

        with self._answering():
            self._writer.run(run)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say for people what the database said."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as why:
            said = str(getattr(why, "orig", why)).strip().splitlines()[0]
            if "file is not a database" in said:
                raise Invalid(
                    f"{self.url.database} is a file, but no SQLite database.", "database_url"
                ) from why
            if "no such table" in said or "no such column" in said or isinstance(why, ProgrammingError):
                raise Unavailable(
                    f"The database is not in this release's form ({said}). Run: deliberate db upgrade",
                    "database_old",
                ) from why
            if isinstance(why, OperationalError | InterfaceError | sqlite3.Error):
                raise Unavailable(f"The database does not answer: {said}.", "database") from why
            raise

    def close(self) -> None:
        """Close every connection; on SQLite the last one to leave folds the write-ahead file into the database."""
        if self._bell is not None:
            self._bell.close()
            self._bell = None
        self._readers.close()
        self._writer.close()


@contextmanager
def _raw(engine: Engine) -> Iterator[Any]:
    """Give the driver's own connection, outside of any transaction."""
    fairy = engine.raw_connection()
    try:
        yield fairy.driver_connection
    finally:
        fairy.close()


def _alembic(connection: Connection) -> Any:
    """Return Alembic's configuration for this connection; the migrations lie in the package."""
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).parent.parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
