"""Reading a scenario file: YAML for the text and the seats, CSV for a roster's States.

A fault is told with the file, the line and the field: "rehearsal.yaml, line 83, script.rounds.0.positions.2.stance:
…". Files name one another by name only and lie in one folder: `extends` (whatever the file does not say itself is
taken from there) and `roster`.
"""

import csv
import re
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from deliberate import config
from deliberate.errors import Invalid, NotFound
from deliberate.scenario.shapes import FICTIONAL, Group, Member, Place, Roster, Scenario
from deliberate.vocabulary import LANGUAGES, GroupKind

SCENARIO_BYTES_MAX: Final = 2_000_000
"""Sixty times the Initiative; a larger file is a mistake."""

_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Plain data only, nothing that a file could make run; in C where the platform has it."""


def available() -> list[str]:
    """Return the names of the scenarios that come with the platform."""
    folder = config.resource("scenarios")
    return sorted(
        path.stem for path in folder.glob("*.yaml") if "clauses:" in _text(path) or "extends:" in _text(path)
    )


def load(name_or_path: str | Path) -> Scenario:
    """Return the scenario of a shipped name ("initiative", "rehearsal") or of a path to a YAML file.

    Raises `NotFound` when there is no such file, and `Invalid` naming file, line and field of the first fault.
    """
    return _scenario(_find(name_or_path))


def _find(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    if re.fullmatch(r"[A-Za-z0-9_-]+", str(name_or_path)):
        shipped = config.resource("scenarios") / f"{name_or_path}.yaml"
        if shipped.is_file():
            return shipped
    raise NotFound(
        f"There is no scenario {str(name_or_path)!r}. Give the path of a .yaml file, or one of: {', '.join(available())}.",
        "unknown_scenario",
    )


def _scenario(path: Path, below: frozenset[Path] = frozenset()) -> Scenario:
    source = _Source(path)
    raw = dict(source.data)
    fields: dict[str, Any] = {}
    if (base := raw.pop("extends", None)) is not None:
        if path in below:
            raise source.fault(("extends",), "files extend one another in a circle")
        parent = _scenario(source.beside("extends", base, ".yaml"), below | {path})
        fields = {name: getattr(parent, name) for name in parent.model_fields_set}
    if (roster := raw.pop("roster", None)) is not None:
        fields["roster"] = _roster(source.beside("roster", roster, ".yaml"))
    fields.update(raw, name=path.stem)
    try:
        scenario = Scenario.model_validate(fields).checked()
    except ValidationError as why:
        raise source.invalid(why) from why
    except ValueError as why:
        raise source.fault(*why.args) from why
    if scenario.rehearsal:
        for member in scenario.members:
            if not re.fullmatch(FICTIONAL, member.code):
                raise source.fault(
                    ("roster",),
                    f"{member.code} may be a country's code; a rehearsal seats fictional States only (XAA to XZZ)",
                )
    return scenario


def _roster(path: Path) -> Roster:
    source = _Source(path)
    raw = dict(source.data)
    rows = source.beside("members", raw.get("members"), ".csv")
    try:
        groups = tuple(Group.model_validate(group) for group in raw.get("groups") or ())
        return Roster.model_validate({**raw, "groups": groups, "members": _members(rows, groups)})
    except ValidationError as why:
        raise source.invalid(why) from why


def _members(path: Path, groups: tuple[Group, ...]) -> tuple[Member, ...]:
    """Return the States of a CSV file. A row's `group` names its regional group; 1 in the column of another group's
    name puts it there; `ar` … `zh` hold names and `order_ar` … `order_zh` places in each language's collation."""
    regional = {group.id for group in groups if group.kind is GroupKind.REGIONAL}
    others = [group.id for group in groups if group.kind is not GroupKind.REGIONAL]
    members: dict[str, Member] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file, restkey="", restval="")
        header = table.fieldnames or ()
        if missing := {"code", "group", *others} - set(header):
            raise _fault(path, 1, "header", f"columns are missing: {', '.join(sorted(missing))}")
        languages = [language for language in LANGUAGES if language in header]

        def fault(column: str, message: str) -> Invalid:
            return _fault(path, table.line_num, column, message)

        for row in table:
            if "" in row:
                raise fault("end of the row", f"there are more cells than the {len(header)} columns")
            if row["group"] not in regional:
                raise fault("group", f"{row['group']!r} is not one of: {', '.join(sorted(regional))}")
            for column in others:
                if row[column] not in ("0", "1"):
                    raise fault(column, f"must be 0 or 1 (got {row[column]!r})")
            orders = [f"order_{language}" for language in languages if f"order_{language}" in header]
            for column in orders:
                if not row[column].isdecimal():
                    raise fault(column, f"must be a whole number (got {row[column]!r})")
            if row["code"] in members:
                raise fault("code", f"{row['code']!r} stands twice")
            try:
                members[row["code"]] = Member(
                    code=row["code"],
                    iso2=row.get("iso2", ""),
                    name={language: row[language] for language in languages},
                    groups=(row["group"], *(group for group in others if row[group] == "1")),
                    order={column.removeprefix("order_"): int(row[column]) for column in orders},
                    note=row.get("note", ""),
                )
            except ValidationError as why:
                problem = why.errors(include_url=False)[0]
                raise fault(str(problem["loc"][-1]), say(problem)) from why
    return tuple(members.values())


class _Source:
    """A YAML file: its data, and the line of each of its parts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = _text(path)
        self._parts: set[int] = set()
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            self._once(node)
            data = None if node is None else loader.construct_document(node)
        except yaml.MarkedYAMLError as why:
            line = why.problem_mark.line + 1 if why.problem_mark else 1
            raise _fault(path, line, "", f"is not YAML: {why.problem}") from why
        except yaml.YAMLError as why:
            raise _fault(
                path, 1, "", "is not YAML: it holds characters that may not stand in a text file"
            ) from why
        except ValueError as why:  # a date that is none
            raise _fault(path, 1, "", f"holds a value that cannot be: {why}") from why
        except RecursionError as why:
            raise _fault(path, 1, "", "is nested too deeply for a scenario") from why
        if node is None or not isinstance(data, dict):
            raise _fault(path, 1, "", "holds no fields; see scenarios/README.md for what a scenario says")
        self.root = node
        self.data: dict[str, Any] = data

    def _once(self, node: yaml.Node | None, place: Place = ()) -> None:
        """Raise `Invalid` where a mapping says the same key twice (YAML would silently keep the last), or a part is
        an alias of another (a short file could then stand for an endless one)."""
        if node is None:
            return
        if id(node) in self._parts:
            raise _fault(
                self.path,
                node.start_mark.line + 1,
                _dotted(place),
                "repeats this part by an alias; write it out",
            )
        self._parts.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for n, inner in enumerate(node.value):
                self._once(inner, (*place, n))
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, inner in node.value:
                here = (*place, str(key.value))
                if key.value in seen:
                    raise _fault(self.path, key.start_mark.line + 1, _dotted(here), "stands twice")
                seen.add(key.value)
                self._once(inner, here)

    def _line(self, place: Place) -> int:
        """Return the line of a place, from 1, or that of the nearest part around it."""
        node, line = self.root, 1
        for part in place:
            if isinstance(node, yaml.MappingNode):
                found = [(key, inner) for key, inner in node.value if key.value == str(part)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def fault(self, place: Place, message: str) -> Invalid:
        """Return the error for a part of this file."""
        return _fault(self.path, self._line(place), _dotted(place), message)

    def invalid(self, why: ValidationError) -> Invalid:
        """Return the error for the first field that has the wrong shape."""
        problem = why.errors(include_url=False)[0]
        return self.fault(problem["loc"], say(problem))

    def beside(self, field: str, name: object, ending: str) -> Path:
        """Return the file in the same folder, or among those shipped, that a field names."""
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]+(\.csv)?", name):
            raise self.fault((field,), "must be the name of a file in this folder")
        for folder in (self.path.parent, config.resource("scenarios")):
            path = folder / (name.removesuffix(ending) + ending)
            if path.is_file():
                return path
        raise self.fault((field,), f"there is no file {name.removesuffix(ending)}{ending} in this folder")


def _text(path: Path) -> str:
    if path.stat().st_size > SCENARIO_BYTES_MAX:
        raise _fault(path, 1, "", f"is larger than {SCENARIO_BYTES_MAX:,} bytes")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as why:
        raise _fault(path, 1, "", f"is not UTF-8 (byte {why.start + 1}); save it as UTF-8") from why


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)


def say(problem: Any) -> str:
    """Return one of pydantic's problems in words that follow the name of a field."""
    match problem["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a field that can stand here"
        case "value_error":
            return str(problem["ctx"]["error"])
        case "too_short" | "string_too_short":
            return "is empty"
        case "too_long" | "string_too_long":
            return f"is longer than {problem['ctx']['max_length']:,}"
        case _:
            given = problem.get("input")
            shown = f" (got {str(given)[:60]!r})" if isinstance(given, str | int | float) else ""
            return f"{problem['msg'][:1].lower()}{problem['msg'][1:]}{shown}"


def _fault(path: Path, line: int, field: str, message: str) -> Invalid:
    place = f"{path.name}, line {line}" + (f", {field}" if field else "")
    return Invalid(f"{place}: {message}.", "bad_scenario", file=path.name, line=line, field=field)
