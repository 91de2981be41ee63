"""The workbench: the position graph and its equal tables, agreement by paragraph, files, and how to check them.

Everything here is the back office's report, read and named; nothing is computed but order and degree. The page says
of which version the report is. Where a figure is null it says why, and never shows 0 instead.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from flask import Blueprint, current_app, render_template, request

from deliberate.database.reports import StoredReport, latest_report
from deliberate.exchange import filename
from deliberate.secretariat import Secretariat
from deliberate.vocabulary import GroupKind
from deliberate.web import telling, words
from deliberate.web.place import Place, open_place
from deliberate.web.security import whole_number

bp = Blueprint("workbench", __name__)

TIES_SHOWN: Final = 200
"""Ties on a page of the table, strongest first: 200 of five columns are 1,000 cells."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two stakeholders, and how far they agree: `weight` from -1 (opposite) to 1 (the same), over `common` clauses."""

    one: str
    other: str
    weight: float
    common: int


@dataclass(slots=True)
class Node:
    """A stakeholder in the graph: how many ties of each sign are drawn, and the strongest of each."""

    seat: str
    congruent: int = 0
    conflicting: int = 0
    nearest: Tie | None = None
    farthest: Tie | None = None

    def partner(self, tie: Tie) -> str:
        """Return who is at the other end."""
        return tie.other if tie.one == self.seat else tie.one


@bp.get("/d/<deliberation>/workbench")
def page(deliberation: str) -> str:
    """Show the newest report."""
    place = open_place(deliberation, prefer="analyst")
    place.must_see_positions()
    place.prefetch_names()
    database = cast(Secretariat, current_app.extensions["secretariat"]).database
    stored = latest_report(database, deliberation, layer=place.state.rules.audience.value)
    report: dict[str, Any] | None = json.loads(stored.payload) if stored else None
    ties = _ties(report["network"]) if report else []
    first = (max(1, whole_number(request.args.get("ties", ""), 1)) - 1) * TIES_SHOWN
    return render_template(
        "workbench.html",
        place=place,
        telling=telling,
        statuses={found.id: _status(place, found.id) for found in place.state.negotiable},
        stored=stored,
        report=report,
        nodes=_nodes(report["network"], ties) if report else [],
        ties=ties[first : first + TIES_SHOWN],
        ties_total=len(ties),
        first=first,
        step=TIES_SHOWN,
        file=filename(place.state, str(place.title), "jsonl"),
        data=_data(place, stored),
        token=place.token("", "workbench", report=True),
    )


def _status(place: Place, clause: str) -> str:
    """Return the status of a paragraph now, in words."""
    return words.status_words(place.value(f"clause/{clause}"), place.value(f"decision/{clause}"))


def _ties(network: dict[str, Any]) -> list[Tie]:
    """Return the drawn ties, the strongest first whichever their sign."""
    codes = [node["code"] for node in network["nodes"]]
    found = [Tie(codes[i], codes[j], weight, common) for i, j, weight, _, _, common in network["edges"]]
    return sorted(found, key=lambda tie: (-abs(tie.weight), -tie.common))


def _nodes(network: dict[str, Any], ties: Iterable[Tie]) -> list[Node]:
    """Return the stakeholders in the order of seating, each with its ties."""
    nodes = {node["code"]: Node(node["code"]) for node in network["nodes"]}
    for tie in ties:  # the strongest come first
        for end in (nodes[tie.one], nodes[tie.other]):
            if tie.weight > 0:
                end.congruent += 1
                end.nearest = end.nearest or tie
            else:
                end.conflicting += 1
                end.farthest = end.farthest or tie
    return list(nodes.values())


def _data(place: Place, stored: StoredReport | None) -> dict[str, Any]:
    """Return the names that the graph shows; the report itself is fetched, with its own version."""
    state = place.state
    regional = [group.id for group in state.groups.values() if group.kind is GroupKind.REGIONAL]
    return {
        "report": stored.version if stored else None,
        "names": {seat.id: str(place.say(seat.name)) for seat in state.seats.values()},
        "groups": [{"id": group, "name": str(place.group_name(group))} for group in regional],
    }
