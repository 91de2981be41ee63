"""A meeting told event by event, for tests that need a state, a log, or both: no procedure decides on it."""

from collections.abc import Mapping
from typing import Self

from deliberate import events as e
from deliberate.consensus.report import Following, Report, follow
from deliberate.events import Event, Recorded, Rules, encode
from deliberate.log import Log, Row, chain
from deliberate.moments import later
from deliberate.state import State, bloc_id, fold
from deliberate.vocabulary import (
    ACCEPTING,
    Change,
    ClauseKind,
    DecisionRule,
    Finality,
    GroupKind,
    Nature,
    Outcome,
    RoundKind,
    RuleAnswer,
    StakeholderKind,
    Stance,
    Standing,
    TextKind,
)

BEGIN = "2026-11-23T09:00:00.000Z"


def text(words: str) -> str:
    """The digest that stands for these words; made up, so that tests can name it."""
    return words.encode().hex().ljust(64, "0")[:64]


class Meeting:
    """What happened, as recorded, and the state that it tells. Every method that tells something returns the meeting."""

    def __init__(
        self,
        clauses: str = "op1",
        nature: Nature = Nature.DELIBERATION,
        rules: Rules | None = None,
        title: str = "A fair title",
    ) -> None:
        self.state = State()
        self.recorded: list[Recorded] = []
        self.rows: list[Row] = []
        self.tell(
            e.DeliberationConvened(
                nature, TextKind.UN, {"en": text(title)}, ("en",), "en", ("en",), rules or Rules()
            )
        )
        for clause in clauses.split():
            kind = ClauseKind.CHAPEAU if clause == "chapeau" else ClauseKind.OPERATIVE
            self.tell(e.ClauseTabled(clause, kind, clause.upper(), {"en": text(f"{clause} rev 1")}))

    def tell(self, *events: Event) -> Self:
        for event in events:
            version = self.state.version + 1
            at, command = later(BEGIN, version), f"command-{version}"
            body = encode(event, version, at, "an-actor", command)
            digest = chain(self.state.digest, body)
            recorded = Recorded(version, at, "an-actor", command, event, digest)
            fold(self.state, recorded)
            self.recorded.append(recorded)
            self.rows.append(Row(version, body, digest, command, f"digest of {command}", 1))
        return self

    def group(self, group: str, kind: GroupKind = GroupKind.REGIONAL) -> Self:
        return self.tell(e.GroupDeclared(group, kind, {"en": text(group)}))

    def member(self, *seats: str, groups: tuple[str, ...] = ()) -> Self:
        for seat in seats:
            name = {"en": text(f"State of {seat}")}
            self.tell(e.StakeholderSeated(seat, name, StakeholderKind.GOVERNMENT, Standing.MEMBER, groups))
        return self

    def observer(self, *seats: str, kind: StakeholderKind = StakeholderKind.COMPANY) -> Self:
        for seat in seats:
            self.tell(e.StakeholderSeated(seat, {"en": text(f"Body {seat}")}, kind, Standing.OBSERVER))
        return self

    def opens_round(self) -> Self:
        return self.tell(e.RoundOpened(len(self.state.rounds) + 1, RoundKind.NEGOTIATION))

    def takes(self, clause: str, seat: str, stance: Stance | str, bloc: str | None = None) -> Self:
        revision = self.state.clauses[clause].revision.number
        taken = e.PositionTaken(clause, revision, seat, Stance(stance), Finality.CONFIRMED, bloc=bloc)
        return self.tell(taken)

    def take(self, clause: str, stances: Mapping[str, Stance | str]) -> Self:
        for seat, stance in stances.items():
            self.takes(clause, seat, stance)
        return self

    def holds(self, rows: Mapping[str, str]) -> Self:
        """Positions from rows of letters over the clauses in order, as `vocabulary.LETTER`, `.` for none."""
        by_letter = dict(zip("SARDONP", Stance, strict=True))
        for seat, row in rows.items():
            for clause, letter in zip(self.state.negotiable, row, strict=True):
                if letter != ".":
                    self.takes(clause.id, seat, by_letter[letter])
        return self

    def aligns(self, clause: str, seat: str, with_seat: str) -> Self:
        statement = self.state.positions[clause][with_seat].made_version
        return self.tell(e.PositionAligned(clause, seat, with_seat, statement))

    def mandates(self, bloc: str, speaker: str, *seats: str) -> Self:
        return self.tell(*(e.MandateGiven(seat, bloc, speaker) for seat in seats))

    def revises(self, clause: str) -> Self:
        """A substantive revision: acceptances become stale, objections stand, the rest is carried."""
        stale, maintained, carried = [], [], []
        held = dict(self.state.positions[clause])
        held |= {bloc_id(key): position for key, position in self.state.bloc_positions[clause].items()}
        for name, position in held.items():
            if position.stance in ACCEPTING:
                stale.append(name)
            elif position.stance in (Stance.OBJECT, Stance.DISSOCIATE):
                maintained.append(name)
            else:
                carried.append(name)
        number = self.state.clauses[clause].revision.number + 1
        return self.tell(
            e.ClauseRevised(
                clause,
                number,
                Change.SUBSTANTIVE,
                {"en": text(f"{clause} rev {number}")},
                tuple(stale),
                tuple(maintained),
                tuple(carried),
            )
        )

    def puts_question(self, clause: str, until: str) -> Self:
        revision = self.state.clauses[clause].revision.number
        return self.tell(e.QuestionPut(len(self.state.questions) + 1, clause, revision, until))

    def checks_in(self, *seats: str) -> Self:
        return self.tell(e.SeatsCheckedIn(len(self.state.questions), seats))

    def declares(self, clause: str, outcome: Outcome, answer: RuleAnswer) -> Self:
        return self.tell(
            e.DecisionDeclared(
                len(self.state.questions),
                clause,
                self.state.clauses[clause].revision.number,
                outcome,
                DecisionRule.CONSENSUS,
                answer,
                len(self.state.members),
                0, (), (), (), (), (), 0,
            )
        )  # fmt: skip

    def votes(
        self, clause: str, yes: str = "", no: str = "", abstain: str = "", carried: bool = True
    ) -> Self:
        lists = (tuple(names.split()) for names in (yes, no, abstain))
        return self.tell(e.VotesRecorded(clause, *lists, carried))

    def following(self) -> Following:
        return follow(self.recorded)

    def report(self) -> Report:
        return self.following().report()

    def record(self, log: Log, deliberation: str = "giga", upto: int | None = None) -> None:
        """Write what happened, up to a version, behind what the log has of it already."""
        if deliberation not in {entry.id for entry in log.index()}:
            log.create(deliberation, self.state.nature, "{}", BEGIN)
        head, _ = log.head(deliberation)
        rows = self.rows[head:upto]
        if rows:
            log.append(deliberation, decided_on=head, rows=rows, at=BEGIN)


def worked_clause() -> Meeting:
    """The worked clause of consensus.md B18: nine members in three groups."""
    meeting = Meeting().group("A").group("B").group("C")
    meeting.member("A1", "A2", "A3", groups=("A",)).member("B1", "B2", groups=("B",))
    meeting.member("C1", "C2", "C3", "C4", groups=("C",)).opens_round()
    return meeting.take(
        "op1",
        {
            "A1": "support",
            "A2": "support",
            "A3": "accept",
            "B1": "accept_with_reservation",
            "B2": "accept_with_reservation",
            "C1": "object",
            "C2": "abstain",
            "C3": "pending",
        },
    )
