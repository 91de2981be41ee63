"""What a decision rule answers: exact integers, and *not put* or *undetermined* where it cannot say (B16)."""

from dataclasses import dataclass

from deliberate.consensus.agreement import Counts, count, quorate
from deliberate.state import Question, State
from deliberate.vocabulary import RuleAnswer


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule's answer with what it rests on: the tally, what is missing to pass, and who."""

    answer: RuleAnswer
    objections: tuple[str, ...]
    awaiting: tuple[str, ...]
    not_heard: tuple[str, ...]
    members: int
    checked_in: int
    quorum_missing: int
    window_over: bool


def consensus(state: State, clause: str, at: str, counts: Counts | None = None) -> RuleReport:
    """Return what the rule of consensus answers for a clause at a moment (UTC, ISO 8601).

    Pass: the question was put on this revision, its window is over, a quorum checked in for it, and no objection
    stands. Fail: it is put and, with the window over, an objection stands. Undetermined: the window runs, or the
    quorum is not there yet. Not put: the chair has not asked. Dissociations, reservations and abstentions do not
    block (UNCLOS Art. 161(8)(e); OSCE Rules of Procedure 2006). Every standing objection blocks, whatever the round
    in which it was made: only its author lifts it.
    """
    counts = counts or count(state, clause)
    question = _question(state, clause)
    rules = state.rules
    present = len(question.checked_in.intersection(state.members)) if question else 0
    least = counts.members * rules.quorum_num // rules.quorum_den + 1
    over = question is not None and at >= question.until
    if question is None:
        answer = RuleAnswer.NOT_PUT
    elif not over:
        answer = RuleAnswer.UNDETERMINED
    elif counts.objections:
        answer = RuleAnswer.FAIL
    elif not quorate(present, counts.members, rules.quorum_num, rules.quorum_den):
        answer = RuleAnswer.UNDETERMINED
    else:
        answer = RuleAnswer.PASS
    return RuleReport(
        answer,
        counts.objections,
        counts.awaiting,
        counts.not_heard,
        counts.members,
        present,
        max(0, least - present) if question else 0,
        over,
    )


def _question(state: State, clause: str) -> Question | None:
    number = state.clauses[clause].question
    question = state.questions[number] if number is not None else None
    current = state.clauses[clause].revision.number
    return question if question is not None and question.revision == current else None
