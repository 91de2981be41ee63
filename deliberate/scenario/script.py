"""The rehearsal's script as timed steps: who does what, when. `play` and `demo` drive them; tests read them.

Every draw is SHA-256 of (seed, seat, clause, what for): no generator with a state, so that leaving a seat out
changes nobody else's positions, and every machine gives the same steps. The model knows acceptances, reservations,
"takes no position" and "awaiting instructions"; objections and dissociations are named in the file, with reasons.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from deliberate import commands as c
from deliberate.errors import Invalid
from deliberate.scenario.shapes import NamedPosition, NamedQuestion, Scenario, Script, ScriptedRound
from deliberate.state import State
from deliberate.vocabulary import ACCEPTING, Change, ClauseKind, Outcome, PendingKind, Stance

_PAUSE_S = 4.0
"""Between the acts of the chair: long enough to read what the page says, short enough for an audience."""
_SUPPORTS, _ACCEPTS, _RESERVES = 4.0, 3.0, 2.2
"""From these leanings up a delegation supports, accepts, accepts with reservation; below the last it stays out."""
_OUT = (ClauseKind.TITLE, ClauseKind.CHAPEAU)


@dataclass(frozen=True, slots=True)
class Step:
    """One act. `seat` is the delegation that does it, or None for the chair.

    `at_s` counts seconds from the start of the script, at its own pace. Whatever the pace, `window_s` real seconds
    must lie between the chair's act before and this one, because a window of the rules of procedure runs.
    """

    at_s: float
    command: c.Command
    seat: str | None = None
    window_s: float = 0.0


def script(scenario: Scenario, spare: Iterable[str] = ()) -> Iterator[Step]:
    """Return the steps of a rehearsal in their order, for a deliberation just convened from the scenario.

    Seats in `spare` do nothing: people sit there. Raises `Invalid` for a scenario that has no script.
    """
    if scenario.script is None:
        raise Invalid(f"The scenario {scenario.name} has no script to play.", "no_script")
    return _Director(scenario, scenario.script, frozenset(spare)).steps()


def ready(step: Step, state: State) -> c.Command | None:
    """Return the step's command with what only the log knows: the version of the statement aligned with.

    None when there is nothing to align with any more.
    """
    if not isinstance(step.command, c.AlignPosition):
        return step.command
    statement = state.positions.get(step.command.clause, {}).get(step.command.with_seat)
    if statement is None:
        return None
    return step.command.model_copy(update={"statement_version": statement.made_version})


@dataclass(frozen=True, slots=True)
class _Held:
    stance: Stance
    revision: int
    named: bool


@dataclass(slots=True)
class _Director:
    """Walks through the script, keeping what each seat holds, so that it restates and moves as people would."""

    scenario: Scenario
    script: Script
    spare: frozenset[str]
    now_s: float = 0.0
    questions: int = 0
    revision: dict[str, int] = field(default_factory=dict)
    substantive: dict[str, int] = field(default_factory=dict)
    held: dict[tuple[str, str], _Held] = field(default_factory=dict)
    left: set[tuple[str, str]] = field(default_factory=set)
    """(seat, clause) that follow another's statement and so say nothing of their own."""

    def steps(self) -> Iterator[Step]:
        for clause in self.scenario.clauses:
            self.revision[clause.id] = self.substantive[clause.id] = 1
        for chapter in self.script.rounds:
            self.left |= {
                (seat, statement.clause)
                for statement in chapter.statements
                for mandate in chapter.mandates
                if mandate.bloc == statement.bloc
                for seat in mandate.seats
            }
        for number, chapter in enumerate(self.script.rounds, 1):
            yield from self._opening(chapter)
            yield from self._positions(number, chapter)
            yield from self._following(chapter)
            for question in chapter.questions:
                yield from self._question(question)
            yield self._chair(c.CloseRound(round=number, reason=chapter.reason))

    def _chair(self, command: c.Command, pause_s: float = _PAUSE_S, window_s: float = 0.0) -> Step:
        self.now_s = round(self.now_s + pause_s, 3)
        return Step(self.now_s, command, None, window_s)

    def _delegates(self, acts: Iterable[tuple[str, c.Command]], pace_per_s: float) -> Iterator[Step]:
        """Yield delegations' acts one after another, unevenly as people are."""
        start_s = self.now_s
        for n, (seat, command) in enumerate(acts):
            self.now_s = round(start_s + (n + 0.9 * self._draw(seat, str(n), "when")) / pace_per_s, 3)
            if seat not in self.spare:
                yield Step(self.now_s, command, seat)

    def _opening(self, chapter: ScriptedRound) -> Iterator[Step]:
        for change in chapter.revisions:
            yield self._chair(
                c.ReviseClause(
                    clause=change.clause,
                    revision=self.revision[change.clause],
                    change=change.change,
                    wording=change.wording,
                    explanation=change.explanation,
                )
            )
            self.revision[change.clause] += 1
            if change.change is Change.SUBSTANTIVE:
                self.substantive[change.clause] = self.revision[change.clause]
        yield self._chair(c.OpenRound(kind=chapter.kind))
        given = [
            (seat, c.GiveMandate(seat=seat, bloc=mandate.bloc, speaker=mandate.speaker))
            for mandate in chapter.mandates
            for seat in mandate.seats
        ]
        yield from self._delegates(given, chapter.pace_per_s)
        spoken = [
            (
                statement.speaker,
                c.TakePosition(
                    clause=statement.clause,
                    revision=self.revision[statement.clause],
                    seat=statement.speaker,
                    stance=statement.stance,
                    bloc=statement.bloc,
                ),
            )
            for statement in chapter.statements
        ]
        yield from self._delegates(spoken, chapter.pace_per_s)

    def _positions(self, number: int, chapter: ScriptedRound) -> Iterator[Step]:
        named = {(position.seat, position.clause): position for position in chapter.positions}
        acts: list[tuple[float, str, c.Command]] = []
        for seat, groups, share in self._seats():
            for clause in self.scenario.clauses:
                if clause.kind in _OUT or clause.id not in self.script.model.leaning:
                    continue
                position = named.get((seat, clause.id))
                command = (
                    self._named(position)
                    if position is not None
                    else self._modelled(seat, groups, clause.id, number, chapter, share)
                )
                if command is not None:
                    acts.append((self._draw(seat, clause.id, f"turn {number}"), seat, command))
        acts.sort(key=lambda act: act[:2])
        yield from self._delegates(((seat, command) for _, seat, command in acts), chapter.pace_per_s)

    def _seats(self) -> Iterator[tuple[str, tuple[str, ...], float]]:
        """Yield each seat with its groups and its share of what is heard."""
        model = self.script.model
        for member in self.scenario.members:
            yield (
                member.code,
                member.groups,
                min(model.heard_less.get(group, 1.0) for group in member.groups),
            )
        for observer in self.scenario.observers:
            yield observer.code, (), model.observers_heard

    def _named(self, position: NamedPosition) -> c.Command:
        seat, clause = position.seat, position.clause
        self.held[seat, clause] = _Held(position.stance, self.revision[clause], True)
        return c.TakePosition(
            clause=clause,
            revision=self.revision[clause],
            seat=seat,
            stance=position.stance,
            objection_type=position.type,
            pending_kind=position.pending,
            statement=position.reason,
            scope=position.scope,
            would_lift=position.would_lift,
            lang=position.lang,
        )

    def _modelled(
        self,
        seat: str,
        groups: tuple[str, ...],
        clause: str,
        number: int,
        chapter: ScriptedRound,
        share: float,
    ) -> c.Command | None:
        """Return what the seat does on the clause in this round by itself, or None."""
        if (seat, clause) in self.left:
            return None
        before = self.held.get((seat, clause))
        stance = self._stance(seat, groups, clause, number, chapter.drift)
        turn = self._draw(seat, clause, f"heard {number}")
        if before is None:
            if turn >= chapter.heard * share:
                return None
        elif before.named and before.stance not in (*ACCEPTING, Stance.PENDING):
            return None
        elif before.stance in ACCEPTING and before.revision < self.substantive[clause]:
            if turn >= chapter.reaffirm:
                return None
            if stance is before.stance or before.named:
                self.held[seat, clause] = _Held(before.stance, self.revision[clause], before.named)
                return c.ReaffirmPosition(clause=clause, revision=self.revision[clause], seat=seat)
        elif before.named or stance is before.stance:
            if before.named or turn >= chapter.restate:
                return None
        elif turn >= chapter.heard:
            return None
        return self._take(seat, clause, stance, number)

    def _take(self, seat: str, clause: str, stance: Stance, number: int) -> c.Command:
        self.held[seat, clause] = _Held(stance, self.revision[clause], False)
        words = self.script.model.reservations.get(clause, ())
        pick = int(self._draw(seat, clause, "words") * 2 * len(words))
        given = words[pick] if stance is Stance.ACCEPT_WITH_RESERVATION and pick < len(words) else None
        return c.TakePosition(
            clause=clause,
            revision=self.revision[clause],
            seat=seat,
            stance=stance,
            pending_kind=PendingKind.GENERAL if stance is Stance.PENDING else None,
            statement=given.reason if given else None,
            lang=given.lang if given else None,
        )

    def _stance(self, seat: str, groups: tuple[str, ...], clause: str, number: int, drift: float) -> Stance:
        model = self.script.model
        patience = 1 - (number - 1) / len(self.script.rounds)
        if self._draw(seat, clause, "awaiting") < model.awaiting.get(clause, 0) * patience:
            return Stance.PENDING
        if self._draw(seat, clause, "out") < model.takes_no_position:
            return Stance.ABSTAIN
        own = self._draw(seat, clause, "own") + self._draw(seat, clause, "mood") - 1
        leaning = model.leaning[clause] + drift + model.spread * own
        leaning += sum(model.groups.get(group, {}).get(clause, 0.0) for group in groups)
        if leaning >= _SUPPORTS:
            return Stance.SUPPORT
        if leaning >= _ACCEPTS:
            return Stance.ACCEPT
        return Stance.ACCEPT_WITH_RESERVATION if leaning >= _RESERVES else Stance.ABSTAIN

    def _following(self, chapter: ScriptedRound) -> Iterator[Step]:
        for alignment in chapter.alignments:
            self.left |= {(seat, alignment.clause) for seat in alignment.seats}
            acts = [
                (
                    seat,
                    c.AlignPosition(
                        clause=alignment.clause, seat=seat, with_seat=alignment.with_seat, statement_version=1
                    ),
                )
                for seat in alignment.seats
            ]
            yield from self._delegates(acts, chapter.pace_per_s)

    def _question(self, question: NamedQuestion) -> Iterator[Step]:
        self.questions += 1
        window_s = float(self.scenario.rules.question_window_s)
        yield self._chair(c.PutQuestion(clause=question.clause, revision=self.revision[question.clause]))
        present = tuple(member.code for member in self.scenario.members if member.code not in question.absent)
        yield self._chair(c.CheckIn(question=self.questions, seats=present))
        yield self._chair(
            c.DeclareDecision(question=self.questions, outcome=Outcome.ADOPTED, statement=question.statement),
            window_s,
            window_s,
        )

    def _draw(self, seat: str, clause: str, what: str) -> float:
        """Return a number in [0, 1) that depends on nothing but these and the seed."""
        digest = hashlib.sha256(f"{self.script.seed}/{seat}/{clause}/{what}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48
