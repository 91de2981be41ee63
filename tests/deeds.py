"""Random use that mostly makes sense: small numbers, read against the state as it is, become commands.

Hypothesis draws `DEEDS`, lists of four numbers, and shrinks them; `do` says what they ask for here. Refusals change
nothing and are left out. `Hall` is a `Story` that keeps a board beside its state, as the secretariat does.
"""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from story import BLOCS, MEMBERS, OBSERVER, Story, convened

from deliberate import commands as c
from deliberate.board import Board, touched, value
from deliberate.consensus.agreement import count
from deliberate.errors import DeliberateError
from deliberate.events import Event
from deliberate.moments import later
from deliberate.state import State
from deliberate.vocabulary import Change, Outcome, RoundKind, Stance, Visibility

Deed = tuple[int, int, int, int]
CLAUSES = ("op1", "op2")
NEWCOMER = {"seat": "YEW", "name": {"en": "Yew"}, "kind": "government", "standing": "member"}


class Hall(Story):
    """A story with its board: after every command the touched keys are marked, with the state of then."""

    def __init__(
        self, audience: str = "public", members: Sequence[str] = MEMBERS, nature: str = "deliberation"
    ) -> None:
        super().__init__()
        self.board = Board()
        convened(members, {"audience": audience}, nature=nature)(self)
        if nature != "record":
            self.send(c.OpenRound(kind=RoundKind.NEGOTIATION), "chair")
            if "BIRCH" in members:
                self.send(c.GiveMandate(seat="BIRCH", bloc="GROVE", speaker="ASH"), "birch")

    def _record(self, events: Sequence[Event], actor: str, command_id: str) -> None:
        marks = []
        for event in events:
            keys = list(touched(self.state, event))
            super()._record([event], actor, command_id)
            marks.append((self.state.version, keys))
        for version, keys in marks:
            self.board.mark(self.state, dict.fromkeys(keys, version))


def _of(choices: Sequence[str], n: int) -> str:
    return choices[n % len(choices)]


def _seat(state: State, n: int) -> str:
    return _of([*MEMBERS, OBSERVER, "YEW"], n)


def _revision(state: State, clause: str) -> int:
    return state.clauses[clause].revision.number


def _takes(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    stance = list(Stance)[n % len(Stance)]
    where = Visibility.FACILITATORS if n % 5 == 4 else Visibility.SHARED
    revision = _revision(hall.state, clause)
    return c.TakePosition(clause=clause, revision=revision, seat=seat, stance=stance, visibility=where)


def _speaks(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    """Somebody who has a mandate speaks for the bloc."""
    given = [mandate for held in hall.state.mandates.values() for mandate in held.values()]
    bloc, speaker = (given[n % len(given)].bloc, given[n % len(given)].speaker) if given else ("GROVE", seat)
    stance = (Stance.OBJECT, Stance.ACCEPT, Stance.DISSOCIATE)[n % 3]
    revision = _revision(hall.state, clause)
    return c.TakePosition(clause=clause, revision=revision, seat=speaker, stance=stance, bloc=bloc)


def _spoken(hall: Hall, clause: str, seat: str, n: int) -> tuple[str, str | None]:
    """Whose position to act on: sometimes a bloc's that was stated, else the seat's own."""
    spoken = list(hall.state.bloc_positions[clause])
    if n % 3 == 2 and spoken:
        bloc, speaker = spoken[n % len(spoken)]
        return speaker, bloc
    return seat, None


def _mandates(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    bloc = _of(list(BLOCS), n)
    return c.GiveMandate(seat=seat, bloc=bloc, speaker=_of(BLOCS[bloc], n // 2))


def _aligns(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    stated = hall.state.positions[clause]
    other = _of(sorted(stated) or ["ASH"], n)
    version = stated[other].made_version if other in stated else 1
    return c.AlignPosition(clause=clause, seat=seat, with_seat=other, statement_version=version)


def _withdraws(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    seat, bloc = _spoken(hall, clause, seat, n)
    where = Visibility.FACILITATORS if n % 4 == 3 and bloc is None else Visibility.SHARED
    return c.WithdrawPosition(clause=clause, seat=seat, bloc=bloc, visibility=where)


def _reaffirms(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    seat, bloc = _spoken(hall, clause, seat, n)
    revision = _revision(hall.state, clause)
    return c.ReaffirmPosition(clause=clause, revision=revision, seat=seat, bloc=bloc)


def _supplements(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    seat, bloc = _spoken(hall, clause, seat, n)
    return c.SupplementPosition(clause=clause, seat=seat, bloc=bloc, statement=f"Reason {n}")


def _revises(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    change = list(Change)[n % 2]
    revision = _revision(hall.state, clause)
    return c.ReviseClause(clause=clause, revision=revision, change=change, wording={"en": f"Text {n}"})


def _challenges(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    return c.ChallengeRevision(clause=clause, revision=_revision(hall.state, clause), seat=seat)


def _addresses(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    seat, bloc = _spoken(hall, clause, seat, n)
    return c.AddressObjection(clause=clause, seat=seat, bloc=bloc, reason="It was heard")


def _question(hall: Hall) -> int:
    return max(hall.state.questions, default=1)


def _rounds(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    if (current := hall.state.open_round) is not None and n % 2:
        return c.CloseRound(round=current.number, reason="Enough was said")
    deadline = later(hall.at, 600) if n % 4 == 0 else None
    return c.OpenRound(kind=list(RoundKind)[n % 3], deadline=deadline)


def _invites(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    links = [link.id for link in hall.state.invitations.values() if not link.revoked]
    if n % 3 == 0 and links:
        return c.RevokeInvitation(invitation=links[-1])
    draft = c.InvitationDraft(
        invitation=f"spare-{len(links)}-{n}", expires_at=later(hall.at, 9_000), seat=seat
    )
    return c.IssueInvitations(invitations=(draft,))


def _texts(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    digest = f"{n % 3:x}" * 64
    if n % 2:
        return c.RedactText(text=digest, reason="It held an address")
    return c.AddTranslation(of=digest, lang=_of(["fr", "ar"], n), text="Un texte")


def _changes_the_hall(hall: Hall, clause: str, seat: str, n: int) -> c.Shape:
    """Seldom: everything after it is about who is left."""
    match n:
        case 13:
            return c.WithdrawStakeholder(seat=seat)
        case 12:
            return c.RevokeDelegate(holder=seat.lower())
        case 11:
            return c.TableClause(clause="op4", kind="operative", number="OP4", wording={"en": "Text 4"})
        case 10:
            return c.SeatStakeholder(**NEWCOMER)
        case _:
            return _takes(hall, clause, seat, n)


Maker = Callable[[Hall, str, str, int], c.Shape]
BY_SEATS: tuple[Maker, ...] = (
    *(_takes,) * 5,
    *(_speaks,) * 2,
    *(_aligns,) * 3,
    *(_withdraws,) * 2,
    *(_reaffirms,) * 4,
    *(_supplements,) * 3,
    _challenges,
    lambda hall, clause, seat, n: c.WithdrawAlignment(clause=clause, seat=seat),
    _mandates,
    lambda hall, clause, seat, n: c.RevokeMandate(seat=seat, bloc=_of(list(BLOCS), n)),
    lambda hall, clause, seat, n: c.RequestFloor(question=_question(hall), seat=seat),
)
BY_THE_CHAIR: tuple[Maker, ...] = (
    _revises,
    *(_addresses,) * 2,
    _rounds,
    _invites,
    _texts,
    lambda hall, clause, seat, n: c.PutQuestion(clause=clause, revision=_revision(hall.state, clause)),
    lambda hall, clause, seat, n: c.CheckIn(question=_question(hall), seats=hall.state.members or ("ASH",)),
    lambda hall, clause, seat, n: c.WithdrawQuestion(question=_question(hall), reason="Not yet"),
    lambda hall, clause, seat, n: c.DeclareDecision(question=_question(hall), outcome=list(Outcome)[n % 2]),
    _changes_the_hall,
)
KINDS = len(BY_SEATS) + len(BY_THE_CHAIR) + 1
DEED = st.tuples(st.integers(0, KINDS - 1), st.integers(0, 1), st.integers(0, 6), st.integers(0, 13))
DEEDS = st.lists(DEED, min_size=30, max_size=60)


def do(hall: Hall, deed: Deed) -> None:
    """Do what the numbers say (what, which clause, which seat, how), as far as the rules allow it."""
    kind, clause_at, seat_at, n = deed
    kind %= KINDS
    clause, seat = CLAUSES[clause_at], _seat(hall.state, seat_at)
    if kind == KINDS - 1:
        hall.at = later(hall.at, (20, 90_000)[n % 2])
        hall.tick()
        return
    try:
        if kind < len(BY_SEATS):
            command = BY_SEATS[kind](hall, clause, seat, n)
            hall.send(command, str(getattr(command, "seat", seat)).lower())
            return
        command = BY_THE_CHAIR[kind - len(BY_SEATS)](hall, clause, seat, n)
        hall.send(command, seat.lower() if isinstance(command, c.TakePosition) else "chair")
    except DeliberateError:
        return


def fresh(state: State) -> dict[str, Any]:
    """Every key that the state gives a value to, whatever happened before, with its value computed now."""
    keys = ["deliberation", "round", "seats", "question", "mandates", "chair/arrivals"]
    keys += [f"redacted/{digest}" for digest in state.redacted]
    keys += [f"translation/{digest}" for digest in state.translations]
    keys += [f"seat/{seat}" for seat in state.seats]
    found = {key: value(state, key) for key in keys}
    for clause in state.clauses:
        counts = count(state, clause)
        for head in ("text", "decision", "clause", "cannot", "beside", "chair/clause"):
            found[f"{head}/{clause}"] = value(state, f"{head}/{clause}", counts)
        for seat in state.seats:
            found[f"cell/{clause}/{seat}"] = value(state, f"cell/{clause}/{seat}")
            found[f"mine/{seat}/{clause}"] = value(state, f"mine/{seat}/{clause}")
    return found
