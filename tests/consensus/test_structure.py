"""Who stands between others and how ties follow groups: the worked vectors of consensus.md B15, beside NetworkX."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting

from deliberate.consensus.clusters import louvain, modularity
from deliberate.consensus.graph import (
    ROLES,
    assortativity,
    betweenness,
    brokers,
    disparity,
    disparity_backbone,
    e_i_expected,
    e_i_index,
    network,
    threshold_backbone,
)
from deliberate.consensus.matrix import positions


def ties(nodes, **weights):
    found = np.zeros((nodes, nodes))
    for pair, weight in weights.items():
        i, j = (ord(letter) - ord("A") for letter in pair)
        found[i, j] = found[j, i] = weight
    return found


TRIANGLES = ties(6, AB=3, AC=3, BC=3, DE=3, DF=3, EF=3, CD=1)
UNWEIGHTED = (TRIANGLES > 0).astype(float)
SIDES = ["north"] * 3 + ["south"] * 3
STAR = ties(4, AB=10, AC=1, AD=1, BC=1)

some_ties = st.integers(1, 7).flatmap(
    lambda n: st.lists(st.sampled_from((0.0, 0.0, 0.25, 0.5, 1.0)), min_size=n * n, max_size=n * n).map(
        lambda cells: np.triu(np.reshape(cells, (n, n)), 1) + np.triu(np.reshape(cells, (n, n)), 1).T
    )
)
some_groups = st.lists(st.sampled_from(("north", "south", "east")), min_size=7, max_size=7)


def near(value):
    return pytest.approx(value, abs=5e-7)


def test_two_triangles_and_a_bridge_are_as_modular_as_the_reference_says():
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert modularity(UNWEIGHTED, labels) == near(0.357143)
    assert modularity(TRIANGLES, labels) == near(0.447368)
    assert louvain(TRIANGLES).tolist() == labels.tolist()
    assert modularity(np.zeros((2, 2)), labels[:2]) is None


def test_they_sort_themselves_by_group_as_the_reference_says():
    assert assortativity(UNWEIGHTED, SIDES) == near(0.714286)
    assert e_i_index(UNWEIGHTED, SIDES) == near(-0.714286)
    assert e_i_index(TRIANGLES, SIDES) == near(-0.894737)
    assert e_i_expected(SIDES) == near((9 - 6) / 15)


def test_where_networkx_gives_0_or_nan_for_want_of_anything_to_say_there_is_null():
    assert assortativity(np.zeros((6, 6)), SIDES) is None
    assert assortativity(UNWEIGHTED, ["north"] * 6) is None
    assert e_i_index(np.zeros((6, 6)), SIDES) is None
    assert e_i_expected(["north", None]) is None
    assert assortativity(np.zeros((0, 0)), []) is None


def test_ties_of_who_is_in_no_group_are_left_out():
    assert e_i_index(TRIANGLES, [*SIDES[:3], None, *SIDES[4:]]) == -1
    assert e_i_index(TRIANGLES, [None] * 6) is None


def test_those_at_the_bridge_are_between_all_others():
    for weights in (UNWEIGHTED, TRIANGLES):
        assert betweenness(weights).tolist() == pytest.approx([0, 0, 0.6, 0.6, 0, 0])
    assert betweenness(np.zeros((2, 2))) is None


def test_those_at_the_bridge_keep_the_gate_and_represent():
    found = brokers(UNWEIGHTED > 0, SIDES)
    assert found["gatekeeper"].tolist() == found["representative"].tolist() == [0, 0, 2, 2, 0, 0]
    assert not any(found[role].any() for role in ("coordinator", "itinerant", "liaison"))


@pytest.mark.parametrize(
    ("groups", "role", "count"),
    [
        ("xyz", "liaison", 2),
        ("xxx", "coordinator", 2),
        ("xyx", "itinerant", 2),
        ("xyy", "gatekeeper", 1),
        ("xyy", "representative", 1),
        ((None, None, None), "liaison", 2),
    ],
)
def test_the_middle_of_a_path_is_a_broker_of_its_kind(groups, role, count):
    found = brokers(ties(3, AB=1, BC=1) > 0, list(groups))
    assert found[role].tolist() == [0, count, 0]


def test_a_one_way_path_counts_once_and_a_closed_one_never():
    one_way = np.zeros((3, 3), dtype=bool)
    one_way[0, 1] = one_way[1, 2] = True
    assert brokers(one_way, ["x", "y", "y"])["gatekeeper"].tolist() == [0, 1, 0]
    assert brokers(one_way, ["x", "x", "y"])["representative"].tolist() == [0, 1, 0]
    one_way[0, 2] = True
    assert not any(count.any() for count in brokers(one_way, ["x", "y", "z"]).values())


@given(some_ties, some_groups)
def test_every_open_path_has_one_broker_of_one_role(weights, groups):
    tied = weights > 0
    found = brokers(tied, groups[: len(tied)])
    graph = nx.from_numpy_array(tied.astype(int))
    open_paths = sum(not tied[a, b] for node in graph for a in graph[node] for b in graph[node] if a != b)
    assert sum(int(found[role].sum()) for role in ROLES) == open_paths


def test_the_disparity_filter_keeps_what_the_reference_keeps():
    alpha = disparity(STAR)
    assert [alpha[0, 1], alpha[0, 2], alpha[0, 3], alpha[1, 2]] == near([0.027778, 0.5, 0.840278, 0.5])
    assert np.argwhere(np.triu(alpha < 0.05, 1)).tolist() == [[0, 1]]
    assert (disparity(np.zeros((3, 3))) == 1).all()


def test_a_backbone_by_threshold_or_by_disparity_has_ties_of_both_signs_and_of_who_is_linked_only():
    told = Meeting("op1 op2 op3 op4 op5").member("A", "B", "C", "D")
    told.holds({"A": "SSSSS", "B": "SSSSA", "C": "OOOOO", "D": "SSS.."})
    net = network(positions(told.state))
    kept = threshold_backbone(net, 0.9)
    assert kept[0, 1]
    assert kept[0, 2]
    assert not kept[3].any()
    assert not disparity_backbone(net).any()  # nothing stands out among so few
    with pytest.raises(ValueError, match="neither congruence nor conflict"):
        threshold_backbone(net, 0)


@given(some_ties, some_groups)
def test_assortativity_of_plain_ties_is_networkxs(weights, groups):
    plain = (weights > 0).astype(float)
    groups = groups[: len(plain)]
    found = assortativity(plain, groups)
    if found is not None:
        graph = nx.from_numpy_array(plain)
        nx.set_node_attributes(graph, dict(enumerate(groups)), "group")
        assert found == pytest.approx(nx.attribute_assortativity_coefficient(graph, "group"), abs=1e-12)


@given(some_ties, st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_modularity_is_networkxs(weights, labels):
    found = modularity(weights, np.array(labels[: len(weights)]))
    if found is not None:
        clusters = [{node for node in range(len(weights)) if labels[node] == label} for label in range(3)]
        expected = nx.community.modularity(nx.from_numpy_array(weights), filter(None, clusters))
        assert found == pytest.approx(expected, abs=1e-12)


@given(some_ties, st.data())
def test_betweenness_does_not_depend_on_any_order(weights, data):
    order = data.draw(st.permutations(range(len(weights))))
    before, after = betweenness(weights), betweenness(weights[np.ix_(order, order)])
    if before is not None:
        np.testing.assert_allclose(after, before[order], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("measure", [betweenness, disparity, louvain, lambda x: e_i_index(x, SIDES[:2])])
@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_layer_has_finite_weights_that_are_not_negative(measure, weight):
    with pytest.raises(ValueError, match=r"negative|finite"):
        measure(np.array([[0, weight], [weight, 0]]))
