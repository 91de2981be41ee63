"""The form of every figure that leaves this package: a value with what it rests on, or null with a reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a figure has no value (consensus.md, output contract)."""

    NO_DATA = "no_data"
    N_TOO_SMALL = "n_too_small"
    ZERO_VARIANCE = "zero_variance"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it rests on: members on the scale, members who responded at all, members in all.

    `exact` is the fraction behind a share. Without a value there is a reason.
    """

    value: float | None
    n_on: int
    n_resp: int
    members: int
    reason: Reason | None = None
    exact: tuple[int, int] | None = None

    def plain(self) -> dict[str, Any]:
        """Return the figure as it is written."""
        said = {"value": self.value, "n_on": self.n_on, "n_resp": self.n_resp, "N": self.members}
        return {**said, "reason": self.reason, **({"exact": self.exact} if self.exact else {})}


def rounded(value: Any) -> Any:
    """Return plain data with every float at 9 significant digits."""
    match value:
        case float():
            return float(f"{value:.9g}") + 0.0
        case dict():
            return {key: rounded(inner) for key, inner in value.items()}
        case list() | tuple():
            return [rounded(inner) for inner in value]
        case _:
            return value
