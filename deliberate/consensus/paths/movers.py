"""How few would have to move for a vote to carry (consensus.md B17.2)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deliberate.consensus.paths.requirements import Requirement, Requirements, Tally
from deliberate.consensus.paths.result import Aim, Ending, Limits, Obstacle, ObstacleKind, Path, Search
from deliberate.consensus.paths.solver import SCALE, Goal, Programme, seek
from deliberate.errors import Invalid
from deliberate.vocabulary import Visibility, Vote

_WAYS: Final = {Vote.NO: (Vote.ABSTAIN, Vote.YES), Vote.ABSTAIN: (Vote.YES,)}
"""Where those who do not vote yes can go."""


@dataclass(frozen=True, slots=True)
class Voter:
    """How one stakeholder votes (None: it does not), and what it would cost it to abstain or to vote yes instead; a
    cost of None says that it will not."""

    seat: str
    vote: Vote | None
    groups: tuple[str, ...] = ()
    abstain_cost: float | None = 1.0
    convert_cost: float | None = 1.0

    def cost(self, to: Vote) -> float | None:
        """Return what it would cost to vote `to`."""
        return self.convert_cost if to is Vote.YES else self.abstain_cost


@dataclass(frozen=True, slots=True)
class Ask:
    """`number` of these seats, which are all alike to the rule, would vote `to` instead; `cost` is that of each."""

    number: int
    seats: tuple[str, ...]
    vote: Vote
    to: Vote
    cost: float

    def as_dict(self) -> dict[str, Any]:
        """Return the request as plain data."""
        asked = {"number": self.number, "of": len(self.seats), "from": self.vote.value, "to": self.to.value}
        return {**asked, "seats": list(self.seats), "cost": self.cost}


@dataclass(frozen=True, slots=True)
class Moves:
    """Whom to ask for what, the tally that it would make, of all and in each group, and the requirements not met."""

    asks: tuple[Ask, ...]
    tally: Tally
    groups: tuple[tuple[str, Tally], ...]
    missed: tuple[str, ...]

    @property
    def cost(self) -> float:
        """What all moves cost together."""
        return math.fsum(ask.number * ask.cost for ask in self.asks)

    @property
    def movers(self) -> int:
        """How many would move."""
        return sum(ask.number for ask in self.asks)

    @property
    def goals(self) -> tuple[float, ...]:
        """The cost. That of equal costs the fewest requests and conversions are chosen is our preference."""
        return (self.cost,)

    def as_dict(self) -> dict[str, Any]:
        """Return the moves as plain data."""
        return {
            "movers": self.movers,
            "cost": self.cost,
            "asks": [ask.as_dict() for ask in self.asks],
            "tally": self.tally.as_dict(),
            "groups": [{"group": group, **tally.as_dict()} for group, tally in self.groups],
            "missed": list(self.missed),
        }


def minimal_movers(
    voters: Sequence[Voter],
    rule: Requirements,
    *,
    audience: Visibility = Visibility.FACILITATORS,
    limits: Limits | None = None,
) -> Path[Moves]:
    """Return the fewest, or least costly, changes of vote with which a voting rule would be met.

    ``min Σ_i (c_i a_i + d_i b_i)``, where a_i is 1 if i abstains instead of voting no, b_i if i votes yes, and
    ``a_i + b_i ≤ 1``, such that every requirement of the rule holds for the tally that results. Then the fewest
    different requests, then abstentions rather than conversions.

    Parameters
    ----------
    voters
        N stakeholders. Those who vote no or abstain can be asked; who does not vote stays away, and can be given as
        a no that will not move to see the worst case.
    rule
        Its requirements, as `requirements` makes them; rules add up, so that a double majority is
        ``qualified(2, 3) + simple_majority("south")``. For the rule of consensus see `steps_to_consensus`.
    audience
        Who may see the path. Widen it only if no vote or cost is confidential.
    limits
        What each search may use.

    Returns
    -------
    Path of Moves
        A suggestion. Stakeholders that are alike to the rule (same vote, costs and groups) are not told apart: it says
        how many of whom. `now` is the tally as it is; where that meets the rule it is the best, and no other is looked
        for. The impasse says which requirements and refusals to move cannot hold together.

    Raises
    ------
    Invalid
        A seat is there twice, or a cost is negative or no number.

    Examples
    --------
    >>> from deliberate.consensus.paths.requirements import qualified
    >>> voters = [Voter(f"Y{i}", Vote.YES) for i in range(5)] + [Voter(f"N{i}", Vote.NO) for i in range(4)]
    >>> path = minimal_movers(voters, qualified(2, 3))
    >>> [(ask.number, ask.to.value) for ask in path.best.asks], path.best.tally
    ([(1, 'yes')], Tally(yes=6, no=3, abstain=0))
    >>> [(ask.number, ask.to.value) for ask in path.runner_up.asks]
    [(2, 'abstain')]

    Notes
    -----
    Neither ids nor the order of voters decide anything but the order in which names are listed. Costs that differ by
    less than a millionth of the greatest may be taken as equal. A vote is never read from a stance: where votes are
    indications, what is said here is as hidden as they are (A5).

    References
    ----------
    United Nations General Assembly, Rules of Procedure (A/520), rules 83 to 86.
    """
    limits = limits or Limits()
    kinds = _kinds(voters, rule)
    now = _moves(kinds, rule, {})
    if not now.missed:
        search = Search(Ending.OPTIMAL, 1, 0.0, 0.0, 0, limits)
        return Path(
            "minimal_movers", now, now, search, None, None, None, len(voters), len(voters), (), audience
        )
    programme, ways, used = _programme(kinds, rule, now)
    costs = {way: kinds[way[0]][0].cost(way[1]) or 0.0 for way in ways}
    unit = max(costs.values(), default=0.0) or 1.0
    fine = 1.0 if set(costs.values()) <= {0.0, unit} else SCALE  # counting is exact where all costs are one
    goals = [
        _number(ways, {way: fine * cost / unit for way, cost in costs.items()}, fine / unit),
        Goal(dict.fromkeys(used, 1.0), maximise=False),
        _number(ways, {way: 1.0 for way in ways if way[1] is Vote.YES}),
    ]

    def read(solution: Sequence[float]) -> Moves:
        numbers = {way: _count(solution, columns) for way, columns in ways.items()}
        return _moves(kinds, rule, numbers)

    sought = seek(programme, goals, [at for columns in ways.values() for at in columns], limits, read)
    return Path(
        kind="minimal_movers",
        now=now,
        best=sought.best,
        search=sought.search,
        runner_up=sought.runner_up,
        runner_up_search=sought.runner_up_search,
        impasse=None if sought.best else programme.impasse(Aim.RULE_MET, limits),
        n=len(voters),
        members=len(voters),
        audience=audience,
    )


Kind = tuple[Voter, tuple[str, ...]]
"""Stakeholders alike to the rule: one of them, and the seats of all."""

Way = tuple[int, Vote]
"""(place of the kind, what it would vote)."""


def _kinds(voters: Iterable[Voter], rule: Requirements) -> list[Kind]:
    """Return the stakeholders by what the rule can tell of them, in an order that no id decides."""
    order = [None, *Vote]
    groups = list(dict.fromkeys(part.group for part in rule))
    found: dict[tuple[float, ...], tuple[Voter, list[str]]] = {}
    seen: set[str] = set()
    for voter in voters:
        given = (voter.abstain_cost, voter.convert_cost)
        costs = [math.inf if cost is None else cost for cost in given]
        if voter.seat in seen or not all(cost is None or 0 <= cost < math.inf for cost in given):
            raise Invalid("Give each voter once, with finite costs of at least 0, or None.", seat=voter.seat)
        seen.add(voter.seat)
        key = (order.index(voter.vote), *(group not in voter.groups for group in groups), *costs)
        found.setdefault(key, (voter, []))[1].append(voter.seat)
    return [(found[key][0], tuple(found[key][1])) for key in sorted(found)]


def _programme(
    kinds: Sequence[Kind], rule: Requirements, now: Moves
) -> tuple[Programme, dict[Way, dict[int, float]], list[int]]:
    """Return a programme of how many go which way: the columns of each way with what they count (32, 16 … 1, so that
    each number is one solution), and for each way a column that says whether anybody goes it."""
    programme = Programme()
    ways: dict[Way, dict[int, float]] = {}
    used: list[int] = []
    for place, (one, seats) in enumerate(kinds):
        open_ways = _WAYS.get(one.vote, ()) if one.vote else ()
        for to in open_ways:
            powers = range(len(seats).bit_length() - 1, -1, -1)
            ways[place, to] = {programme.column(): 2.0**power for power in powers}
            used.append(programme.column())
            for at in ways[place, to]:
                programme.row({used[-1]: 1.0, at: -1.0}, at_least=0)
            if one.cost(to) is None:
                of = Obstacle(ObstacleKind.WILL_NOT_MOVE, seats, (to.value,))
                programme.row({used[-1]: 1.0}, at_most=0, of=of)
        number = {at: power for to in open_ways for at, power in ways[place, to].items()}
        programme.row(number, at_most=len(seats))
    tallies = dict(now.groups)
    for part in rule:
        tally = now.tally if part.group is None else tallies[part.group]
        worth = {Vote.YES: part.yes, Vote.NO: part.no, Vote.ABSTAIN: part.abstain}
        held = part.yes * tally.yes + part.no * tally.no + part.abstain * tally.abstain
        row = {
            at: power * (worth[to] - worth[one.vote])
            for (place, to), powers_of in ways.items()
            if (one := kinds[place][0]).vote and (part.group is None or part.group in one.groups)
            for at, power in powers_of.items()
        }
        programme.row(row, at_least=part.least - held, of=_named(part))
    return programme, ways, used


def _number(
    ways: Mapping[Way, Mapping[int, float]], weights: Mapping[Way, float], scale: float = 1.0
) -> Goal:
    """Return the goal of few movers, each counted by the weight of its way."""
    columns = {at: weight * power for way, weight in weights.items() for at, power in ways[way].items()}
    return Goal(columns, maximise=False, scale=scale)


def _count(solution: Sequence[float], columns: Mapping[int, float]) -> int:
    return round(sum(power for at, power in columns.items() if solution[at]))


def _named(part: Requirement) -> Obstacle:
    return Obstacle(
        ObstacleKind.REQUIREMENT, about=(part.name,) if part.group is None else (part.name, part.group)
    )


def _moves(kinds: Sequence[Kind], rule: Requirements, numbers: Mapping[Way, int]) -> Moves:
    """Return the moves with the tally they make, reckoned anew."""
    asks = tuple(
        Ask(number, kinds[place][1], vote, to, kinds[place][0].cost(to) or 0.0)
        for (place, to), number in numbers.items()
        if number and (vote := kinds[place][0].vote)
    )

    def tally(group: str | None) -> Tally:
        votes = dict.fromkeys(Vote, 0)
        for place, (one, seats) in enumerate(kinds):
            if one.vote is None or not (group is None or group in one.groups):
                continue
            votes[one.vote] += len(seats)
            for to in Vote:
                number = numbers.get((place, to), 0)
                votes[one.vote] -= number
                votes[to] += number
        return Tally(votes[Vote.YES], votes[Vote.NO], votes[Vote.ABSTAIN])

    groups = tuple((group, tally(group)) for group in dict.fromkeys(part.group for part in rule) if group)
    tallies: dict[str | None, Tally] = {None: tally(None), **dict(groups)}
    missed = tuple(part.name if part.group is None else f"{part.name}:{part.group}"
                   for part in rule if not part.met(tallies[part.group]))  # fmt: skip
    return Moves(asks, tallies[None], groups, missed)
