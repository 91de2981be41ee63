"""Movers: as few, and as cheap, as brute force finds; alike stakeholders are not told apart."""

import itertools
import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.paths import (
    Ending,
    Limits,
    Tally,
    Voter,
    absolute_majority,
    ieee_ballot,
    iso_ballot,
    minimal_movers,
    qualified,
    simple_majority,
    step_costs,
    steps_to_consensus,
)
from deliberate.errors import Invalid
from deliberate.vocabulary import Stance, Vote

YES, NO, ABSTAIN = Vote.YES, Vote.NO, Vote.ABSTAIN


def room(*parts: tuple[int, Vote | None, tuple[str, ...]], **costs: float | None) -> list[Voter]:
    """So many who vote so and are in these groups."""
    voters: list[Voter] = []
    for number, vote, groups in parts:
        voters += [Voter(f"s{len(voters) + i}", vote, groups, **costs) for i in range(number)]
    return voters


def asked(moves) -> list[tuple[int, Vote, Vote]]:
    return [(ask.number, ask.vote, ask.to) for ask in moves.asks]


NORTH_AND_SOUTH = room((6, YES, ("N",)), (2, YES, ("S",)), (1, NO, ("N",)), (4, NO, ("S",)))


def test_two_thirds_lack_one_abstention():
    path = minimal_movers(NORTH_AND_SOUTH, qualified(2, 3))
    assert asked(path.best) == [(1, NO, ABSTAIN)]
    assert path.best.tally == Tally(8, 4, 1)
    assert path.now.missed == ("2/3",)
    assert path.tied  # one conversion would do as well, and says so
    assert asked(path.runner_up) == [(1, NO, YES)]


def test_with_a_majority_in_the_south_they_lack_two_conversions_there():
    path = minimal_movers(NORTH_AND_SOUTH, qualified(2, 3) + simple_majority("S"))
    assert asked(path.best) == [(2, NO, YES)]
    assert path.best.asks[0].seats == ("s9", "s10", "s11", "s12")
    assert dict(path.best.groups) == {"S": Tally(4, 2, 0)}
    assert (path.best.movers, path.best.cost, path.best.missed) == (2, 2, ())
    assert path.now.missed == ("2/3", "majority:S")


@pytest.mark.parametrize(
    ("yes", "no", "convert", "abstain"),
    [(60, 40, 7, 10), (66, 33, 0, 0), (0, 9, 6, None), (1, 2, 1, 2)],
)
def test_two_thirds_lack_what_the_reference_says(yes, no, convert, abstain):
    voters = room((yes, YES, ()), (no, NO, ()))
    converting = minimal_movers([replace(voter, abstain_cost=None) for voter in voters], qualified(2, 3))
    assert converting.best.movers == convert == max(0, math.ceil(2 * (yes + no) / 3) - yes)
    abstaining = minimal_movers([replace(voter, convert_cost=None) for voter in voters], qualified(2, 3))
    assert (abstaining.best.movers if abstaining.best else None) == abstain


def test_where_abstaining_cannot_do_the_proof_says_why():
    path = minimal_movers(room((9, NO, ()), convert_cost=None), qualified(2, 3))
    kinds = {(o.kind, o.about) for o in path.impasse.obstacles}
    assert kinds == {("will_not_move", ("yes",)), ("requirement", ("2/3",)), ("requirement", ("votes_cast",))}
    assert path.search.ending is Ending.INFEASIBLE
    assert path.impasse.proved


def test_a_rule_that_is_met_needs_nobody():
    path = minimal_movers(room((66, YES, ()), (33, NO, ())), qualified(2, 3))
    assert path.best == path.now
    assert (path.best.movers, path.best.asks, path.runner_up, path.tied) == (0, (), None, False)


def test_abstaining_may_be_free_and_converting_dear():
    voters = room((4, YES, ()), (4, NO, ()))
    stubborn = [replace(voter, convert_cost=5.0) for voter in voters]
    path = minimal_movers(stubborn, simple_majority())
    assert asked(path.best) == [(1, NO, ABSTAIN)]
    assert path.best.cost == 1


def test_costs_decide_who_is_asked():
    voters = [Voter("A", YES), Voter("B", NO, (), 0.4, 0.9), Voter("C", NO, (), 0.7, 0.3)]
    path = minimal_movers(voters, simple_majority())
    assert [(ask.seats, ask.to) for ask in path.best.asks] == [(("C",), YES)]
    assert path.best.cost == pytest.approx(0.3)
    assert not path.tied


def test_steps_times_importance_are_costs():
    assert step_costs(Stance.OBJECT) == (1, 2)
    assert step_costs(Stance.DISSOCIATE, importance=0.5) == (0, 0.5)
    assert step_costs(Stance.SUPPORT) == (0, 0)


def test_who_abstains_can_be_asked_to_vote_yes_and_who_does_not_vote_is_not_asked():
    path = minimal_movers(
        room((3, YES, ()), (3, NO, ()), (1, ABSTAIN, ()), (2, None, ())), absolute_majority(9)
    )
    assert path.best.tally.yes == 5
    assert {ask.vote for ask in path.best.asks} <= {NO, ABSTAIN}
    alone = minimal_movers(room((3, None, ())), simple_majority())
    assert [o.kind for o in alone.impasse.obstacles] == ["requirement"]


def test_an_unknown_vote_can_be_given_as_a_no_that_will_not_move():
    worst = [Voter("U", NO, (), None, None), *room((5, YES, ()), (1, NO, ()))]
    path = minimal_movers(worst, qualified(3, 4))
    assert asked(path.best) == [(1, NO, ABSTAIN)]
    assert path.best.asks[0].seats == ("s5",)


@pytest.mark.parametrize(
    ("p_yes", "p_no", "no", "cast", "passes"),
    [(10, 5, 5, 20, True), (10, 5, 6, 20, False), (9, 5, 5, 25, False), (0, 0, 0, 0, False)],
)
def test_the_iso_ballot_answers_as_in_the_reference(p_yes, p_no, no, cast, passes):
    voters = room((p_yes, YES, ("P",)), (p_no, NO, ("P",)), (no - p_no, NO, ()), (cast - no - p_yes, YES, ()))
    assert (not minimal_movers(voters, iso_ballot("P")).now.missed) == passes


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "missed"),
    [
        (24, 6, 2, ()),
        (22, 8, 2, ("3/4",)),
        (20, 5, 4, ("returned_75%",)),
        (18, 3, 10, ("abstaining_30%",)),
    ],
)
def test_the_ieee_ballot_answers_as_in_the_reference(yes, no, abstain, missed):
    voters = room((yes, YES, ()), (no, NO, ()), (abstain, ABSTAIN, ()), (40 - yes - no - abstain, None, ()))
    assert minimal_movers(voters, ieee_ballot(40)).now.missed == missed


@pytest.mark.parametrize(
    ("tallies", "passes"), [([(10, 2), (5, 4)], True), ([(20, 0), (4, 5)], False), ([(6, 5), (5, 4)], False)]
)
def test_a_double_majority_answers_as_in_the_reference(tallies, passes):
    parts = [
        (n, vote, (f"g{g}",)) for g, t in enumerate(tallies) for n, vote in zip(t, (YES, NO), strict=True)
    ]
    rule = qualified(2, 3) + simple_majority("g0") + simple_majority("g1")
    assert (not minimal_movers(room(*parts), rule).now.missed) == passes


def test_consensus_lacks_exactly_its_objectors():
    held = dict.fromkeys("AB", Stance.SUPPORT) | {
        "C": Stance.OBJECT,
        "D": Stance.ABSTAIN,
        "E": Stance.PENDING,
    }
    found = steps_to_consensus({**held, "F": None, "G": Stance.DISSOCIATE})
    assert (found.objectors, found.dissociating, found.unknown) == (("C",), ("G",), ("E", "F"))
    assert (found.to_no_objection, found.to_acceptance, found.n_on, found.members) == (1, 3, 4, 7)
    assert found.as_dict()["to_acceptance"] == 3


def test_nobody_is_no_objection_and_no_acceptance():
    found = steps_to_consensus({})
    assert (found.to_no_objection, found.to_acceptance, found.n_on, found.members) == (0, 0, 0, 0)


@pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf])
def test_a_cost_that_is_none_is_refused(cost):
    with pytest.raises(Invalid, match="cost"):
        minimal_movers([Voter("A", NO, (), cost)], simple_majority())


def test_who_votes_twice_is_refused():
    with pytest.raises(Invalid, match="once"):
        minimal_movers([Voter("A", NO), Voter("A", YES)], simple_majority())


@pytest.mark.parametrize(("num", "den"), [(0, 3), (4, 3)])
def test_a_majority_that_is_no_share_is_refused(num, den):
    with pytest.raises(Invalid, match="share"):
        qualified(num, den)


def test_two_hundred_who_are_alike_are_one_request():
    path = minimal_movers(room((100, YES, ()), (100, NO, ())), qualified(3, 4), limits=Limits())
    assert asked(path.best) == [(50, NO, YES)]
    assert len(path.best.asks[0].seats) == 100


RULES = {
    "two thirds": qualified(2, 3),
    "majority": simple_majority(),
    "both": qualified(2, 3) + simple_majority("g"),
    "absolute": absolute_majority(6),
    "iso": iso_ballot("g"),
    "ieee": ieee_ballot(6),
}
costs = st.sampled_from([None, 0.0, 0.5, 1.0, 1.0, 2.0])
drawn = st.lists(
    st.tuples(st.sampled_from([YES, NO, NO, ABSTAIN, None]), st.booleans(), costs, costs),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        Voter(f"s{i}", vote, ("g",) if inside else (), abstain, convert)
        for i, (vote, inside, abstain, convert) in enumerate(rows)
    ]
)


def by_brute_force(voters: list[Voter], rule) -> float | None:
    """The least cost at which the rule is met, over everything that anybody could do."""
    ways = []
    for voter in voters:
        options = [(voter.vote, 0.0)]
        if voter.vote is NO and voter.abstain_cost is not None:
            options.append((ABSTAIN, voter.abstain_cost))
        if voter.vote in (NO, ABSTAIN) and voter.convert_cost is not None:
            options.append((YES, voter.convert_cost))
        ways.append(options)
    best = None
    for chosen in itertools.product(*ways):
        met = True
        for part in rule:
            votes = Counter(
                vote
                for voter, (vote, _) in zip(voters, chosen, strict=True)
                if part.group is None or part.group in voter.groups
            )
            met = (
                met
                and part.yes * votes[YES] + part.no * votes[NO] + part.abstain * votes[ABSTAIN] >= part.least
            )
        cost = sum(cost for _, cost in chosen)
        if met and (best is None or cost < best):
            best = cost
    return best


@given(drawn, st.sampled_from(sorted(RULES)))
@settings(max_examples=35)
def test_the_cost_is_that_of_brute_force(voters, name):
    path = minimal_movers(voters, RULES[name])
    least = by_brute_force(voters, RULES[name])
    if least is None:
        assert path.best is None
        assert path.impasse.obstacles
        return
    assert path.best.missed == ()
    assert path.best.cost == pytest.approx(least)
    if path.runner_up:
        assert path.runner_up.asks != path.best.asks
        assert path.runner_up.cost >= path.best.cost - 1e-9


@given(drawn, st.sampled_from(sorted(RULES)), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_neither_names_nor_seating_decide_who_is_asked(voters, name, random):
    names = random.sample([f"z{i}" for i in range(len(voters))], len(voters))
    new = {voter.seat: name for voter, name in zip(voters, names, strict=True)}
    moved = [replace(voter, seat=new[voter.seat]) for voter in voters]
    random.shuffle(moved)

    def told(path, names):
        moves = path.best
        return moves and [(a.number, {names[s] for s in a.seats}, a.to, a.cost) for a in moves.asks]

    before, after = minimal_movers(voters, RULES[name]), minimal_movers(moved, RULES[name])
    assert told(before, new) == told(after, {seat: seat for seat in new.values()})
