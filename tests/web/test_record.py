"""The public record and the first page: what was decided and how, what stands beside it, how to verify it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deliberate import commands as c
from deliberate.log import verify
from deliberate.vocabulary import Nature, Office, Outcome
from tests.web.house import CHAIR, House, position
from tests.web.reading import Element, read


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = "2026-11-23T09:00:00.000Z"

    def __call__(self) -> str:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    house = House(tmp_path, clock=clock)
    house.open_round()
    yield house
    house.close()


def record(house: House) -> Element:
    """The record as anybody reads it."""
    answer = house.browser().get(f"/d/{house.id}/record")
    assert answer.status_code == 200
    return read(answer.text)


def adopt(house: House, clock: Clock) -> None:
    """Adopt OP4 with one reservation and one dissociation on record."""
    for seat, more in (
        ("XKE", {"stance": "accept_with_reservation", "statement": "Within our law.", "lang": "en"}),
        ("XAL", {"stance": "dissociate", "statement": "Our own measures are outside it.", "lang": "en"}),
    ):
        house.sign_in(seat=seat)
        actor = next(a for a, held in house.docket.state.delegates.items() if held == seat)
        house.say(c.parse(position(seat, **more)), actor)
    house.say(c.PutQuestion(clause="op4", revision=1), CHAIR)
    house.say(c.CheckIn(question=1, seats=house.members), CHAIR)
    clock.at = "2026-11-23T09:10:00.000Z"
    house.say(c.DeclareDecision(question=1, outcome=Outcome.ADOPTED), CHAIR)


def test_the_record_tells_what_was_decided_and_how(house: House, clock: Clock) -> None:
    adopt(house, clock)
    page = record(house)
    assert page.one("p", class_="lede").words == "1 of 14 paragraphs has been adopted without a vote."
    decided = page.one("article", id="op4")
    assert decided.one(data_field="status").words == "Adopted without a vote · 1 reservation · 1 dissociation"
    assert "42 of 42 members were checked in" in decided.one("div", class_="beside card").words


def test_what_stands_beside_the_text_is_in_its_own_words(house: House, clock: Clock) -> None:
    adopt(house, clock)
    voices = [
        voice.words for voice in record(house).one("article", id="op4").one("ul", class_="voices").all("li")
    ]
    assert voices == [
        "Aldoria Dissociates Our own measures are outside it.",
        "Kestrelia Can accept, with reservation Within our law.",
    ]


def test_a_redacted_text_leaves_its_tombstone(house: House, clock: Clock) -> None:
    adopt(house, clock)
    statement = house.docket.state.positions["op4"]["XKE"].statement
    house.say(c.RedactText(text=statement, reason="It named a person."), CHAIR)
    page = record(house)
    assert "Within our law" not in page.words
    assert page.one("span", class_="quote gone").words == "These words were redacted."


def test_the_head_on_the_record_verifies(house: House, clock: Clock) -> None:
    adopt(house, clock)
    command = record(house).one("pre").words
    version, _, digest = command.split("--head ")[1].partition(":")
    assert "REHEARSAL" in command
    assert verify(house.secretariat.log.export(house.id), head=(int(version), digest)).receipt


def test_members_stand_by_region_and_observers_by_kind(house: House) -> None:
    section = record(house).one("section", id="stakeholders")
    headings = [heading.words for heading in section.all("h3")]
    assert headings[0] == "North Shore 9"
    assert headings[5:] == [
        "Observers · International organisations 2",
        "Observers · Companies 2",
        "Observers · Research institutes 2",
        "Observers · Civil organisations 2",
        "Observers · Individuals 2",
    ]


def test_rounds_are_listed_with_what_they_left_open(house: House) -> None:
    house.say(c.CloseRound(round=1, reason="First reading done."), CHAIR)
    row = record(house).one("section", id="rounds").one("tbody").one("tr")
    assert [cell.words for cell in row.children] == [
        "1 · negotiation",
        "23 Nov 09:00 UTC",
        "23 Nov 09:00 UTC First reading done.",
        "42 members not heard at all, 0 positions awaiting instructions, 0 to be reaffirmed",
    ]


def test_recorded_votes_are_shown_as_votes(house: House) -> None:
    votes = house.secretariat.create("votes", Nature.RECORD, {"en": "A resolution"})
    members = ("AAA", "BBB", "CCC", "DDD")
    votes.submit(
        c.parse(
            {
                "type": "convene",
                "nature": "record",
                "title": {"en": "A resolution"},
                "languages": ["en"],
                "original": "en",
                "source": {"en": "an imagined assembly"},
                "clauses": [
                    {"clause": "op1", "kind": "operative", "number": "OP1", "wording": {"en": "Decides."}}
                ],
                "seats": [
                    {
                        "seat": seat,
                        "name": {"en": f"State {seat[0]}"},
                        "kind": "government",
                        "standing": "member",
                    }
                    for seat in members
                ],
            }
        ),
        CHAIR,
        c.mint("c"),
    )
    votes.submit(
        c.RecordVotes(clause="op1", yes=("AAA", "BBB"), no=("CCC",), carried=True), CHAIR, c.mint("c")
    )
    page = read(house.browser().get("/d/votes/record").text)
    assert page.one("p", class_="flash warn").words == (
        "Recorded votes of an imagined assembly, not positions taken here."
    )
    assert [row.words for row in page.one("article", id="op1").one("tbody").all("tr")] == [
        "In favour2State A, State B",
        "Against1State C",
        "Abstaining0",
        "Not recorded1State D",
    ]
    assert "Adopted by a recorded vote of 2 in favour to 1 against" in page.one("article", id="op1").words
    assert page.one("title").words.startswith("RECORD ·")


def test_the_first_page_lists_the_deliberations_with_their_nature(house: House) -> None:
    door = read(house.browser().get("/").text).one("ul", class_="doors").one("li")
    assert door.words.startswith("Global AI Governance Initiative REHEARSAL")
    mine = read(house.sign_in(seat="XKE").get("/").text).one("ul", class_="doors")
    assert "you have a place here" in mine.words


def test_a_link_says_where_it_leads_and_asks_for_nothing(house: House) -> None:
    page = read(house.browser().get(f"/in/{house.link(seat='XKE')}").text)
    assert page.one("form", class_="enter").one("button").words == "Enter as Kestrelia"
    assert "required" not in page.one("input", id="name").attributes
    office = read(house.browser().get(f"/in/{house.link(office=Office.CHAIR)}").text)
    assert office.one("form", class_="enter").one("button").words == "Enter as Chair"


def test_every_refusal_is_a_page_for_people(house: House) -> None:
    browser = house.browser()
    for path, status, said in (
        ("/in/nobody-made-this-link", 404, "Ask"),
        ("/d/nowhere/desk", 404, "There is no"),
        ("/nowhere", 404, ""),
        (f"/d/{house.id}/chair", 403, "chair"),
    ):
        answer = browser.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, path
        page = read(answer.text)
        assert said.lower() in page.one("p", class_="lede").words.lower()
        assert page.one("h1").words
