"""The workbench over HTTP: the report told in tables, with its version, and null with a reason where there is nothing."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deliberate import commands as c
from deliberate import scenario
from deliberate.backoffice import BackOffice
from deliberate.database.reports import StoredReport, latest_report
from deliberate.moments import later, now
from deliberate.vocabulary import Audience, Office, Stance
from deliberate.web import workbench
from tests.web.house import CHAIR, House

CLAUSES = ("op1", "op2", "op3", "op4", "op5")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.open_round()
    yield house
    house.close()


@pytest.fixture
def analyst(house: House) -> FlaskClient:
    return house.sign_in(office=Office.ANALYST)


def take(house: House, seat: str, *stances: str) -> None:
    invitation = c.mint("i")
    draft = c.InvitationDraft(invitation=invitation, expires_at=later(now(), 60), seat=seat)
    house.say(c.IssueInvitations(invitations=(draft,)), CHAIR)
    house.say(c.AcceptInvitation(invitation=invitation), f"a-{seat}")
    for clause, stance in zip(CLAUSES, stances, strict=False):
        house.say(c.TakePosition(clause=clause, revision=1, seat=seat, stance=Stance(stance)), f"a-{seat}")


def report(house: House) -> StoredReport:
    """Let the back office make the report of what was recorded so far."""
    office = BackOffice(house.secretariat.database, interval_s=0)
    while (
        found := latest_report(house.secretariat.database, house.id)
    ) is None or found.version < house.docket.state.version:
        office.step()
    return found


def read(browser: FlaskClient, house: House, query: str = "") -> str:
    answer = browser.get(f"/d/{house.id}/workbench{query}")
    assert answer.status_code == 200, answer.text
    return " ".join(
        html.unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)).split()
    )


def test_before_the_first_report_the_page_says_so(house: House, analyst: FlaskClient) -> None:
    assert "The first report is being made" in read(analyst, house)


def test_the_page_says_of_which_version_the_report_is(house: House, analyst: FlaskClient) -> None:
    stored = report(house)
    take(house, house.members[0], "accept")
    said = read(analyst, house)
    assert f"version {house.docket.state.version}" in said
    assert f"report of version {stored.version}" in said


def test_a_figure_that_does_not_exist_is_null_with_its_reason_and_never_0(
    house: House, analyst: FlaskClient
) -> None:
    take(house, house.members[0], "accept")
    report(house)
    said = read(analyst, house)
    assert "OP1 1.00 n 1 0.02 – 1.00 1 · 0 · 0" in said
    assert "OP2 null nothing current on the scale" in said


def test_the_tables_say_what_the_picture_shows(house: House, analyst: FlaskClient) -> None:
    one, two, three = house.members[:3]
    take(house, one, *["support"] * 5)
    take(house, two, *["support"] * 5)
    take(house, three, *["object"] * 5)
    report(house)
    page = analyst.get(f"/d/{house.id}/workbench").text
    assert "1 + 1" in re.sub(r"<[^>]+>", "", page[page.index(f'id="node-{one}"') :][:2000])
    said = read(analyst, house)
    assert "congruence +1.00 5" in said
    assert said.count("conflict −1.00 5") == 2
    assert "3 of 861 pairs have at least 4 paragraphs in common" in said


def test_ties_are_told_page_by_page(
    house: House, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seat in house.members[:6]:
        take(house, seat, *["support"] * 5)
    report(house)
    monkeypatch.setattr(workbench, "TIES_SHOWN", 4)
    assert "1 to 4 of 15" in read(analyst, house)
    assert "13 to 15 of 15" in read(analyst, house, "?ties=4")
    assert read(analyst, house, "?ties=x")


def test_anyone_is_told_how_to_compute_the_same(house: House, analyst: FlaskClient) -> None:
    stored = report(house)
    said = read(analyst, house)
    state = house.docket.state
    assert f"--head {state.version}:{state.digest}" in said
    assert re.search(r"deliberate verify \S*REHEARSAL\S*\.jsonl", said)
    assert f"{stored.digest[:8]}…{stored.digest[-8:]}" in said
    for form in ("graphml", "gexf", "json", "csv", "jsonl"):
        assert f'href="/d/{house.id}/export/{form}"' in analyst.get(f"/d/{house.id}/workbench").text


def test_positions_that_are_for_members_are_not_shown_to_others(house: House) -> None:
    command = scenario.convene(scenario.load("rehearsal"))
    rules = command.rules.model_copy(update={"audience": Audience.MEMBERS})
    house.secretariat.create("closed", command.nature, command.title)
    closed = command.model_copy(update={"rules": rules})
    house.secretariat.submit("closed", closed, CHAIR, c.mint("c"))
    assert house.browser().get("/d/closed/workbench").status_code == 403
    house.id, house.docket = "closed", house.secretariat.docket("closed")
    assert house.sign_in(office=Office.ANALYST).get("/d/closed/workbench").status_code == 200
