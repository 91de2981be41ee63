"""Serving: the web process and the back office as children, looked after until somebody says stop."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

from deliberate.cli.voice import until_told
from deliberate.config import PACKAGE, Settings, resource
from deliberate.errors import Invalid, Unavailable

STARTS_WITHIN_S: Final = 60
"""The slowest machine that was measured takes 5 s from start to first page."""
ENDS_WITHIN_S: Final = 15
"""More than gunicorn gives open sockets (10 s); past it the process is killed, and loses nothing acknowledged."""
LOOK_S: Final = 0.2
RESTART_S_MIN: Final = 1.0
RESTART_S_MAX: Final = 60.0
"""How long to wait before a back office that died is started again: doubled each time it dies within a minute."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any free one. Raises `Invalid` and `Unavailable`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except socket.gaierror as why:
        raise Invalid(f"There is no host {host!r} on this machine: {why.strerror}.", "host") from why
    except OSError as why:
        raise Unavailable(
            f"Cannot listen on {host} port {port}: {os.strerror(why.errno or 0)}. Choose another with --port.",
            "port",
        ) from why


def address(listening: socket.socket, settings: Settings) -> str:
    """Return what people type to reach the platform, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return local_address(listening)


def local_address(listening: socket.socket) -> str:
    """Return where this machine itself reaches the platform."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # where to call, not where to bind
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(listening: socket.socket, ready: Callable[[], None]) -> None:
    """Run the platform on a socket until Ctrl-C or SIGTERM; `ready` is called once a page came.

    A back office that dies is started again. Raises `Unavailable` when the web process does not start, or ends.
    """
    with until_told() as told, closing(listening):
        web = _web(listening)
        office = _office()
        try:
            _until_first_page(listening, web, told)
            listening.close()  # the web process has its own
            if web.poll() is None and not told(0):
                ready()
            _look_after(web, office, told)
        finally:
            _end(web, office.process)


class _Kept:
    """A child that is started again when it died."""

    def __init__(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._start = start
        self.process = start()
        self._since = time.monotonic()
        self._pause_s = RESTART_S_MIN

    def keep(self) -> None:
        """Start it again if it died, and a pause has passed."""
        if self.process.poll() is None:
            return
        lasted_s = time.monotonic() - self._since
        if lasted_s >= self._pause_s:
            self._pause_s = RESTART_S_MIN if lasted_s > 60 else min(2 * self._pause_s, RESTART_S_MAX)
            self.process, self._since = self._start(), time.monotonic()


def _web(listening: socket.socket) -> "subprocess.Popen[bytes]":
    number = listening.fileno()
    return _spawn(
        *("-m", "gunicorn", "--config", f"file:{PACKAGE / 'web' / 'serving.py'}"),
        *("--pythonpath", str(resource("wsgi.py").parent), "--bind", f"fd://{number}"),
        keep=(number,),
    )


def _office() -> _Kept:
    return _Kept(lambda: _spawn("-m", "deliberate", "backoffice", "--parent", str(os.getpid())))


def _spawn(*arguments: str, keep: tuple[int, ...] = ()) -> "subprocess.Popen[bytes]":
    """Start one of our own processes, out of reach of the terminal's Ctrl-C: we tell it when to end. What it prints
    goes to standard error."""
    return subprocess.Popen(  # noqa: S603  # our own modules, by this very Python
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=2,
        pass_fds=keep,
        start_new_session=True,
        env={**os.environ, "SERVED_BY": str(os.getpid())},
    )


def _until_first_page(
    listening: socket.socket, web: "subprocess.Popen[bytes]", told: Callable[[float], bool]
) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while web.poll() is None and not told(0):
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        except (OSError, http.client.HTTPException):
            if time.monotonic() > until:
                raise Unavailable(
                    f"No page came within {STARTS_WITHIN_S} s; see above.", "not_started"
                ) from None
            told(LOOK_S)
        finally:
            connection.close()


def _look_after(web: "subprocess.Popen[bytes]", office: _Kept, told: Callable[[float], bool]) -> None:
    while not told(LOOK_S):
        if (code := web.poll()) is not None:
            raise Unavailable(f"The web process ended by itself (exit code {code}); see above.", "web_ended")
        office.keep()


def _end(*processes: "subprocess.Popen[bytes]") -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    until = time.monotonic() + ENDS_WITHIN_S
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


__all__ = ["address", "listen", "local_address", "serve"]
