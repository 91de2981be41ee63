"""Codes of the closed lists (`deliberate.vocabulary`) and what they are called: msgids, and filters that say them.

The tables of the first half stand in `static/src/lib/labels.ts` too, for `words` and its twin.
"""

from collections.abc import Callable, Mapping
from typing import Final

import flask_babel


def N_(msgid: str) -> str:  # noqa: N802 - the name by which catalogues know it
    """Mark a msgid for the catalogue without saying it."""
    return msgid


# --- said by server and browser ---

SAID: Final = {
    "support": N_("Support"),
    "accept": N_("Can accept"),
    "accept_with_reservation": N_("Can accept, with reservation"),
    "dissociate": N_("Dissociates"),
    "object": N_("Cannot accept as drafted"),
    "abstain": N_("Takes no position"),
    "pending": N_("Awaiting instructions"),
}
SHORT: Final = {
    **SAID,
    "accept_with_reservation": N_("With reservation"),
    "object": N_("Cannot accept"),
    "abstain": N_("No position taken"),
    "pending": N_("Awaiting"),
}
LETTERS: Final = {
    "S": "support",
    "A": "accept",
    "R": "accept_with_reservation",
    "D": "dissociate",
    "O": "object",
    "N": "abstain",
    "P": "pending",
}
BAR: Final = (*SAID, "stale", "none")
ROUND_KINDS: Final = {
    "consultation": N_("consultation"),
    "negotiation": N_("negotiation"),
    "adoption": N_("adoption"),
}
FINALITIES: Final = {
    "indicative": N_("indicative"),
    "ad_referendum": N_("ad referendum"),
    "confirmed": N_("confirmed"),
}
OBJECTION_TYPES: Final = {"ge": N_("general"), "te": N_("technical"), "ed": N_("editorial")}
MONTHS: Final = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)

# --- said by the server alone ---

BUTTONS: Final = {**SAID, "dissociate": N_("Dissociate"), "abstain": N_("Take no position")}
PARTS: Final = {
    **SHORT,
    "object": SAID["object"],
    "abstain": SAID["abstain"],
    "stale": N_("To reaffirm"),
    "none": N_("No position recorded"),
}
PENDING_KINDS: Final = {
    "general": N_("general scrutiny"),
    "parliamentary": N_("parliamentary scrutiny"),
    "linguistic": N_("linguistic scrutiny"),
    "substantive": N_("scrutiny of substance"),
}
KINDS: Final = {
    "government": N_("Government"),
    "international_organisation": N_("International organisation"),
    "company": N_("Company"),
    "research_institute": N_("Research institute"),
    "civil_organisation": N_("Civil organisation"),
    "individual": N_("Individual"),
}
OFFICES: Final = {
    "chair": N_("Chair"),
    "facilitator": N_("Facilitator"),
    "secretary": N_("Secretary"),
    "analyst": N_("Analyst"),
    "reader": N_("Reader"),
}
STANDINGS: Final = {"member": N_("member"), "observer": N_("observer")}
OBSERVERS: Final = {
    "government": N_("Governments"),
    "international_organisation": N_("International organisations"),
    "company": N_("Companies"),
    "research_institute": N_("Research institutes"),
    "civil_organisation": N_("Civil organisations"),
    "individual": N_("Individuals"),
}
GROUPS: Final = {"regional": N_("regional group"), "bloc": N_("bloc"), "list": N_("declared list")}
CHANGES: Final = {"editorial": N_("editorial"), "substantive": N_("substantive")}
NATURES: Final = {
    "deliberation": N_("Deliberation"),
    "rehearsal": N_("Rehearsal"),
    "record": N_("Record"),
}
AUDIENCES: Final = {"public": N_("everyone"), "members": N_("seats and offices of this deliberation")}


def _sayer(table: Mapping[str, str]) -> Callable[[str], str]:
    def say(code: str) -> str:
        return str(flask_babel.gettext(table[code]))

    return say


FILTERS: Final[dict[str, Callable[[str], str]]] = {
    "audience": _sayer(AUDIENCES),
    "change": _sayer(CHANGES),
    "group_kind": _sayer(GROUPS),
    "kind": _sayer(KINDS),
    "kinds": _sayer(OBSERVERS),
    "nature": _sayer(NATURES),
    "office": _sayer(OFFICES),
    "pending_kind": _sayer(PENDING_KINDS),
    "standing": _sayer(STANDINGS),
}
"""Template filters by name: `{{ office | office }}`."""

__all__ = ["FILTERS"]
