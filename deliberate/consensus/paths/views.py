"""What stakeholders have said of amendments, and what would be held if some were adopted (consensus.md A5)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from deliberate.vocabulary import ACCEPTING, Stance

_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """If all of `amendments` are adopted, the stakeholder will hold `stance`."""

    amendments: frozenset[str]
    stance: Stance = Stance.ACCEPT


@dataclass(frozen=True, slots=True)
class View:
    """What a stakeholder holds on the text, and what it has said of amendments to it.

    Attributes
    ----------
    seat, stance : who, and what counts now; None where nothing does (no position, or a stale acceptance).
    conditions : what would change its stance.
    excludes, requires : its red lines, amendments that must not or must be adopted: else it objects.
    open_to : further amendments that it has said it can live with. Those in a condition it can live with, if that
        condition holds; of any other its view is unknown, which is not yes.
    """

    seat: str
    stance: Stance | None
    conditions: tuple[Condition, ...] = ()
    excludes: frozenset[str] = _NONE
    requires: frozenset[str] = _NONE
    open_to: frozenset[str] = _NONE

    def under(self, adopted: AbstractSet[str]) -> Stance | None:
        """Return the stance with these amendments adopted; None where it is unknown.

        An objection stands until a condition of its author is met to the letter, and so does a dissociation. An
        acceptance becomes unknown when something is adopted that its author has not spoken of. Of several conditions
        that hold, the one that goes furthest towards acceptance counts; one that says objection counts before all.
        """
        if adopted & self.excludes or self.requires - adopted:
            return Stance.OBJECT
        held = [condition for condition in self.conditions if condition.amendments <= adopted]
        if any(condition.stance is Stance.OBJECT for condition in held):
            return Stance.OBJECT
        clear = [condition.stance for condition in held if adopted <= condition.amendments | self.open_to]
        if self.stance in ACCEPTING and adopted <= self.open_to:
            clear.append(self.stance)
        if clear:
            return max(clear, key=_FURTHEST.index)
        return None if self.stance in ACCEPTING else self.stance


_FURTHEST: Final = (
    Stance.OBJECT,
    Stance.PENDING,
    Stance.ABSTAIN,
    Stance.DISSOCIATE,
    Stance.ACCEPT_WITH_RESERVATION,
    Stance.ACCEPT,
    Stance.SUPPORT,
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would be held if `adopt` were adopted, and nothing else had changed.

    `objections` are all that would stand, old and new, and `raised` the new ones among them; `accepts` are those who
    would accept for sure; `unknown` those who have not said what they would hold.
    """

    adopt: tuple[str, ...]
    objections: tuple[str, ...]
    raised: tuple[str, ...]
    accepts: tuple[str, ...]
    unknown: tuple[str, ...]
    members: int

    @property
    def goals(self) -> tuple[float, ...]:
        """Objections, acceptances, amendments."""
        return (float(len(self.objections)), float(len(self.accepts)), float(len(self.adopt)))

    def as_dict(self) -> dict[str, Any]:
        """Return the outlook as plain data."""
        return {
            "adopt": list(self.adopt),
            "objections": list(self.objections),
            "raised": list(self.raised),
            "objections_at_most": len(self.objections) + len(self.unknown),
            "accepts": list(self.accepts),
            "unknown": list(self.unknown),
            "N": self.members,
        }


def outlook(views: Sequence[View], amendments: Sequence[str], adopted: AbstractSet[str]) -> Outlook:
    """Return what would be held if these amendments, and no others, were adopted.

    Examples
    --------
    >>> kenya = View("KEN", Stance.OBJECT, (Condition(frozenset({"a1"})),))
    >>> chile = View("CHL", Stance.ACCEPT)
    >>> found = outlook([kenya, chile], ["a1"], {"a1"})
    >>> found.accepts, found.unknown
    (('KEN',), ('CHL',))
    """
    held = {view.seat: view.under(adopted) for view in views}
    objections = tuple(seat for seat, stance in held.items() if stance is Stance.OBJECT)
    old = {view.seat for view in views if view.stance is Stance.OBJECT}
    return Outlook(
        adopt=tuple(amendment for amendment in amendments if amendment in adopted),
        objections=objections,
        raised=tuple(seat for seat in objections if seat not in old),
        accepts=tuple(seat for seat, stance in held.items() if stance in ACCEPTING),
        unknown=tuple(seat for seat, stance in held.items() if stance is None or stance is Stance.PENDING),
        members=len(views),
    )
