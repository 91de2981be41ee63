"""Alternative texts: the choice is the one that brute force finds, and where there is none the proof is minimal."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.paths import Alternatives, Ending, Limits, Missing, max_min_support, utility
from deliberate.errors import Invalid
from deliberate.vocabulary import LEVEL, Stance, Visibility

SEATS = ("d0", "d1", "d2", "d3", "d4")
REFERENCE = Alternatives(
    SEATS,
    (("op1", ("0", "1", "2")), ("op2", ("0", "1"))),
    tuple(
        tuple(zip(*rows, strict=True))
        for rows in (
            ((1, 0.5, 0), (1, 0.75, 0.25), (0, 0.5, 1), (0, 0.75, 1), (0.25, 0.75, 0.5)),
            ((0, 0.75), (0.25, 0.75), (1, 0.5), (1, 0.75), (1, 0.5)),
        )
    ),
    (("N", SEATS[:2]), ("S", SEATS[2:])),
)


def test_the_reference_texts_are_found():
    path = max_min_support(REFERENCE)
    assert path.best.texts == (("op1", "1"), ("op2", "1"))
    assert (path.best.least, path.best.mean) == pytest.approx((0.625, 0.65))
    assert path.best.lowest == ("S",)
    assert [(group.group, group.n, group.members) for group in path.best.groups] == [("N", 2, 2), ("S", 3, 3)]
    assert path.search.ending is Ending.OPTIMAL
    assert (path.n, path.members, path.impasse) == (5, 5, None)


def test_a_floor_of_one_half_keeps_them():
    path = max_min_support(REFERENCE, floor=0.5)
    assert path.best.texts == (("op1", "1"), ("op2", "1"))
    assert min(value for _, value in path.best.seats) == 0.5


def test_texts_that_cannot_stand_together_are_not_chosen_together():
    apart = replace(REFERENCE, incompatible=((("op1", "1"), ("op2", "1")),))
    path = max_min_support(apart)
    assert path.best.texts == (("op1", "0"), ("op2", "0"))
    assert path.best.least == pytest.approx(0.541667, abs=5e-7)


def test_the_runner_up_is_the_next_best_and_not_tied():
    path = max_min_support(REFERENCE)
    assert path.runner_up.texts != path.best.texts
    assert path.runner_up.least < path.best.least
    assert not path.tied


def test_a_red_line_rules_a_text_out_however_good_it_is():
    path = max_min_support(replace(REFERENCE, red_lines=(("d0", "op1", "1"),)))
    assert ("op1", "1") not in path.best.texts


def test_floors_that_cannot_all_be_kept_are_named_and_no_more_than_needed():
    opposed = Alternatives(("A", "B", "C"), (("op1", ("x", "y")),), (((1, 0, 1), (0, 1, 1)),))
    path = max_min_support(opposed, floor=0.5)
    assert path.best is None
    assert path.search.ending is Ending.INFEASIBLE
    assert [(o.kind, o.seats) for o in path.impasse.obstacles] == [("floor", ("A",)), ("floor", ("B",))]
    assert path.impasse.proved
    assert path.runner_up is None


def test_red_lines_over_every_text_are_an_impasse_with_their_owners():
    closed = Alternatives(
        ("A", "B"),
        (("op1", ("x", "y")), ("op2", ("z",))),
        (((1, 0), (0, 1)), ((1, 1),)),
        red_lines=(("A", "op1", "y"), ("B", "op1", "x")),
    )
    found = max_min_support(closed).impasse
    assert [o.as_dict() for o in found.obstacles] == [
        {"kind": "red_line", "seats": ["A"], "about": ["op1:y"]},
        {"kind": "red_line", "seats": ["B"], "about": ["op1:x"]},
    ]


def test_a_search_that_a_limit_ends_gives_its_best_with_bound_and_gap_and_no_runner_up():
    random = np.random.default_rng(3)
    seats = tuple(f"s{i}" for i in range(40))
    clauses = tuple((f"op{c}", tuple(f"t{v}" for v in range(4))) for c in range(15))
    groups = tuple((f"g{k}", seats[k::8]) for k in range(8))
    views = tuple(tuple(tuple(row) for row in texts) for texts in random.random((15, 4, 40)).tolist())
    alternatives = Alternatives(seats, clauses, views, groups)
    path = max_min_support(alternatives, limits=Limits(nodes=1))
    assert path.search.ending is Ending.NODE_LIMIT
    assert path.search.goal == 1
    assert path.best.least < path.search.bound < 1
    assert path.search.gap > 0
    assert (path.runner_up, path.impasse, path.reproducible) == (None, None, True)
    assert max_min_support(alternatives, limits=Limits(nodes=1)).as_dict() == path.as_dict()


def test_of_tied_texts_the_first_declared_is_chosen_and_the_tie_is_published():
    tied = Alternatives(("A", "B"), (("op1", ("x", "y")),), (((0, 1), (1, 0)),), (("g", ("A", "B")),))
    path = max_min_support(tied)
    assert (path.best.texts, path.runner_up.texts) == ((("op1", "x"),), (("op1", "y"),))
    assert path.tied
    assert path.as_dict()["tied"] is True


def test_a_view_not_declared_is_worth_nothing_or_leaves_its_owner_out():
    silent = Alternatives(
        ("A", "B"), (("op1", ("x", "y")),), (((0.2, None), (0.1, 1)),), (("g", ("A",)), ("h", ("B",)))
    )
    bound = max_min_support(silent)
    assert (bound.n, bound.left_out) == (2, ())
    assert bound.best.texts == (("op1", "y"),)
    without = max_min_support(silent, missing=Missing.EXCLUDE)
    assert (without.n, without.members, without.left_out) == (1, 2, ("B",))
    assert without.best.texts == (("op1", "x"),)
    group = without.best.groups[1]
    assert group.as_dict() == {"group": "h", "value": None, "n": 0, "N": 1, "reason": "no_data"}


def test_without_groups_the_mean_alone_decides_and_the_least_is_null():
    path = max_min_support(replace(REFERENCE, groups=()))
    assert path.best.least is None
    means = {pair: mean_of(REFERENCE, pair) for pair in itertools.product("012", "01")}
    assert path.best.mean == pytest.approx(max(means.values()))


def test_without_stakeholders_there_is_a_choice_and_no_figure():
    path = max_min_support(Alternatives((), (("op1", ("x", "y")),), (((), ()),)))
    assert path.best.texts == (("op1", "x"),)
    assert (path.best.least, path.best.mean, path.n) == (None, None, 0)


def test_what_stands_on_red_lines_is_for_facilitators_unless_said_otherwise():
    assert max_min_support(REFERENCE).audience is Visibility.FACILITATORS
    shared = max_min_support(REFERENCE, audience=Visibility.SHARED)
    assert shared.as_dict()["audience"] == "shared"
    assert shared.as_dict()["standing"] == "suggestion"


@pytest.mark.parametrize(
    "wrong",
    [
        {"views": (((1, 1, 1, 1, 1.5),) * 3, ((1,) * 5,) * 2)},
        {"views": (((1, 1, 1, 1, math.nan),) * 3, ((1,) * 5,) * 2)},
        {"views": (((1, 1),),)},
        {"clauses": ()},
        {"clauses": (("op1", ()),), "views": ((),)},
        {"clauses": (("op1", ("0", "0", "1")), ("op2", ("0", "1")))},
        {"seats": ("d0", "d0", "d2", "d3", "d4"), "groups": ()},
        {"groups": (("N", ("stranger",)),)},
        {"red_lines": (("d0", "op1", "9"),)},
        {"incompatible": ((("op9", "0"), ("op1", "0")),)},
    ],
)
def test_alternatives_that_do_not_fit_are_refused(wrong):
    with pytest.raises(Invalid):
        replace(REFERENCE, **wrong)


@pytest.mark.parametrize("floor", [-0.1, 1.1, math.nan])
def test_a_floor_that_is_no_share_is_refused(floor):
    with pytest.raises(Invalid, match="floor"):
        max_min_support(REFERENCE, floor=floor)


def test_the_worth_of_a_stance_is_the_summand_of_the_agreement_with_support():
    worth = [utility(stance) for stance in sorted(LEVEL, key=LEVEL.__getitem__)]
    assert worth == pytest.approx([0, 0.321928, 0.584963, 0.807355, 1], abs=5e-7)
    assert utility(Stance.ABSTAIN) is None


def mean_of(
    alternatives: Alternatives, texts: tuple[str, ...], seats: tuple[str, ...] | None = None
) -> float:
    chosen = [
        alternatives.views[c][names.index(text)]
        for c, ((_, names), text) in enumerate(zip(alternatives.clauses, texts, strict=True))
    ]
    of = [alternatives.seats.index(seat) for seat in seats or alternatives.seats]
    return sum(row[i] for row in chosen for i in of) / (len(chosen) * len(of))


def by_brute_force(alternatives: Alternatives, floor: float) -> list[tuple[float, float, tuple[str, ...]]]:
    """All choices that are allowed, best first; of equals the one declared first."""
    found = []
    for texts in itertools.product(*(names for _, names in alternatives.clauses)):
        refs = {(clause, text) for (clause, _), text in zip(alternatives.clauses, texts, strict=True)}
        if any(set(pair) <= refs for pair in alternatives.incompatible):
            continue
        if any((clause, text) in refs for _, clause, text in alternatives.red_lines):
            continue
        if any(mean_of(alternatives, texts, (seat,)) < floor - 1e-9 for seat in alternatives.seats):
            continue
        least = min(mean_of(alternatives, texts, group) for _, group in alternatives.groups)
        found.append((round(least, 7), round(mean_of(alternatives, texts), 7), texts))
    return sorted(found, key=lambda one: (-one[0], -one[1]))


@st.composite
def drawn(draw) -> Alternatives:
    clauses = tuple(
        (f"op{c}", tuple(f"t{v}" for v in range(draw(st.integers(1, 3)))))
        for c in range(draw(st.integers(1, 3)))
    )
    seats = tuple(f"s{i}" for i in range(draw(st.integers(1, 5))))
    worth = st.sampled_from([0.0, 0.25, 0.321928, 0.5, 0.75, 1.0])
    views = tuple(tuple(tuple(draw(worth) for _ in seats) for _ in texts) for _, texts in clauses)
    groups = tuple(
        (f"g{k}", tuple(draw(st.lists(st.sampled_from(seats), min_size=1, unique=True)))) for k in range(2)
    )
    texts = [(clause, text) for clause, names in clauses for text in names]
    pairs = draw(st.lists(st.tuples(st.sampled_from(texts), st.sampled_from(texts)), max_size=2))
    pairs = tuple(pair for pair in pairs if pair[0][0] != pair[1][0])
    lines = draw(st.lists(st.sampled_from(texts), max_size=1))
    return Alternatives(seats, clauses, views, groups, pairs, tuple((seats[0], *line) for line in lines))


@given(drawn(), st.sampled_from([0.0, 0.25, 0.5]))
@settings(max_examples=15)
def test_the_choice_and_its_runner_up_are_those_of_brute_force(alternatives, floor):
    ranked = by_brute_force(alternatives, floor)
    path = max_min_support(alternatives, floor=floor)
    assert path.as_dict()["reproducible"]
    if not ranked:
        assert path.best is None
        assert path.impasse.obstacles
        return
    assert tuple(text for _, text in path.best.texts) == ranked[0][2]
    assert path.best.goals == pytest.approx(ranked[0][:2], abs=1e-6)
    if len(ranked) > 1:
        assert tuple(text for _, text in path.runner_up.texts) == ranked[1][2]
        assert path.tied == (ranked[0][:2] == ranked[1][:2])
    else:
        assert path.runner_up is None


@given(drawn(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_renaming_and_reseating_the_stakeholders_changes_nothing(alternatives, random):
    order = list(range(len(alternatives.seats)))
    random.shuffle(order)
    new = {seat: f"z{order[i]}" for i, seat in enumerate(alternatives.seats)}
    moved = replace(
        alternatives,
        seats=tuple(new[alternatives.seats[i]] for i in order),
        views=tuple(tuple(tuple(row[i] for i in order) for row in texts) for texts in alternatives.views),
        groups=tuple((f"{group}!", tuple(new[seat] for seat in of)) for group, of in alternatives.groups),
        red_lines=tuple((new[seat], *line) for seat, *line in alternatives.red_lines),
    )
    before, after = max_min_support(alternatives), max_min_support(moved)
    assert (before.best is None) == (after.best is None)
    if before.best:
        assert after.best.texts == before.best.texts
        assert after.best.goals == pytest.approx(before.best.goals)
        assert (after.runner_up and after.runner_up.texts) == (before.runner_up and before.runner_up.texts)
