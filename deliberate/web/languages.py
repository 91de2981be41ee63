"""The languages of the interface."""

from typing import Final

from flask import request, session

AUTONYMS: Final = {"en": "English", "zh": "中文"}
"""Each language in its own name, in the order of the switch."""


def chosen() -> str:
    """Return a person's choice, else what the browser asks for."""
    kept = session.get("lang")
    return str(kept) if kept in AUTONYMS else request.accept_languages.best_match(AUTONYMS) or "en"
