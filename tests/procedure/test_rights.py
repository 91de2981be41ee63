"""Who may do what: one test per cell, against a table written out here and not taken from the code.

In every row the story is such that the command succeeds for whoever is allowed: so `may` means done, not merely
"not forbidden".
"""

from collections.abc import Callable
from functools import cache

import pytest
from story import (
    DAY,
    Step,
    Story,
    aligned,
    convened,
    convening,
    given,
    invited,
    mandated,
    opened,
    put,
    revised,
    took,
    waited,
)

from deliberate import commands as c
from deliberate.errors import Forbidden
from deliberate.procedure import decide, rights
from deliberate.state import State
from deliberate.vocabulary import Role

ACTORS = {
    "chair": "chair",
    "facilitator": "facilitator",
    "secretary": "secretary",
    "analyst": "analyst",
    "reader": "reader",
    "member": "ash",
    "observer": "oak",
    "clock": "clock",
    "nobody": "stranger",
}
COLUMNS = list(ACTORS)

#                                C F S A R M O K N     (K: the clock, N: nobody in particular)
TABLE = """
convene                          . . . . . . . . x
table_clause                     x x . . . . . . .
declare_group                    x . x . . . . . .
seat_stakeholder                 x . x . . . . . .
withdraw_stakeholder             x . x . . . . . .
give_office                      x . . . . . . . .
revoke_office                    x . . . . . . . .
issue_invitations                x . x . . . . . .
revoke_invitation                x . x . . . . . .
accept_invitation                x x x x x x x . x
revoke_delegate                  x . x . . . . . .
give_mandate                     . . . . . x . . .
revoke_mandate                   . . . . . x . . .
take_position                    . . . . . x x . .
supplement_position              . . . . . x x . .
reaffirm_position                . . . . . x x . .
withdraw_position                . . . . . x x . .
align_position                   . . . . . x . . .
withdraw_alignment               . . . . . x . . .
open_round                       x x . . . . . . .
close_round                      x x . . . . . x .
revise_clause                    x x . . . . . . .
challenge_revision               . . . . . x . . .
settle_revision                  . . . . . . . x .
address_objection                x . . . . . . . .
put_question                     x . . . . . . . .
check_in                         x . x . . x . . .
request_floor                    . . . . . x x . .
withdraw_question                x . . . . . . . .
declare_decision                 x . . . . . . . .
record_votes                     x . x . . . . . .
import_positions                 x . x . . . . . .
redact_text                      x . x . . . . . .
add_translation                  x x x . . . . . .
"""
MAY = {
    (command, role): mark == "x"
    for command, *marks in (line.split() for line in TABLE.strip().splitlines())
    for role, mark in zip(COLUMNS, marks, strict=True)
}


def own(role: str) -> str:
    return "OAK" if role == "observer" else "ASH"


def unsettled(story: Story) -> None:
    """The window of an editorial change is over, and the clock has not come yet."""
    revised(change="editorial")(story)
    story.at = "2026-12-01T00:00:00.000Z"


def overdue(story: Story) -> None:
    """The deadline of the round has passed, and the clock has not come yet."""
    opened(deadline_s=60)(story)
    story.at = "2026-12-01T00:00:00.000Z"


everyone_objects = (opened(), took("ASH", "object"), took("OAK", "object"))
links = (
    invited("to-seat", seat="ASH"),
    invited("to-observer", seat="OAK"),
    invited("to-office", office="reader"),
)
record = convened(nature="record")


def link_for(role: str) -> str:
    return {"member": "to-seat", "observer": "to-observer"}.get(role, "to-office")


#: For each command, what has happened before, and the fields for a role.
ROWS: dict[str, tuple[tuple[Step, ...], Callable[[str], dict[str, object]]]] = {
    "convene": ((), lambda _: convening().model_dump(mode="json")),
    "table_clause": (
        (convened(),),
        lambda _: {"clause": "op4", "kind": "operative", "wording": {"en": "More"}},
    ),
    "declare_group": ((convened(),), lambda _: {"group": "WOODS", "kind": "list", "name": {"en": "Woods"}}),
    "seat_stakeholder": (
        (convened(),),
        lambda _: {"seat": "YEW", "name": {"en": "Yew"}, "kind": "government", "standing": "member"},
    ),
    "withdraw_stakeholder": ((convened(),), lambda _: {"seat": "ELM"}),
    "give_office": ((convened(),), lambda _: {"holder": "reader", "office": "analyst"}),
    "revoke_office": ((convened(),), lambda _: {"holder": "reader", "office": "reader"}),
    "issue_invitations": (
        (convened(),),
        lambda _: {
            "invitations": [{"invitation": "x1", "expires_at": "2027-01-01T00:00:00.000Z", "seat": "ELM"}]
        },
    ),
    "revoke_invitation": ((convened(), *links), lambda _: {"invitation": "to-seat"}),
    "accept_invitation": ((convened(), *links), lambda role: {"invitation": link_for(role)}),
    "revoke_delegate": ((convened(),), lambda _: {"holder": "elm"}),
    "give_mandate": ((convened(),), lambda role: {"seat": own(role), "bloc": "GROVE", "speaker": "BIRCH"}),
    "revoke_mandate": (
        (convened(), mandated("ASH", "GROVE", "BIRCH")),
        lambda role: {"seat": own(role), "bloc": "GROVE"},
    ),
    "take_position": (
        (convened(), opened()),
        lambda role: {"clause": "op1", "revision": 1, "seat": own(role), "stance": "accept"},
    ),
    "supplement_position": (
        (convened(), *everyone_objects),
        lambda role: {"clause": "op1", "seat": own(role), "statement": "the costs"},
    ),
    "reaffirm_position": (
        (convened(), *everyone_objects, revised()),
        lambda role: {"clause": "op1", "revision": 2, "seat": own(role)},
    ),
    "withdraw_position": ((convened(), *everyone_objects), lambda role: {"clause": "op1", "seat": own(role)}),
    "align_position": (
        (convened(), opened(), took("ELM", "accept")),
        lambda role: {"clause": "op1", "seat": own(role), "with_seat": "ELM", "statement_version": STATEMENT},
    ),
    "withdraw_alignment": (
        (convened(), opened(), took("ELM", "accept"), aligned("ASH", "ELM")),
        lambda role: {"clause": "op1", "seat": own(role)},
    ),
    "open_round": ((convened(),), lambda _: {"kind": "negotiation"}),
    "close_round": ((convened(), overdue), lambda _: {"round": 1, "reason": "done"}),
    "revise_clause": (
        (convened(),),
        lambda _: {"clause": "op1", "revision": 1, "change": "substantive", "wording": {"en": "New"}},
    ),
    "challenge_revision": (
        (convened(), revised(change="editorial"), waited(DAY - 1)),
        lambda role: {"clause": "op1", "revision": 2, "seat": own(role)},
    ),
    "settle_revision": ((convened(), unsettled), lambda _: {"clause": "op1", "revision": 2}),
    "address_objection": (
        (convened(), *everyone_objects),
        lambda _: {"clause": "op1", "seat": "ASH", "reason": "see OP4"},
    ),
    "put_question": ((convened(),), lambda _: {"clause": "op1", "revision": 1}),
    "check_in": ((convened(), put()), lambda role: {"question": 1, "seats": [own(role)]}),
    "request_floor": ((convened(), put()), lambda role: {"question": 1, "seat": own(role)}),
    "withdraw_question": ((convened(), put()), lambda _: {"question": 1, "reason": "later"}),
    "declare_decision": (
        (convened(), put(), waited(60)),
        lambda _: {"question": 1, "outcome": "not_adopted"},
    ),
    "record_votes": ((record,), lambda _: {"clause": "op1", "yes": ["ASH"], "carried": True}),
    "import_positions": (
        (record,),
        lambda _: {"clause": "op1", "revision": 1, "stances": {"ASH": "accept"}},
    ),
    "redact_text": ((convened(),), lambda _: {"text": "a" * 64, "reason": "a private address"}),
    "add_translation": ((convened(),), lambda _: {"of": "a" * 64, "lang": "fr", "text": "une traduction"}),
}


@cache
def before(command: str) -> Story:
    return given(*ROWS[command][0])


STATEMENT = given(convened(), opened(), took("ELM", "accept")).state.positions["op1"]["ELM"].made_version


@pytest.mark.parametrize(("command", "role"), MAY)
def test_who_may_do_what(command, role):
    story = before(command)
    # a deliberation is convened by somebody who is nobody yet; the others are tried where it already exists
    state = story.state if command != "convene" or role == "nobody" else before("put_question").state
    given_command = c.parse({"type": command, **ROWS[command][1](role)})
    if MAY[command, role]:
        assert decide(state, given_command, ACTORS[role], story.at)
    else:
        with pytest.raises(Forbidden) as refusal:
            decide(state, given_command, ACTORS[role], story.at)
        assert refusal.value.code == "forbidden"
        assert command.replace("_", " ") in refusal.value.message


def test_every_command_and_every_role_stands_in_the_table():
    assert {command for command, _ in MAY} == set(c.COMMANDS) == set(ROWS)
    assert {role for _, role in MAY} == {role.value for role in Role}


def test_roles_come_from_the_log():
    state = given(convened()).state
    assert {role: rights.roles(state, actor) for role, actor in ACTORS.items()} == {
        role: frozenset({Role(role)}) for role in ACTORS
    }


def test_nobody_is_anybody_in_a_deliberation_that_was_not_convened():
    assert rights.roles(State(), "chair") == {Role.NOBODY}


def test_a_person_may_hold_several_offices():
    story = given(convened())
    story.when(lambda told: told.send(c.GiveOffice(holder="secretary", office="analyst"), "chair")).then()
    assert rights.roles(story.state, "secretary") == {Role.SECRETARY, Role.ANALYST}
