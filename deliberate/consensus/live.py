"""The live part of a report: per clause counts, status, acceptance and the rule; the picture of the position graph."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from deliberate.consensus import graph
from deliberate.consensus.agreement import Counts, acceptance_bounds, clause_status, count
from deliberate.consensus.figures import Figure, Reason
from deliberate.consensus.layout import Place
from deliberate.consensus.matrix import Matrix, on_record, significant
from deliberate.consensus.rules import consensus
from deliberate.state import Clause, State
from deliberate.vocabulary import Nature, Standing

SEED: Final = 20_261_123
"""Of the layout: any number does, as long as everybody uses the same."""

_SOURCE_LETTERS: Final = ".oab"


def clause_part(state: State, clause: Clause, at: str) -> dict[str, Any]:
    """Return what is said of one clause. Of recorded votes there is a tally, and no stance and no rule."""
    counts = count(state, clause.id)
    said: dict[str, Any] = {
        "clause": clause.id,
        "number": clause.number,
        "kind": clause.kind,
        "revision": clause.revision.number,
        "stage": clause.stage,
        "status": clause_status(state, clause.id, counts),
        "decision": _decision(clause),
        "votes": _votes(clause, len(state.members)),
    }
    if clause.votes is not None:
        return said
    responses = counts.own + counts.aligned + counts.bloc
    said |= {
        "counts": {
            "levels": counts.levels,
            "abstain": counts.abstain,
            "pending": counts.pending,
            "stale": counts.stale,
            "conflict": counts.conflict,
            "none": counts.none,
            "own": counts.own,
            "aligned": counts.aligned,
            "bloc": counts.bloc,
            "heard": counts.heard,
            "not_heard": len(counts.not_heard),
        },
        "objections": counts.objections,
        "steps_to_no_objection": counts.levels[0],
        "steps_to_acceptance": 2 * counts.levels[0] + counts.levels[1],
        "acceptance": _acceptance(counts, responses).plain(),
        "acceptance_bounds": [figure.plain() for figure in _bounds(counts, responses)],
        "observers": _observers(state, clause.id),
    }
    if state.nature is not Nature.RECORD:
        said["rule"] = _rule(state, clause, at, counts)
    return said


def _acceptance(counts: Counts, responses: int) -> Figure:
    """Return the share that accepts, of those who have a level."""
    on = counts.n_on
    if not on:
        return Figure(None, 0, responses, counts.members, Reason.NO_DATA)
    return Figure(counts.accepting / on, on, responses, counts.members, None, (counts.accepting, on))


def _bounds(counts: Counts, responses: int) -> tuple[Figure, Figure]:
    """Return the least and greatest share of acceptance, whatever those not known may hold."""
    found = acceptance_bounds(counts)
    if found is None:
        nothing = Figure(None, counts.n_on, responses, counts.members, Reason.UNDEFINED)
        return nothing, nothing
    lower, upper = (
        Figure(share[0] / share[1], counts.n_on, responses, counts.members, None, share) for share in found
    )
    return lower, upper


def _rule(state: State, clause: Clause, at: str, counts: Counts) -> dict[str, Any]:
    """Return what the decision rule answers; once the chair has declared, what it answered then."""
    name = state.rules.decision_rule
    if clause.decision is not None:
        return {"rule": name, "answer": clause.decision.answer}
    found = consensus(state, clause.id, at, counts)
    return {
        "rule": name,
        "answer": found.answer,
        "checked_in": found.checked_in,
        "quorum_missing": found.quorum_missing,
        "window_over": found.window_over,
    }


def _decision(clause: Clause) -> dict[str, Any] | None:
    declared = clause.decision
    if declared is None:
        return None
    return {"question": declared.question, "outcome": declared.outcome, "revision": declared.revision}


def _votes(clause: Clause, members: int) -> dict[str, Any] | None:
    """Return the tally of a recorded vote, in the order of UN records; who is in no list is not recorded."""
    if clause.votes is None:
        return None
    yes, no, abstain = clause.votes.tally()
    return {
        "yes": yes,
        "no": no,
        "abstain": abstain,
        "not_recorded": members - yes - no - abstain,
        "N": members,
        "carried": clause.votes.carried,
    }


def _observers(state: State, clause: str) -> dict[str, dict[str, int]]:
    """Return what observers hold, by kind and never summed across kinds: stance code → how many."""
    found: dict[str, dict[str, int]] = {}
    for seat in state.seats.values():
        if seat.standing is Standing.OBSERVER and not seat.withdrawn:
            stance = state.effective(clause, seat.id).stance
            of_kind = found.setdefault(seat.kind.value, {})
            word = stance.value if stance else "none"
            of_kind[word] = of_kind.get(word, 0) + 1
    return found


def draw(state: State, warm: Mapping[str, Place] | None) -> tuple[Matrix, graph.Network, dict[str, Place]]:
    """Return the members' matrix, the network of what they said themselves, and where it is drawn, from `warm` on."""
    matrix = on_record(state)
    net = graph.network(matrix.own())
    return matrix, net, graph.places(net, SEED, warm)


def network_part(
    state: State, matrix: Matrix, net: graph.Network, places: Mapping[str, Place]
) -> dict[str, Any]:
    """Return the backbone of the position graph as plain lists.

    A node holds a letter for each clause (`Matrix.letters`) and one for its source: o own, a aligned, b by bloc. An
    edge is [node, node, weight, congruence, conflict, common clauses], nodes counted from 0.
    """
    nodes = [
        {
            **graph.stakeholder(state, seat),
            "groups": state.seats[seat].groups,
            "stances": matrix.letters(row),
            "sources": "".join(_SOURCE_LETTERS[source] for source in matrix.sources[row].tolist()),
            "x": places[seat][0],
            "y": places[seat][1],
        }
        for row, seat in enumerate(matrix.seats)
    ]
    i, j = np.nonzero(np.triu(graph.backbone(net), 1))
    strengths = [significant(part[i, j]) for part in (net.weight, net.congruence, net.conflict)]
    columns = [column.tolist() for column in (i, j, *strengths, net.common[i, j])]
    pairs = len(nodes) * (len(nodes) - 1) // 2
    tied = int(np.triu(net.linked, 1).sum())
    return {
        "basis": matrix.basis,
        "positions": "own",
        "kind": "subtract",
        "normalisation": "average",
        "common_min": graph.COMMON_MIN,
        "top_k": graph.TOP_K,
        "seed": SEED,
        "clauses": matrix.clauses,
        "nodes": nodes,
        "edges": [list(edge) for edge in zip(*columns, strict=True)],
        "pairs": pairs,
        "pairs_tied": tied,
        "pairs_with_too_little_in_common": pairs - tied,
    }
