"""Why this number: for any figure of a clause, the positions that make it, each with its part in it.

A page that shows a figure can ask for its `Why` and list, in the order of seating, who holds what, through whom, how
fresh that is, and what it does to the figure. Observers are in no figure, and confidences in none here: a `Why` has the
audience of the figure itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, assert_never

from deliberate.consensus.agreement import Counts, count
from deliberate.consensus.figures import Figure, rounded
from deliberate.consensus.rules import Setting
from deliberate.consensus.why import numbers, words
from deliberate.consensus.why.held import FigureName, Held, Reading, Role, held_by_members
from deliberate.errors import Invalid
from deliberate.state import State
from deliberate.vocabulary import Freshness, Source, Stance, Vote

FORMULAS: Final[Mapping[FigureName, tuple[str, str]]] = {
    FigureName.STATUS: ("the first that holds", "A6"),
    FigureName.RULE: ("the rule's own", "B16"),
    FigureName.COUNT: ("for", "B"),
    FigureName.HEARD: ("for", "A6"),
    FigureName.ACCEPTANCE: ("for / (for + base)", "B"),
    FigureName.ACCEPTANCE_LOWER: ("for / (for + base + unknown)", "B"),
    FigureName.ACCEPTANCE_UPPER: ("(for + unknown) / (for + base + unknown)", "B"),
    FigureName.STEPS_TO_NO_OBJECTION: ("sum over for of (2 - level)", "B17"),
    FigureName.STEPS_TO_ACCEPTANCE: ("sum over for of (3 - level)", "B17"),
    FigureName.GROUP_SUPPORT: ("for / (for + base)", "B9"),
    FigureName.MINIMUM_GROUP_SUPPORT: ("least over groups of for / (for + base)", "B9"),
    FigureName.MINIMUM_GROUP_SUPPORT_LOWER: ("least over groups of for / (for + base + unknown)", "B9"),
    FigureName.MINIMUM_GROUP_SUPPORT_UPPER: (
        "least over groups of (for + unknown) / (for + base + unknown)",
        "B9",
    ),
    FigureName.LEIK: (
        "1 - sum over k = 1..4 of min(F_k, 1 - F_k) / 2; F_k: the share of for up to level k",
        "B3",
    ),
    FigureName.AGREEMENT: ("1 + mean over for of log2(1 - (5 - level) / 8)", "B1"),
}
"""How each figure is made from the members by their roles, and the part of the domain reference that says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One member's part in a figure.

    `level` is None for what is off the scale or not known, though a stale stance is still named. `through` is whose
    words they are, for a position by alignment (a seat) or by a bloc (`bloc:speaker`). `vote` is that of a recorded
    vote.
    """

    seat: str
    stance: Stance | None
    level: int | None
    source: Source | None
    freshness: Freshness | None
    through: str | None
    role: Role
    vote: Vote | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the term as plain data."""
        said = {
            "seat": self.seat,
            "stance": self.stance,
            "level": self.level,
            "source": self.source,
            "freshness": self.freshness,
            "through": self.through,
            "role": self.role,
            "vote": self.vote,
        }
        return {name: value.value if isinstance(value, StrEnum) else value for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class Why:
    """A figure of a clause with the positions that make it.

    Attributes
    ----------
    clause, revision : the clause, and the wording on the table.
    name, of : which figure, and of what where there are several: a stance, a group, a rule.
    figure : the value with what it rests on, or null with its reason; a status and a rule have words instead.
    answer : the word, for a status or a rule.
    facts : plain data that positions do not show: the other groups, a tally, what a rule lacks.
    terms : the members that the figure is about, in the order of seating.
    """

    clause: str
    revision: int
    name: FigureName
    of: str | None
    figure: Figure
    answer: str | None
    facts: Mapping[str, Any]
    terms: tuple[Term, ...]

    @property
    def formula(self) -> str:
        """How the figure is made from the roles of the terms."""
        return FORMULAS[self.name][0]

    @property
    def reference(self) -> str:
        """The part of the domain reference that says why."""
        return FORMULAS[self.name][1]

    @property
    def n(self) -> int:
        """How many positions the figure rests on: all but the unknown and those without a part."""
        return sum(term.role not in (Role.UNKNOWN, Role.OUT) for term in self.terms)

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data, floats at 9 significant digits."""
        written: dict[str, Any] = rounded(
            {
                "clause": self.clause,
                "revision": self.revision,
                "figure": self.name.value,
                "of": self.of,
                "formula": self.formula,
                "reference": self.reference,
                **self.figure.plain(),
                "answer": self.answer,
                "n": self.n,
                "facts": dict(self.facts),
                "terms": [term.as_dict() for term in self.terms],
            }
        )
        return written


def why(
    state: State,
    clause: str,
    name: FigureName,
    *,
    of: str | None = None,
    groups: Iterable[str] | None = None,
    setting: Setting | None = None,
    at: str | None = None,
) -> Why:
    """Return the positions that make a figure of a clause.

    Parameters
    ----------
    state
        At the version that is asked about.
    clause
        Its id.
    name
        Which figure.
    of
        The stance (or stale, conflict or none) of a `COUNT`; the group of a `GROUP_SUPPORT`.
    groups
        The groups over which a minimum group support is taken; by default all that have a member.
    setting
        The rule of a `RULE`, with its numbers; by default consensus.
    at
        The moment for which a rule answers (UTC, ISO 8601); by default that of the last event.

    Returns
    -------
    Why
        Terms in the order of seating; nothing in it depends on what stakeholders are called.

    Raises
    ------
    Invalid
        There is no such clause, stance or group.

    Examples
    --------
    >>> FORMULAS[FigureName.ACCEPTANCE]
    ('for / (for + base)', 'B')
    >>> why(State(), "op9", FigureName.ACCEPTANCE)
    Traceback (most recent call last):
    ...
    deliberate.errors.Invalid: There is no such clause in this text.

    Notes
    -----
    The numbers of terms by role give the figure by its formula: a test holds the two equal. A recorded vote shows in the
    terms of a rule, as a vote; no stance is made of it.

    References
    ----------
    consensus.md A5 (which position counts), B (output contract).
    """
    if clause not in state.clauses:
        raise Invalid("There is no such clause in this text.", clause=clause)
    counts = count(state, clause)
    reading = read(state, clause, name, of=of, groups=groups, setting=setting, at=at, counts=counts)
    votes = _votes(state, clause) if name is FigureName.RULE else {}
    return Why(
        clause=clause,
        revision=state.clauses[clause].revision.number,
        name=name,
        of=reading.facts["rule"] if name is FigureName.RULE else of,
        figure=reading.figure,
        answer=reading.answer,
        facts=reading.facts,
        terms=tuple(
            _term(held, reading.role(held), votes.get(held.seat))
            for held in held_by_members(state, clause, counts)
            if held.seat in reading.seats
        ),
    )


def read(
    state: State,
    clause: str,
    name: FigureName,
    *,
    of: str | None = None,
    groups: Iterable[str] | None = None,
    setting: Setting | None = None,
    at: str | None = None,
    counts: Counts | None = None,
) -> Reading:
    """Return a figure of a clause; the arguments are those of `why`. Raises Invalid for a stance or group that is not
    there."""
    counts = counts or count(state, clause)
    match name:
        case FigureName.STATUS:
            return words.status(state, clause, counts)
        case FigureName.RULE:
            return words.rule(state, clause, setting or Setting(), at or state.at, counts)
        case FigureName.COUNT:
            return numbers.number_of(state, clause, of, counts)
        case FigureName.HEARD:
            return numbers.heard(state, counts)
        case FigureName.STEPS_TO_NO_OBJECTION | FigureName.STEPS_TO_ACCEPTANCE:
            return numbers.steps(state, name, counts)
        case FigureName.LEIK | FigureName.AGREEMENT:
            return numbers.index(state, name, counts)
        case FigureName.ACCEPTANCE | FigureName.ACCEPTANCE_LOWER | FigureName.ACCEPTANCE_UPPER:
            return numbers.acceptance(state, name, counts)
        case FigureName.GROUP_SUPPORT:
            return numbers.group_support(state, clause, of)
        case (
            FigureName.MINIMUM_GROUP_SUPPORT
            | FigureName.MINIMUM_GROUP_SUPPORT_LOWER
            | FigureName.MINIMUM_GROUP_SUPPORT_UPPER
        ):
            return numbers.minimum_support(state, clause, name, state.groups if groups is None else groups)
        case _:
            assert_never(name)


def _term(held: Held, role: Role, vote: Vote | None) -> Term:
    position = held.effective.position
    if position is None:
        return Term(held.seat, None, None, None, None, None, role, vote)
    source = held.effective.source
    through = None if source is Source.OWN else held.author
    return Term(held.seat, position.stance, held.level, source, position.freshness, through, role, vote)


def _votes(state: State, clause: str) -> dict[str, Vote]:
    """Return how each member voted in the recorded vote on the clause."""
    record = state.clauses[clause].votes
    if record is None:
        return {}
    lists = {Vote.YES: record.yes, Vote.NO: record.no, Vote.ABSTAIN: record.abstain}
    return {seat: vote for vote, seats in lists.items() for seat in seats}
