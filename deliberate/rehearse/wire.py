"""One browser's socket, as little of it as a rehearsal needs: WebSocket, Engine.IO 4 and Socket.IO 5 over gevent.

A thousand of these fit beside the server on one machine, which is why this is no full client: it joins the default
namespace, sends events with an acknowledgement, answers pings, and gives the raw bytes of events to `on_event`, so
that a browser whose board nobody looks at costs a read and nothing more. Frames may come in pieces; the server never
compresses and never fragments.
"""

import base64
import hashlib
import secrets
import socket as plain
import ssl as tls
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult

import gevent
import orjson
from gevent import socket, ssl
from gevent.event import AsyncResult, Event

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
READ_BYTES: Final = 65_536


class LineLost(ConnectionError):
    """The socket ended, or was never let in; says why."""


def connect(address: SplitResult, timeout_s: float = 30) -> socket.socket:
    """Return an open connection to the host of an address, over TLS if it asks for it."""
    host = address.hostname or "localhost"
    secure = address.scheme == "https"
    sock = socket.create_connection((host, address.port or (443 if secure else 80)), timeout_s)
    sock.setsockopt(plain.IPPROTO_TCP, plain.TCP_NODELAY, 1)
    if secure:
        context = ssl.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        sock = context.wrap_socket(sock, server_hostname=host)
    return sock


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Return one masked frame, as clients send them."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65_536:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8, "big")
    mask = secrets.token_bytes(4)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


class Line:
    """One socket. `on_event(name, raw)` gets each event's name and its data as JSON bytes, in the reading greenlet."""

    def __init__(
        self,
        address: SplitResult,
        auth: Mapping[str, Any],
        *,
        cookie: str = "",
        origin: str | None = None,
        offer_deflate: bool = False,
        on_event: Callable[[str, bytes], None] | None = None,
        on_lost: Callable[[str], None] | None = None,
    ) -> None:
        self.address = address
        self.auth = auth
        self.cookie = cookie
        self.origin = f"{address.scheme}://{address.netloc}" if origin is None else origin
        self.offer_deflate = offer_deflate
        self.on_event = on_event
        self.on_lost = on_lost
        self.accepted_extensions = ""
        self.lost: str | None = None
        self._live = Event()
        self._sock: Any = None
        self._reader: Any = None
        self._numbers = 0
        self._answers: dict[int, Callable[[Any], None]] = {}
        self._closing = False

    def open(self, timeout_s: float = 30) -> "Line":
        """Connect, join the default namespace, and return when the server has let this browser in.

        Raises `LineLost` when it does not.
        """
        try:
            self._sock = connect(self.address, timeout_s)
            rest = self._handshake()
        except OSError as why:
            self.close()
            raise why if isinstance(why, LineLost) else LineLost(f"no connection: {why}") from why
        self._sock.settimeout(None)
        self._reader = gevent.spawn(self._read, rest)
        if not self._live.wait(timeout_s) or self.lost is not None:
            self.close()
            raise LineLost(self.lost or "the server did not answer")
        return self

    def emit(self, event: str, data: Any, on_answer: Callable[[Any], None] | None = None) -> None:
        """Send an event; `on_answer` gets what the server's handler returned. Raises `LineLost`."""
        body = orjson.dumps([event, data])
        if on_answer is None:
            self._send(b"42" + body)
        else:
            self._numbers += 1
            self._answers[self._numbers] = on_answer
            self._send(b"42%d" % self._numbers + body)

    def ask(self, event: str, data: Any, timeout_s: float = 30) -> Any:
        """Send an event and return the server's answer. Raises `LineLost` when none comes."""
        answer: AsyncResult = AsyncResult()
        self.emit(event, data, answer.set)
        try:
            found = answer.get(timeout=timeout_s)
        except gevent.Timeout as why:
            raise LineLost(f"no answer to {event} in {timeout_s:g} s") from why
        if isinstance(found, LineLost):
            raise found
        return found

    def close(self) -> None:
        """End the socket without a word, as a browser that is closed does."""
        self._closing = True
        if self._reader is not None and self._reader is not gevent.getcurrent():
            self._reader.kill()
        if self._sock is not None:
            self._sock.close()

    def _send(self, payload: bytes, opcode: int = _TEXT) -> None:
        if self.lost is not None or self._closing:
            raise LineLost(self.lost or "closed")
        try:
            self._sock.sendall(frame(payload, opcode))
        except OSError as why:
            raise LineLost(str(why)) from why

    def _handshake(self) -> bytes:
        """Upgrade the connection; return what was read beyond the answer's head."""
        key = base64.b64encode(secrets.token_bytes(16))
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {self.address.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key.decode()}",
            *(["Sec-WebSocket-Extensions: permessage-deflate"] if self.offer_deflate else []),
            *([f"Origin: {self.origin}"] if self.origin else []),
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        self._sock.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            some = self._sock.recv(READ_BYTES)
            if not some or len(head) > READ_BYTES:
                raise LineLost("the server closed the connection")
            head += some
        said, _, rest = head.partition(b"\r\n\r\n")
        status, *fields = said.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)
        }
        wanted = base64.b64encode(hashlib.sha1(key + _MAGIC).digest()).decode()  # noqa: S324  # RFC 6455 says so
        if " 101 " not in status or headers.get("sec-websocket-accept") != wanted:
            raise LineLost(f"{status.partition(' ')[2]}: {rest[:200].decode(errors='replace')}")
        self.accepted_extensions = headers.get("sec-websocket-extensions", "")
        return rest

    def _read(self, rest: bytes) -> None:
        buffer = bytearray(rest)
        why = "the server closed the connection"
        try:
            while True:
                self._take_frames(buffer)
                some = self._sock.recv(READ_BYTES)
                if not some:
                    break
                buffer += some
        except OSError as broken:
            why = str(broken)
        if self._closing:
            return
        self.lost = self.lost or why
        self._live.set()
        self._sock.close()
        waiting, self._answers = self._answers, {}
        for on_answer in waiting.values():
            on_answer(LineLost(self.lost))
        if self.on_lost is not None:
            self.on_lost(self.lost)

    def _take_frames(self, buffer: bytearray) -> None:
        """Take every whole frame out of the buffer."""
        start, held = 0, len(buffer)
        while held - start >= 2:
            size, body = buffer[start + 1] & 127, start + 2
            if size > 125:
                width = 2 if size == 126 else 8
                if held - body < width:
                    break
                size, body = int.from_bytes(buffer[body : body + width], "big"), body + width
            if held - body < size:
                break
            self._frame(buffer[start] & 15, bytes(memoryview(buffer)[body : body + size]))
            start = body + size
        if start:
            del buffer[:start]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            self._packet(payload)
        elif opcode == _PING:
            self._send(payload, _PONG)
        elif opcode == _CLOSE:
            self.lost = self.lost or "the server ended the socket"
            raise LineLost(self.lost)
        elif opcode != _PONG:
            raise LineLost(f"a frame that no server of ours sends (opcode {opcode})")

    def _packet(self, packet: bytes) -> None:
        """Take one Engine.IO packet: 0 open, 1 close, 2 ping, 4 message (a Socket.IO packet)."""
        match packet[:2]:
            case b"42":
                if self.on_event is not None:
                    _, name, data = packet.split(b'"', 2)
                    self.on_event(name.decode(), data[1:-1] or b"null")
            case b"43":
                number, bracket, answer = packet[2:].partition(b"[")
                on_answer = self._answers.pop(int(number), None)
                if on_answer is not None:
                    found = orjson.loads(bracket + answer)
                    on_answer(found[0] if found else None)
            case b"40":
                self._live.set()
            case b"41" | b"44":
                self.lost = "the server refused this browser" if packet[1:2] == b"4" else "disconnected"
                raise LineLost(self.lost)
            case b"2":
                self._send(b"3")
            case b"1":
                self.lost = "the server closed"
                raise LineLost(self.lost)
            case _ if packet[:1] == b"0":
                self._send(b"40" + orjson.dumps(self.auth))


__all__ = ["Line", "LineLost", "connect", "frame"]
