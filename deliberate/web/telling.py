"""The chair's sentences: what needs the chair, what the rule says, who is meant. `words` says single codes."""

from collections.abc import Callable, Iterable
from typing import Final

from babel import Locale
from flask_babel import gettext as _
from flask_babel import ngettext

from deliberate.consensus.agreement import Counts
from deliberate.consensus.rules import RuleReport
from deliberate.state import Clause
from deliberate.vocabulary import ClauseKind, RuleAnswer
from deliberate.web.labels import FILTERS, N_
from deliberate.web.overview import Effect, Matter, Need, Rows
from deliberate.web.place import Place
from deliberate.web.words import join, not_heard_words

_CLAUSE_KINDS = {
    ClauseKind.TITLE: N_("Title"),
    ClauseKind.CHAPEAU: N_("Chapeau"),
    ClauseKind.PREAMBULAR: N_("Preambular paragraph"),
    ClauseKind.OPERATIVE: N_("Operative paragraph"),
    ClauseKind.SUB: N_("Subparagraph"),
    ClauseKind.ANNEX: N_("Annex"),
    ClauseKind.WHOLE: N_("The text as a whole"),
}

_REASONS = {
    "no_data": N_("nothing current on the scale"),
    "n_too_small": N_("too few to say"),
    "zero_variance": N_("all the same"),
    "undefined": N_("everybody takes no position"),
}


def standing_words(counts: Counts) -> str:
    """Return what stands in the way or is not known: objections, to reaffirm, awaiting, not heard."""
    parts = [
        ngettext("%(num)s objection", "%(num)s objections", n) if (n := len(counts.objections)) else "",
        _("%(num)s to reaffirm", num=counts.stale) if counts.stale else "",
        _("%(num)s awaiting", num=counts.pending) if counts.pending else "",
        not_heard_words(len(counts.not_heard)),
    ]
    return _(", ").join(part for part in parts if part) or _("no objection, everybody heard")


def rule_words(report: RuleReport, counts: Counts) -> str:
    """Return what the rule of consensus answers, and what that rests on."""
    answer = {
        RuleAnswer.NOT_PUT: _("not put"),
        RuleAnswer.UNDETERMINED: _("put, not determined yet"),
        RuleAnswer.PASS: _("put; adoption can be declared"),
        RuleAnswer.FAIL: _("put; an objection stands"),
    }[report.answer]
    quorum = ""
    if report.answer is not RuleAnswer.NOT_PUT and report.quorum_missing:
        quorum = ngettext(
            "%(num)s more member must be checked in",
            "%(num)s more members must be checked in",
            report.quorum_missing,
        )
    return join(answer, standing_words(counts), quorum)


def matter_words(place: Place, matter: Matter, clause: Clause) -> str:
    """Return why a paragraph is on the chair's list."""
    counts = matter.counts
    stale = counts.stale
    revised = (
        ngettext(
            "Rev.%(revision)s: %(num)s acceptance to reaffirm",
            "Rev.%(revision)s: %(num)s acceptances to reaffirm",
            stale,
            revision=clause.revision.number,
        )
        if stale
        else ""
    )
    objections = len(counts.objections)
    unheard = not_heard_words(len(counts.not_heard))
    for group, n in matter.unheard_lists:
        unheard = _(
            "%(unheard)s, %(n)s of them on the declared list “%(list)s”",
            unheard=unheard,
            n=n,
            list=str(place.group_name(group)),
        )
    return join(
        ngettext("%(num)s objection", "%(num)s objections", objections) if objections else "",
        revised,
        _("%(num)s awaiting", num=counts.pending) if counts.pending else "",
        unheard if counts.not_heard else "",
    )


def ask_words(matter: Matter) -> str:
    """Return what the chair can do about it: whom to speak with."""
    counts = matter.counts
    match matter.need:
        case Need.OBJECTED:
            return ngettext(
                "See who, and what would lift it", "See who, and what would lift them", len(counts.objections)
            )
        case Need.REAFFIRM:
            return _("Ask %(num)s to reaffirm", num=counts.stale)
        case Need.AWAITING:
            return ngettext(
                "Ask %(num)s who awaits instructions", "Ask %(num)s who await instructions", counts.pending
            )
        case Need.NOT_HEARD:
            return ngettext(
                "Ask %(num)s who was not heard", "Ask %(num)s who were not heard", len(counts.not_heard)
            )


def effect_words(effect: Effect) -> str:
    """Return what a revision would do to members' positions, in numbers."""
    if effect.waits:
        held = ngettext("%(num)s position", "%(num)s positions", effect.kept + effect.maintained)
        return _(
            "%(held)s would be carried over when the challenge window is over. Until then any one member may object to "
            "calling it editorial, which makes it substantive.",
            held=held,
        )
    return join(
        ngettext("%(num)s acceptance becomes unknown", "%(num)s acceptances become unknown", n)
        if (n := effect.unknown)
        else "",
        ngettext("%(num)s objection or dissociation stands", "%(num)s objections and dissociations stand", n)
        if (n := effect.maintained)
        else "",
        ngettext("%(num)s position carries over", "%(num)s positions carry over", n)
        if (n := effect.kept)
        else "",
    ) or _("no position is on record yet")


def row_words(place: Place, row: Rows) -> str:
    """Return the heading of seats that stand together."""
    if row.kind is not None:
        return _("Observers · %(kind)s", kind=FILTERS["kinds"](row.kind))
    return str(place.group_name(row.group)) if row.group else _("No regional group")


def blocked_words(place: Place, report: RuleReport) -> str:
    """Return why adoption cannot be declared now, naming who objects."""
    names = _(", ").join(str(place.name(seat)) for seat in report.objections)
    return join(
        ngettext(
            "%(names)s objects, and only the objector withdraws an objection",
            "%(names)s object, and only the objector withdraws an objection",
            len(report.objections),
            names=names,
        )
        if report.objections
        else "",
        "" if report.window_over else _("the window to object is not over"),
        ngettext(
            "%(num)s more member must be checked in",
            "%(num)s more members must be checked in",
            report.quorum_missing,
        )
        if report.quorum_missing
        else "",
    )


def span_words(seconds: int) -> str:
    """Return how long a window is, in the largest unit that fits."""
    for unit_s, say in _UNITS:
        if seconds >= unit_s and seconds % unit_s == 0:
            return say(seconds // unit_s)
    return ngettext("%(num)s second", "%(num)s seconds", seconds)


_UNITS: Final[tuple[tuple[int, Callable[[int], str]], ...]] = (
    (86_400, lambda num: ngettext("%(num)s day", "%(num)s days", num)),
    (3_600, lambda num: ngettext("%(num)s hour", "%(num)s hours", num)),
    (60, lambda num: ngettext("%(num)s minute", "%(num)s minutes", num)),
)


def clause_kind_words(kind: ClauseKind) -> str:
    """Return the kind of a node of the text."""
    return _(_CLAUSE_KINDS[ClauseKind(kind)])


def tongues(codes: Iterable[str]) -> str:
    """Return languages, each in its own name."""
    return _(", ").join(Locale.parse(code, sep="-").get_display_name() or code for code in codes)


def reason_words(code: str) -> str:
    """Return why a figure has no value."""
    return _(_REASONS[code])


def weight_words(weight: float) -> str:
    """Return the weight of a tie, with its sign."""
    return f"{weight:+.2f}".replace("-", "−")


def quorum_words(num: int, den: int, members: int) -> str:
    """Return how many members must be checked in for a decision."""
    least = members * num // den + 1
    return ngettext(
        "at least %(num)s of %(members)s members checked in for the item",
        "at least %(num)s of %(members)s members checked in for the item",
        least,
        members=members,
    )
