"""A text that somebody pastes: split into clauses, the preamble told apart from the operative part.

What comes out is a proposal: whoever convenes sees it clause by clause and puts right what was taken wrongly.
"""

import re
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from deliberate.errors import Invalid
from deliberate.scenario.reading import say
from deliberate.scenario.shapes import Scenario
from deliberate.vocabulary import ClauseKind

_NUMBER = re.compile(
    r"^(?:(?P<part>PP|OP)\s*\d{1,3}(?:\s*(?:bis|ter|quater|alt))?[.:)\]、．]?"
    r"|§?\d{1,3}(?:\.\d{1,3})+[.)]?(?=\s)|§?\d{1,3}[.)、．:](?!\d)|[一二三四五六七八九十]{1,3}、)\s*",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"^[(（](?P<letter>[a-z]{1,2}|[ivx]{1,5}|\d{1,2}|[一二三四五六七八九十]{1,2})[)）]\s*", re.IGNORECASE
)

_PREAMBULAR: Final = {
    "ar": re.compile(r"^و?إذ\s"),
    "en": re.compile(
        r"^(?:(?:also|and|again|further|\w+ly)\s+){0,3}(?!during\b|nothing\b|everything\b)"
        r"(?:\w+ing|aware|mindful|conscious|convinced|concerned|guided|alarmed|determined|encouraged|inspired"
        r"|disturbed|committed|resolved)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"^(?:(?:\w+mente|muy)\s+)?(?:\w+(?:ando|iendo|ándose|éndose)|consciente|convencid[ao]|guiad[ao]|alarmad[ao]"
        r"|preocupad[ao]|resuelt[ao]|decidid[ao])\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"^(?:(?:\w+ment|se)\s+)?(?:\w+ant|consciente?|convaincue?|préoccupée?|guidée?|alarmée?|résolue?)\b",
        re.IGNORECASE,
    ),
    "ru": re.compile(
        r"^(?:(?:вновь|также|далее|особо|глубоко|с \w+)\s+)?"
        r"(?:ссылаясь|напоминая|подтверждая|отмечая|признавая|учитывая|принимая|выражая|приветствуя|будучи"
        r"|руководствуясь|сознавая|осознавая|памятуя|подчеркивая|подчёркивая|считая|рассмотрев|заслушав|стремясь"
        r"|исходя|желая|действуя|одобряя)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"^(?:还|又|并|再次|深为|深切|严重|充分|进一步|特别){0,3}"
        r"(?:回顾|忆及|重申|注意到|认识到|意识到|铭记|念及|考虑到|深信|确信|承认|关切|赞赏|欢迎|强调|着重|决心|申明|遵循"
        r"|赞扬|肯定|表示|鉴于)"
    ),
}
"""How a preambular paragraph of a United Nations text begins, by language."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    words: str
    kind: ClauseKind | None = None  # None: nothing in the paragraph itself says
    letter: str = ""


def from_pasted_text(title: str, text: str, language: str) -> Scenario:
    """Return a scenario with the text's clauses and nobody seated.

    `text` has a paragraph between blank lines, or, without any blank line, on each line. Printed numbers are
    dropped and given anew (PP1, OP4, OP4(a)). A paragraph is preambular when its opening words say so and nothing
    operative stands before it, or when it stands before the line, ending in a colon, that opens the operative part.
    Raises `Invalid` when there is nothing to deliberate, or naming the paragraph that cannot stand.
    """
    paragraphs = _paragraphs(text, language)
    if paragraphs and paragraphs[0].casefold() == title.strip().casefold():
        del paragraphs[0]
    if not paragraphs:
        raise Invalid("Paste the text to be deliberated, a paragraph on each line.", "no_text")
    drafts: list[dict[str, object]] = [
        {"id": "title", "kind": ClauseKind.TITLE, "wording": {language: title}}
    ]
    drafts += _numbered(_sorted_out(paragraphs, language), language)
    try:
        return Scenario.model_validate(
            {"name": "pasted", "languages": (language,), "original": language, "clauses": drafts}
        )
    except ValidationError as why:
        raise _say(why) from why


def _paragraphs(text: str, language: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not re.search(r"\n[ \t]*\n", text):
        return [line.strip() for line in text.split("\n") if line.strip()]
    glue = "" if language.partition("-")[0] == "zh" else " "
    blocks = (re.split(r"\s*\n\s*", block.strip()) for block in re.split(r"\n[ \t]*\n", text))
    return [paragraph for lines in blocks if (paragraph := glue.join(lines))]


def _read(words: str, language: str) -> _Paragraph:
    """Return a paragraph with what its own number or opening words say of its kind."""
    if letter := _LETTER.match(words):
        return _Paragraph(words[letter.end() :], ClauseKind.SUB, letter["letter"])
    if number := _NUMBER.match(words):
        preambular = (number["part"] or "").upper() == "PP"
        return _Paragraph(
            words[number.end() :], ClauseKind.PREAMBULAR if preambular else ClauseKind.OPERATIVE
        )
    opening = _PREAMBULAR.get(language.partition("-")[0])
    if opening is not None and opening.match(words):
        return _Paragraph(words, ClauseKind.PREAMBULAR)
    return _Paragraph(words)


def _sorted_out(texts: list[str], language: str) -> list[_Paragraph]:
    """Return the paragraphs, each with its kind."""
    read = [_read(words, language) for words in texts]
    body = next((n for n, p in enumerate(read) if p.kind is ClauseKind.OPERATIVE), len(read))
    opener = next(
        (
            n
            for n, p in enumerate(read[: min(body + 1, len(read) - 1)])
            if p.kind is None and p.words.endswith((":", "："))
        ),
        None,
    )
    done: list[_Paragraph] = []
    operative = False
    for n, p in enumerate(read):
        kind = p.kind
        if opener == n or (
            n == 0 and kind is None and len(p.words) < 80 and p.words.endswith((",", "，", "،"))
        ):
            kind = ClauseKind.CHAPEAU
        elif kind is ClauseKind.SUB and not (
            done and done[-1].kind in (ClauseKind.OPERATIVE, ClauseKind.SUB)
        ):
            kind = ClauseKind.OPERATIVE
        elif opener is not None and n < opener and kind is None:
            kind = ClauseKind.PREAMBULAR
        elif kind is None or (kind is ClauseKind.PREAMBULAR and operative):
            kind = ClauseKind.OPERATIVE
        operative = operative or kind is ClauseKind.OPERATIVE or opener == n
        done.append(_Paragraph(p.words, kind, p.letter))
    return done


def _numbered(paragraphs: list[_Paragraph], language: str) -> list[dict[str, object]]:
    drafts: list[dict[str, object]] = []
    counts = dict.fromkeys(ClauseKind, 0)
    for p in paragraphs:
        assert p.kind is not None
        counts[p.kind] += 1
        operative = counts[ClauseKind.OPERATIVE]
        number, parent = "", None
        match p.kind:
            case ClauseKind.PREAMBULAR:
                number = f"PP{counts[p.kind]}"
            case ClauseKind.OPERATIVE:
                number, counts[ClauseKind.SUB] = f"OP{operative}", 0
            case ClauseKind.SUB:
                number, parent = f"OP{operative}({p.letter})", f"op{operative}"
        drafts.append(
            {
                "id": _id(p.kind, number, counts),
                "kind": p.kind,
                "number": number,
                "parent": parent,
                "wording": {language: p.words},
            }
        )
    return drafts


def _id(kind: ClauseKind, number: str, counts: dict[ClauseKind, int]) -> str:
    if kind is ClauseKind.SUB:
        return f"op{counts[ClauseKind.OPERATIVE]}.{counts[kind]}"
    return number.lower() or (f"chapeau{counts[kind]}" if counts[kind] > 1 else "chapeau")


def _say(why: ValidationError) -> Invalid:
    problem = why.errors(include_url=False)[0]
    match problem["loc"]:
        case ("clauses",):
            return Invalid("A text has at most 499 paragraphs; deliberate it in parts.", "too_long")
        case ("clauses", 0, *_):
            return Invalid("Give the text a title, in plain characters, of at most 20,000.", "bad_title")
        case ("clauses", int(n), *_):
            return Invalid(f"Paragraph {n}: {say(problem)}.", "bad_text", paragraph=n)
        case _:
            return Invalid(
                f"{problem['input']!r} is not a language tag such as en, zh or pt-BR.", "bad_language"
            )
