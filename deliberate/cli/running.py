"""Commands that run the platform: serve, demo, and the rehearsal of an event."""

import threading
from contextlib import closing

from deliberate.cli.convening import convener_link, secretariat
from deliberate.cli.serving import address, listen, local_address
from deliberate.cli.serving import serve as keep_serving
from deliberate.cli.voice import Answer, Voice
from deliberate.config import load
from deliberate.database import Database
from deliberate.errors import DeliberateError
from deliberate.log import Log


def run_server(voice: Voice, host: str, port: int, convener: bool) -> Answer:
    """Serve until told to stop."""
    settings = load()
    with closing(listen(host, port)) as listening:
        home = address(listening, settings)
        answer = {"address": home}
        with secretariat(settings=settings) as office:
            if convener:
                answer["convener"] = convener_link(office, settings.invitation_days, home)

        def ready() -> None:
            voice.say(f"Deliberate answers at {home}")
            if convener:
                voice.say(f"To convene deliberations: {answer['convener']}")
            voice.answer(answer)

        keep_serving(listening, ready)
    return answer


def run_demo(voice: Voice, host: str, port: int) -> Answer:
    """Serve a rehearsal that plays itself until told to stop."""
    from deliberate.cli.demo import Rehearsal

    settings = load()
    stop = threading.Event()
    with closing(listen(host, port)) as listening:
        home = address(listening, settings)
        here = local_address(listening)
        with secretariat(settings=settings) as office, voice.progress("Convening the rehearsal", None):
            rehearsal = Rehearsal(office, home)
            file = office.database.url.render_as_string(hide_password=True)
        answer = {"deliberation": rehearsal.deliberation, "address": home, "links": rehearsal.links}

        def drive() -> None:
            database = Database(settings.database_url)
            try:
                for line in rehearsal.drive(Log(database), here, stop):
                    voice.note(line)
            except DeliberateError as why:
                if not stop.is_set():
                    voice.note(f"The rehearsal stopped playing: {why.message}")
            finally:
                database.close()

        driver = threading.Thread(target=drive, name="rehearsal")

        def ready() -> None:
            for line in _places(rehearsal.links, home, rehearsal.delegate, file):
                voice.say(line)
            voice.answer(answer)
            driver.start()

        try:
            keep_serving(listening, ready)
        finally:
            stop.set()
            if driver.ident is not None:
                driver.join()
    return answer


def _places(links: dict[str, str], home: str, delegate: str, file: str) -> list[str]:
    """Return what is printed: a link for each place."""
    places = {
        f"A delegate ({delegate})": "delegate",
        "The chair": "chair",
        "An analyst": "analyst",
        "The public record": "record",
        "To convene more": "convener",
    }
    width = max(map(len, places)) + 2
    return [
        f"REHEARSAL at {home}: fictional States and organisations, simulated positions, arriving now.",
        "Open the links in a browser; each of them signs in once, and one browser can hold several places.",
        "",
        *(f"  {place:{width}}{links[name]}" for place, name in places.items()),
        "",
        f"Everything is kept in {file}. Press Ctrl-C to stop.",
    ]


def run_rehearsal(
    voice: Voice, link: str | None, delegates: int, watchers: int, rate: float, seconds: float
) -> Answer:
    """Rehearse an event and say what was measured."""
    from rich.console import Console
    from rich.table import Table

    from deliberate.rehearse import run

    with voice.progress("Rehearsing", 1) as done:
        figures = run(
            link,
            delegates=delegates,
            watchers=watchers,
            rate=rate,
            seconds=seconds,
            progress=lambda _, share: done(share),
        )
    answer = figures.as_dict()
    table = Table(show_header=False, box=None)
    for name, value in answer.items():
        if name != "sentence" and value not in (None, {}):
            table.add_row(name.replace("_", " "), _figure(value))
    Console(stderr=voice.as_json).print(table)
    voice.say(figures.sentence)
    return answer


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figure(part)}" for name, part in value.items())
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


__all__ = ["run_demo", "run_rehearsal", "run_server"]
