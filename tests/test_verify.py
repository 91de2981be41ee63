"""Checking a log as a file: every flaw is found, and said with its line."""

import hashlib
import json

import pytest
from recording import AT, LATER, REASON, TITLE, convened, position, rows_after, sealed

from deliberate.errors import Damaged
from deliberate.events import TextRedacted
from deliberate.log import GENESIS, chain, verify
from deliberate.log.file import LINE_BYTES_MAX, event_line, header_line, text_line

WORDS = sealed("We cannot accept this 我们不能接受")


def file_of(commands, texts=(), at=AT) -> list[bytes]:
    rows = rows_after((0, GENESIS), commands, at)
    lines = [event_line(row.body, row.digest) for row in rows]
    return [header_line("giga", "deliberation"), *lines, *map(text_line, texts)]


def whole() -> list[bytes]:
    """A log of five events and two texts: lines 1, 2-6, 7-8."""
    commands = [("c1", [convened()]), ("c2", [position("KEN", WORDS.digest), position("FJI")])]
    return file_of([*commands, ("c3", [position("PER")]), ("c4", [position("KEN")])], [TITLE, WORDS])


def rewritten(lines: list[bytes], number: int, **envelope) -> list[bytes]:
    """The log with the event of a line changed and the chain made good again: a forger's work."""
    digest, lines = GENESIS, list(lines)
    for place, line in enumerate(lines[1:], 1):
        if not line.startswith(b'{"digest"'):
            break
        body = json.dumps(json.loads(line)["event"] | (envelope if place == number - 1 else {})).encode()
        digest = chain(digest, body)
        lines[place] = event_line(body, digest)
    return lines


def flaw(lines, head=None) -> Damaged:
    with pytest.raises(Damaged) as said:
        verify(lines, head)
    return said.value


def digest_at(lines: list[bytes], version: int) -> str:
    return json.loads(lines[version])["digest"]


def test_a_whole_log_says_what_it_holds():
    found = verify(whole())
    assert (found.deliberation, found.nature, found.events, found.texts) == ("giga", "deliberation", 5, 2)
    assert (found.withheld, found.receipt, found.head) == (0, None, (5, digest_at(whole(), 5)))


def test_anyone_can_check_the_chain_with_nothing_but_sha256():
    digest = bytes(32)
    for line in whole()[1:6]:
        stated, body = line[11:75].decode(), line[85:-2]
        digest = hashlib.sha256(digest + hashlib.sha256(body).digest()).digest()
        assert digest.hex() == stated
        assert json.loads(line) == {"digest": stated, "event": json.loads(body)}


def test_a_log_contains_the_receipts_it_gave():
    for version in range(1, 6):
        assert verify(whole(), (version, digest_at(whole(), version).upper())).receipt is True


def test_a_receipt_of_another_log_is_not_contained():
    why = flaw(whole(), (3, "ab" * 32))
    assert (why.code, why.detail) == ("edited", {"version": 3})
    assert "not the digest of the receipt" in why.message


def test_texts_that_are_not_there_are_counted():
    assert verify(whole()[:-1]).withheld == 1
    assert verify(whole()[:-2]).withheld == 2


def test_a_redacted_text_is_counted_as_withheld():
    commands = [
        ("c1", [convened()]),
        ("c2", [position("KEN", WORDS.digest)]),
        ("c3", [TextRedacted(WORDS.digest, REASON.digest)]),
    ]
    found = verify(file_of(commands, [TITLE, REASON]))
    assert (found.texts, found.withheld) == (2, 1)


def test_a_log_cut_at_a_line_is_found_by_its_receipt():
    lines = whole()
    assert verify(lines[:4]).events == 3
    why = flaw(lines[:4], (5, digest_at(lines, 5)))
    assert why.code == "truncated"
    assert why.message == "The log ends at version 3, before the receipt's version 5: its end is missing."


@pytest.mark.parametrize("number", range(2, 9))
@pytest.mark.parametrize("kept", [5, 60, 100, -3])
def test_a_log_cut_in_the_middle_of_a_line_says_so(number, kept):
    lines = whole()
    why = flaw([*lines[: number - 1], lines[number - 1][:kept]])
    assert (why.code, why.detail["line"]) == ("truncated", number)
    assert "ends in the middle" in why.message


@pytest.mark.parametrize("number", range(2, 7))
def test_one_changed_letter_in_an_event_breaks_the_chain(number):
    lines = whole()
    lines[number - 1] = lines[number - 1].replace(b"a-tester", b"a-Tester")
    why = flaw(lines)
    assert (why.code, why.detail["line"]) == ("edited", number)
    assert f"the chain breaks at version {number - 1}" in why.message


def test_an_event_formatted_anew_breaks_the_chain():
    lines = whole()
    raw = json.loads(lines[3])
    lines[3] = event_line(json.dumps(raw["event"], indent=None).encode(), raw["digest"])
    assert "chain breaks at version 3" in flaw(lines).message


@pytest.mark.parametrize(
    ("moved", "line", "what"),
    [
        ([0, 1, 2, 4, 5], 4, "version 4 stands where version 3 belongs"),
        ([0, 1, 2, 2, 3], 4, "version 2 stands where version 3 belongs"),
        ([0, 1, 3, 2, 4], 3, "version 3 stands where version 2 belongs"),
        ([0, 2], 2, "version 2 stands where version 1 belongs"),
    ],
)
def test_removed_doubled_and_moved_events_are_found(moved, line, what):
    lines = whole()
    why = flaw([lines[place] for place in moved])
    assert (why.code, why.detail["line"]) == ("edited", line)
    assert what in why.message


def test_an_altered_text_is_found():
    lines = whole()
    lines[7] = lines[7].replace(b"cannot", b"gladly")
    why = flaw(lines)
    assert (why.code, why.detail["line"]) == ("edited", 8)
    assert "do not match their digest" in why.message


def test_a_text_that_no_event_names_or_that_stands_twice_is_found():
    assert "no event names" in flaw([*whole(), text_line(sealed("smuggled"))]).message
    assert "stands here twice" in flaw([*whole(), whole()[7]]).message


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"\n", "neither an event nor a text"),
        (b'{"digest":"short","event":{}}\n', "not an event in the form of this log"),
        (b'{"digest":"' + b"0" * 64 + b'","event":}\n', "not an event in the form of this log"),
        (b'{"digest":"' + b"0" * 64 + b'","event":{"version":2,}}\n', "not JSON any more"),
        (b'{"digest":"' + b"\xff" * 64 + b'","event":{"version":2}}\n', "chain breaks at version 2"),
        (b'{"text":{"digest":"00"}}\n', "not a text in the form of this log"),
        (
            b'{"text":{"digest":"00","salt":"zz","words":"a","lang":null}}\n',
            "not a text in the form of this log",
        ),
        (b'{"text":{"digest":0,"salt":"00","words":7,"lang":null}}\n', "not a text in the form of this log"),
        (
            b'{"text":{"digest":"00","salt":"00","words":"a","lang":["en"]}}\n',
            "not a text in the form of this log",
        ),
        (b'{"text":[]}\n', "not a text in the form of this log"),
        (b"[]\n", "neither an event nor a text"),
        (b"\xff\xfe\x00\n", "neither an event nor a text"),
        (b'{"digest":"' + b"0" * LINE_BYTES_MAX + b"\n", "longer than"),
    ],
)
def test_a_malformed_line_is_named(line, what):
    why = flaw([*whole()[:2], line, *whole()[2:]])
    assert why.detail["line"] == 3
    assert why.message.startswith("Line 3: ")
    assert what in why.message


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[1]\n",
        b'{"deliberate":"log","format":"1"}\n',
        b'{"deliberate":"log","format":1}\n',
        b'{"deliberate":"log","format":1,"deliberation":"a b","nature":"deliberation"}\n',
        b"PK\x03\x04",
        whole()[1],
    ],
)
def test_a_file_that_is_no_log_is_said_to_be_none(first):
    assert flaw([first, *whole()[1:]]).code == "malformed"
    assert flaw([]).code == "malformed"


def test_a_log_of_a_later_format_or_schema_asks_for_a_later_release():
    lines = whole()
    why = flaw([lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]])
    assert (why.code, "format 2" in why.message) == ("future", True)
    for envelope in ({"schema": 2}, {"type": "SilenceBroken"}):
        why = flaw(rewritten(lines, 4, **envelope))
        assert (why.code, why.detail) == ("future", {"line": 4, "version": 3})
        assert "later one" in why.message


@pytest.mark.parametrize(
    ("number", "envelope", "what"),
    [
        (3, {"at": "2026-11-23T08:59:59.999Z"}, "time of version 2 lies before the time of version 1"),
        (3, {"at": "yesterday"}, "no time in UTC"),
        (3, {"version": 7}, "version 7 stands where version 2 belongs"),
        (3, {"version": "2"}, "envelope is malformed"),
        (3, {"schema": "1"}, "envelope is malformed"),
        (3, {"schema": 0}, "envelope is malformed"),
        (3, {"type": ["PositionTaken"]}, "envelope is malformed"),
        (3, {"facts": 5}, "malformed"),
        (3, {"facts": {"clause": "op4"}}, "malformed at revision"),
        (6, {"command": "c2"}, "repeats a command"),
        (
            2,
            {"type": "SeatsCheckedIn", "facts": {"question": 1, "seats": []}},
            "does not begin with the convening",
        ),
    ],
)
def test_a_forger_who_mends_the_chain_is_still_held_to_the_rules_of_a_log(number, envelope, what):
    why = flaw(rewritten(whole(), number, **envelope))
    assert what in why.message
    assert why.detail["line"] == number


def test_a_rehearsal_cannot_be_passed_off_as_a_deliberation():
    lines = whole()
    lines[0] = lines[0].replace(b'"nature":"deliberation"', b'"nature":"rehearsal"')
    why = flaw(lines)
    assert (why.code, why.detail["line"]) == ("edited", 1)
    assert "says rehearsal, but version 1 convened a deliberation" in why.message


def test_times_may_stand_still_and_go_on():
    early = rows_after((0, GENESIS), [("c1", [convened()]), ("c2", [position()])], AT)
    late = rows_after((2, early[-1].digest), [("c3", [position()])], LATER)
    lines = [event_line(row.body, row.digest) for row in (*early, *late)]
    assert verify([header_line("giga", "deliberation"), *lines]).events == 3


def test_windows_line_ends_do_no_harm():
    lines = [line.replace(b"\n", b"\r\n") for line in whole()]
    assert verify(lines).events == 5


def test_a_text_without_a_language_or_with_every_kind_of_letter_verifies():
    odd = sealed("\u2028 \u202eé🕊", None)
    lines = file_of([("c1", [convened()]), ("c2", [position("KEN", odd.digest)])], [TITLE, odd])
    assert (verify(lines).texts, verify(lines).withheld) == (2, 0)
