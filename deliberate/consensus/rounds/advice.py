"""What changed from round to round, all in one, and whether to go on (consensus.md A4, B12).

First whether answers are stable, then what they say: a stable disagreement ends the rounds too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from numpy.typing import ArrayLike

from deliberate.consensus.agreement.support import ACCEPTING_FROM
from deliberate.consensus.rounds.change import (
    SignedRanks,
    gross_movers,
    net_change,
    spearman,
    weighted_kappa,
    wilcoxon,
)
from deliberate.consensus.rounds.spread import (
    coefficient_of_variation,
    histogram,
    interquartile_range,
    leik,
    level_of_agreement,
    on_scale,
    paired,
)

STABLE_BELOW: Final = 0.15
"""A net change, or a share of movers, below this is stable (Scheibe, Skutsch and Schofer)."""

STABLE_STEPS: Final = 2
"""Steps from round to round that have to be stable, one after the other, before it is advised to stop."""


@dataclass(frozen=True, slots=True)
class Change:
    """A measure before and after, of the same stakeholders."""

    before: float | None
    after: float | None

    @property
    def delta(self) -> float | None:
        """After less before; None when either is."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Convergence:
    """What changed on one clause from one round to the next, among the `pairs` on the scale in both.

    `on_before` and `on_after` count who is on the scale in each. `agr` is Agr(5), the level; `leik`, `iqr` and `cv`
    are the dispersion. `revised`: the text is not the same.
    """

    on_before: int
    on_after: int
    pairs: int
    revised: bool
    net_change: float | None
    gross_movers: float | None
    kappa: float | None
    spearman: float | None
    wilcoxon: SignedRanks | None
    iqr: Change
    cv: Change
    leik: Change
    agr: Change

    @property
    def stable(self) -> bool:
        """Whether the text is the same and net change and movers are below 15 %."""
        return (
            not self.revised
            and self.net_change is not None
            and self.gross_movers is not None
            and self.net_change < STABLE_BELOW
            and self.gross_movers < STABLE_BELOW
        )


def convergence(before: ArrayLike, after: ArrayLike, revised: bool = False) -> Convergence:
    """Return what changed on a clause between two rounds. Needs scipy.

    Parameters
    ----------
    before, after : array_like, shape (stakeholders,)
        Levels 1 to 5, NaN where there is none.
    revised : bool
        Whether the text was revised in between.

    Returns
    -------
    Convergence

    Raises
    ------
    ValueError
        For levels that are infinite, outside the scale or between two levels, or rounds of different length.

    Examples
    --------
    >>> found = convergence([1, 2, 2, 3, 4, 5, 5, 3, 2, 4], [2, 3, 3, 3, 4, 4, 5, 3, 3, 4])
    >>> found.pairs, found.net_change, found.gross_movers, found.iqr.delta, found.stable
    (10, 0.4, 0.5, -1.0, False)
    """
    a, b = paired(before, after)

    def change(measure: Callable[[ArrayLike], float | None]) -> Change:
        return Change(measure(a), measure(b))

    return Convergence(
        on_before=len(on_scale(before)),
        on_after=len(on_scale(after)),
        pairs=len(a),
        revised=revised,
        net_change=net_change(a, b),
        gross_movers=gross_movers(a, b),
        kappa=weighted_kappa(a, b),
        spearman=spearman(a, b),
        wilcoxon=wilcoxon(a, b),
        iqr=change(interquartile_range),
        cv=change(coefficient_of_variation),
        leik=change(leik),
        agr=change(level_of_agreement),
    )


class Distribution(StrEnum):
    """What stable answers say: the five cases of Dajani, Sincoff and Talley.

    What they call consensus is `unanimity` here: consensus is declared by a chair, never computed.
    """

    UNANIMITY = "unanimity"  # all give the same answer
    MAJORITY = "majority"  # more than half do
    BIPOLARITY = "bipolarity"  # half give one answer, half another
    PLURALITY = "plurality"  # one answer is the most frequent, of half at most
    DISAGREEMENT = "disagreement"  # none is


def distribution(counts: Sequence[int]) -> Distribution | None:
    """Return which of Dajani's cases the frequencies of answers are, or None when there is no answer.

    References
    ----------
    .. [1] J. S. Dajani, M. Z. Sincoff and W. K. Talley, "Stability and agreement criteria for the termination of Delphi
       studies", *Technological Forecasting and Social Change* 13(1), 1979, 83-90, doi:10.1016/0040-1625(79)90007-6.

    Examples
    --------
    >>> [str(distribution(counts)) for counts in ([9, 0, 0], [5, 0, 4], [4, 0, 4], [4, 3, 2], [3, 3, 3])]
    ['unanimity', 'majority', 'bipolarity', 'plurality', 'disagreement']
    """
    n, most = sum(counts), max(counts, default=0)
    if n == 0:
        return None
    if most == n:
        return Distribution.UNANIMITY
    if 2 * most > n:
        return Distribution.MAJORITY
    if 2 * most == n and list(counts).count(most) == 2:
        return Distribution.BIPOLARITY
    return Distribution.PLURALITY if list(counts).count(most) == 1 else Distribution.DISAGREEMENT


class Effect(StrEnum):
    """What a level does when the question is put; the answers that `stopping_advice` tells apart."""

    JOINS = "joins"  # levels 3 to 5
    DISSOCIATES = "dissociates"  # level 2
    OBJECTS = "objects"  # level 1


class Advice(StrEnum):
    """What is offered to the facilitator, who decides."""

    NO_DATA = "no_data"  # fewer than two rounds, or nobody on the scale in two in a row
    CONTINUE = "continue"  # answers still move, or have not been stable for long enough
    STOP = "stop"  # stable, and all join
    SMALL_GROUP = "small_group"  # stable, and not all join: not more rounds, but a small group or a package


@dataclass(frozen=True, slots=True)
class StoppingAdvice:
    """Whether to go on, and what it rests on.

    `stable_steps` counts the steps from round to round that were stable without a break, up to the last; `steps` holds
    them all. `case` and `counts` (who joins, dissociates, objects in the last round) are given once stable; `leading`
    names the most frequent effects.
    """

    advice: Advice
    stable_steps: int
    steps: tuple[Convergence, ...]
    case: Distribution | None = None
    leading: tuple[Effect, ...] = ()
    counts: tuple[int, int, int] | None = None


def stopping_advice(
    rounds: Sequence[ArrayLike], revised: Sequence[bool] | None = None, stable_steps: int = STABLE_STEPS
) -> StoppingAdvice:
    """Return whether the rounds on a clause may stop: stability first, then what the stable answers say. Needs scipy.

    A step is stable when the text stayed the same and net change and movers are both below 15 %. After that many
    stable steps in a row the answers of the last round are told apart by what they do when the question is put (join,
    dissociate, object), and named after Dajani, Sincoff and Talley.

    Parameters
    ----------
    rounds : sequence of array_like, each of shape (stakeholders,)
        Levels 1 to 5 of the same stakeholders in each round, NaN where there is none, the oldest first.
    revised : sequence of bool, one shorter than `rounds`, optional
        Whether the text was revised between each round and the next. By default it never was.
    stable_steps : int
        How many steps must have been stable, at least 1.

    Returns
    -------
    StoppingAdvice

    Raises
    ------
    ValueError
        For rounds of different length, levels that are infinite, off the scale or between two levels, another number of
        `revised`, or fewer than one step.

    Notes
    -----
    Levels are not told apart within those that join: five who support and five who can accept are not two poles.

    References
    ----------
    .. [1] J. S. Dajani, M. Z. Sincoff and W. K. Talley, "Stability and agreement criteria for the termination of Delphi
       studies", *Technological Forecasting and Social Change* 13(1), 1979, 83-90, doi:10.1016/0040-1625(79)90007-6.
    .. [2] W. W. Chaffin and W. K. Talley, "Individual stability in Delphi studies", *Technological Forecasting and
       Social Change* 16(1), 1980, 67-73, doi:10.1016/0040-1625(80)90074-8.

    Examples
    --------
    >>> told = stopping_advice([[5, 4, 1, 1], [5, 4, 1, 1], [5, 4, 1, 1]])
    >>> str(told.advice), str(told.case), told.counts
    ('small_group', 'bipolarity', (2, 0, 2))
    """
    if stable_steps < 1:
        raise ValueError("at least one step has to be stable")
    between = max(0, len(rounds) - 1)
    changed = [False] * between if revised is None else list(revised)
    if len(changed) != between:
        raise ValueError(
            f"{len(rounds)} rounds have {between} steps between them; revised has {len(changed)}"
        )
    steps = tuple(
        convergence(before, after, text)
        for (before, after), text in zip(pairwise(rounds), changed, strict=True)
    )
    row = 0
    for step in reversed(steps):
        if not step.stable:
            break
        row += 1
    if not steps or not steps[-1].pairs:
        return StoppingAdvice(Advice.NO_DATA, row, steps)
    if row < stable_steps:
        return StoppingAdvice(Advice.CONTINUE, row, steps)
    held = histogram(rounds[-1])
    counts = (sum(held[ACCEPTING_FROM - 1 :]), held[1], held[0])
    leading = tuple(effect for effect, of in zip(Effect, counts, strict=True) if of == max(counts))
    joined = counts[0] == sum(counts)
    return StoppingAdvice(
        Advice.STOP if joined else Advice.SMALL_GROUP, row, steps, distribution(counts), leading, counts
    )
