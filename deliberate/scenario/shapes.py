"""What a scenario file may say. `faults` names what no single field shows: parts that do not fit together."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, StringConstraints

from deliberate.commands import Code, Multilingual, RulesDraft, Shape, Tag, Words
from deliberate.vocabulary import (
    Change,
    ClauseKind,
    GroupKind,
    ObjectionType,
    PendingKind,
    RoundKind,
    StakeholderKind,
    Stance,
    TextKind,
)

Share = Annotated[float, Field(ge=0, le=1)]
Leaning = Annotated[float, Field(ge=-5, le=5)]
Place = tuple[str | int, ...]
"""Where in a file: keys and positions, from the root."""

FICTIONAL: Final = r"^X[A-Z]{2}$"
"""XAA to XZZ are left to users by ISO 3166-1: a code in this range is no country's and never will be."""


class Clause(Shape):
    """A clause of the text. Notes of concordance say where its language versions differ."""

    id: Code
    kind: ClauseKind
    number: str = ""
    parent: Code | None = None
    short_title: Multilingual = Field(default_factory=dict)
    wording: Multilingual
    concordance: tuple[Multilingual, ...] = ()


class Group(Shape):
    """A group that the roster declares."""

    id: Code
    kind: GroupKind
    name: Multilingual


class Member(Shape):
    """A State of a roster. `order` is its place in the collation of each language, from 1."""

    code: Code
    iso2: str = ""
    name: Multilingual
    groups: tuple[Code, ...]
    order: dict[Tag, int] = Field(default_factory=dict)
    note: str = ""


class Roster(Shape):
    """States by code, with their groups, as known on a day from a source."""

    name: Multilingual
    as_of: date
    source: Words
    groups: tuple[Group, ...]
    members: tuple[Member, ...]


class Observer(Shape):
    """A seat that is heard and never decides."""

    code: Code
    kind: StakeholderKind
    name: Multilingual


class Reservation(Shape):
    """Words for a reservation that the model gives."""

    lang: Tag
    reason: Words


class Model(Shape):
    """How the delegations of a rehearsal lean; see `script` for what is made of it. Leanings run from 0 to 5."""

    spread: Annotated[float, Field(ge=0, le=5)]
    leaning: dict[Code, Leaning]
    groups: dict[Code, dict[Code, Leaning]] = Field(default_factory=dict)
    awaiting: dict[Code, Share] = Field(default_factory=dict)
    takes_no_position: Share = 0
    heard_less: dict[Code, Share] = Field(default_factory=dict)
    observers_heard: Share = 1
    reservations: dict[Code, tuple[Reservation, ...]] = Field(default_factory=dict)


class NamedPosition(Shape):
    """A position that the script names, with what goes with it."""

    seat: Code
    clause: Code
    stance: Stance
    type: ObjectionType | None = None
    pending: PendingKind | None = None
    lang: Tag | None = None
    reason: Words | None = None
    scope: Words | None = None
    would_lift: Words | None = None


class NamedRevision(Shape):
    """A wording that the chair proposes before a round opens."""

    clause: Code
    change: Change
    wording: Multilingual
    explanation: Words | None = None


class Mandates(Shape):
    """Seats that let `speaker` speak for them as `bloc`."""

    bloc: Code
    speaker: Code
    seats: tuple[Code, ...]


class Statement(Shape):
    """A position that a speaker takes for its bloc; the mandators leave the clause to it."""

    bloc: Code
    speaker: Code
    clause: Code
    stance: Stance


class Alignments(Shape):
    """Seats that align themselves with another's statement on a clause."""

    model_config = ConfigDict(populate_by_name=True)

    clause: Code
    with_seat: Code = Field(alias="with")
    seats: tuple[Code, ...]


class NamedQuestion(Shape):
    """A question that the chair puts; all members but `absent` are checked in."""

    clause: Code
    absent: tuple[Code, ...] = ()
    statement: Words | None = None


class ScriptedRound(Shape):
    """A round of the script. `pace_per_s` is positions a second."""

    kind: RoundKind
    pace_per_s: Annotated[float, Field(gt=0, le=1000)]
    heard: Share
    restate: Share = 0
    reaffirm: Share = 0
    drift: Leaning = 0
    reason: Words
    revisions: tuple[NamedRevision, ...] = ()
    mandates: tuple[Mandates, ...] = ()
    statements: tuple[Statement, ...] = ()
    alignments: tuple[Alignments, ...] = ()
    positions: tuple[NamedPosition, ...] = ()
    questions: tuple[NamedQuestion, ...] = ()


class Script(Shape):
    """What a rehearsal plays: the same seed, the same steps."""

    seed: int
    model: Model
    rounds: tuple[ScriptedRound, ...]


class Scenario(Shape):
    """A text, its rules of procedure and its seats. `name` is the file's, without its ending."""

    name: Annotated[str, StringConstraints(min_length=1)]
    rehearsal: bool = False
    kind_of_text: TextKind = TextKind.UN
    languages: Annotated[tuple[Tag, ...], Field(min_length=1, max_length=12)]
    original: Tag
    authentic: tuple[Tag, ...] = ()
    source: Multilingual = Field(default_factory=dict)
    rules: RulesDraft = RulesDraft()
    roster: Roster | None = None
    observers: tuple[Observer, ...] = ()
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1, max_length=500)]
    script: Script | None = None

    @property
    def title(self) -> Multilingual:
        """The wording of the title clause, by language."""
        return next(clause.wording for clause in self.clauses if clause.kind is ClauseKind.TITLE)

    @property
    def members(self) -> tuple[Member, ...]:
        """The seats that decide, in the order of the roster."""
        return self.roster.members if self.roster else ()

    def checked(self) -> Self:
        """Return the scenario; raises ValueError(place, message) at the first fault."""
        for place, message in faults(self):
            raise ValueError(place, message)
        return self


def faults(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    """Yield where parts of the scenario do not fit together, and what to do about it."""
    yield from _text_faults(scenario)
    yield from _seat_faults(scenario)
    if scenario.script is not None:
        if not scenario.rehearsal:
            yield (
                ("script",),
                "positions are played in a rehearsal only: add `rehearsal: true`, with fictional States",
            )
        yield from _script_faults(scenario, scenario.script)


def _text_faults(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    languages = set(scenario.languages)
    if scenario.original not in languages:
        yield ("original",), f"{scenario.original} is not among the text's languages"
    if foreign := set(scenario.authentic) - languages:
        yield ("authentic",), f"{', '.join(sorted(foreign))} is not among the text's languages"
    seen: set[str] = set()
    for n, clause in enumerate(scenario.clauses):
        if clause.id in seen:
            yield ("clauses", n, "id"), f"there is already a clause {clause.id!r}"
        if clause.parent is not None and clause.parent not in seen:
            yield ("clauses", n, "parent"), f"no clause {clause.parent!r} stands before this one"
        if set(clause.wording) != languages:
            yield ("clauses", n, "wording"), f"give one wording in each of: {', '.join(scenario.languages)}"
        seen.add(clause.id)
    titles = [n for n, clause in enumerate(scenario.clauses) if clause.kind is ClauseKind.TITLE]
    if len(titles) != 1:
        yield ("clauses", *titles[1:2]), f"a text has one title; this one has {len(titles)}"


def _seat_faults(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    codes = {member.code for member in scenario.members}
    for n, observer in enumerate(scenario.observers):
        if observer.code in codes:
            yield ("observers", n, "code"), f"there is already a seat {observer.code!r}"
        codes.add(observer.code)


def _script_faults(scenario: Scenario, script: Script) -> Iterator[tuple[Place, str]]:
    seats = {member.code for member in scenario.members} | {seat.code for seat in scenario.observers}
    groups = {group.id for group in scenario.roster.groups} if scenario.roster else set()
    clauses = {clause.id for clause in scenario.clauses}
    model = ("script", "model")
    for name, table, known in (
        ("leaning", script.model.leaning, clauses),
        ("groups", script.model.groups, groups),
        ("awaiting", script.model.awaiting, clauses),
        ("heard_less", script.model.heard_less, groups),
        ("reservations", script.model.reservations, clauses),
    ):
        for key in table:
            if key not in known:
                yield (*model, name, key), f"there is no {key!r} in this scenario"
    for r, chapter in enumerate(script.rounds):
        for name in ("revisions", "mandates", "statements", "alignments", "positions", "questions"):
            for n, entry in enumerate(getattr(chapter, name)):
                place = ("script", "rounds", r, name, n)
                for field, known in (
                    ("clause", clauses),
                    ("seat", seats),
                    ("speaker", seats),
                    ("bloc", groups),
                ):
                    named = getattr(entry, field, None)
                    if named is not None and named not in known:
                        yield (*place, field), f"there is no {field} {named!r} in this scenario"
                for field in ("seats", "absent"):
                    if unknown := set(getattr(entry, field, ())) - seats:
                        yield (
                            (*place, field),
                            f"there is no seat {', '.join(sorted(unknown))} in this scenario",
                        )
