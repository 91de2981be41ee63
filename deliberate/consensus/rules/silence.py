"""The silence procedure: unbroken at its deadline, and declared by the chair (consensus.md A6.3, B16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deliberate.consensus.rules.ruling import Lack, Rule, Ruling
from deliberate.moments import later, parse
from deliberate.vocabulary import RuleAnswer

OUTAGE_COUNTS_S = 15 * 60
"""An outage of more than this, in the last day before the deadline, moves it."""

DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence procedure on one text. Moments are UTC, ISO 8601.

    Attributes
    ----------
    members : how many the silence binds.
    deadline : None until it was opened.
    breaks : who broke it, to the moment at which that was received, by whatever way; in the order of receipt.
    objections : who has an objection standing from before: it counts as a break, unless withdrawn.
    outages : (from, until) of each time at which the platform could not be reached.
    text_changed : any change of the text voids it.
    declared : whether the chair declared that it was not broken.
    """

    members: int
    deadline: str | None = None
    breaks: Mapping[str, str] = field(default_factory=dict)
    objections: tuple[str, ...] = ()
    outages: tuple[tuple[str, str], ...] = ()
    text_changed: bool = False
    declared: bool = False


def moved_deadline(deadline: str, outages: Iterable[tuple[str, str]]) -> str:
    """Return the deadline with outages added: each of more than 15 minutes that reaches into its last 24 hours moves it
    by its length, and by 24 hours at least.

    Examples
    --------
    >>> moved_deadline("2026-11-23T18:00:00.000Z", [("2026-11-23T09:00:00.000Z", "2026-11-23T09:20:00.000Z")])
    '2026-11-24T18:00:00.000Z'
    """
    for begin, end in sorted(outages):
        length = (parse(end) - parse(begin)).total_seconds()
        if (
            length > OUTAGE_COUNTS_S
            and parse(begin) < parse(deadline)
            and parse(end) > parse(later(deadline, -DAY_S))
        ):
            deadline = later(deadline, max(length, DAY_S))
    return deadline


def silence_ruling(procedure: Silence, at: str) -> Ruling:
    """Return what a silence procedure has come to at a moment.

    Pass: the deadline, with outages added, has passed, nobody broke the silence, the text is the same, no objection
    stands, and the chair has declared it. Fail: it was broken in time, the text was changed, or an objection stands at
    the deadline. Undetermined: it runs, or has expired unbroken and is to be declared. Not put: it was not opened.
    Who did not respond holds nothing: no level, no share, no quorum.

    Examples
    --------
    >>> procedure = Silence(members=9, deadline="2026-11-23T18:00:00.000Z")
    >>> found = silence_ruling(procedure, "2026-11-23T18:00:00.000Z")
    >>> str(found.answer), [str(lack) for lack in found.lacking]
    ('undetermined', ['declaration'])
    """
    deadline = None if procedure.deadline is None else moved_deadline(procedure.deadline, procedure.outages)
    over = deadline is not None and parse(at) >= parse(deadline)
    broken = tuple(
        name
        for name, received in procedure.breaks.items()
        if deadline is not None and parse(received) < parse(deadline)
    )
    standing = tuple(name for name in procedure.objections if name not in broken)
    found = {
        Lack.QUESTION: deadline is None,
        Lack.WINDOW: deadline is not None and not over,
        Lack.OBJECTION: bool(standing),
        Lack.SILENCE: bool(broken),
        Lack.TEXT: procedure.text_changed,
        Lack.DECLARATION: not procedure.declared,
    }
    if deadline is None:
        answer = RuleAnswer.NOT_PUT
    elif broken or procedure.text_changed or (over and standing):
        answer = RuleAnswer.FAIL
    else:
        answer = RuleAnswer.PASS if over and procedure.declared else RuleAnswer.UNDETERMINED
    return Ruling(
        rule=Rule.SILENCE,
        answer=answer,
        tally={"breaks": len(broken), "objections": len(standing), "members": procedure.members},
        missing_to_pass=None if procedure.text_changed else len(broken) + len(standing),
        who=broken + standing,
        lacking=tuple(lack for lack, lacks in found.items() if lacks),
    )
