"""The one way in: durable before it is answered, once and only once, and in step with other processes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deliberate import commands as c
from deliberate import scenario
from deliberate.database import Database
from deliberate.errors import Conflict, DeliberateError, Forbidden, Gone, NotFound, Refused, Unavailable
from deliberate.events import PositionTaken, RoundClosed, decode
from deliberate.log import Row, verify
from deliberate.moments import later, now
from deliberate.secretariat import Docket, Secretariat
from deliberate.state import fold_all
from deliberate.vocabulary import CLOCK, Change, Office, RoundKind, Stance

CHAIR = "a-chair"
FAR = "2090-01-01T00:00:00.000Z"
HOUSE = "talks"


class Clock:
    """The present moment, moved by hand: the one thing that tests may pretend."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> str:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at = later(self.at, seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secretariat(database: Database, clock: Clock) -> Iterator[Secretariat]:
    secretariat = Secretariat(database, clock)
    yield secretariat
    secretariat.close()


@pytest.fixture
def docket(secretariat: Secretariat) -> Docket:
    """A deliberation on a text of two paragraphs with three members, a round open."""
    return convened(secretariat)


def convened(secretariat: Secretariat, seats: tuple[str, ...] = ("ASH", "ELM", "FIR")) -> Docket:
    text = scenario.from_pasted_text("A text", "Recalling what was,\n\n1. Decides what will be.", "en")
    docket = secretariat.create(HOUSE, "deliberation", {"en": "A text"})
    say(docket, scenario.convene(text), CHAIR)
    for seat in seats:
        say(docket, c.parse({"type": "seat_stakeholder", "seat": seat, "name": {"en": seat}, "kind": "government",
                             "standing": "member"}), CHAIR)  # fmt: skip
        invite(docket, seat)
        say(docket, c.AcceptInvitation(invitation=f"i-{seat}"), f"a-{seat}")
    say(docket, c.OpenRound(kind=RoundKind.NEGOTIATION, deadline=None), CHAIR)
    return docket


def invite(docket: Docket, seat: str) -> None:
    draft = c.InvitationDraft(invitation=f"i-{seat}", expires_at=FAR, seat=seat)
    say(docket, c.IssueInvitations(invitations=(draft,)), CHAIR)


def say(docket: Docket, command: c.Shape, actor: str, command_id: str | None = None) -> int:
    return docket.submit(command, actor, command_id or c.mint("c")).version


def position(seat: str, stance: str = "accept", clause: str = "op1", **more: object) -> c.Command:
    return c.parse(
        {"type": "take_position", "clause": clause, "revision": 1, "seat": seat, "stance": stance, **more}
    )


def test_a_receipt_names_the_place_in_the_log_and_verify_accepts_it(
    docket: Docket, secretariat: Secretariat
) -> None:
    receipt = docket.submit(position("ASH"), "a-ASH", "command-1")
    found = verify(secretariat.log.export(HOUSE), head=(receipt.version, receipt.digest))
    assert found.receipt
    assert found.head == (docket.state.version, docket.state.digest)


def test_many_at_once_are_all_recorded_in_one_order(docket: Docket, secretariat: Secretariat) -> None:
    stances = ["support", "accept", "object", "abstain"]

    def speak(seat: str) -> None:
        for n in range(40):
            say(docket, position(seat, stances[n % 4]), f"a-{seat}", f"{seat}-{n:04}")

    crowd = [threading.Thread(target=speak, args=(seat,)) for seat in ("ASH", "ELM", "FIR")]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    taken = [r for r in whole(secretariat) if isinstance(r.event, PositionTaken)]
    assert len(taken) == 120
    assert fold_all(whole(secretariat)) == docket.state
    for seat in ("ASH", "ELM", "FIR"):
        order = [r.command for r in taken if r.actor == f"a-{seat}"]
        assert order == sorted(order)


def whole(secretariat: Secretariat) -> list:  # type: ignore[type-arg]
    return [decode(body, digest) for _, body, digest in secretariat.log.read(HOUSE, 0, 100_000)]


def test_repeating_a_command_gives_its_first_receipt_for_as_long_as_the_log_lives(
    docket: Docket, database: Database, clock: Clock
) -> None:
    first = docket.submit(position("ASH"), "a-ASH", "command-1")
    say(docket, position("ASH", "object"), "a-ASH")
    assert docket.submit(position("ASH"), "a-ASH", "command-1") == first
    another = Secretariat(database, clock)
    assert another.docket(HOUSE).submit(position("ASH"), "a-ASH", "command-1") == first
    another.close()
    assert docket.state.positions["op1"]["ASH"].stance is Stance.OBJECT


def test_an_accepted_command_is_answered_even_when_it_would_be_refused_now(
    docket: Docket, database: Database, clock: Clock
) -> None:
    first = docket.submit(position("ASH"), "a-ASH", "command-1")
    say(docket, c.CloseRound(round=1, reason="Time is up"), CHAIR)
    another = Secretariat(database, clock)
    assert another.docket(HOUSE).submit(position("ASH"), "a-ASH", "command-1") == first
    another.close()


def test_one_command_id_with_another_content_is_a_conflict(
    docket: Docket, database: Database, clock: Clock
) -> None:
    docket.submit(position("ASH"), "a-ASH", "command-1")
    with pytest.raises(Conflict, match="already used"):
        docket.submit(position("ASH", "object"), "a-ASH", "command-1")
    with pytest.raises(Conflict, match="already used"):
        docket.submit(position("ASH"), "a-ELM", "command-1")
    another = Secretariat(database, clock)
    with pytest.raises(Conflict, match="already used"):
        another.docket(HOUSE).submit(position("ASH", "object"), "a-ASH", "command-1")
    another.close()


def test_a_refused_command_leaves_no_trace_and_its_id_can_be_used(
    docket: Docket, secretariat: Secretariat
) -> None:
    before = docket.state.version
    with pytest.raises(Forbidden, match="You act for ELM"):
        docket.submit(position("ASH"), "a-ELM", "command-1")
    assert (docket.state.version, secretariat.log.head(HOUSE)[0]) == (before, before)
    docket.submit(position("ELM"), "a-ELM", "command-1")


def test_one_refusal_does_not_hold_up_the_others_of_its_batch(docket: Docket) -> None:
    outcomes: list[object] = []

    def send(seat: str, actor: str) -> None:
        try:
            outcomes.append(docket.submit(position(seat), actor, c.mint("c")).version)
        except DeliberateError as refusal:
            outcomes.append(type(refusal))

    with docket._turn:  # hold the writer, so that all four are one batch
        crowd = [
            threading.Thread(target=send, args=pair)
            for pair in (("ASH", "a-ASH"), ("ASH", "a-ELM"), ("ELM", "a-ELM"), ("FIR", "a-FIR"))
        ]
        for one in crowd:
            one.start()
        while len(docket._waiting) + (not docket._wake.is_set()) < 4:
            threading.Event().wait(0.001)
    for one in crowd:
        one.join()
    assert outcomes.count(Forbidden) == 1
    assert len([o for o in outcomes if isinstance(o, int)]) == 3


@pytest.mark.parametrize("command_id", ["", "short", "x" * 65, "has\nnewline", "clock-close-1"])
def test_a_command_id_must_be_minted_by_the_caller(docket: Docket, command_id: str) -> None:
    with pytest.raises(Conflict):
        docket.submit(position("ASH"), "a-ASH", command_id)


def test_a_passed_deadline_closes_the_round_before_anything_else_is_decided(
    secretariat: Secretariat, clock: Clock
) -> None:
    docket = convened(secretariat)
    say(docket, c.CloseRound(round=1, reason="Next"), CHAIR)
    deadline = later(clock.at, 60)
    say(docket, c.OpenRound(kind=RoundKind.NEGOTIATION, deadline=deadline), CHAIR)
    clock.wait(61)
    with pytest.raises(Refused, match="closed"):
        docket.submit(position("ASH"), "a-ASH", "too-late-1")
    closed = [r for r in whole(secretariat) if isinstance(r.event, RoundClosed)]
    assert closed[-1].actor == CLOCK
    assert closed[-1].event.effective_at == deadline


def test_a_deadline_takes_effect_once_whatever_number_of_processes_sees_it(
    database: Database, secretariat: Secretariat, clock: Clock
) -> None:
    docket = convened(secretariat)
    say(docket, c.CloseRound(round=1, reason="Next"), CHAIR)
    say(docket, c.OpenRound(kind=RoundKind.ADOPTION, deadline=later(clock.at, 60)), CHAIR)
    others = [Secretariat(database, clock) for _ in range(2)]
    dockets = [docket, *(other.docket(HOUSE) for other in others)]
    clock.wait(61)
    for one in dockets:
        one.tick()
    wait_for(
        lambda: all(one.state.open_round is None for one in dockets), lambda: [d.catch_up() for d in dockets]
    )
    assert len([r for r in whole(secretariat) if isinstance(r.event, RoundClosed)]) == 2
    for other in others:
        other.close()


def test_a_deadline_passes_in_a_deliberation_that_nobody_has_open(
    database: Database, secretariat: Secretariat, clock: Clock
) -> None:
    docket = convened(secretariat)
    say(docket, c.CloseRound(round=1, reason="Next"), CHAIR)
    say(docket, c.OpenRound(kind=RoundKind.ADOPTION, deadline=later(clock.at, 60)), CHAIR)
    clock.wait(61)
    restarted = Secretariat(database, clock)
    restarted.watch(every_s=0.01)
    wait_for(lambda: isinstance(whole(secretariat)[-1].event, RoundClosed))
    restarted.close()


def test_a_log_that_cannot_be_read_holds_up_no_other(
    database: Database, secretariat: Secretariat, clock: Clock
) -> None:
    broken = secretariat.create("broken", "deliberation", {"en": "Broken"})
    docket = convened(secretariat)
    other = Secretariat(database, clock)
    watched = Secretariat(database, clock)
    for name in ("broken", HOUSE):
        watched.docket(name)
    watched.watch(every_s=0.01)
    row = Row(1, b'{"version": 1}', "0" * 64, "command-1", "", 1)
    secretariat.log.append(broken.deliberation, decided_on=0, rows=[row], at=clock.at)
    version = say(other.docket(HOUSE), position("ASH"), "a-ASH")
    wait_for(lambda: watched.docket(HOUSE).state.version == version)
    assert docket.state.version < version
    for one in (other, watched):
        one.close()


def wait_for(
    true: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None, seconds: float = 10
) -> None:
    for _ in range(int(seconds * 200)):
        if true():
            return
        meanwhile()
        threading.Event().wait(0.005)
    raise AssertionError("it never came true")


def test_time_never_runs_backwards_in_a_log(docket: Docket, secretariat: Secretariat, clock: Clock) -> None:
    say(docket, position("ASH"), "a-ASH")
    clock.wait(-3600)
    say(docket, position("ELM"), "a-ELM")
    times = [r.at for r in whole(secretariat)]
    assert times == sorted(times)


def test_two_processes_decide_again_on_what_the_other_wrote(
    database: Database, secretariat: Secretariat, clock: Clock
) -> None:
    here = convened(secretariat)
    other = Secretariat(database, clock)
    there = other.docket(HOUSE)
    say(here, c.CloseRound(round=1, reason="Time is up"), CHAIR)
    there.catch_up(here.state.version)
    with pytest.raises(Refused, match="closed"):
        there.submit(position("ASH"), "a-ASH", "late-0001")
    other.close()


def test_writers_on_both_sides_lose_nothing_and_agree(
    database: Database, secretariat: Secretariat, clock: Clock
) -> None:
    here = convened(secretariat)
    other = Secretariat(database, clock)
    there = other.docket(HOUSE)

    def speak(docket: Docket, seat: str) -> None:
        for n in range(30):
            say(docket, position(seat, "support" if n % 2 else "object"), f"a-{seat}", f"{seat}-{n:04}")

    crowd = [
        threading.Thread(target=speak, args=(d, s)) for d, s in ((here, "ASH"), (there, "ELM"), (here, "FIR"))
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    here.catch_up()
    there.catch_up()
    assert here.state == there.state == fold_all(whole(secretariat))
    assert len([r for r in whole(secretariat) if isinstance(r.event, PositionTaken)]) == 90
    other.close()


def test_a_redacted_text_is_gone_and_the_chain_is_whole(docket: Docket, secretariat: Secretariat) -> None:
    say(docket, position("ASH", "object", statement="Call me at home", lang="en"), "a-ASH")
    digest = docket.state.positions["op1"]["ASH"].statement
    assert digest is not None
    assert secretariat.log.texts(HOUSE, [digest])[digest].words == "Call me at home"
    secretariat.submit(HOUSE, c.RedactText(text=digest, reason="A private number"), CHAIR, "redact-1")
    assert secretariat.log.texts(HOUSE, [digest])[digest].words is None
    exported = b"\n".join(secretariat.log.export(HOUSE))
    assert b"Call me at home" not in exported
    assert verify(secretariat.log.export(HOUSE)).withheld == 1


def test_what_was_told_in_confidence_leaves_the_public_copy_and_the_chain_is_whole(
    docket: Docket, secretariat: Secretariat
) -> None:
    told = position("ASH", "object", visibility="facilitators", statement="Our red line", lang="en")
    receipt = docket.submit(told, "a-ASH", "in-confidence")
    say(docket, position("ELM"), "a-ELM")
    assert "ASH" not in docket.state.positions["op1"]
    assert "ASH" in docket.state.confidences["op1"]
    public, whole_copy = (b"".join(secretariat.log.export(HOUSE, whole=whole)) for whole in (False, True))
    assert b"Our red line" not in public
    assert b"in-confidence" not in public
    assert b"Our red line" in whole_copy
    for copy, kept in ((public, 1), (whole_copy, 0)):
        found = verify(copy.splitlines(keepends=True), head=(receipt.version, receipt.digest))
        assert (found.in_confidence, found.receipt, found.events) == (kept, True, docket.state.version)
    forged = public.replace(b'"withheld":"', b'"withheld":"0')
    with pytest.raises(DeliberateError):
        verify(forged.splitlines(keepends=True))
    with pytest.raises(DeliberateError, match="confidence"):
        secretariat.log.restore(public.replace(b"talks", b"other").splitlines(keepends=True))


def test_redacting_what_is_not_there_is_said(docket: Docket, secretariat: Secretariat) -> None:
    with pytest.raises(NotFound, match="no such text"):
        secretariat.submit(HOUSE, c.RedactText(text="0" * 64, reason="x"), CHAIR, "redact-1")


def test_an_unknown_deliberation_is_not_found(secretariat: Secretariat) -> None:
    with pytest.raises(NotFound):
        secretariat.docket("nowhere")


def test_a_link_that_was_used_by_somebody_else_is_gone(docket: Docket) -> None:
    with pytest.raises(Gone, match="used"):
        say(docket, c.AcceptInvitation(invitation="i-ASH"), "a-thief")
    assert say(docket, c.AcceptInvitation(invitation="i-ASH"), "a-ASH") == docket.state.version


def test_texts_of_a_revision_come_with_its_event(docket: Docket, secretariat: Secretariat) -> None:
    revise = c.ReviseClause(
        clause="op1", revision=1, change=Change.SUBSTANTIVE, wording={"en": "Decides otherwise."}
    )
    say(docket, revise, CHAIR)
    digest = docket.state.clauses["op1"].revision.wording["en"]
    assert secretariat.log.texts(HOUSE, [digest])[digest].words == "Decides otherwise."


def test_listeners_hear_of_events_only_once_they_are_durable(
    secretariat: Secretariat, docket: Docket
) -> None:
    heads: list[tuple[int, int]] = []
    secretariat.listeners.append(
        lambda one, events: heads.append((events[-1].version, secretariat.log.head(one.deliberation)[0]))
    )
    say(docket, position("ASH"), "a-ASH")
    assert heads
    assert all(durable >= told for told, durable in heads)


def test_a_listener_that_fails_harms_nobody(secretariat: Secretariat, docket: Docket) -> None:
    secretariat.listeners.append(lambda one, events: 1 / 0)
    assert say(docket, position("ASH"), "a-ASH") == docket.state.version


def test_a_database_that_cannot_be_written_refuses_plainly_and_loses_nothing_acknowledged(
    tmp_path: Path, clock: Clock
) -> None:
    """A full disk, for real: SQLite may not let the file grow any further."""
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    database.upgrade()
    secretariat = Secretariat(database, clock)
    docket = convened(secretariat)
    say(docket, position("ASH"), "a-ASH", "before-full")
    database.write(lambda connection: connection.exec_driver_sql(
        f"PRAGMA max_page_count={connection.exec_driver_sql('PRAGMA page_count').scalar()}"
    ).close())  # fmt: skip
    accepted = ["before-full"]
    for n in range(200):
        try:
            say(docket, position("ELM", "object", statement="x" * 5_000), "a-ELM", f"growing-{n:03}")
        except Unavailable:
            break
        accepted.append(f"growing-{n:03}")
    else:
        pytest.fail("the database never was full")
    database.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=100000").close())
    say(docket, position("FIR"), "a-FIR", "after-full")
    recorded = {r.command for r in whole(secretariat)}
    assert set(accepted) | {"after-full"} <= recorded
    assert verify(secretariat.log.export(HOUSE)).events == docket.state.version
    secretariat.close()
    database.close()


def test_offices_given_by_link_are_in_the_log(docket: Docket) -> None:
    draft = c.InvitationDraft(invitation="i-analyst", expires_at=FAR, office=Office.ANALYST)
    say(docket, c.IssueInvitations(invitations=(draft,)), CHAIR)
    say(docket, c.AcceptInvitation(invitation="i-analyst"), "a-analyst")
    assert docket.state.offices["a-analyst"] == {Office.ANALYST}
