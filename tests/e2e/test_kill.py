"""What was acknowledged is there: after a kill in the middle of the load, and with two processes that both write."""

import json
import multiprocessing
import threading
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier, Event

import gevent
import pytest

from deliberate import commands as c
from deliberate.database import Database
from deliberate.errors import Refused
from deliberate.events import PositionTaken, RoundClosed, decode
from deliberate.log import Log, verify
from deliberate.rehearse.hall import Hall
from deliberate.rehearse.own import Server, own_server
from deliberate.rehearse.wire import LineLost
from deliberate.secretariat import Secretariat
from deliberate.vocabulary import ClauseKind, RoundKind, StakeholderKind, Stance, Standing

DELEGATES = 16
BEFORE_THE_KILL = 400
WRITERS = 8
CHAIR = "a-chair"
TALKS = "talks"


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server(
        {"DELIBERATE_COMMANDS_PER_SECOND": "5000", "DELIBERATE_COMMANDS_BURST": "5000"}
    ) as server:
        yield server


def test_a_kill_in_the_middle_of_the_load_loses_nothing_that_was_acknowledged(server: Server):
    hall = Hall(server.link(), lambda _what, _share: None)
    hall.bring_delegates(DELEGATES)
    receipts: list[dict[str, object]] = []
    refused: list[object] = []
    stances = list(Stance)

    def keep_sending(n: int) -> None:
        delegate, sent = hall.delegates[n], 0
        while delegate.line.lost is None:
            command = {
                "type": "take_position", "clause": hall.clauses[sent % len(hall.clauses)], "revision": 1,
                "seat": delegate.seat, "stance": stances[sent % len(stances)],
            }  # fmt: skip
            sent += 1
            try:
                answer = delegate.line.ask("command", {"id": c.mint("k"), "command": command})
            except LineLost:
                return
            (receipts if "receipt" in answer else refused).append(answer.get("receipt", answer))

    senders = [gevent.spawn(keep_sending, n) for n in range(DELEGATES)]
    with gevent.Timeout(60):
        while len(receipts) < BEFORE_THE_KILL:
            gevent.sleep(0.01)
    server.kill()
    gevent.joinall(senders, timeout=20)
    hall.close()
    assert refused == []
    assert len(receipts) >= BEFORE_THE_KILL

    database = Database(server.database_url)
    log = Log(database)
    try:
        assert database.settings()["synchronous"] == 2, "every commit waits for the disk"
        assert database.settings()["journal_mode"] == "wal"
        digests = {version: digest for version, _, digest in read(log, hall.id)}
        assert [r for r in receipts if digests.get(int(str(r["version"]))) != r["digest"]] == []
        last = max(receipts, key=lambda receipt: int(str(receipt["version"])))
        checked = verify(log.export(hall.id), head=(int(str(last["version"])), str(last["digest"])))
        assert checked.receipt
        assert checked.events == log.head(hall.id)[0]
    finally:
        database.close()

    server.start()
    again = Hall(server.link(), lambda _what, _share: None)
    board = again.chair.json(f"/d/{hall.id}/board?scope=*")
    assert max(board["rooms"].values()) == checked.events, "the server goes on where the log ends"
    again.close()


def read(log: Log, deliberation: str) -> list[tuple[int, bytes, str]]:
    """Return the whole log: (version, body, digest)."""
    rows = log.read(deliberation)
    while more := log.read(deliberation, len(rows)):
        rows += more
    return rows


def convened(address: str) -> Secretariat:
    """Return the secretariat of a deliberation on two paragraphs, with its delegates and its first round open."""
    secretariat = Secretariat(Database(address))
    command = c.Convene(
        title={"en": "A fair title"}, languages=("en",), original="en",
        clauses=tuple(
            c.ClauseDraft(clause=name, kind=ClauseKind.OPERATIVE, wording={"en": "Decides."}) for name in ("op1", "op2")
        ),
        seats=tuple(
            c.SeatDraft(
                seat=f"S{n}", name={"en": f"State {n}"}, kind=StakeholderKind.GOVERNMENT, standing=Standing.MEMBER
            )
            for n in range(WRITERS)
        ),
    )  # fmt: skip
    docket = secretariat.create(TALKS, command.nature, json.dumps({"en": "A fair title"}))
    docket.submit(command, CHAIR, c.mint("t"))
    drafts = tuple(
        c.InvitationDraft(invitation=f"i{n}", expires_at="2090-01-01T00:00:00.000Z", seat=f"S{n}")
        for n in range(WRITERS)
    )
    docket.submit(c.IssueInvitations(invitations=drafts), CHAIR, c.mint("t"))
    for n in range(WRITERS):
        docket.submit(c.AcceptInvitation(invitation=f"i{n}"), f"a-{n}", c.mint("t"))
    docket.submit(c.OpenRound(kind=RoundKind.NEGOTIATION), CHAIR, c.mint("t"))
    return secretariat


def take_positions(address: str, ready: Barrier, under_way: Event) -> None:
    """State positions for every seat until the round is closed: what the first process runs."""
    secretariat = Secretariat(Database(address))
    docket = secretariat.docket(TALKS)
    ready.wait()

    def keep_sending(n: int) -> None:
        for sent in range(100_000):
            stance = Stance.ACCEPT if sent % 2 else Stance.SUPPORT
            command = c.TakePosition(clause=f"op{sent % 2 + 1}", revision=1, seat=f"S{n}", stance=stance)
            try:
                docket.submit(command, f"a-{n}", c.mint("t"))
            except Refused:
                return
            if sent == 20:
                under_way.set()

    threads = [threading.Thread(target=keep_sending, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    secretariat.close()
    secretariat.database.close()


def test_when_another_process_closes_the_round_no_position_has_a_later_version(address: str):
    database = Database(address)
    database.upgrade()
    database.close()
    secretariat = convened(address)
    context = multiprocessing.get_context("spawn")
    ready, under_way = context.Barrier(2), context.Event()
    other = context.Process(target=take_positions, args=(address, ready, under_way), daemon=True)
    other.start()
    ready.wait(60)
    assert under_way.wait(60)
    closed = secretariat.docket(TALKS).submit(c.CloseRound(round=1, reason="Time is up."), CHAIR, c.mint("t"))
    other.join(60)
    assert other.exitcode == 0
    log = Log(secretariat.database)
    events = [(version, decode(body, digest).event) for version, body, digest in read(log, TALKS)]
    positions = [version for version, event in events if isinstance(event, PositionTaken)]
    assert [version for version, event in events if isinstance(event, RoundClosed)] == [closed.version]
    assert len(positions) > 20
    assert max(positions) < closed.version
    assert verify(log.export(TALKS)).events == closed.version
    secretariat.close()
    secretariat.database.close()
