"""How a command speaks: results on standard output, all else on standard error, one clear line when it fails.

With `--json` standard output holds exactly one JSON object, also when the command was refused. Exit codes: 0 done,
1 refused or failed, 2 wrong usage (which is click's to say).
"""

import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, NoReturn, ParamSpec

import click
import orjson
import structlog

from deliberate.config import Misconfigured
from deliberate.errors import DeliberateError

P = ParamSpec("P")
Answer = dict[str, Any]
Done = Callable[[float], None]
"""Told how much of the total is done."""


class Voice:
    """What a command says with. `say` is for people, `answer` for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._answered = False

    def say(self, line: str = "") -> None:
        """Print a line of the result."""
        click.echo(line, err=self.as_json)

    def note(self, line: str) -> None:
        """Print a line that is not the result."""
        click.echo(line, err=True)

    def answer(self, data: Answer) -> None:
        """Print the one JSON object, if it was asked for, at once: a command may go on running."""
        if self.as_json and not self._answered:
            self._answered = True
            click.echo(orjson.dumps(data).decode())

    @contextmanager
    def progress(self, what: str, total: float | None) -> Iterator[Done]:
        """Show a bar on standard error while something runs, where a person can see it."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)

    def fail(self, message: str, data: Answer) -> NoReturn:
        """Say what is wrong in one line, and end with exit code 1."""
        click.echo(f"deliberate: {' '.join(message.split())}", err=True)
        self.answer(data)
        sys.exit(1)


def speaking(command: Callable[Concatenate[Voice, P], Answer]) -> Callable[P, None]:
    """Give a command its voice and the option `--json`; what it returns is its JSON object."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
    @functools.wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
        voice = Voice(bool(kwargs.pop("as_json")))
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
        try:
            voice.answer(command(voice, *args, **kwargs))
        except DeliberateError as why:
            voice.fail(why.message, why.as_dict())
        except Misconfigured as why:
            voice.fail(str(why), {"error": "misconfigured", "message": str(why), "detail": {}})
        except BrokenPipeError:  # the reader of our output left: nothing to say, and nobody to say it to
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as why:
            place = f"{why.filename}: " if why.filename else ""
            said = f"{place}{why.strerror or why}."
            voice.fail(said, {"error": "files", "message": said, "detail": {}})
        except KeyboardInterrupt:
            voice.fail("stopped.", {"error": "stopped", "message": "stopped.", "detail": {}})

    return spoken


@contextmanager
def until_told() -> Iterator[Callable[[float], bool]]:
    """Give a function that waits so many seconds, and says whether somebody asked us to stop (Ctrl-C, SIGTERM)."""
    from threading import Event

    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop.wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


__all__ = ["Answer", "Done", "Voice", "speaking", "until_told"]
