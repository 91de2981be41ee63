"""Headers, limits and what may be returned to: the parts of security that belong to HTTP and to no page."""

import time
from collections import OrderedDict
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from deliberate.config import Settings
from deliberate.database import Database
from deliberate.errors import TooMany

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'{sockets}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
KEPT: Final = 50_000
"""Buckets kept per kind of limit; the least recently used is forgotten first."""


class Limit:
    """A token bucket per key: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, key: str) -> None:
        """Take one token, or raise `TooMany` saying when to come back."""
        if not self.take(key):
            raise TooMany(
                f"That is more than {self._rate:g} a second. Wait a moment and send it again; nothing was recorded.",
                "too_fast",
                retry_after_s=round(1 / self._rate, 3),
            )

    def take(self, key: str) -> bool:
        """Take one token and return True, or return False."""
        at = time.monotonic()
        tokens, since = self._buckets.pop(key, (self._burst, at))
        tokens = min(self._burst, tokens + (at - since) * self._rate)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, at)
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        return allowed


def headers(response: Response) -> Response:
    """Set the headers that every answer carries."""
    host = urlsplit(request.host_url).netloc
    sockets = f" ws://{host} wss://{host}"
    response.headers.setdefault("Content-Security-Policy", POLICY.format(sockets=sockets))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault(
        "Referrer-Policy", "no-referrer" if request.path.startswith("/in/") else "same-origin"
    )
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def local(path: str | None, default: str) -> str:
    """Return the path if it stays on this host, whatever a browser makes of it, else the default."""
    if not path or not path.startswith("/") or "\\" in path or not path.isprintable():
        return default
    return default if path.startswith("//") or urlsplit(path).netloc else path


def whole_number(text: str, default: int) -> int:
    """Return the number that part of a request is; the default where it is none, or has more than nine digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default


def configure(app: Flask, settings: Settings, database: Database) -> None:
    """Set the cookie's manner, the size of bodies, and the key that signs sessions."""
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value() or database.key("session").hex(),
        SESSION_COOKIE_NAME="deliberate",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=int(settings.session_hours * 3600),
        SESSION_REFRESH_EACH_REQUEST=False,  # a poll that ends late would put back the session that it began with
        MAX_CONTENT_LENGTH=settings.body_bytes_max,
        MAX_FORM_MEMORY_SIZE=settings.body_bytes_max,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which pages with a link never send; the token suffices
    )
    app.after_request(headers)


__all__ = ["Limit", "configure", "headers", "local", "whole_number"]
