"""What members hold on a clause, as it is counted, and the form in which a figure reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from deliberate.consensus.agreement import Counts
from deliberate.consensus.figures import Figure, Reason
from deliberate.state import Effective, State, bloc_id
from deliberate.vocabulary import LEVEL


class FigureName(StrEnum):
    """The figures of a clause."""

    STATUS = "status"
    RULE = "rule"  # of a setting
    COUNT = "count"  # of a stance, or of stale, conflict or none
    HEARD = "heard"
    ACCEPTANCE = "acceptance"
    ACCEPTANCE_LOWER = "acceptance_lower"
    ACCEPTANCE_UPPER = "acceptance_upper"
    STEPS_TO_NO_OBJECTION = "steps_to_no_objection"
    STEPS_TO_ACCEPTANCE = "steps_to_acceptance"
    GROUP_SUPPORT = "group_support"  # of a group
    MINIMUM_GROUP_SUPPORT = "minimum_group_support"
    MINIMUM_GROUP_SUPPORT_LOWER = "minimum_group_support_lower"
    MINIMUM_GROUP_SUPPORT_UPPER = "minimum_group_support_upper"
    LEIK = "consensus_leik"
    AGREEMENT = "agreement_with_support"


class Role(StrEnum):
    """What a member's position does to a figure."""

    FOR = "for"  # makes it what it is: accepts, is what is counted, decides the status, votes yes
    AGAINST = "against"  # stands in the way of a rule
    BASE = "base"  # in what it is measured against
    UNKNOWN = "unknown"  # not known: in the bounds, in no share, and could change it
    OUT = "out"  # has no part in it: takes no position, or is not what is asked about


UNKNOWN: Final = frozenset({"pending", "stale", "conflict", "none"})
"""Codes of what is not known: it is in the bounds, and in no share."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one member holds on a clause, as it is counted."""

    seat: str
    effective: Effective
    heard: bool

    @property
    def code(self) -> str:
        """The stance that counts; else stale, conflict or none."""
        if self.effective.stance is not None:
            return self.effective.stance.value
        if self.effective.position is not None:
            return "stale"
        return "conflict" if self.effective.conflict else "none"

    @property
    def level(self) -> int | None:
        """The level, where there is one."""
        stance = self.effective.stance
        return None if stance is None else LEVEL.get(stance)

    @property
    def author(self) -> str:
        """Whose words they are: a seat, or `bloc:speaker`; an objection stands under this name."""
        position = self.effective.position
        if position is None:
            return self.seat
        return position.seat if position.bloc is None else bloc_id((position.bloc, position.seat))


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure, and how to read each member's part in it.

    `answer` is the word, for a status or a rule; `seats` are the members that the figure is about; `facts` are what
    their positions do not show.
    """

    figure: Figure
    role: Callable[[Held], Role]
    seats: frozenset[str]
    answer: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def held_by_members(state: State, clause: str, counts: Counts) -> tuple[Held, ...]:
    """Return what each member holds, in the order of seating."""
    silent = frozenset(counts.not_heard)
    return tuple(Held(seat, state.effective(clause, seat), seat not in silent) for seat in state.members)


def figure_of(
    counts: Counts, value: float | None, reason: Reason | None = None, exact: tuple[int, int] | None = None
) -> Figure:
    """Return a figure with what it rests on."""
    responses = counts.own + counts.aligned + counts.bloc
    return Figure(value, counts.n_on, responses, counts.members, reason, exact)
