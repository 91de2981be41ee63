"""Moments: UTC, ISO 8601 with milliseconds and `Z`, so that they sort and hash as strings."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the present moment."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """Return an aware datetime as a moment."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(moment: str) -> datetime:
    """Return a moment as an aware datetime."""
    return datetime.fromisoformat(moment)


def later(moment: str, seconds: float) -> str:
    """Return the moment that many seconds after."""
    return stamp(parse(moment) + timedelta(seconds=seconds))
