"""Graph files: NetworkX reads back every attribute, a rehearsal and a record always say so, bytes are the same again."""

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from meeting import Meeting, text

from deliberate.consensus.graph import position_graph
from deliberate.exchange.graphs import csv_edges, gexf, graphml, named, node_link_json
from deliberate.vocabulary import GroupKind, Nature, StakeholderKind

CLAUSES = "op1 op2 op3 op4 op5"
NAMES = {
    text("A fair title"): "A fair title",
    text("State of A"): "Норхейвен <& Söhne>",
    text("State of B"): "北岸国",
    text("State of C"): "=1+1",
}
WRITERS = {"graphml": graphml, "gexf": gexf, "json": node_link_json, "csv": csv_edges}


def meeting(nature: Nature = Nature.REHEARSAL) -> Meeting:
    told = Meeting(CLAUSES, nature).group("north").group("isles", GroupKind.BLOC)
    told.member("A", "B", groups=("north", "isles")).member("C", "D")
    return told.holds({"A": "SSSSO", "B": "SARSO", "C": "OODDS", "D": "P...."})


def recorded() -> Meeting:
    told = Meeting(CLAUSES, Nature.RECORD).member("A", "B", "C", "D")
    for clause in CLAUSES.split():
        told.votes(clause, yes="A B", no="C")
    return told


def read(form: str, data: bytes) -> nx.Graph:
    match form:
        case "graphml":
            return nx.read_graphml(io.BytesIO(data))
        case "gexf":
            return nx.read_gexf(io.BytesIO(data))
        case _:
            return nx.node_link_graph(json.loads(data), edges="edges")


@pytest.mark.parametrize("form", ["graphml", "gexf", "json"])
@pytest.mark.parametrize("told", [meeting(), recorded()], ids=["stances", "votes"])
def test_networkx_reads_back_every_attribute(form, told):
    graph = position_graph(told.state)
    written, back = named(graph, NAMES), read(form, WRITERS[form](graph, NAMES))
    assert list(back) == list(written)
    assert nx.utils.edges_equal(back.edges, written.edges)
    for node, attributes in written.nodes(data=True):
        assert {name: back.nodes[node][name] for name in attributes} == attributes
        assert all(type(back.nodes[node][name]) is type(value) for name, value in attributes.items())
    for one, other, attributes in written.edges(data=True):
        found = back.edges[one, other]
        assert {name: found[name] for name in attributes} == attributes
        assert all(type(found[name]) is type(value) for name, value in attributes.items())


@pytest.mark.parametrize("form", ["graphml", "json"])
def test_networkx_reads_back_what_the_graph_says_of_itself(form):
    graph = position_graph(meeting().state, top_k=3)
    written, back = named(graph, NAMES), read(form, WRITERS[form](graph, NAMES))
    assert {name: back.graph[name] for name in written.graph} == written.graph
    assert back.graph["title"] == "A fair title"
    assert back.graph["version"] == meeting().state.version


def test_gexf_says_it_in_its_description_and_name_and_is_drawn_where_the_report_draws_it():
    graph = position_graph(meeting().state)
    data = gexf(graph, NAMES)
    description = ElementTree.fromstring(data).findtext(".//{http://www.gexf.net/1.2draft}description")
    assert f"digest: {meeting().state.digest}" in description
    back = read("gexf", data)
    assert back.graph["name"].startswith("REHEARSAL")
    assert back.nodes["A"]["viz"]["position"]["x"] == graph.nodes["A"]["x"]
    assert back.nodes["A"]["label"] == "Норхейвен <& Söhne>"


@pytest.mark.parametrize("form", WRITERS)
def test_every_file_of_a_rehearsal_says_so(form):
    assert b"REHEARSAL" in WRITERS[form](position_graph(meeting().state), NAMES)


@pytest.mark.parametrize("form", ["graphml", "json"])
def test_the_mark_is_an_attribute_of_the_graph_and_of_every_node(form):
    for told, mark in (
        (meeting(), "REHEARSAL: fictional States, organisations and groups, simulated positions"),
        (recorded(), "Recorded votes of A fair title, not positions taken here"),
        (meeting(Nature.DELIBERATION), ""),
    ):
        back = read(form, WRITERS[form](position_graph(told.state), NAMES))
        assert back.graph["mark"] == mark
        assert {attributes["mark"] for _, attributes in back.nodes(data=True)} == {mark}


def test_a_record_of_imported_positions_says_that_they_were_not_taken_here():
    told = Meeting(CLAUSES, Nature.RECORD).member("A")
    graph = named(position_graph(told.state), NAMES)
    assert graph.graph["mark"] == "Recorded positions of A fair title, not taken here"


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_graph_gives_the_same_bytes(form):
    first, second = (WRITERS[form](position_graph(meeting().state), NAMES) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_no_tool_leaves_its_own_keys(form):
    data = WRITERS[form](position_graph(meeting().state), NAMES).decode()
    spaces = set(re.findall(r'xmlns(?::\w+)?="([^"]+)"', data))
    own = {"graphml": {"http://graphml.graphdrawing.org/xmlns"}}
    gexf_own = {"http://www.gexf.net/1.2draft", "http://www.gexf.net/1.2draft/viz"}
    assert spaces == own.get(form, gexf_own)


def test_a_name_that_is_withheld_is_shown_as_the_code():
    back = read("graphml", graphml(position_graph(meeting().state), {}))
    assert [back.nodes[node]["name"] for node in back] == ["A", "B", "C", "D"]


def test_characters_that_xml_cannot_hold_do_not_break_the_file():
    names = {**NAMES, text("State of A"): "Nor\x00ha\x0bven\ufffe"}
    for form in ("graphml", "gexf"):
        back = read(form, WRITERS[form](position_graph(meeting().state), names))
        assert back.nodes["A"]["name"] == "Norhaven"


def test_csv_has_one_line_a_tie_with_both_names_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(csv_edges(position_graph(meeting().state), NAMES).decode())))
    assert [(row["source"], row["target"]) for row in rows] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert rows[0]["target_name"] == "北岸国"
    assert rows[1]["target_name"] == "'=1+1"
    assert float(rows[0]["weight"]) == pytest.approx(0.7)
    assert float(rows[0]["congruence"]) - float(rows[0]["conflict"]) == pytest.approx(0.7)
    assert {row["mark"][:9] for row in rows} == {"REHEARSAL"}


def test_observers_carry_their_kind_and_standing_into_the_file():
    told = meeting().observer("LAB", kind=StakeholderKind.RESEARCH_INSTITUTE)
    back = read("graphml", graphml(position_graph(told.state, observers=True), NAMES))
    assert (back.nodes["LAB"]["kind"], back.nodes["LAB"]["standing"]) == ("research_institute", "observer")


@pytest.mark.parametrize("form", WRITERS)
def test_a_graph_without_anybody_in_it_is_a_file_too(form):
    data = WRITERS[form](position_graph(Meeting(CLAUSES).state), NAMES)
    if form != "csv":
        assert len(read(form, data)) == 0


def test_a_roll_call_of_the_general_assembly_is_read_back_whole():
    file = Path(__file__).parents[3] / "shared" / "data" / "un-votes" / "clauses-A-RES-72-50.csv"
    if not file.exists():
        pytest.skip("the roll calls on A/RES/72/50 are not beside this checkout")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    clauses = list(rows[0])[2:]
    told = Meeting(" ".join(clauses), Nature.RECORD, title="A/RES/72/50")
    told.member(*(row["country_code"] for row in rows))
    for clause in clauses:
        by_vote = {
            vote: [r["country_code"] for r in rows if r[clause] == vote] for vote in ("yes", "no", "abstain")
        }
        told.votes(clause, **{vote: " ".join(codes) for vote, codes in by_vote.items()})
    names = {text(f"State of {row['country_code']}"): row["country"] for row in rows}
    names[text("A/RES/72/50")] = "A/RES/72/50"
    back = read("graphml", graphml(position_graph(told.state), names))
    assert len(back) == 187
    assert back.graph["mark"] == "Recorded votes of A/RES/72/50, not positions taken here"
    tallies = [
        [a["vote_op2"] for _, a in back.nodes(data=True)].count(vote) for vote in ("yes", "no", "abstain")
    ]
    assert tallies == [142, 7, 27]
    assert back.edges["AF", "AL"]["weight"] == pytest.approx(1)
    assert back.nodes["NA"]["name"] == "Namibia"
    assert {tie["sign"] for _, _, tie in back.edges(data=True)} == {-1, 0, 1}
