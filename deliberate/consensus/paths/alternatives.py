"""Alternative texts of clauses with what each stakeholder says of each: what two of the paths choose from."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliberate.consensus.paths.result import Obstacle, ObstacleKind
from deliberate.consensus.paths.solver import Programme
from deliberate.errors import Invalid
from deliberate.vocabulary import LEVEL, Stance

TextRef = tuple[str, str]
"""(clause, text)."""

_TOP: Final = max(LEVEL.values())


class Missing(StrEnum):
    """What is made of a view that was not declared."""

    PESSIMISTIC = "pessimistic"  # the worst it could be: what is said of the stakeholder is a lower bound
    EXCLUDE = "exclude"  # the stakeholder is left out of everything but its red lines, and named


def utility(stance: Stance) -> float | None:
    """Return what a stance on a text is worth, from 0 (objection) to 1 (support); None off the scale.

    ``u(x) = 1 + log2(1 - (K - x)/(2(K - 1)))`` with K = 5: the summand of the agreement with full support, so that its
    mean over stakeholders is Agr(5).

    Parameters
    ----------
    stance
        What a stakeholder holds, or says that it would hold, on one text.

    Returns
    -------
    float in [0, 1], or None

    Examples
    --------
    >>> [round(utility(stance), 6) for stance in LEVEL]
    [1.0, 0.807355, 0.584963, 0.321928, 0.0]
    >>> utility(Stance.PENDING) is None
    True

    References
    ----------
    Tastle, W. J. & Wierman, M. J. 2007. Consensus and dissention: a measure of ordinal dispersion. International
    Journal of Approximate Reasoning 45(3), 531-545. doi:10.1016/j.ijar.2006.06.024
    """
    level = LEVEL.get(stance)
    return None if level is None else 1 + math.log2(1 - (_TOP - level) / (2 * (_TOP - 1)))


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Alternative texts of clauses, and what each stakeholder says of each.

    Attributes
    ----------
    seats : the stakeholders asked, each one voice.
    clauses : (clause, its texts), in declared order: of equally good texts the one declared first is chosen.
    views : `views[c][v][i]` in [0, 1] says what text v of clause c is worth to stakeholder i (see `utility`); None where
        that has not been declared.
    groups : (group, its seats); groups may overlap, and a stakeholder may be in none.
    incompatible : pairs of texts that cannot stand together.
    red_lines : (seat, clause, text) that a stakeholder rules out, whatever else is in the package.
    """

    seats: tuple[str, ...]
    clauses: tuple[tuple[str, tuple[str, ...]], ...]
    views: tuple[tuple[tuple[float | None, ...], ...], ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    incompatible: tuple[tuple[TextRef, TextRef], ...] = ()
    red_lines: tuple[tuple[str, str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.clauses or not all(texts for _, texts in self.clauses):
            raise Invalid("There is nothing to choose from; give at least one clause, each with a text.")
        shape = [[len(self.seats)] * len(texts) for _, texts in self.clauses]
        if [[len(row) for row in texts] for texts in self.views] != shape:
            raise Invalid("The views do not fit; give a value or None for each clause, text and stakeholder.")
        if not all(view is None or 0 <= view <= 1 for _, row in self.rows() for view in row):
            raise Invalid("A view lies outside 0 to 1; give what the text is worth on that scale, or None.")
        known, seats = set(self.texts), set(self.seats)
        if len(known) != len(self.texts) or len(seats) != len(self.seats):
            raise Invalid("A text or a stakeholder is named twice; name each once.")
        named = {text for pair in self.incompatible for text in pair}
        named |= {(clause, text) for _, clause, text in self.red_lines}
        if strange := named - known:
            raise Invalid("Texts are named that are not among the alternatives.", texts=sorted(strange))
        members = {seat for _, group in self.groups for seat in group}
        if strangers := (members | {seat for seat, _, _ in self.red_lines}) - seats:
            raise Invalid("Stakeholders are named who were not asked.", seats=sorted(strangers))

    @property
    def texts(self) -> list[TextRef]:
        """All texts in declared order."""
        return [(clause, text) for clause, texts in self.clauses for text in texts]

    def rows(self) -> Iterator[tuple[TextRef, tuple[float | None, ...]]]:
        """Yield each text with what the stakeholders say of it."""
        return zip(self.texts, (row for texts in self.views for row in texts), strict=True)

    def counted(self, missing: Missing) -> dict[str, int]:
        """Return who counts, and their place among the stakeholders: everyone, or who has declared every view."""
        silent = {i for _, row in self.rows() for i, view in enumerate(row) if view is None}
        if missing is Missing.PESSIMISTIC:
            silent = set()
        return {seat: i for i, seat in enumerate(self.seats) if i not in silent}

    def programme(self) -> tuple[Programme, dict[TextRef, int]]:
        """Return a programme that chooses one text for each clause, and the column of each text.

        Incompatibilities and red lines are rows of obstacles.
        """
        programme = Programme()
        columns = {text: programme.column() for text in self.texts}
        for clause, texts in self.clauses:
            programme.row({columns[clause, text]: 1.0 for text in texts}, at_least=1, at_most=1)
        for pair in self.incompatible:
            of = Obstacle(ObstacleKind.INCOMPATIBLE, about=tuple(f"{clause}:{text}" for clause, text in pair))
            programme.row({columns[text]: 1.0 for text in pair}, at_most=len(set(pair)) - 1, of=of)
        for seat, clause, text in self.red_lines:
            of = Obstacle(ObstacleKind.RED_LINE, (seat,), (f"{clause}:{text}",))
            programme.row({columns[clause, text]: 1.0}, at_most=0, of=of)
        return programme, columns

    def chosen(self, columns: Mapping[TextRef, int], solution: Sequence[float]) -> tuple[TextRef, ...]:
        """Return the texts that a solution of the programme chooses."""
        return tuple(text for text in self.texts if solution[columns[text]])
