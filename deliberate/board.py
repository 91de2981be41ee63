"""What a browser holds: a flat map of keys to values, each key in exactly one layer, codes and no prose.

    key                      layer    value
    deliberation             public   nature, text_kind, title, languages, original, authentic
    round                    public   number, kind, deadline, open; null before the first
    seats                    public   seat ids in the order of seating: packed cells use it
    seat/KEN                 public   name, kind, standing, groups, withdrawn
    text/op4                 public   revision, change, wording, at, challenge_until
    question                 public   number, clause, revision, until, checked_in, floor; null when none is put
    decision/op4             public   what was declared, or the recorded votes; null before
    redacted/<digest>        public   the digest of the reason
    translation/<digest>     public   language to digest
    clause/op4               shared   the figures of CLAUSE_FIELDS, in that order
    cell/op4/KEN             shared   two letters: stance and source (see `cell`)
    cannot/op4               shared   who cannot accept, with what would lift it
    beside/op4               shared   reservations and dissociations
    mandates                 shared   [seat, bloc, speaker] of every mandate
    mine/KEN/op4             seat:KEN the seat's own position, alignment, bloc and confidence
    chair/clause/op4         table    who is not heard, awaiting, to reaffirm; confidences
    chair/arrivals           table    per seat: people who act for it; open invitations

*shared* is the layer public or members, as the rules of procedure say. A *room* is a layer seen through a scope:
the cells of no clause (""), of one ("op4") or of all ("*"). A figure uses only what its layer may see.

A push is `{epoch, room, after, version, keys}`: `after` is the last push to that room. A browser applies it only if
`after <= have < version`; if `after > have` it asks for what came since `have`; else it ignores it. A key's version
is that of the last event that touches it, so that every process and every restart agrees.
"""

from collections.abc import Iterable
from typing import Any, Final

from deliberate import events as e
from deliberate.consensus.agreement import Counts, clause_status, count
from deliberate.state import Clause, Effective, Position, State, bloc_id
from deliberate.vocabulary import LETTER, Audience, Freshness, Office, Source, Stance

PUBLIC, MEMBERS, TABLE = "public", "members", "table"
CLAUSE_FIELDS: Final = (
    "status", "object", "dissociate", "reservation", "accept", "support", "abstain", "pending", "stale", "none",
    "own", "aligned", "bloc", "heard", "members", "objections",
)  # fmt: skip
"""The figures of `clause/…`. The five levels, and what is off the scale, add up to `members`."""
PACKED_FROM: Final = 20
"""An event that touches more cells of a clause than this sends them as one string."""

CHANGES_KEPT: Final = 64
"""Answers to "what changed since" that are kept until the next event."""

_SCOPED = frozenset({"cell", "cells", "cannot", "beside"})
_TABLE_OFFICES = frozenset({Office.CHAIR, Office.FACILITATOR, Office.SECRETARY})
_WORDED = frozenset({Stance.OBJECT, Stance.DISSOCIATE, Stance.ACCEPT_WITH_RESERVATION})


def seat_layer(seat: str) -> str:
    """Return the layer that only the delegates of a seat follow."""
    return f"seat:{seat}"


def shared_layer(state: State) -> str:
    """Return the layer of positions and the figures made of them."""
    return PUBLIC if state.rules.audience is Audience.PUBLIC else MEMBERS


def layer_of(state: State, key: str) -> str:
    """Return the one layer in which a key lives."""
    match key.split("/", 2)[0]:
        case "clause" | "cell" | "cannot" | "beside" | "mandates":
            return shared_layer(state)
        case "mine":
            return seat_layer(key.split("/", 2)[1])
        case "chair":
            return TABLE
        case _:
            return PUBLIC


def in_scope(key: str, scope: str) -> bool:
    """Return whether a key is seen through a scope: what belongs to one clause's cells only where it is open."""
    head, _, rest = key.partition("/")
    return head not in _SCOPED or scope == "*" or (scope != "" and rest.split("/", 1)[0] == scope)


def touched(before: State, event: e.Event) -> Iterable[str]:
    """Return the keys whose value the event may change, given the state before it."""
    match event:
        case e.PositionTaken() | e.PositionReaffirmed() | e.PositionSupplemented() | e.PositionWithdrawn():
            return _position_keys(before, event)
        case e.ObjectionAddressed(clause=clause):
            return {f"cannot/{clause}", *_mine(clause, [event.seat])}
        case e.PositionAligned(clause=clause) | e.AlignmentWithdrawn(clause=clause):
            return _cells(clause, [event.seat]) | _worded(clause)
        case e.MandateGiven() | e.MandateRevoked():
            keys = {"mandates"}
            for clause in before.clauses:
                if before.bloc_positions[clause]:
                    keys |= _cells(clause, [event.seat]) | _worded(clause)
                keys |= _mine(clause, [event.seat])
            return keys
        case (
            e.ClauseRevised(clause=clause)
            | e.RevisionChallenged(clause=clause)
            | e.RevisionSettled(clause=clause)
        ):
            return {f"text/{clause}"} | _whole_clause(before, clause)
        case e.PositionsImported(clause=clause):
            return _cells(clause, event.stances) | _worded(clause)
        case e.QuestionPut() | e.SeatsCheckedIn() | e.FloorRequested():
            return {"question"}
        case e.QuestionWithdrawn():
            return {"question"}
        case e.DecisionDeclared(clause=clause):
            return {"question", f"decision/{clause}", f"clause/{clause}", f"chair/clause/{clause}"}
        case e.VotesRecorded(clause=clause):
            return {f"decision/{clause}", f"clause/{clause}"}
        case e.RoundOpened() | e.RoundClosed():
            return {"round"}
        case e.TextRedacted():
            return {f"redacted/{event.text}"}
        case e.TranslationAdded():
            return {f"translation/{event.of}"}
        case _:
            return _place_keys(before, event)


def _position_keys(
    before: State,
    event: e.PositionTaken | e.PositionReaffirmed | e.PositionSupplemented | e.PositionWithdrawn,
) -> set[str]:
    clause, seat = event.clause, event.seat
    if event.bloc is not None:
        return _cells(clause, [seat, *before.mandators(event.bloc, seat)]) | _worded(clause)
    if isinstance(event, e.PositionTaken | e.PositionWithdrawn) and event.visibility == "facilitators":
        return {f"mine/{seat}/{clause}", f"chair/clause/{clause}"}
    held = before.positions[clause].get(seat)
    followers = [a.seat for a in before.alignments[clause].values() if a.with_seat == seat]
    keys = _cells(clause, [seat, *followers])
    stance = event.stance if isinstance(event, e.PositionTaken) else None
    by_bloc = before.bloc_positions[clause] and before.mandates.get(
        seat
    )  # what a bloc said for it ends or returns
    if followers or by_bloc or stance in _WORDED or (held is not None and held.stance in _WORDED):
        keys |= _worded(clause)
    return keys


def _place_keys(before: State, event: e.Event) -> set[str]:
    match event:
        case e.DeliberationConvened():
            return {"deliberation", "round", "seats", "question", "mandates", "chair/arrivals"}
        case e.ClauseTabled(clause=clause):
            return {f"text/{clause}", f"decision/{clause}"} | _whole_clause(before, clause)
        case e.StakeholderSeated(seat=seat):
            return {"seats", f"seat/{seat}", "chair/arrivals"} | _everywhere(before, seat)
        case e.StakeholderWithdrew(seat=seat):
            keys = {"seats", f"seat/{seat}", "chair/arrivals", "mandates", "question"}
            for clause in before.clauses:
                keys |= _whole_clause(before, clause)
            return keys
        case e.InvitationIssued() | e.InvitationRevoked() | e.InvitationAccepted() | e.DelegateRevoked():
            return {"chair/arrivals"}
        case _:
            return set()


def _mine(clause: str, seats: Iterable[str]) -> set[str]:
    return {f"mine/{seat}/{clause}" for seat in seats}


def _cells(clause: str, seats: Iterable[str]) -> set[str]:
    keys = {f"clause/{clause}", f"chair/clause/{clause}"}
    for seat in seats:
        keys.add(f"cell/{clause}/{seat}")
        keys.add(f"mine/{seat}/{clause}")
    return keys


def _worded(clause: str) -> set[str]:
    return {f"cannot/{clause}", f"beside/{clause}"}


def _whole_clause(before: State, clause: str) -> set[str]:
    return _cells(clause, before.seats) | _worded(clause)


def _everywhere(before: State, seat: str) -> set[str]:
    keys: set[str] = set()
    for clause in before.clauses:
        keys |= {f"clause/{clause}", f"chair/clause/{clause}", f"cell/{clause}/{seat}"}
    return keys


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


class Board:
    """The versions of every key, kept beside a state; `mark` after each commit, `changes` to see what came since."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[str, int]] = {}
        self.heads: dict[str, int] = {}
        self.drained = 0
        self._pending: dict[str, set[str]] = {}
        self._counts: dict[str, Counts] = {}
        self._changes: dict[tuple[str, int], dict[str, Any]] = {}
        self._changes_at = 0

    def mark(self, state: State, version: int, keys: Iterable[str]) -> None:
        """Note that the event at `version` touched the keys; `state` is the one after it."""
        self._changes = {}
        for key in keys:
            layer = layer_of(state, key)
            self.versions.setdefault(layer, {})[key] = version
            self.heads[layer] = version
            self._pending.setdefault(layer, set()).add(key)
            if key.startswith("clause/"):
                self._counts.pop(key[7:], None)

    def drain(self) -> dict[str, set[str]]:
        """Return the keys that were marked since the last call, by layer; `drained` is the version they reach."""
        pending, self._pending = self._pending, {}
        self.drained = max([self.drained, *self.heads.values()])
        return pending

    def counts(self, state: State, clause: str) -> Counts:
        """Return what the members hold on the clause, computed once per change.

        A page may still hold the state before the last commit: what it counts is not kept for those who come after.
        """
        found = self._counts.get(clause)
        if found is None:
            found = count(state, clause)
            if state.version >= self.versions.get(shared_layer(state), {}).get(f"clause/{clause}", 0):
                self._counts[clause] = found
        return found

    def value(self, state: State, key: str) -> Any:
        """Return the value of a key, from the counts already made."""
        head, _, rest = key.partition("/")
        clause = rest if head in ("clause", "cannot") else rest[7:] if rest.startswith("clause/") else ""
        return value(state, key, self.counts(state, clause) if clause else None)

    def changes(self, state: State, room: str, since: int) -> dict[str, Any]:
        """Return the keys of a room that changed after `since`, with their values; many cells of a clause come as
        one string `cells/<clause>`, two letters a seat. Not to be altered: a hall that comes back after a restart
        asks for the same a thousand times."""
        if self._changes_at != state.version:
            self._changes, self._changes_at = {}, state.version
        found = self._changes.get((room, since))
        if found is None:
            found = self._changed(state, room, since)
            if len(self._changes) < CHANGES_KEPT:
                self._changes[room, since] = found
        return found

    def _changed(self, state: State, room: str, since: int) -> dict[str, Any]:
        layer, _, scope = room.partition("#")
        if since >= self.heads.get(layer, 0):
            return {}
        keys = [
            key
            for key, version in self.versions.get(layer, {}).items()
            if version > since and in_scope(key, scope)
        ]
        return self.values(state, keys)

    def values(self, state: State, keys: Iterable[str], made: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the keys with their values, packing cells where there are many of a clause. `made` keeps values
        from one call to the next, for rooms that share keys."""
        made = {} if made is None else made
        cells: dict[str, list[str]] = {}
        found: dict[str, Any] = {}
        for key in keys:
            if key.startswith("cell/"):
                cells.setdefault(key.split("/", 2)[1], []).append(key)
            else:
                if key not in made:
                    made[key] = self.value(state, key)
                found[key] = made[key]
        for clause, names in cells.items():
            packed = f"cells/{clause}"
            if len(names) > PACKED_FROM:
                if packed not in made:
                    made[packed] = pack(state, clause)
                found[packed] = made[packed]
            else:
                for key in names:
                    found[key] = value(state, key)
        return found


def rooms(state: State, actor: str | None, scope: str) -> list[str]:
    """Return the rooms that an actor's browser follows, at most three; None is the public."""
    shared = shared_layer(state)
    seat = state.delegates.get(actor) if actor else None
    offices = state.offices.get(actor, frozenset()) if actor else frozenset()
    found = [f"{PUBLIC}#{scope}"]
    if shared != PUBLIC and (seat is not None or offices):
        found.append(f"{shared}#{scope}")
    if seat is not None:
        found.append(f"{seat_layer(seat)}#")
    elif not offices.isdisjoint(_TABLE_OFFICES):
        found.append(f"{TABLE}#")
    return found
