"""The machine that the figures are of."""

import os
import platform
import re
import sqlite3
from importlib.metadata import version
from pathlib import Path


def describe() -> list[str]:
    """Return lines that say on what, and beside what, the figures were measured."""
    model = _field("/proc/cpuinfo", "model name") or platform.processor() or "unknown processor"
    memory = _field("/proc/meminfo", "MemTotal").removesuffix("kB").strip()
    cores = len(os.sched_getaffinity(0))
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("gevent", "gunicorn", "Flask-SocketIO"))
    return [
        f"{cores} cores ({model}), {int(memory or 0) / 1024**2:.0f} GB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}",
        f"The load is generated on the same cores. Load average at the start: {load}",
    ]


def _field(file: str, name: str) -> str:
    try:
        found = re.search(rf"^{name}\s*:\s*(.+)$", Path(file).read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found[1].strip() if found else ""
