"""The smallest set of amendments that lifts the most objections and raises none (consensus.md B17.3)."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from deliberate.consensus.paths.result import Aim, Impasse, Limits, Obstacle, ObstacleKind, Path
from deliberate.consensus.paths.solver import Goal, Programme, seek
from deliberate.consensus.paths.views import Condition, Outlook, View, outlook
from deliberate.errors import Invalid
from deliberate.vocabulary import ACCEPTING, Stance, Visibility

_NONE: frozenset[str] = frozenset()


def minimal_amendments(
    views: Sequence[View],
    amendments: Sequence[str],
    *,
    exclusive: Sequence[AbstractSet[str]] = (),
    must_accept: Iterable[str] = (),
    audience: Visibility = Visibility.FACILITATORS,
    limits: Limits | None = None,
) -> Path[Outlook]:
    """Return the amendments to adopt for the fewest objections, then the most acceptances, then the fewest amendments.

    ``max Σ z``, ``max Σ y``, ``min Σ x`` in turn, where ``x_a`` is 1 if a is adopted. Condition k of stakeholder s
    holds, ``t_sk`` = 1, only if ``t_sk ≤ x_a`` for each of its amendments and ``t_sk ≤ 1 - x_b`` for each b of which s
    has not spoken. An objector objects no more only if ``z_s ≤ Σ_k t_sk``; anybody accepts only if ``y_s ≤ Σ_k t_sk``
    and ``y_s ≤ z_s``; and ``z_s ≤ 1 - x_b`` for every red line b.

    Parameters
    ----------
    views
        Of N stakeholders.
    amendments
        The amendments tabled, in declared order: of equally good sets, the one with those tabled first is
        chosen.
    exclusive
        Sets of amendments of which at most one can be adopted.
    must_accept
        Seats without whose acceptance there is no solution.
    audience
        Who may see the path: conditions and red lines are for facilitators unless all of them are shared.
    limits
        What each search may use.

    Returns
    -------
    Path of Outlook
        A suggestion. `now` is what is held with nothing adopted. The impasse is a set of seats, with their conditions
        and red lines, that cannot all be served: by any solution or, if there is one that leaves objections, by any
        that leaves none.

    Raises
    ------
    Invalid
        An amendment or a seat is named that is not there, or is there twice.

    Examples
    --------
    >>> everything = frozenset({"a1", "a2"})
    >>> kenya = View("KEN", Stance.OBJECT, (Condition(frozenset({"a1"})), Condition(frozenset({"a2"}))))
    >>> chile = View("CHL", Stance.ACCEPT, excludes=frozenset({"a1"}), open_to=everything)
    >>> path = minimal_amendments([kenya, chile], ["a1", "a2"])
    >>> path.best.adopt, path.best.accepts
    (('a2',), ('KEN', 'CHL'))

    Notes
    -----
    All goals are counts and are compared exactly; every outlook is reckoned anew from the views by `View.under`.
    Neither ids nor the order of seats decide anything but the order in which names are listed and, where there are
    several, which impasse is shown.

    References
    ----------
    W3C Process Document: a formal objection should propose changes that would remove it.
    Chinneck, J. W. & Dravnieks, E. W. 1991. Locating minimal infeasible constraint sets in linear programs. ORSA
    Journal on Computing 3(2), 157-168. doi:10.1287/ijoc.3.2.157
    """
    limits = limits or Limits()
    must = frozenset(must_accept)
    _check(views, amendments, exclusive, must)
    programme, x, free, yes = _programme(views, amendments, exclusive, must)
    goals = [
        Goal({at: float(len(seats)) for at, seats in free.items()}),
        Goal({at: float(len(seats)) for at, seats in yes.items()}),
        Goal(dict.fromkeys(x.values(), 1.0), maximise=False),
    ]

    def read(solution: Sequence[float]) -> Outlook:
        return outlook(views, amendments, {amendment for amendment, at in x.items() if solution[at]})

    sought = seek(programme, goals, list(x.values()), limits, read)
    return Path(
        kind="minimal_amendments",
        now=outlook(views, amendments, _NONE),
        best=sought.best,
        search=sought.search,
        runner_up=sought.runner_up,
        runner_up_search=sought.runner_up_search,
        impasse=_impasse(programme, free, sought.best, limits),
        n=len(views),
        members=len(views),
        audience=audience,
    )


def _check(
    views: Sequence[View],
    amendments: Sequence[str],
    exclusive: Iterable[AbstractSet[str]],
    must: AbstractSet[str],
) -> None:
    seats = {view.seat for view in views}
    if len(seats) != len(views) or len(set(amendments)) != len(amendments):
        raise Invalid("A stakeholder or an amendment is named twice; name each once.")
    named = {amendment for group in exclusive for amendment in group}
    for view in views:
        named |= view.excludes | view.requires | view.open_to
        named |= {amendment for condition in view.conditions for amendment in condition.amendments}
    if strange := named - set(amendments):
        raise Invalid("Amendments are named that have not been tabled.", amendments=sorted(strange))
    if strangers := must - seats:
        raise Invalid("Stakeholders must accept who have no view here.", seats=sorted(strangers))


Columns = dict[int, tuple[str, ...]]
"""Column → the seats that it stands for."""


def _programme(
    views: Sequence[View],
    amendments: Sequence[str],
    exclusive: Iterable[AbstractSet[str]],
    must: AbstractSet[str],
) -> tuple[Programme, dict[str, int], Columns, Columns]:
    """Return the programme, the columns of amendments, of not objecting and of accepting. Seats alike are one."""
    programme = Programme()
    x = {amendment: programme.column() for amendment in amendments}
    for group in exclusive:
        ordered = tuple(amendment for amendment in amendments if amendment in group)
        of = Obstacle(ObstacleKind.EXCLUSIVE, about=ordered)
        programme.row({x[amendment]: 1.0 for amendment in ordered}, at_most=1, of=of)
    alike: dict[tuple[Any, ...], list[View]] = {}
    for view in views:
        key = (view.stance, frozenset(view.conditions), view.excludes, view.requires, view.open_to)
        alike.setdefault((*key, view.seat in must), []).append(view)
    free: Columns = {}
    yes: Columns = {}
    for same in alike.values():
        seats = tuple(view.seat for view in same)
        z, y = _of_view(programme, x, same[0], seats)
        free[z], yes[y] = seats, seats
        if seats[0] in must:
            programme.row({y: 1.0}, at_least=1, of=Obstacle(ObstacleKind.MUST_ACCEPT, seats))
    return programme, x, free, yes


def _of_view(
    programme: Programme, x: Mapping[str, int], view: View, seats: tuple[str, ...]
) -> tuple[int, int]:
    """Add one view; return its columns of not objecting and of accepting."""
    z, y = programme.column(), programme.column()
    programme.row({z: 1.0, y: -1.0}, at_least=0)
    for amendment in (a for a in x if a in view.excludes):
        of = Obstacle(ObstacleKind.EXCLUDES, seats, (amendment,))
        programme.row({z: 1.0, x[amendment]: 1.0}, at_most=1, of=of)
    for amendment in (a for a in x if a in view.requires):
        of = Obstacle(ObstacleKind.REQUIRES, seats, (amendment,))
        programme.row({z: 1.0, x[amendment]: -1.0}, at_most=0, of=of)
    conditions = list(view.conditions)
    if view.stance in ACCEPTING:
        conditions.append(Condition(_NONE, view.stance))
    lifts: dict[int, float] = {}
    accepts: dict[int, float] = {}
    for condition in conditions:
        needed = tuple(amendment for amendment in x if amendment in condition.amendments)
        if condition.stance is Stance.OBJECT:
            of = Obstacle(ObstacleKind.OBJECTS_IF, seats, needed)
            programme.row({z: 1.0, **{x[a]: 1.0 for a in needed}}, at_most=len(needed), of=of)
            continue
        holds = programme.column()
        lifts[holds] = -1.0
        if condition.stance in ACCEPTING:
            accepts[holds] = -1.0
        for amendment in needed:
            programme.row({holds: 1.0, x[amendment]: -1.0}, at_most=0)
        for amendment in (a for a in x if a not in condition.amendments | view.open_to):
            of = Obstacle(ObstacleKind.NOT_DECLARED, seats, (amendment,))
            programme.row({holds: 1.0, x[amendment]: 1.0}, at_most=1, of=of)
    if view.stance is Stance.OBJECT:
        lifted = Obstacle(ObstacleKind.WOULD_NOT_OBJECT_IF, seats, _named(x, conditions, accepting=False))
        programme.row({z: 1.0, **lifts}, at_most=0, of=lifted)
    changes = Obstacle(ObstacleKind.WOULD_ACCEPT_IF, seats, _named(x, conditions, accepting=True))
    programme.row({y: 1.0, **accepts}, at_most=0, of=changes)
    return z, y


def _named(x: Mapping[str, int], conditions: Iterable[Condition], *, accepting: bool) -> tuple[str, ...]:
    """Return the conditions as words: amendments joined by +, in declared order; none is empty."""
    return tuple(
        "+".join(amendment for amendment in x if amendment in condition.amendments)
        for condition in conditions
        if (condition.stance in ACCEPTING if accepting else condition.stance is not Stance.OBJECT)
    )


def _impasse(programme: Programme, free: Columns, best: Outlook | None, limits: Limits) -> Impasse | None:
    """Return why there is no solution, or none without an objection."""
    if best is None:
        return programme.impasse(Aim.ACCEPTANCE_BY_ALL_WHO_MUST, limits)
    if not best.objections:
        return None
    for at, seats in free.items():
        programme.row({at: 1.0}, at_least=1, of=Obstacle(ObstacleKind.NO_OBJECTION, seats))
    return programme.impasse(Aim.NO_OBJECTION, limits)
