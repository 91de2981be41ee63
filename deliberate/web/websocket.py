"""The WebSocket that gunicorn's connections are upgraded to (RFC 6455): what a Socket.IO server needs of it.

Written for a hall: one greenlet reads and one writes, without a third between them and without a state machine per
browser. It never agrees to an extension, takes no message beyond a limit, and ends whoever does not keep to the
protocol. Engine.IO calls `wait`, `send` and `close`.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUED, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
READ_BYTES: Final = 16_384
_NORMAL, _PROTOCOL_ERROR, _NOT_TEXT, _TOO_BIG = 1000, 1002, 1007, 1009


class Line(Protocol):
    """The connection below: `send` sends everything, both raise OSError when it is over."""

    def send(self, data: bytes) -> int:
        """Send all the bytes."""

    def recv(self, size: int) -> bytes:
        """Return what has come, nothing at the end."""


class Broken(Exception):
    """The browser does not keep to the protocol; `code` tells it how."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Return a frame as a server sends it: whole and unmasked, so the same for everybody."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def unmask(payload: bytes | bytearray, mask: bytes) -> bytes:
    """Return the payload that a browser masked."""
    size = len(payload)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


def accept(environ: dict[str, Any]) -> bytes | None:
    """Return the answer that upgrades the connection, or None for a request that asks for no WebSocket of ours."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").encode()
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or len(key) != 24:
        return None
    digest = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324  # RFC 6455 says so
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + digest + b"\r\n\r\n"
    )


class WebSocket:
    """One browser's socket after the upgrade. `message_max` is in bytes."""

    def __init__(self, line: Line, message_max: int) -> None:
        self._line = line
        self._max = message_max
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._text = True
        self._closed = False

    def send(self, message: str | bytes) -> None:
        """Send a message. Raises OSError when the connection is over."""
        if isinstance(message, str):
            self._line.send(frame(message.encode()))
        else:
            self._line.send(frame(message, _BINARY))

    def wait(self) -> str | bytes | None:
        """Return the next message; None at the end, whoever ended it."""
        try:
            while True:
                message = self._next()
                if message is not None:
                    return message
                some = self._line.recv(READ_BYTES)
                if not some:
                    return None
                self._buffer += some
        except Broken as why:
            self.close(why.code)
        except OSError:
            self._closed = True
        return None

    def close(self, code: int = _NORMAL) -> None:
        """Say goodbye, once."""
        if not self._closed:
            self._closed = True
            try:
                self._line.send(frame(code.to_bytes(2, "big"), _CLOSE))
            except OSError:
                return  # gone already

    def _next(self) -> str | bytes | None:
        """Take frames out of the buffer up to the end of a message; None when more has to come."""
        buffer = self._buffer
        while len(buffer) >= 2:
            first, second = buffer[0], buffer[1]
            opcode, size, head = first & 0x0F, second & 0x7F, 2
            if first & 0x70 or not second & 0x80 or (opcode & 8 and (size > 125 or not first & 0x80)):
                raise Broken(_PROTOCOL_ERROR)
            if size > 125:
                head = 4 if size == 126 else 10
                if len(buffer) < head:
                    return None
                size = int.from_bytes(buffer[2:head], "big")
            if size + sum(map(len, self._parts)) > self._max:
                raise Broken(_TOO_BIG)
            end = head + 4 + size
            if len(buffer) < end:
                return None
            payload = unmask(buffer[head + 4 : end], bytes(buffer[head : head + 4]))
            del buffer[:end]
            if opcode & 8:
                self._control(opcode, payload)
            elif (message := self._gather(opcode, payload, bool(first & 0x80))) is not None:
                return message
        return None

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._line.send(frame(payload, _PONG))
        elif opcode == _CLOSE:
            self.close()
            raise ConnectionResetError("the browser said goodbye")
        elif opcode != _PONG:
            raise Broken(_PROTOCOL_ERROR)

    def _gather(self, opcode: int, payload: bytes, final: bool) -> str | bytes | None:
        """Return the message that this frame completes, if it does."""
        if (opcode == _CONTINUED) != bool(self._parts) or opcode > _BINARY:
            raise Broken(_PROTOCOL_ERROR)
        if opcode != _CONTINUED:
            self._text = opcode == _TEXT
        if not final:
            self._parts.append(payload)
            return None
        if self._parts:
            payload = b"".join((*self._parts, payload))
            self._parts = []
        if not self._text:
            return payload
        try:
            return payload.decode()
        except UnicodeDecodeError as why:
            raise Broken(_NOT_TEXT) from why


Handler = Callable[[WebSocket], Any]
Start = Callable[..., Any]


def serve(handler: Handler, line: Line, environ: dict[str, Any], start: Start, message_max: int) -> Iterable[bytes]:
    """Upgrade the connection and let the handler have it; ends with StopIteration, as gunicorn wants to be told."""
    answer = accept(environ)
    if answer is None:
        start("400 Bad Request", [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])
        return []
    line.send(answer)
    handler(WebSocket(line, message_max))
    raise StopIteration


__all__ = ["WebSocket", "accept", "frame", "serve", "unmask"]
