"""The chair's pages over HTTP: what they show, what they ask for, and what they refuse to do."""

import base64
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deliberate import commands as c
from deliberate.moments import later, now
from deliberate.vocabulary import Change, ClauseStage, Office, Stance
from deliberate.web import overview
from deliberate.web.overview import Need
from tests.story import aligned, convened, given, mandated, opened, revised, took
from tests.web.house import CHAIR, House


class Hands:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> str:
        return self.at

    def move(self, seconds: float) -> None:
        self.at = later(self.at, seconds)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def house(tmp_path: Path, clock: Hands) -> Iterator[House]:
    house = House(tmp_path, clock=clock)
    house.open_round()
    yield house
    house.close()


@pytest.fixture
def chair(house: House) -> FlaskClient:
    return house.sign_in(office=Office.CHAIR)


def take(house: House, seat: str, stance: str, clause: str = "op4") -> None:
    """Record a seat's position, its delegate seated on the way."""
    if seat not in house.docket.state.delegates.values():
        invitation = c.mint("i")
        draft = c.InvitationDraft(
            invitation=invitation, expires_at=later(house.secretariat.clock(), 60), seat=seat
        )
        house.say(c.IssueInvitations(invitations=(draft,)), CHAIR)
        house.say(c.AcceptInvitation(invitation=invitation), f"a-{seat}")
    revision = house.docket.state.clauses[clause].revision.number
    command = c.TakePosition(clause=clause, revision=revision, seat=seat, stance=Stance(stance))
    house.say(command, f"a-{seat}")


def read(browser: FlaskClient, path: str, status: int = 200) -> str:
    """The page as text, tags taken out."""
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    return words(answer.text)


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


def act(browser: FlaskClient, house: House, type_: str, **fields: object) -> object:
    form = {"type": type_, "command_id": c.mint("t"), "prefer": "table", **fields}
    form.setdefault("next", f"/d/{house.id}/chair")
    return browser.post(f"/d/{house.id}/act", data=form)


# --- the table ---


def test_every_figure_comes_with_its_whole(house: House, chair: FlaskClient) -> None:
    take(house, house.members[0], "object")
    said = read(chair, f"/d/{house.id}/chair?clause=op4")
    assert "13 of 14 paragraphs without objection · 0 adopted" in said
    assert "1 of 42 members heard at least once" in said
    assert "1 of 42 members heard on OP4" in said
    assert re.search(
        r"[01] of 7 heard on OP4 of the declared list “Least developed[^”]*”; [01] of 35 others", said
    )
    assert "%" not in said


def test_the_table_is_for_the_table_alone(house: House) -> None:
    delegate = house.sign_in(seat=house.members[0])
    for page in ("chair", "chair/seats", "chair/close", "chair/question", "chair/revise/op4"):
        assert delegate.get(f"/d/{house.id}/{page}").status_code == 403, page
        assert house.browser().get(f"/d/{house.id}/{page}").status_code == 403, page


def test_the_rule_panel_says_that_the_question_is_not_put_and_what_stands(
    house: House, chair: FlaskClient
) -> None:
    for seat, stance in zip(house.members, ("object", "pending", "pending"), strict=False):
        take(house, seat, stance)
    assert "not put · 1 objection, 2 awaiting, 39 not heard" in read(chair, f"/d/{house.id}/chair?clause=op4")


def test_what_needs_the_chair_comes_in_the_order_of_urgency_and_says_what_can_be_done(
    house: House, chair: FlaskClient
) -> None:
    take(house, house.members[0], "pending", "op1")
    take(house, house.members[1], "accept", "op2")
    house.say(
        c.ReviseClause(clause="op2", revision=1, change=Change.SUBSTANTIVE, wording={"en": "New"}), CHAIR
    )
    take(house, house.members[2], "object", "op3")
    page = chair.get(f"/d/{house.id}/chair").text
    listed = re.findall(r'id="matter-(\w+)" data-need="(\w+)"', page)
    assert listed[:3] == [("op3", "objected"), ("op2", "reaffirm"), ("op1", "awaiting")]
    assert {need for _, need in listed[3:]} == {"not_heard"}
    said = words(page)
    assert "See who, and what would lift it" in said
    assert "Rev.2: 1 acceptance to reaffirm" in said
    assert "Ask 1 to reaffirm" in said
    assert "Ask 1 who awaits instructions" in said
    assert "Ask 42 who were not heard" in said


def test_without_scripts_every_cell_says_itself(house: House, chair: FlaskClient) -> None:
    take(house, house.members[0], "accept_with_reservation")
    page = chair.get(f"/d/{house.id}/chair").text
    assert "Can accept, with reservation" in words(page)
    assert page.count('<span class="vh">') >= 14 * len(house.docket.state.seats)


def test_a_matrix_too_large_for_a_page_is_left_to_scripts(tmp_path: Path) -> None:
    house = House(tmp_path, cells_rendered_max=100)
    chair = house.sign_in(office=Office.CHAIR)
    page = chair.get(f"/d/{house.id}/chair").text
    assert "<table" not in page
    assert 'id="matrix-data"' in page
    assert "more cells than a page carries without scripts" in page
    house.close()


def test_the_part_that_is_fetched_again_has_no_matrix(house: House, chair: FlaskClient) -> None:
    page = chair.get(f"/d/{house.id}/chair?part=live").text
    assert "matrix-data" not in page
    assert 'data-fresh="needs"' in page
    assert f'data-version="{house.docket.state.version}"' in page


# --- rounds ---


def test_closing_a_round_shows_who_was_not_heard_and_asks_why(house: House, chair: FlaskClient) -> None:
    silent = house.members[1]
    for seat in house.members:
        if seat != silent:
            take(house, seat, "pending" if seat == house.members[0] else "accept", "op1")
    close = f"/d/{house.id}/chair/close"
    said = read(chair, close)
    assert "Not heard on any paragraph: 1 of 42 members" in said
    assert "1 position awaits instructions" in said
    refused = act(chair, house, "close_round", round=1, next=close)
    assert refused.status_code == 422
    assert "Say in a sentence why the round is closed now" in words(refused.text)
    assert house.docket.state.open_round is not None
    assert act(chair, house, "close_round", round=1, reason="Enough was heard", next=close).status_code == 303
    assert "No round is open" in read(chair, close)
    assert "Enough was heard" in read(chair, close)


def test_a_round_opens_with_a_kind_and_a_deadline(house: House, chair: FlaskClient) -> None:
    house.say(c.CloseRound(round=1, reason="Done"), CHAIR)
    assert "Open round 2" in read(chair, f"/d/{house.id}/chair/close")
    assert act(chair, house, "open_round", kind="adoption", deadline="2090-05-01T12:00").status_code == 303
    opened_round = house.docket.state.open_round
    assert opened_round is not None
    assert (opened_round.kind, opened_round.deadline) == ("adoption", "2090-05-01T12:00:00.000Z")


def test_a_refused_round_shows_the_form_again(house: House, chair: FlaskClient) -> None:
    house.say(c.CloseRound(round=1, reason="Done"), CHAIR)
    again = f"/d/{house.id}/chair/close"
    answer = act(chair, house, "open_round", kind="adoption", deadline="2001-05-01T12:00", again=again)
    assert answer.status_code == 422
    assert "The deadline must lie in the future" in words(answer.text)
    assert 'value="2001-05-01T12:00"' in answer.text


# --- revisions ---


def test_a_revision_says_beforehand_what_it_does_to_positions(house: House, chair: FlaskClient) -> None:
    for seat, stance in zip(house.members, ["accept"] * 17 + ["object", "abstain"], strict=False):
        take(house, seat, stance)
    page = chair.get(f"/d/{house.id}/chair/revise/op4").text
    said = words(page)
    assert (
        "17 acceptances become unknown · 1 objection or dissociation stands · 1 position carries over" in said
    )
    assert "19 positions would be carried over when the challenge window is over" in said
    assert re.search(r'value="substantive" checked', page)
    assert "We should uphold" in said
    answer = act(
        chair, house, "revise_clause", clause="op4", revision=1, change="substantive",
        **{"wording.en": "A new text", "wording.zh": "新案文", "explanation": "Shorter"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert house.docket.board.counts(house.docket.state, "op4").stale == 17


def test_a_refused_revision_keeps_every_word(house: House, chair: FlaskClient) -> None:
    house.say(
        c.ReviseClause(clause="op4", revision=1, change=Change.SUBSTANTIVE, wording={"en": "Other"}), CHAIR
    )
    again = f"/d/{house.id}/chair/revise/op4"
    answer = act(
        chair, house, "revise_clause", clause="op4", revision=1, change="editorial", again=again,
        **{"wording.en": "Words of an hour", "explanation": "For the sake of clarity"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert "OP4 is now Rev.2" in words(answer.text)
    assert "Words of an hour" in answer.text
    assert "For the sake of clarity" in answer.text
    assert re.search(r'value="editorial" checked', answer.text)


def test_an_adopted_paragraph_is_not_offered_for_revision(
    house: House, chair: FlaskClient, clock: Hands
) -> None:
    house.say(c.PutQuestion(clause="op4", revision=1), CHAIR)
    house.say(c.CheckIn(question=1, seats=house.members), CHAIR)
    clock.move(60)
    house.say(c.parse({"type": "declare_decision", "question": 1, "outcome": "adopted"}), CHAIR)
    assert "has been adopted and cannot be revised" in read(chair, f"/d/{house.id}/chair/revise/op4")
    assert read(chair, f"/d/{house.id}/chair/revise/op99", 404)


# --- the question ---


def put(house: House, chair: FlaskClient) -> None:
    assert act(chair, house, "put_question", clause="op4", revision=1).status_code == 303


def test_the_question_names_the_revision(house: House, chair: FlaskClient) -> None:
    said = read(chair, f"/d/{house.id}/chair/question?clause=op4")
    assert "May I take it that the meeting wishes to adopt OP4, Rev.1?" in said
    assert "at least 22 of 42 members checked in" in said
    put(house, chair)
    said = read(chair, f"/d/{house.id}/chair/question")
    assert "The question is put on OP4" in said
    assert "0 of 42 members checked in · 22 more needed for the quorum" in said


def test_members_seen_in_the_room_are_checked_in_together(house: House, chair: FlaskClient) -> None:
    put(house, chair)
    answer = act(chair, house, "check_in", question=1, seats=list(house.members[:22]))
    assert answer.status_code == 303
    assert "22 of 42 members checked in · quorum is there" in read(chair, f"/d/{house.id}/chair/question")


def test_who_asks_for_the_floor_is_listed_in_the_order_of_asking(house: House, chair: FlaskClient) -> None:
    put(house, chair)
    asking = (house.members[3], house.members[1])
    for seat in asking:
        take(house, seat, "accept", "op1")
        house.say(c.RequestFloor(question=1, seat=seat), f"a-{seat}")
    page = chair.get(f"/d/{house.id}/chair/question").text
    state = house.docket.state
    digests = [state.seats[seat].name["en"] for seat in asking]
    texts = house.secretariat.log.texts(house.id, digests)
    floor = page[page.index('<ol class="floor">') : page.index("</ol>")]
    assert words(floor) == " ".join(str(texts[digest].words) for digest in digests)


def test_adoption_is_offered_only_when_the_rule_passes_and_refused_all_the_same(
    house: House, chair: FlaskClient, clock: Hands
) -> None:
    objector = house.members[5]
    take(house, objector, "object")
    put(house, chair)
    act(chair, house, "check_in", question=1, seats=list(house.members))
    clock.move(60)
    page = f"/d/{house.id}/chair/question?step=declare"
    said = read(chair, page)
    assert "1 objects" in said
    assert "Adoption cannot be declared:" in said
    assert "Declare OP4 adopted" not in said
    refused = act(chair, house, "declare_decision", question=1, outcome="adopted", again=page)
    assert refused.status_code == 409
    assert objector in words(refused.text)
    house.say(c.WithdrawPosition(clause="op4", seat=objector), f"a-{objector}")
    assert "Declare OP4 adopted without a vote" in read(chair, page)
    assert act(chair, house, "declare_decision", question=1, outcome="adopted").status_code == 303
    assert house.docket.state.clauses["op4"].stage is ClauseStage.ADOPTED


def test_the_read_back_names_who_is_pending_and_who_is_not_checked_in(
    house: House, chair: FlaskClient
) -> None:
    take(house, house.members[0], "pending")
    put(house, chair)
    act(chair, house, "check_in", question=1, seats=list(house.members[1:]))
    said = read(chair, f"/d/{house.id}/chair/question?step=declare")
    assert "1 awaits instructions" in said
    assert "1 not checked in" in said
    assert "the window to object is not over" in said


def test_the_question_is_withdrawn_with_a_reason(house: House, chair: FlaskClient) -> None:
    put(house, chair)
    page = f"/d/{house.id}/chair/question"
    assert act(chair, house, "withdraw_question", question=1, next=page).status_code == 422
    assert (
        act(chair, house, "withdraw_question", question=1, reason="More time", next=page).status_code == 303
    )
    assert "No question is put" in read(chair, page)


def test_only_the_chair_sees_the_way_to_put_and_declare(house: House) -> None:
    secretary = house.sign_in(office=Office.SECRETARY)
    assert "Put the question" not in read(secretary, f"/d/{house.id}/chair?clause=op4")
    assert "The chair puts the question." in read(secretary, f"/d/{house.id}/chair/question?clause=op4")
    assert secretary.get(f"/d/{house.id}/chair/revise/op4").status_code == 403


# --- seats and links ---


def invite(browser: FlaskClient, house: House, **fields: object) -> object:
    form = {"command_id": c.mint("t"), "days": "7", **fields}
    return browser.post(f"/d/{house.id}/chair/invite", data=form)


def test_links_are_made_by_post_shown_once_and_lead_to_the_seat(house: House, chair: FlaskClient) -> None:
    seat = house.members[0]
    answer = invite(chair, house, scope="chosen", seats=[seat])
    assert answer.status_code == 200
    (link,) = re.findall(r'<code class="secret">[^<]*(/in/[^<]+)</code>', answer.text)
    assert link not in read(chair, f"/d/{house.id}/chair/seats")
    assert "no-store" in answer.headers["Cache-Control"]
    delegate = house.browser()
    assert delegate.post(link).status_code == 303
    assert seat in house.docket.state.delegates.values()
    assert "1 of 52 seats have somebody who acts for them" in read(chair, f"/d/{house.id}/chair/seats")


def test_links_come_as_csv_too_and_a_rehearsal_says_so_in_the_name(house: House, chair: FlaskClient) -> None:
    page = invite(chair, house, scope="waiting").text
    file = re.search(r'download="([^"]+)" href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    assert file is not None
    assert "REHEARSAL" in file[1]
    rows = base64.b64decode(file[2]).decode("utf-8-sig").splitlines()
    assert rows[0] == "code,name,kind,link,expires_at"
    assert len(rows) == 1 + len(house.docket.state.seats)
    assert "Every seat has somebody, or a link that waits." in words(page)


def test_the_same_form_sent_twice_makes_no_second_set_of_links(house: House, chair: FlaskClient) -> None:
    form = {"command_id": "form-12345678", "scope": "office", "office": "analyst"}
    assert invite(chair, house, **form).status_code == 200
    version = house.docket.state.version
    again = invite(chair, house, **form)
    assert again.status_code == 409
    assert "shown once" in words(again.text)
    assert house.docket.state.version == version


def test_a_link_that_was_revoked_lets_nobody_in(house: House, chair: FlaskClient) -> None:
    page = invite(chair, house, command_id="form-12345678", scope="office", office="facilitator").text
    (link,) = re.findall(r'<code class="secret">[^<]*(/in/[^<]+)</code>', page)
    back = f"/d/{house.id}/chair/seats"
    assert act(chair, house, "revoke_invitation", invitation="form-12345678-0", next=back).status_code == 303
    assert house.browser().post(link).status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [{"scope": "chosen"}, {"days": "400"}, {"command_id": "x/../y"}, {"scope": "office", "office": "pope"}],
)
def test_a_damaged_form_makes_no_link(house: House, chair: FlaskClient, wrong: dict[str, str]) -> None:
    before = house.docket.state.version
    assert invite(chair, house, **{"scope": "waiting", **wrong}).status_code == 422
    assert house.docket.state.version == before


def test_only_chair_and_secretary_make_links(house: House) -> None:
    facilitator = house.sign_in(office=Office.FACILITATOR)
    assert invite(facilitator, house, scope="waiting").status_code == 403
    assert "Make the link" not in read(facilitator, f"/d/{house.id}/chair/seats")
    secretary = house.sign_in(office=Office.SECRETARY)
    assert invite(secretary, house, scope="office", office="analyst").status_code == 200


def test_a_stakeholder_is_seated_in_declared_groups(house: House, chair: FlaskClient) -> None:
    back = f"/d/{house.id}/chair/seats"
    form = {"seat": "XNW", "name.en": "New Westreach", "kind": "government", "standing": "member"}
    assert (
        act(chair, house, "seat_stakeholder", next=back, groups=["isles", "lantern"], **form).status_code
        == 303
    )
    assert house.docket.state.seats["XNW"].groups == ("isles", "lantern")
    assert "New Westreach" in read(chair, back)
    assert (
        act(
            chair, house, "declare_group", next=back, group="harbour", kind="list", **{"name.en": "Harbour"}
        ).status_code
        == 303
    )
    assert "Harbour" in read(chair, back)


def test_ending_an_authority_and_an_office_is_one_form_each(house: House, chair: FlaskClient) -> None:
    take(house, house.members[0], "accept")
    house.sign_in(office=Office.ANALYST)
    state = house.docket.state
    analyst = next(actor for actor, held in state.offices.items() if Office.ANALYST in held)
    assert act(chair, house, "revoke_delegate", holder=f"a-{house.members[0]}").status_code == 303
    assert act(chair, house, "revoke_office", holder=analyst, office="analyst").status_code == 303
    state = house.docket.state
    assert f"a-{house.members[0]}" not in state.delegates
    assert Office.ANALYST not in state.offices[analyst]


# --- what the pages are made of ---


def test_figures_count_members_alone_and_know_copies_from_words_of_ones_own() -> None:
    story = given(
        convened(), opened(), took("OAK", "object"), took("ASH", "accept"), aligned("ELM", "ASH"),
        mandated("BIRCH", "GROVE", "ASH"), took("ASH", "support", bloc="GROVE"),
    )  # fmt: skip
    state = story.state
    counts = {clause.id: overview.count(state, clause.id) for clause in state.negotiable}
    found = overview.figures(state, counts.__getitem__, "op1")
    assert (found.without_objection, found.paragraphs) == (3, 3)
    assert (found.heard_once, found.heard_here, found.members) == (2, 2, 5)


def test_observers_stand_by_kind_below_the_members() -> None:
    state = given(convened()).state
    found = overview.rows(state)
    assert [row.group for row in found] == ["NORTH", None]
    assert found[-1].kind == "research_institute"
    assert sum(len(row.seats) for row in found) == len(state.seats)


def test_what_an_effect_foretells_is_what_happens() -> None:
    story = given(convened(), opened(), took("ASH", "accept"), took("ELM", "object"), took("FIR", "pending"))
    foretold = overview.effect(story.state, "op1", Change.SUBSTANTIVE, "facilitator", story.at)
    assert foretold == overview.Effect(unknown=1, maintained=1, kept=1, waits=False)
    after = overview.count(story.when(revised()).state, "op1")
    assert (after.stale, len(after.objections), after.pending) == (1, 1, 1)


def test_a_matter_is_listed_once_by_its_most_urgent_need() -> None:
    state = given(convened(), opened(), took("ASH", "object"), took("ELM", "pending")).state
    found = overview.attention(state, lambda clause: overview.count(state, clause))
    assert [(matter.clause, matter.need) for matter in found] == [
        ("op1", Need.OBJECTED), ("op2", Need.NOT_HEARD), ("op3", Need.NOT_HEARD),
    ]  # fmt: skip
