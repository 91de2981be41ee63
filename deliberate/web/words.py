"""Codes of the board as words, in the reader's language: what `static/src/lib/words.ts` says, with the same msgids.

A page patched live must equal the page loaded afresh, so every function here has a twin there under the same name
in camel case, and a test holds them equal. Values come as the board has them (`deliberate.board`). The computed
status describes; "adopted" and "without a vote" are words of a recorded decision only (consensus.md A6.1).
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import flask_babel
from flask import Flask

from deliberate.board import CLAUSE_FIELDS
from deliberate.web import refusals
from deliberate.web.labels import (
    BAR,
    BUTTONS,
    FILTERS,
    FINALITIES,
    LETTERS,
    MONTHS,
    OBJECTION_TYPES,
    PARTS,
    ROUND_KINDS,
    SAID,
    SHORT,
)

Figures = Sequence[Any]
"""The value of `clause/…`: the status code, then numbers, in the order of CLAUSE_FIELDS."""


def _(msgid: str, **variables: Any) -> str:
    return str(flask_babel.gettext(msgid, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str:
    """Say a message in the plural form of `num`, which is also the variable `num`."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))


class Part(NamedTuple):
    """A part of the bar: `num` members at `code`; its place as shares of the width, for SVG attributes."""

    code: str
    num: int
    x: str
    width: str


def figure(figures: Figures, name: str) -> int:
    """Return a figure of a clause by its name in CLAUSE_FIELDS, or by the code of its part of the bar."""
    return int(figures[CLAUSE_FIELDS.index("reservation" if name == "accept_with_reservation" else name)])


def join(*parts: str) -> str:
    """Return what is not empty, with middle dots between."""
    return " · ".join(part for part in parts if part)


# --- stances and cells ---


def stance_words(stance: str, put: bool = False) -> str:
    """Return how a stance is told of a seat; `put` once the question is put."""
    return _("Objects") if put and stance == "object" else _(SAID[stance])


def stance_button(stance: str, put: bool = False) -> str:
    """Return the label of the button that takes a stance."""
    return _("Object") if put and stance == "object" else _(BUTTONS[stance])


def stance_short(stance: str, put: bool = False) -> str:
    """Return a stance in at most two words, for lists."""
    return _("Objects") if put and stance == "object" else _(SHORT[stance])


def part_words(part: str) -> str:
    """Return the label of a part of the bar."""
    return _(PARTS[part])


def cell_words(cell: str, put: bool = False) -> str:
    """Return a cell (two letters, see `board.cell`) in words: stance, freshness, source."""
    letter, source = cell[0], cell[1]
    if letter == "!":
        return _("Two blocs speak differently for it")
    if letter == ".":
        return _("Alignment to be confirmed") if source == "?" else _("No position recorded")
    stance = LETTERS[letter.upper()]
    fresh = ""
    if letter.islower():
        fresh = (
            _("made on an earlier revision, not yet restated")
            if stance in ("object", "dissociate")
            else _("to reaffirm")
        )
    whose = {"a": _("aligned"), "b": _("by bloc")}.get(source, "")
    return join(stance_words(stance, put), fresh, whose)


def cell_mark(cell: str) -> str:
    """Return the sign in a cell of the matrix."""
    letter, source = cell[0], cell[1]
    if letter == ".":
        return "?" if source == "?" else ""
    return {"N": "–", "P": "…"}.get(letter.upper(), letter.upper())


def cell_class(cell: str) -> str:
    """Return the classes of a cell: the stance's letter or X, `stale` for an earlier revision, and the source."""
    letter, source = cell[0], cell[1]
    known = letter if letter.upper() in LETTERS else "X"
    conflict = " conflict" if letter == "!" else ""
    whose = {"a": " aligned", "b": " bloc", "?": " confirm"}.get(source, conflict)
    return known.upper() + (" stale" if known.islower() else "") + whose


# --- the status of a clause ---


def status_words(figures: Figures, decision: Mapping[str, Any] | None = None) -> str:
    """Return the status sentence of A6.1. `decision` is the value of `decision/…`, where there is one."""
    code = figures[0]
    unheard = figure(figures, "members") - figure(figures, "heard")
    so_far = _("No objection so far")
    match code:
        case "decided" | "recorded_vote":
            return decision_words(decision) if decision else _("Decided")
        case "objected":
            return ngettext("%(num)s objection", "%(num)s objections", figure(figures, "objections"))
        case "stale":
            return _("Text revised: %(num)s to reaffirm", num=figure(figures, "stale"))
        case "awaiting":
            return _("Awaiting %(num)s", num=figure(figures, "pending"))
        case "no_objection_dissociated":
            return join(so_far, dissociations_words(figure(figures, "dissociate")))
        case "no_objection_reserved":
            return join(so_far, reservations_words(figure(figures, "reservation")))
        case "all_accept":
            return _("Every member can accept")
        case _:
            return join(so_far, not_heard_words(unheard))


def reservations_words(num: int) -> str:
    """Return so many reservations, or nothing for none."""
    return ngettext("%(num)s reservation", "%(num)s reservations", num) if num else ""


def dissociations_words(num: int) -> str:
    """Return so many dissociations, or nothing for none."""
    return ngettext("%(num)s dissociation", "%(num)s dissociations", num) if num else ""


def not_heard_words(num: int) -> str:
    """Return how many members are not heard, or nothing for none."""
    return _("%(num)s not heard", num=num) if num else ""


def decision_words(decision: Mapping[str, Any]) -> str:
    """Return a recorded decision: without a vote and what stands beside it, or the votes of another body's record."""
    if "vote" in decision:
        yes, no, abstain = decision["vote"]
        shown = {"yes": yes, "no": no}
        if decision["carried"]:
            return ngettext(
                "Adopted by a recorded vote of %(yes)s in favour to %(no)s against, with %(num)s abstention",
                "Adopted by a recorded vote of %(yes)s in favour to %(no)s against, with %(num)s abstentions",
                abstain,
                **shown,
            )
        return ngettext(
            "Rejected by a recorded vote of %(no)s against to %(yes)s in favour, with %(num)s abstention",
            "Rejected by a recorded vote of %(no)s against to %(yes)s in favour, with %(num)s abstentions",
            abstain,
            **shown,
        )
    if decision["outcome"] != "adopted":
        return _("Not adopted")
    return join(
        _("Adopted without a vote"),
        reservations_words(len(decision["reservations"])),
        dissociations_words(len(decision["dissociations"])),
    )


def bar(figures: Figures) -> list[Part]:
    """Return the parts of the bar; together they fill it when there are members."""
    members = figure(figures, "members")
    parts = []
    right = before = 0
    for code in BAR:
        num = figure(figures, code)
        before += num
        left, right = right, (before * 1000) // members if members else 0
        parts.append(Part(code, num, _share(left), _share(right - left)))
    return parts


def _share(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}%"


def heard_words(figures: Figures) -> str:
    """Return how many members spoke, of how many."""
    heard, members = figure(figures, "heard"), figure(figures, "members")
    return _("%(heard)s of %(members)s members heard", heard=heard, members=members)


def sources_words(figures: Figures) -> str:
    """Return whose acts the counted positions are; the three are never added up."""
    return _(
        "Own %(own)s · aligned %(aligned)s · by bloc %(bloc)s",
        own=figure(figures, "own"),
        aligned=figure(figures, "aligned"),
        bloc=figure(figures, "bloc"),
    )


# --- positions ---


def revision_words(number: int) -> str:
    """Return the name of a revision."""
    return _("Rev.%(number)s", number=number)


def mine_words(mine: Mapping[str, Any] | None, put: bool = False) -> str:
    """Return in a few words what a seat holds on a clause (`mine/…`), or what it has to do."""
    if mine is None:
        return _("No position yet")
    letter, source = mine["cell"][0], mine["cell"][1]
    if letter == "!":
        return _("Two blocs differ")
    if letter == ".":
        return _("To confirm") if source == "?" else _("No position yet")
    stance = LETTERS[letter.upper()]
    if letter.islower() and stance not in ("object", "dissociate"):
        return _("To reaffirm")
    return stance_short(stance, put)


def mine_sentence(mine: Mapping[str, Any] | None) -> str:
    """Return what a seat should know of its own position: its revision, whether it counts, how binding it is."""
    own = mine["own"] if mine else None
    if own is None:
        return ""
    shown = {"made_on": own["made_on"], "revision": own["revision"]}
    match own["freshness"]:
        case "stale":
            return _("Made on Rev.%(made_on)s. It is not counted until you reaffirm it.", **shown)
        case "maintained":
            return _("Made on Rev.%(made_on)s, not yet restated. It stands until you withdraw it.", **shown)
        case "carried":
            return _("Made on Rev.%(made_on)s, carried over to Rev.%(revision)s.", **shown)
        case "reaffirmed":
            return _("Made on Rev.%(made_on)s, reaffirmed for Rev.%(revision)s.", **shown)
        case _:
            return join(revision_words(own["revision"]), finality_words(own["finality"]))


def made_on_words(revision: int) -> str:
    """Return that an objection or dissociation was made on an earlier revision, and stands."""
    return _("made on Rev.%(revision)s, not yet restated", revision=revision)


def objection_words(objection: Mapping[str, Any]) -> str:
    """Return what goes with an objection (an item of `cannot/…`): its type, its revision, what is not stated."""
    kind = objection["type"]
    return join(
        objection_type_words(kind) if kind else "",
        made_on_words(objection["made_on"]) if objection["maintained"] else "",
        "" if objection["statement"] else _("reason not stated"),
        _("no change would remove it") if objection["none_would"] else "",
        _("addressed by the chair") if objection["addressed"] else "",
    )


def on_behalf_words(speaker: str, bloc: str, num: int) -> str:
    """Return who objects for a bloc, with the number of its mandates."""
    return ngettext(
        "%(speaker)s on behalf of %(bloc)s (%(num)s mandate)",
        "%(speaker)s on behalf of %(bloc)s (%(num)s mandates)",
        num,
        speaker=speaker,
        bloc=bloc,
    )


def objection_type_words(code: str) -> str:
    """Return the type of an objection."""
    return _(OBJECTION_TYPES[code])


def finality_words(code: str) -> str:
    """Return how binding a position is."""
    return _(FINALITIES[code])


def redacted_words() -> str:
    """Return what stands where words were redacted."""
    return _("These words were redacted.")


# --- time, rounds and the question ---


def moment_words(at: str) -> str:
    """Return a moment (UTC, as the log has it) to the minute."""
    return _("%(day)s %(month)s %(time)s UTC", day=int(at[8:10]), month=_month(at), time=at[11:16])


def day_words(at: str) -> str:
    """Return the day of a moment, with its year."""
    return _("%(day)s %(month)s %(year)s", day=int(at[8:10]), month=_month(at), year=at[:4])


def time_words(at: str) -> str:
    """Return the time of a moment to the second: windows may be a minute long."""
    return _("%(time)s UTC", time=at[11:19])


def _month(at: str) -> str:
    return _(MONTHS[int(at[5:7]) - 1])


def round_kind_words(code: str) -> str:
    """Return the kind of a round."""
    return _(ROUND_KINDS[code])


def round_words(current: Mapping[str, Any] | None) -> str:
    """Return the round as its pill says it."""
    if current is None:
        return _("No round yet")
    state = ""
    if not current["open"]:
        state = _("closed")
    elif current["deadline"]:
        state = _("until %(moment)s", moment=moment_words(current["deadline"]))
    return join(_("Round %(number)s", number=current["number"]), round_kind_words(current["kind"]), state)


def question_words(question: Mapping[str, Any]) -> str:
    """Return that the question is put: on which revision, until when one may object, who is there."""
    checked_in = question["checked_in"]
    return join(
        _("The question is put on Rev.%(revision)s", revision=question["revision"]),
        _("objections until %(time)s", time=time_words(question["until"])),
        ngettext("%(num)s member checked in", "%(num)s members checked in", checked_in),
    )


def live_words(kind: str, version: int | None = None, behind: int | None = None) -> str:
    """Return the connection's pill. `kind` is page (as loaded), live, polling or reconnecting."""
    line = {
        "live": _("live"),
        "polling": _("live, by a slower line"),
        "reconnecting": _("reconnecting …"),
    }.get(kind, "")
    shown = _("version %(version)s", version=version) if version is not None else ""
    late = ngettext("%(num)s version behind", "%(num)s versions behind", behind) if behind else ""
    return join(line, shown, late)


def receipt_words(version: int, digest: str) -> str:
    """Return a receipt, its digest shortened."""
    return _("%(digest)s at version %(version)s", digest=f"{digest[:4]}…{digest[-2:]}", version=version)


# --- for templates and answers ---

refusal = refusals.refusal
http_error = refusals.http_error


def _receipt(receipt: str) -> str:
    version, _colon, digest = receipt.partition(":")
    return receipt_words(int(version), digest)


def register(app: Flask) -> None:
    """Give the words to templates: this module as `words`, and filters that say one code."""
    app.jinja_env.globals.update(words=sys.modules[__name__])
    app.jinja_env.filters.update(
        day=day_words,
        finality=finality_words,
        objection_type=objection_type_words,
        receipt=_receipt,
        round_kind=round_kind_words,
        **FILTERS,
    )
