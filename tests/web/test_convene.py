"""Convening over HTTP: nothing is written before it was seen, and what is opened is what was shown."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deliberate.vocabulary import Audience, ClauseKind, Nature, Office, Standing
from tests.web.house import FAR, House

TEXT = """The Conference,

Recalling that records are kept in many forms,

1. Calls upon all members to keep one open record;

2. Decides to review this text in two years.
"""
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def convener(house: House) -> FlaskClient:
    browser = house.browser()
    secret = house.accounts.issue(None, "convener-1", FAR)
    assert browser.post(f"/in/{secret}").headers["Location"] == "/convene"
    return browser


def previewed(browser: FlaskClient, **form: str) -> str:
    answer = browser.post("/convene", data={"step": "preview", **form})
    assert answer.status_code == 200, answer.text
    return answer.text


def form_of(page: str) -> dict[str, object]:
    """What a browser would send from the second step, before anybody changes anything."""
    within = page[page.index('class="convening"') :]
    sent: dict[str, object] = dict(HIDDEN.findall(within))
    sent["number"] = re.findall(r'name="number" maxlength="20" value="([^"]*)"', within)
    sent["wording"] = [html.unescape(found) for found in re.findall(r'name="wording"[^>]*>([^<]*)<', within)]
    sent["kind"] = [
        re.search(r'value="(\w+)" selected', found)[1]  # type: ignore[index]
        for found in re.findall(r'name="kind">(.*?)</select>', within)
    ]
    if title := re.search(r'name="title"[^>]*value="([^"]*)"', within):
        sent["title"] = html.unescape(title[1])
    sent |= {"quorum": "1/2", "question_window_s": "60", "challenge_window_s": "86400", "audience": "public"}
    return sent


def convened(house: House, browser: FlaskClient, **form: object):  # type: ignore[no-untyped-def]
    answer = browser.post("/convene", data=form)
    assert answer.status_code == 303, answer.text
    return house.secretariat.docket(str(form["deliberation"])).state


def test_whoever_may_not_convene_is_told_how_to_get_in(house: House) -> None:
    for answer in (
        house.browser().get("/convene"),
        house.browser().post("/convene", data={"step": "preview"}),
    ):
        assert answer.status_code == 403
        assert "Open the convener’s link" in html.unescape(answer.text).replace("'", "’")


def test_scenarios_are_listed_with_what_they_are(convener: FlaskClient) -> None:
    page = convener.get("/convene").text
    assert "14 paragraphs · 193 members · 10 observers · English, 中文" in page
    assert "Rehearsal: everything in it is fictional" in page


def test_a_scenario_is_opened_as_it_was_shown_and_the_convener_takes_the_chair(
    house: House, convener: FlaskClient
) -> None:
    before = len(house.secretariat.log.index())
    page = previewed(convener, scenario="rehearsal")
    assert "Fictional States of the rehearsal" in page
    assert len(house.secretariat.log.index()) == before
    state = convened(
        house, convener, **{**form_of(page), "question_window_s": "300", "host": "The Secretariat"}
    )
    assert state.nature is Nature.REHEARSAL
    assert (len(state.members), len(state.negotiable)) == (42, 14)
    assert state.rules.question_window_s == 300
    assert state.convened.host
    assert list(state.offices.values()) == [frozenset({Office.CHAIR})]
    deliberation = form_of(page)["deliberation"]
    assert convener.get(f"/d/{deliberation}/chair").status_code == 200


def test_a_pasted_text_is_shown_clause_by_clause_and_opened_as_corrected(
    house: House, convener: FlaskClient
) -> None:
    page = previewed(convener, title="A common record", language="en", text=TEXT)
    form = form_of(page)
    assert form["number"] == ["", "PP1", "OP1", "OP2"]
    assert form["kind"] == ["chapeau", "preambular", "operative", "operative"]
    form["kind"][3] = "sub"  # type: ignore[index]
    form["number"][3] = "OP1(a)"  # type: ignore[index]
    form["wording"][0] = "  "  # type: ignore[index]
    state = convened(house, convener, **{**form, "nature": "deliberation", "audience": "members"})
    assert [(clause.id, clause.kind) for clause in state.text] == [
        ("title", ClauseKind.TITLE), ("pp1", ClauseKind.PREAMBULAR), ("op1", ClauseKind.OPERATIVE), ("op1.a", ClauseKind.SUB),
    ]  # fmt: skip
    assert state.clauses["op1.a"].parent == "op1"
    assert state.rules.audience is Audience.MEMBERS
    assert (state.convened.original, state.seats) == ("en", {})


def test_a_pasted_text_can_be_given_the_seats_of_a_roster(house: House, convener: FlaskClient) -> None:
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    state = convened(house, convener, **{**form, "nature": "rehearsal", "seats": "rehearsal"})
    assert len(state.members) == 42
    assert any(seat.standing is Standing.OBSERVER for seat in state.seats.values())


@pytest.mark.parametrize(("nature", "roster"), [("rehearsal", "initiative"), ("deliberation", "rehearsal")])
def test_real_states_and_fictional_ones_are_kept_apart(
    house: House, convener: FlaskClient, nature: str, roster: str
) -> None:
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    answer = convener.post("/convene", data={**form, "nature": nature, "seats": roster})
    assert answer.status_code == 422
    assert "kept apart" in answer.text
    assert "Calls upon all members" in answer.text


def test_what_cannot_stand_comes_back_with_all_that_was_typed(house: House, convener: FlaskClient) -> None:
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    before = len(house.secretariat.log.index())
    form["wording"][1] = "Turned \u202e around"  # type: ignore[index]
    answer = convener.post("/convene", data=form)
    assert answer.status_code == 422
    assert "another order than it is written" in answer.text
    assert "Calls upon all members" in answer.text
    assert len(house.secretariat.log.index()) == before


def test_a_text_that_cannot_be_read_is_kept_on_the_page(convener: FlaskClient) -> None:
    answer = convener.post(
        "/convene", data={"step": "preview", "title": "A title", "language": "en", "text": "  "}
    )
    assert answer.status_code == 422
    assert "Paste the text to be deliberated" in answer.text
    assert 'value="A title"' in answer.text


def test_sending_the_last_step_twice_opens_one_deliberation(house: House, convener: FlaskClient) -> None:
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    convened(house, convener, **form)
    before = len(house.secretariat.log.index())
    assert convener.post("/convene", data=form).status_code == 303
    assert len(house.secretariat.log.index()) == before


def test_an_unknown_scenario_is_refused(convener: FlaskClient) -> None:
    assert convener.post("/convene", data={"step": "preview", "scenario": "../../etc"}).status_code == 404


@pytest.mark.parametrize("field", ["scenario", "seats"])
def test_a_form_names_a_scenario_that_is_shipped_and_never_a_file(
    house: House, convener: FlaskClient, tmp_path: Path, field: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("extends: rehearsal\nname: own\n", encoding="utf-8")
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    before = len(house.secretariat.log.index())
    answer = convener.post("/convene", data={**form, "nature": "rehearsal", field: str(file)})
    assert answer.status_code == 404
    assert str(tmp_path) not in answer.text.replace(f'value="{file}"', "")
    assert len(house.secretariat.log.index()) == before


@pytest.mark.parametrize("id_", ["", "talks/../other", "d-short", "<b>", "x" * 5_000])
def test_a_deliberation_has_an_id_that_the_platform_minted(
    house: House, convener: FlaskClient, id_: str
) -> None:
    form = form_of(previewed(convener, title="A common record", language="en", text=TEXT))
    before = len(house.secretariat.log.index())
    assert convener.post("/convene", data={**form, "deliberation": id_}).status_code == 422
    assert len(house.secretariat.log.index()) == before
