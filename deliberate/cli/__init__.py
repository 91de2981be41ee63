"""The command line: `deliberate COMMAND`. Read `voice` first (output and exit codes), then the command's module.

Every command takes its database from DATABASE_URL. What is heavy is imported by the command that needs it.
"""

from pathlib import Path

import click

from deliberate import __version__
from deliberate.cli.voice import Answer, Voice, speaking
from deliberate.vocabulary import LANGUAGES

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="deliberate")
def main() -> None:
    """Countries and organisations settle a common text, clause by clause, by consensus.

    The database is that of DATABASE_URL; by default the file deliberate.db in the working folder.
    """


def _at(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the options that say where it listens."""
    command = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(
        command
    )
    port = click.IntRange(0, 65_535)
    return click.option("--port", default=8000, type=port, show_default=True, help="0: any free port.")(
        command
    )


# --- running ---


@main.command()
@_at
@speaking
def demo(voice: Voice, host: str, port: int) -> Answer:
    """Run the platform with a fresh rehearsal that plays itself, and print a link for each place."""
    from deliberate.cli.running import run_demo

    return run_demo(voice, host, port)


@main.command()
@_at
@click.option("--convener", is_flag=True, help="Also make a link for somebody who may convene deliberations.")
@speaking
def serve(voice: Voice, host: str, port: int, convener: bool) -> Answer:
    """Run the platform: the web process and the back office."""
    from deliberate.cli.running import run_server

    return run_server(voice, host, port, convener)


@main.command()
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
@speaking
def backoffice(voice: Voice, parent: int | None) -> Answer:
    """Run the back office alone: reports and files, beside web processes started otherwise."""
    from deliberate.backoffice import run
    from deliberate.config import load

    run(load(), parent=parent)
    return {}


@main.command()
@click.argument("link", required=False)
@click.option("--delegates", default=64, type=click.IntRange(1), show_default=True)
@click.option("--watchers", default=200, type=click.IntRange(0), show_default=True)
@click.option(
    "--rate",
    default=20.0,
    type=click.FloatRange(0),
    show_default=True,
    help="Positions a second; 0: all at once.",
)
@click.option("--seconds", default=20.0, type=click.FloatRange(0, min_open=True), show_default=True)
@speaking
def rehearse(
    voice: Voice, link: str | None, delegates: int, watchers: int, rate: float, seconds: float
) -> Answer:
    """Rehearse an event with synthetic delegations, and say what this machine carries.

    LINK is a chair's or convener's sign-in link to a running platform; without it one is started for the purpose.
    """
    from deliberate.cli.running import run_rehearsal

    return run_rehearsal(voice, link, delegates, watchers, rate, seconds)


# --- deliberations ---


@main.command()
@click.argument("scenario")
@click.option(
    "--url", default="", help="Where the platform answers, for the link. Default: DELIBERATE_PUBLIC_URL."
)
@click.option("--hosted-by", "host", help="Who hosts the deliberation.")
@click.option("--controller", help="Who controls personal data.")
@click.option("--law", help="Under which law.")
@click.option("--privacy", help="How privacy is kept.")
@speaking
def convene(
    voice: Voice,
    scenario: str,
    url: str,
    host: str | None,
    controller: str | None,
    law: str | None,
    privacy: str | None,
) -> Answer:
    """Open a deliberation on a scenario (a shipped name or a YAML file), and print the chair's link."""
    from deliberate.cli.records import convene_scenario

    about = {"host": host, "controller": controller, "law": law, "privacy": privacy}
    return convene_scenario(voice, scenario, url, about)


@main.command()
@click.argument("scenario")
@speaking
def play(voice: Voice, scenario: str) -> Answer:
    """Play a rehearsal's script to its end, at full speed, without a server."""
    from deliberate.cli.records import play_scenario

    return play_scenario(voice, scenario)


@main.group("import")
def import_() -> None:
    """Record votes or positions of another body, from a CSV file."""


def _import_options(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the options of an import."""
    for option in (
        click.option(
            "--seats",
            "seating",
            type=click.Choice(["auto", "register", "file"]),
            default="auto",
            show_default=True,
            help="Who is seated: every UN Member State (register), those in the file, or whichever the codes say.",
        ),
        click.option(
            "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the title."
        ),
        click.option("--source", default="", help="Where the record is from, in words."),
        click.option("--title", help="What was voted or stated on. Default: what the file's name says."),
        click.argument("file", type=_FILE),
    ):
        command = option(command)
    return command


@import_.command("votes")
@_import_options
@speaking
def import_votes(voice: Voice, file: Path, title: str | None, source: str, lang: str, seating: str) -> Answer:
    """Record votes: columns country, country_code, and one for each clause (pp19, op2, whole); yes, no or abstain."""
    from deliberate.cli.records import import_table

    return import_table(voice, "votes", file, title, source, lang, seating)


@import_.command("positions")
@_import_options
@speaking
def import_positions(
    voice: Voice, file: Path, title: str | None, source: str, lang: str, seating: str
) -> Answer:
    """Record stances: columns country, country_code, and one for each clause; or the table that `export` writes."""
    from deliberate.cli.records import import_table

    return import_table(voice, "positions", file, title, source, lang, seating)


@main.command()
@click.argument("deliberation")
@click.option(
    "--format", "form", required=True, type=click.Choice(["jsonl", "graphml", "gexf", "json", "csv"])
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Default: a name made from the title.",
)
@speaking
def export(voice: Voice, deliberation: str, form: str, output: Path | None) -> Answer:
    """Write a deliberation as a file: its log (jsonl), its position graph (graphml, gexf, json), or a table (csv)."""
    from deliberate.cli.records import export_file

    return export_file(voice, deliberation, form, output)


class _Receipt(click.ParamType[tuple[int, str]]):
    """VERSION:DIGEST, as the platform gives it to whoever recorded something."""

    name = "VERSION:DIGEST"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        version, _, digest = value.partition(":")
        if not version.isdecimal() or len(digest) != 64 or set(digest.lower()) - set("0123456789abcdef"):
            self.fail("a receipt is a version, a colon and 64 hexadecimal digits", param, ctx)
        return int(version), digest.lower()


@main.command()
@click.argument("file", type=_FILE)
@click.option("--head", type=_Receipt(), help="A receipt that the log must contain.")
@speaking
def verify(voice: Voice, file: Path, head: tuple[int, str] | None) -> Answer:
    """Check a log that was exported: that its chain is whole, and that it contains a receipt."""
    from deliberate.cli.records import verify_file

    return verify_file(voice, file, head)


@main.group()
def db() -> None:
    """The database."""


@db.command()
@speaking
def upgrade(voice: Voice) -> Answer:
    """Bring the database to this release's form, making it if it is not there."""
    from deliberate.cli.convening import secretariat

    with secretariat() as office:
        said = office.database.url.render_as_string(hide_password=True)
    voice.say(f"Up to date: {said}")
    return {"database": said}
