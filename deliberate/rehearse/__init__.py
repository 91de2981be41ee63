"""Rehearsing the event: synthetic delegations over real sockets, on the server that will carry the real ones.

`run` takes a chair's link, convenes a rehearsal of its own, brings its delegates in by their links and lets them
state positions while others look on, with every limit of the platform on. Nothing but that rehearsal is touched.
Read `hall` (who comes in, and how), `drive` (what is sent and measured), `wire` (the socket), `own` (a server of
one's own). All I/O is gevent's by name, so that the calling process needs no monkey-patching.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from deliberate.errors import Invalid
from deliberate.rehearse.figures import Figures, Spread

if TYPE_CHECKING:
    from deliberate.rehearse.hall import Progress


def run(
    link: str | None = None,
    *,
    delegates: int = 64,
    watchers: int = 200,
    rate: float = 20.0,
    seconds: float = 20.0,
    progress: "Progress | None" = None,
) -> Figures:
    """Rehearse and return what was measured.

    `link` is a chair's or convener's sign-in link to a running server; without one a server is started on a file of
    its own. `rate` is positions a second over all delegates; 0 lets every delegate send as fast as it is answered.
    `progress(what, share)` is called along the way. Raises the platform's refusals (`DeliberateError`).
    """
    if delegates < 1 or watchers < 0 or rate < 0 or seconds <= 0:
        raise Invalid(
            "A rehearsal needs at least one delegate and some time; nothing is negative.", "rehearse"
        )
    from deliberate.rehearse.drive import SEED, measure
    from deliberate.rehearse.hall import Hall
    from deliberate.rehearse.own import own_server

    say: Callable[[str, float], None] = progress or (lambda _what, _share: None)
    if link is None:
        with own_server() as server:
            return run(
                server.link(),
                delegates=delegates,
                watchers=watchers,
                rate=rate,
                seconds=seconds,
                progress=say,
            )
    hall = Hall(link, say)
    try:
        empty_kb = hall.figures(1)["resident_kb"]
        hall.bring_delegates(delegates)
        hall.bring_watchers(watchers, SEED)
        return measure(hall, rate, seconds, empty_kb, say)
    finally:
        hall.close()


__all__ = ["Figures", "Spread", "run"]
