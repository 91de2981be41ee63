"""The shapes of fields: what a code, a moment and free text may be, and how much of each."""

import unicodedata
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from deliberate import moments
from deliberate.config import TEXT_CHARACTERS_MAX

CLAUSES_MAX: Final = 500
"""Clauses of one text: five times the Charter of the United Nations."""


GROUPS_MAX: Final = 200
"""Declared groups: every regional group, bloc and list of the UN several times over."""


SEATS_MAX: Final = 5_000
"""Seats of one deliberation: 193 members and every organisation in consultative status that asks for one."""


INVITATIONS_MAX: Final = 50_000
"""Links ever made in one deliberation: ten for each seat."""


LANGUAGES_MAX: Final = 60
"""Languages of one multilingual text: names may come in more than the deliberation's own."""


OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make text read in another order than it is stored."""


def _clean(value: Any) -> Any:
    """Return the text in NFC with Unix line ends, or raise ValueError naming the character that may not stand."""
    if not isinstance(value, str):
        return value
    if len(value) > 4 * TEXT_CHARACTERS_MAX:
        return value  # too long however it is composed: refused for that, without reading it all
    if value.isascii() and value.isprintable():
        return value.strip()
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for place, character in enumerate(text, 1):
        if character in OVERRIDES:
            raise ValueError(
                f"character {place} (U+{ord(character):04X}) would show the text in another order than it is written; "
                "remove it"
            )
        category = unicodedata.category(character)
        if category == "Cc" and character not in "\n\t":
            raise ValueError(f"character {place} (U+{ord(character):04X}) is a control character; remove it")
        if category in ("Cs", "Co") or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            raise ValueError(
                f"character {place} (U+{ord(character):04X}) has no meaning that all readers share; remove it"
            )
    return text


def _real(moment: str) -> str:
    """Return the moment, or raise ValueError when the calendar or the clock has no such one."""
    moments.parse(moment)
    return moment


class _Prose:
    """Marks a field whose text is sealed."""


Words = Annotated[
    str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=TEXT_CHARACTERS_MAX), _Prose()
]


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]


Roll = Annotated[tuple[Code, ...], Field(max_length=SEATS_MAX)]


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


Moment = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"),
    AfterValidator(_real),
]
"""UTC with milliseconds, so that moments compare as strings; ASCII digits, and a moment that exists."""


Label = Annotated[str, BeforeValidator(_clean), StringConstraints(pattern=r"^[^\n\t]{0,20}$")]
"""A short printed number, such as OP4 or 4.2: a fact, so it may hold no more than a line."""


Multilingual = Annotated[dict[Tag, Words], Field(max_length=LANGUAGES_MAX)]


class Shape(BaseModel):
    """The manner of every model at the border: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
