"""A server of one's own: the platform on a fresh file, started, stopped, killed and started again."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deliberate.accounts import Accounts
from deliberate.config import PACKAGE, resource
from deliberate.database import Database
from deliberate.errors import Unavailable
from deliberate.moments import later, now

STARTS_WITHIN_S: Final = 30
STOPS_WITHIN_S: Final = 15


class Server:
    """The web process and the back office on one database; `environment` adds settings to the ones given here."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        backoffice: bool = True,
        port: int | None = None,
    ) -> None:
        self.database_url = database_url
        self.port = port or _free_port()
        self.said = folder / f"server-{self.port}.txt"
        self._environment = {**os.environ, **(environment or {}), "DATABASE_URL": database_url}
        self._backoffice = backoffice
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that the web process is a child of."""
        return self._processes[0].pid

    def start(self) -> "Server":
        """Start both processes and wait until the first page is there. Raises `Unavailable` with what was said."""
        self._spawn(
            *("-m", "gunicorn", "--config", f"file:{PACKAGE / 'web' / 'serving.py'}"),
            *("--pythonpath", str(resource("wsgi.py").parent), "--bind", f"127.0.0.1:{self.port}"),
        )
        if self._backoffice:
            self._spawn("-m", "deliberate", "backoffice", "--parent", str(os.getpid()))
        until = time.monotonic() + STARTS_WITHIN_S
        while not self.answers():
            if self._processes[0].poll() is not None or time.monotonic() > until:
                self.kill()
                raise Unavailable(f"The server did not start: {self.said.read_text()[-2000:]}", "not_started")
            time.sleep(0.02)
        return self

    def _spawn(self, *arguments: str) -> None:
        with self.said.open("ab") as output:
            self._processes.append(
                subprocess.Popen(  # noqa: S603  # our own modules
                    [sys.executable, *arguments],
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )

    def answers(self) -> bool:
        """Return whether a page comes."""
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=5):  # noqa: S310  # our own server
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def link(self) -> str:
        """Return a link for somebody who convenes."""
        database = Database(self.database_url)
        try:
            secret = Accounts(database).issue(None, f"rehearse-{secrets.token_hex(4)}", later(now(), 3600))
        finally:
            database.close()
        return f"{self.url}/in/{secret}"

    def stop(self) -> None:
        """Ask both processes to end, as a service manager does."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                continue
        self.kill()

    def kill(self) -> None:
        """End both processes at once, in the middle of whatever they do."""
        for process in self._processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in self._processes:
            process.wait()
        self._processes.clear()


@contextmanager
def own_server(environment: Mapping[str, str] | None = None, *, backoffice: bool = True) -> Iterator[Server]:
    """Give a server on a new SQLite file, with the back office running; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="deliberate-rehearsal-"))
    url = f"sqlite:///{folder / 'rehearsal.db'}"
    database = Database(url)
    database.upgrade()
    database.close()
    server = Server(url, folder, environment, backoffice=backoffice)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


__all__ = ["Server", "own_server"]
