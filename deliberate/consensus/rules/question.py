"""The rules of a question that is put: consensus, and its kin (consensus.md A6.2, B16).

Until the chair has put the question they all answer *not put*, and while its window runs *undetermined*. They take what
is on record, objections above all; nobody's silence is an acceptance.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from deliberate.consensus.agreement import Counts, count, quorate
from deliberate.consensus.rules.ruling import Lack, Rule, Ruling
from deliberate.state import Question, State, bloc_id
from deliberate.vocabulary import Finality, RuleAnswer, Source, Stance


@dataclass(frozen=True, slots=True)
class RuleReport:
    """The answer of the rule of consensus with what it rests on: the tally, what is missing to pass, and who."""

    answer: RuleAnswer
    objections: tuple[str, ...]
    awaiting: tuple[str, ...]
    not_heard: tuple[str, ...]
    members: int
    checked_in: int
    quorum_missing: int
    window_over: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the members on a clause, and what stands.

    Attributes
    ----------
    members : how many have standing.
    put, over : whether the chair has put it on this revision, and whether its window is over.
    checked_in : how many members checked in for it.
    objections : who objects; an objection made for a bloc stands once, as `bloc:speaker`.
    addressed : those of them whose objection the chair recorded as addressed, with a reason.
    awaiting, not_heard : who awaits instructions, and who has not spoken.
    quorum : the share of members, (num, den), of which *more* has to be checked in.
    """

    members: int
    put: bool
    over: bool
    checked_in: int = 0
    objections: tuple[str, ...] = ()
    addressed: frozenset[str] = frozenset()
    awaiting: tuple[str, ...] = ()
    not_heard: tuple[str, ...] = ()
    quorum: tuple[int, int] = (1, 2)

    @property
    def quorum_missing(self) -> int:
        """How many more members have to check in."""
        num, den = self.quorum
        return max(0, self.members * num // den + 1 - self.checked_in)

    def answer(self, standing: int) -> RuleAnswer:
        """Return the answer of a rule under which that many objections stand in the way."""
        if not self.put:
            return RuleAnswer.NOT_PUT
        if not self.over:
            return RuleAnswer.UNDETERMINED
        if standing:
            return RuleAnswer.FAIL
        return (
            RuleAnswer.PASS
            if quorate(self.checked_in, self.members, *self.quorum)
            else RuleAnswer.UNDETERMINED
        )

    def tally(self) -> dict[str, int]:
        """Return the whole numbers that the rules of a question rest on."""
        return {
            "objections": len(self.objections),
            "awaiting": len(self.awaiting),
            "not_heard": len(self.not_heard),
            "members": self.members,
            "checked_in": self.checked_in,
            "quorum_missing": self.quorum_missing if self.put else 0,
        }

    def lacking(self, standing: int) -> tuple[Lack, ...]:
        """Return what stands in the way when that many objections do."""
        found = {
            Lack.QUESTION: not self.put,
            Lack.WINDOW: self.put and not self.over,
            Lack.QUORUM: self.put and not quorate(self.checked_in, self.members, *self.quorum),
            Lack.OBJECTION: standing > 0,
        }
        return tuple(lack for lack, lacks in found.items() if lacks)


def asked(state: State, clause: str, at: str, counts: Counts | None = None) -> Asked:
    """Return the question on a clause as it stands at a moment (UTC, ISO 8601)."""
    counts = counts or count(state, clause)
    question = _question(state, clause)
    return Asked(
        members=counts.members,
        put=question is not None,
        over=question is not None and at >= question.until,
        checked_in=len(question.checked_in.intersection(state.members)) if question else 0,
        objections=counts.objections,
        addressed=_addressed(state, clause),
        awaiting=counts.awaiting,
        not_heard=counts.not_heard,
        quorum=(state.rules.quorum_num, state.rules.quorum_den),
    )


def consensus(state: State, clause: str, at: str, counts: Counts | None = None) -> RuleReport:
    """Return what the rule of consensus answers for a clause at a moment (UTC, ISO 8601).

    Pass: the question was put on this revision, its window is over, a quorum checked in for it, and no objection
    stands. Fail: it is put and, with the window over, an objection stands. Undetermined: the window runs, or the
    quorum is not there yet. Not put: the chair has not asked. Dissociations, reservations and abstentions do not
    block (UNCLOS Art. 161(8)(e); OSCE Rules of Procedure 2006). Every standing objection blocks, whatever the round
    in which it was made: only its author lifts it.
    """
    found = asked(state, clause, at, counts)
    return RuleReport(
        found.answer(len(found.objections)),
        found.objections,
        found.awaiting,
        found.not_heard,
        found.members,
        found.checked_in,
        found.quorum_missing if found.put else 0,
        found.over,
    )


def consensus_ruling(question: Asked) -> Ruling:
    """Return the answer of the rule of consensus, in the form common to all rules; see `consensus`.

    Examples
    --------
    >>> found = consensus_ruling(Asked(members=9, put=False, over=False, objections=("C1",), awaiting=("C3",)))
    >>> str(found.answer), found.missing_to_pass, found.who, found.unknown
    ('not_put', 1, ('C1',), ('C3',))
    """
    return _ruling(Rule.CONSENSUS, question, question.objections)


def no_sustained_opposition(question: Asked) -> Ruling:
    """Return whether every objection was withdrawn, or addressed with a reason on record, when the question was put.

    ISO/IEC Guide 2:2004, 1.7, and RFC 7282: issues are addressed, not necessarily accommodated. Only where the members
    chose this rule at convening: under consensus an addressed objection still blocks.

    Examples
    --------
    >>> found = no_sustained_opposition(Asked(3, True, True, 2, ("A", "B"), addressed=frozenset("A")))
    >>> str(found.answer), found.who
    ('fail', ('B',))
    """
    sustained = tuple(name for name in question.objections if name not in question.addressed)
    return _ruling(Rule.NO_SUSTAINED_OPPOSITION, question, sustained)


def consensus_minus(question: Asked, objectors_max: int = 1) -> Ruling:
    """Return whether at most that many object. An indicator, off by default: it adopts over an objection.

    The OSCE's consensus minus one is not this: it is for clear, gross and uncorrected violations, and leaves aside the
    State concerned, not any lone objector. Raises ValueError for a negative number.

    Examples
    --------
    >>> str(consensus_minus(Asked(3, True, True, 2, ("A",)), 1).answer)
    'pass'
    """
    if objectors_max < 0:
        raise ValueError(f"at most {objectors_max} objectors makes no sense: take 0 or more")
    return _ruling(Rule.CONSENSUS_MINUS, question, question.objections, objectors_max)


def _ruling(rule: Rule, question: Asked, standing: tuple[str, ...], leave: int = 0) -> Ruling:
    over = max(0, len(standing) - leave)
    return Ruling(
        rule=rule,
        answer=question.answer(over),
        tally=question.tally(),
        missing_to_pass=over,
        who=standing,
        unknown=question.awaiting,
        lacking=question.lacking(over),
    )


def unanimity(question: Asked, stances: Mapping[str, Stance | None]) -> Ruling:
    """Return whether every member has said that it supports or can accept, without reservation.

    Abstaining is not accepting (W3C: unanimity is consensus with nobody abstaining), and neither is silence: while
    somebody has not said, and nobody has said otherwise, it is undetermined.

    Parameters
    ----------
    question : Asked
        Not put, or its window running, it is answered as for all rules of a question; no quorum is needed beside.
    stances : mapping
        Every member, in the order of seating, to the stance that counts in a decision (`deciding_stances`), or None.

    Returns
    -------
    Ruling
        `who` names those who hold anything else; `unknown` those who have not said.

    Examples
    --------
    >>> found = unanimity(Asked(2, True, True), {"A": Stance.ACCEPT, "B": Stance.ABSTAIN})
    >>> str(found.answer), found.who, found.missing_to_pass
    ('fail', ('B',), 1)
    """
    unknown = tuple(name for name, stance in stances.items() if stance in (None, Stance.PENDING))
    accepting = {name for name, stance in stances.items() if stance in (Stance.SUPPORT, Stance.ACCEPT)}
    other = tuple(name for name in stances if name not in accepting and name not in unknown)
    if not question.put:
        answer = RuleAnswer.NOT_PUT
    elif not question.over:
        answer = RuleAnswer.UNDETERMINED
    elif other or not stances:
        answer = RuleAnswer.FAIL
    else:
        answer = RuleAnswer.UNDETERMINED if unknown else RuleAnswer.PASS
    lacking = [lack for lack in question.lacking(0) if lack is not Lack.QUORUM]
    if other or unknown or not stances:
        lacking.append(Lack.ACCEPTANCE)
    return Ruling(
        rule=Rule.UNANIMITY,
        answer=answer,
        tally={**question.tally(), "accepting": len(accepting), "other": len(other), "unknown": len(unknown)},
        missing_to_pass=len(other) + len(unknown),
        who=other,
        unknown=unknown,
        lacking=tuple(lacking),
    )


def deciding_stances(state: State, clause: str) -> dict[str, Stance | None]:
    """Return each member's stance that counts in a decision on the clause, in the order of seating, or None.

    It has to be confirmed, and the member's own or by its alignment: indicative and ad referendum positions do not
    adopt, and a bloc accepts for nobody. An objection stands however it was made.
    """
    found: dict[str, Stance | None] = {}
    for seat in state.members:
        held = state.effective(clause, seat)
        confirmed = held.position is not None and held.position.finality is Finality.CONFIRMED
        counts = held.stance is Stance.OBJECT or (confirmed and held.source is not Source.BLOC)
        found[seat] = held.stance if counts else None
    return found


def _question(state: State, clause: str) -> Question | None:
    number = state.clauses[clause].question
    question = state.questions[number] if number is not None else None
    current = state.clauses[clause].revision.number
    return question if question is not None and question.revision == current else None


def _addressed(state: State, clause: str) -> frozenset[str]:
    """Return who of those who object have it on record that their objection was addressed."""
    own = dict(state.positions[clause])
    for_blocs = {bloc_id(key): position for key, position in state.bloc_positions[clause].items()}
    return frozenset(
        name
        for name, position in (own | for_blocs).items()
        if position.stance is Stance.OBJECT and position.addressed is not None
    )
