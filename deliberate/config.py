"""Settings, every one with a default that serves a single machine, and where the package's own files lie.

A setting is read once from the environment (`DELIBERATE_` and its name in capitals; `DATABASE_URL` alone has no
prefix), checked when the process starts, and never changes afterwards. Each limit says why it is what it is. Limits
are per seat and account, because a delegation hall shares one address; only failed sign-ins are counted per address.
"""

import os
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent

TEXT_CHARACTERS_MAX: Final = 20_000
"""One text (wording, reason, statement): about 3,000 words. Part of the format, so the same in every installation."""

NAME_CHARACTERS_MAX: Final = 200
"""One name or title: room for the longest names of organisations in any UN language. Part of the format."""

Count = Annotated[int, Field(gt=0)]
Duration = Annotated[float, Field(gt=0)]


class Misconfigured(ValueError):
    """The environment holds a setting that cannot be used; the message names each and says what is expected."""


class Settings(BaseSettings):
    """What can be set, with units last in the names."""

    model_config = SettingsConfigDict(
        env_prefix="DELIBERATE_", frozen=True, env_ignore_empty=True, extra="forbid"
    )

    # --- where things are ---

    database_url: str = Field(
        default="sqlite:///deliberate.db",
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
    )
    """SQLAlchemy address of the log and accounts: SQLite (a file, never on a network drive) or PostgreSQL."""

    public_url: str = ""
    """What people type to reach the platform, e.g. "https://talks.example.org"; sign-in links and the check of Origin
    use it. Empty: the address of the request itself, which is right unless a proxy hides it."""

    secret_key: SecretStr = SecretStr("")
    """Signs session cookies, at least 32 characters, the same for every process. Empty: one is made at the first start
    and kept in the database, so that people stay signed in over a restart."""

    # --- how fast ---

    body_bytes_max: Count = 2 * 1024 * 1024
    """One HTTP request: a text of the greatest length in any script with room to spare; imports go by command line."""

    commands_per_second: Duration = 20
    """Sustained commands of one seat: far above any hand, low enough that one broken script harms nobody."""

    commands_burst: Count = 60
    """Commands that a seat may send at once: a delegate back from a dead zone sends all that was kept."""

    failed_sign_ins_per_minute: Count = 60
    """Per address, generous: 200 delegates share one, and a link holds 128 bits, so guessing is hopeless anyway."""

    invitation_days: Duration = 14
    """Lifetime of a link that the command line makes: from the note verbale to the first meeting. On the page whoever
    invites chooses."""

    session_hours: Duration = 72
    """Lifetime of a sign-in: a session of the body, nights included."""

    # --- the live layer ---

    push_interval_ms: Duration = 80
    """Changes are gathered this long and pushed as one: a broadcast costs each client, not each change, and under
    100 ms people take it for immediate."""

    beacon_interval_s: Duration = 5
    """How often every layer's head is named, so that a browser notices a push it never got."""

    long_poll_s: Duration = 25
    """How long a poll waits for news: below the 30 s after which common proxies cut an idle request."""

    socket_send_timeout_s: Duration = 20
    """A socket that takes no byte for so long is freed: a stalled peer would be kept for ever otherwise."""

    socket_queue_messages_max: Count = 512
    """Messages that wait for one slow reader, 40 s of pushes; past it the browser is told to load afresh."""

    catch_up_s: Duration = 2
    """How long an answer waits for the version that the request has seen, before it says that it is behind."""

    # --- what the web process may compute ---

    cells_rendered_max: Count = 2_000
    """Matrix cells in a server-rendered page: 15,000 took 65 ms and 717 kB, during which everybody waits."""

    report_interval_s: Duration = 1
    """A deliberation's report is recomputed at most so often: figures that people can read, not a flicker."""

    @model_validator(mode="after")
    def hold_together(self) -> Self:
        """Refuse what each field allows but the whole does not."""
        if not self.database_url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("DATABASE_URL must begin with sqlite: or postgresql:")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise ValueError("DELIBERATE_PUBLIC_URL must begin with http:// or https://")
        if 0 < len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("DELIBERATE_SECRET_KEY must have at least 32 characters")
        if self.commands_burst < self.commands_per_second:
            raise ValueError("DELIBERATE_COMMANDS_BURST must not be below DELIBERATE_COMMANDS_PER_SECOND")
        if self.body_bytes_max < 4 * TEXT_CHARACTERS_MAX:
            raise ValueError(
                f"DELIBERATE_BODY_BYTES_MAX must be at least {4 * TEXT_CHARACTERS_MAX}, the bytes of one text"
            )
        return self


def load() -> Settings:
    """Return the settings that the environment gives. Raises Misconfigured, also for a name that is no setting."""
    known = {f"DELIBERATE_{name.upper()}" for name in Settings.model_fields if name != "database_url"}
    wrong = [
        f"{name} is no setting" for name in os.environ if name.startswith("DELIBERATE_") and name not in known
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else ""
            variable = {"": "", "database_url": "DATABASE_URL"}.get(name, f"DELIBERATE_{name.upper()}")
            wrong.append(f"{variable} {problem['msg'].removeprefix('Value error, ')}".strip())
    if wrong:
        raise Misconfigured("the environment cannot be used: " + "; ".join(sorted(wrong)))
    return settings


@cache
def current() -> Settings:
    """Return the settings of this process, read on the first call."""
    return load()


def resource(*parts: str) -> Path:
    """Return where a file or folder that is shipped with the package lies, installed or in a checkout.

    The first part is "templates", "static", "scenarios", "translations" or "wsgi.py". Raises FileNotFoundError.
    """
    packed = PACKAGE / "_resources"
    home = PACKAGE if parts[:1] == ("translations",) else packed if packed.is_dir() else PACKAGE.parent
    path = home.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(
            f"{'/'.join(parts)} is not there; install the package again (pip install -e .)"
        )
    return path
