"""What is counted on a clause, and its computed status: a description in codes, never a declaration.

Only members with a seat are counted, each once, by the effective position; own, aligned and by-bloc are told
apart. A stale acceptance is unknown. Silence has no level. See consensus.md A5 and A6.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from deliberate.state import State, bloc_id
from deliberate.vocabulary import LEVEL, Source, Stance, StatusCode


@dataclass(frozen=True, slots=True)
class Counts:
    """What the `members` hold on one clause.

    `levels[k]` counts stances of level k + 1 (object ... support) from every source. `own`, `aligned` and `bloc`
    count members by the source of a position that is known. `stale` acceptances are unknown and to be reaffirmed;
    `conflict` counts members for whom two blocs speak differently; `none` have no effective position at all.
    `heard` counts members who spoke themselves or by alignment, on any revision. The tuples name seats in the
    order of seating; an objection made for a bloc stands once, as `bloc:speaker`. `by_bloc` names the members
    whose position is known through a bloc alone: they are in the lists of a status, never in those of a decision.
    """

    members: int
    levels: tuple[int, int, int, int, int]
    abstain: int
    pending: int
    stale: int
    conflict: int
    none: int
    own: int
    aligned: int
    bloc: int
    heard: int
    objections: tuple[str, ...]
    dissociations: tuple[str, ...]
    reservations: tuple[str, ...]
    abstentions: tuple[str, ...]
    awaiting: tuple[str, ...]
    to_reaffirm: tuple[str, ...]
    not_heard: tuple[str, ...]
    by_bloc: tuple[str, ...]

    @property
    def n_on(self) -> int:
        """Members on the scale."""
        return sum(self.levels)

    @property
    def accepting(self) -> int:
        """Members at level 3 or above."""
        return self.levels[2] + self.levels[3] + self.levels[4]


def count(state: State, clause: str, seats: Iterable[str] | None = None) -> Counts:
    """Return what the members hold on the clause; with `seats`, what those of them hold (the members of a group)."""
    asked = None if seats is None else set(seats)
    members = tuple(seat for seat in state.members if asked is None or seat in asked)
    levels = [0, 0, 0, 0, 0]
    sources = {Source.OWN: 0, Source.ALIGNED: 0, Source.BLOC: 0}
    objections: list[str] = []
    named: dict[Stance, list[str]] = {
        Stance.DISSOCIATE: [],
        Stance.ACCEPT_WITH_RESERVATION: [],
        Stance.ABSTAIN: [],
        Stance.PENDING: [],
    }
    to_reaffirm: list[str] = []
    not_heard: list[str] = []
    by_bloc: list[str] = []
    conflict = none = 0
    for seat in members:
        held = state.effective(clause, seat)
        position, source = held.position, held.source
        if source is not Source.ALIGNED and seat not in state.positions[clause]:
            not_heard.append(seat)
        if position is None or source is None:
            conflict += held.conflict
            none += not held.conflict
            continue
        if not held.known:
            to_reaffirm.append(seat)
            continue
        sources[source] += 1
        if source is Source.BLOC:
            by_bloc.append(seat)
        stance = position.stance
        if (level := LEVEL.get(stance)) is not None:
            levels[level - 1] += 1
        if stance is Stance.OBJECT:
            name = seat if position.bloc is None else bloc_id((position.bloc, position.seat))
            if name not in objections:
                objections.append(name)
        elif stance in named:
            named[stance].append(seat)
    return Counts(
        members=len(members),
        levels=(levels[0], levels[1], levels[2], levels[3], levels[4]),
        abstain=len(named[Stance.ABSTAIN]),
        pending=len(named[Stance.PENDING]),
        stale=len(to_reaffirm),
        conflict=conflict,
        none=none,
        own=sources[Source.OWN],
        aligned=sources[Source.ALIGNED],
        bloc=sources[Source.BLOC],
        heard=len(members) - len(not_heard),
        objections=tuple(objections),
        dissociations=tuple(named[Stance.DISSOCIATE]),
        reservations=tuple(named[Stance.ACCEPT_WITH_RESERVATION]),
        abstentions=tuple(named[Stance.ABSTAIN]),
        awaiting=tuple(named[Stance.PENDING]),
        to_reaffirm=tuple(to_reaffirm),
        not_heard=tuple(not_heard),
        by_bloc=tuple(by_bloc),
    )


def clause_status(state: State, clause: str, counts: Counts) -> StatusCode:
    """Return the computed status of a clause; the first that holds, in the order of A6.

    A recorded decision comes first, then objections, which always show whatever else is true.
    """
    place = state.clauses[clause]
    rules = state.rules
    if place.decision is not None:
        return StatusCode.DECIDED
    if place.votes is not None:
        return StatusCode.RECORDED_VOTE
    if counts.objections:
        return StatusCode.OBJECTED
    if counts.stale:
        return StatusCode.STALE
    if counts.pending:
        return StatusCode.AWAITING
    if not quorate(counts.heard, counts.members, rules.quorum_num, rules.quorum_den):
        return StatusCode.FEW_HEARD
    if counts.dissociations:
        return StatusCode.NO_OBJECTION_DISSOCIATED
    if counts.reservations:
        return StatusCode.NO_OBJECTION_RESERVED
    if counts.members and counts.own == counts.members == counts.levels[3] + counts.levels[4]:
        return StatusCode.ALL_ACCEPT
    return StatusCode.NO_OBJECTION


def quorate(present: int, members: int, num: int, den: int) -> bool:
    """Return whether `present` is more than num/den of `members`, in exact integers; never of nobody."""
    return members > 0 and present * den > members * num
