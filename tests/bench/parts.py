"""What is measured, part by part; each part starts its own server and says what it reached beside what was aimed at."""

import gzip
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import gevent
import orjson
from gevent.pool import Pool

from deliberate.commands import mint
from deliberate.database import Database
from deliberate.rehearse.drive import SEED, measure
from deliberate.rehearse.figures import spread
from deliberate.rehearse.hall import Hall, Watcher
from deliberate.rehearse.own import Server, own_server
from deliberate.rehearse.visitor import Visitor
from deliberate.rehearse.wire import Line, LineLost
from tests.bench import longlog

ROOT = Path(__file__).resolve().parent.parent.parent
DELEGATES, WATCHERS = 64, 1_000
EVENTS = 100_000
UNLIMITED = {"DELIBERATE_COMMANDS_PER_SECOND": "1000", "DELIBERATE_COMMANDS_BURST": "1000"}
"""Sixty-four delegates who send forty positions a second each are beyond the limit of one seat (20)."""


@dataclass(frozen=True)
class Figure:
    """One line of the table. `better` is "more" or "less"."""

    what: str
    target: float
    reached: float | None
    unit: str
    better: str = "less"
    note: str = ""

    @property
    def met(self) -> bool:
        if self.reached is None:
            return False
        return self.reached >= self.target if self.better == "more" else self.reached <= self.target


Say = Callable[[str, float], None]
Profile = Callable[[Server, str], None]


def positions(seconds: float, say: Say, profile: Profile) -> Iterator[Figure]:
    """Durable positions a second, all at once, and the bare echo before and after it in the same run."""
    before = echo(seconds / 2)
    with own_server(UNLIMITED) as server:
        hall = Hall(server.link(), say)
        hall.bring_delegates(DELEGATES)
        profile(server, "positions")
        figures = measure(hall, 0, seconds, None, say)
        hall.close()
    bare = (before + echo(seconds / 2)) / 2
    ack = figures.ack_ms
    wait = f"p50 {ack.p50:.0f}, p95 {ack.p95:.0f}, p99 {ack.p99:.0f} ms" if ack else "none"
    note = f"acknowledged: {wait}; the limit of a seat was raised from 20/s to 1,000/s"
    if figures.errors:
        note += f"; {figures.errors} errors: {figures.refusals}"
    yield Figure(
        f"durable positions/s, {DELEGATES} delegates at once",
        2_500,
        figures.accepted_per_s,
        "/s",
        "more",
        note,
    )
    yield Figure(
        "the same, of a bare echo", 0.4, figures.accepted_per_s / bare, "", "more", f"echo {bare:,.0f}/s"
    )


def echo(seconds: float) -> float:
    """Return how many events a second a bare Flask-SocketIO server answers to 64 sockets of the same client."""
    with _process("tests.bench.echo:app") as address:
        lines = [Line(urlsplit(address), {"any": 1}).open() for _ in range(DELEGATES)]
        data = {
            "id": mint("r"),
            "command": {
                "type": "take_position",
                "clause": "op1",
                "revision": 1,
                "seat": "XAA",
                "stance": "accept",
            },
        }
        answered = 0
        start = time.perf_counter()

        def keep_sending(line: Line) -> None:
            nonlocal answered
            while time.perf_counter() < start + seconds:
                line.ask("command", data)
                answered += 1

        gevent.joinall([gevent.spawn(keep_sending, line) for line in lines], raise_error=True)
        took = time.perf_counter() - start
        for line in lines:
            line.close()
    return answered / took


@contextmanager
def _process(application: str) -> Iterator[str]:
    """Give the address of another application under the same gunicorn."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        number, port = listening.fileno(), listening.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-k", "gevent", "--no-control-socket", "--log-level", "error",
             "--bind", f"fd://{number}", application],
            cwd=ROOT, pass_fds=(number,),
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def hall(seconds: float, say: Say, profile: Profile) -> Iterator[Figure]:
    """A thousand browsers that follow every paragraph: how soon they have a position, and how soon they are back."""
    with own_server() as server:
        room = Hall(server.link(), say)
        empty_kb = room.figures(1)["resident_kb"]
        room.bring_delegates(DELEGATES)
        room.bring_watchers(WATCHERS, SEED)
        stalls, memory = [], None
        for rate, target in ((100, 200), (400, 250)):
            profile(server, f"hall-{rate}")
            figures = measure(room, rate, seconds, empty_kb, say)
            memory = memory or figures.memory_per_client_kb
            seen = figures.seen_ms
            note = (
                f"p50 {seen.p50:.0f}, p99 {seen.p99:.0f}, slowest {figures.seen_slowest_ms:.0f} ms"
                if seen
                else ""
            )
            if figures.ack_ms:
                note += f"; acknowledged p95 {figures.ack_ms.p95:.0f} ms; {figures.errors} errors {figures.refusals or ''}"
            what = f"{WATCHERS:,} browsers, {rate} positions/s: submitted → on every board, p95"
            yield Figure(what, target, seen.p95 if seen else None, "ms", note=note.strip())
            stalls.append((figures.loop_stall_ms_p99, figures.loop_stall_ms_max))
        yield Figure(
            "loop stall meanwhile, with the graph recomputed: p99", 50, max(s[0] or 0 for s in stalls), "ms"
        )
        yield Figure("the same, longest", 250, max(s[1] or 0 for s in stalls), "ms")
        yield Figure("memory per connected client", 100, memory, "kB", note="growth of the process ÷ sockets")
        yield from _restart(server, room)
        room.close()


def _restart(server: Server, room: Hall) -> Iterator[Figure]:
    """Stop the server as a service manager does, start it again, and let every browser come back by itself."""
    told = random.Random(SEED)
    back: list[float] = []

    def come_back(watcher: Watcher) -> None:
        line, pause = watcher.line, 0.5 + 2 * told.random()  # what the server asks for when it closes
        while True:
            gevent.sleep(pause)
            again = Line(line.address, {**line.auth, "token": {**line.auth["token"], "rooms": watcher.rooms}})
            try:
                watcher.line = again.open(10)
            except LineLost:
                pause = min(5, pause * 1.5) * (0.5 + told.random() / 2)
            else:
                back.append(time.perf_counter())
                return

    start = time.perf_counter()
    stopping = gevent.get_hub().threadpool.spawn(server.stop)
    gevent.joinall(
        [gevent.spawn(lambda w=w: gevent_wait(lambda: w.line.lost)) for w in room.watchers], timeout=30
    )
    comers = Pool(WATCHERS)
    coming = [comers.spawn(come_back, watcher) for watcher in room.watchers]
    stopping.get()
    stopped = time.perf_counter()
    gevent.get_hub().threadpool.apply(server.start)
    started = time.perf_counter()
    gevent.joinall(coming, timeout=120)
    note = f"{len(back):,} came back; the process was gone after {stopped - start:.1f} s and answered after {started - start:.1f} s"
    done = max(back) - start if len(back) == WATCHERS else None
    yield Figure(f"{WATCHERS:,} browsers live again after a restart", 10, done, "s", note=note)


def gevent_wait(true: Callable[[], object]) -> None:
    """Return once something is true."""
    while not true():
        gevent.sleep(0.02)


def cold(seconds: float, say: Say, profile: Profile) -> Iterator[Figure]:
    """A server that has never seen a deliberation is asked for it."""
    folder = Path(tempfile.mkdtemp(prefix="deliberate-cold-"))
    address = f"sqlite:///{folder / 'long.db'}"
    try:
        database = Database(address)
        database.upgrade()
        database.close()
        say("A long log is written", 0.1)
        start = time.perf_counter()
        secret = longlog.make(address, EVENTS)
        wrote = time.perf_counter() - start
        server = Server(address, folder, backoffice=False).start()
        visitor = Visitor(urlsplit(server.url))
        visitor.get(f"/in/{secret}")
        visitor.send_form(f"/in/{secret}", ())  # a session outlives the process
        server.stop()
        start = time.perf_counter()
        server.start()
        started = time.perf_counter() - start
        try:
            profile(server, "cold")
            start = time.perf_counter()
            said = visitor.json(f"/d/{longlog.LONG}/figures?seconds=30")
            opened = time.perf_counter() - start
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
    note = f"from the first request to its answer; the process itself starts in {started:.1f} s, writing took {wrote:.1f} s"
    yield Figure(f"cold start from a log of {EVENTS:,} events", 3, opened, "s", note=note)
    yield Figure("the loop's longest hold meanwhile", 50, said["loop_stall_ms_max"], "ms")


def page(seconds: float, say: Say, profile: Profile) -> Iterator[Figure]:
    """What a delegate's phone loads first, and what twenty changes cost it."""
    with own_server(backoffice=False) as server:
        room = Hall(server.link(), say)
        room.bring_delegates(20)
        reader = Visitor(room.address)
        reader.cookies = dict(pair.split("=", 1) for pair in room.delegates[0].line.cookie.split("; "))
        for language in ("en", "zh"):
            reader.send_form("/language", [("lang", language), ("next", "/")])
            sizes = _first_load(reader, room.path("desk"))
            parts = ", ".join(f"{name} {size / 1000:.1f}" for name, size in sizes.items())
            yield Figure(
                f"desk page, first load, gzipped, all assets ({language})",
                80,
                sum(sizes.values()) / 1000,
                "kB",
                note=parts,
            )
        pushes: list[tuple[int, set[str]]] = []
        room.bring_watchers(1, SEED)
        watcher = room.watchers[0]
        watcher.line.on_event = lambda name, raw: (
            pushes.append((len(raw) + len(name) + 12, set(orjson.loads(raw)["keys"])))
            if name == "push"
            else None
        )
        answers: list[object] = []
        for delegate in room.delegates:
            position = {
                "type": "take_position",
                "clause": room.clauses[0],
                "revision": 1,
                "seat": delegate.seat,
                "stance": "accept",
            }
            delegate.line.emit("command", {"id": mint("r"), "command": position}, answers.append)
        wanted = {f"cell/{room.clauses[0]}/{delegate.seat}" for delegate in room.delegates}
        gevent_wait(lambda: wanted <= set().union(*(keys for _, keys in pushes)))
        bytes_ = sum(size for size, _ in pushes)
        note = f"{len(pushes)} push{'es' if len(pushes) > 1 else ''}, frame headers included"
        yield Figure("a tick of 20 changed cells on the wire", 2_000, bytes_, "bytes", note=note)
        room.close()


def _first_load(reader: Visitor, path: str) -> dict[str, int]:
    """Return kind → gzipped bytes of a page and everything that it asks for."""
    html = reader.get(path).text
    sizes = {"html": _gzipped(html.encode())}
    todo = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', html)) | set(
        re.findall(r'"(/static/[^"]+\.json)"', html)
    )
    done: set[str] = set()
    while todo - done:
        file = (todo - done).pop()
        done.add(file)
        body = reader.get(file).body
        kind = file.rpartition(".")[2]
        sizes[kind] = sizes.get(kind, 0) + _gzipped(body)
        if kind == "js":
            todo |= {
                f"/static/{name}"
                for name in re.findall(r'from ?"\./([^"]+\.js)"|import ?"\./([^"]+\.js)"', body.decode())
                for name in name
                if name
            }
    return sizes


def _gzipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))


PARTS: dict[str, Callable[[float, Say, Profile], Iterator[Figure]]] = {
    "positions": positions,
    "hall": hall,
    "cold": cold,
    "page": page,
}
__all__ = ["PARTS", "Figure", "spread"]
