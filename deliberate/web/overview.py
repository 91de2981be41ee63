"""What the chair's pages show, from the state alone: figures with their n and N, rows, what needs the chair.

Nothing here speaks: codes and seat ids go to the templates, which say them in the reader's language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from deliberate import commands as c
from deliberate.consensus.agreement import Counts, count
from deliberate.events import Recorded, RoundClosed
from deliberate.procedure import decide
from deliberate.state import State, fold
from deliberate.vocabulary import Change, ClauseStage, GroupKind, StakeholderKind, Standing

CountsOf = Callable[[str], Counts]
"""What the members hold on a clause, by its id."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Seats that stand together: of a regional group, of none (`group` None), or observers of one `kind`."""

    group: str | None
    kind: StakeholderKind | None
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Of a declared list on a clause: `heard` of `members` in it, and of all other members."""

    group: str
    heard: int
    members: int
    others_heard: int
    others: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The chair's figures. `heard_once` counts members who spoke on at least one paragraph."""

    paragraphs: int
    without_objection: int
    adopted: int
    members: int
    heard_once: int
    heard_here: int
    lists: tuple[Heard, ...]


class Need(StrEnum):
    """Why a paragraph needs the chair; the first that holds, in the order of the list."""

    OBJECTED = "objected"
    REAFFIRM = "reaffirm"
    AWAITING = "awaiting"
    NOT_HEARD = "not_heard"


@dataclass(frozen=True, slots=True)
class Matter:
    """A paragraph that needs the chair, with what is known of it.

    `unheard_lists` holds (list, members of it not heard) for every declared list that has some.
    """

    clause: str
    need: Need
    counts: Counts
    unheard_lists: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a revision would do to the positions of members.

    `unknown` acceptances are to be reaffirmed, `maintained` objections and dissociations stand, `kept` positions
    hold as they are. `waits` says that nothing happens before the challenge window is over.
    """

    unknown: int
    maintained: int
    kept: int
    waits: bool


def rows(state: State) -> list[Rows]:
    """Return the seats of the matrix: members by regional group, then members of none, then observers by kind."""
    regional = [group.id for group in state.groups.values() if group.kind is GroupKind.REGIONAL]
    placed: dict[str | None, list[str]] = {group: [] for group in regional}
    placed[None] = []
    observers: dict[StakeholderKind, list[str]] = {kind: [] for kind in StakeholderKind}
    for seat in state.seats.values():
        if seat.withdrawn:
            continue
        if seat.standing is Standing.OBSERVER:
            observers[seat.kind].append(seat.id)
        else:
            placed[region(state, seat.id)].append(seat.id)
    found = [Rows(group, None, tuple(seats)) for group, seats in placed.items() if seats]
    return found + [Rows(None, kind, tuple(seats)) for kind, seats in observers.items() if seats]


def region(state: State, seat: str) -> str | None:
    """Return the regional group of a seat, or None."""
    groups = state.seats[seat].groups
    return next((group for group in groups if state.groups[group].kind is GroupKind.REGIONAL), None)


def lists(state: State) -> dict[str, frozenset[str]]:
    """Return the members of every declared list that has some."""
    found = {
        group.id: frozenset(seat for seat in state.members if group.id in state.seats[seat].groups)
        for group in state.groups.values()
        if group.kind is GroupKind.LIST
    }
    return {group: seats for group, seats in found.items() if seats}


def figures(state: State, counts_of: CountsOf, here: str | None) -> Figures:
    """Return the figures of the whole text, and who was heard on the clause `here`."""
    members = frozenset(state.members)
    silent = members
    without_objection = 0
    for clause in state.negotiable:
        counts = counts_of(clause.id)
        silent = silent.intersection(counts.not_heard)
        without_objection += not counts.objections
    unheard = frozenset(counts_of(here).not_heard) if here else members
    return Figures(
        paragraphs=len(state.negotiable),
        without_objection=without_objection,
        adopted=sum(clause.stage is ClauseStage.ADOPTED for clause in state.negotiable),
        members=len(members),
        heard_once=len(members) - len(silent),
        heard_here=len(members) - len(unheard),
        lists=tuple(
            Heard(
                group, len(named - unheard), len(named), len(members - named - unheard), len(members - named)
            )
            for group, named in lists(state).items()
        ),
    )


def attention(state: State, counts_of: CountsOf) -> list[Matter]:
    """Return the paragraphs that need the chair: objected, to reaffirm, awaiting, not heard; each once."""
    declared = lists(state)
    found: dict[Need, list[Matter]] = {need: [] for need in Need}
    for clause in state.negotiable:
        counts = counts_of(clause.id)
        need = _need(counts)
        if clause.stage is ClauseStage.ADOPTED or need is None:
            continue
        unheard = [(group, len(named.intersection(counts.not_heard))) for group, named in declared.items()]
        found[need].append(Matter(clause.id, need, counts, tuple(pair for pair in unheard if pair[1])))
    return [matter for matters in found.values() for matter in matters]


def _need(counts: Counts) -> Need | None:
    if counts.objections:
        return Need.OBJECTED
    if counts.to_reaffirm:
        return Need.REAFFIRM
    if counts.awaiting:
        return Need.AWAITING
    return Need.NOT_HEARD if counts.not_heard else None


def by_group(state: State, seats: Iterable[str]) -> list[tuple[Rows, int]]:
    """Return the named seats as they stand together, each with how many stand there in all."""
    named = set(seats)
    found = [
        (Rows(row.group, row.kind, tuple(seat for seat in row.seats if seat in named)), len(row.seats))
        for row in rows(state)
    ]
    return [(row, total) for row, total in found if row.seats]


def effect(state: State, clause: str, change: Change, actor: str, at: str) -> Effect:
    """Return what such a revision would do to members' positions, by trying it on a fork of the state.

    Raises the `DeliberateError` with which the revision would be refused.
    """
    place = state.clauses[clause]
    wording = place.revision.wording
    command = c.ReviseClause(clause=clause, revision=place.revision.number, change=change, wording=wording)
    draft = state.fork()
    for event in decide(state, command, actor, at):
        fold(draft, Recorded(draft.version + 1, at, actor, "", event, ""))
    before, after = count(state, clause), count(draft, clause)
    return Effect(
        unknown=after.stale - before.stale,
        maintained=len(after.objections) + len(after.dissociations),
        kept=after.accepting + after.abstain + after.pending,
        waits=draft.clauses[clause].challenge_until is not None,
    )


def closing(state: State, actor: str, at: str) -> RoundClosed:
    """Return what closing the open round would record: who is not heard, awaits instructions, is to reaffirm.

    Raises the `DeliberateError` with which the closing would be refused.
    """
    current = state.open_round
    number = current.number if current else max(1, len(state.rounds))
    made = decide(state, c.CloseRound(round=number, reason="review"), actor, at)
    event = made[0]
    assert isinstance(event, RoundClosed)
    return event
