"""Events in their place in a log, and the bytes that digests are over."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import orjson
from pydantic import TypeAdapter, ValidationError

from deliberate.errors import Damaged
from deliberate.events.catalogue import Event, PositionTaken, PositionWithdrawn, Text
from deliberate.vocabulary import (
    Visibility,
)

EVENTS: Final[dict[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Event)}


SCHEMA: Final[dict[str, int]] = dict.fromkeys(EVENTS, 1)


RAISED: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""(event type, old schema) to the function that lifts its facts to the next schema."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place in a log: `version` from 1, `at` in UTC, `digest` of the chain up to here (hex)."""

    version: int
    at: str
    actor: str
    command: str
    event: Event
    digest: str


@cache
def _defaults(name: str) -> tuple[tuple[str, Any], ...]:
    def default(f: Any) -> Any:
        return f.default if f.default_factory is MISSING else f.default_factory()

    return tuple((f.name, default(f)) for f in fields(EVENTS[name]))


@cache
def _names(name: str) -> frozenset[str]:
    return frozenset(f.name for f in fields(EVENTS[name]))


@cache
def _text_fields(name: str) -> tuple[str, ...]:
    return tuple(
        field_name
        for field_name, hint in get_type_hints(EVENTS[name], include_extras=True).items()
        if any(
            mark in ("text", "texts")
            for part in (hint, *get_args(hint))
            for mark in getattr(part, "__metadata__", ())
        )
    )


def texts_of(event: Event) -> list[Text]:
    """Return the digests of every text that the event names, in the order of its fields."""
    found: list[Text] = []
    for name in _text_fields(type(event).__name__):
        value = getattr(event, name)
        if isinstance(value, dict):
            found.extend(value.values())
        elif value is not None:
            found.append(value)
    return found


def in_confidence(event: Event) -> bool:
    """Return whether the event is for the facilitators alone, and leaves a public copy of the log."""
    match event:
        case PositionTaken(visibility=seen_by) | PositionWithdrawn(visibility=seen_by):
            return seen_by is Visibility.FACILITATORS
        case _:
            return False


def encode(event: Event, version: int, at: str, actor: str, command: str) -> bytes:
    """Return the body of an event as it is stored: the bytes that the digest is over."""
    name = type(event).__name__
    facts = {}
    for fact, default in _defaults(name):
        value = getattr(event, fact)
        if value != default:
            facts[fact] = value
    return orjson.dumps(
        {
            "version": version,
            "at": at,
            "actor": actor,
            "command": command,
            "type": name,
            "schema": SCHEMA[name],
            "facts": facts,
        }
    )


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(EVENTS[name])


def decode(body: bytes | str, digest: str) -> Recorded:
    """Return the event whose stored body this is.

    Raises `Damaged` for a body that is not ours: broken JSON, an unknown type or a schema from the future.
    """
    try:
        raw = orjson.loads(body)
        name, schema, facts = raw["type"], raw["schema"], raw["facts"]
        version, at, actor, command = raw["version"], raw["at"], raw["actor"], raw["command"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as why:
        raise Damaged(f"This is not an event of a deliberation's log: {why}.", "malformed") from why
    if not (
        type(version) is type(schema) is int
        and schema > 0
        and {type(s) for s in (name, at, actor, command)} == {str}
        and isinstance(facts, dict)
    ):
        raise Damaged("This is not an event of a deliberation's log: its envelope is malformed.", "malformed")
    known = SCHEMA.get(name)
    if known is None or schema > known:
        raise Damaged(
            f"Version {version} is a {name} of schema {schema}, which this release does not know. "
            "Read this log with the release that wrote it, or a later one.",
            "future",
            version=version,
        )
    while schema < known:
        facts = RAISED[name, schema](facts)
        schema += 1
    if not _names(name).issuperset(facts):
        strange = min(facts.keys() - _names(name))
        raise Damaged(f"Version {version} ({name}) has an unknown fact {strange!r}.", "malformed")
    try:
        event = _adapter(name).validate_python(facts)
    except ValidationError as why:
        problem = why.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise Damaged(
            f"Version {version} ({name}) is malformed at {place}: {problem['msg']}.", "malformed"
        ) from why
    return Recorded(version, at, actor, command, event, digest)
