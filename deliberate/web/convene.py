"""Convening: from a scenario or from pasted text, first seen clause by clause, then opened; the convener chairs it.

The page is one form in two steps. The first reads the text and proposes clauses; the second shows them for
correction together with the rules of procedure, and nothing is written before it is sent.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from deliberate import commands as c
from deliberate import scenario
from deliberate.accounts import mint_actor
from deliberate.errors import DeliberateError, Invalid, NotFound
from deliberate.procedure import decide
from deliberate.secretariat import Secretariat
from deliberate.state import State
from deliberate.vocabulary import LANGUAGES, ClauseKind, Nature, Office
from deliberate.web import telling
from deliberate.web.place import actors_here
from deliberate.web.words import refusal

bp = Blueprint("convene", __name__, url_prefix="/convene")

QUORUMS: Final = ("1/2", "1/3", "2/3", "0/1")
"""More than this share of the members checks in before a decision; 0/1 is any member at all."""
QUESTION_WINDOWS_S: Final = (60, 300, 3_600, 86_400, 259_200)
CHALLENGE_WINDOWS_S: Final = (0, 3_600, 86_400, 172_800, 259_200)
"""A minute in one room and a day between capitals are the least that practice knows (consensus.md A5, A6)."""

_MINTED: Final = re.compile(r"d-[a-z2-7]{16}")
"""The id of a deliberation, as the page mints it: it stands in addresses, file names and the first line of the log."""

_ABOUT: Final = ("host", "controller", "law", "privacy")


@dataclass(frozen=True, slots=True)
class Row:
    """A clause as the page shows it for correction."""

    kind: str
    number: str
    wording: str


@dataclass(slots=True)
class Draft:
    """What will be convened, while it is being corrected. `scenario` is empty for pasted text; `seats` names the
    scenario whose roster is seated."""

    scenario: str = ""
    title: str = ""
    language: str = "en"
    nature: str = Nature.DELIBERATION
    seats: str = ""
    rows: list[Row] = field(default_factory=list)
    rules: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)


@bp.get("")
def form() -> ResponseReturnValue:
    """Choose a scenario or paste a text; says how to get in to whoever may not convene."""
    if not _may_convene():
        return render_template("convene.html", step="closed"), 403
    return _choose(Draft())


@bp.post("")
def convene() -> ResponseReturnValue:
    """Show what was read, or open the deliberation."""
    if not _may_convene():
        return render_template("convene.html", step="closed"), 403
    known = request.form.get("deliberation", "")
    if actors_here(known):
        return redirect(url_for("chair.page", deliberation=known), 303)
    draft = Draft()
    try:
        draft = _read() if request.form.get("step") == "preview" else _corrected()
        if request.form.get("step") == "preview":
            return _preview(draft)
        return _open(known, _command(draft))
    except DeliberateError as why:
        page = _preview(draft, why) if draft.rows or draft.scenario else _choose(_typed(), why)
        return page, why.status


def _may_convene() -> bool:
    """Whether this browser holds a convener's link, or chairs somewhere here: a chair rehearses before the event."""
    if session.get("convener"):
        return True
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    for deliberation in session.get("places", {}):
        try:
            offices = secretariat.docket(deliberation).state.offices
        except NotFound:  # of a database that was replaced
            continue
        if any(Office.CHAIR in offices.get(actor, ()) for actor in actors_here(deliberation)):
            return True
    return False


def _choose(draft: Draft, why: DeliberateError | None = None) -> str:
    return render_template(
        "convene.html",
        step="choose",
        telling=telling,
        draft=draft,
        scenarios=[(name, scenario.load(name)) for name in scenario.available()],
        languages=LANGUAGES,
        refused=refusal(why) if why else None,
        pasted=request.form.get("text", ""),
    )


def _preview(draft: Draft, why: DeliberateError | None = None) -> str:
    loaded = _shipped(draft.scenario) if draft.scenario else None
    return render_template(
        "convene.html",
        step="preview",
        telling=telling,
        draft=draft,
        loaded=loaded,
        rosters=[(name, found) for name in scenario.available() if (found := scenario.load(name)).roster],
        kinds=[kind for kind in ClauseKind if kind not in (ClauseKind.TITLE, ClauseKind.WHOLE)],
        quorums=_with(draft.rules["quorum"], QUORUMS),
        question_windows=_with(draft.rules["question_window_s"], [str(s) for s in QUESTION_WINDOWS_S]),
        challenge_windows=_with(draft.rules["challenge_window_s"], [str(s) for s in CHALLENGE_WINDOWS_S]),
        deliberation=request.form.get("deliberation") or c.mint("d"),
        refused=refusal(why) if why else None,
    )


def _with(given: str, usual: Any) -> list[str]:
    """Return the usual choices, with the one that is set."""
    return [*([given] if given not in usual else []), *usual]


def _typed() -> Draft:
    """Return what was typed on the first page, to be corrected there."""
    return Draft(title=request.form.get("title", ""), language=request.form.get("language", "en"))


def _read() -> Draft:
    """Return a draft of the scenario named, or of the text pasted. Raises `Invalid` and `NotFound`."""
    name = request.form.get("scenario", "")
    if name:
        found = _shipped(name)
        nature = Nature.REHEARSAL if found.rehearsal else Nature.DELIBERATION
        return Draft(
            name, str(found.title[found.original]), found.original, nature, rules=_rules(found.rules)
        )
    title = request.form.get("title", "").strip()
    language = request.form.get("language", "en")
    found = scenario.from_pasted_text(title, request.form.get("text", ""), language)
    rows = [
        Row(clause.kind, clause.number, clause.wording[language])
        for clause in found.clauses
        if clause.kind is not ClauseKind.TITLE
    ]
    return Draft("", title, language, rows=rows, rules=_rules(found.rules))


def _shipped(name: str) -> scenario.Scenario:
    """Return a scenario that comes with the platform: a form never names a file. Raises `NotFound`."""
    names = scenario.available()
    if name not in names:
        raise NotFound(f"There is no such scenario; there are: {', '.join(names)}.", "unknown_scenario")
    return scenario.load(name)


def _rules(rules: c.RulesDraft) -> dict[str, str]:
    return {
        "quorum": f"{rules.quorum_num}/{rules.quorum_den}",
        "question_window_s": str(rules.question_window_s),
        "challenge_window_s": str(rules.challenge_window_s),
        "audience": rules.audience,
    }


def _corrected() -> Draft:
    """Return the draft as the second page sends it; a clause without words was taken out."""
    given = request.form
    kinds, numbers = given.getlist("kind"), given.getlist("number")
    wordings = [words.strip() for words in given.getlist("wording")]
    if not len(kinds) == len(numbers) == len(wordings):
        raise Invalid("This form is damaged; read the text once more.", "clauses")
    return Draft(
        scenario=given.get("scenario", ""),
        title=given.get("title", ""),
        language=given.get("language", "en"),
        nature=given.get("nature", Nature.DELIBERATION),
        seats=given.get("seats", ""),
        rows=[Row(*row) for row in zip(kinds, numbers, wordings, strict=True) if row[2]],
        rules={
            name: given.get(name, "")
            for name in ("quorum", "question_window_s", "challenge_window_s", "audience")
        },
        about={name: given.get(name, "").strip() for name in _ABOUT},
    )


def _command(draft: Draft) -> c.Convene:
    """Return the command that the draft describes. Raises `Invalid` naming the field."""
    num, _, den = draft.rules["quorum"].partition("/")
    changes: dict[str, Any] = {
        "type": "convene",
        "rules": {
            "quorum_num": num,
            "quorum_den": den,
            "question_window_s": draft.rules["question_window_s"],
            "challenge_window_s": draft.rules["challenge_window_s"],
            "audience": draft.rules["audience"],
        },
        **{name: words for name, words in draft.about.items() if words},
    }
    roster = scenario.convene(_shipped(draft.seats)) if draft.seats else None
    if draft.scenario:
        whole = scenario.convene(_shipped(draft.scenario)).model_dump(mode="json")
        return cast(c.Convene, c.parse({**whole, **changes}))
    if roster is not None and (roster.nature is Nature.REHEARSAL) != (draft.nature == Nature.REHEARSAL):
        raise Invalid(
            "Real States and fictional ones are kept apart: a rehearsal seats the fictional roster, and nothing else "
            "does. Choose the other roster, or seat stakeholders one by one afterwards.",
            "roster_nature",
        )
    changes |= {
        "nature": draft.nature,
        "title": {draft.language: draft.title},
        "languages": [draft.language],
        "original": draft.language,
        "clauses": _clauses(draft),
    }
    if roster is not None:
        changes |= roster.model_dump(mode="json", include={"groups", "seats"})
    return cast(c.Convene, c.parse(changes))


def _clauses(draft: Draft) -> list[dict[str, Any]]:
    """Return the clauses to be tabled: ids from their numbers, a subparagraph below the paragraph before it."""
    found: list[dict[str, Any]] = [
        {"clause": "title", "kind": ClauseKind.TITLE, "wording": {draft.language: draft.title}}
    ]
    ids = {"title"}
    above = None
    for row in draft.rows:
        number = row.number.strip()
        stem = re.sub(r"[^a-z0-9]+", ".", number.lower()).strip(".") or row.kind
        id_ = (
            stem
            if stem not in ids
            else next(f"{stem}-{n}" for n in range(2, 1_000) if f"{stem}-{n}" not in ids)
        )
        ids.add(id_)
        sub = row.kind == ClauseKind.SUB
        found.append(
            {
                "clause": id_,
                "kind": row.kind,
                "number": number,
                "wording": {draft.language: row.wording},
                "parent": above if sub else None,
            }
        )
        if not sub:
            above = id_
    return found


def _open(deliberation: str, command: c.Convene) -> ResponseReturnValue:
    """Write the first entry of the log and put the convener in the chair."""
    if not _MINTED.fullmatch(deliberation):
        raise Invalid("This form is damaged; read the text once more.", "clauses")
    secretariat = cast(Secretariat, current_app.extensions["secretariat"])
    actor = mint_actor()
    decide(State(), command, actor, secretariat.clock())
    docket = secretariat.create(deliberation, command.nature, command.title)
    docket.submit(command, actor, f"convene-{deliberation}"[:64])
    session.permanent = True
    session["places"] = {**session.get("places", {}), deliberation: [actor]}
    flash(
        gettext("The deliberation is open, and you have the chair. Seat the stakeholders and invite them."),
        "done",
    )
    return redirect(url_for("chair.seats.page", deliberation=deliberation), 303)
