"""Forms and JSON: bad input gets a clear message and changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deliberate import commands as c
from deliberate.log import verify
from deliberate.vocabulary import Change, Office
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


def test_members_only_positions_are_not_for_the_public(tmp_path: Path) -> None:
    house = House(tmp_path)
    command = c.parse(
        {
            "type": "convene",
            "nature": "rehearsal",
            "title": {"en": "Closed"},
            "languages": ["en"],
            "original": "en",
            "rules": {"audience": "members"},
            "clauses": [
                {"clause": "op1", "kind": "operative", "number": "OP1", "wording": {"en": "Decides."}}
            ],
            "seats": [{"seat": "XAA", "name": {"en": "Aa"}, "kind": "government", "standing": "member"}],
        }
    )
    docket = house.secretariat.create("closed", "rehearsal", {"en": "Closed"})
    docket.submit(command, CHAIR, "convene-1")
    keys = house.browser().get("/d/closed/board?scope=*").json["keys"]
    assert "text/op1" in keys
    assert not [key for key in keys if key.startswith(("cell", "clause/", "cannot/", "beside/"))]
    assert house.browser().get("/d/closed/report").status_code == 403
    assert house.browser().get("/d/closed/export/csv").status_code == 403
    house.close()
