"""What if: every status, figure and rule, as it is and as it would be if positions or wordings changed.

The changes are told to a fork of the state as events that nobody records, so that they do what they would do on record:
a new wording makes acceptances stale, a new statement leaves those aligned with the old one to confirm. Nothing here
changes the state or the log.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from deliberate.consensus.agreement import count
from deliberate.consensus.figures import Figure, rounded
from deliberate.consensus.rules import Rule, Ruling, Setting, answer, case_of, indication_of
from deliberate.consensus.why import FigureName, read
from deliberate.errors import Invalid
from deliberate.events import (
    AlignmentWithdrawn,
    ClauseRevised,
    Event,
    PositionTaken,
    PositionWithdrawn,
    Recorded,
)
from deliberate.state import State, bloc_id, fold
from deliberate.vocabulary import ACCEPTING, DEFAULT_FINALITY, Change, Finality, Freshness, Stance

SETTINGS: Final = tuple(
    Setting(rule)
    for rule in (Rule.CONSENSUS, Rule.NO_SUSTAINED_OPPOSITION, Rule.CONSENSUS_MINUS, Rule.UNANIMITY)
)
"""The rules that positions alone can decide, asked by default."""

_FIGURES: Final = (
    FigureName.HEARD,
    FigureName.ACCEPTANCE,
    FigureName.ACCEPTANCE_LOWER,
    FigureName.ACCEPTANCE_UPPER,
    FigureName.STEPS_TO_NO_OBJECTION,
    FigureName.STEPS_TO_ACCEPTANCE,
    FigureName.MINIMUM_GROUP_SUPPORT,
    FigureName.LEIK,
    FigureName.AGREEMENT,
)


@dataclass(frozen=True, slots=True)
class Restated:
    """If `seat` held `stance` on the wording now on the table; None: if it withdrew what it holds.

    With `bloc`, the seat speaks for it. `finality` is by default that of what it holds, else that of the open round.
    """

    clause: str
    seat: str
    stance: Stance | None
    bloc: str | None = None
    finality: Finality | None = None


@dataclass(frozen=True, slots=True)
class Reworded:
    """If the clause got a new wording; an editorial one after its window, unchallenged."""

    clause: str
    change: Change = Change.SUBSTANTIVE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is said of a clause: its status in a code, its figures, and what each rule answers."""

    status: str
    objections: tuple[str, ...]
    figures: Mapping[FigureName, Figure]
    rules: tuple[Ruling, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "status": self.status,
            "objections": list(self.objections),
            "figures": {name.value: figure.plain() for name, figure in self.figures.items()},
            "rules": [ruling.plain() for ruling in self.rules],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause before and after."""

    clause: str
    before: Snapshot
    after: Snapshot

    @property
    def changed(self) -> tuple[str, ...]:
        """What would not be the same: `status`, `objections`, names of figures, and rules as `rule:` and their name."""
        found = [
            name
            for name in ("status", "objections")
            if getattr(self.before, name) != getattr(self.after, name)
        ]
        found += [name.value for name in _FIGURES if self.before.figures[name] != self.after.figures[name]]
        pairs = zip(self.before.rules, self.after.rules, strict=True)
        found += [f"rule:{before.rule.value}" for before, after in pairs if before != after]
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain data, floats at 9 significant digits."""
        said = {"before": self.before.as_dict(), "after": self.after.as_dict(), "changed": list(self.changed)}
        written: dict[str, Any] = rounded({"clause": self.clause, "kind": "what_if", **said})
        return written


def what_if(
    state: State,
    changes: Iterable[Restated | Reworded],
    *,
    settings: Sequence[Setting] = SETTINGS,
    indications: bool = False,
    at: str | None = None,
) -> tuple[Difference, ...]:
    """Return what every status, figure and rule would be if positions or wordings changed.

    Parameters
    ----------
    state
        At the version that is asked about; it is not touched.
    changes
        In the order in which they would happen: a position after a new wording is on that.
    settings
        The rules to ask, each with its numbers.
    indications
        Whether to let voting rules answer on what stances would come to in a vote, each marked as an indication. For
        analysts, and for the chair once efforts towards consensus are recorded as exhausted (A5). Else they answer on
        votes on record, or *not put*.
    at
        The moment for which rules answer (UTC, ISO 8601); by default that of the last event.

    Returns
    -------
    tuple of Difference
        One for each clause that a change names, in the order of the text. What is hypothetical stays so: a status that
        was decided is still decided, and a question that was put on an earlier wording is put no more.

    Raises
    ------
    Invalid
        A change names a clause, seat or bloc that is not there.

    Examples
    --------
    >>> what_if(State(), [])
    ()
    >>> what_if(State(), [Reworded("op9")])
    Traceback (most recent call last):
    ...
    deliberate.errors.Invalid: There is no such clause in this text.

    Notes
    -----
    A seat that withdraws is spoken for by its bloc, if it has one. A seat that states a position of its own leaves the
    statement that it aligned with.

    References
    ----------
    consensus.md A5 (what becomes of positions when the text changes), A6 (status), B16 (rules).
    """
    told = list(changes)
    after = state.fork()
    for change in told:
        for event in _events(after, change):
            recorded = Recorded(after.version + 1, after.at, "", "", event, after.digest)
            fold(after, recorded)
    named = {change.clause for change in told}
    moment = at or state.at

    def snapshot(of: State, clause: str) -> Snapshot:
        return _snapshot(of, clause, settings, indications, moment)

    return tuple(
        Difference(clause.id, snapshot(state, clause.id), snapshot(after, clause.id))
        for clause in state.text
        if clause.id in named
    )


def _snapshot(state: State, clause: str, settings: Sequence[Setting], indications: bool, at: str) -> Snapshot:
    counts = count(state, clause)
    case = case_of(state, clause, at, counts)
    if indications and case.ballots is None:
        case = replace(case, ballots=indication_of(state, clause))
    return Snapshot(
        status=read(state, clause, FigureName.STATUS, counts=counts).answer or "",
        objections=counts.objections,
        figures={name: read(state, clause, name, counts=counts).figure for name in _FIGURES},
        rules=tuple(answer(setting, case, at) for setting in settings),
    )


def _events(state: State, change: Restated | Reworded) -> list[Event]:
    """Return what would be recorded."""
    place = state.clauses.get(change.clause)
    if place is None:
        raise Invalid("There is no such clause in this text.", clause=change.clause)
    if isinstance(change, Reworded):
        return _reworded(state, change)
    if state.roles_of_seat(change.seat) is None:
        raise Invalid("There is no such seat, or it has been given up.", seat=change.seat)
    if change.bloc is not None and not state.mandators(change.bloc, change.seat):
        raise Invalid("This seat speaks for nobody as that bloc.", seat=change.seat, bloc=change.bloc)
    held = state.positions[change.clause].get(change.seat)
    if change.bloc is not None:
        held = state.bloc_positions[change.clause].get((change.bloc, change.seat))
    events: list[Event] = []
    if change.bloc is None and change.seat in state.alignments[change.clause]:
        events.append(AlignmentWithdrawn(change.clause, change.seat))
    if change.stance is not None:
        finality = change.finality or (held.finality if held else _finality(state))
        mandates = len(state.mandators(change.bloc, change.seat)) if change.bloc else 0
        events.append(
            PositionTaken(
                change.clause, place.revision.number, change.seat, change.stance, finality,
                bloc=change.bloc, mandates=mandates,
            )
        )  # fmt: skip
    elif held is not None:
        events.append(PositionWithdrawn(change.clause, change.seat, change.bloc))
    return events


def _finality(state: State) -> Finality:
    return DEFAULT_FINALITY[state.open_round.kind] if state.open_round else Finality.INDICATIVE


def _reworded(state: State, change: Reworded) -> list[Event]:
    """Return a revision, with what becomes of positions: acceptances stale, objections and dissociations maintained,
    the rest carried; after an editorial one, everything that held before."""
    number = state.clauses[change.clause].revision.number + 1
    held = dict(state.positions[change.clause])
    held |= {bloc_id(key): position for key, position in state.bloc_positions[change.clause].items()}
    if change.change is Change.EDITORIAL:
        lapsed = (Freshness.STALE, Freshness.MAINTAINED)
        carried = tuple(name for name, position in held.items() if position.freshness not in lapsed)
        return [ClauseRevised(change.clause, number, change.change, {}, carried=carried)]
    stale = tuple(name for name, position in held.items() if position.stance in ACCEPTING)
    against = (Stance.OBJECT, Stance.DISSOCIATE)
    maintained = tuple(name for name, position in held.items() if position.stance in against)
    carried = tuple(name for name in held if name not in (*stale, *maintained))
    return [ClauseRevised(change.clause, number, change.change, {}, stale, maintained, carried)]
