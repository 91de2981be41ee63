"""Whatever anybody does, in any order: refusals are ours, nothing breaks, and the log alone tells the state.

Random commands by random actors, wrong ids and stale versions among them. Each is decided and folded on a fork; some
forks are dropped, as when a commit fails, and must leave no trace.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from story import BLOCS, MEMBERS, OBSERVER, OFFICES, convened, given

from deliberate import commands as c
from deliberate.consensus.agreement import acceptance_bounds, clause_status, count
from deliberate.consensus.rules import consensus
from deliberate.errors import DeliberateError
from deliberate.events import Event, Recorded, decode, encode
from deliberate.moments import later
from deliberate.procedure import decide, due, next_deadline, rights
from deliberate.state import State, fold, fold_all
from deliberate.vocabulary import (
    CLOCK,
    Change,
    ClauseStage,
    Finality,
    Office,
    Outcome,
    RoundKind,
    RuleAnswer,
    Stance,
    StatusCode,
    Visibility,
)

SEATS = (*MEMBERS, OBSERVER, "YEW")
DELEGATES = {seat.lower(): seat for seat in (*MEMBERS, OBSERVER)} | {"ash2": "ASH", "new": "FIR"}

seats = st.sampled_from(SEATS)
clauses = st.sampled_from(["op1", "op1", "op1", "op2", "title", "op9"])
revisions = st.integers(1, 3)
blocs = st.sampled_from([*BLOCS, "NORTH"])
maybe_bloc = st.none() | st.sampled_from(list(BLOCS))
words = st.sampled_from(["the costs", "our law", "agreed language"])
maybe_words = st.none() | words
seen = st.none() | st.integers(0, 60)
questions = st.integers(1, 3)
links = st.sampled_from(["link-1", "spare-1", "spare-2"])
officers = st.sampled_from(["chair", *OFFICES])
offices = st.sampled_from(Office)
digests = st.sampled_from(["a" * 64, "b" * 64])
wordings = st.just({"en": "Another text"}) | st.just({"zh": "新案文"})


OPERATIVE = st.sampled_from(["op1", "op2", "op3"])


def built(kind: type[c.Shape], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[c.Shape]:
    return st.builds(kind, **fields)


BY_SEATS = st.one_of(
    built(
        c.TakePosition,
        clause=clauses,
        revision=revisions,
        seat=seats,
        stance=st.sampled_from(Stance),
        finality=st.none() | st.sampled_from(Finality),
        bloc=maybe_bloc,
        statement=maybe_words,
        seen=seen,
    ),
    built(
        c.TakePosition,
        clause=clauses,
        revision=revisions,
        seat=seats,
        stance=st.just(Stance.OBJECT),
        visibility=st.sampled_from(Visibility),
        none_would=st.booleans(),
        would_lift=maybe_words,
    ),
    built(
        c.SupplementPosition,
        clause=clauses,
        seat=seats,
        bloc=maybe_bloc,
        none_would=st.booleans(),
        statement=maybe_words,
        would_lift=maybe_words,
        scope=maybe_words,
        seen=seen,
    ),
    built(c.ReaffirmPosition, clause=clauses, revision=revisions, seat=seats, bloc=maybe_bloc),
    built(
        c.WithdrawPosition,
        clause=clauses,
        seat=seats,
        bloc=maybe_bloc,
        visibility=st.sampled_from(Visibility),
        seen=seen,
    ),
    built(
        c.AlignPosition, clause=clauses, seat=seats, with_seat=seats, statement_version=st.integers(40, 80)
    ),
    built(c.WithdrawAlignment, clause=clauses, seat=seats),
    built(c.GiveMandate, seat=seats, bloc=blocs, speaker=seats),
    built(c.RevokeMandate, seat=seats, bloc=blocs),
    built(c.ChallengeRevision, clause=clauses, revision=revisions, seat=seats),
    built(c.CheckIn, question=questions, seats=st.lists(seats, min_size=1, max_size=4).map(tuple)),
    built(c.RequestFloor, question=questions, seat=seats),
    built(c.AcceptInvitation, invitation=links),
)
BY_OFFICES = st.one_of(
    built(c.OpenRound, kind=st.sampled_from(RoundKind)),
    built(c.CloseRound, round=st.integers(1, 3), reason=maybe_words),
    built(
        c.ReviseClause,
        clause=clauses,
        revision=revisions,
        change=st.sampled_from(Change),
        wording=wordings,
    ),
    built(c.PutQuestion, clause=clauses, revision=revisions),
    built(c.CheckIn, question=questions, seats=st.just(MEMBERS)),
    built(c.WithdrawQuestion, question=questions, reason=words),
    built(c.DeclareDecision, question=questions, outcome=st.sampled_from(Outcome)),
    built(c.AddressObjection, clause=clauses, seat=seats, bloc=maybe_bloc, reason=words),
    built(c.WithdrawStakeholder, seat=seats),
    built(c.RevokeDelegate, holder=st.sampled_from(list(DELEGATES))),
    built(c.GiveOffice, holder=officers, office=offices),
    built(c.RevokeOffice, holder=officers, office=offices),
    built(c.RevokeInvitation, invitation=links),
    built(c.RedactText, text=digests, reason=words),
    built(c.AddTranslation, of=digests, lang=st.sampled_from(["fr", "ar"]), text=digests),
    built(c.RecordVotes, clause=clauses, yes=st.just(("ASH",)), carried=st.booleans()),
    built(c.ImportPositions, clause=clauses, revision=revisions, stances=st.just({"ASH": Stance.ACCEPT})),
)


def spare(name: str, expires_at: str, **place: Any) -> c.InvitationDraft:
    return c.InvitationDraft(invitation=name, expires_at=expires_at, **place)


class AnybodyDoesAnything(RuleBasedStateMachine):
    """The procedure and the fold under random use."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.log: list[Recorded] = []
        self.at = ""

    @initialize(
        said=st.lists(
            st.tuples(OPERATIVE, st.sampled_from((*MEMBERS, OBSERVER)), st.sampled_from(Stance)),
            min_size=6,
            max_size=15,
        )
    )
    def a_round_is_open(self, said: list[tuple[str, str, Stance]]) -> None:
        story = given(convened())
        story.send(c.OpenRound(kind=RoundKind.NEGOTIATION), "chair")
        until = later(story.at, 200_000)
        drafts = (spare("spare-1", until, seat="FIR"), spare("spare-2", until, office=Office.READER))
        story.send(c.IssueInvitations(invitations=drafts), "chair")
        for seat in ("BIRCH", "CEDAR"):
            story.send(c.GiveMandate(seat=seat, bloc="GROVE", speaker="ASH"), seat.lower())
        for clause, seat, stance in said:
            story.send(c.TakePosition(clause=clause, revision=1, seat=seat, stance=stance), seat.lower())
        self.state, self.log, self.at = story.state, story.log, story.at

    @rule(command=BY_SEATS, actor=st.none() | st.sampled_from([*DELEGATES, "chair", "stranger"]))
    def a_delegate_acts(self, command: c.Shape, actor: str | None) -> None:
        """Mostly for the seat that the command names, sometimes for another's."""
        seat = getattr(command, "seat", "ASH")
        self.submit(command, actor or str(seat).lower())

    @rule(
        command=BY_OFFICES,
        actor=st.sampled_from(["chair", "chair", "chair", "facilitator", "secretary", "ash"]),
    )
    def an_office_acts(self, command: c.Shape, actor: str) -> None:
        self.submit(command, actor)

    def table(self, clause: str) -> int:
        """The number of the revision on the table."""
        return self.state.clauses[clause].revision.number

    @rule(
        clause=OPERATIVE,
        seat=st.sampled_from((*MEMBERS, OBSERVER)),
        stance=st.sampled_from(Stance),
        bloc=st.sampled_from([None, None, None, *BLOCS]),
    )
    def a_seat_takes_a_position(self, clause: str, seat: str, stance: Stance, bloc: str | None) -> None:
        revision = self.table(clause)
        command = c.TakePosition(clause=clause, revision=revision, seat=seat, stance=stance, bloc=bloc)
        self.submit(command, seat.lower())

    @rule(
        clause=OPERATIVE,
        place=st.integers(0, 9),
        what=st.sampled_from(["supplement", "reaffirm", "withdraw", "address"]),
        reason=words,
    )
    def something_is_done_with_a_position(self, clause: str, place: int, what: str, reason: str) -> None:
        own: list[tuple[str | None, str]] = [(None, seat) for seat in self.state.positions[clause]]
        held = [*own, *self.state.bloc_positions[clause]]
        if not held:
            return
        bloc, seat = held[place % len(held)]
        of: dict[str, Any] = {"clause": clause, "seat": seat, "bloc": bloc}
        match what:
            case "supplement":
                self.submit(c.SupplementPosition(**of, statement=reason), seat.lower())
            case "reaffirm":
                self.submit(c.ReaffirmPosition(**of, revision=self.table(clause)), seat.lower())
            case "withdraw":
                self.submit(c.WithdrawPosition(**of), seat.lower())
            case _:
                self.submit(c.AddressObjection(**of, reason=reason), "chair")

    @rule(clause=OPERATIVE, seat=st.sampled_from(MEMBERS), with_seat=st.sampled_from(MEMBERS))
    def a_member_aligns_itself(self, clause: str, seat: str, with_seat: str) -> None:
        statement = self.state.positions[clause].get(with_seat)
        version = statement.made_version if statement else 1
        command = c.AlignPosition(clause=clause, seat=seat, with_seat=with_seat, statement_version=version)
        self.submit(command, seat.lower())

    @rule(clause=OPERATIVE)
    def the_chair_puts_the_question(self, clause: str) -> None:
        self.submit(c.PutQuestion(clause=clause, revision=self.table(clause)), "chair")

    @precondition(lambda self: self.state.open_question is not None)
    @rule(what=st.sampled_from(["check in", "floor", "withdraw", "wait", "adopted", "not_adopted"]))
    def the_question_is_answered(self, what: str) -> None:
        question = self.state.open_question
        assert question is not None
        match what:
            case "check in":
                here = self.state.members or ("ASH",)
                self.submit(c.CheckIn(question=question.number, seats=here), "chair")
            case "floor":
                self.submit(c.RequestFloor(question=question.number, seat="ELM"), "elm")
            case "withdraw":
                self.submit(c.WithdrawQuestion(question=question.number, reason="later"), "chair")
            case "wait":
                self.at = later(self.at, 60)
            case _:
                self.submit(c.DeclareDecision(question=question.number, outcome=Outcome(what)), "chair")

    @rule(clause=OPERATIVE, change=st.sampled_from(Change))
    def the_text_on_the_table_is_revised(self, clause: str, change: Change) -> None:
        replaced, wording = self.table(clause), {"en": "New"}
        command = c.ReviseClause(clause=clause, revision=replaced, change=change, wording=wording)
        self.submit(command, "facilitator")

    @rule(clause=OPERATIVE, seat=st.sampled_from(MEMBERS))
    def a_revision_is_challenged(self, clause: str, seat: str) -> None:
        command = c.ChallengeRevision(clause=clause, revision=self.table(clause), seat=seat)
        self.submit(command, seat.lower())

    @precondition(lambda self: self.state.open_round is not None)
    @rule(really=st.sampled_from([True, False, False, False]))
    def the_round_is_closed(self, really: bool) -> None:
        if really:
            self.submit(c.CloseRound(round=len(self.state.rounds), reason="done"), "chair")

    @precondition(lambda self: self.state.open_round is None)
    @rule(kind=st.sampled_from(RoundKind), deadline_s=st.sampled_from([30, 3_600]))
    def a_round_with_a_deadline_is_opened(self, kind: RoundKind, deadline_s: int) -> None:
        self.submit(c.OpenRound(kind=kind, deadline=later(self.at, deadline_s)), "chair")

    @rule(seconds=st.sampled_from([1, 60, 3_600, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.at = later(self.at, seconds)
        fork = self.state.fork()
        written = self.tick(fork)
        self.state, self.log = fork, [*self.log, *written]
        deadline = next_deadline(self.state)
        assert deadline is None or deadline > self.at

    @rule(command=BY_SEATS | BY_OFFICES)
    def a_commit_fails(self, command: c.Shape) -> None:
        """What was decided and folded on a fork is dropped with it."""
        fork = self.state.fork()
        actor = str(getattr(command, "seat", "chair")).lower()
        try:
            self.write(fork, decide(fork, command, actor, self.at), actor)
        except DeliberateError:
            assert fork == self.state

    def submit(self, command: c.Shape, actor: str) -> None:
        fork = self.state.fork()
        written = self.tick(fork)
        before = fork.fork()
        refusal = None
        try:
            events = decide(fork, command, actor, self.at)
        except DeliberateError as why:
            refusal = why
        assert fork == before, "deciding changes nothing"
        if refusal is not None:
            assert refusal.message
            assert refusal.code
            return
        written += self.write(fork, events, actor)
        self.state, self.log = fork, [*self.log, *written]

    def tick(self, state: State) -> list[Recorded]:
        written = []
        for asked in due(state, self.at):
            written += self.write(state, decide(state, asked.command, CLOCK, self.at), CLOCK)
        return written

    def write(self, state: State, events: list[Event], actor: str) -> list[Recorded]:
        written = []
        for event in events:
            body = encode(event, state.version + 1, self.at, actor, "")
            recorded = decode(body, "")
            assert recorded.event == event
            fold(state, recorded)
            written.append(recorded)
        return written

    @invariant()
    def every_member_is_counted_exactly_once(self) -> None:
        for clause in self.state.clauses:
            found = count(self.state, clause)
            known = found.n_on + found.abstain + found.pending
            assert (
                known + found.stale + found.conflict + found.none == found.members == len(self.state.members)
            )
            assert found.own + found.aligned + found.bloc == known
            assert found.heard + len(found.not_heard) == found.members
            assert len(found.by_bloc) == found.bloc
            bounds = acceptance_bounds(found)
            assert bounds is None or 0 <= bounds[0][0] <= bounds[1][0] <= bounds[0][1]

    @invariant()
    def one_objection_always_shows_and_nothing_is_adopted_over_one(self) -> None:
        for id_, clause in self.state.clauses.items():
            found = count(self.state, id_)
            if clause.stage is ClauseStage.ADOPTED:
                assert clause.decision is not None
                assert clause.decision.objections == ()
                assert clause.decision.answer is RuleAnswer.PASS
            elif found.objections:
                assert clause_status(self.state, id_, found) is StatusCode.OBJECTED
                assert consensus(self.state, id_, self.at, found).answer is not RuleAnswer.PASS

    @invariant()
    def positions_are_never_bound_to_a_text_to_come(self) -> None:
        for id_, clause in self.state.clauses.items():
            held = [*self.state.positions[id_].values(), *self.state.bloc_positions[id_].values()]
            assert all(1 <= p.made_on <= p.revision <= clause.revision.number for p in held)
            assert not self.state.positions[id_].keys() & self.state.alignments[id_].keys()

    @invariant()
    def nobody_holds_a_seat_beside_an_office_and_there_is_a_chair(self) -> None:
        if self.state.convened is None:
            return
        officers = {actor for actor, held in self.state.offices.items() if held}
        assert not officers & self.state.delegates.keys()
        assert any(rights.holds(self.state, actor, Office.CHAIR) for actor in officers)

    def teardown(self) -> None:
        assert fold_all(self.log) == self.state


AnybodyDoesAnything.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestAnybodyDoesAnything = AnybodyDoesAnything.TestCase
