"""What can go wrong, for people: each error says what is wrong and what to do, and knows its HTTP status.

`code` is a stable key for programs and translations; the message is an English sentence; `detail` is plain
data that helps the caller to go on (the current revision, both positions of a collision).
"""

from typing import Any


class DeliberateError(Exception):
    """A refusal that changed nothing. Anything else that is raised is a fault of ours."""

    status = 500

    def __init__(self, message: str, code: str = "", **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        self.detail = detail

    def as_dict(self) -> dict[str, Any]:
        """Return what an API answers: `{error, message, detail}`."""
        return {"error": self.code, "message": self.message, "detail": self.detail}


class Invalid(DeliberateError):
    """The request has the wrong shape (422)."""

    status = 422


class Forbidden(DeliberateError):
    """This actor may not do this here (403)."""

    status = 403


class NotFound(DeliberateError):
    """There is no such thing (404)."""

    status = 404


class Gone(DeliberateError):
    """The text was redacted or the link was used (410)."""

    status = 410


class Refused(DeliberateError):
    """The rules of procedure do not allow it now (409)."""

    status = 409


class Conflict(DeliberateError):
    """Somebody else moved what the caller wanted to replace (409); `detail` holds both."""

    status = 409


class TooMany(DeliberateError):
    """A limit on everything that people or networks can grow (429)."""

    status = 429


class Unavailable(DeliberateError):
    """The platform is behind or closing; the command was not recorded, or its outcome must be asked for (503)."""

    status = 503


class Damaged(DeliberateError):
    """A log that is malformed, edited, truncated or from the future; says where."""

    status = 422
