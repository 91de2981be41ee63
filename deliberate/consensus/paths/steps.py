"""Who stands between a clause and consensus, and how far: nothing to search for (consensus.md B17.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deliberate.vocabulary import LEVEL, Stance

_NO_OBJECTION: Final = 2
"""The least level that does not block."""

_ACCEPTANCE: Final = 3
"""The least level that accepts."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a clause is from standing without objection, and from acceptance by everyone on the scale.

    `objectors` and `dissociating` name who would have to move; `unknown` those of whom nothing is known (no position,
    awaiting, stale), who may yet object. `n_on` is how many of the N `members` are on the scale.
    """

    objectors: tuple[str, ...]
    dissociating: tuple[str, ...]
    unknown: tuple[str, ...]
    to_no_objection: int
    to_acceptance: int
    n_on: int
    members: int

    def as_dict(self) -> dict[str, Any]:
        """Return the steps as plain data."""
        return {
            "kind": "steps_to_consensus",
            "objectors": list(self.objectors),
            "dissociating": list(self.dissociating),
            "unknown": list(self.unknown),
            "to_no_objection": self.to_no_objection,
            "to_acceptance": self.to_acceptance,
            "n_on": self.n_on,
            "N": self.members,
        }


def steps_to_consensus(held: Mapping[str, Stance | None]) -> Steps:
    """Return who stands between a clause and consensus, and by how many steps on the scale.

    ``Σ_i max(0, 2 - x_i)`` to no objection, ``Σ_i max(0, 3 - x_i)`` to acceptance, over who has a level x.

    Parameters
    ----------
    held
        Member → the stance that counts, None where there is none (or only a stale acceptance).

    Returns
    -------
    Steps
        Names in the order given. For the rule of consensus there is nothing to choose: every objector is needed.

    Examples
    --------
    >>> found = steps_to_consensus({"A": Stance.SUPPORT, "B": Stance.OBJECT, "C": Stance.DISSOCIATE, "D": None})
    >>> found.objectors, found.to_no_objection, found.to_acceptance, found.unknown
    (('B',), 1, 3, ('D',))

    References
    ----------
    UNCLOS (1982), Article 161(8)(e): consensus is the absence of any formal objection.
    """
    levels = [LEVEL[stance] for stance in held.values() if stance in LEVEL]
    return Steps(
        objectors=tuple(seat for seat, stance in held.items() if stance is Stance.OBJECT),
        dissociating=tuple(seat for seat, stance in held.items() if stance is Stance.DISSOCIATE),
        unknown=tuple(seat for seat, stance in held.items() if stance in (None, Stance.PENDING)),
        to_no_objection=sum(max(0, _NO_OBJECTION - level) for level in levels),
        to_acceptance=sum(max(0, _ACCEPTANCE - level) for level in levels),
        n_on=len(levels),
        members=len(held),
    )


def step_costs(stance: Stance, importance: float = 1.0) -> tuple[float, float]:
    """Return what it takes to go from a stance on the scale to no objection and to acceptance: steps × importance.

    They are the costs of abstaining and of converting for a `Voter`.

    Examples
    --------
    >>> step_costs(Stance.OBJECT), step_costs(Stance.DISSOCIATE, importance=0.25)
    ((1.0, 2.0), (0.0, 0.25))
    """
    level = LEVEL[stance]
    return max(0, _NO_OBJECTION - level) * importance, max(0, _ACCEPTANCE - level) * importance
