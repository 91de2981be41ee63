"""Similarity clusters: stable or not shown, of what members said themselves, and the same under other names."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting import Meeting
from real_data import roll_calls, rows

from deliberate.consensus.clusters import (
    adjusted_rand,
    letter,
    louvain,
    modularity,
    similarity_clusters,
    stability,
)
from deliberate.consensus.figures import Reason
from deliberate.consensus.graph import network
from deliberate.consensus.matrix import Matrix, positions
from deliberate.vocabulary import StakeholderKind

CLAUSES = "op1 op2 op3 op4 op5"
THREE = {
    "A": "SSSOO", "B": "SSSOO", "C": "SSAOO", "D": "SAAOO",
    "K": "OOOSS", "L": "OOOSS", "M": "ODOSS",
    "X": "SOSOS", "Y": "SOSOS",
}  # fmt: skip


def meeting(held=THREE, seats=None):
    seats = list(seats or held)
    return Meeting(CLAUSES).member(*seats).opens_round().holds({seat: held[seat] for seat in seats})


def clusters(told, **how):
    return similarity_clusters(network(positions(told.state).own()), **how)


def room(codes, order=None):
    codes = np.asarray(codes, dtype=np.int8)
    codes = codes if order is None else codes[list(order)]
    names = tuple(map(str, range(len(codes)))), tuple(map(str, range(codes.shape[1])))
    return network(Matrix(*names, codes, (codes > 0).astype(np.int8)))


def test_those_who_hold_much_the_same_are_a_cluster_with_a_neutral_letter_the_largest_first():
    found = clusters(meeting())
    assert found.letters == found.shown == (*"AAAABBBCC",)
    assert found.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2]
    assert found.sizes == (4, 3, 2)
    assert (found.stable, found.stability, set(found.counts)) == (True, 1, {3})
    assert len(found.counts) == 20


def test_one_run_alone_is_not_known_to_be_stable_and_is_not_shown():
    found = clusters(meeting(), runs=1)
    assert found.letters == (*"AAAABBBCC",)
    assert (found.stability, found.stable) == (None, False)
    assert found.shown == (None,) * 9


def test_what_changes_with_the_seed_is_not_shown():
    codes = np.random.default_rng(3).integers(1, 6, (60, 12))
    found = similarity_clusters(room(codes))
    assert found.stability < 0.9
    assert not found.stable
    assert set(found.shown) == {None}
    assert set(found.letters) > {"A", "B"}


def test_copies_made_by_alignment_are_in_no_cluster():
    told = meeting({**THREE, "Z": "....."})
    for clause in CLAUSES.split():
        told.aligns(clause, "Z", "A")
    assert clusters(told).letters == (*"AAAABBBCC", None)


def test_observers_are_not_among_those_clustered():
    told = meeting().observer("LAB", kind=StakeholderKind.RESEARCH_INSTITUTE).holds({"LAB": "SSSOO"})
    assert len(clusters(told).letters) == 9


def test_who_has_nothing_in_common_with_anybody_is_in_no_cluster():
    found = clusters(meeting({**THREE, "Z": "S...."}))
    assert found.letters[-1] is None
    assert found.stability == 1


@pytest.mark.parametrize(
    "held", [{}, {"A": "SSSSS"}, {"A": "....."}, {"A": "SSSSS", "B": "OOOOO"}, {"A": "NNNNN", "B": "NNNNN"}]
)
def test_without_congruence_there_are_no_clusters_and_it_is_said_why(held):
    told = Meeting(CLAUSES).member(*held).holds(held)
    found = clusters(told)
    assert found.reason is Reason.NO_DATA
    assert found.letters == (None,) * len(held)
    assert (found.sizes, found.modularity, found.stability) == ((), None, None)


def test_a_room_that_holds_the_same_is_one_cluster():
    found = clusters(meeting(dict.fromkeys("ABCDE", "SSSSA")))
    assert found.shown == ("A",) * 5
    assert found.modularity == 0


@given(st.permutations(sorted(THREE)))
@settings(max_examples=20)
def test_clusters_do_not_depend_on_the_order_of_seating(order):
    assert dict(zip(order, clusters(meeting(seats=order)).letters, strict=True)) == dict(
        zip(THREE, "AAAABBBCC", strict=True)
    )


@given(st.permutations(sorted(THREE)))
@settings(max_examples=20)
def test_clusters_do_not_depend_on_names(names):
    renamed = {new: THREE[old] for new, old in zip(names, THREE, strict=True)}
    assert clusters(meeting(renamed)) == clusters(meeting())


@given(st.integers(0, 50), st.permutations(range(24)))
@settings(max_examples=15)
def test_even_unstable_clusters_are_the_same_in_any_order_of_seating(seed, order):
    codes = np.random.default_rng(seed).integers(1, 6, (24, 8))
    before, after = similarity_clusters(room(codes), runs=3), similarity_clusters(room(codes, order), runs=3)
    assert after.letters == tuple(before.letters[row] for row in order)
    assert (after.stability, after.modularity) == (before.stability, before.modularity)


@given(st.integers(0, 1000))
@settings(max_examples=15)
def test_louvain_finds_communities_as_modular_as_networkx_does(seed):
    codes = np.random.default_rng(seed).integers(1, 6, (30, 8))
    weights = room(codes).positive
    graph = nx.from_numpy_array(weights)
    found = max(modularity(weights, louvain(weights, run)) for run in range(10))
    others = max(
        nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=run)) for run in range(3)
    )
    assert found >= others - 0.01


def test_louvain_leaves_a_node_without_ties_by_itself():
    weights = np.zeros((3, 3))
    assert louvain(weights).tolist() == [0, 1, 2]
    assert louvain(np.zeros((0, 0))).tolist() == []
    weights[1, 2] = weights[2, 1] = 1
    assert louvain(weights).tolist() == [0, 1, 1]


def test_clusters_take_at_least_one_run():
    with pytest.raises(ValueError, match="at least one run"):
        similarity_clusters(room(np.full((3, 5), 5)), runs=0)


def test_letters_go_on_after_z():
    assert [letter(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_stability_is_the_share_of_pairs_that_every_division_treats_alike():
    one, other = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 2])
    assert stability([one, other]) == 5 / 6
    assert stability([one, one, other]) == 5 / 6
    assert stability([one]) is stability([np.array([0]), np.array([0])]) is None


labels = st.lists(st.sampled_from((None, 0, 1, 2)), min_size=8, max_size=8)


@given(labels, labels)
def test_the_adjusted_rand_index_counts_pairs(one, other):
    kept = [pair for pair in zip(one, other, strict=True) if None not in pair]
    pairs = [(kept[i], kept[j]) for i in range(len(kept)) for j in range(i)]
    both = sum(a[0] == b[0] and a[1] == b[1] for a, b in pairs)
    in_one, in_other = (sum(a[side] == b[side] for a, b in pairs) for side in (0, 1))
    chance = in_one * in_other / len(pairs) if pairs else 0
    room_left = (in_one + in_other) / 2 - chance
    found = adjusted_rand(one, other)
    assert found == (pytest.approx((both - chance) / room_left) if abs(room_left) > 1e-12 else None)


@given(labels)
def test_a_division_agrees_wholly_with_itself_under_other_names(one):
    renamed = [None if name is None else f"group {2 - name}" for name in one]
    assert adjusted_rand(one, renamed) in (None, 1)


def test_the_clusters_of_sessions_70_to_72_are_stable_and_follow_the_group_of_77_more_than_regions():
    members, x = roll_calls()
    codes = np.nan_to_num(x).astype(np.int8)
    calls = tuple(map(str, range(codes.shape[1])))
    found = similarity_clusters(
        network(Matrix(tuple(members), calls, codes, (codes > 0).astype(np.int8), lo=1, hi=3))
    )
    assert (found.sizes, found.stability) == ((138, 55), 1)
    letters = dict(zip(members, found.shown, strict=True))
    assert letters["US"] == letters["SE"] == letters["JP"] == "B"
    assert letters["CN"] == letters["BR"] == letters["KE"] == "A"
    states = {row["iso2"]: row for row in rows("un-members", "un-members.csv")}
    with_region, with_g77 = (
        adjusted_rand(found.shown, [states[code][column] if code in states else None for code in members])
        for column in ("un_regional_group", "g77")
    )
    assert 0.1 < with_region < with_g77 < 1
