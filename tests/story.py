"""Stories for tests: `given(what had happened).when(what is done).then(what is true)`.

Every step goes through the real `decide`, with the clock's commands first, and the real `fold`; nothing is mocked but
the time, which `waited` moves. A step is written in the past tense and reads the same in `given` and in `when`; a
refusal in `given` fails the test, in `when` it is kept for `then(refused(…))`. At every `then` the log is encoded,
decoded and folded again, and must tell the same state.

The cast is invented: members ASH, BIRCH, CEDAR, ELM and FIR, the observer OAK; the blocs GROVE (ASH, BIRCH, CEDAR) and
HEDGE (ASH, BIRCH, ELM). The delegate of ASH is the actor `ash`, a colleague of the same seat `ash2`; `chair`,
`facilitator`, `secretary`, `analyst`, `reader` hold those offices; `stranger` is nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from deliberate import commands as c
from deliberate.consensus.agreement import Counts, acceptance_bounds, clause_status, count
from deliberate.consensus.rules import RuleReport, consensus
from deliberate.errors import DeliberateError
from deliberate.events import Event, Recorded, decode, encode
from deliberate.moments import later
from deliberate.procedure import decide, due
from deliberate.state import Effective, State, fold, fold_all
from deliberate.vocabulary import CLOCK

START = "2026-11-23T09:00:00.000Z"
MEMBERS = ("ASH", "BIRCH", "CEDAR", "ELM", "FIR")
OBSERVER = "OAK"
BLOCS = {"GROVE": ("ASH", "BIRCH", "CEDAR"), "HEDGE": ("ASH", "BIRCH", "ELM")}
OFFICES = ("facilitator", "secretary", "analyst", "reader")
HOUR, DAY = 3_600, 86_400


class Story:
    """A log that grows by commands, the state it tells, and the last refusal."""

    def __init__(self) -> None:
        self.state = State()
        self.at = START
        self.log: list[Recorded] = []
        self.fresh: list[Event] = []
        self.refusal: DeliberateError | None = None

    def send(self, command: c.Shape, actor: str, command_id: str = "") -> list[Event]:
        """Decide and fold one command, after whatever the clock has to do; return the events that it made."""
        self.tick()
        events = decide(self.state, command, actor, self.at)
        self._record(events, actor, command_id)
        return events

    def tick(self) -> None:
        """Let passed deadlines take effect."""
        for asked in due(self.state, self.at):
            self._record(decide(self.state, asked.command, CLOCK, self.at), CLOCK, asked.id)

    def _record(self, events: Sequence[Event], actor: str, command_id: str) -> None:
        for event in events:
            recorded = Recorded(self.state.version + 1, self.at, actor, command_id, event, "")
            fold(self.state, recorded)
            self.log.append(recorded)
            self.fresh.append(event)

    def refolded(self) -> State:
        """The state that the encoded log tells."""
        return fold_all(
            decode(encode(r.event, r.version, r.at, r.actor, r.command), r.digest) for r in self.log
        )

    def when(self, *steps: "Step") -> Self:
        """Do the steps; keep the refusal of the one that was refused and leave out the rest."""
        self.fresh, self.refusal = [], None
        for step in steps:
            self.tick()
            before = self.state.version
            try:
                step(self)
            except DeliberateError as refusal:
                self.refusal = refusal
                assert self.state.version == before, "a refusal changes nothing"
                break
        return self

    def then(self, *checks: "Step") -> Self:
        """Check the story; a refusal that no check expects is raised."""
        if self.refusal is not None and not any(getattr(check, "of_refusal", False) for check in checks):
            raise self.refusal
        for check in checks:
            check(self)
        assert self.refolded() == self.state, "the log alone tells the state"
        return self


Step = Callable[[Story], None]


def given(*steps: Step) -> Story:
    """A story in which all of this has happened."""
    story = Story()
    for step in steps:
        step(story)
    return story


# --- what happens ---


def asked(command: c.Shape, actor: str) -> Step:
    """Any command by any actor."""

    def step(story: Story) -> None:
        story.send(command, actor)

    return step


def convening(members: Sequence[str] = MEMBERS, **changes: Any) -> c.Convene:
    """The command that convenes a text of a title, a chapeau and three operative clauses."""
    groups: list[dict[str, Any]] = [
        {"group": bloc, "kind": "bloc", "name": {"en": bloc.title()}} for bloc in BLOCS
    ]
    groups += [{"group": "NORTH", "kind": "regional", "name": {"en": "North Shore"}}]
    seats: list[dict[str, Any]] = [
        {
            "seat": seat,
            "name": {"en": seat.title()},
            "kind": "government",
            "standing": "member",
            "groups": [*(bloc for bloc, members in BLOCS.items() if seat in members), "NORTH"],
        }
        for seat in members
    ]
    seats.append(
        {
            "seat": OBSERVER,
            "name": {"en": "Oak Institute"},
            "kind": "research_institute",
            "standing": "observer",
        }
    )
    raw: dict[str, Any] = {
        "type": "convene",
        "title": {"en": "Initiative"},
        "languages": ["en", "zh"],
        "original": "en",
        "clauses": [
            {"clause": "title", "kind": "title", "wording": {"en": "Initiative"}},
            {"clause": "chapeau", "kind": "chapeau", "wording": {"en": "We should"}},
            *(
                {
                    "clause": f"op{n}",
                    "kind": "operative",
                    "number": f"OP{n}",
                    "wording": {"en": f"Text {n}", "zh": f"案文{n}"},
                }
                for n in (1, 2, 3)
            ),
        ],
        "groups": groups,
        "seats": seats,
    }
    command = c.parse({**raw, **changes})
    assert isinstance(command, c.Convene)
    return command


def convened(
    members: Sequence[str] = MEMBERS, rules: Mapping[str, Any] | None = None, **changes: Any
) -> Step:
    """A deliberation with everybody of the cast in place; two delegates in the first member's seat."""

    def step(story: Story) -> None:
        story.send(convening(members, rules=dict(rules or {}), **changes), "chair")
        for office in OFFICES:
            arrived(office, office=office)(story)
        for seat in (*members, OBSERVER):
            arrived(seat.lower(), seat=seat)(story)
        arrived(f"{members[0].lower()}2", seat=members[0])(story)

    return step


def arrived(actor: str, seat: str | None = None, office: str | None = None) -> Step:
    """The chair invited a person, who came."""

    def step(story: Story) -> None:
        link = f"link-{len(story.state.invitations)}"
        invited(link, seat=seat, office=office)(story)
        story.send(c.AcceptInvitation(invitation=link), actor)

    return step


def invited(
    link: str, seat: str | None = None, office: str | None = None, for_s: float = HOUR, by: str = "chair"
) -> Step:
    def step(story: Story) -> None:
        draft = {"invitation": link, "expires_at": later(story.at, for_s), "seat": seat, "office": office}
        story.send(c.parse({"type": "issue_invitations", "invitations": [draft]}), by)

    return step


def accepted(link: str, by: str) -> Step:
    return asked(c.AcceptInvitation(invitation=link), by)


def waited(seconds: float) -> Step:
    """Time passed, and the clock did what was due."""

    def step(story: Story) -> None:
        story.at = later(story.at, seconds)
        story.tick()

    return step


def opened(kind: str = "negotiation", deadline_s: float | None = None, by: str = "facilitator") -> Step:
    def step(story: Story) -> None:
        deadline = None if deadline_s is None else later(story.at, deadline_s)
        story.send(c.parse({"type": "open_round", "kind": kind, "deadline": deadline}), by)

    return step


def closed(
    round_: int = 1, reason: str | None = "The list of speakers is exhausted", by: str = "chair"
) -> Step:
    return asked(c.CloseRound(round=round_, reason=reason), by)


def took(seat: str, stance: str, clause: str = "op1", by: str | None = None, **fields: Any) -> Step:
    """A position on the current revision, unless another is named."""

    def step(story: Story) -> None:
        revision = fields.pop("revision", None) or current(story, clause)
        raw = {
            "type": "take_position",
            "clause": clause,
            "revision": revision,
            "seat": seat,
            "stance": stance,
        }
        story.send(c.parse({**raw, **fields}), by or seat.lower())

    return step


def current(story: Story, clause: str) -> int:
    """The number of the clause's current revision; 1 for a clause that is not there."""
    found = story.state.clauses.get(clause)
    return found.revision.number if found else 1


def supplemented(seat: str, clause: str = "op1", by: str | None = None, **fields: Any) -> Step:
    raw = {"type": "supplement_position", "clause": clause, "seat": seat, **fields}
    return asked(c.parse(raw), by or seat.lower())


def reaffirmed(seat: str, clause: str = "op1", by: str | None = None, **fields: Any) -> Step:
    def step(story: Story) -> None:
        raw = {
            "type": "reaffirm_position",
            "clause": clause,
            "revision": current(story, clause),
            "seat": seat,
        }
        story.send(c.parse({**raw, **fields}), by or seat.lower())

    return step


def took_back(seat: str, clause: str = "op1", by: str | None = None, **fields: Any) -> Step:
    """The seat withdrew its position."""
    raw = {"type": "withdraw_position", "clause": clause, "seat": seat, **fields}
    return asked(c.parse(raw), by or seat.lower())


def aligned(seat: str, with_seat: str, clause: str = "op1", by: str | None = None, **fields: Any) -> Step:
    """With what the other states now, unless a `version` is named."""

    def step(story: Story) -> None:
        version = fields.pop("version", None)
        if version is None:
            statement = story.state.positions[clause].get(with_seat)
            version = statement.made_version if statement else 1
        raw = {"type": "align_position", "clause": clause, "seat": seat, "with_seat": with_seat}
        story.send(c.parse({**raw, "statement_version": version, **fields}), by or seat.lower())

    return step


def mandated(seat: str, bloc: str, speaker: str, by: str | None = None) -> Step:
    return asked(c.GiveMandate(seat=seat, bloc=bloc, speaker=speaker), by or seat.lower())


def mandate_revoked(seat: str, bloc: str) -> Step:
    return asked(c.RevokeMandate(seat=seat, bloc=bloc), seat.lower())


def revised(
    clause: str = "op1",
    change: str = "substantive",
    revision: int | None = None,
    by: str = "facilitator",
    wording: Mapping[str, str] | None = None,
) -> Step:
    def step(story: Story) -> None:
        replaces = revision or current(story, clause)
        raw = {"type": "revise_clause", "clause": clause, "revision": replaces, "change": change}
        story.send(c.parse({**raw, "wording": dict(wording or {"en": f"Text of Rev.{replaces + 1}"})}), by)

    return step


def challenged(seat: str, clause: str = "op1") -> Step:
    def step(story: Story) -> None:
        command = c.ChallengeRevision(clause=clause, revision=current(story, clause), seat=seat)
        story.send(command, seat.lower())

    return step


def put(clause: str = "op1", revision: int | None = None, by: str = "chair") -> Step:
    def step(story: Story) -> None:
        story.send(c.PutQuestion(clause=clause, revision=revision or current(story, clause)), by)

    return step


def checked_in(*seats: str, question: int = 1, by: str = "chair") -> Step:
    return asked(c.CheckIn(question=question, seats=seats), by)


def declared(outcome: str = "adopted", question: int = 1, by: str = "chair") -> Step:
    return asked(c.parse({"type": "declare_decision", "question": question, "outcome": outcome}), by)


def adopted(clause: str = "op1", question: int = 1) -> Step:
    """The question was put, a quorum checked in, the window passed, the chair declared."""

    def step(story: Story) -> None:
        for act in (
            put(clause),
            checked_in(*story.state.members, question=question),
            waited(60),
            declared(question=question),
        ):
            act(story)

    return step


def seat_withdrawn(seat: str, by: str = "secretary") -> Step:
    return asked(c.WithdrawStakeholder(seat=seat, reason="By note verbale"), by)


# --- what is true ---


def refused(kind: type[DeliberateError], code: str, /, *words: str, **detail: Any) -> Step:
    """The last step was refused with this kind and code; the message has the words, `detail` these facts."""

    def check(story: Story) -> None:
        refusal = story.refusal
        assert refusal is not None, "nothing was refused"
        assert type(refusal) is kind, repr(refusal)
        assert refusal.code == code, repr(refusal)
        for word in words:
            assert word in refusal.message, refusal.message
        assert {name: refusal.detail.get(name) for name in detail} == detail

    check.of_refusal = True  # type: ignore[attr-defined]
    return check


def happened(kind: type[Any], /, **facts: Any) -> Step:
    """`when` made an event of this kind with these facts."""

    def check(story: Story) -> None:
        found = [event for event in story.fresh if isinstance(event, kind)]
        assert found, f"no {kind.__name__} among {story.fresh}"
        assert any(all(getattr(event, name) == value for name, value in facts.items()) for event in found), (
            found
        )

    return check


def nothing_happened() -> Step:
    def check(story: Story) -> None:
        assert story.fresh == []

    return check


def counts(clause: str = "op1", **figures: Any) -> Step:
    """The counts of a clause have these figures; every member is counted exactly once."""

    def check(story: Story) -> None:
        found = counted(story, clause)
        assert {name: getattr(found, name) for name in figures} == figures

    return check


def counted(story: Story, clause: str = "op1") -> Counts:
    found = count(story.state, clause)
    off_scale = found.abstain + found.pending + found.stale + found.conflict + found.none
    assert found.n_on + off_scale == found.members
    assert found.own + found.aligned + found.bloc == found.n_on + found.abstain + found.pending
    return found


def status(code: str, clause: str = "op1") -> Step:
    def check(story: Story) -> None:
        assert clause_status(story.state, clause, counted(story, clause)) == code

    return check


def acceptance(clause: str = "op1", *, lower: tuple[int, int], upper: tuple[int, int]) -> Step:
    def check(story: Story) -> None:
        assert acceptance_bounds(counted(story, clause)) == (lower, upper)

    return check


def holds(seat: str, stance: str | None, clause: str = "op1", **facts: Any) -> Step:
    """The effective stance of a seat, and facts of `Effective` or of the position behind it."""

    def check(story: Story) -> None:
        held = story.state.effective(clause, seat)
        assert held.stance == stance, held
        for name, value in facts.items():
            of = held if name in Effective.__slots__ else held.position
            assert getattr(of, name) == value, (name, held)

    return check


def answer(code: str, clause: str = "op1", **facts: Any) -> Step:
    """What the rule of consensus answers now."""

    def check(story: Story) -> None:
        report: RuleReport = consensus(story.state, clause, story.at)
        assert report.answer == code
        assert {name: getattr(report, name) for name in facts} == facts

    return check
