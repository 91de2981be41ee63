"""Rehearsing an event: what is counted, and that nothing but a rehearsal is touched."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import orjson
import pytest

from deliberate import commands as c
from deliberate.accounts import Accounts
from deliberate.database import Database
from deliberate.errors import DeliberateError, Forbidden, Invalid
from deliberate.events import PositionTaken, StakeholderSeated, decode
from deliberate.log import Log, verify
from deliberate.moments import later, now
from deliberate.rehearse import run
from deliberate.rehearse.drive import Run, Sent, delays
from deliberate.rehearse.figures import Figures, Spread, spread
from deliberate.rehearse.hall import Seen, Watcher
from deliberate.rehearse.own import Server, own_server
from deliberate.rehearse.visitor import Answer, forms
from deliberate.rehearse.wire import Line, frame
from deliberate.secretariat import Secretariat
from deliberate.vocabulary import ClauseKind, Nature, Office, StakeholderKind, Standing
from deliberate.web.figures import BEAT_S, Pulse

NOWHERE = urlsplit("http://127.0.0.1:1")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as server:
        yield server


def test_a_rehearsal_brings_its_delegates_in_and_every_board_sees_every_position(server: Server):
    said: list[str] = []
    figures = run(
        server.link(), delegates=4, watchers=6, rate=20, seconds=2, progress=lambda what, _: said.append(what)
    )
    assert (figures.delegates, figures.watchers, figures.errors, figures.accepted) == (4, 6, 0, 40)
    assert 10 < figures.accepted_per_s < 25
    assert figures.ack_ms.p50 <= figures.ack_ms.p95 <= figures.ack_ms.p99
    assert figures.ack_ms.p50 < figures.seen_ms.p50 <= figures.seen_slowest_ms
    assert 0 <= figures.loop_stall_ms_p99 <= figures.loop_stall_ms_max
    assert figures.sentence.startswith("This machine carries 4 delegates at 20 positions a second with p95 ")
    assert list(dict.fromkeys(said)) == ["Delegates sign in", "Watchers come in", "Positions are sent"]
    promised = {
        "accepted_per_s", "ack_ms", "seen_ms", "seen_slowest_ms", "loop_stall_ms_p99", "loop_stall_ms_max",
        "memory_per_client_kb", "delegates", "watchers", "errors",
    }  # fmt: skip
    assert promised <= json.loads(json.dumps(figures.as_dict())).keys()

    database = Database(server.database_url)
    log = Log(database)
    assert log.entry(figures.deliberation).nature == Nature.REHEARSAL
    assert verify(log.export(figures.deliberation)).nature == Nature.REHEARSAL
    rows = log.read(figures.deliberation)
    database.close()
    events = [decode(body, digest).event for _, body, digest in rows]
    assert sum(isinstance(event, PositionTaken) for event in events) == 40


def test_all_at_once_everybody_sends_as_fast_as_the_limits_let_them(server: Server):
    figures = run(server.link(), delegates=44, watchers=0, rate=0, seconds=1)
    assert figures.errors == 0
    assert figures.accepted <= 44 * (60 + 20 * 2), "the burst and the rate of one seat, for each"
    assert figures.seen_ms is None
    assert figures.accepted > 44
    assert "positions a second from 44 delegates at once" in figures.sentence
    database = Database(server.database_url)
    rows = Log(database).read(figures.deliberation)
    database.close()
    events = [decode(body, digest).event for _, body, digest in rows]
    seats = [event.seat for event in events if isinstance(event, StakeholderSeated)]
    assert seats[-2:] == ["DEL-043", "DEL-044"], (
        "two more than the scenario seats, by names that nobody bears"
    )


def test_a_chair_rehearses_without_a_trace_in_the_own_deliberation(server: Server):
    link, talks = a_real_deliberation(server, office=Office.CHAIR)
    figures = run(link, delegates=1, watchers=0, rate=5, seconds=0.5)
    assert figures.deliberation != "talks"
    head, last = talks()
    assert (head, last) == (6, "InvitationAccepted"), "signing in is all that happened there"


def test_whoever_may_not_convene_is_told_so(server: Server):
    link, _ = a_real_deliberation(server, seat="S1", name="other")
    with pytest.raises(Forbidden, match=r"does not let its holder convene"):
        run(link, delegates=1, watchers=0, rate=5, seconds=0.5)
    with pytest.raises(Forbidden, match="link"):
        run(f"{server.url}/in/forged", delegates=1, watchers=0, rate=5, seconds=0.5)
    with pytest.raises(Invalid, match="sign-in link"):
        run(server.url, delegates=1)
    with pytest.raises(Invalid, match="at least one delegate"):
        run(server.link(), delegates=0)
    with pytest.raises(DeliberateError, match="does not answer"):
        run("http://127.0.0.1:1/in/secret")


def a_real_deliberation(
    server: Server, *, seat: str | None = None, office: Office | None = None, name: str = "talks"
):
    """Return a link into a deliberation that is no rehearsal, and a function that tells how long its log is."""
    database = Database(server.database_url)
    secretariat = Secretariat(database)
    clause = c.ClauseDraft(clause="op1", kind=ClauseKind.OPERATIVE, wording={"en": "Decides."})
    state = c.SeatDraft(
        seat="S1", name={"en": "A State"}, kind=StakeholderKind.GOVERNMENT, standing=Standing.MEMBER
    )
    command = c.Convene(
        title={"en": "A fair title"}, languages=("en",), original="en", clauses=(clause,), seats=(state,)
    )
    docket = secretariat.create(name, command.nature, {"en": "A fair title"})
    docket.submit(command, "a-chair", c.mint("t"))
    expires = later(now(), 600)
    draft = c.InvitationDraft(invitation="i1", expires_at=expires, seat=seat, office=office)
    docket.submit(c.IssueInvitations(invitations=(draft,)), "a-chair", c.mint("t"))
    secret = Accounts(database).issue(name, "i1", expires)
    secretariat.close()
    database.close()

    def tell() -> tuple[int, str]:
        database = Database(server.database_url)
        version, body, digest = Log(database).read(name)[-1]
        database.close()
        return version, type(decode(body, digest).event).__name__

    return f"{server.url}/in/{secret}", tell


def test_percentiles_are_samples_that_were_seen():
    assert spread([]) is None
    assert spread([0.004]) == Spread(4.0, 4.0, 4.0)
    assert spread([n / 1000 for n in range(100, 0, -1)]) == Spread(50.0, 95.0, 99.0)


def figures(**more: object) -> Figures:
    about = {
        "deliberation": "d", "delegates": 64, "watchers": 1000, "rate": 100.0, "seconds": 10.0, "accepted": 1000,
        "accepted_per_s": 99.9, "ack_ms": Spread(1, 2, 3), "seen_ms": Spread(4, 5, 6), "seen_slowest_ms": 7.0,
        "loop_stall_ms_p99": 1.0, "loop_stall_ms_max": 2.0, "memory_per_client_kb": 60.0, "errors": 0, "refusals": {},
    }  # fmt: skip
    return Figures(**about | more)


def test_the_sentence_says_what_was_measured_and_nothing_else():
    assert "p95 5 ms from sending to every one of 1,000 boards" in figures().sentence
    assert "acknowledged with p95 2 ms" in figures(seen_ms=None, watchers=0).sentence
    assert figures(rate=0).sentence.endswith(
        "100 positions a second from 64 delegates at once, each acknowledged with p95 2 ms."
    )
    assert figures(rate=0, refusals={"too_fast": 9}).sentence.endswith("held back by the limit of each seat.")
    assert figures(ack_ms=None, accepted=0).sentence.startswith("No position was accepted")


def test_a_stall_weighs_as_long_as_it_lasts():
    pulse = Pulse()
    for late in [0.0] * 990 + [0.1] * 10:
        pulse._late_s[pulse._count] = late
        pulse._count += 1
    assert pulse.stall_ms(1_000) == (100.0, 100.0), "one beat in a hundred, and a sixth of the time"
    assert pulse.stall_ms(1_000, percent=50) == (0.0, 100.0)
    assert pulse.stall_ms(BEAT_S / 2) == (100.0, 100.0)
    assert Pulse().stall_ms(60) is None


def test_delays_are_counted_from_when_a_position_was_due():
    position = Sent(10.0, "op1", "KEN", acknowledged=10.01, version=7)
    unheard = Sent(10.0, "op1", "FJI", acknowledged=10.01, version=9)
    refused = Sent(10.0, "op1", "PER")
    watcher = Watcher(Line(NOWHERE, {}), {"public#*": 5}, sampled=True)
    watcher.seen = [
        Seen(10.1, 6, frozenset({"cell/op1/KEN"})),
        Seen(10.2, 8, frozenset({"cells/op1"})),
        Seen(10.3, 9, frozenset({"round"})),
    ]
    assert [
        delay and round(delay, 3) for delay in delays(Run([position, unheard, refused]).accepted, watcher)
    ] == [
        0.2,
        None,
    ]


def test_a_watcher_keeps_its_board_by_the_push_rule():
    watcher = Watcher(Line(NOWHERE, {}), {"public#*": 5}, sampled=True)

    def push(after: int, version: int) -> bytes:
        return orjson.dumps({"room": "public#*", "after": after, "version": version, "keys": {"round": None}})

    watcher.take("beacon", b"{}")
    watcher.take("push", push(3, 5))  # old
    watcher.take("push", push(4, 7))
    watcher.take("push", push(4, 7))  # twice
    assert (watcher.rooms, [seen.version for seen in watcher.seen]) == ({"public#*": 7}, [7])


def test_frames_that_come_in_pieces_are_put_together():
    got: list[tuple[str, bytes]] = []
    line = Line(NOWHERE, {}, on_event=lambda name, raw: got.append((name, raw)))
    packets = [b'42["a",1]', b'42["b",{"x":"y,z"}]', b'42["c","' + b"y" * 70_000 + b'"]', b'42["d"]']
    stream = b"".join(unmasked(packet) for packet in packets)
    buffer = bytearray()
    for start in range(0, len(stream), 1_001):
        buffer += stream[start : start + 1_001]
        line._take_frames(buffer)
    assert [name for name, _ in got] == ["a", "b", "c", "d"]
    assert got[0][1] == b"1"
    assert len(orjson.loads(got[2][1])) == 70_000
    assert got[3][1] == b"null"
    assert buffer == b""


def unmasked(payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    wide = size > 65_535
    return bytes((0x81, 127 if wide else 126)) + size.to_bytes(8 if wide else 2, "big") + payload


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_a_browser_sends_is_masked_and_whole(size: int):
    sent = frame(b"z" * size)
    head = 2 if size < 126 else 4 if size < 65_536 else 10
    mask, body = sent[head : head + 4], sent[head + 4 :]
    assert sent[1] & 0x80
    assert bytes(byte ^ mask[n % 4] for n, byte in enumerate(body)) == b"z" * size


def test_a_form_is_sent_as_it_stands_on_the_page():
    page = b"""<form action="/a"><input name="csrf_token" value="t"><input name="id" value="d-1">
      <input type="radio" name="way" value="one"><input type="radio" name="way" value="two" checked>
      <select name="rule"><option value="x"><option value="y" selected></select>
      <textarea name="words">\nTwo &amp; three</textarea><input type="submit" name="go" value="Go"></form><form></form>"""
    assert forms(Answer(200, "/here", {}, page)) == [
        ("/a", [("id", "d-1"), ("way", "two"), ("rule", "y"), ("words", "Two & three")]),
        ("/here", []),
    ]
