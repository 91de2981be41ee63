"""Events keep their bytes: what was written is what is read, and what is not ours is refused plainly."""

import dataclasses
import types
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberate import events as e
from deliberate.errors import Damaged
from deliberate.events import EVENTS, SCHEMA, decode, encode, texts_of
from deliberate.vocabulary import Change, Finality, Source, Stance

AT = "2026-11-23T09:00:00.000Z"
words = st.text(max_size=12)


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type, as far as events use types; integers that JSON can hold."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return drawn(parts[0])
    if origin in (Union, types.UnionType):
        return st.one_of([drawn(part) for part in parts])
    if origin is tuple:
        if parts[-1] is Ellipsis:
            return st.lists(drawn(parts[0]), max_size=3).map(tuple)
        return st.tuples(*map(drawn, parts))
    if origin is dict:
        return st.dictionaries(drawn(parts[0]), drawn(parts[1]), max_size=3)
    if dataclasses.is_dataclass(hint):
        return made(hint)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return {
        str: words,
        bool: st.booleans(),
        int: st.integers(0, 2**53),
        type(None): st.none(),
    }[hint]


def made(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{f.name: drawn(hints[f.name]) for f in dataclasses.fields(kind)})


@pytest.mark.parametrize("name", EVENTS)
def test_what_was_written_is_what_is_read(name):
    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(event=made(EVENTS[name]), version=st.integers(1, 2**53), actor=words, command=words)
    def round_trip(event, version, actor, command):
        body = encode(event, version, AT, actor, command)
        recorded = decode(body, "d" * 64)
        assert recorded == e.Recorded(version, AT, actor, command, event, "d" * 64)
        assert encode(recorded.event, version, AT, actor, command) == body
        assert decode(body.decode(), "") == dataclasses.replace(recorded, digest="")

    round_trip()


def test_fields_that_hold_their_default_are_left_out():
    event = e.PositionTaken("op4", 1, "ASH", Stance.OBJECT, Finality.CONFIRMED)
    assert orjson.loads(encode(event, 7, AT, "a1", "c1")) == {
        "version": 7,
        "at": AT,
        "actor": "a1",
        "command": "c1",
        "type": "PositionTaken",
        "schema": 1,
        "facts": {"clause": "op4", "revision": 1, "seat": "ASH", "stance": "object", "finality": "confirmed"},
    }


def body_of(**changes: Any) -> bytes:
    raw = orjson.loads(encode(e.RoundOpened(1, "negotiation"), 7, AT, "a1", "c1"))
    return orjson.dumps({**raw, **changes})


@pytest.mark.parametrize(("name", "schema"), [("RoundOpened", SCHEMA["RoundOpened"] + 1), ("MoonLanded", 1)])
def test_an_event_from_the_future_stops_with_a_message(name, schema):
    with pytest.raises(Damaged, match="this release does not know") as why:
        decode(body_of(type=name, schema=schema), "")
    assert why.value.code == "future"
    assert why.value.detail == {"version": 7}


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {}},
        {"facts": {"round": "one", "kind": "negotiation"}},
        {"facts": {"round": 1, "kind": "battle"}},
        {"facts": {"round": 1, "kind": "negotiation", "loudness": 11}},
        {"facts": []},
        {"facts": None},
        {"version": "7"},
        {"version": True},
        {"schema": "1"},
        {"schema": 0},
        {"type": ["RoundOpened"]},
        {"at": 5},
        {"actor": None},
        {"command": {}},
    ],
)
def test_an_edited_event_is_damaged(changes):
    with pytest.raises(Damaged) as why:
        decode(body_of(**changes), "")
    assert why.value.code == "malformed"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b"null", b'"text"', b"{}", b"\xff\xfe", b'{"version":1']
)
def test_what_is_no_event_is_damaged(body):
    with pytest.raises(Damaged, match="not an event"):
        decode(body, "")


def test_an_old_schema_is_lifted_on_reading(monkeypatch):
    def lift(facts: dict[str, Any]) -> dict[str, Any]:
        return {"round": facts["number"], "kind": facts["kind"]}

    old = body_of(facts={"number": 3, "kind": "negotiation"})
    monkeypatch.setitem(SCHEMA, "RoundOpened", 2)
    monkeypatch.setitem(e.RAISED, ("RoundOpened", 1), lift)
    recorded = decode(old, "")
    assert recorded.event == e.RoundOpened(3, "negotiation")


def test_the_texts_of_an_event_are_named_in_the_order_of_its_fields():
    revised = e.ClauseRevised("op1", 2, Change.SUBSTANTIVE, {"en": "d1", "zh": "d2"}, explanation="d3")
    taken = e.PositionTaken(
        "op1",
        1,
        "ASH",
        Stance.OBJECT,
        Finality.CONFIRMED,
        statement="d1",
        scope="d2",
        would_lift="d3",
        cites="d4",
    )
    assert texts_of(revised) == ["d1", "d2", "d3"]
    assert texts_of(taken) == ["d1", "d2", "d3", "d4"]
    assert texts_of(e.TranslationAdded("d1", "fr", "d2")) == ["d1", "d2"]
    assert texts_of(e.RoundOpened(1, "negotiation")) == []


def test_every_sealed_field_of_a_command_is_a_text_of_its_event():
    """What is prose in a command is named as a text in the event that it makes."""
    from deliberate.commands.sealing import _plan
    from deliberate.events.codec import _text_fields
    from deliberate.procedure import _JUDGES

    pairs = {
        "TakePosition": e.PositionTaken,
        "SupplementPosition": e.PositionSupplemented,
        "ReviseClause": e.ClauseRevised,
        "AddressObjection": e.ObjectionAddressed,
        "WithdrawQuestion": e.QuestionWithdrawn,
        "DeclareDecision": e.DecisionDeclared,
        "CloseRound": e.RoundClosed,
        "RedactText": e.TextRedacted,
        "AddTranslation": e.TranslationAdded,
        "WithdrawStakeholder": e.StakeholderWithdrew,
        "Convene": e.DeliberationConvened,
        "TableClause": e.ClauseTabled,
        "DeclareGroup": e.GroupDeclared,
        "SeatStakeholder": e.StakeholderSeated,
    }
    for command in _JUDGES:
        prose = {name for name, what in _plan(command) if what != "models"}
        assert bool(prose) == (command.__name__ in pairs), command
        if prose:
            assert prose <= set(_text_fields(pairs[command.__name__].__name__))


def test_an_event_is_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        e.RoundOpened(1, "negotiation").round = 2


def test_the_source_of_a_position_is_its_own_unless_said_otherwise():
    assert e.PositionTaken("op1", 1, "ASH", Stance.ACCEPT, Finality.CONFIRMED).source is Source.OWN
