"""What a rehearsal measured, and the sentence that says it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles over all samples, in milliseconds."""

    p50: float
    p95: float
    p99: float


def spread(samples_s: Sequence[float]) -> Spread | None:
    """Return the percentiles of samples in seconds (nearest rank: each is a sample that was seen); None for none."""
    if not samples_s:
        return None
    ranked = sorted(samples_s)

    def at(percent: int) -> float:
        return round(1000 * ranked[max(0, -(-percent * len(ranked) // 100) - 1)], 1)

    return Spread(at(50), at(95), at(99))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a rehearsal measured. Times are in milliseconds and None where nothing could be measured.

    `ack_ms` counts from the moment a position was due to be sent until it was durable and acknowledged (in the
    all-at-once run, from when it was sent); `seen_ms` until it was on a watcher's board, over all pairs of position
    and sampled watcher. `loop_stall_ms_p99`: for 99 % of the time the server's loop came back no later than this.
    `errors` counts refusals, lost connections, and positions that a watcher never saw; in the all-at-once run being
    told to slow down (`too_fast` in `refusals`) is no error: everybody waits as told.
    """

    deliberation: str
    delegates: int
    watchers: int
    rate: float
    seconds: float
    accepted: int
    accepted_per_s: float
    ack_ms: Spread | None
    seen_ms: Spread | None
    seen_slowest_ms: float | None
    loop_stall_ms_p99: float | None
    loop_stall_ms_max: float | None
    memory_per_client_kb: float | None
    errors: int
    refusals: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain data, with the sentence."""
        return {**asdict(self), "sentence": self.sentence}

    @property
    def sentence(self) -> str:
        """What a facilitator wants to know before the event."""
        if self.ack_ms is None:
            return "No position was accepted; the errors say why."
        if not self.rate:
            return (
                f"This machine records {self.accepted_per_s:,.0f} positions a second from {self.delegates} delegates "
                f"at once, each acknowledged with p95 {self.ack_ms.p95:.0f} ms"
                + (", held back by the limit of each seat." if "too_fast" in self.refusals else ".")
            )
        if self.seen_ms is None:
            return (
                f"This machine carries {self.delegates} delegates at {self.rate:g} positions a second, "
                f"acknowledged with p95 {self.ack_ms.p95:.0f} ms."
            )
        return (
            f"This machine carries {self.delegates} delegates at {self.rate:g} positions a second with p95 "
            f"{self.seen_ms.p95:.0f} ms from sending to every one of {self.watchers:,} boards."
        )


__all__ = ["Figures", "Spread", "spread"]
