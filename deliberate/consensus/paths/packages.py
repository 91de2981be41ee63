"""What to trade: a package in which nobody loses and the one who gains least gains most (consensus.md B17.4)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deliberate.consensus.paths.alternatives import Alternatives, Missing, TextRef
from deliberate.consensus.paths.result import Aim, Impasse, Limits, Obstacle, ObstacleKind, Path
from deliberate.consensus.paths.solver import SCALE, Goal, Programme, seek
from deliberate.errors import Invalid
from deliberate.vocabulary import Visibility

_GAIN: Final = 1e-6
"""A total gain of less than this is none."""

Importance = Mapping[str, Sequence[float]]
"""Seat → the importance of each clause to it, in the order of the clauses; they sum to 1."""


@dataclass(frozen=True, slots=True)
class Package:
    """One text for each clause, and what each stakeholder gains by it over the texts that stand.

    `changed` are the texts that differ from those that stand; `least` is the least gain and `total` the sum of all,
    None where nobody counts.
    """

    changed: tuple[TextRef, ...]
    least: float | None
    total: float | None
    gains: tuple[tuple[str, float], ...]

    @property
    def goals(self) -> tuple[float, ...]:
        """The least gain and the total. That of equal gains the fewest changes are chosen is our preference."""
        return (self.least or 0.0, self.total or 0.0)

    @property
    def losers(self) -> tuple[str, ...]:
        """Who would lose."""
        return tuple(seat for seat, gain in self.gains if gain < -_GAIN)

    def as_dict(self) -> dict[str, Any]:
        """Return the package as plain data."""
        return {
            "changed": [{"clause": clause, "text": text} for clause, text in self.changed],
            "least": self.least,
            "total": self.total,
            "gains": [{"seat": seat, "value": value} for seat, value in self.gains],
            "losers": list(self.losers),
        }


def pareto_package(
    alternatives: Alternatives,
    importance: Importance,
    *,
    least: float = 0.0,
    missing: Missing = Missing.PESSIMISTIC,
    limits: Limits | None = None,
) -> Path[Package]:
    """Return the package of texts that leaves nobody worse off: logrolling.

    ``max W``, then the total gain, then the fewest changes, such that for every stakeholder
    ``gain_i = Σ_cv w_ic (s_icv - s_ic0) x_cv ≥ W ≥ least``. The first text of each clause is the one that stands.
    No other package gives anybody more without giving somebody less.

    Parameters
    ----------
    alternatives
        The texts of C clauses, the first of each being the text that stands, and the satisfaction
        s of N stakeholders with each; groups are not looked at.
    importance
        What each clause matters to each stakeholder who counts, C numbers of at least 0 that sum to 1:
        exaggerating everything gains nothing.
    least
        The gain that everybody must have at least; 0 means that nobody loses.
    missing
        What is made of views that were not declared. Pessimistic: the new text is worth 0 and the text that
        stands 1, so that every gain is a lower bound.
    limits
        What each search may use.

    Returns
    -------
    Path of Package
        A suggestion to the facilitators, who alone may see it, for importance is private. `now` is the package that
        changes nothing. Its impasse says whose interests cannot be served together: by any package that has a
        gain in total, or, where `least` is out of reach, by any at all.

    Raises
    ------
    Invalid
        Importance is missing for a stakeholder, negative, or does not sum to 1.

    Examples
    --------
    Moving op1 gains P 0.8 and costs Q 0.1, moving op2 gains Q 0.8 and costs P 0.1: alone neither will do.

    >>> alternatives = Alternatives(
    ...     ("P", "Q"),
    ...     (("op1", ("stands", "new")), ("op2", ("stands", "new"))),
    ...     (((0.0, 0.5), (1.0, 0.0)), ((0.5, 0.0), (0.0, 1.0))),
    ... )
    >>> path = pareto_package(alternatives, {"P": (0.8, 0.2), "Q": (0.2, 0.8)})
    >>> path.best.changed
    (('op1', 'new'), ('op2', 'new'))
    >>> [(seat, round(gain, 9)) for seat, gain in path.best.gains]
    [('P', 0.7), ('Q', 0.7)]
    >>> single_moves(alternatives, {"P": (0.8, 0.2), "Q": (0.2, 0.8)})[0].losers
    ('Q',)

    Notes
    -----
    Gains nearer than 1e-8 are ties; of tied packages the one that keeps or takes texts declared first is chosen.

    References
    ----------
    Raiffa, H. 1982. The Art and Science of Negotiation. Harvard University Press.
    Froman, L. A. & Cohen, M. D. 1970. Compromise and logroll: comparing the efficiency of two bargaining processes.
    Behavioral Science 15(2), 180-183.
    """
    limits = limits or Limits()
    gains = _gains(alternatives, importance, missing)
    if not -1 <= least <= 1:
        raise Invalid(
            "The least gain is a share of all that matters; give a number from -1 to 1.", least=least
        )
    programme, columns = alternatives.programme()

    def coefficients(seat: str) -> dict[int, float]:
        return {columns[text]: SCALE * gain for text, gain in gains[seat].items()}

    stands = [columns[clause, texts[0]] for clause, texts in alternatives.clauses]
    gained = programme.column(-SCALE, SCALE, whole=False)
    programme.row({gained: 1.0}, at_most=SCALE if gains else 0)
    total: dict[int, float] = {}
    for seat in gains:
        of = Obstacle(ObstacleKind.GAIN, (seat,))
        programme.row(coefficients(seat), at_least=SCALE * least - 1e-6, of=of)
        programme.row({**coefficients(seat), gained: -1.0}, at_least=0, of=of)
        for at, value in coefficients(seat).items():
            total[at] = total.get(at, 0.0) + value
    goals = [
        Goal({gained: 1.0}, scale=SCALE),
        Goal(total, scale=SCALE),
        Goal(dict.fromkeys(stands, 1.0)),
    ]

    def read(solution: Sequence[float]) -> Package:
        return _package(alternatives, gains, alternatives.chosen(columns, solution))

    sought = seek(programme, goals, list(columns.values()), limits, read)
    return Path(
        kind="pareto_package",
        now=_package(
            alternatives, gains, tuple((clause, texts[0]) for clause, texts in alternatives.clauses)
        ),
        best=sought.best,
        search=sought.search,
        runner_up=sought.runner_up,
        runner_up_search=sought.runner_up_search,
        impasse=_impasse(programme, total, sought.best, limits),
        n=len(gains),
        members=len(alternatives.seats),
        left_out=tuple(seat for seat in alternatives.seats if seat not in gains),
        audience=Visibility.FACILITATORS,
    )


def single_moves(
    alternatives: Alternatives, importance: Importance, missing: Missing = Missing.PESSIMISTIC
) -> tuple[Package, ...]:
    """Return what each other text would do if it alone replaced the one that stands, in declared order.

    Beside a package this shows what is traded: moves that have losers one by one, and none together.
    """
    gains = _gains(alternatives, importance, missing)
    stands = {clause: texts[0] for clause, texts in alternatives.clauses}
    return tuple(
        _package(alternatives, gains, tuple(({**stands, clause: text}).items()))
        for clause, text in alternatives.texts
        if text != stands[clause]
    )


def _gains(
    alternatives: Alternatives, importance: Importance, missing: Missing
) -> dict[str, dict[TextRef, float]]:
    """Return what each text gains each stakeholder who counts, over the text that stands, weighted."""
    views = dict(alternatives.rows())
    found: dict[str, dict[TextRef, float]] = {}
    for seat, i in alternatives.counted(missing).items():
        weights = importance.get(seat, ())
        if len(weights) != len(alternatives.clauses) or not all(weight >= 0 for weight in weights):
            raise Invalid("Importance needs a number of at least 0 for every clause.", seat=seat)
        if not math.isclose(math.fsum(weights), 1, abs_tol=1e-9):
            raise Invalid("What matters to a stakeholder must sum to 1; divide by the sum.", seat=seat)
        found[seat] = {}
        for weight, (clause, texts) in zip(weights, alternatives.clauses, strict=True):
            held = views[clause, texts[0]][i]
            for place, text in enumerate(texts):
                new = views[clause, text][i]
                gain = (0.0 if new is None else new) - (1.0 if held is None else held) if place else 0.0
                found[seat][clause, text] = weight * gain
    return found


def _package(
    alternatives: Alternatives, gains: Mapping[str, Mapping[TextRef, float]], texts: tuple[TextRef, ...]
) -> Package:
    stands = {(clause, names[0]) for clause, names in alternatives.clauses}
    sums = {seat: math.fsum(of[text] for text in texts) for seat, of in gains.items()}
    changed = tuple(text for text in texts if text not in stands)
    if not sums:
        return Package(changed, None, None, ())
    return Package(changed, min(sums.values()), math.fsum(sums.values()), tuple(sums.items()))


def _impasse(
    programme: Programme, total: Mapping[int, float], best: Package | None, limits: Limits
) -> Impasse | None:
    """Return why there is no package, or none with a gain."""
    if best is None:
        return programme.impasse(Aim.LEAST_GAIN_FOR_EVERYBODY, limits)
    if best.total is not None and best.total <= _GAIN:
        programme.row(total, at_least=SCALE * _GAIN)
        return programme.impasse(Aim.GAIN_IN_TOTAL, limits)
    return None
