"""The log: the same promises on SQLite and on PostgreSQL."""

import hashlib
import json
import multiprocessing
from pathlib import Path

import pytest
from recording import (
    AT,
    LATER,
    REASON,
    TITLE,
    convene,
    convened,
    position,
    record,
    rows_after,
    sealed,
    write_many,
)

from deliberate.database import Database
from deliberate.errors import Conflict, Damaged, NotFound
from deliberate.events import TextRedacted
from deliberate.log import GENESIS, Answer, Log, Lost, Repeated, StoredText, chain, verify


def test_what_was_appended_is_read_back_byte_for_byte(log: Log):
    log.create("giga", "deliberation", "{}", AT)
    rows = rows_after((0, GENESIS), [("c1", [convened(), position("KEN")]), ("c2", [position("ÅLA 中文")])])
    log.append("giga", decided_on=0, rows=rows, at=AT)
    assert log.read("giga") == [(row.version, row.body, row.digest) for row in rows]
    assert log.head("giga") == (3, rows[-1].digest)
    assert log.read("giga", after=1, limit=1) == [(2, rows[1].body, rows[1].digest)]
    assert log.read("giga", after=3) == []


def test_the_chain_starts_from_zeros_and_covers_every_byte_before():
    def seal(body: bytes) -> bytes:
        return hashlib.sha256(body).digest()

    first = seal(bytes(32) + seal(b"one"))
    assert chain(GENESIS, b"one") == first.hex()
    assert chain(first.hex(), b"two") == seal(first + seal(b"two")).hex()


def test_an_append_that_was_decided_on_an_older_head_loses_and_leaves_nothing(log: Log):
    convene(log)
    head = log.head("giga")
    mine = rows_after(head, [("mine", [position("KEN", REASON.digest)])])
    theirs = record(log, "giga", "theirs", position("FJI"))
    with pytest.raises(Lost):
        log.append("giga", decided_on=head[0], rows=mine, texts=[REASON], at=AT)
    assert log.head("giga") == (2, theirs[0].digest)
    assert log.answers("giga", ["mine"]) == {}
    assert log.texts("giga", [REASON.digest]) == {}


def test_a_command_id_enters_a_log_once(log: Log):
    convene(log)
    record(log, "giga", "c1", position("KEN"))
    head = log.head("giga")
    again = rows_after(head, [("c2", [position("FJI")]), ("c1", [position("FJI")])])
    with pytest.raises(Repeated) as said:
        log.append("giga", decided_on=head[0], rows=again, at=AT)
    assert said.value.args == ("c1",)
    assert log.head("giga") == head
    convene(log, "other")
    record(log, "other", "c1", position("KEN"))  # ids are each deliberation's own


def test_an_answer_is_the_last_event_of_its_command(log: Log):
    convene(log)
    rows = record(log, "giga", "c1", position("KEN"), position("FJI"), position("PER"))
    record(log, "giga", "c2", position("KEN"))
    assert log.answers("giga", ["c1", "unknown"]) == {"c1": Answer(4, rows[-1].digest, "digest of c1")}
    assert set(log.answers("giga", [f"x{n}" for n in range(1_200)] + ["c2"])) == {"c2"}


def test_versions_that_do_not_follow_are_refused(log: Log):
    convene(log)
    rows = rows_after((5, GENESIS), [("c1", [position()])])
    with pytest.raises(ValueError, match="do not follow"):
        log.append("giga", decided_on=1, rows=rows, at=AT)


def test_an_unknown_deliberation_is_said_to_be_unknown(log: Log):
    rows = rows_after((0, GENESIS), [("c1", [convened()])])
    for ask in (log.head, log.entry, log.secret, log.epoch, log.export):
        with pytest.raises(NotFound, match="no deliberation nowhere"):
            ask("nowhere")
    with pytest.raises(NotFound):
        log.append("nowhere", decided_on=0, rows=rows, at=AT)
    with pytest.raises(NotFound):
        log.locked("nowhere", lambda ledger: ledger.head())
    assert log.read("nowhere") == []


def test_the_index_lists_the_newest_first_with_its_next_deadline(log: Log):
    convene(log, "older")
    log.create("newer", "rehearsal", '{"en": "Another"}', LATER)
    rows = rows_after(log.head("older"), [("c1", [position()])])
    log.append("older", decided_on=1, rows=rows, next_deadline=LATER, at=AT)
    newer, older = log.index()
    assert (newer.id, newer.nature, newer.head, newer.next_deadline) == ("newer", "rehearsal", 0, None)
    assert (older.id, older.head, older.next_deadline) == ("older", 2, LATER)
    assert log.entry("older") == older
    assert json.loads(newer.title) == {"en": "Another"}


def test_an_id_is_taken_once_and_each_log_has_its_own_secret_and_epoch(log: Log):
    convene(log)
    convene(log, "other")
    with pytest.raises(Conflict, match="giga"):
        log.create("giga", "deliberation", "{}", AT)
    assert len(log.secret("giga")) == 32
    assert log.secret("giga") != log.secret("other")
    assert log.epoch("giga") != log.epoch("other")


def test_texts_are_fetched_by_digest_however_many(log: Log):
    convene(log)
    many = [sealed(f"{n} words, 语言 {n}", "zh") for n in range(1_200)]
    record(log, "giga", "c1", position(), texts=many)
    found = log.texts("giga", [text.digest for text in many] + ["0" * 64])
    assert len(found) == 1_200
    assert found[many[7].digest] == StoredText(many[7].words, "zh", many[7].salt)


def test_redaction_deletes_words_and_salt_and_leaves_the_chain_whole(log: Log):
    convene(log)
    secret = sealed("Write to me at 1 Private Street")
    record(log, "giga", "c1", position("KEN", secret.digest), texts=[secret])
    event = TextRedacted(secret.digest, REASON.digest)
    record(log, "giga", "c2", event, texts=[REASON], redact=[secret.digest], at=LATER)
    assert log.texts("giga", [secret.digest]) == {secret.digest: StoredText(None, "en", None)}
    lines = list(log.export("giga"))
    assert not any(b"Private Street" in line for line in lines)
    found = verify(lines, log.head("giga"))
    assert (found.events, found.texts, found.withheld, found.receipt) == (3, 2, 1, True)


def test_a_redacted_title_leaves_the_index_too(log: Log):
    convene(log)
    record(
        log, "giga", "c1", TextRedacted(TITLE.digest, REASON.digest), texts=[REASON], redact=[TITLE.digest]
    )
    assert log.entry("giga").title == "{}"


def test_redacted_words_are_in_no_file_of_the_database(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    log = Log(database)
    convene(log)
    secret = sealed("Write to me at 1 Private Street. " * 300)
    record(log, "giga", "c1", position("KEN", secret.digest), texts=[secret])
    assert any(b"Private Street" in file.read_bytes() for file in tmp_path.iterdir())
    record(
        log, "giga", "c2", TextRedacted(secret.digest, REASON.digest), texts=[REASON], redact=[secret.digest]
    )
    assert not any(b"Private Street" in file.read_bytes() for file in tmp_path.iterdir())
    database.close()


def test_an_exported_log_restores_to_the_same_bytes(log: Log):
    convene(log)
    words = sealed("مرحبا", "ar")
    record(log, "giga", "c1", position("KEN", words.digest), position("FJI"), texts=[words])
    record(log, "giga", "c2", position("PER"), at=LATER)
    lines = list(log.export("giga"))
    moved = [line.replace(b'"deliberation":"giga"', b'"deliberation":"moved"', 1) for line in lines]
    assert log.restore(iter(moved)) == "moved"
    assert list(log.export("moved")) == moved
    assert log.head("moved") == log.head("giga")
    assert log.answers("moved", ["c1"])["c1"] == Answer(3, log.read("giga", 2, 1)[0][2], "")
    entry = log.entry("moved")
    assert (json.loads(entry.title), entry.created_at) == ({"en": "A fair title"}, AT)
    assert log.epoch("moved") != log.epoch("giga")
    record(log, "moved", "c3", position("KEN"), at=LATER)


def test_a_restore_is_all_or_nothing(log: Log):
    convene(log)
    for place in range(5):
        record(log, "giga", f"c{place}", position())
    lines = [line.replace(b'"giga"', b'"moved"', 1) for line in log.export("giga")]
    lines[5] = lines[5].replace(b"KEN", b"FJI")
    with pytest.raises(Damaged, match=r"Line 6: the chain breaks at version 5"):
        log.restore(lines)
    assert [entry.id for entry in log.index()] == ["giga"]
    with pytest.raises(Conflict):
        log.restore(list(log.export("giga")))
    with pytest.raises(Damaged, match="nothing to restore"):
        log.restore(lines[:1])


def test_a_batch_that_holds_the_lock_cannot_lose_and_undoes_what_fails(log: Log):
    convene(log)

    def decide(ledger):
        head = ledger.head()
        ledger.append(decided_on=head[0], rows=rows_after(head, [("c1", [position()])]), at=AT)
        assert [version for version, _, _ in ledger.read(1)] == [2]
        return ledger.answers(["c1"])["c1"].version

    assert log.locked("giga", decide) == 2

    def fail(ledger):
        head = ledger.head()
        ledger.append(decided_on=head[0], rows=rows_after(head, [("c2", [position()])]), at=AT)
        raise KeyError("no")

    with pytest.raises(KeyError):
        log.locked("giga", fail)
    assert log.head("giga")[0] == 2


def test_two_processes_that_append_at_once_lose_nothing(address: str, log: Log):
    convene(log)
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(2)
    writers = [
        spawn.Process(target=write_many, args=(address, name, 60, together)) for name in ("KEN", "FJI")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    found = verify(log.export("giga"))
    assert found.events == log.head("giga")[0] == 1 + 2 * 60 * 3
    ids = [f"{name}-{batch}-{place}" for name in ("KEN", "FJI") for batch in range(60) for place in range(3)]
    assert len(log.answers("giga", ids)) == len(ids)
