"""The voting rules on ballots: what each answers, what is missing, and who (consensus.md B16).

They take votes that were cast, never stances; `indication` is the one way from stances to something like ballots, and
is labelled so in whatever is made of it.

A ruling is *undetermined* exactly when those who may still vote could make it pass and could make it fail. Every
condition is linear in their votes, so it is enough to look at the corners: all vote yes, no, abstain, or stay away; and
a vote in favour never stands in the way of any.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from deliberate.consensus.rules.majorities import (
    is_absolute_majority,
    is_qualified_majority,
    is_simple_majority,
    share_of,
)
from deliberate.consensus.rules.ruling import BallotBasis, Ballots, Lack, Rule, Ruling, Stage, Sums
from deliberate.vocabulary import ACCEPTING, RuleAnswer, Stance, Vote

QUORUM = (1, 2)
"""More than half of the members: GA rule 67, for any decision."""

Test = Callable[[Sums], set[Lack]]


def _nothing(_: Sums) -> set[Lack]:
    return set()


@dataclass(frozen=True, slots=True)
class _Votes:
    """A rule about to be asked: what lacks in all votes, what lacks in each part of them, and the quorum if any."""

    rule: Rule
    whole: Test
    part: Test = _nothing
    quorum: tuple[int, int] | None = QUORUM


def indication(stances: Mapping[str, Stance | None]) -> Ballots:
    """Return what members' stances would come to in a vote: an indication, not a vote.

    Yes for who can accept, with or without reservation; no for who objects; abstaining for who dissociates or takes no
    position; not known for who awaits instructions or has no position that counts. For analysts, and for the chair once
    efforts towards consensus are recorded as exhausted.

    Parameters
    ----------
    stances : mapping
        Every member, in the order of seating, to the stance that counts, or None.

    Returns
    -------
    Ballots
        Open, with `BallotBasis.INDICATION`, which every ruling on them repeats.

    Examples
    --------
    >>> found = indication({"A": Stance.SUPPORT, "B": Stance.OBJECT, "C": Stance.PENDING, "D": None})
    >>> sorted(found.yes), sorted(found.no), found.unknown, str(found.basis)
    (['A'], ['B'], ('C', 'D'), 'indication')
    """
    yes = frozenset(name for name, stance in stances.items() if stance in ACCEPTING)
    no = frozenset(name for name, stance in stances.items() if stance is Stance.OBJECT)
    abstain = frozenset(
        name for name, stance in stances.items() if stance in (Stance.DISSOCIATE, Stance.ABSTAIN)
    )
    return Ballots(tuple(stances), yes, no, abstain, stage=Stage.OPEN, basis=BallotBasis.INDICATION)


def simple_majority(ballots: Ballots, quorum: tuple[int, int] = QUORUM) -> Ruling:
    """Return whether more voted yes than no, with a quorum. A tie fails, and says so: see `Lack.TIE`.

    Examples
    --------
    >>> found = simple_majority(Ballots(("A", "B", "C"), yes=frozenset("A"), no=frozenset("B")))
    >>> str(found.answer), [str(lack) for lack in found.lacking], found.missing_to_pass, found.who
    ('fail', ['tie'], 1, ('B',))
    """

    def whole(of: Sums) -> set[Lack]:
        if is_simple_majority(of.yes, of.no):
            return set()
        return {Lack.TIE if of.yes == of.no > 0 else Lack.MAJORITY}

    return _ruling(_Votes(Rule.SIMPLE_MAJORITY, whole, quorum=quorum), ballots)


def qualified_majority(
    ballots: Ballots, num: int = 2, den: int = 3, quorum: tuple[int, int] = QUORUM
) -> Ruling:
    """Return whether num/den of those present and voting voted yes, with a quorum. Raises ValueError for no share."""
    share_of(num, den)

    def whole(of: Sums) -> set[Lack]:
        return set() if is_qualified_majority(of.yes, of.no, num, den) else {Lack.MAJORITY}

    return _ruling(_Votes(Rule.QUALIFIED_MAJORITY, whole, quorum=quorum), ballots)


def absolute_majority(ballots: Ballots, quorum: tuple[int, int] = QUORUM) -> Ruling:
    """Return whether more than half of all who may vote voted yes."""

    def whole(of: Sums) -> set[Lack]:
        return set() if is_absolute_majority(of.yes, of.eligible) else {Lack.MAJORITY}

    return _ruling(_Votes(Rule.ABSOLUTE_MAJORITY, whole, quorum=quorum), ballots)


def double_majority(
    ballots: Ballots,
    groups: Mapping[str, Collection[str]],
    num: int = 2,
    den: int = 3,
    quorum: tuple[int, int] = QUORUM,
) -> Ruling:
    """Return whether num/den of all, and a majority in each chosen group, voted yes, with a quorum.

    `groups` names the members of each; they may overlap, and then it is not said how many votes are missing. A group of
    nobody has no majority. Raises ValueError for no share, or no group.

    Examples
    --------
    >>> ballots = Ballots(tuple("ABCDEF"), yes=frozenset("ABCD"), no=frozenset("EF"))
    >>> found = double_majority(ballots, {"north": "ABC", "south": "DEF"})
    >>> str(found.answer), found.groups, found.missing_to_pass
    ('fail', ('south',), 1)
    """
    share_of(num, den)
    if not groups:
        raise ValueError("a double majority needs at least one group beside the whole")

    def whole(of: Sums) -> set[Lack]:
        return set() if is_qualified_majority(of.yes, of.no, num, den) else {Lack.MAJORITY}

    def part(of: Sums) -> set[Lack]:
        return set() if of.yes > of.no else {Lack.GROUP}

    return _ruling(_Votes(Rule.DOUBLE_MAJORITY, whole, part, quorum), ballots, groups)


def iso_approval(
    ballots: Ballots, participants: Collection[str], without_reasons: Collection[str] = ()
) -> Ruling:
    """Return whether a draft International Standard is approved; see `is_iso_approval`. There is no quorum.

    `participants` are the P-members; a negative vote of `without_reasons`, without technical reasons, is not counted.
    """
    uncounted = ballots.no.intersection(without_reasons)
    counted = replace(ballots, no=ballots.no - uncounted, abstain=ballots.abstain | uncounted)

    def whole(of: Sums) -> set[Lack]:
        return {Lack.NEGATIVES} if 4 * of.no > of.yes + of.no else set()

    def part(of: Sums) -> set[Lack]:
        return set() if is_qualified_majority(of.yes, of.no) else {Lack.MAJORITY}

    return _ruling(
        _Votes(Rule.ISO_APPROVAL, whole, part, quorum=None), counted, {"participants": participants}
    )


def ieee_approval(ballots: Ballots) -> Ruling:
    """Return whether an IEEE SA ballot passes; see `is_ieee_approval`. What has to return stands for a quorum."""

    def whole(of: Sums) -> set[Lack]:
        returned = of.yes + of.no + of.abstain
        found = set() if of.eligible and 4 * of.yes >= 3 * (of.yes + of.no) else {Lack.MAJORITY}
        found |= {Lack.RETURN} if 4 * returned < 3 * of.eligible else set()
        return found | ({Lack.ABSTENTIONS} if 10 * of.abstain >= 3 * returned > 0 else set())

    return _ruling(_Votes(Rule.IEEE_APPROVAL, whole, quorum=None), ballots)


def _ruling(votes: _Votes, ballots: Ballots, parts: Mapping[str, Collection[str]] | None = None) -> Ruling:
    """Return the ruling of a rule on ballots."""
    named = {name: frozenset(members) for name, members in (parts or {}).items()}
    whole, sums = ballots.sums(), [ballots.sums(members) for members in named.values()]

    def lacking(vote: Vote | None) -> set[Lack]:
        of = whole.settled(vote)
        short = {Lack.QUORUM} if votes.quorum and of.quorum_missing(*votes.quorum) else set()
        return short.union(votes.whole(of), *(votes.part(part.settled(vote)) for part in sums))

    as_things_are = lacking(None)
    put = ballots.stage is not Stage.NOT_PUT
    if not put:
        answer, as_things_are = RuleAnswer.NOT_PUT, {Lack.QUESTION}
    elif lacking(Vote.YES):
        answer = RuleAnswer.FAIL
    elif as_things_are or lacking(Vote.NO) or lacking(Vote.ABSTAIN):
        answer = RuleAnswer.UNDETERMINED
    else:
        answer = RuleAnswer.PASS
    short = [name for name, part in zip(named, sums, strict=True) if Lack.GROUP in votes.part(part)]
    return Ruling(
        rule=votes.rule,
        answer=answer,
        tally={
            "yes": whole.yes,
            "no": whole.no,
            "abstain": whole.abstain,
            "unknown": whole.unknown,
            "did_not_vote": whole.eligible - whole.yes - whole.no - whole.abstain - whole.unknown,
            "eligible": whole.eligible,
            "present": whole.present,
            "quorum_missing": whole.quorum_missing(*votes.quorum) if votes.quorum else 0,
        },
        missing_to_pass=_fewest_to_yes(votes, ballots, named) if put else None,
        who=tuple(name for name in ballots.eligible if name in ballots.no),
        unknown=ballots.unknown,
        lacking=tuple(lack for lack in Lack if lack in as_things_are),
        groups=tuple(short),
        basis=ballots.basis,
    )


def _fewest_to_yes(votes: _Votes, ballots: Ballots, named: Mapping[str, frozenset[str]]) -> int | None:
    """Return the fewest members who would have to vote yes instead of what they did, leaving the quorum aside; None
    when no number of them would do, or when parts overlap.

    One at a time, each where it is needed: a ballot that has to come back, an abstention that is too many, then a part
    that is short, then anywhere; and a vote against before an abstention before no vote, for it counts twice.
    """
    outside = frozenset(ballots.eligible).difference(*named.values())
    cells = [ballots.sums(members).settled(None) for members in (*named.values(), outside)]
    if sum(cell.eligible for cell in cells) > len(ballots.eligible):
        return None
    moved = 0
    while True:
        whole = Sums(*map(sum, zip(*cells, strict=True)))
        lacks = votes.whole(whole)
        short = [n for n, cell in enumerate(cells[:-1]) if votes.part(cell)]
        if not lacks and not short:
            return moved
        kinds = ["no", "abstain", "none"]
        if Lack.RETURN in lacks:
            kinds = ["none"]
        elif Lack.ABSTENTIONS in lacks:
            kinds = ["abstain"]
        among = short[:1] or range(len(cells))
        moves = [(n, kind) for kind in kinds for n in among if _of_kind(cells[n], kind)]
        if not moves:
            return None
        n, kind = moves[0]
        cells[n] = _to_yes(cells[n], kind)
        moved += 1


def _of_kind(cell: Sums, kind: str) -> int:
    """Return how many voted no, abstained, or did not vote."""
    match kind:
        case "no":
            return cell.no
        case "abstain":
            return cell.abstain
        case _:
            return cell.eligible - cell.yes - cell.no - cell.abstain


def _to_yes(cell: Sums, kind: str) -> Sums:
    """Return the ballots with one of that kind turned into a vote in favour."""
    match kind:
        case "no":
            return cell._replace(yes=cell.yes + 1, no=cell.no - 1)
        case "abstain":
            return cell._replace(yes=cell.yes + 1, abstain=cell.abstain - 1)
        case _:
            return cell._replace(yes=cell.yes + 1)
