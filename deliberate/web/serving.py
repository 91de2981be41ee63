"""gunicorn's configuration: one worker on gevent that says goodbye before it goes. Run as `-c …/serving.py`.

gunicorn executes this file by itself, before anything is monkey-patched: it imports nothing of the platform.
`SERVED_BY`, when it is the process that started gunicorn, means that gunicorn ends with it.
"""

import os
import signal
import threading
import time
from typing import Any

wsgi_app = "wsgi:app"
worker_class = "gevent"
workers = 1
worker_connections = 4000  # gunicorn's own 1,000 is a hard cap, below one conference's browsers
graceful_timeout = 10
timeout = 60
control_socket_disable = True
loglevel = "warning"

_goodbyes: list[Any] = []


def when_ready(server: Any) -> None:
    """Watch whoever started us, in the process that looks after the workers."""
    parent = os.getppid()
    if os.environ.get("SERVED_BY") == str(parent):
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def post_worker_init(worker: Any) -> None:
    """Watch the worker from its own loop."""
    import gevent

    _goodbyes.append(gevent.spawn(_say_goodbye, worker))


def _say_goodbye(worker: Any) -> None:
    """Tell browsers to come back as soon as the worker is asked to end: it waits for open sockets."""
    import gevent

    while worker.alive:
        gevent.sleep(0.05)
    from deliberate.web import stop

    stop(worker.wsgi)


def worker_exit(server: Any, worker: Any) -> None:
    """Let the goodbye finish."""
    for goodbye in _goodbyes:
        goodbye.join(timeout=graceful_timeout)
