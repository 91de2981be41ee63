"""The desk without scripts: reading, taking a position, and what becomes of what was typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deliberate import commands as c
from deliberate import scenario
from deliberate.vocabulary import Audience, Change, Office, RoundKind
from deliberate.web.wording import redline
from tests.web.house import CHAIR, House
from tests.web.reading import Element, read

KEN, ALD = "XKE", "XAL"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.open_round()
    yield house
    house.close()


@pytest.fixture
def kestrelia(house: House) -> FlaskClient:
    return house.sign_in(seat=KEN)


def desk(house: House, browser: FlaskClient, query: str = "clause=op4", status: int = 200) -> Element:
    answer = browser.get(f"/d/{house.id}/desk?{query}")
    assert answer.status_code == status, answer.text
    return read(answer.text)


def send(house: House, browser: FlaskClient, form: Element, follow: bool = True, **changed: str) -> Element:
    """Submit a form of the page as a browser does, with some of its fields changed."""
    answer = browser.post(
        form.attributes["action"], data={**form.fields(), **changed}, follow_redirects=follow
    )
    return read(answer.text)


def take(page: Element) -> Element:
    return page.one("form", id="take")


def revise(house: House, clause: str = "op4", change: Change = Change.SUBSTANTIVE) -> None:
    number = house.docket.state.clauses[clause].revision.number
    wording = {"en": "We call on all countries to share AI knowledge.", "zh": "呼吁各国共享人工智能知识。"}
    house.say(c.ReviseClause(clause=clause, revision=number, change=change, wording=wording), CHAIR)


def test_the_text_stands_in_both_languages_and_the_choice_is_kept(
    house: House, kestrelia: FlaskClient
) -> None:
    both = [text.attributes["lang"] for text in desk(house, kestrelia).all(data_field="wording")]
    assert both == ["en", "zh"]
    one = [
        text.attributes["lang"]
        for text in desk(house, kestrelia, "clause=op4&view=zh").all(data_field="wording")
    ]
    assert one == ["zh"]
    kept = [
        text.attributes["lang"] for text in desk(house, kestrelia, "clause=op5").all(data_field="wording")
    ]
    assert kept == ["zh"]


def test_every_paragraph_shows_its_status_in_words(house: House, kestrelia: FlaskClient) -> None:
    page = desk(house, kestrelia)
    listed = page.one("ol", class_="clauses")
    statuses = [status.words for status in listed.all(data_field="status")]
    assert len(statuses) == len(house.docket.state.negotiable) == 14
    assert set(statuses) == {"No objection so far · 42 not heard"}


def test_the_word_consensus_is_never_computed(house: House, kestrelia: FlaskClient) -> None:
    statuses = " ".join(status.words for status in desk(house, kestrelia).all(data_field="status"))
    assert "consensus" not in statuses.lower()


def test_a_position_is_a_form(house: House, kestrelia: FlaskClient) -> None:
    page = send(house, kestrelia, take(desk(house, kestrelia)), stance="accept")
    assert "Recorded at version" in page.one(role="status").words
    assert "Receipt:" in page.one(role="status").words
    assert page.one("b", data_field="stance").words == "Can accept"
    assert house.docket.state.positions["op4"][KEN].stance == "accept"


def test_an_objection_carries_why_and_what_would_lift_it(house: House, kestrelia: FlaskClient) -> None:
    said = {
        "statement@object": "It binds too early.",
        "would_lift@object": "A later date.",
        "objection_type@object": "te",
    }
    page = send(house, kestrelia, take(desk(house, kestrelia)), stance="object", **said)
    voice = page.one("ul", data_list="cannot").one("li")
    assert voice.words == "Kestrelia technical It binds too early. Would let it accept: A later date."
    assert "hidden" in page.one("p", data_none="cannot").attributes
    assert take(page).fields()["statement@object"] == "It binds too early."


def test_an_objection_needs_no_reason(house: House, kestrelia: FlaskClient) -> None:
    page = send(house, kestrelia, take(desk(house, kestrelia)), stance="object")
    assert page.one("ul", data_list="cannot").one("li").words == "Kestrelia reason not stated"


def test_what_goes_with_one_stance_never_hinders_another(house: House, kestrelia: FlaskClient) -> None:
    page = send(
        house, kestrelia, take(desk(house, kestrelia)), stance="object", **{"statement@object": "It binds."}
    )
    page = send(house, kestrelia, take(page), stance="support", **{"cosponsor@support": "true"})
    held = house.docket.state.positions["op4"][KEN]
    assert (held.stance, held.statement, held.cosponsor) == ("support", None, True)


def test_reservations_and_dissociations_stand_beside(house: House, kestrelia: FlaskClient) -> None:
    said = {
        "statement@accept_with_reservation": "Within our law.",
        "scope@accept_with_reservation": "open-source terms",
    }
    send(house, kestrelia, take(desk(house, kestrelia)), stance="accept_with_reservation", **said)
    aldoria = house.sign_in(seat=ALD)
    page = send(house, aldoria, take(desk(house, aldoria)), stance="dissociate")
    beside = [voice.words for voice in page.one("ul", data_list="beside").all("li")]
    assert beside == [
        "Aldoria Dissociates its words may follow",
        "Kestrelia Can accept, with reservation on the words open-source terms Within our law.",
    ]


def test_awaiting_instructions_names_a_day(house: House, kestrelia: FlaskClient) -> None:
    said = {"expected_by@pending": "2026-12-01", "pending_kind@pending": "parliamentary"}
    page = send(house, kestrelia, take(desk(house, kestrelia)), stance="pending", **said)
    assert house.docket.state.positions["op4"][KEN].expected_by == "2026-12-01T23:59:00.000Z"
    assert take(page).fields()["expected_by@pending"] == "2026-12-01"


def test_a_refusal_keeps_what_was_typed(house: House, kestrelia: FlaskClient) -> None:
    form = take(desk(house, kestrelia))
    revise(house)
    page = send(house, kestrelia, form, stance="object", **{"statement@object": "We typed this for an hour."})
    assert "Rev.2" in page.one(role="alert").words
    assert take(page).fields()["statement@object"] == "We typed this for an hour."
    assert take(page).fields()["stance"] == "object"
    assert house.docket.state.positions["op4"] == {}


def test_a_colleagues_position_is_not_overwritten_unseen(house: House, kestrelia: FlaskClient) -> None:
    form = take(desk(house, kestrelia))
    colleague = house.sign_in(seat=KEN)
    send(house, colleague, take(desk(house, colleague)), stance="support")
    page = send(house, kestrelia, form, stance="object")
    assert "A colleague recorded" in page.one(role="alert").words
    assert house.docket.state.positions["op4"][KEN].stance == "support"
    send(house, kestrelia, take(page))
    assert house.docket.state.positions["op4"][KEN].stance == "object"


def test_the_same_form_sent_twice_is_recorded_once(house: House, kestrelia: FlaskClient) -> None:
    form = take(desk(house, kestrelia))
    send(house, kestrelia, form, stance="accept")
    version = house.docket.state.version
    send(house, kestrelia, form, stance="accept")
    assert house.docket.state.version == version


def test_a_stale_acceptance_is_reaffirmed_with_one_click(house: House, kestrelia: FlaskClient) -> None:
    send(house, kestrelia, take(desk(house, kestrelia)), stance="accept")
    revise(house)
    page = desk(house, kestrelia)
    assert "It is not counted until you reaffirm it." in page.one("span", data_field="sentence").words
    assert page.one("li", data_need_of="op4").one(data_why="").words == "To reaffirm"
    page = send(house, kestrelia, page.one("form", data_when="reaffirm"))
    assert page.one("span", data_field="sentence").words == "Made on Rev.1, reaffirmed for Rev.2."
    assert "hidden" in page.one("form", data_when="reaffirm").attributes


def test_an_objection_stands_over_a_revision(house: House, kestrelia: FlaskClient) -> None:
    send(house, kestrelia, take(desk(house, kestrelia)), stance="object")
    revise(house)
    page = desk(house, kestrelia)
    assert page.one("span", data_field="sentence").words == (
        "Made on Rev.1, not yet restated. It stands until you withdraw it."
    )
    page = send(house, kestrelia, page.one("form", data_when="withdraw"))
    assert page.one("b", data_field="stance").words == "No position recorded"


def test_an_editorial_change_can_be_challenged_and_shows_what_changed(
    house: House, kestrelia: FlaskClient
) -> None:
    revise(house, change=Change.EDITORIAL)
    page = desk(house, kestrelia)
    assert list(page.one("details", data_redline="2").all("ins"))
    page = send(house, kestrelia, page.one("div", data_challenge="").one("form"))
    assert house.docket.state.clauses["op4"].revision.change is Change.SUBSTANTIVE
    assert list(page.all("div", data_challenge="")) == []


def test_alignment_is_with_one_statement_that_was_read(house: House, kestrelia: FlaskClient) -> None:
    aldoria = house.sign_in(seat=ALD)
    send(house, aldoria, take(desk(house, aldoria)), stance="accept_with_reservation")
    page = desk(house, kestrelia, f"clause=op4&with={ALD}")
    align = next(
        form for form in page.one("details", id="align").all("form") if form.attributes["method"] == "post"
    )
    page = send(house, kestrelia, align)
    assert "Aligned with the statement of Aldoria" in page.one("span", data_field="source").words
    assert page.one("b", data_field="stance").words == "Can accept, with reservation · aligned"


def test_a_mandate_is_given_by_the_members_own_seat_and_lets_another_speak(
    house: House, kestrelia: FlaskClient
) -> None:
    give = desk(house, kestrelia).one("details", id="bloc-meridian").one("form")
    send(house, kestrelia, give, speaker=ALD)
    aldoria = house.sign_in(seat=ALD)
    send(house, aldoria, desk(house, aldoria).one("form", id="take-meridian"), stance="support")
    page = desk(house, kestrelia)
    assert page.one("span", data_field="source").words == "Meridian speaks for you."
    assert page.one("span", data_field="sources").words == "Own 0 · aligned 0 · by bloc 1"
    revoke = next(
        f
        for f in page.one("details", id="bloc-meridian").all("form")
        if f.fields()["type"] == "revoke_mandate"
    )
    page = send(house, kestrelia, revoke)
    assert page.one("b", data_field="stance").words == "No position recorded"


def test_what_is_told_to_the_facilitators_is_in_no_figure(house: House, kestrelia: FlaskClient) -> None:
    page = send(house, kestrelia, take(desk(house, kestrelia)), stance="object", visibility="facilitators")
    assert (
        page.one("p", data_field="confidence").words
        == "Told to the facilitators alone: Cannot accept as drafted."
    )
    assert page.one("b", data_key="clause/op4", data_field="object").words == "0"
    stranger = desk(house, house.browser())
    assert "facilitators alone" not in stranger.words


def test_what_still_needs_the_seat_is_counted(house: House, kestrelia: FlaskClient) -> None:
    assert desk(house, kestrelia).one(data_needs_count="").words == "14 need you"
    send(house, kestrelia, take(desk(house, kestrelia)), stance="support")
    page = desk(house, kestrelia)
    assert page.one(data_needs_count="").words == "13 need you"
    assert "hidden" in page.one("li", data_need_of="op4").attributes
    house.say(c.CloseRound(round=1, reason="First reading done."), CHAIR)
    assert "hidden" in desk(house, kestrelia).one("details", data_needs="").attributes


def test_the_question_asks_every_seated_member(house: House, kestrelia: FlaskClient) -> None:
    house.say(c.PutQuestion(clause="op4", revision=1), CHAIR)
    page = desk(house, kestrelia, "clause=op2")
    assert "May I take it that the Meeting wishes to adopt OP4" in page.one("p", class_="ask").words
    assert page.one("li", data_need_of="op4").one(data_why="").words == "The question is put"
    page = send(house, kestrelia, page.one("form", data_put="present"))
    assert page.one("form", data_put="present").words == "You are checked in"
    page = send(house, kestrelia, page.one("form", data_put="floor"))
    assert house.docket.state.questions[1].floor == (KEN,)
    page = send(house, kestrelia, page.one("form", data_put="object"))
    assert house.docket.state.positions["op4"][KEN].finality == "confirmed"
    assert "hidden" not in page.one("p", data_put_objects="").attributes
    assert "Objects" in desk(house, kestrelia).one("b", data_field="stance").words


def test_an_observer_may_ask_for_the_floor_but_not_object_to_the_question(house: House) -> None:
    house.say(c.PutQuestion(clause="op4", revision=1), CHAIR)
    page = desk(house, house.sign_in(seat="OBS-CO-1"))
    assert [form.attributes.get("data-put") for form in page.one("section", class_="put").all("form")] == [
        "floor"
    ]


def test_positions_are_taken_in_an_open_round(house: House, kestrelia: FlaskClient) -> None:
    house.say(c.CloseRound(round=1, reason="First reading done."), CHAIR)
    page = desk(house, kestrelia)
    assert "hidden" in page.one("div", data_open_only="").attributes
    assert (
        page.one("p", data_closed_only="").words == "Round 1 is closed. Positions are taken in an open round."
    )


def test_anyone_reads_and_only_delegates_write(house: House) -> None:
    page = desk(house, house.browser())
    assert list(page.all("form", id="take")) == []
    officer = desk(house, house.sign_in(office=Office.ANALYST))
    assert "You hold an office here" in officer.one("section", id="position").words


def test_observers_are_shown_by_kind(house: House, kestrelia: FlaskClient) -> None:
    headings = [heading.words for heading in desk(house, kestrelia).one(class_="fold who-holds").all("h3")]
    assert "Observers · Companies" in headings
    assert len([heading for heading in headings if heading.startswith("Observers")]) == 5


def test_the_positions_of_a_closed_audience_are_for_its_members(house: House) -> None:
    command = scenario.convene(scenario.load("rehearsal"))
    rules = command.rules.model_copy(update={"audience": Audience.MEMBERS})
    docket = house.secretariat.create("closed", command.nature, command.title)
    docket.submit(command.model_copy(update={"rules": rules}), CHAIR, c.mint("c"))
    for path in ("desk?clause=op4", "record"):
        answer = house.browser().get(f"/d/closed/{path}")
        page = read(answer.text)
        assert "We should uphold the principles of mutual respect" in page.words
        assert list(page.all(data_field="status")) + list(page.all("svg", class_="levels")) == []
    assert "for its members" in read(house.browser().get("/d/closed/desk?clause=op4").text).one("aside").words


def test_a_paragraph_that_is_not_in_the_text_is_told_so(house: House, kestrelia: FlaskClient) -> None:
    page = desk(house, kestrelia, "clause=op99", status=404)
    assert page.one("h1").words == "Not here"


def test_every_page_of_a_rehearsal_says_so(house: House, kestrelia: FlaskClient) -> None:
    for path in ("desk", "record", "desk?clause=op99"):
        page = read(kestrelia.get(f"/d/{house.id}/{path}").text)
        assert page.one("section", class_="banner").words.startswith("REHEARSAL")
        assert page.one("title").words.startswith("REHEARSAL ·")


def test_no_template_holds_a_style_attribute_or_an_inline_script() -> None:
    found = {
        path.name: hits
        for path in sorted(TEMPLATES.glob("*.html"))
        if (
            hits := re.findall(
                r"\sstyle=|\son\w+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/json)",
                path.read_text("utf-8"),
            )
        )
    }
    assert found == {}


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("shall act", "should act", (("del", "shall"), ("ins", "should"), ("same", " act"))),
        ("各国应合作", "各国须合作", (("same", "各国"), ("del", "应"), ("ins", "须"), ("same", "合作"))),
        ("as it is", "as it is", (("same", "as it is"),)),
        ("", "new", (("ins", "new"),)),
    ],
)
def test_a_redline_is_by_word_and_in_chinese_by_character(old: str, new: str, pieces: object) -> None:
    assert redline(old, new) == pieces


def test_the_default_finality_follows_the_round(house: House, kestrelia: FlaskClient) -> None:
    assert "Recorded as ad referendum, the default of this round" in take(desk(house, kestrelia)).words
    house.say(c.CloseRound(round=1, reason="First reading done."), CHAIR)
    house.say(c.OpenRound(kind=RoundKind.ADOPTION), CHAIR)
    assert "Recorded as confirmed" in take(desk(house, kestrelia)).words
