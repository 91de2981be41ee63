"""A deliberation in any of the formats. The log and the table are written at once; graphs are drawn in the back office.

What was drawn is kept with the reports, as the newest of its kind, so that nothing is drawn twice. A file that is
asked for at a version may show a later one: it says which.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from deliberate import __version__
from deliberate.database import Database
from deliberate.database.jobs import JobState, find_job, request_job
from deliberate.database.reports import StoredReport, latest_report, store_report
from deliberate.errors import NotFound, Unavailable
from deliberate.events import Recorded, decode
from deliberate.exchange import DRAWN, FORMATS
from deliberate.exchange.tables import names_in, positions_csv
from deliberate.log import Log
from deliberate.moments import now
from deliberate.state import State

if TYPE_CHECKING:
    from deliberate.consensus.report import Following

LOOK_S: Final = 0.1
"""How often it is seen whether the back office has finished."""


def produce(database: Database, deliberation: str, state: State, form: str, wait_s: float) -> bytes:
    """Return the deliberation in one of `FORMATS`, at the state's version or a later one.

    Waits for the back office at most `wait_s`. Raises `NotFound` for a form that there is not, and `Unavailable` when
    the back office has not finished, or could not.
    """
    if form not in FORMATS:
        raise NotFound(f"There is no format {form!r}; there are: {', '.join(FORMATS)}.", "unknown_format")
    if form in DRAWN:
        return _drawn(database, deliberation, state, form, wait_s)
    log = Log(database)
    if form == "jsonl":
        return b"".join(log.export(deliberation))
    return positions_csv(state, words_of(log, deliberation, names_in(state).values()))


def _drawn(database: Database, deliberation: str, state: State, form: str, wait_s: float) -> bytes:
    until = time.monotonic() + wait_s
    layer = state.rules.audience.value
    asked: str | None = None
    while True:
        made = latest_report(database, deliberation, layer, kind_of(form))
        if made is not None and made.version >= state.version:
            return made.payload.encode()
        job = find_job(database, asked) if asked else None
        if job is not None and job.state is JobState.FAILED:
            raise Unavailable(f"The file could not be made: {job.error}", "not_made")
        if job is None or job.state is JobState.DONE:
            asked = request_job(database, f"export-{form}", deliberation, state.version)
        if time.monotonic() >= until:
            raise Unavailable(
                "The back office has not finished this file yet. Ask for it again in a moment; "
                "if that does not help, see whether `deliberate backoffice` is running.",
                "not_ready",
            )
        time.sleep(LOOK_S)


def kind_of(form: str) -> str:
    """Return under which kind of report a form is kept: of this release, for another might write it otherwise."""
    return f"export-{form} {__version__}"


def draw(following: "Following", log: Log, deliberation: str, form: str) -> bytes:
    """Return the position graph of a followed log, drawn where its report draws it. For the back office and the
    command line: it imports NetworkX."""
    from deliberate.consensus.graph import position_graph
    from deliberate.exchange import graphs

    write = {"graphml": graphs.graphml, "gexf": graphs.gexf, "json": graphs.node_link_json}[form]
    graph = position_graph(following.state, at_places=following.report().places, measures=False)
    digests = [graph.graph["title"], *(name for _, name in graph.nodes(data="name"))]
    return write(graph, words_of(log, deliberation, digests))


def store_drawn(database: Database, following: "Following", deliberation: str, form: str) -> None:
    """Draw the graph of a followed log and keep it."""
    payload = draw(following, Log(database), deliberation, form)
    state = following.state
    made = StoredReport(state.version, hashlib.sha256(payload).hexdigest(), payload.decode(), now())
    store_report(database, deliberation, made, state.rules.audience.value, kind_of(form))


def recorded(log: Log, deliberation: str, after: int = 0) -> Iterator[Recorded]:
    """Give every event of a log after a version, read in slices."""
    version = after
    while rows := log.read(deliberation, version):
        for _, body, digest in rows:
            yield decode(body, digest)
        version = rows[-1][0]


def words_of(log: Log, deliberation: str, digests: Iterable[str]) -> dict[str, str]:
    """Return the words that are on record, by digest; what was redacted is absent."""
    found = log.texts(deliberation, dict.fromkeys(filter(None, digests)))
    return {digest: text.words for digest, text in found.items() if text.words is not None}
