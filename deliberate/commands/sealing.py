"""Texts leave commands for rows of their own, and leave their salted digests behind."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from deliberate.commands.shapes import Shape, _Prose


@dataclass(frozen=True, slots=True)
class SealedText:
    """A text on its way to its row: `digest` = SHA-256(`salt` ‖ UTF-8 of `words`)."""

    digest: str
    salt: bytes
    words: str
    lang: str | None


def digest_text(salt: bytes, words: str) -> str:
    """Return the digest that names a text in facts, 64 hex digits; `salt` has 16 bytes."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def _is_prose(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return any(isinstance(mark, _Prose) for mark in annotation.__metadata__)
    return any(_is_prose(part) for part in get_args(annotation))


@cache
def _plan(kind: type[Shape]) -> tuple[tuple[str, str], ...]:
    """Return (field, what it holds): prose, multilingual prose, or models that may hold some."""
    plan = []
    for name, info in kind.model_fields.items():
        if any(isinstance(mark, _Prose) for mark in info.metadata):
            plan.append((name, "prose"))
        elif get_origin(info.annotation) is dict and _is_prose(info.annotation):
            plan.append((name, "multilingual"))
        elif _is_prose(info.annotation):
            plan.append((name, "prose"))
        elif get_origin(info.annotation) is tuple:
            inner = get_args(info.annotation)[0]
            if isinstance(inner, type) and issubclass(inner, Shape):
                plan.append((name, "models"))
    return tuple(plan)


C = TypeVar("C", bound=Shape)


def _grain() -> bytes:
    return secrets.token_bytes(16)


def seal(command: C, salt: Callable[[], bytes] = _grain) -> tuple[C, list[SealedText]]:
    """Return the command with a digest in the place of every text, and the texts.

    A text's language is its key in a multilingual field, else the command's `lang`, else unknown (None).
    """
    texts: list[SealedText] = []

    def one(words: str, lang: str | None) -> str:
        grain = salt()
        digest = digest_text(grain, words)
        texts.append(SealedText(digest, grain, words, lang))
        return digest

    def walk(model: C) -> C:
        update: dict[str, Any] = {}
        for name, what in _plan(type(model)):
            value = getattr(model, name)
            if not value:
                continue
            if what == "prose":
                update[name] = one(value, getattr(model, "lang", None))
            elif what == "multilingual":
                update[name] = {lang: one(words, lang) for lang, words in value.items()}
            else:
                update[name] = tuple(walk(inner) for inner in value)
        return model.model_copy(update=update) if update else model

    return walk(command), texts
