"""A page as a test reads it: its elements with their attributes, and the words in each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "rect"})


@dataclass
class Element:
    """An element: `words` are all that stand in it, with single spaces."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.pieces).split())

    def all(self, tag: str = "", **attributes: str) -> Iterator["Element"]:
        """The elements within, in order, that have these attributes; `data_key` is written with an underscore."""
        for child in self.children:
            if tag in ("", child.tag) and all(
                child.attributes.get(name.rstrip("_").replace("_", "-")) == value
                for name, value in attributes.items()
            ):
                yield child
            yield from child.all(tag, **attributes)

    def one(self, tag: str = "", **attributes: str) -> "Element":
        found = list(self.all(tag, **attributes))
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes}"
        return found[0]

    def fields(self) -> dict[str, str]:
        """What a browser would send of this form as it stands."""
        sent: dict[str, str] = {}
        for each in self.all("input"):
            off = each.attributes.get("type") in ("radio", "checkbox") and "checked" not in each.attributes
            if not off:
                sent[each.attributes["name"]] = each.attributes.get("value", "")
        for each in self.all("textarea"):
            sent[each.attributes["name"]] = "".join(each.pieces)
        for each in self.all("select"):
            options = list(each.all("option"))
            chosen = next((o for o in options if "selected" in o.attributes), options[0])
            sent[each.attributes["name"]] = chosen.attributes["value"]
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)
        elif tag == "br":
            self.handle_data(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.pieces.append(data)


def read(html: str) -> Element:
    """Return the page; fails where elements are not closed in order."""
    reader = _Reader()
    reader.feed(html)
    assert [element.tag for element in reader.open] == ["page"]
    return reader.open[0]
