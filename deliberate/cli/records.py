"""Commands on deliberations and their files: convene, play, import, export, verify."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from deliberate import scenario
from deliberate.cli.convening import convene, links, secretariat, un_register
from deliberate.cli.voice import Answer, Done, Voice
from deliberate.commands import Shape
from deliberate.config import load
from deliberate.consensus.agreement import clause_status, count
from deliberate.events import VotesRecorded
from deliberate.exchange import DRAWN, filename
from deliberate.exchange.positions import positions_commands, read_positions
from deliberate.exchange.produce import draw, produce, recorded, words_of
from deliberate.exchange.recording import Seating, record, title_of
from deliberate.exchange.votes import read_votes, votes_commands
from deliberate.log import Log, verify
from deliberate.secretariat import Docket
from deliberate.state import State
from deliberate.vocabulary import Nature, Office, Standing

DEFAULT_HOME = "http://127.0.0.1:8000"
"""Where `serve` listens unless it is told otherwise."""


def convene_scenario(voice: Voice, name: str, url: str, about: Mapping[str, str | None]) -> Answer:
    """Open a deliberation on a scenario and make the chair's link."""
    settings = load()
    opening = scenario.convene(scenario.load(name), **about)
    home = (url or settings.public_url or DEFAULT_HOME).rstrip("/")
    with secretariat(settings=settings) as office, voice.progress("Convening", None):
        docket, actor = convene(office, opening)
        link = links(office, docket, actor, {"chair": (None, Office.CHAIR)}, settings.invitation_days, home)
        answer = {**_about(docket), "chair": link["chair"]}
    voice.say(
        _mark(docket)
        + f"Convened {docket.deliberation}: {answer['members']} members, {answer['observers']} observers."
    )
    voice.say(f"The chair's link: {answer['chair']}")
    return answer


def play_scenario(voice: Voice, name: str) -> Answer:
    """Play a rehearsal to its end."""
    from deliberate.cli.playing import clock_for, play, steps_of

    found = scenario.load(name)
    steps = steps_of(found)
    clock = clock_for(steps)
    with secretariat(clock=clock) as office, voice.progress("Playing", len(steps)) as done:
        docket, left = play(office, clock, found, steps, done)
    state = docket.state
    statuses = {
        clause.id: clause_status(state, clause.id, count(state, clause.id)).value
        for clause in state.negotiable
    }
    voice.say(
        _mark(docket) + f"Played {docket.deliberation}: {len(steps) - left} steps, version {state.version}."
    )
    for status, clauses in sorted(Counter(statuses.values()).items()):
        voice.say(f"  {status.replace('_', ' ')}: {clauses} of {len(statuses)} paragraphs")
    return {**_about(docket), "steps": len(steps) - left, "rounds": len(state.rounds), "status": statuses}


def import_table(
    voice: Voice,
    what: Literal["votes", "positions"],
    file: Path,
    title: str | None,
    source: str,
    lang: str,
    seating: str,
) -> Answer:
    """Record a table of votes or of positions as a deliberation that is only a record."""
    options: dict[str, Any] = {
        "title": title or title_of(file), "source": source, "lang": lang, "seating": cast(Seating, seating),
    }  # fmt: skip
    with voice.progress(f"Reading {file.name}", None):
        register = un_register()
        commands: Sequence[Shape]
        if what == "votes":
            opening, commands = votes_commands(read_votes(file), register, **options)
        else:
            opening, commands = positions_commands(read_positions(file), register, **options)
    with secretariat() as office, voice.progress("Recording", len(commands)) as done:
        docket, _, _ = record(office, opening, commands, done)
    answer = {**_about(docket), "clauses": len(docket.state.negotiable)}
    said = f"Recorded {what} of {options['title']}, not positions taken here"
    voice.say(f"{said}: {docket.deliberation}, {answer['members']} members.")
    if what == "votes":
        votes = [(clause, clause.votes) for clause in docket.state.text if clause.votes]
        answer["votes"] = {clause.id: roll.tally() for clause, roll in votes}
        for clause, roll in votes:
            voice.say(f"  {clause.number or 'whole':6} {_tally(roll)}")
    return answer


def export_file(voice: Voice, deliberation: str, form: str, output: Path | None) -> Answer:
    """Write a deliberation to a file."""
    with secretariat(make=False) as office:
        log = office.log
        log.entry(deliberation)
        with voice.progress("Reading the log", log.head(deliberation)[0]) as done:
            if form in DRAWN:
                from deliberate.consensus.report import Following

                following = Following()
                for event in recorded(log, deliberation):
                    following.take(event)
                    done(event.version)
                state = following.state
            else:
                state = office.docket(deliberation).state
        target = output or Path(filename(state, _title(log, deliberation, state), form))
        with voice.progress(f"Writing {target.name}", None), _whole(target) as file:
            if form in DRAWN:
                file.write(draw(following, log, deliberation, form))
            elif form == "jsonl":
                file.writelines(log.export(deliberation))
            else:
                file.write(produce(office.database, deliberation, state, form, 0))
        size = target.stat().st_size
    voice.say(f"Wrote {target}: {size:,} bytes, version {state.version}.")
    return {
        "deliberation": deliberation,
        "format": form,
        "file": str(target),
        "bytes": size,
        "version": state.version,
        "nature": state.nature,
    }


def _title(log: Log, deliberation: str, state: State) -> str:
    """Return the title in the language that is negotiated; empty when it was redacted."""
    digest = state.convened.title[state.convened.original] if state.convened else ""
    return words_of(log, deliberation, [digest]).get(digest, "")


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """Give a file that takes the target's place when all is written, and is gone when anything fails."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            yield cast(BinaryIO, file)
            file.flush()
            os.chmod(file.name, 0o666 & ~_umask())
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def verify_file(voice: Voice, file: Path, head: tuple[int, str] | None) -> Answer:
    """Check an exported log, line by line."""
    with file.open("rb") as raw, voice.progress(f"Verifying {file.name}", file.stat().st_size) as done:
        found = verify(_counted(raw, done), head)
    version, digest = found.head
    voice.say(f"The chain of {found.deliberation} ({found.nature}) is whole: {found.events} events.")
    voice.say(f"Its head is {version}:{digest}.")
    if found.receipt:
        voice.say(f"It contains the receipt of version {head[0] if head else version}.")
    voice.say(f"{found.texts} texts are on record here; {found.withheld} are withheld or redacted.")
    return {
        "deliberation": found.deliberation,
        "nature": found.nature,
        "events": found.events,
        "version": version,
        "digest": digest,
        "texts": found.texts,
        "withheld": found.withheld,
        "receipt": found.receipt,
        "whole": True,
    }


def _counted(lines: Iterable[bytes], done: Done) -> Iterator[bytes]:
    read = 0
    for line in lines:
        read += len(line)
        done(read)
        yield line


def _about(docket: Docket) -> Answer:
    state = docket.state
    members = len(state.members)
    return {
        "deliberation": docket.deliberation,
        "nature": state.nature,
        "version": state.version,
        "digest": state.digest,
        "members": members,
        "observers": sum(seat.standing is Standing.OBSERVER for seat in state.seats.values()),
    }


def _mark(docket: Docket) -> str:
    return "REHEARSAL. " if docket.state.nature is Nature.REHEARSAL else ""


def _tally(votes: VotesRecorded) -> str:
    yes, no, abstain = votes.tally()
    said = "adopted" if votes.carried else "not adopted"
    return f"{said} by a recorded vote of {yes} in favour to {no} against, with {abstain} abstentions"


__all__ = ["convene_scenario", "export_file", "import_table", "play_scenario", "verify_file"]
