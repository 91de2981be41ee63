"""Amendments: the set that brute force finds; who has not spoken is unknown, never yes; an impasse is proved."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.consensus.paths import Aim, Condition, Ending, View, minimal_amendments, outlook
from deliberate.errors import Invalid
from deliberate.vocabulary import ACCEPTING, Stance, Visibility

TABLED = ("a1", "a2", "a3", "a4")
ALL = frozenset(TABLED)


def needs(seat: str, *alternatives: str) -> View:
    """An objector who would accept if one of these sets were adopted, and can live with anything else."""
    conditions = tuple(Condition(frozenset(names.split())) for names in alternatives)
    return View(seat, Stance.OBJECT, conditions, open_to=ALL)


def refuses(seat: str, *amendments: str) -> View:
    """Someone who accepts the text as it is, and anything but these."""
    return View(seat, Stance.ACCEPT, excludes=frozenset(amendments), open_to=ALL)


REFERENCE = (
    needs("P", "a1", "a2"),
    needs("Q", "a3"),
    needs("R", "a2 a4"),
    refuses("T", "a4"),
    refuses("U", "a1"),
)


def test_the_reference_set_is_found():
    path = minimal_amendments(REFERENCE, TABLED)
    assert path.best.adopt == ("a2", "a3")
    assert path.best.accepts == ("P", "Q", "T", "U")
    assert path.best.objections == ("R",)
    assert path.best.raised == ()
    assert path.now.objections == ("P", "Q", "R")
    assert path.search.ending is Ending.OPTIMAL


def test_what_is_left_is_proved_to_be_an_impasse():
    found = minimal_amendments(REFERENCE, TABLED).impasse
    assert found.aim is Aim.NO_OBJECTION
    assert found.proved
    assert {(o.kind, o.seats, o.about) for o in found.obstacles} == {
        ("no_objection", ("R",), ()),
        ("would_not_object_if", ("R",), ("a2+a4",)),
        ("no_objection", ("T",), ()),
        ("excludes", ("T",), ("a4",)),
    }


def test_exclusive_amendments_leave_a_tie_of_single_ones():
    path = minimal_amendments(REFERENCE, TABLED, exclusive=[{"a2", "a3"}])
    assert len(path.best.accepts) == 3
    assert (path.best.adopt, path.runner_up.adopt) == (("a2",), ("a3",))
    assert path.tied


def test_two_who_cannot_both_accept_are_an_impasse():
    path = minimal_amendments(REFERENCE, TABLED, must_accept=("R", "T"))
    assert (path.best, path.runner_up) == (None, None)
    assert path.search.ending is Ending.INFEASIBLE
    assert {(o.kind, o.seats) for o in path.impasse.obstacles} == {
        ("must_accept", ("R",)),
        ("would_accept_if", ("R",)),
        ("must_accept", ("T",)),
        ("excludes", ("T",)),
    }


def test_an_acceptance_is_unknown_once_something_is_adopted_of_which_its_author_has_not_spoken():
    silent = View("V", Stance.SUPPORT)
    found = minimal_amendments([needs("P", "a1"), silent], TABLED).best
    assert (found.adopt, found.objections, found.accepts, found.unknown) == (("a1",), (), ("P",), ("V",))
    assert found.as_dict()["objections_at_most"] == 1


def test_an_objection_stands_until_its_own_condition_is_met_to_the_letter():
    strict = View("P", Stance.OBJECT, (Condition(frozenset({"a1"})),))
    found = outlook([strict], TABLED, {"a1", "a2"})
    assert found.objections == ("P",)
    assert outlook([strict], TABLED, {"a1"}).accepts == ("P",)


def test_an_objector_who_says_nothing_would_do_is_an_impasse_alone():
    path = minimal_amendments([View("P", Stance.OBJECT), refuses("T")], TABLED)
    assert path.best.adopt == ()
    assert {(o.kind, o.seats, o.about) for o in path.impasse.obstacles} == {
        ("no_objection", ("P",), ()),
        ("would_not_object_if", ("P",), ()),
    }


def test_an_amendment_that_turns_an_objection_into_a_dissociation_lifts_it_and_wins_no_acceptance():
    grudging = View("P", Stance.OBJECT, (Condition(frozenset({"a1"}), Stance.DISSOCIATE),))
    found = minimal_amendments([grudging], TABLED).best
    assert (found.adopt, found.objections, found.accepts) == (("a1",), (), ())


def test_a_red_line_may_ask_for_an_amendment():
    firm = replace(refuses("T"), requires=frozenset({"a2"}))
    path = minimal_amendments([firm], TABLED)
    assert (path.now.objections, path.now.raised) == (("T",), ("T",))
    assert path.best.adopt == ("a2",)


def test_a_condition_can_say_which_combination_would_be_objected_to():
    wary = replace(refuses("T"), conditions=(Condition(frozenset({"a1", "a2"}), Stance.OBJECT),))
    assert outlook([wary], TABLED, {"a1"}).accepts == ("T",)
    assert outlook([wary], TABLED, {"a1", "a2"}).raised == ("T",)
    path = minimal_amendments([needs("P", "a1"), needs("Q", "a2"), wary], TABLED)
    assert len(path.best.objections) == 1
    assert ("objects_if", ("T",), ("a1", "a2")) in {
        (o.kind, o.seats, o.about) for o in path.impasse.obstacles
    }


def test_a_text_that_everybody_accepts_needs_no_amendment():
    path = minimal_amendments([refuses("T"), refuses("U")], TABLED)
    assert (path.best.adopt, path.best.objections, path.impasse) == ((), (), None)
    assert path.runner_up.adopt == ("a1",)
    assert not path.tied


def test_who_has_no_position_is_neither_objection_nor_acceptance():
    views = [
        View("A", None),
        View("B", Stance.PENDING),
        View("C", Stance.ABSTAIN),
        View("D", Stance.DISSOCIATE),
    ]
    found = minimal_amendments(views, TABLED).best
    assert (found.objections, found.accepts, found.unknown) == ((), (), ("A", "B"))


def test_nobody_and_nothing_tabled_is_an_empty_answer():
    path = minimal_amendments([], [])
    assert (path.best.adopt, path.best.objections, path.n, path.runner_up) == ((), (), 0, None)
    assert minimal_amendments([View("P", Stance.OBJECT)], ()).best.objections == ("P",)


def test_conditions_and_red_lines_are_for_facilitators():
    assert minimal_amendments(REFERENCE, TABLED).as_dict()["audience"] == Visibility.FACILITATORS


@pytest.mark.parametrize(
    ("views", "tabled", "asked"),
    [
        ([refuses("T"), refuses("T")], TABLED, {}),
        ([refuses("T")], ("a1", "a1", "a2", "a3", "a4"), {}),
        ([needs("P", "a9")], TABLED, {}),
        ([refuses("T")], TABLED, {"exclusive": [{"a1", "a9"}]}),
        ([refuses("T")], TABLED, {"must_accept": ["Z"]}),
    ],
)
def test_what_was_not_tabled_or_is_not_seated_is_refused(views, tabled, asked):
    with pytest.raises(Invalid):
        minimal_amendments(views, tabled, **asked)


some = st.frozensets(st.sampled_from(TABLED), max_size=2)
views_drawn = st.lists(
    st.builds(
        View,
        seat=st.just(""),
        stance=st.sampled_from([None, *Stance, Stance.OBJECT, Stance.OBJECT]),
        conditions=st.lists(
            st.builds(Condition, some, st.sampled_from([Stance.ACCEPT, Stance.DISSOCIATE, Stance.OBJECT])),
            max_size=2,
        ).map(tuple),
        excludes=some,
        requires=st.frozensets(st.sampled_from(TABLED), max_size=1),
        open_to=st.one_of(st.just(ALL), some),
    ),
    max_size=5,
).map(lambda views: [replace(view, seat=f"s{i}") for i, view in enumerate(views)])


def stance_by_the_book(view: View, adopted: frozenset[str]) -> Stance | None:
    """What A5 says of a position when the text changes, written without the package's own words for it."""
    if any(a in adopted for a in view.excludes) or any(a not in adopted for a in view.requires):
        return Stance.OBJECT
    met = [c for c in view.conditions if all(a in adopted for a in c.amendments)]
    if Stance.OBJECT in [c.stance for c in met]:
        return Stance.OBJECT
    spoken = [c.stance for c in met if all(a in c.amendments or a in view.open_to for a in adopted)]
    if view.stance in ACCEPTING and all(a in view.open_to for a in adopted):
        spoken.append(view.stance)
    if any(stance in ACCEPTING for stance in spoken):
        return Stance.ACCEPT
    if spoken:
        return Stance.DISSOCIATE
    return None if view.stance in ACCEPTING else view.stance


def by_brute_force(views, exclusive, must):
    ranked = []
    for size in range(len(TABLED) + 1):
        for chosen in itertools.combinations(TABLED, size):
            adopted = frozenset(chosen)
            held = {view.seat: stance_by_the_book(view, adopted) for view in views}
            if any(len(adopted & group) > 1 for group in exclusive):
                continue
            if any(held[seat] not in ACCEPTING for seat in must):
                continue
            objections = sum(stance is Stance.OBJECT for stance in held.values())
            accepts = sum(stance in ACCEPTING for stance in held.values())
            ranked.append(((objections, -accepts, size), chosen))
    return sorted(ranked)


@given(
    views_drawn,
    st.lists(st.frozensets(st.sampled_from(TABLED), min_size=2, max_size=3), max_size=1),
    st.data(),
)
@settings(max_examples=35)
def test_the_set_and_its_runner_up_are_those_of_brute_force(views, exclusive, data):
    must = (
        data.draw(st.frozensets(st.sampled_from([v.seat for v in views]), max_size=1))
        if views
        else frozenset()
    )
    ranked = by_brute_force(views, exclusive, must)
    path = minimal_amendments(views, TABLED, exclusive=exclusive, must_accept=must)
    if not ranked:
        assert path.best is None
        assert path.impasse.obstacles
        return
    goals = (len(path.best.objections), -len(path.best.accepts), len(path.best.adopt))
    assert (goals, path.best.adopt) == ranked[0]
    if len(ranked) > 1:
        assert path.runner_up.adopt == ranked[1][1]
        assert path.tied == (ranked[0][0] == ranked[1][0])
    assert (path.impasse is None) == (ranked[0][0][0] == 0)


@given(views_drawn, st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_neither_names_nor_seating_decide_what_is_adopted(views, random):
    moved = [replace(view, seat=f"z{9 - i}") for i, view in enumerate(views)]
    random.shuffle(moved)
    before, after = minimal_amendments(views, TABLED), minimal_amendments(moved, TABLED)
    assert (before.best.adopt, before.best.goals) == (after.best.adopt, after.best.goals)
    assert (before.runner_up.adopt, before.tied) == (after.runner_up.adopt, after.tied)
