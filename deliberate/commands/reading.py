"""Plain data to commands, with a plain sentence about the first thing that is wrong."""

import base64
import secrets
from typing import Annotated, Any, Final

from pydantic import (
    Field,
    TypeAdapter,
    ValidationError,
)

from deliberate.commands.catalogue import (
    COMMANDS,
    AcceptInvitation,
    Command,
    Convene,
    IssueInvitations,
    SettleRevision,
)
from deliberate.commands.shapes import Shape
from deliberate.errors import Invalid

_ADAPTER: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


def parse(raw: object) -> Command:
    """Return the command that plain data describe.

    Raises `Invalid` with the first field that is wrong and what it should be.
    """
    try:
        command: Command = _ADAPTER.validate_python(raw)
    except ValidationError as why:
        raise Invalid(*_say(why, raw)) from why
    return command


_MOMENTS: Final = frozenset({"deadline", "expires_at", "expected_by"})


def _say(why: ValidationError, raw: object) -> tuple[str, str]:
    problem = why.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"][1:]) or "command"
    given = problem.get("input")
    shown = f" (got {str(given)[:60]!r})" if isinstance(given, str | int | float) else ""
    match problem["type"]:
        case "union_tag_invalid" | "union_tag_not_found" | "model_attributes_type":
            kind = raw.get("type") if isinstance(raw, dict) else None
            wrong = f"There is no command {str(kind)[:60]!r}." if kind else "A command names its type."
            return f"{wrong} Commands are: {', '.join(COMMANDS)}.", "unknown_command"
        case "enum":
            list_of = "stance" if "stances" in problem["loc"] else problem["loc"][-1]
            return f"{place}: must be one of {problem['ctx']['expected']}{shown}.", f"unknown_{list_of}"
        case "missing":
            return f"{place}: is missing.", "missing"
        case "extra_forbidden":
            return f"{place}: is not a field of this command.", "unknown_field"
        case "string_too_long" | "too_long":
            limit = problem["ctx"]["max_length"]
            if isinstance(given, str):
                return (
                    f"{place}: has {len(given)} characters; the limit is {limit}. Shorten the text.",
                    "too_long",
                )
            return f"{place}: has more than {limit} entries, which is the limit.", "too_long"
        case "string_too_short" | "too_short":
            return f"{place}: must not be empty.", "empty"
        case "value_error":
            code = "bad_moment" if problem["loc"][-1] in _MOMENTS else "bad_characters"
            return f"{place}: {problem['ctx']['error']}.", code
        case _:
            return f"{place}: {problem['msg']}{shown}.", "invalid"


def from_outside(command: Shape) -> bool:
    """Return whether people may send the command; convening, taking a link's place and the clock's acts are the
    platform's own to send."""
    return not isinstance(command, Convene | AcceptInvitation | IssueInvitations | SettleRevision)


def mint(prefix: str) -> str:
    """Return a new opaque id: the prefix, a hyphen, and 80 random bits in lower-case base32."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
