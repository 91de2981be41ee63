"""Imports of another body's record, redaction and translations."""

from collections.abc import Sequence

from deliberate import commands as c
from deliberate import events as e
from deliberate.errors import Invalid, NotFound, Refused
from deliberate.procedure.lookup import clause_of, current_revision, seat_of
from deliberate.state import State
from deliberate.vocabulary import Nature, Standing


def _only_in_a_record(state: State) -> None:
    if state.nature is not Nature.RECORD:
        raise Refused(
            "Votes and positions are imported only into a deliberation convened as a record.", "not_record"
        )


def record_votes(state: State, command: c.RecordVotes, actor: str, at: str) -> Sequence[e.Event]:
    """Each member's vote once; those in no list did not vote, or were not recorded."""
    _only_in_a_record(state)
    clause = clause_of(state, command.clause)
    if clause.votes is not None:
        raise Refused(f"Votes on {clause.number or clause.id} are already recorded.", "votes_exist")
    voters = [*command.yes, *command.no, *command.abstain]
    for seat in voters:
        if seat_of(state, seat).standing is not Standing.MEMBER:
            raise Refused(f"{seat} is an observer and has no vote.", "observer")
    if len(set(voters)) != len(voters):
        raise Invalid("A seat is listed with more than one vote.", "voted_twice")
    return [e.VotesRecorded(clause.id, command.yes, command.no, command.abstain, command.carried)]


def import_positions(state: State, command: c.ImportPositions, actor: str, at: str) -> Sequence[e.Event]:
    """Stances of seats on a revision, replacing what was imported before."""
    _only_in_a_record(state)
    clause = clause_of(state, command.clause)
    if not clause.negotiable:
        raise Refused(f"No positions are taken on the {clause.kind}.", "not_negotiable")
    current_revision(clause, command.revision)
    for seat in command.stances:
        seat_of(state, seat)
    return [e.PositionsImported(clause.id, command.revision, command.stances)]


def redact(state: State, command: c.RedactText, actor: str, at: str) -> Sequence[e.Event]:
    """The words go, with their translations; the facts stay, the reason is on record."""
    found = [command.text]
    for text in found:  # grows: a translation may have been translated in turn
        found += [
            translated for translated in state.translations.get(text, {}).values() if translated not in found
        ]
    return [e.TextRedacted(text, command.reason) for text in found if text not in state.redacted]


def translate(state: State, command: c.AddTranslation, actor: str, at: str) -> Sequence[e.Event]:
    """A translation of a text that still has words, and that was not told in confidence: everybody reads it."""
    if command.of in state.redacted:
        raise NotFound("This text was redacted; it cannot be translated.", "redacted")
    if any(command.of in held.texts for told in state.confidences.values() for held in told.values()):
        raise NotFound(
            "What was told to the facilitators alone is on no record that could be translated.",
            "unknown_text",
        )
    return [e.TranslationAdded(command.of, command.lang, command.text)]
