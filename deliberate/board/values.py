"""What a key holds, computed from the state whenever it is asked for."""

from typing import Any, Final

from deliberate.consensus.agreement import Counts, clause_status, count
from deliberate.state import Clause, Effective, Position, State, bloc_id
from deliberate.vocabulary import LETTER, Freshness, Source, Stance

CLAUSE_FIELDS: Final = (
    "status", "object", "dissociate", "reservation", "accept", "support", "abstain", "pending", "stale", "none",
    "own", "aligned", "bloc", "heard", "members", "objections",
)  # fmt: skip
"""The figures of `clause/…`. The five levels, and what is off the scale, add up to `members`."""


def value(state: State, key: str, counts: Counts | None = None) -> Any:
    """Return the value of a key now, or None where nothing is (any more)."""
    head, _, rest = key.partition("/")
    match head:
        case "cell":
            clause, _, seat = rest.partition("/")
            return cell(state.effective(clause, seat))
        case "clause":
            return clause_figures(state, state.clauses[rest], counts or count(state, rest))
        case "mine":
            seat, _, clause = rest.partition("/")
            return mine(state, seat, clause)
        case "cannot":
            return [_objection(state, rest, name) for name in (counts or count(state, rest)).objections]
        case "beside":
            return _beside(state, rest)
        case "chair":
            return (
                _arrivals(state)
                if rest == "arrivals"
                else _at_the_table(state, rest.partition("/")[2], counts)
            )
        case "mandates":
            return [[m.seat, m.bloc, m.speaker] for held in state.mandates.values() for m in held.values()]
        case _:
            return _public(state, head, rest)


def _public(state: State, head: str, rest: str) -> Any:
    match head:
        case "deliberation":
            convened = state.convened
            return convened and {
                "nature": convened.nature,
                "text_kind": convened.text_kind,
                "title": convened.title,
                "languages": convened.languages,
                "original": convened.original,
                "authentic": convened.authentic,
            }
        case "round":
            if not state.rounds:
                return None
            last = state.rounds[-1]
            return {
                "number": last.number,
                "kind": last.kind,
                "deadline": last.deadline,
                "open": last.closed is None,
            }
        case "seats":
            return list(state.seats)
        case "seat":
            seat = state.seats[rest]
            return {
                "name": seat.name,
                "kind": seat.kind,
                "standing": seat.standing,
                "groups": seat.groups,
                "withdrawn": seat.withdrawn,
            }
        case "text":
            clause = state.clauses[rest]
            return {
                "revision": clause.revision.number,
                "change": clause.revision.change,
                "wording": clause.revision.wording,
                "at": clause.revision.at,
                "challenge_until": clause.challenge_until,
            }
        case "question":
            return _question(state)
        case "decision":
            return _decision(state.clauses[rest])
        case "redacted":
            return state.redacted.get(rest)
        case "translation":
            return state.translations.get(rest)
        case _:
            raise KeyError(head)


def cell(held: Effective) -> str:
    """Return a cell in two letters.

    First the stance: S A R D O N P, in lower case when it was made on an earlier revision (an acceptance is then
    to be reaffirmed, an objection or dissociation stands), `.` for none, `!` where two blocs differ. Then the
    source: o own, a aligned, b by bloc, `?` an alignment to be confirmed, `.` none.
    """
    position = held.position
    if position is None or held.source is None:
        return ("!" if held.conflict else ".") + ("?" if held.to_confirm else ".")
    letter = LETTER[position.stance]
    if position.freshness in (Freshness.STALE, Freshness.MAINTAINED):
        letter = letter.lower()
    return letter + {Source.OWN: "o", Source.ALIGNED: "a", Source.BLOC: "b"}[held.source]


def pack(state: State, clause: str) -> str:
    """Return the cells of a clause as one string, two letters a seat, in the order of `seats`."""
    effective = state.effective
    return "".join([cell(effective(clause, seat)) for seat in state.seats])


def clause_figures(state: State, clause: Clause, counts: Counts) -> list[Any]:
    """Return the figures of a clause in the order of CLAUSE_FIELDS."""
    return [
        clause_status(state, clause.id, counts),
        *counts.levels,
        counts.abstain,
        counts.pending,
        counts.stale,
        counts.none + counts.conflict,
        counts.own,
        counts.aligned,
        counts.bloc,
        counts.heard,
        counts.members,
        len(counts.objections),
    ]


def mine(state: State, seat: str, clause: str) -> dict[str, Any] | None:
    """Return what a seat holds on a clause, from every source, as its own delegates see it; None for nothing."""
    held = state.effective(clause, seat)
    own = state.positions[clause].get(seat)
    alignment = state.alignments[clause].get(seat)
    blocs = {
        bloc_id(key): _position(position)
        for key, position in state.bloc_positions[clause].items()
        if key[1] == seat
    }
    confidence = state.confidences[clause].get(seat)
    if held.position is None and not (own or alignment or blocs or confidence or held.conflict):
        return None
    return {
        "cell": cell(held),
        "own": _position(own) if own else None,
        "aligned": alignment
        and {
            "with": alignment.with_seat,
            "version": alignment.statement_version,
            "seen": alignment.version,
        },
        "to_confirm": held.to_confirm,
        "by_bloc": (held.source is Source.BLOC and held.position is not None and held.position.bloc) or None,
        "conflict": held.conflict,
        "speaks": blocs,
        "confidence": _position(confidence) if confidence else None,
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "stance": position.stance,
        "revision": position.revision,
        "made_on": position.made_on,
        "freshness": position.freshness,
        "finality": position.finality,
        "version": position.version,
        "at": position.at,
        "objection_type": position.objection_type,
        "none_would": position.none_would,
        "pending_kind": position.pending_kind,
        "expected_by": position.expected_by,
        "statement": position.statement,
        "scope": position.scope,
        "would_lift": position.would_lift,
        "lang": position.lang,
        "cosponsor": position.cosponsor,
    }


def _objection(state: State, clause: str, name: str) -> dict[str, Any]:
    """An objection as everyone of the shared layer sees it: `by` is a seat, or `bloc:speaker`."""
    if ":" in name:
        bloc, speaker = name.split(":", 1)
        position = state.bloc_positions[clause][bloc, speaker]
    else:
        found = state.effective(clause, name).position
        assert found is not None
        position = found
    return {
        "by": name,
        "type": position.objection_type,
        "made_on": position.made_on,
        "maintained": position.freshness is Freshness.MAINTAINED,
        "statement": position.statement,
        "would_lift": position.would_lift,
        "none_would": position.none_would,
        "addressed": position.addressed,
        "mandates": len(state.mandators(*name.split(":", 1))) if ":" in name else 0,
        "lang": position.lang,
    }


def _beside(state: State, clause: str) -> list[dict[str, Any]]:
    found = []
    for seat in state.members:
        held = state.effective(clause, seat)
        position = held.position
        if position is None or not held.known or held.source is Source.BLOC:
            continue
        if position.stance in (Stance.DISSOCIATE, Stance.ACCEPT_WITH_RESERVATION):
            found.append(
                {
                    "by": seat,
                    "stance": position.stance,
                    "made_on": position.made_on,
                    "statement": position.statement,
                    "scope": position.scope,
                    "lang": position.lang,
                }
            )
    return found


def _question(state: State) -> dict[str, Any] | None:
    question = state.open_question
    if question is None:
        return None
    return {
        "number": question.number,
        "clause": question.clause,
        "revision": question.revision,
        "until": question.until,
        "checked_in": len(question.checked_in.intersection(state.members)),
        "floor": question.floor,
    }


def _decision(clause: Clause) -> dict[str, Any] | None:
    if clause.votes is not None:
        yes, no, abstain = clause.votes.tally()
        return {"vote": [yes, no, abstain], "carried": clause.votes.carried}
    decision = clause.decision
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "revision": decision.revision,
        "rule": decision.rule,
        "members": decision.members,
        "checked_in": decision.checked_in,
        "objections": decision.objections,
        "dissociations": decision.dissociations,
        "reservations": decision.reservations,
        "abstentions": decision.abstentions,
        "pending": decision.pending,
        "not_heard": decision.not_heard,
        "statement": decision.statement,
    }


def _at_the_table(state: State, clause: str, counts: Counts | None) -> dict[str, Any]:
    counts = counts or count(state, clause)
    return {
        "not_heard": counts.not_heard,
        "awaiting": counts.awaiting,
        "to_reaffirm": counts.to_reaffirm,
        "confidences": {seat: _position(held) for seat, held in state.confidences[clause].items()},
    }


def _arrivals(state: State) -> dict[str, Any]:
    people: dict[str, int] = {}
    for seat in state.delegates.values():
        people[seat] = people.get(seat, 0) + 1
    invited: dict[str, int] = {}
    for invitation in state.invitations.values():
        if invitation.seat is not None and invitation.accepted_by is None and not invitation.revoked:
            invited[invitation.seat] = invited.get(invitation.seat, 0) + 1
    return {"arrived": people, "invited": invited}
