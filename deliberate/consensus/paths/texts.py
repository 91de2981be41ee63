"""Which of the alternative texts to put forward: those that leave no group far behind (consensus.md B17.1)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deliberate.consensus.figures import Reason
from deliberate.consensus.paths.alternatives import Alternatives, Missing, TextRef
from deliberate.consensus.paths.result import Aim, Limits, Obstacle, ObstacleKind, Path
from deliberate.consensus.paths.solver import SCALE, Goal, seek
from deliberate.errors import Invalid
from deliberate.vocabulary import Visibility


@dataclass(frozen=True, slots=True)
class GroupSupport:
    """Mean support in a group, from the `n` of its `members` who count; None when that is nobody."""

    group: str
    value: float | None
    n: int
    members: int

    def as_dict(self) -> dict[str, Any]:
        """Return the support as plain data."""
        reason = Reason.NO_DATA.value if self.value is None else None
        return {"group": self.group, "value": self.value, "n": self.n, "N": self.members, "reason": reason}


@dataclass(frozen=True, slots=True)
class TextChoice:
    """One text for each clause, and the support that it would have.

    `least` is the support of the lowest group and `lowest` names the groups that have it; `mean` is the support of all
    who count. Both are None where nobody does. `seats` gives each stakeholder's own mean over the clauses.
    """

    texts: tuple[TextRef, ...]
    least: float | None
    lowest: tuple[str, ...]
    mean: float | None
    groups: tuple[GroupSupport, ...]
    seats: tuple[tuple[str, float], ...]

    @property
    def goals(self) -> tuple[float, ...]:
        """Support of the lowest group, then of all."""
        return (self.least or 0.0, self.mean or 0.0)

    def as_dict(self) -> dict[str, Any]:
        """Return the choice as plain data."""
        return {
            "texts": [{"clause": clause, "text": text} for clause, text in self.texts],
            "least": self.least,
            "lowest": list(self.lowest),
            "mean": self.mean,
            "groups": [group.as_dict() for group in self.groups],
            "seats": [{"seat": seat, "value": value} for seat, value in self.seats],
        }


def max_min_support(
    alternatives: Alternatives,
    *,
    floor: float | None = None,
    missing: Missing = Missing.PESSIMISTIC,
    audience: Visibility = Visibility.FACILITATORS,
    limits: Limits | None = None,
) -> Path[TextChoice]:
    """Return the texts that give the lowest group the most support and, among those, all stakeholders the most.

    ``max t``, then ``max mean_i U_i``, where ``U_i = (1/C) Σ_cv u_icv x_cv`` and ``t ≤ mean_{i in g} U_i`` for every
    group g. One text is chosen for each clause, ``Σ_v x_cv = 1``; none over a red line, no two that are incompatible.

    Parameters
    ----------
    alternatives
        The texts of C clauses, and the views of N stakeholders.
    floor
        The support in [0, 1] that every stakeholder who counts must have at least, if any.
    missing
        What is made of views that were not declared.
    audience
        Who may see the path. Widen it only if nothing in it is confidential.
    limits
        What each search may use.

    Returns
    -------
    Path of TextChoice
        A suggestion. Its impasse says which floors, red lines and incompatibilities cannot hold together.

    Raises
    ------
    Invalid
        The floor is not a share.

    Examples
    --------
    >>> alternatives = Alternatives(
    ...     ("A", "B", "C"),
    ...     (("op1", ("shall", "should")),),
    ...     (((1.0, 0.0, 0.0), (0.5, 0.5, 0.5)),),
    ...     (("north", ("A",)), ("south", ("B", "C"))),
    ... )
    >>> path = max_min_support(alternatives)
    >>> path.best.texts, path.best.least
    ((('op1', 'should'),), 0.5)
    >>> path.runner_up.texts, path.runner_up.least
    ((('op1', 'shall'),), 0.0)

    Notes
    -----
    Values nearer than 1e-8 are ties; of tied texts those declared first are chosen, and `Path.tied` says so. A group in
    which nobody counts has no value and sets no bound.

    References
    ----------
    Rawls, J. 1971. A Theory of Justice. Harvard University Press (the maximin criterion).
    """
    if floor is not None and not 0 <= floor <= 1:
        raise Invalid("The floor is a share of support; give a number from 0 to 1.", floor=floor)
    limits = limits or Limits()
    counted = alternatives.counted(missing)
    programme, columns = alternatives.programme()
    views = dict(alternatives.rows())
    share = SCALE / len(alternatives.clauses)

    def support(seats: Iterable[str]) -> dict[int, float]:
        """The mean support of some stakeholders, in thousandths, as coefficients of the texts."""
        places = [counted[seat] for seat in seats if seat in counted]
        return {
            columns[text]: share * math.fsum(row[i] or 0.0 for i in places) / len(places)
            for text, row in views.items()
            if places
        }

    least = programme.column(0, SCALE, whole=False)
    programme.row(
        {least: 1.0}, at_most=SCALE if any(support(group) for _, group in alternatives.groups) else 0
    )
    for _, group in alternatives.groups:
        if coefficients := support(group):
            programme.row({**coefficients, least: -1.0}, at_least=0)
    if floor is not None:
        for seat in counted:
            programme.row(
                support([seat]), at_least=SCALE * floor - 1e-6, of=Obstacle(ObstacleKind.FLOOR, (seat,))
            )
    goals = [Goal({least: 1.0}, scale=SCALE), Goal(support(counted), scale=SCALE)]

    def read(solution: Sequence[float]) -> TextChoice:
        return _choice(alternatives, counted, alternatives.chosen(columns, solution))

    sought = seek(programme, goals, list(columns.values()), limits, read)
    return Path(
        kind="max_min_support",
        now=None,
        best=sought.best,
        search=sought.search,
        runner_up=sought.runner_up,
        runner_up_search=sought.runner_up_search,
        impasse=None if sought.best else programme.impasse(Aim.TEXT_FOR_EVERY_CLAUSE, limits),
        n=len(counted),
        members=len(alternatives.seats),
        left_out=tuple(seat for seat in alternatives.seats if seat not in counted),
        audience=audience,
    )


def _choice(alternatives: Alternatives, counted: Mapping[str, int], texts: tuple[TextRef, ...]) -> TextChoice:
    """Return what these texts would mean, reckoned anew from the views."""
    views = dict(alternatives.rows())
    seats = {
        seat: math.fsum(views[text][i] or 0.0 for text in texts) / len(texts) for seat, i in counted.items()
    }

    def mean(of: Sequence[float]) -> float | None:
        return math.fsum(of) / len(of) if of else None

    groups = tuple(
        GroupSupport(
            group, mean(held := [seats[seat] for seat in members if seat in seats]), len(held), len(members)
        )
        for group, members in alternatives.groups
    )
    values = [group.value for group in groups if group.value is not None]
    least = min(values, default=None)
    lowest = tuple(
        group.group for group in groups
        if least is not None and group.value is not None and math.isclose(group.value, least, abs_tol=1e-9)
    )  # fmt: skip
    return TextChoice(texts, least, lowest, mean(list(seats.values())), groups, tuple(seats.items()))
