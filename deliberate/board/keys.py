"""Which keys there are: what an event touches, the layer in which a key lives, the rooms that a browser follows."""

from collections.abc import Iterable

from deliberate import events as e
from deliberate.state import State
from deliberate.vocabulary import Audience, Office, Stance

PUBLIC, MEMBERS, TABLE = "public", "members", "table"


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


def by_scope(keys: Iterable[str]) -> dict[str, list[str]]:
    """Return the keys that each scope adds: under "" those seen through any, under a clause those of its cells."""
    found: dict[str, list[str]] = {"": []}
    for key in keys:
        head, _, rest = key.partition("/")
        found.setdefault(rest.split("/", 1)[0] if head in _SCOPED else "", []).append(key)
    return found


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
