"""The matrix tells everything apart that a measure must not confuse: unknown, silence, a level, and whose act it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from meeting import Meeting

from deliberate.consensus.agreement import count
from deliberate.consensus.matrix import (
    SOURCES,
    Ballot,
    Basis,
    Code,
    Matrix,
    levels,
    on_record,
    positions,
    significant,
    votes,
)
from deliberate.vocabulary import LEVEL, GroupKind, Nature, Source, Stance


def everything() -> Meeting:
    """A meeting in which every kind of cell occurs on op1."""
    meeting = Meeting("chapeau op1 op2").group("isles", GroupKind.BLOC).group("delta", GroupKind.BLOC)
    meeting.member("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K").opens_round()
    meeting.takes("op1", "K", "accept").revises("op1")
    meeting.take("op1", {"A": "support", "B": "accept", "C": "accept_with_reservation", "D": "dissociate"})
    meeting.take("op1", {"E": "object", "F": "abstain", "G": "pending"})
    meeting.aligns("op1", "H", "E").mandates("isles", "A", "I", "J").mandates("delta", "B", "J")
    return meeting.takes("op1", "A", "accept", bloc="isles").takes("op1", "B", "object", bloc="delta")


def test_a_code_tells_apart_every_kind_of_cell():
    column = positions(everything().state).codes[:, 0].tolist()
    assert column == [
        Code.SUPPORT,
        Code.ACCEPT,
        Code.ACCEPT_WITH_RESERVATION,
        Code.DISSOCIATE,
        Code.OBJECT,
        Code.ABSTAIN,
        Code.PENDING,
        Code.OBJECT,  # aligned
        Code.ACCEPT,  # by bloc
        Code.CONFLICT,
        Code.STALE,
    ]
    assert len(set(Code)) == len(Stance) + 3


def test_the_code_of_a_level_is_the_level():
    assert {stance: int(Code[stance.name]) for stance in LEVEL} == LEVEL


def test_sources_are_own_aligned_or_by_bloc_and_none_without_a_position():
    matrix = positions(everything().state)
    words = [SOURCES[source] for source in matrix.sources[:, 0]]
    assert words == [*[Source.OWN] * 7, Source.ALIGNED, Source.BLOC, None, Source.OWN]
    assert not matrix.sources[:, 1].any()


def test_own_positions_leave_out_those_by_alignment_and_by_bloc():
    own = positions(everything().state).own()
    assert own.codes[:, 0].tolist()[7:10] == [Code.NONE] * 3
    assert own.codes[4, 0] == Code.OBJECT
    assert set(own.sources.ravel().tolist()) == {0, 1}


def test_only_the_five_levels_are_levels():
    x = levels(positions(everything().state))
    assert x.dtype == np.float64
    assert x[:5, 0].tolist() == [5, 4, 3, 2, 1]
    assert np.isnan(x[[5, 6, 9, 10], 0]).all()
    assert np.isnan(x[:, 1]).all()


def test_the_matrix_has_the_members_and_the_clauses_that_are_negotiated():
    meeting = Meeting("chapeau op1 op2").member("B", "A").observer("ACME")
    matrix = positions(meeting.state)
    assert (matrix.seats, matrix.clauses) == (("B", "A"), ("op1", "op2"))
    assert positions(meeting.state, ["ACME"]).seats == ("ACME",)


def test_a_matrix_cannot_be_changed():
    matrix = positions(Meeting().member("A").state)
    with pytest.raises(ValueError, match="read-only"):
        matrix.codes[0, 0] = 5


def test_a_matrix_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(1, 2\) cells are named"):
        Matrix(("A",), ("op1", "op2"), np.zeros((2, 1), np.int8), np.zeros((2, 1), np.int8))


@given(st.lists(st.sampled_from([None, *Stance]), min_size=4, max_size=4), st.booleans())
def test_the_matrix_and_the_counts_agree(stances, revised):
    seats = ["A", "B", "C", "D"]
    held = {seat: stance for seat, stance in zip(seats, stances, strict=True) if stance}
    meeting = Meeting().member(*seats).take("op1", held)
    if revised:
        meeting.revises("op1")
    counts, codes = count(meeting.state, "op1"), positions(meeting.state).codes[:, 0].tolist()
    assert [codes.count(level) for level in range(1, 6)] == list(counts.levels)
    assert codes.count(Code.STALE) == counts.stale
    assert codes.count(Code.PENDING) == counts.pending
    assert codes.count(Code.NONE) == counts.none


def test_letters_and_words_say_what_the_codes_say():
    matrix = positions(everything().state)
    assert "".join(matrix.letters(row)[0] for row in range(11)) == "SARDONPOA!~"
    assert [matrix.word(row, 0) for row in (0, 9, 10)] == ["support", "conflict", "stale"]
    assert matrix.word(0, 1) == "none"


def test_who_spoke_is_heard_and_who_was_spoken_for_is_not():
    assert positions(everything().state).heard() == 9


def recorded() -> Meeting:
    meeting = Meeting("op1 op2 op3", Nature.RECORD).member("A", "B", "C", "D")
    return meeting.votes("op1", yes="A", no="B", abstain="C").votes("op3", yes="A B")


def test_votes_are_projected_on_three_levels_and_the_absent_have_none():
    matrix = votes(recorded().state)
    assert (matrix.basis, matrix.lo, matrix.hi) == (Basis.VOTES, 1, 3)
    assert matrix.clauses == ("op1", "op3")
    assert matrix.codes.tolist() == [[3, 3], [1, 3], [2, 0], [0, 0]]
    assert np.isnan(levels(matrix)).sum() == 3
    assert [matrix.letters(row) for row in range(4)] == ["YY", "NY", "A.", ".."]
    assert matrix.word(2, 0) == Ballot.ABSTAIN.name.lower()


def test_a_vote_never_becomes_a_stance():
    assert not positions(recorded().state).codes.any()


def test_what_is_compared_says_what_it_is():
    assert on_record(recorded().state).basis is Basis.VOTES
    assert on_record(Meeting().member("A").state).basis is Basis.POSITIONS
    assert on_record(Meeting(nature=Nature.RECORD).member("A").state).basis is Basis.IMPORTED


@given(st.lists(st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-280), max_size=8))
def test_rounding_keeps_nine_significant_digits(values):
    found = significant(np.array(values))
    assert found.tolist() == pytest.approx([float(f"{value:.9g}") for value in values], rel=1.1e-8, abs=0)
    assert significant(found).tolist() == found.tolist()
    assert not np.signbit(found[found == 0]).any()


def test_rounding_makes_one_of_what_differs_by_the_order_of_summing():
    values = np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1])
    assert values[0] != values[1]
    assert len(set(significant(values).tolist())) == 1
