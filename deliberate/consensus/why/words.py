"""How the figures that are words read what members hold: the status, and the answer of a rule."""

from collections.abc import Mapping
from typing import Any, Final

from deliberate.consensus.agreement import Counts, clause_status
from deliberate.consensus.rules import Rule, Setting, answer, case_of
from deliberate.consensus.why.held import UNKNOWN, Held, Reading, Role, figure_of
from deliberate.state import State
from deliberate.vocabulary import Stance, StatusCode

_DECIDING: Final[Mapping[StatusCode, frozenset[str]]] = {
    StatusCode.OBJECTED: frozenset({"object"}),
    StatusCode.STALE: frozenset({"stale"}),
    StatusCode.AWAITING: frozenset({"pending"}),
    StatusCode.NO_OBJECTION_DISSOCIATED: frozenset({"dissociate"}),
    StatusCode.NO_OBJECTION_RESERVED: frozenset({"accept_with_reservation"}),
    StatusCode.ALL_ACCEPT: frozenset({"support", "accept"}),
}
"""What, held by anybody, makes a status; the others are made by what is not there."""


def status(state: State, clause: str, counts: Counts) -> Reading:
    """Return the status. Those who decide it are for it; for `few_heard` they are those who have not been heard."""
    status = clause_status(state, clause, counts)
    rules, place = state.rules, state.clauses[clause]
    codes = _DECIDING.get(status, frozenset())
    facts: dict[str, Any] = {
        "heard": counts.heard,
        "quorum": [rules.quorum_num, rules.quorum_den],
        "objections": list(counts.objections),
    }
    if place.decision is not None:
        facts |= {"question": place.decision.question, "outcome": place.decision.outcome.value}
    if place.votes is not None:
        facts |= dict(zip(("yes", "no", "abstain"), place.votes.tally(), strict=True))

    def role(held: Held) -> Role:
        if status in (StatusCode.DECIDED, StatusCode.RECORDED_VOTE):
            return Role.OUT
        if held.code in codes or (status is StatusCode.FEW_HEARD and not held.heard):
            return Role.FOR
        return Role.UNKNOWN if held.code in UNKNOWN else Role.BASE

    return Reading(figure_of(counts, None), role, frozenset(state.members), status.value, facts)


def rule(state: State, clause: str, setting: Setting, at: str, counts: Counts) -> Reading:
    """Return what a rule answers. Votes on record are read as votes; stances never are."""
    case = case_of(state, clause, at, counts)
    ruling = answer(setting, case, at)
    voting = ruling.basis is not None
    facts = {
        "rule": ruling.rule.value,
        "tally": dict(ruling.tally),
        "missing_to_pass": ruling.missing_to_pass,
        "lacking": [lack.value for lack in ruling.lacking],
        "groups": list(ruling.groups),
    }

    def role(held: Held) -> Role:
        if held.seat in ruling.who or (held.code == Stance.OBJECT.value and held.author in ruling.who):
            return Role.AGAINST
        if held.seat in ruling.unknown:
            return Role.UNKNOWN
        if voting:
            return Role.FOR if case.ballots and held.seat in case.ballots.yes else Role.OUT
        if ruling.rule is Rule.UNANIMITY:
            return Role.FOR
        return Role.OUT if held.code in UNKNOWN else Role.BASE

    return Reading(figure_of(counts, None), role, frozenset(state.members), ruling.answer.value, facts)
