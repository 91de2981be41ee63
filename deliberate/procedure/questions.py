"""Putting the question and declaring: the machine describes, the chair declares (A6.1, A6.2)."""

from collections.abc import Sequence

from deliberate import commands as c
from deliberate import events as e
from deliberate.consensus import rules
from deliberate.consensus.agreement import count
from deliberate.errors import NotFound, Refused
from deliberate.moments import later
from deliberate.procedure.lookup import current_revision, negotiable, open_question, own_seat, seat_of
from deliberate.procedure.rights import holds
from deliberate.state import State
from deliberate.vocabulary import Office, Outcome, RuleAnswer, Stance


def address_objection(state: State, command: c.AddressObjection, actor: str, at: str) -> Sequence[e.Event]:
    """Recorded with its reason, whether or not the objection is withdrawn; it lifts no block under consensus."""
    clause = negotiable(state, command.clause)
    held = (
        state.positions[clause.id].get(command.seat)
        if command.bloc is None
        else state.bloc_positions[clause.id].get((command.bloc, command.seat))
    )
    if held is None or held.stance is not Stance.OBJECT:
        raise NotFound(f"{command.seat} has no objection on {clause.number or clause.id}.", "no_objection")
    return [e.ObjectionAddressed(clause.id, command.seat, command.reason, command.bloc)]


def put(state: State, command: c.PutQuestion, actor: str, at: str) -> Sequence[e.Event]:
    """On a named revision, outside a challenge window, one question at a time."""
    clause = negotiable(state, command.clause)
    current_revision(clause, command.revision)
    if (other := state.open_question) is not None:
        raise Refused(
            f"The question on {state.clauses[other.clause].number or other.clause} is still put; "
            "declare or withdraw it first.",
            "question_open",
        )
    if clause.challenge_until is not None:
        raise Refused(
            f"The last change of this clause may be challenged until {clause.challenge_until}; "
            "no decision is taken on it before.",
            "in_challenge_window",
            until=clause.challenge_until,
        )
    until = later(at, state.rules.question_window_s)
    return [e.QuestionPut(len(state.questions) + 1, clause.id, command.revision, until)]


def check_in(state: State, command: c.CheckIn, actor: str, at: str) -> Sequence[e.Event]:
    """A delegate checks in its own seat; the chair or secretary the members seen in the room."""
    question = open_question(state, command.question)
    office = holds(state, actor, Office.CHAIR, Office.SECRETARY)
    for seat in command.seats:
        if office:
            seat_of(state, seat)
        else:
            own_seat(state, seat, actor)
        if seat not in state.members:
            raise Refused(f"{seat} is an observer; the quorum is of members.", "observer")
    new = tuple(sorted(set(command.seats) - question.checked_in))
    return [e.SeatsCheckedIn(question.number, new)] if new else []


def request_floor(state: State, command: c.RequestFloor, actor: str, at: str) -> Sequence[e.Event]:
    """Once per seat and question."""
    question = open_question(state, command.question)
    seat = own_seat(state, command.seat, actor)
    return [] if seat.id in question.floor else [e.FloorRequested(question.number, seat.id)]


def withdraw(state: State, command: c.WithdrawQuestion, actor: str, at: str) -> Sequence[e.Event]:
    """Before declaring; the reason stands in the record."""
    question = open_question(state, command.question)
    return [e.QuestionWithdrawn(question.number, command.reason)]


def declare(state: State, command: c.DeclareDecision, actor: str, at: str) -> Sequence[e.Event]:
    """Adoption needs the rule to pass; over an objection it is refused, and says who objects.

    What a bloc says for a member blocks or not, and never accepts, reserves or dissociates in a decision (A5).
    """
    question = open_question(state, command.question)
    counts = count(state, question.clause)
    report = rules.consensus(state, question.clause, at, counts)
    if command.outcome is Outcome.ADOPTED and report.answer is not RuleAnswer.PASS:
        _refuse(report, question.until)
    if command.outcome is Outcome.NOT_ADOPTED and not report.window_over and not report.objections:
        raise Refused(
            f"The window to object runs until {question.until}.", "window_open", until=question.until
        )
    if command.outcome is Outcome.NOT_ADOPTED and report.answer is RuleAnswer.PASS:
        raise Refused(
            "Nothing stands against adoption. Declare it adopted, or withdraw the question with the reason.",
            "passes",
        )
    spoke = set(state.members).difference(counts.by_bloc)
    return [
        e.DecisionDeclared(
            question.number,
            question.clause,
            question.revision,
            command.outcome,
            state.rules.decision_rule,
            report.answer,
            counts.members,
            report.checked_in,
            counts.objections,
            tuple(seat for seat in counts.dissociations if seat in spoke),
            tuple(seat for seat in counts.reservations if seat in spoke),
            tuple(seat for seat in counts.abstentions if seat in spoke),
            tuple(seat for seat in counts.awaiting if seat in spoke),
            len(counts.not_heard),
            command.statement,
        )
    ]


def _refuse(report: rules.RuleReport, until: str) -> None:
    if report.objections:
        raise Refused(
            f"This cannot be declared adopted by consensus: {', '.join(report.objections)} "
            f"{'objects' if len(report.objections) == 1 else 'object'}. Only the objector withdraws an objection.",
            "objected",
            objections=list(report.objections),
        )
    if not report.window_over:
        raise Refused(
            f"The window to object runs until {until}; declare after it.", "window_open", until=until
        )
    raise Refused(
        f"There is no quorum for this item: {report.checked_in} of {report.members} members are checked in, "
        f"{report.quorum_missing} more are needed.",
        "no_quorum",
        missing=report.quorum_missing,
    )
