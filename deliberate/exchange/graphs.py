"""The position graph as files that other tools open: GraphML, GEXF, node-link JSON and a CSV of edges.

Plain formats without any vendor's keys, the same bytes for the same graph. Names, which the graph holds as digests,
are resolved here; a name that was redacted or withheld is shown as the stakeholder's code. Every file of a rehearsal
or of a record says so, in the graph and on every node or line of it, so that a part that is copied says it too.
"""

import csv
import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import orjson

from deliberate.exchange.tables import cell
from deliberate.vocabulary import Nature

if TYPE_CHECKING:
    import networkx as nx

Names = Mapping[str, str]
"""Text digest → words."""

REHEARSAL: Final = "REHEARSAL: fictional States, organisations and groups, simulated positions"

CSV_COLUMNS: Final = (
    "source", "target", "source_name", "target_name", "weight", "congruence", "conflict", "sign", "common", "mark",
)  # fmt: skip

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_GRAPHML_TYPE: Final[dict[type, str]] = {str: "string", int: "int", float: "double"}
_GEXF_TYPE: Final[dict[type, str]] = {str: "string", int: "integer", float: "double"}


def graphml(graph: "nx.Graph", names: Names) -> bytes:
    """Return the graph as GraphML, with every attribute of the graph, its nodes and its edges."""
    graph = named(graph, names)
    root = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys: dict[tuple[str, str], str] = {}
    for domain, attributes in _attributes(graph):
        for name, kind in attributes.items():
            keys[domain, name] = key = f"{domain[0]}{len(keys)}"
            SubElement(
                root, "key", {"id": key, "for": domain, "attr.name": name, "attr.type": _GRAPHML_TYPE[kind]}
            )
    body = SubElement(root, "graph", id="positions", edgedefault="undirected")

    def write(element: Element, domain: str, attributes: Mapping[str, Any]) -> None:
        for name, value in attributes.items():
            SubElement(element, "data", key=keys[domain, name]).text = str(value)

    write(body, "graph", graph.graph)
    for node, attributes in graph.nodes(data=True):
        write(SubElement(body, "node", id=node), "node", attributes)
    for one, other, attributes in graph.edges(data=True):
        write(SubElement(body, "edge", source=one, target=other), "edge", attributes)
    return _xml(root)


def gexf(graph: "nx.Graph", names: Names) -> bytes:
    """Return the graph as GEXF 1.2, drawn where the report draws it.

    GEXF has no attributes of a graph: they stand in its description, and the graph is named by mark and title.
    """
    graph = named(graph, names)
    root = Element(
        "gexf",
        {
            "version": "1.2",
            "xmlns": "http://www.gexf.net/1.2draft",
            "xmlns:viz": "http://www.gexf.net/1.2draft/viz",
        },
    )
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "Deliberate"
    SubElement(meta, "description").text = "; ".join(
        f"{name}: {value}" for name, value in graph.graph.items() if value != ""
    )
    title = " · ".join(filter(None, (graph.graph["mark"], graph.graph["title"])))
    body = SubElement(root, "graph", defaultedgetype="undirected", mode="static", name=title)
    keys: dict[tuple[str, str], str] = {}
    for domain, attributes in _attributes(graph):
        if domain == "graph":
            continue
        declared = SubElement(body, "attributes", {"class": domain, "mode": "static"})
        for name, kind in attributes.items():
            if name not in ("weight", "label"):  # the format has its own place for these
                keys[domain, name] = key = str(len(keys))
                SubElement(declared, "attribute", id=key, title=name, type=_GEXF_TYPE[kind])

    def write(element: Element, domain: str, attributes: Mapping[str, Any]) -> None:
        values = SubElement(element, "attvalues")
        for name, value in attributes.items():
            if (key := keys.get((domain, name))) is not None:
                SubElement(values, "attvalue", {"for": key, "value": str(value)})

    nodes = SubElement(body, "nodes")
    for node, attributes in graph.nodes(data=True):
        element = SubElement(nodes, "node", id=node, label=attributes["label"])
        write(element, "node", attributes)
        place = {"x": str(attributes["x"]), "y": str(attributes["y"]), "z": "0.0"}
        SubElement(element, "viz:position", place)
    edges = SubElement(body, "edges")
    for number, (one, other, attributes) in enumerate(graph.edges(data=True)):
        ends = {"id": str(number), "source": one, "target": other, "weight": str(attributes["weight"])}
        write(SubElement(edges, "edge", ends), "edge", attributes)
    return _xml(root)


def node_link_json(graph: "nx.Graph", names: Names) -> bytes:
    """Return the graph as node-link JSON, as NetworkX and D3 read it: `nodes` with `id`, `edges` with `source` and
    `target`, and the attributes of the graph under `graph`."""
    import networkx as nx

    data = nx.node_link_data(named(graph, names), edges="edges")
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def csv_edges(graph: "nx.Graph", names: Names) -> bytes:
    """Return the ties as CSV in UTF-8: codes and names of both ends, what ties them, and the mark on every line."""
    graph = named(graph, names)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for one, other, tie in graph.edges(data=True):
        ends = (one, other, graph.nodes[one]["name"], graph.nodes[other]["name"])
        figures = (tie[name] for name in ("weight", "congruence", "conflict", "sign", "common"))
        writer.writerow((*map(cell, ends), *figures, graph.graph["mark"]))
    return out.getvalue().encode()


def named(graph: "nx.Graph", names: Names) -> "nx.Graph":
    """Return a copy of the graph with words for digests and with its mark, on the graph and on every node."""
    graph = graph.copy()
    title = _printable(names.get(graph.graph["title"], ""))
    graph.graph["title"] = title
    graph.graph["mark"] = mark = mark_of(graph.graph["nature"], graph.graph["basis"], title)
    for node, attributes in graph.nodes(data=True):
        attributes["name"] = attributes["label"] = _printable(names.get(attributes["name"], "")) or node
        attributes["mark"] = mark
    return graph


def mark_of(nature: str, basis: str, title: str) -> str:
    """Return what every file of such a deliberation must say of itself; "" for one in which positions are taken."""
    match Nature(nature):
        case Nature.REHEARSAL:
            return REHEARSAL
        case Nature.RECORD if basis.endswith("votes"):
            return f"Recorded votes of {title or 'another body'}, not positions taken here"
        case Nature.RECORD:
            return f"Recorded positions of {title or 'another body'}, not taken here"
        case _:
            return ""


def _attributes(graph: "nx.Graph") -> list[tuple[str, dict[str, type]]]:
    """Return, for the graph, its nodes and its edges, the attributes with their types, in their order."""
    nodes = {name: value for _, attributes in graph.nodes(data=True) for name, value in attributes.items()}
    edges = {name: value for *_, attributes in graph.edges(data=True) for name, value in attributes.items()}
    return [
        (domain, {name: type(value) for name, value in attributes.items()})
        for domain, attributes in (("graph", graph.graph), ("node", nodes), ("edge", edges))
    ]


def _printable(words: str) -> str:
    """Return the words without the characters that XML cannot hold; a log from elsewhere may bring any."""
    return _NOT_IN_XML.sub("", words)


def _xml(root: Element) -> bytes:
    indent(root, space="")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
