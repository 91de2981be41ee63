"""Links, sessions and places."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deliberate import commands as c
from deliberate.database import Database
from deliberate.secretariat import Secretariat
from deliberate.vocabulary import Office
from deliberate.web.security import local
from tests.web.house import CHAIR, FAR, House, position


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.open_round()
    yield house
    house.close()


def test_opening_a_link_uses_nothing_up_and_posting_it_does(house: House) -> None:
    seat = house.members[0]
    secret = house.link(seat=seat)
    scanner = house.browser()
    for _ in range(3):
        assert scanner.get(f"/in/{secret}").status_code == 200
    assert not house.docket.state.delegates
    answer = house.browser().post(f"/in/{secret}")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/desk")
    assert list(house.docket.state.delegates.values()) == [seat]


def test_a_page_with_a_link_sends_no_referrer(house: House) -> None:
    answer = house.browser().get(f"/in/{house.link(seat=house.members[0])}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_used_link_says_so(house: House, method: str) -> None:
    secret = house.link(seat=house.members[0])
    house.browser().post(f"/in/{secret}")
    answer = getattr(house.browser(), method)(f"/in/{secret}")
    assert answer.status_code == 410
    assert "has been used" in answer.text


def test_an_expired_link_says_so(house: House) -> None:
    secret = house.accounts.issue(house.id, "i-old", "2020-01-01T00:00:00.000Z")
    answer = house.browser().get(f"/in/{secret}")
    assert answer.status_code == 410
    assert "has expired" in answer.text


def test_a_revoked_link_says_so(house: House) -> None:
    secret = house.link(seat=house.members[0])
    invitation = next(iter(house.docket.state.invitations))
    house.say(c.RevokeInvitation(invitation=invitation), CHAIR)
    house.accounts.revoke(house.id, invitation)
    assert "revoked" in house.browser().get(f"/in/{secret}").text


def test_a_link_revoked_in_the_log_alone_lets_nobody_in(house: House) -> None:
    secret = house.link(seat=house.members[0])
    house.say(c.RevokeInvitation(invitation=next(iter(house.docket.state.invitations))), CHAIR)
    for answer in (house.browser().get(f"/in/{secret}"), house.browser().post(f"/in/{secret}")):
        assert (answer.status_code, "revoked" in answer.text) == (410, True)
    assert not house.docket.state.delegates


def test_a_link_that_another_process_made_a_moment_ago_works(house: House) -> None:
    elsewhere = Secretariat(Database(house.settings.database_url))
    secret = house.accounts.issue(house.id, "i-new", FAR)
    draft = c.InvitationDraft(invitation="i-new", expires_at=FAR, seat=house.members[0])
    elsewhere.submit(house.id, c.IssueInvitations(invitations=(draft,)), CHAIR, c.mint("c"))
    assert "i-new" not in house.docket.state.invitations
    browser = house.browser()
    assert "Enter as" in browser.get(f"/in/{secret}").text
    assert browser.post(f"/in/{secret}").status_code == 303
    elsewhere.close()
    elsewhere.database.close()


def test_a_forged_link_is_not_known_and_guessing_is_slowed_down(tmp_path: Path) -> None:
    house = House(tmp_path, failed_sign_ins_per_minute=5)
    guesser = house.browser()
    answers = [guesser.get(f"/in/{'x' * 21}{n}").status_code for n in range(8)]
    assert answers[:5] == [404] * 5
    assert answers[-1] == 429
    assert house.browser().post(f"/in/{house.link(seat=house.members[0])}").status_code == 303
    house.close()


def test_each_office_is_led_to_its_page(house: House) -> None:
    for office, page in (
        (Office.CHAIR, "/chair"),
        (Office.ANALYST, "/workbench"),
        (Office.READER, "/record"),
    ):
        browser = house.sign_in(office=office)
        assert browser.get(f"/d/{house.id}/").headers["Location"].endswith(page)


def test_outside_a_rehearsal_nobody_holds_a_seat_beside_an_office(tmp_path: Path) -> None:
    house = House(tmp_path, "initiative")
    browser = house.sign_in(seat="KEN")
    answer = browser.post(f"/in/{house.link(office=Office.SECRETARY)}")
    assert answer.status_code == 409
    assert "nobody holds an office beside a seat" in answer.text
    officer = house.sign_in(office=Office.SECRETARY)
    answer = officer.post(f"/in/{house.link(seat='FJI')}")
    assert answer.status_code == 409
    assert "nobody holds a seat beside one" in answer.text
    house.close()


def test_in_a_rehearsal_one_browser_may_see_every_place(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    assert browser.post(f"/in/{house.link(office=Office.CHAIR)}").status_code == 303
    assert browser.get(f"/d/{house.id}/desk").status_code == 200
    assert browser.get(f"/d/{house.id}/chair").status_code == 200


def test_signing_out_forgets_everything(house: House) -> None:
    browser = house.sign_in(seat=house.members[0])
    browser.post("/sign-out")
    answer = browser.post(
        f"/d/{house.id}/commands", json={"id": "command-1", "command": position(house.members[0])}
    )
    assert answer.status_code == 403


def test_a_revoked_delegate_may_do_nothing_more(house: House) -> None:
    seat = house.members[0]
    browser = house.sign_in(seat=seat)
    holder = next(iter(house.docket.state.delegates))
    house.say(c.RevokeDelegate(holder=holder), CHAIR)
    answer = browser.post(f"/d/{house.id}/commands", json={"id": "command-1", "command": position(seat)})
    assert answer.status_code == 403


def test_a_name_is_kept_outside_the_log(house: House) -> None:
    browser = house.browser()
    browser.post(f"/in/{house.link(seat=house.members[0])}", data={"name": "Ada Example"})
    actor = next(iter(house.docket.state.delegates))
    assert house.accounts.name_of(actor) == "Ada Example"
    assert b"Ada Example" not in b"".join(house.secretariat.log.export(house.id))


def test_a_name_is_erased_when_its_owner_asks(house: House) -> None:
    browser = house.browser()
    browser.post(f"/in/{house.link(seat=house.members[0])}", data={"name": "Ada Example"})
    actor = next(iter(house.docket.state.delegates))
    browser.post("/sign-out", data={"erase": "1"})
    assert house.accounts.name_of(actor) is None
    assert actor in house.docket.state.delegates


def test_the_session_cookie_is_http_only_and_same_site(house: House) -> None:
    answer = house.browser().post(f"/in/{house.link(seat=house.members[0])}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_only_what_changes_a_session_sends_it_again(house: House) -> None:
    """An answer that was waited for would otherwise undo a sign-in that happened meanwhile."""
    browser = house.sign_in(seat=house.members[0])
    browser.get(f"/d/{house.id}/desk")
    for path in ("desk", "board", "live?epoch=other", "texts", "record"):
        assert "Set-Cookie" not in browser.get(f"/d/{house.id}/{path}").headers, path


def test_a_language_is_kept_and_only_local_pages_are_returned_to(house: House) -> None:
    browser = house.browser()
    answer = browser.post("/language", data={"lang": "zh", "next": "//evil.example/x"})
    assert answer.headers["Location"] == "/"
    assert 'lang="zh"' in browser.get("/").text


def test_a_name_that_cannot_stand_does_not_use_the_link_up(house: House) -> None:
    browser, secret = house.browser(), house.link(seat=house.members[0])
    answer = browser.post(f"/in/{secret}", data={"name": "Ada\u202eadA"})
    assert answer.status_code == 422
    assert not house.docket.state.delegates
    assert browser.post(f"/in/{secret}", data={"name": "Ada"}).status_code == 303


def test_nobody_can_block_a_link_by_what_the_log_says_of_it(house: House) -> None:
    secret = house.link(seat=house.members[0])
    [invitation] = house.docket.state.invitations
    meddler = house.sign_in(seat=house.members[1])
    answer = meddler.post(
        f"/d/{house.id}/commands",
        json={"id": f"accept-{invitation}"[:64], "command": position(house.members[1])},
    )
    assert answer.status_code == 200
    assert house.browser().post(f"/in/{secret}").status_code == 303


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\t/evil.example", "/\\evil.example", "/\t\\evil.example", "x"]
)
def test_what_a_browser_would_read_as_another_host_is_no_way_back(path: str) -> None:
    assert local(path, "/") == "/"
    assert local("/d/talks/desk?clause=op4#position", "/") == "/d/talks/desk?clause=op4#position"


def test_a_place_in_a_database_that_is_gone_is_no_fault(house: House) -> None:
    browser = house.browser()
    with browser.session_transaction() as session:
        session["places"] = {"gone": ["a-somebody"]}
    assert browser.get("/convene").status_code == 403
    assert browser.get("/").status_code == 200
