"""Convening, the text, groups, seats, offices and invitations."""

import pytest
from story import (
    HOUR,
    Story,
    accepted,
    adopted,
    aligned,
    arrived,
    asked,
    convened,
    convening,
    counts,
    given,
    happened,
    holds,
    invited,
    mandated,
    nothing_happened,
    opened,
    refused,
    seat_withdrawn,
    took,
    waited,
)

from deliberate import commands as c
from deliberate.errors import Forbidden, Gone, Invalid, NotFound, Refused, TooMany
from deliberate.events import (
    ClauseTabled,
    DelegateRevoked,
    DeliberationConvened,
    GroupDeclared,
    InvitationAccepted,
    InvitationRevoked,
    OfficeGiven,
    OfficeRevoked,
    StakeholderSeated,
    StakeholderWithdrew,
)
from deliberate.procedure import decide
from deliberate.state import State
from deliberate.vocabulary import Nature, Office, StakeholderKind

CLAUSE = {"clause": "op1", "kind": "operative", "wording": {"en": "Text"}}
SEAT = {"seat": "YEW", "name": {"en": "Yew"}, "kind": "government", "standing": "member"}


def with_changes(**changes):
    return asked(convening(**changes), "chair")


def sent(actor, **raw):
    return asked(c.parse(raw), actor)


# --- convening ---


def test_the_convener_takes_the_chair():
    given().when(with_changes()).then(
        happened(DeliberationConvened, original="en", languages=("en", "zh")),
        happened(OfficeGiven, holder="chair", office=Office.CHAIR),
        happened(ClauseTabled, clause="op3", number="OP3"),
        happened(StakeholderSeated, seat="OAK", kind=StakeholderKind.RESEARCH_INSTITUTE),
        counts(members=5, none=5),
    )


def test_a_deliberation_is_convened_once():
    given(convened()).when(asked(convening(), "stranger")).then(refused(Refused, "already_convened"))


def test_nothing_happens_before_convening():
    given().when(accepted("link", by="stranger")).then(refused(Refused, "not_convened"))


def test_languages_authentic_versions_are_declared_and_never_assumed():
    given().when(with_changes()).then(happened(DeliberationConvened, authentic=()))
    given().when(with_changes(authentic=["en", "zh"])).then(
        happened(DeliberationConvened, authentic=("en", "zh"))
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"original": "fr"}, "languages"),
        ({"authentic": ["fr"]}, "languages"),
        ({"languages": ["en", "en"]}, "languages"),
        ({"title": {"zh": "倡议"}}, "no_original"),
        ({"clauses": [{**CLAUSE, "wording": {"zh": "案文"}}]}, "no_original"),
        ({"clauses": [{**CLAUSE, "wording": {"en": "Text", "fr": "Texte"}}]}, "languages"),
        ({"rules": {"quorum_num": 1, "quorum_den": 1}}, "quorum"),
        ({"rules": {"question_window_s": 59}}, "question_window"),
        ({"seats": [{**SEAT, "groups": ["GROVE", "GROVE"]}]}, "group_twice"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_convening(changes, code):
    given().when(with_changes(**changes)).then(refused(Invalid, code))


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"clauses": [{**CLAUSE, "parent": "annex"}]}, NotFound, "unknown_clause"),
        ({"clauses": [CLAUSE, CLAUSE]}, Refused, "clause_exists"),
        ({"seats": [SEAT, SEAT]}, Refused, "seat_exists"),
        ({"seats": [{**SEAT, "groups": ["WOODS"]}]}, NotFound, "unknown_group"),
        (
            {"groups": [{"group": "G", "kind": "list", "name": {"en": "G"}}] * 2, "seats": []},
            Refused,
            "group_exists",
        ),
    ],
)
def test_every_name_is_declared_once_and_before_it_is_used(changes, kind, code):
    given().when(with_changes(**changes)).then(refused(kind, code))


def test_only_a_rehearsal_may_be_quicker_than_a_minute():
    given().when(with_changes(nature="rehearsal", rules={"question_window_s": 1})).then(
        happened(DeliberationConvened, nature=Nature.REHEARSAL)
    )


def test_a_seat_is_in_at_most_one_regional_group():
    north, south = ({"group": g, "kind": "regional", "name": {"en": g}} for g in ("NORTH", "SOUTH"))
    given().when(with_changes(groups=[north, south], seats=[{**SEAT, "groups": ["NORTH", "SOUTH"]}])).then(
        refused(Invalid, "regional", "2 regional groups")
    )


# --- adding to what was convened ---


def test_clauses_groups_and_seats_are_added_later():
    story = given(convened())
    story.when(sent("facilitator", type="table_clause", **{**CLAUSE, "clause": "op4", "parent": "op3"})).then(
        happened(ClauseTabled, clause="op4", parent="op3"), counts("op4", members=5)
    )
    story.when(
        sent("secretary", type="declare_group", group="WOODS", kind="list", name={"en": "Woods"})
    ).then(happened(GroupDeclared, group="WOODS"))
    story.when(sent("secretary", type="seat_stakeholder", **SEAT)).then(
        happened(StakeholderSeated, seat="YEW"), counts(members=6)
    )


def test_a_text_has_a_greatest_number_of_clauses():
    story = Story()
    story.send(convening(clauses=[{**CLAUSE, "clause": f"op{n}"} for n in range(c.CLAUSES_MAX)]), "chair")
    story.when(sent("chair", type="table_clause", **{**CLAUSE, "clause": "more"})).then(
        refused(TooMany, "clauses_max", "500")
    )


# --- withdrawing a seat ---


def test_the_objection_of_a_withdrawn_seat_lapses_on_record():
    given(convened(), opened(), took("ASH", "object"), took("ASH", "accept", clause="op2")).when(
        seat_withdrawn("ASH")
    ).then(
        happened(StakeholderWithdrew, seat="ASH", lapsed=("op1",), reason="By note verbale"),
        counts(members=4, objections=(), none=4),
        counts("op2", own=0),
    )


def test_what_a_withdrawn_seat_said_for_a_bloc_lapses_too():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("ASH", "object", bloc="GROVE")).when(
        seat_withdrawn("ASH")
    ).then(happened(StakeholderWithdrew, lapsed=("op1",)), counts(objections=(), bloc=0, none=4))


def test_an_alignment_with_a_withdrawn_seat_is_to_be_confirmed():
    given(convened(), opened(), took("ASH", "accept"), aligned("FIR", "ASH")).when(
        seat_withdrawn("ASH")
    ).then(holds("FIR", None, to_confirm=True))


def test_a_withdrawn_seat_takes_its_delegates_mandates_and_links_with_it():
    given(convened(), opened(), mandated("ASH", "GROVE", "BIRCH"), invited("late", seat="ASH")).when(
        seat_withdrawn("ASH"), took("ASH", "accept")
    ).then(refused(Forbidden, "forbidden"))
    story = given(
        convened(), mandated("ASH", "GROVE", "BIRCH"), invited("late", seat="ASH"), seat_withdrawn("ASH")
    )
    assert story.state.mandators("GROVE", "BIRCH") == []
    assert "ASH" not in story.state.mandates
    story.when(accepted("late", by="stranger")).then(refused(NotFound, "unknown_seat"))
    story.when(seat_withdrawn("ASH")).then(refused(NotFound, "unknown_seat"))


def test_what_stood_beside_a_decision_stays_when_the_seat_is_withdrawn():
    story = given(
        convened(),
        opened(),
        took("ASH", "accept_with_reservation", statement="our law"),
        adopted(),
        seat_withdrawn("ASH"),
    )
    assert story.state.positions["op1"]["ASH"].statement == "our law"
    story.then(counts(members=4))


# --- offices ---


def test_nobody_takes_an_office_beside_a_seat():
    given(convened(), invited("to-office", office="analyst")).when(accepted("to-office", by="ash")).then(
        refused(Refused, "seat_beside_office", "ASH")
    )
    given(convened()).when(asked(c.GiveOffice(holder="ash", office="analyst"), "chair")).then(
        refused(Refused, "seat_beside_office")
    )


def test_nobody_takes_a_seat_beside_an_office():
    given(convened(), invited("to-seat", seat="FIR")).when(accepted("to-seat", by="facilitator")).then(
        refused(Refused, "seat_beside_office")
    )


def test_an_office_can_be_left_for_a_seat():
    given(
        convened(),
        asked(c.RevokeOffice(holder="reader", office="reader"), "chair"),
        invited("to-seat", seat="FIR"),
    ).when(accepted("to-seat", by="reader")).then(happened(InvitationAccepted, holder="reader", seat="FIR"))


def test_the_last_chair_cannot_leave():
    story = given(convened())
    leave = asked(c.RevokeOffice(holder="chair", office="chair"), "chair")
    story.when(leave).then(refused(Refused, "last_chair"))
    story.when(asked(c.GiveOffice(holder="facilitator", office="chair"), "chair"), leave).then(
        happened(OfficeRevoked, holder="chair", office=Office.CHAIR)
    )
    story.when(asked(c.RevokeOffice(holder="facilitator", office="chair"), "facilitator")).then(
        refused(Refused, "last_chair")
    )


def test_an_office_is_given_to_somebody_who_is_here_and_once():
    story = given(convened())
    story.when(asked(c.GiveOffice(holder="stranger", office="analyst"), "chair")).then(
        refused(NotFound, "unknown_holder", "invite")
    )
    story.when(asked(c.GiveOffice(holder="reader", office="reader"), "chair")).then(nothing_happened())
    story.when(asked(c.RevokeOffice(holder="reader", office="analyst"), "chair")).then(
        refused(NotFound, "unknown_holder", "analyst")
    )


# --- invitations ---


def test_an_invitation_leads_to_its_seat_once():
    story = given(convened(), invited("link", seat="FIR"))
    story.when(accepted("link", by="new")).then(happened(InvitationAccepted, holder="new", seat="FIR"))
    story.when(accepted("link", by="new")).then(nothing_happened())
    story.when(accepted("link", by="thief")).then(refused(Gone, "invitation_used"))
    assert story.state.delegates["new"] == "FIR"
    assert "thief" not in story.state.delegates


def test_an_invitation_expires():
    given(convened(), invited("link", seat="FIR", for_s=HOUR), waited(HOUR)).when(
        accepted("link", by="new")
    ).then(refused(Gone, "invitation_expired", "Ask the secretary"))


def test_an_invitation_is_revoked_before_it_is_used():
    revoke = asked(c.RevokeInvitation(invitation="link"), "secretary")
    story = given(convened(), invited("link", seat="FIR"))
    story.when(revoke).then(happened(InvitationRevoked)).when(revoke).then(nothing_happened())
    story.when(accepted("link", by="new")).then(refused(Gone, "invitation_revoked"))
    given(convened(), invited("link", seat="FIR"), accepted("link", by="new")).when(revoke).then(
        refused(Refused, "invitation_used", "end the person's authority")
    )


def test_an_invitation_that_was_never_made_is_not_found():
    story = given(convened())
    story.when(accepted("forged", by="new")).then(refused(NotFound, "unknown_invitation"))
    story.when(asked(c.RevokeInvitation(invitation="forged"), "chair")).then(
        refused(NotFound, "unknown_invitation")
    )


def test_an_invitation_leads_to_one_place_that_exists_in_the_future():
    story = given(convened())
    story.when(invited("both", seat="FIR", office="reader")).then(refused(Invalid, "invitation_place"))
    story.when(invited("none")).then(refused(Invalid, "invitation_place"))
    story.when(invited("late", seat="FIR", for_s=0)).then(refused(Invalid, "expired"))
    story.when(invited("where", seat="YEW")).then(refused(NotFound, "unknown_seat"))
    story.when(invited("link", seat="FIR"), invited("link", seat="ELM")).then(
        refused(Refused, "invitation_exists")
    )


def test_of_two_links_with_one_id_neither_is_issued():
    draft = {"invitation": "twin", "expires_at": "2027-01-01T00:00:00.000Z", "seat": "FIR"}
    given(convened()).when(sent("chair", type="issue_invitations", invitations=[draft, draft])).then(
        refused(Refused, "invitation_exists")
    )


@pytest.mark.parametrize("office", ["chair", "facilitator", "secretary"])
def test_only_the_chair_invites_to_its_table(office):
    given(convened()).when(invited("link", office=office, by="secretary")).then(
        refused(Forbidden, "forbidden", "Only the chair")
    )


@pytest.mark.parametrize("office", ["analyst", "reader"])
def test_the_secretary_invites_analysts_and_readers(office):
    given(convened()).when(invited("link", office=office, by="secretary"), accepted("link", by="new")).then(
        happened(InvitationAccepted, office=Office(office))
    )


def test_nobody_acts_for_two_seats():
    given(convened(), invited("link", seat="FIR")).when(accepted("link", by="ash")).then(
        refused(Refused, "second_seat", "ASH")
    )


def test_several_delegates_act_for_one_seat():
    given(convened(), opened(), arrived("fir2", seat="FIR")).when(took("FIR", "accept", by="fir2")).then(
        holds("FIR", "accept", actor="fir2")
    )


def test_a_person_is_revoked_from_its_seat():
    revoke = asked(c.RevokeDelegate(holder="fir"), "secretary")
    story = given(convened(), opened(), took("FIR", "object"))
    story.when(revoke).then(happened(DelegateRevoked, holder="fir", seat="FIR"), counts(objections=("FIR",)))
    story.when(revoke).then(refused(NotFound, "unknown_holder"))


def test_deciding_changes_nothing():
    state = State()
    decide(state, convening(), "chair", "2026-11-23T09:00:00.000Z")
    assert state == State()
