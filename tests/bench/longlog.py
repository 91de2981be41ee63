"""A log of many events, made quickly: the rules decide each command, the log takes them a slice at a time."""

from deliberate import commands as c
from deliberate import scenario
from deliberate.accounts import Accounts
from deliberate.database import Database
from deliberate.events import Recorded, encode
from deliberate.log import Log, Row, chain
from deliberate.moments import later, now
from deliberate.procedure import decide
from deliberate.state import State, fold
from deliberate.vocabulary import Office, RoundKind, Stance

CHAIR = "a-chair"
LONG = "long"
SLICE = 5_000


class Recorder:
    """Decides commands one by one and appends their events a slice at a time."""

    def __init__(self, log: Log) -> None:
        self.log, self.state, self.at = log, State(), now()
        self.rows: list[Row] = []
        self.texts: list[c.SealedText] = []

    def say(self, command: c.Shape, actor: str) -> None:
        sealed, texts = c.seal(command)
        events = decide(self.state, sealed, actor, self.at)
        id_ = c.mint("b")
        for place, event in enumerate(events):
            version = self.state.version + 1
            body = encode(event, version, self.at, actor, id_)
            digest = chain(self.state.digest, body)
            fold(self.state, Recorded(version, self.at, actor, id_, event, digest))
            first = place == 0
            self.rows.append(
                Row(version, body, digest, id_ if first else None, "", len(events) if first else None)
            )
        self.texts += texts
        if len(self.rows) >= SLICE:
            self.write()

    def write(self) -> None:
        if self.rows:
            before = self.rows[0].version - 1
            self.log.append(LONG, decided_on=before, rows=self.rows, texts=self.texts, at=self.at)
        self.rows, self.texts = [], []


def make(address: str, events: int) -> str:
    """Write a rehearsal's log of so many events, and return the secret of a link to an office at its table."""
    database = Database(address)
    log = Log(database)
    convening = scenario.convene(scenario.load("rehearsal"))
    log.create(LONG, convening.nature, "{}", now())
    recorder = Recorder(log)
    recorder.say(convening, CHAIR)
    seats = recorder.state.members
    expires = later(recorder.at, 86_400)
    drafts = [c.InvitationDraft(invitation=f"i-{seat}", expires_at=expires, seat=seat) for seat in seats]
    table = c.InvitationDraft(invitation="i-table", expires_at=expires, office=Office.SECRETARY)
    recorder.say(c.IssueInvitations(invitations=(*drafts, table)), CHAIR)
    for seat in seats:
        recorder.say(c.AcceptInvitation(invitation=f"i-{seat}"), f"a-{seat.lower()}")
    recorder.say(c.OpenRound(kind=RoundKind.NEGOTIATION), CHAIR)
    clauses = [clause.id for clause in recorder.state.negotiable]
    stances = list(Stance)
    for n in range(events - recorder.state.version):
        seat = seats[n % len(seats)]
        command = c.TakePosition(
            clause=clauses[n // len(seats) % len(clauses)],
            revision=1,
            seat=seat,
            stance=stances[n % len(stances)],
        )
        recorder.say(command, f"a-{seat.lower()}")
    recorder.write()
    secret = Accounts(database).issue(LONG, "i-table", expires)
    database.close()
    return secret
