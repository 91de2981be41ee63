"""How the figures that are numbers read what members hold."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from deliberate.consensus.agreement import (
    Counts,
    GroupCounts,
    acceptance_bounds,
    agreement_with_target,
    consensus_leik,
    count,
    group_counts,
    lowest_groups,
    minimum_group_support_bounds,
)
from deliberate.consensus.agreement.support import ACCEPTING_FROM, Share
from deliberate.consensus.figures import Figure, Reason
from deliberate.consensus.why.held import UNKNOWN, FigureName, Held, Reading, Role, figure_of, held_by_members
from deliberate.errors import Invalid
from deliberate.state import State
from deliberate.vocabulary import Stance

DISPERSION_MIN: Final = 3
"""Fewer on the scale than this have no dispersion worth a number (consensus.md B)."""

_TARGET: Final = {FigureName.STEPS_TO_NO_OBJECTION: 2, FigureName.STEPS_TO_ACCEPTANCE: 3}
"""The level that steps lead to."""


def number_of(state: State, clause: str, code: str | None, counts: Counts) -> Reading:
    """Return how many hold a stance, or are stale, in conflict or without a position."""
    known = [*(stance.value for stance in Stance), "stale", "conflict", "none"]
    if code not in known:
        raise Invalid("Name a stance to be counted, or stale, conflict or none.", of=code, known=known)
    number = sum(held.code == code for held in held_by_members(state, clause, counts))

    def role(held: Held) -> Role:
        return Role.FOR if held.code == code else Role.BASE

    return Reading(figure_of(counts, number), role, frozenset(state.members))


def heard(state: State, counts: Counts) -> Reading:
    """Return how many spoke themselves or by alignment, on any revision."""

    def role(held: Held) -> Role:
        return Role.FOR if held.heard else Role.UNKNOWN

    return Reading(figure_of(counts, counts.heard), role, frozenset(state.members))


def steps(state: State, name: FigureName, counts: Counts) -> Reading:
    """Return how many steps on the scale there are to no objection, or to acceptance by all who have a level."""
    target = _TARGET[name]
    number = sum(max(0, target - level) * n for level, n in enumerate(counts.levels, 1))

    def role(held: Held) -> Role:
        return _by_level(held, least=1, below=target)

    return Reading(figure_of(counts, number), role, frozenset(state.members))


def index(state: State, name: FigureName, counts: Counts) -> Reading:
    """Return an index of the levels: Leik's consensus, or the agreement with full support."""
    if not counts.n_on:
        figure = figure_of(counts, None, Reason.NO_DATA)
    elif name is FigureName.AGREEMENT:
        figure = figure_of(counts, agreement_with_target(counts.levels, len(counts.levels)))
    elif counts.n_on < DISPERSION_MIN:
        figure = figure_of(counts, None, Reason.N_TOO_SMALL)
    else:
        figure = figure_of(counts, consensus_leik(counts.levels))
    return Reading(figure, lambda held: _by_level(held, least=1), frozenset(state.members))


def acceptance(state: State, name: FigureName, counts: Counts) -> Reading:
    """Return the share that accepts, of those on the scale; or a bound of it, whatever the unknown hold."""
    if name is FigureName.ACCEPTANCE:
        figure = _share(counts, (counts.accepting, counts.n_on), Reason.NO_DATA)
    else:
        bounds = acceptance_bounds(counts)
        figure = _share(counts, bounds and bounds[name is FigureName.ACCEPTANCE_UPPER], Reason.UNDEFINED)
    return Reading(figure, _accepting, frozenset(state.members))


def group_support(state: State, clause: str, group: str | None) -> Reading:
    """Return the share of a group that accepts, of those of it on the scale."""
    if group not in state.groups:
        raise Invalid("There is no such group; name one that was declared.", group=group)
    return minimum_support(state, clause, FigureName.GROUP_SUPPORT, [group])


def minimum_support(state: State, clause: str, name: FigureName, named: Iterable[str]) -> Reading:
    """Return the support of the group that supports least, or a bound of it; of one group, that is its own.

    The figure rests on the members of the groups at that value, and is about them; the facts tell the others. Groups of
    nobody are left out.
    """
    found = group_counts(state, clause, (group for group in named if group in state.groups))
    groups = {group: counted for group, counted in found.items() if counted.members}
    if name in (FigureName.MINIMUM_GROUP_SUPPORT_LOWER, FigureName.MINIMUM_GROUP_SUPPORT_UPPER):
        share, lowest = _bound(groups, upper=name is FigureName.MINIMUM_GROUP_SUPPORT_UPPER)
    else:
        lowest = lowest_groups(groups)
        share = (groups[lowest[0]].accepting, groups[lowest[0]].on) if lowest else None
    among = set(lowest or groups)
    about = frozenset(seat for seat in state.members if among.intersection(state.seats[seat].groups))
    reason = Reason.NO_DATA if groups else Reason.UNDEFINED
    facts = {
        "lowest": list(lowest),
        "unknown": [group for group, counted in groups.items() if counted.share is None],
        "groups": {group: _plain(counted) for group, counted in groups.items()},
    }
    return Reading(_share(count(state, clause, about), share, reason), _accepting, about, None, facts)


def _bound(groups: Mapping[str, GroupCounts], *, upper: bool) -> tuple[Share | None, tuple[str, ...]]:
    """Return a bound of the minimum group support, and the groups that set it."""
    bounds = minimum_group_support_bounds(groups)
    if bounds is None:
        return None, ()
    share = bounds[upper]
    ends = {group: counted.bounds[upper] for group, counted in groups.items() if counted.bounds}
    return share, tuple(group for group, end in ends.items() if Fraction(*end) == Fraction(*share))


def _plain(counted: GroupCounts) -> dict[str, Any]:
    return {
        "accepting": counted.accepting,
        "n_on": counted.on,
        "abstain": counted.abstain,
        "N": counted.members,
        "bounds": None if counted.bounds is None else [list(share) for share in counted.bounds],
    }


def _share(counts: Counts, share: Share | None, reason: Reason) -> Figure:
    if share is None or not share[1]:
        return figure_of(counts, None, reason)
    return figure_of(counts, share[0] / share[1], None, share)


def _accepting(held: Held) -> Role:
    return _by_level(held, least=ACCEPTING_FROM)


def _by_level(held: Held, *, least: int, below: int = 6) -> Role:
    """Return the role of a position in a figure that levels from `least` to under `below` add to."""
    if held.level is not None:
        return Role.FOR if least <= held.level < below else Role.BASE
    return Role.UNKNOWN if held.code in UNKNOWN else Role.OUT
