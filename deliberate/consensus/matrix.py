"""Effective positions as a labelled array, from which every measure starts: who holds what on which clause.

A cell is a `Code`: the five levels are their own codes (1 object ... 5 support), and what has no level is told
apart below them, for unknown is never 0 and silence has no level. A second array says whose act each position is.
Recorded votes are another record type: `votes` is an explicit projection of them, labelled by its basis.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberate.state import State
from deliberate.vocabulary import LETTER, Nature, Source, Stance, Vote

Codes = NDArray[np.int8]
Floats = NDArray[np.float64]


class Code(IntEnum):
    """What a cell says. Above 0 the code is the level."""

    CONFLICT = -4  # two blocs speak for the member with different stances: treated as none
    STALE = -3  # an acceptance made on an earlier text: unknown until reaffirmed
    ABSTAIN = -2  # takes no position
    PENDING = -1  # awaiting instructions
    NONE = 0  # no position recorded
    OBJECT = 1
    DISSOCIATE = 2
    ACCEPT_WITH_RESERVATION = 3
    ACCEPT = 4
    SUPPORT = 5


class Ballot(IntEnum):
    """What a cell of the projection of votes says: an ordinal of three levels, no, abstaining, yes."""

    NONE = 0  # did not vote, or not recorded
    NO = 1
    ABSTAIN = 2
    YES = 3


class Basis(StrEnum):
    """What the levels of a matrix are made from. Every figure and picture says it."""

    POSITIONS = "positions"
    IMPORTED = "positions of another record"
    VOTES = "projection of recorded votes"


SOURCES: Final = (None, Source.OWN, Source.ALIGNED, Source.BLOC)
"""The source that each code of `Matrix.sources` stands for; 0 where there is no position."""

_OF_STANCE: Final = {stance: Code[stance.name] for stance in Stance}
_OF_SOURCE: Final = {source: code for code, source in enumerate(SOURCES)}
_OF_VOTE: Final = {vote: Ballot[vote.name] for vote in Vote}

_LETTERS: Final[dict[int, str]] = {
    Code.NONE: ".",
    Code.STALE: "~",
    Code.CONFLICT: "!",
    **{_OF_STANCE[stance]: letter for stance, letter in LETTER.items()},
}
_VOTE_LETTERS: Final[dict[int, str]] = {
    Ballot.NONE: ".",
    Ballot.NO: "N",
    Ballot.ABSTAIN: "A",
    Ballot.YES: "Y",
}


@dataclass(frozen=True, eq=False, slots=True)
class Matrix:
    """Stakeholders × clauses.

    Attributes
    ----------
    seats, clauses : the ids of the rows and columns; rows in the order of seating, columns in that of the text.
    codes : int8 (stakeholders, clauses), each a `Code`, or a `Ballot` when the basis is votes.
    sources : int8 of the same shape, an index into `SOURCES`.
    basis : what the codes are made from.
    lo, hi : the least and greatest level of the scale; pinned, never taken from what was observed.
    """

    seats: tuple[str, ...]
    clauses: tuple[str, ...]
    codes: Codes
    sources: Codes
    basis: Basis = Basis.POSITIONS
    lo: int = 1
    hi: int = 5

    def __post_init__(self) -> None:
        shape = (len(self.seats), len(self.clauses))
        if self.codes.shape != shape or self.sources.shape != shape:
            raise ValueError(f"{shape} cells are named, {self.codes.shape} and {self.sources.shape} given")
        self.codes.setflags(write=False)
        self.sources.setflags(write=False)

    def own(self) -> "Matrix":
        """Return what the stakeholders said themselves: positions by alignment or by bloc left out as none."""
        kept = self.sources == _OF_SOURCE[Source.OWN]
        return replace(
            self, codes=np.where(kept, self.codes, 0).astype(np.int8), sources=kept.astype(np.int8)
        )

    def heard(self) -> int:
        """Return how many stakeholders spoke on some clause, themselves or by alignment (by bloc is not heard)."""
        spoke = (self.sources == _OF_SOURCE[Source.OWN]) | (self.sources == _OF_SOURCE[Source.ALIGNED])
        return int(spoke.any(axis=1).sum())

    def word(self, row: int, column: int) -> str:
        """Return what a cell says, as a code word of the vocabulary or of `Code`."""
        kind: type[IntEnum] = Ballot if self.basis is Basis.VOTES else Code
        return kind(int(self.codes[row, column])).name.lower()

    def letters(self, row: int) -> str:
        """Return a row as one letter a clause: those of `vocabulary.LETTER`, `.` none, `~` stale, `!` conflict;
        for votes Y, N, A and `.`."""
        table = _VOTE_LETTERS if self.basis is Basis.VOTES else _LETTERS
        return "".join(table[code] for code in self.codes[row].tolist())


def positions(state: State, seats: Iterable[str] | None = None) -> Matrix:
    """Return the effective positions on every clause that is negotiated: own, else aligned, else by bloc (A5).

    The rows are `seats`: by default the members, in the order of seating; observers are asked for by name.
    """
    chosen = tuple(state.members if seats is None else seats)
    clauses = tuple(clause.id for clause in state.negotiable)
    codes = np.zeros((len(chosen), len(clauses)), dtype=np.int8)
    sources = np.zeros_like(codes)
    for column, clause in enumerate(clauses):
        for row, seat in enumerate(chosen):
            held = state.effective(clause, seat)
            if held.conflict:
                codes[row, column] = Code.CONFLICT
            elif held.position is not None:
                codes[row, column] = _OF_STANCE[held.position.stance] if held.known else Code.STALE
                sources[row, column] = _OF_SOURCE[held.source]
    basis = Basis.IMPORTED if state.nature is Nature.RECORD else Basis.POSITIONS
    return Matrix(chosen, clauses, codes, sources, basis)


def votes(state: State, seats: Iterable[str] | None = None) -> Matrix:
    """Return recorded votes projected on a scale of three: yes 3, abstaining 2, no 1, so that two votes differ by 1,
    ½ or 0 of the scale (Lijphart 1963; consensus.md B13). Clauses without a recorded vote are left out.

    A vote is not a stance and never becomes one: the basis of the matrix says what this is.
    """
    chosen = tuple(state.members if seats is None else seats)
    recorded = {clause.id: clause.votes for clause in state.negotiable if clause.votes is not None}
    codes = np.zeros((len(chosen), len(recorded)), dtype=np.int8)
    row_of = {seat: row for row, seat in enumerate(chosen)}
    for column, record in enumerate(recorded.values()):
        for ballot, named in (
            (Vote.YES, record.yes),
            (Vote.NO, record.no),
            (Vote.ABSTAIN, record.abstain),
        ):
            for seat in named:
                if seat in row_of:
                    codes[row_of[seat], column] = _OF_VOTE[ballot]
    sources = (codes > 0).astype(np.int8)
    return Matrix(chosen, tuple(recorded), codes, sources, Basis.VOTES, int(Ballot.NO), int(Ballot.YES))


def on_record(state: State, seats: Iterable[str] | None = None) -> Matrix:
    """Return what there is to compare: the projection of votes for a record that holds votes, else positions."""
    if state.nature is Nature.RECORD and any(clause.votes is not None for clause in state.negotiable):
        return votes(state, seats)
    return positions(state, seats)


def levels(matrix: Matrix) -> Floats:
    """Return the levels as floats (stakeholders, clauses), NaN wherever there is none."""
    return np.where(matrix.codes > 0, matrix.codes, np.nan)


def significant(values: Floats, digits: int = 9) -> Floats:
    """Return the values rounded to that many significant digits, as floats are before they are compared or written."""
    values = np.asarray(values, dtype=np.float64)
    size = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=values != 0))
    scale = 10.0 ** np.clip(digits - 1 - size, -300, 300)
    return np.asarray(np.round(values * scale) / scale + 0.0)
