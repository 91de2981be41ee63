"""Forms and JSON: bad input gets a clear message and changes nothing."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from deliberate import commands as c
from deliberate import scenario
from deliberate.errors import NotFound
from deliberate.log import verify
from deliberate.vocabulary import Audience, Change, Office
from deliberate.web import api
from tests.web.house import CHAIR, House, position


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.open_round()
    yield house
    house.close()


def send(house: House, browser, command: object, command_id: str = "command-1", **headers: str):  # type: ignore[no-untyped-def]
    return browser.post(
        f"/d/{house.id}/commands", json={"id": command_id, "command": command}, headers=headers
    )


def test_a_command_is_answered_with_a_receipt_that_verifies(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    receipt = send(house, browser, position(house.members[0])).json["receipt"]
    found = verify(house.secretariat.log.export(house.id), head=(receipt["version"], receipt["digest"]))
    assert found.receipt
    assert send(house, browser, position(house.members[0])).json["receipt"] == receipt


BAD = {
    "unknown stance": ({"stance": "maybe"}, 422, "stance"),
    "unknown clause": ({"clause": "op99"}, 404, "op99"),
    "superseded revision": ({"revision": 7}, 409, "Rev.1"),
    "huge text": ({"stance": "object", "statement": "x" * 20_001}, 422, "20"),
    "control characters": ({"stance": "object", "statement": "a\x00b"}, 422, "control"),
    "bidirectional override": ({"stance": "object", "statement": "a\u202eb"}, 422, "order"),
    "unknown field": ({"weight": 3}, 422, "weight"),
    "bloc without a mandate": ({"bloc": "meridian"}, 403, "mandate"),
    "words that do not go with the stance": ({"stance": "accept", "would_lift": "x"}, 422, "would_lift"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_plainly_and_changes_nothing(house: House, case: str) -> None:
    wrong, status, says = BAD[case]
    browser = house.sign_in(seat=house.members[0])
    before = house.docket.state.version
    answer = send(house, browser, {**position(house.members[0]), **wrong})
    assert answer.status_code == status, answer.text
    assert says in answer.json["message"]
    assert house.docket.state.version == before


def test_another_delegations_seat_is_refused(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    answer = send(house, browser, position(house.members[1]))
    assert answer.status_code == 403
    assert house.members[0] in answer.json["message"]


def test_a_position_on_a_superseded_revision_is_told_which_is_current(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    wording = {"en": "Another wording.", "zh": "另一措辞。"}
    house.say(c.ReviseClause(clause="op4", revision=1, change=Change.SUBSTANTIVE, wording=wording), CHAIR)
    answer = send(house, browser, position(house.members[0]))
    assert answer.status_code == 409
    assert answer.json["detail"]["current"] == 2


def test_a_closed_round_takes_no_positions(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    house.say(c.CloseRound(round=1, reason="Time is up"), CHAIR)
    answer = send(house, browser, position(house.members[0]))
    assert answer.status_code == 409
    assert "closed" in answer.json["message"]


@pytest.mark.parametrize("raw", ["", "[]", "null", '"x"', "{", '{"id": 5}'])
def test_what_is_no_command_at_all_is_refused(house: House, raw: str) -> None:
    browser = house.sign_in(seat=house.members[0])
    answer = browser.post(f"/d/{house.id}/commands", data=raw, content_type="application/json")
    assert answer.status_code in (409, 422)


@pytest.mark.parametrize("kind", ["convene", "accept_invitation", "settle_revision", "issue_invitations"])
def test_what_only_the_platform_sends_is_refused_from_outside(house: House, kind: str) -> None:
    browser = house.sign_in(office=Office.CHAIR)
    answer = send(house, browser, {"type": kind, "invitation": "x", "clause": "op4", "revision": 1})
    assert answer.status_code == 422


def test_a_seat_that_sends_too_much_is_slowed_down_and_the_others_are_not(tmp_path: Path) -> None:
    house = House(tmp_path, commands_per_second=2, commands_burst=3)
    house.open_round()
    fast, calm = house.sign_in(seat=house.members[0]), house.sign_in(seat=house.members[1])
    answers = [send(house, fast, position(house.members[0]), f"command-{n}").status_code for n in range(6)]
    assert answers[:3] == [200] * 3
    assert 429 in answers
    assert send(house, calm, position(house.members[1]), "command-of-another").status_code == 200
    house.close()


def test_a_form_without_its_token_is_refused(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    house.app.config["WTF_CSRF_ENABLED"] = True
    before = house.docket.state.version
    answer = browser.post(
        f"/d/{house.id}/act", data={**position(house.members[0]), "command_id": "command-1"}
    )
    assert answer.status_code == 422
    assert house.docket.state.version == before
    answer = send(house, browser, position(house.members[0]))
    assert answer.status_code == 422
    assert house.docket.state.version == before


def test_a_form_records_a_position_and_goes_back(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    back = f"/d/{house.id}/desk?clause=op4"
    form = {**position(house.members[0]), "command_id": "command-1", "next": back, "statement": ""}
    answer = browser.post(f"/d/{house.id}/act", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == back
    assert house.members[0] in house.docket.state.positions["op4"]
    assert browser.post(f"/d/{house.id}/act", data=form).status_code == 303
    assert browser.get(back).status_code == 200


def test_a_refused_form_comes_back_with_everything_that_was_typed(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    typed = "This was thought about for an hour."
    form = {
        **position(house.members[0], stance="object"),
        "statement@object": typed,
        "would_lift": "Another word",
        "none_would": "on",
        "command_id": "command-1",
        "next": f"/d/{house.id}/desk?clause=op4",
    }
    answer = browser.post(f"/d/{house.id}/act", data=form)
    assert answer.status_code == 422
    assert typed in answer.text
    assert "op4" in answer.text


def test_a_form_never_leads_to_another_host(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    form = {**position(house.members[0]), "command_id": "command-1", "next": "https://evil.example/"}
    answer = browser.post(f"/d/{house.id}/act", data=form)
    assert answer.headers["Location"].startswith("/d/")


def test_the_board_has_every_key_of_the_rooms_that_one_may_follow(house: House) -> None:
    public = house.browser().get(f"/d/{house.id}/board?scope=*").json
    assert set(public["rooms"]) == {"public#*"}
    assert not [key for key in public["keys"] if key.startswith(("mine/", "chair/"))]
    delegate = house.sign_in(seat=house.members[0]).get(f"/d/{house.id}/board?scope=op4").json
    assert set(delegate["rooms"]) == {"public#op4", f"seat:{house.members[0]}#"}


def test_a_poll_answers_at_once_when_something_changed(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    board = browser.get(f"/d/{house.id}/board?scope=op4").json
    send(house, browser, position(house.members[0]))
    rooms = ",".join(f"{room}:{version}" for room, version in board["rooms"].items())
    answer = browser.get(
        f"/d/{house.id}/live", query_string={"scope": "op4", "epoch": board["epoch"], "rooms": rooms}
    )
    keys = {key for push in answer.json["pushes"] for key in push["keys"]}
    assert f"cell/op4/{house.members[0]}" in keys
    assert "clause/op4" in keys


def test_a_poll_of_another_life_of_the_log_asks_for_a_full_load(house: House) -> None:
    answer = house.browser().get(f"/d/{house.id}/live?scope=&epoch=other&rooms=public%23:1")
    assert answer.json == {"reset": True}


def test_texts_come_many_at_a_time_and_a_redacted_one_is_gone(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    send(
        house, browser, {**position(house.members[0], stance="object"), "statement": "A secret", "lang": "en"}
    )
    digest = house.docket.state.positions["op4"][house.members[0]].statement
    title = house.docket.state.convened.title["en"]  # type: ignore[union-attr]
    found = browser.get(f"/d/{house.id}/texts", query_string={"d": [digest, title]}).json
    assert found[digest] == {"words": "A secret", "lang": "en"}
    house.secretariat.submit(house.id, c.RedactText(text=digest, reason="private"), CHAIR, "redact-1")
    assert browser.get(f"/d/{house.id}/texts?d={digest}").status_code == 410
    assert browser.get(f"/d/{house.id}/texts", query_string={"d": [digest, title]}).json[digest] is None


def test_the_exported_log_of_a_rehearsal_says_so_in_its_name(house: House) -> None:
    answer = house.browser().get(f"/d/{house.id}/export/jsonl")
    assert "REHEARSAL" in answer.headers["Content-Disposition"]
    assert verify(answer.data.splitlines()).events == house.docket.state.version


def test_an_unknown_format_or_deliberation_is_not_found(house: House) -> None:
    assert house.browser().get(f"/d/{house.id}/export/docx").status_code == 404
    assert house.browser().get("/d/nowhere/record").status_code == 404


def test_every_answer_carries_the_security_headers(house: House) -> None:
    for path in ("/", f"/d/{house.id}/record", f"/d/{house.id}/board", "/nowhere"):
        headers = house.browser().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_template_has_inline_styles_or_handlers() -> None:
    for template in Path("templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not [inline for inline in (" style=", " onclick=", "<style") if inline in text], template


def test_a_request_that_has_seen_more_than_this_process_waits_and_then_says_that_it_is_behind(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, catch_up_s=0.1)
    seen = str(house.docket.state.version + 5)
    answer = house.browser().get(f"/d/{house.id}/board", headers={"X-Seen": seen})
    assert answer.status_code == 503
    assert json.loads(answer.data)["error"] == "behind"
    house.close()


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[House]:
    """A deliberation whose positions are for its members, with a round open."""
    house = House(tmp_path)
    command = scenario.convene(scenario.load("rehearsal"))
    rules = command.rules.model_copy(update={"audience": Audience.MEMBERS})
    house.id = "closed"
    house.docket = house.secretariat.create(house.id, command.nature, command.title)
    house.say(command.model_copy(update={"rules": rules}), CHAIR)
    house.open_round()
    yield house
    house.close()


def test_members_only_positions_are_not_for_the_public(closed: House) -> None:
    stranger = closed.browser()
    keys = stranger.get("/d/closed/board?scope=*").json["keys"]
    assert "text/op1" in keys
    assert not [key for key in keys if key.startswith(("cell", "clause/", "cannot/", "beside/", "mandates"))]
    for path in ("report", "export/csv", "export/jsonl", "export/json", "workbench"):
        assert stranger.get(f"/d/closed/{path}").status_code == 403
    assert "mandates" not in token_of(stranger.get("/d/closed/desk").text)["keys"]
    assert "mandates" in token_of(closed.sign_in(office=Office.READER).get("/d/closed/desk").text)["keys"]


def token_of(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(re.search(r'id="token">(.*?)</script>', page)[1])  # type: ignore[index]
    return found


def test_a_text_is_for_those_who_may_see_what_it_belongs_to(closed: House) -> None:
    seat = closed.members[0]
    mine = closed.sign_in(seat=seat)
    said = position(seat, stance="object", statement="Ours to know", lang="en")
    assert send(closed, mine, said).status_code == 200
    whispered = {**said, "statement": "Yours alone", "visibility": "facilitators"}
    assert send(closed, mine, whispered, "command-2").status_code == 200
    state = closed.docket.state
    shared, told = state.positions["op4"][seat].statement, state.confidences["op4"][seat].statement
    title = state.convened.title["en"]  # type: ignore[union-attr]
    french = c.AddTranslation(of=shared, lang="fr", text="A nous")
    closed.secretariat.submit(closed.id, french, CHAIR, "translate-1")
    translated = closed.docket.state.translations[shared]["fr"]
    readers = {
        "a stranger": (closed.browser(), {title}),
        "another member": (closed.sign_in(seat=closed.members[1]), {title, shared, translated}),
        "an analyst": (closed.sign_in(office=Office.ANALYST), {title, shared, translated}),
        "its own delegate": (mine, {title, shared, translated, told}),
        "the table": (closed.sign_in(office=Office.FACILITATOR), {title, shared, translated, told}),
    }
    for who, (browser, may_read) in readers.items():
        asked = {"d": [title, shared, translated, told]}
        found = browser.get(f"/d/{closed.id}/texts", query_string=asked).json
        assert {digest for digest, text in found.items() if text} == may_read, who
    with pytest.raises(NotFound, match="facilitators alone"):
        closed.secretariat.submit(
            closed.id, c.AddTranslation(of=told, lang="fr", text="A vous"), CHAIR, "translate-2"
        )


def test_a_copy_with_confidences_is_for_the_table_asked_for_and_named_so(house: House) -> None:
    delegate = house.sign_in(seat=house.members[0])
    send(house, delegate, position(house.members[0], visibility="facilitators"))
    table = house.sign_in(office=Office.SECRETARY)
    for browser, query, told in ((table, "", 1), (delegate, "?whole=1", 1), (table, "?whole=1", 0)):
        answer = browser.get(f"/d/{house.id}/export/jsonl{query}")
        assert verify(answer.data.splitlines()).in_confidence == told
        named = "REHEARSAL-WITH-CONFIDENCES.jsonl" in answer.headers["Content-Disposition"]
        assert named == (not told)


def test_what_a_round_left_open_is_for_those_who_see_positions(closed: House) -> None:
    closed.say(c.CloseRound(round=1, reason="Time is up"), CHAIR)
    left = "members not heard at all"
    assert left not in closed.browser().get("/d/closed/record").text
    assert left in closed.sign_in(seat=closed.members[0]).get("/d/closed/record").text


def test_a_poll_ends_with_the_rights_that_it_began_with(closed: House) -> None:
    browser = closed.sign_in(seat=closed.members[0])
    board = browser.get("/d/closed/board?scope=").json
    rooms = ",".join(f"{room}:{version + 100}" for room, version in board["rooms"].items())
    [holder] = closed.docket.state.delegates
    ending = threading.Timer(0.2, closed.say, (c.RevokeDelegate(holder=holder), CHAIR))
    ending.start()
    answer = browser.get("/d/closed/live", query_string={"epoch": board["epoch"], "rooms": rooms, "wait": 1})
    ending.join()
    assert answer.json == {"reset": True}


@pytest.mark.parametrize("number", ["²", "-1", "9" * 5_000, "٣", "1.5", ""])
def test_what_is_no_number_is_told_so_and_breaks_nothing(house: House, number: str) -> None:
    browser = house.browser()
    epoch = browser.get(f"/d/{house.id}/board").json["epoch"]
    asked = {"epoch": epoch, "rooms": f"public#:{number}", "wait": 0}
    assert browser.get(f"/d/{house.id}/live", query_string=asked).status_code == 422
    assert browser.get(f"/d/{house.id}/board", headers={"X-Seen": quote(number)}).status_code == 200
    assert browser.get(f"/d/{house.id}/workbench", query_string={"ties": number}).status_code == 200


def test_only_so_many_files_are_written_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "EXPORT_WAIT_S", 0.05)
    with ExitStack() as others:
        for _ in range(api.EXPORTS_AT_ONCE):
            others.enter_context(api._one_of_few())
        answer = house.browser().get(f"/d/{house.id}/export/jsonl")
        assert (answer.status_code, "Others are fetching" in answer.text) == (503, True)
    assert house.browser().get(f"/d/{house.id}/export/jsonl").status_code == 200


def test_names_that_nobody_convened_leave_nothing_behind(house: House) -> None:
    browser = house.browser()
    for n in range(20):
        assert browser.get(f"/d/nowhere-{n}/record").status_code == 404
    assert not [name for name in house.secretariat._opening if name.startswith("nowhere")]
