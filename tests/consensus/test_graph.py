"""The position graph: the worked vectors of consensus.md B14, Discourse Network Analyzer's own sample, and fairness."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from meeting import Meeting
from real_data import roll_calls, rows

from deliberate.consensus.graph import (
    backbone,
    discourse_network,
    discourse_network_of_counts,
    network,
    places,
    position_graph,
    ranks,
    stakeholder_clause_graph,
    two_mode_network,
)
from deliberate.consensus.layout import RING
from deliberate.consensus.matrix import Matrix, positions
from deliberate.vocabulary import GroupKind, Nature, StakeholderKind

NAN = np.nan
BOOLEAN = np.array([[1, 1, 0, NAN], [1, 0, 0, 1], [0, 0, 1, NAN]])
ORDINAL = np.array([[5, 4, 3], [5, 2, 1], [1, 3, NAN]])
PAIRS = ([0, 0, 1], [1, 2, 2])

KINDS = ("congruence", "conflict", "subtract", "ignore")
NORMALISATIONS = ("no", "average", "jaccard", "cosine")
x_of_levels = arrays(np.float64, (5, 6), elements=st.sampled_from([NAN, 1, 2, 3, 4, 5]))
x_of_booleans = arrays(np.float64, (4, 6), elements=st.sampled_from([NAN, 0, 1]))


@pytest.mark.parametrize(
    ("kind", "normalisation", "expected"),
    [
        ("congruence", "no", [2, 0, 1]),
        ("congruence", "average", [0.571429, 0, 0.285714]),
        ("congruence", "jaccard", [0.4, 0, 0.166667]),
        ("congruence", "cosine", [0.166667, 0, 0.083333]),
        ("conflict", "no", [1, 3, 2]),
        ("conflict", "average", [0.285714, 1, 0.571429]),
        ("conflict", "jaccard", [0.2, 0.5, 0.333333]),
        ("subtract", "no", [1, -3, -1]),
        ("subtract", "average", [0.285714, -1, -0.285714]),
    ],
)
def test_boolean_answers_are_tied_as_in_the_reference(kind, normalisation, expected):
    found = discourse_network(BOOLEAN, kind, normalisation, lo=0, hi=1)
    assert found[PAIRS].tolist() == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("kind", "normalisation", "expected"),
    [
        ("congruence", "no", [2, 0.75, 0.75]),
        ("conflict", "no", [1, 1.25, 1.25]),
        ("subtract", "no", [1, -0.5, -0.5]),
        ("subtract", "average", [0.333333, -0.2, -0.2]),
        ("ignore", "no", [3, 2, 2]),
    ],
)
def test_levels_are_tied_as_in_the_reference(kind, normalisation, expected):
    found = discourse_network(ORDINAL, kind, normalisation)
    assert found[PAIRS].tolist() == pytest.approx(expected, abs=5e-7)


def test_the_sample_of_discourse_network_analyzer_is_reproduced():
    statements = rows("dna-sample", "statements.csv")
    actors = sorted({row["organization"] for row in statements})
    concepts = sorted({row["concept"] for row in statements})
    counts = np.zeros((len(actors), len(concepts), 2))
    for row in statements:
        counts[actors.index(row["organization"]), concepts.index(row["concept"]), int(row["agreement"])] += 1
    values = np.array([0.0, 1.0])
    sums = {kind: discourse_network_of_counts(counts, values, kind, "no", lo=0, hi=1).sum() for kind in KINDS}
    assert sums == {"ignore": 276, "congruence": 160, "conflict": 116, "subtract": 44}


@given(x_of_levels, st.sampled_from(NORMALISATIONS))
def test_subtract_is_congruence_less_conflict(x, normalisation):
    congruence, conflict, subtract = (
        discourse_network(x, kind, normalisation) for kind in ("congruence", "conflict", "subtract")
    )
    np.testing.assert_allclose(subtract, congruence - conflict, atol=1e-12)


@given(x_of_booleans, st.sampled_from(("no", "average", "cosine")))
def test_to_answer_the_opposite_of_everything_turns_every_tie_round(x, normalisation):
    reversed_x = x.copy()
    reversed_x[0] = 1 - x[0]
    before = discourse_network(x, "subtract", normalisation, 0, 1)[0]
    after = discourse_network(reversed_x, "subtract", normalisation, 0, 1)[0]
    np.testing.assert_array_equal(after, -before)


def test_five_levels_have_no_such_opposite_for_the_middle_stays_the_middle():
    x = np.array([[3.0, 3.0], [3.0, 3.0]])
    reversed_x = np.array([6 - x[0], x[1]])
    assert discourse_network(reversed_x)[0, 1] == discourse_network(x)[0, 1] == 1


@given(x_of_levels, st.permutations(range(5)), st.permutations(range(6)), st.sampled_from(KINDS))
def test_ties_do_not_depend_on_any_order(x, rows, columns, kind):
    rows, columns = list(rows), list(columns)
    shuffled = discourse_network(x[rows][:, columns], kind)
    np.testing.assert_array_equal(shuffled, discourse_network(x, kind)[np.ix_(rows, rows)])


@given(x_of_levels, st.sampled_from(KINDS), st.sampled_from(NORMALISATIONS))
def test_ties_are_mutual_and_nobody_is_tied_to_itself(x, kind, normalisation):
    found = discourse_network(x, kind, normalisation)
    np.testing.assert_array_equal(found, found.T)
    assert not found.diagonal().any()


def test_the_scale_is_pinned_whatever_was_observed():
    x = np.array([[4.0, 4.0], [5.0, 5.0]])
    assert discourse_network(x, "conflict", "no")[0, 1] == 0.5


def test_who_says_nothing_has_no_tie():
    for normalisation in NORMALISATIONS:
        assert not discourse_network(np.full((3, 4), NAN), "congruence", normalisation).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: discourse_network(ORDINAL, "agreement"), "no kind"),
        (lambda: discourse_network(ORDINAL, "subtract", "sum"), "no normalisation"),
        (lambda: discourse_network(ORDINAL, lo=3, hi=3), "no width"),
        (lambda: discourse_network(ORDINAL, lo=0, hi=1), "leave the scale"),
    ],
)
def test_what_cannot_be_computed_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


CLAUSES = "op1 op2 op3 op4 op5"
TWO_SIDES = {
    "A": "SSSOO", "B": "SSSOO", "C": "SSAOO", "D": "SAAOD",
    "W": "OOOSS", "X": "OOOSS", "Y": "ODOSS", "Z": "OODAS",
}  # fmt: skip


def two_sides(seats: str = "A B C D W X Y Z", **more: str) -> Meeting:
    rows = {**TWO_SIDES, **more}
    return (
        Meeting(CLAUSES)
        .member(*seats.split())
        .opens_round()
        .holds({seat: rows[seat] for seat in seats.split()})
    )


def test_pairs_with_fewer_than_four_common_clauses_have_no_tie():
    meeting = two_sides("A B C", A="SSSS.", B=".SSSS", C="SSSSS")
    graph = position_graph(meeting.state)
    assert sorted(graph.edges) == [("A", "C"), ("B", "C")]
    assert graph.edges["A", "C"]["common"] == 4


def test_copies_made_by_alignment_make_no_tie():
    meeting = two_sides("A W", W=".....")
    for clause in CLAUSES.split():
        meeting.aligns(clause, "W", "A")
    graph = position_graph(meeting.state)
    assert not graph.edges
    assert (graph.nodes["W"]["stance_op1"], graph.nodes["W"]["source_op1"]) == ("support", "aligned")
    assert position_graph(meeting.state, own_only=False).edges["A", "W"]["weight"] == 1


def test_nodes_and_edges_say_everything_in_plain_types():
    meeting = Meeting(CLAUSES).group("north").group("isles", GroupKind.BLOC)
    meeting.member("A", "B", groups=("isles", "north")).holds({"A": "SSSSO", "B": "SSSSS"})
    graph = position_graph(meeting.state)
    node = graph.nodes["A"]
    assert node["name"] == meeting.state.seats["A"].name["en"]
    assert (node["code"], node["kind"], node["standing"]) == ("A", "government", "member")
    assert (node["groups"], node["regional_group"]) == ("isles;north", "north")
    assert (node["stance_op5"], node["source_op5"]) == ("object", "own")
    assert graph.edges["A", "B"] == {
        "weight": 0.6,
        "congruence": 0.8,
        "conflict": 0.2,
        "sign": 1,
        "layer": "congruence",
        "common": 5,
    }
    assert {type(value) for value in (*node.values(), *graph.edges["A", "B"].values())} <= {str, int, float}
    assert (graph.graph["nature"], graph.graph["version"]) == ("deliberation", meeting.state.version)


def test_observers_are_left_out_unless_asked_for_and_then_told_apart():
    meeting = (
        two_sides("A B").observer("LAB", kind=StakeholderKind.RESEARCH_INSTITUTE).holds({"LAB": "SSSOO"})
    )
    assert "LAB" not in position_graph(meeting.state)
    graph = position_graph(meeting.state, observers=True)
    assert (graph.nodes["LAB"]["standing"], graph.nodes["LAB"]["kind"]) == ("observer", "research_institute")
    assert graph.has_edge("A", "LAB")


def test_a_record_of_votes_is_drawn_as_a_projection_of_votes():
    meeting = Meeting(CLAUSES, Nature.RECORD).member("A", "B", "C")
    for clause in CLAUSES.split():
        meeting.votes(clause, yes="A", abstain="B", no="C")
    graph = position_graph(meeting.state)
    assert graph.graph["basis"] == "projection of recorded votes"
    assert graph.nodes["B"]["vote_op1"] == "abstain"
    assert not [name for name in graph.nodes["B"] if name.startswith("stance")]
    assert [graph.edges[pair]["weight"] for pair in (("A", "B"), ("A", "C"), ("B", "C"))] == [0, -1, 0]


def test_the_backbone_keeps_each_stakeholders_strongest_ties_of_both_signs():
    net = network(positions(two_sides().state))
    kept = backbone(net, top_k=1)
    seats = net.matrix.seats
    pairs = {seats[i] + seats[j] for i, j in zip(*np.nonzero(np.triu(kept, 1)), strict=True)}
    assert {"AB", "WX"} <= pairs
    assert {pair for pair in pairs if net.weight[seats.index(pair[0]), seats.index(pair[1])] < 0}
    assert len(pairs) <= 2 * len(seats)
    assert kept.any(axis=0).all()


def test_equal_ties_make_a_ring_and_nobody_a_hub():
    seats = [f"S{number}" for number in range(40)]
    meeting = Meeting(CLAUSES).member(*seats).holds(dict.fromkeys(seats, "SSSSS"))
    degrees = backbone(network(positions(meeting.state)), top_k=8).sum(axis=0)
    assert set(degrees.tolist()) == {8}


@given(st.permutations(sorted(TWO_SIDES)), st.integers(1, 8))
def test_the_backbone_does_not_depend_on_the_order_of_seating_or_on_names(order, top_k):
    def drawn(meeting: Meeting, names: dict[str, str]) -> nx.Graph:
        return nx.relabel_nodes(position_graph(meeting.state, top_k=top_k, measures=False), names)

    same = {seat: seat for seat in TWO_SIDES}
    rows = {**TWO_SIDES, "B": "SSAOD", "X": "OAOSS"}  # all different
    reference = drawn(two_sides(**rows), same)
    assert nx.utils.edges_equal(drawn(two_sides(" ".join(order), **rows), same).edges, reference.edges)
    renamed = {f"N{number}": seat for number, seat in enumerate(sorted(TWO_SIDES))}
    other = Meeting(CLAUSES).member(*renamed).holds({new: rows[old] for new, old in renamed.items()})
    assert nx.utils.edges_equal(drawn(other, renamed).edges, reference.edges)


def test_rows_are_ranked_by_what_they_hold_and_equal_ones_by_seating():
    matrix = positions(two_sides("X A W B").state)
    assert ranks(matrix).tolist() == [0, 2, 1, 3]


def distance(drawn, one, other):
    return float(np.hypot(*np.subtract(drawn[one], drawn[other])))


def test_who_agrees_is_drawn_near_and_who_differs_far():
    drawn = places(network(positions(two_sides().state)))
    near = max(distance(drawn, one, other) for side in ("ABCD", "WXYZ") for one in side for other in side)
    far = min(distance(drawn, one, other) for one in "ABCD" for other in "WXYZ")
    assert near < far


def test_the_same_positions_and_seed_give_the_same_picture():
    first, second = (places(network(positions(two_sides().state)), seed=4) for _ in range(2))
    assert first == second


@given(st.permutations(sorted(TWO_SIDES)))
def test_the_picture_does_not_depend_on_names(names):
    renamed = dict(zip(names, sorted(TWO_SIDES), strict=True))
    meeting = Meeting(CLAUSES).member(*names).holds({new: TWO_SIDES[old] for new, old in renamed.items()})
    drawn = places(network(positions(meeting.state)))
    assert {renamed[name]: place for name, place in drawn.items()} == places(
        network(positions(two_sides().state))
    )


def test_a_warm_start_keeps_everybody_near_where_they_were():
    before = places(network(positions(two_sides().state)), seed=3)
    net = network(positions(two_sides(D="SSAOD").state))
    after = places(net, warm=before)
    moved = [float(np.hypot(*np.subtract(before[seat], after[seat]))) for seat in before]
    assert max(moved) < 0.25


def test_who_changes_sides_is_drawn_on_the_other_side():
    before = places(network(positions(two_sides().state)))
    after = places(network(positions(two_sides(D="OOOSS").state)), warm=before)
    assert distance(after, "D", "W") < distance(after, "D", "A") / 2


def test_who_has_too_little_in_common_stands_on_the_ring():
    drawn = places(network(positions(two_sides(D="S....").state)))
    assert np.hypot(*drawn["D"]) == pytest.approx(RING, abs=2e-3)
    assert max(np.hypot(*drawn[seat]) for seat in drawn if seat != "D") < RING


@pytest.mark.parametrize("seats", [0, 1, 2, 3])
def test_small_and_empty_rooms_are_drawn_too(seats):
    codes = np.full((seats, 5), 5, np.int8)
    matrix = Matrix(tuple("ABC"[:seats]), tuple(CLAUSES.split()), codes, (codes > 0).astype(np.int8))
    drawn = places(network(matrix))
    assert len(set(drawn.values())) == seats
    assert not np.isnan(list(drawn.values())).any()


def test_a_text_without_clauses_has_no_ties():
    assert not position_graph(Meeting("").member("A", "B").state).edges


def test_who_stands_on_the_ring_stays_there_until_tied():
    before = places(network(positions(two_sides(D="S....", Z="O....").state)))
    after = places(network(positions(two_sides(D="S....", C="SSSSO").state)), warm=before)
    assert after["D"] == before["D"]


def test_those_who_hold_the_same_are_drawn_apart():
    seats = [f"S{number}" for number in range(30)]
    meeting = Meeting(CLAUSES).member(*seats).holds(dict.fromkeys(seats, "SSSSS"))
    drawn = places(network(positions(meeting.state)))
    assert min(distance(drawn, one, other) for one in seats for other in seats if one != other) > 0.02


def test_members_carry_their_cluster_how_far_they_stand_between_others_and_what_brokers_they_are():
    meeting = Meeting(CLAUSES).group("north").group("south")
    meeting.member("A", "B", "C", "D", groups=("north",)).member("W", "X", "Y", "Z", groups=("south",))
    meeting.opens_round().holds(TWO_SIDES).observer("LAB").holds({"LAB": "SSSOO"})
    graph = position_graph(meeting.state, observers=True)
    assert [graph.nodes[seat]["cluster"] for seat in TWO_SIDES] == [*"BBBBAAAA"]  # by rows, from object up
    assert graph.graph["clusters"].startswith("2, computed, not declared")
    assert graph.nodes["A"]["betweenness"] == 0
    assert graph.nodes["A"]["broker_liaison"] == 0
    assert {tie["layer"] for _, _, tie in graph.edges(data=True)} == {"congruence", "conflict"}
    assert "cluster" not in graph.nodes["LAB"]
    bare = position_graph(meeting.state, measures=False)
    assert not {"cluster", "betweenness", "broker_liaison"} & set(bare.nodes["A"])
    assert "clusters" not in bare.graph


def test_clusters_that_are_not_stable_are_not_on_the_graph():
    rows = np.random.default_rng(3).integers(0, 5, (60, 12))
    clauses = " ".join(f"op{number}" for number in range(12))
    seats = [f"S{number}" for number in range(60)]
    held = {seat: "".join("ODRAS"[level] for level in row) for seat, row in zip(seats, rows, strict=True)}
    graph = position_graph(Meeting(clauses).member(*seats).holds(held).state)
    assert {cluster for _, cluster in graph.nodes(data="cluster")} == {""}
    assert graph.graph["clusters"].startswith("no stable clusters")


def test_a_bridge_between_two_sides_is_between_them_and_represents_its_group():
    rows = {"A": "SSSSS....", "B": "SSSSA....", "M": "SSSSSSSSS", "Y": ".....SSSS", "Z": ".....SSSA"}
    meeting = Meeting(" ".join(f"op{number}" for number in range(9))).group("north").group("south")
    meeting.member("A", "B", "M", groups=("north",)).member("Y", "Z", groups=("south",)).holds(rows)
    graph = position_graph(meeting.state)
    assert graph.nodes["M"]["betweenness"] == pytest.approx(4 / 6)
    assert (graph.nodes["M"]["broker_gatekeeper"], graph.nodes["M"]["broker_representative"]) == (4, 4)
    assert not graph.nodes["A"]["broker_representative"]


def test_the_two_mode_graph_says_who_holds_what_on_what():
    meeting = (
        Meeting("op1 op2 op3").member("A", "B").observer("LAB").holds({"A": "SO.", "B": "NPR", "LAB": "SSS"})
    )
    meeting.aligns("op1", "B", "A")
    graph = stakeholder_clause_graph(meeting.state)
    assert nx.is_bipartite(graph)
    assert {node: side for node, side in graph.nodes(data="bipartite") if side == 0} == {"A": 0, "B": 0}
    assert graph.edges["A", "clause:op1"] == {"stance": "support", "source": "own", "level": 5, "weight": 1}
    assert graph.edges["A", "clause:op2"]["weight"] == -1
    assert graph.edges["B", "clause:op3"]["weight"] == 0
    assert graph.edges["B", "clause:op2"] == {"stance": "pending", "source": "own"}
    assert not graph.has_edge("A", "clause:op3")
    assert "LAB" in stakeholder_clause_graph(meeting.state, observers=True)
    own = stakeholder_clause_graph(meeting.state, own_only=True)
    assert graph.number_of_edges() - own.number_of_edges() == (
        graph.edges["B", "clause:op1"]["source"] == "aligned"
    )


def test_the_two_mode_graph_of_a_record_holds_votes():
    meeting = (
        Meeting("op1", Nature.RECORD).member("A", "B", "C", "D").votes("op1", yes="A", abstain="B", no="C")
    )
    graph = stakeholder_clause_graph(meeting.state)
    assert [tie["weight"] for _, _, tie in graph.edges(data=True)] == [1, 0, -1]
    assert graph.edges["A", "clause:op1"]["vote"] == "yes"
    assert "D" in graph
    assert not graph["D"]


@pytest.mark.parametrize(
    ("kind", "normalisation", "expected"),
    [
        ("subtract", "no", [[1, 0.5, 0], [1, -0.5, -1], [-1, 0, 0]]),
        ("subtract", "activity", [[1 / 3, 1 / 6, 0], [1 / 3, -1 / 6, -1 / 3], [-0.5, 0, 0]]),
        ("subtract", "prominence", [[1 / 3, 1 / 6, 0], [1 / 3, -1 / 6, -0.5], [-1 / 3, 0, 0]]),
        ("ignore", "no", [[1, 1, 1], [1, 1, 1], [1, 1, 0]]),
    ],
)
def test_two_modes_are_tied_as_in_discourse_network_analyzer(kind, normalisation, expected):
    np.testing.assert_allclose(two_mode_network(ORDINAL, kind, normalisation), expected)


def test_the_two_modes_of_the_sample_add_up():
    statements = {(row["organization"], row["concept"], row["agreement"], row["statement_id"])
                  for row in rows("dna-sample", "statements.csv")}  # fmt: skip
    assert len({name for name, *_ in statements}) == 7
    assert len({concept for _, concept, *_ in statements}) == 6
    assert len(statements) == 40


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_mode_network(ORDINAL, "congruence"), "no kind"),
        (lambda: two_mode_network(ORDINAL, "ignore", "average"), "no normalisation"),
        (lambda: two_mode_network(ORDINAL, lo=3, hi=3), "no width"),
        (lambda: two_mode_network(ORDINAL, lo=0, hi=1), "leave the scale"),
    ],
)
def test_what_cannot_be_tied_in_two_modes_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sessions_70_to_72_are_tied_as_they_voted():
    members, x = roll_calls()
    congruence, conflict, subtract = (
        discourse_network(x, kind, "average", 1, 3) for kind in ("congruence", "conflict", "subtract")
    )
    np.testing.assert_allclose(subtract, congruence - conflict, atol=1e-12)
    for i, j in ((0, 1), (5, 100), (17, 192)):
        common = ~np.isnan(x[i]) & ~np.isnan(x[j])
        apart = np.abs(x[i] - x[j])[common].sum() / 2
        activity = ((~np.isnan(x[i])).sum() + (~np.isnan(x[j])).sum()) / 2
        assert conflict[i, j] == apart / activity
        assert congruence[i, j] == (common.sum() - apart) / activity
    us, israel, syria = (members.index(code) for code in ("US", "IL", "SY"))
    assert subtract[us, israel] > 0.5 > -0.5 > subtract[us, syria]
    both = (x[us] == 3) & (x[israel] == 3)
    assert congruence[us, israel] * 2 >= both.sum() / x.shape[1]


def test_empty_and_lonely_tables_have_no_ties():
    for shape in ((0, 0), (0, 3), (1, 5), (3, 0)):
        assert not discourse_network(np.full(shape, 3.0)).any()
        assert not two_mode_network(np.full(shape, 3.0)).any()
    with pytest.raises(ValueError, match="leave the scale"):
        discourse_network(np.array([[np.inf]]))


@pytest.mark.parametrize("seats", ["", "A", "A B"])
def test_a_room_too_small_for_anybody_to_stand_between_says_nothing_of_it(seats):
    graph = position_graph(Meeting(CLAUSES).member(*seats.split()).state)
    assert not [node for node, told in graph.nodes(data=True) if "betweenness" in told]
    assert graph.graph["clusters"].startswith("no stable clusters")
