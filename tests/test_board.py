"""The board: whatever is done, every key has the value that a fresh computation gives, and `touched` names every
change; so a browser needs no more than the touched keys."""

from collections.abc import Callable
from typing import Any

from deeds import DEEDS, Deed, Hall, do, fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberate import commands as c
from deliberate.board import PUBLIC, TABLE, in_scope, layer_of, pack, rooms, seat_layer, shared_layer, value
from deliberate.vocabulary import Stance

AUDIENCES = st.sampled_from(["public", "members"])
OFTEN = settings(max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def hold_true(hall: Hall, acts: list[Callable[[], None]]) -> None:
    """Do the acts; after each, what was computed for touched keys alone must equal everything computed afresh."""
    hall.board.drain()
    known: dict[str, Any] = fresh(hall.state)
    for act in acts:
        before = hall.state.version
        act()
        for keys in hall.board.drain().values():
            known.update({key: value(hall.state, key) for key in keys})
        for key, now in fresh(hall.state).items():
            assert known.get(key) == now, f"{key} changed unsaid by {hall.log[before:]}"


@OFTEN
@given(AUDIENCES, DEEDS)
def test_a_key_that_is_not_touched_keeps_its_value(audience: str, deeds: list[Deed]) -> None:
    hall = Hall(audience)
    hold_true(hall, [lambda deed=deed: do(hall, deed) for deed in deeds])  # type: ignore[misc]


def test_imported_votes_and_positions_touch_what_they_change() -> None:
    hall = Hall(nature="record")
    votes = c.RecordVotes(clause="op1", yes=("ASH", "ELM"), no=("FIR",), carried=True)
    stances = {"ASH": Stance.OBJECT, "OAK": Stance.ACCEPT, "FIR": Stance.ACCEPT_WITH_RESERVATION}
    positions = c.ImportPositions(clause="op2", revision=1, stances=stances)
    again = c.ImportPositions(clause="op2", revision=1, stances={"ASH": Stance.SUPPORT})
    hold_true(hall, [lambda each=each: hall.send(each, "chair") for each in (votes, positions, again)])  # type: ignore[misc]


def test_a_bloc_s_objection_ends_with_the_last_seat_that_it_spoke_for() -> None:
    hall = Hall()
    spoken = c.TakePosition(clause="op1", revision=1, seat="ASH", stance=Stance.OBJECT, bloc="GROVE")
    hall.send(spoken, "ash")
    assert [each["by"] for each in value(hall.state, "cannot/op1")] == ["GROVE:ASH"]
    hall.board.drain()
    hall.send(c.TakePosition(clause="op1", revision=1, seat="BIRCH", stance=Stance.ACCEPT), "birch")
    assert value(hall.state, "cannot/op1") == []
    assert "cannot/op1" in hall.board.drain()[PUBLIC]


@OFTEN
@given(AUDIENCES, DEEDS)
def test_a_room_holds_every_value_of_its_layer_and_scope_and_no_other(
    audience: str, deeds: list[Deed]
) -> None:
    hall = Hall(audience)
    for deed in deeds:
        do(hall, deed)
    state, everything = hall.state, fresh(hall.state)
    for layer in (PUBLIC, shared_layer(state), TABLE, seat_layer("ASH")):
        for scope in ("", "op1", "*"):
            found = hall.board.changes(state, f"{layer}#{scope}", 0)
            assert {key: now for key, now in found.items() if now is not None} == {
                key: now
                for key, now in everything.items()
                if now is not None and layer_of(state, key) == layer and in_scope(key, scope)
            }


def test_many_cells_of_a_clause_come_as_one_string() -> None:
    hall = Hall(members=[f"M{n:02}" for n in range(25)])
    found = hall.board.changes(hall.state, "public#op1", 0)
    assert found["cells/op1"] == pack(hall.state, "op1") == ".." * 26
    assert not [key for key in found if key.startswith(("cell/", "cells/op2"))]


def test_a_browser_follows_at_most_three_layers() -> None:
    state = Hall("members").state
    assert rooms(state, None, "op1") == ["public#op1"]
    assert rooms(state, "ash", "op1") == ["public#op1", "members#op1", "seat:ASH#"]
    assert rooms(state, "chair", "*") == ["public#*", "members#*", "table#"]
    assert rooms(state, "analyst", "") == ["public#", "members#"]
    assert rooms(state, "stranger", "") == ["public#"]
    assert rooms(Hall().state, "ash", "op1") == ["public#op1", "seat:ASH#"]
