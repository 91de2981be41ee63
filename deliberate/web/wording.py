"""The text as a reader sees it: in which languages, and what changed since the revision before."""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import request, session

from deliberate.state import Clause, State
from deliberate.web.place import Place, Said

BOTH: Final = "both"
"""The view with two languages side by side."""
TONGUES: Final = {
    "ar": "العربية",
    "en": "English",
    "es": "español",
    "fr": "français",
    "ru": "русский",
    "zh": "中文",
}
"""Languages of texts and statements, each in its own name; others show their tag."""
_TOKENS: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\s+|[^\s\u3400-\u9fff\uf900-\ufaff]+")
"""What a redline compares: words, but single characters where a language writes none between spaces."""


PAIRS_MAX: Final = 600_000
"""Pairs of words that a redline may compare, a page against a page: 50 ms at worst, once for all readers."""


@dataclass(frozen=True, slots=True)
class Column:
    """The wording in one language. `changes` is the redline against the revision before, empty for the first."""

    lang: str
    said: Said
    changes: tuple[tuple[str, str], ...]


def view_of(state: State) -> str:
    """Return the view asked for, kept for the next page: both, or one language of the text."""
    languages = state.convened.languages if state.convened else ()
    asked = request.args.get("view")
    if asked == BOTH or asked in languages:
        session["view"] = asked
    kept: str = session.get("view", BOTH)
    if kept in languages or (kept == BOTH and len(languages) > 1):
        return kept
    return languages[0] if languages else BOTH


def columns(place: Place, clause: Clause, view: str) -> list[Column]:
    """Return the wording in the languages shown: side by side the original, and the reader's or the next one."""
    convened = place.state.convened
    assert convened is not None
    if view == BOTH:
        others = [lang for lang in convened.languages if lang != convened.original]
        second = place.lang if place.lang in others else others[0] if others else None
        shown = [convened.original, *([second] if second else [])]
    else:
        shown = [view]
    wording = clause.revision.wording
    older = clause.revisions[-2].wording if len(clause.revisions) > 1 else {}
    found = []
    for lang in shown:
        said = place.say(wording, lang) or place.say(wording)
        was = place.say(older, lang)
        found.append(
            Column(lang, said, redline(was.text, said.text) if was and said.lang == was.lang else ())
        )
    return found


@lru_cache(maxsize=512)  # every reader of a paragraph asks for the same one
def redline(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return the pieces of both texts in order, each with what became of it: same, del or ins.

    Texts too long to be compared while others wait are told as a whole: del, then ins.
    """
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(before) * len(after) > PAIRS_MAX:
        return ("del", old), ("ins", new)
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(before[a:b])))
            continue
        if a < b:
            pieces.append(("del", "".join(before[a:b])))
        if c < d:
            pieces.append(("ins", "".join(after[c:d])))
    return tuple(pieces)
