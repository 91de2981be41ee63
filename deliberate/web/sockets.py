"""Flask-SocketIO made fit for a hall full of phones: what was measured to break, mended in one place.

- simple-websocket calls `send` once and ignores partial writes, so that a slow reader's stream is corrupted, and
  never frees a stalled peer: every socket is wrapped in `SteadySocket` (sendall under a lock, with a timeout).
- permessage-deflate is always accepted and runs once per client: the request header is removed (`at_the_door`).
- a disconnect scans all rooms, and per-client queues have no end: `Manager` keeps an index and a cap.
"""

import math
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson
import socketio
from engineio import packet as eio_packet
from flask_socketio import SocketIO
from socketio import packet

PING_INTERVAL_S: Final = 15
"""A peer that is alive answers within this and the send timeout; a silent one is freed after both."""


SENT_AT_ONCE: Final = 250
"""Browsers that are sent a push before others get their turn: some 8 ms."""
TURN_S: Final = 0.001
"""How long to step aside. Not 0: gevent then looks at neither sockets nor timers, only at who is ready already."""
LINE: Final = "deliberate.line"
"""Where a client's `SteadySocket` is in its environ, if messages may be written to it past the queue."""


def text_frame(message: str) -> bytes:
    """Return a text message as a WebSocket frame of a server: whole, unmasked, the same for everybody (RFC 6455)."""
    payload = message.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class OrJson:
    """What python-socketio needs of a JSON module."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Return compact JSON."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """Return the value that the JSON describes."""
        return orjson.loads(text)


class TextPacket(packet.Packet):  # type: ignore[misc]  # python-socketio is untyped
    """A packet that holds no bytes, so that nobody looks for them in every value that is sent."""

    uses_binary_events = False
    json = OrJson


class SteadySocket:
    """A TCP socket whose `send` sends everything, one sender at a time, and gives up on a peer that takes nothing for
    `send_s`; `recv` waits for `quiet_s`."""

    def __init__(self, inner: socket.socket, send_s: float, quiet_s: float) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._broken = False
        self.encrypted = isinstance(inner, ssl.SSLSocket)  # TLS wants to be given the same bytes again
        self._patience = max(1, math.ceil(quiet_s / send_s))
        inner.settimeout(send_s)
        if inner.family != socket.AF_UNIX:
            inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> int:
        """Send all the bytes; raises BrokenPipeError once the peer takes none for so long, and ends the connection."""
        with self._lock:
            if self._broken:
                raise BrokenPipeError("the peer takes no more")
            self._push(memoryview(data))
        return len(data)

    def _push(self, rest: memoryview) -> None:
        try:
            while rest:
                rest = rest[self._inner.send(rest) :]  # the timeout is for each piece: slow is not stalled
        except OSError as why:
            self._broken = True
            self._end()
            raise BrokenPipeError("the peer takes no more") from why

    def send_now(self, data: bytes) -> bool:
        """Send all the bytes if that can begin at once; return False, with none sent, if it cannot.

        What the kernel does not take is sent by a greenlet of its own, before anything else. gevent only.
        """
        if self._broken or not self._lock.acquire(blocking=False):
            return False
        rest = memoryview(data)
        try:
            sent = self._inner.send(rest, 0, 0.0)  # type: ignore[call-arg]  # gevent's: a timeout of nothing
        except OSError:  # full, or gone: whoever waits in line will find out
            self._lock.release()
            return False
        if sent == len(data):
            self._lock.release()
        else:
            threading.Thread(target=self._finish, args=(rest[sent:],)).start()
        return True

    def _finish(self, rest: memoryview) -> None:
        try:
            self._push(rest)
        except BrokenPipeError:
            return  # the socket is ended; its reader sees that
        finally:
            self._lock.release()

    def recv(self, size: int) -> bytes:
        """Return what has come; raises TimeoutError when nothing does for so long."""
        for _ in range(self._patience):
            try:
                return self._inner.recv(size)
            except TimeoutError:
                continue
        raise TimeoutError("the peer says nothing")

    def _end(self) -> None:
        try:
            self._inner.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # gone already

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def at_the_door(app: Wsgi, closing: Callable[[], bool]) -> Wsgi:
    """Return the WSGI application as sockets come to it: without the offer to compress each client's stream, and only
    while the process is not about to end (whoever came in then would keep it up)."""

    def let_in(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        if closing() and "HTTP_UPGRADE" in environ:
            start_response("503 Service Unavailable", [("Retry-After", "1"), ("Content-Length", "0")])
            return []
        return app(environ, start_response)

    return let_in


class Manager(socketio.Manager):  # type: ignore[misc]  # python-socketio is untyped
    """Knows the rooms of each client, and ends a client whose queue is full: it loads afresh when it is back."""

    def __init__(self, queue_max: int) -> None:
        super().__init__()
        self._queue_max = queue_max
        self._rooms_of: dict[str, set[str | None]] = {}
        self.overflowed = 0

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """Enter a room, and note it."""
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._rooms_of.setdefault(sid, set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Leave a room, and note it."""
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get(sid, set()).discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """Leave the rooms that the client is in, without looking at the others."""
        for room in self._rooms_of.pop(sid, set()):
            super().basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **kwargs: Any) -> None:
        """Encode once and send to each: at once where nothing waits, else in line; a client with a full queue is
        disconnected, reason `resync`.

        Most browsers of a hall take a push at once; a queue, a greenlet and a frame for each of a thousand would cost
        five times as much.
        """
        room = kwargs.get("to") or room
        if kwargs.get("callback") or kwargs.get("skip_sid"):
            super().emit(event, data, namespace, room=room, **kwargs)
            return
        if namespace not in self.rooms:
            return
        values = [event, *data] if isinstance(data, tuple) else [event] if data is None else [event, data]
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=values).encode()
        message = eio_packet.Packet(eio_packet.MESSAGE, encoded)
        frame = text_frame(message.encode())
        for place, (_, eio_sid) in enumerate(list(self.get_participants(namespace, room)), 1):
            if place % SENT_AT_ONCE == 0:
                self.server.sleep(TURN_S)
            client = self.server.eio.sockets.get(eio_sid)
            if client is None or client.closed or self._overflows(client):
                continue
            if not self.send_now(eio_sid, client, frame):
                client.send(message)

    def send_now(self, eio_sid: str, client: Any, frame: bytes) -> bool:
        """Send a frame to a client for which nothing waits; return False if it has to wait its turn."""
        line = self.server.environ.get(eio_sid, {}).get(LINE)
        return bool(
            line is not None
            and not client.queue.qsize()
            and not client.closing
            and client.check_ping_timeout()
            and line.send_now(frame)
        )

    def end_if_full(self, sid: str) -> bool:
        """End a client that asks and asks and does not read the answers; return whether it was one."""
        client = self.server.eio.sockets.get(self.eio_sid_from_sid(sid, "/"))
        return client is not None and self._overflows(client)

    def _overflows(self, client: Any) -> bool:
        if client.queue.qsize() < self._queue_max:
            return False
        self.overflowed += 1
        self._resync(client)
        return True

    @staticmethod
    def _resync(client: Any) -> None:
        """Drop what waits for a client, and the client: its resume token brings it up to date."""
        while not client.queue.empty():
            client.queue.get(block=False)
            client.queue.task_done()
        client.close(wait=False, abort=True, reason="resync")


def steady(io: SocketIO, send_s: float, message_bytes_max: int) -> None:
    """Make every WebSocket of the server use `SteadySocket`, end one that sends an endless message, and let answers
    too go out at once where nothing waits; call after `init_app`."""
    modes = io.server.eio._async
    plain = modes["websocket"]
    if plain is None:
        return

    class Steady(plain):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            for name in ("gunicorn.socket", "werkzeug.socket"):
                if name in environ:
                    line = environ[name] = SteadySocket(environ[name], send_s, PING_INTERVAL_S + send_s)
                    if io.async_mode == "gevent" and not line.encrypted:
                        environ[LINE] = line
            self.server_args["max_message_size"] = message_bytes_max
            return super().__call__(environ, start_response)

    modes["websocket"] = Steady
    manager, server, in_line = io.server.manager, io.server.eio, io.server.eio.send_packet

    def send_packet(eio_sid: str, message: Any) -> None:
        client = server.sockets.get(eio_sid)
        text = client is not None and not client.closed and not message.binary
        if not (text and manager.send_now(eio_sid, client, text_frame(message.encode()))):
            in_line(eio_sid, message)

    server.send_packet = send_packet


__all__ = ["PING_INTERVAL_S", "Manager", "OrJson", "SteadySocket", "TextPacket", "at_the_door", "steady"]
