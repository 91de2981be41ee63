"""What a seat holds on a paragraph, what still needs it, and what one click does; its twin is `static/src/desk/mine.ts`.

`mine` is always a value of the board's `mine/…`, None where the seat holds nothing from any source.
"""

from typing import Any, Final, NamedTuple

from flask_babel import gettext

from deliberate.state import Clause, Seat, State
from deliberate.vocabulary import ClauseStage, Freshness, Nature, Standing
from deliberate.web.labels import N_
from deliberate.web.place import Place

Mine = dict[str, Any]
NEEDS: Final = {
    "question": N_("The question is put"),
    "none": N_("No position yet"),
    "reaffirm": N_("To reaffirm"),
    "confirm": N_("Alignment to confirm"),
    "conflict": N_("Two blocs differ"),
}


class Acts(NamedTuple):
    """What one click can do about a seat's own position."""

    reaffirm: bool
    withdraw: bool
    unalign: bool
    retract: bool


def need_of(state: State, seat: Seat, clause: Clause, mine: Mine | None) -> str:
    """Return why a paragraph still needs the seat, or "".

    `question`: it is put and the seat is not checked in; `conflict`: two blocs speak differently for it; `confirm`:
    the statement it aligned with changed; `reaffirm`: its acceptance is of an earlier text; `none`: no position.
    Nothing is needed where nothing can be done: outside a round, after a decision, in a record.
    """
    if state.nature is Nature.RECORD or clause.stage is ClauseStage.ADOPTED:
        return ""
    question = state.open_question
    put = question is not None and question.clause == clause.id
    if (
        put
        and seat.standing is Standing.MEMBER
        and question is not None
        and seat.id not in question.checked_in
    ):
        return "question"
    if not put and state.open_round is None:
        return ""
    return held_code(mine)


def need_words(need: str) -> str:
    """Return why a paragraph needs the seat."""
    return gettext(NEEDS[need]) if need else ""


def acts(mine: Mine | None) -> Acts:
    """Return what can be done about a `mine/…` value with one click."""
    if mine is None:
        return Acts(False, False, False, False)
    own = mine["own"]
    earlier = own is not None and own["freshness"] in (Freshness.STALE, Freshness.MAINTAINED)
    return Acts(earlier, own is not None, mine["aligned"] is not None, mine["confidence"] is not None)


def source_words(place: Place, mine: Mine | None) -> str:
    """Return by whose statement the seat holds what it holds, where it is not its own."""
    if mine is None or mine["own"] is not None:
        return ""
    if mine["aligned"] is not None:
        shown = {"name": str(place.name(mine["aligned"]["with"])), "version": mine["aligned"]["version"]}
        if mine["to_confirm"]:
            return gettext(
                "%(name)s changed the statement of version %(version)s that you aligned with.", **shown
            )
        return gettext("Aligned with the statement of %(name)s, version %(version)s.", **shown)
    if mine["by_bloc"] is not None:
        return gettext("%(bloc)s speaks for you.", bloc=str(place.group_name(mine["by_bloc"])))
    return ""


def held_code(mine: Mine | None) -> str:
    """Return what is to be done about a `mine/…` value: none, conflict, confirm, reaffirm, or "" for nothing."""
    if mine is None:
        return "none"
    stance = mine["cell"][0]
    if stance == "!":
        return "conflict"
    if mine["to_confirm"] and stance == ".":
        return "confirm"
    if stance == ".":
        return "none"
    return "reaffirm" if stance in "sar" and mine["own"] is not None else ""
