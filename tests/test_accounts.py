"""Accounts and invitation links, on both databases."""

import base64
import re
import threading
from pathlib import Path

import pytest

from deliberate.accounts import Accounts, Invitation, digest_secret, mint_actor
from deliberate.database import Database
from deliberate.errors import Conflict, DeliberateError, Gone, Invalid, NotFound

NOW = "2026-11-23T09:00:00.000Z"
TOMORROW = "2026-11-24T09:00:00.000Z"
NEXT_WEEK = "2026-11-30T09:00:00.000Z"


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


def everything_stored(database: Database) -> str:
    def dump(connection) -> str:
        names = ("accounts", "invitations")
        return repr([connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names])

    return database.read(dump)


def test_actors_are_opaque_and_never_the_same():
    minted = {mint_actor() for _ in range(1_000)}
    assert len(minted) == 1_000
    assert all(re.fullmatch(r"a-[a-z2-7]{16}", actor) for actor in minted)


def test_a_person_is_remembered_changed_and_erased(accounts: Accounts, database: Database):
    actor = mint_actor()
    assert accounts.name_of(actor) is None
    accounts.register("giga", actor, " Wanjikũ  Kamau\n", "w@example.org")
    assert accounts.name_of(actor) == "Wanjikũ Kamau"
    accounts.register("giga", actor, "W. Kamau", None)
    secret = accounts.issue("giga", "i1", TOMORROW)
    accounts.consume(secret, NOW, actor)
    assert accounts.export(actor) == {
        "actor": actor,
        "account": {"deliberation": "giga", "name": "W. Kamau", "address": None},
        "invitations": [{"deliberation": "giga", "invitation": "i1", "used_at": NOW}],
    }
    accounts.erase(actor)
    assert accounts.export(actor) == {"actor": actor, "account": None, "invitations": []}
    assert actor not in everything_stored(database)
    assert accounts.name_of(actor) is None


def test_what_was_erased_is_in_no_file_of_the_database(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    accounts = Accounts(database)
    accounts.register("giga", "a-1", "Wanjiku Kamau", "w@example.org")
    accounts.erase("a-1")
    assert not any(b"Kamau" in file.read_bytes() for file in tmp_path.iterdir())
    database.close()


def test_names_are_fetched_many_at_once_and_the_nameless_are_absent(accounts: Accounts):
    for place in range(20):
        accounts.register("giga", f"a-{place}", f"Delegate {place}" if place % 2 else None, None)
    names = accounts.names_of([f"a-{place}" for place in range(30)])
    assert names == {f"a-{place}": f"Delegate {place}" for place in range(1, 20, 2)}
    assert accounts.names_of([]) == {}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("x" * 201, "201 characters; the limit is 200"),
        ("evil\u202ename", "U\\+202E"),
        ("bell\x07", "U\\+0007"),
    ],
)
def test_a_name_that_cannot_stand_is_refused(accounts: Accounts, name, what):
    with pytest.raises(Invalid, match=what):
        accounts.register("giga", "a-1", name, None)
    assert accounts.export("a-1")["account"] is None


def test_a_link_holds_128_random_bits_and_only_its_digest_is_stored(accounts: Accounts, database: Database):
    secrets = accounts.issue_many("giga", {f"i{n}": TOMORROW for n in range(200)})
    assert list(secrets) == [f"i{n}" for n in range(200)]
    assert len(set(secrets.values())) == 200
    stored = everything_stored(database)
    for secret in secrets.values():
        assert re.fullmatch(r"[A-Za-z0-9_-]{22}", secret)
        assert len(base64.urlsafe_b64decode(secret + "==")) == 16
        assert secret not in stored
        assert digest_secret(secret) in stored


def test_looking_at_a_link_does_not_use_it(accounts: Accounts):
    secret = accounts.issue("giga", "i1", TOMORROW)
    for _ in range(3):
        assert accounts.peek(secret, NOW) == Invitation("giga", "i1", TOMORROW)
    assert accounts.consume(secret, NOW, "a-1") == Invitation("giga", "i1", TOMORROW)


def test_a_link_works_once(accounts: Accounts):
    secret = accounts.issue("giga", "i1", TOMORROW)
    accounts.consume(secret, NOW, "a-1")
    for use in (lambda: accounts.consume(secret, NOW, "a-2"), lambda: accounts.peek(secret, NOW)):
        with pytest.raises(Gone, match=r"This link has been used\. If it was you") as said:
            use()
        assert said.value.code == "link_used"


def test_an_expired_link_lets_nobody_in(accounts: Accounts):
    secret = accounts.issue("giga", "i1", TOMORROW)
    for at in (TOMORROW, NEXT_WEEK):
        with pytest.raises(Gone, match="expired") as said:
            accounts.consume(secret, at, "a-1")
        assert (said.value.code, said.value.detail) == ("link_expired", {"expired_at": TOMORROW})
    assert accounts.consume(secret, NOW, "a-1").invitation == "i1"


def test_a_revoked_link_lets_nobody_in(accounts: Accounts):
    secrets = accounts.issue_many("giga", {"i1": TOMORROW, "i2": TOMORROW})
    accounts.revoke("giga", "i1")
    with pytest.raises(Gone, match="revoked") as said:
        accounts.consume(secrets["i1"], NOW, "a-1")
    assert said.value.code == "link_revoked"
    assert accounts.peek(secrets["i2"], NOW).invitation == "i2"
    for unknown in (("giga", "i9"), ("other", "i2"), (None, "i2")):
        with pytest.raises(NotFound, match="no invitation"):
            accounts.revoke(*unknown)


@pytest.mark.parametrize("forged", ["", "A" * 22, "x" * 10_000, "%00", "' OR 1=1 --", "链接", "\ud800"])
def test_a_forged_link_is_not_known(accounts: Accounts, forged):
    accounts.issue("giga", "i1", TOMORROW)
    with pytest.raises(NotFound, match="not known here"):
        accounts.consume(forged, NOW, "a-1")


def test_a_conveners_link_belongs_to_no_deliberation(accounts: Accounts):
    secret = accounts.issue(None, "convener-1", TOMORROW)
    assert accounts.peek(secret, NOW).deliberation is None
    accounts.revoke(None, "convener-1")
    with pytest.raises(Gone):
        accounts.peek(secret, NOW)


def test_an_invitation_is_issued_once_and_a_batch_wholly_or_not_at_all(
    accounts: Accounts, database: Database
):
    accounts.issue("giga", "i1", TOMORROW)
    with pytest.raises(Conflict, match="issued before"):
        accounts.issue_many("giga", {"i2": TOMORROW, "i1": TOMORROW})
    assert "i2" not in everything_stored(database)
    assert accounts.issue("other", "i1", TOMORROW)
    assert accounts.issue_many("giga", {}) == {}


def test_of_many_who_use_a_link_at_once_one_gets_in(accounts: Accounts, address: str):
    second = Database(address)
    secret = accounts.issue("giga", "i1", TOMORROW)
    together = threading.Barrier(8)
    outcomes: list[Invitation | DeliberateError] = []

    def use(place: int) -> None:
        mine = accounts if place % 2 else Accounts(second)
        together.wait()
        try:
            outcomes.append(mine.consume(secret, NOW, f"a-{place}"))
        except DeliberateError as why:
            outcomes.append(why)

    people = [threading.Thread(target=use, args=(place,)) for place in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    second.close()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Gone"] * 7 + ["Invitation"]
