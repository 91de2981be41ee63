"""Every table, so that one place shows what is stored and migrations see all of it.

Inside a deliberation the log alone is the truth: `events` and `texts`. `deliberations` is its index; `accounts` and
`invitations` are what may be erased; `reports` and `jobs` can be emptied at any time. Moments are ISO strings (UTC),
payloads are TEXT: JSONB would reorder keys, and digests are over bytes. These classes declare; nothing is loaded
into them: statements are written on `table(…)`, because one insert of many rows is what a batch needs.
"""

from typing import Any, ClassVar

from sqlalchemy import ForeignKey, LargeBinary, MetaData, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class Stored(SQLModel):
    """The base of every table. Constraints get names, so that migrations can address them on both databases."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _of_deliberation(**options: Any) -> Any:
    return Field(sa_column_args=(ForeignKey("deliberations.id"),), **options)


class DeliberationRow(Stored, table=True):
    """The index of logs. `title` is a copy for lists: a JSON object of language → words. `secret` keys the digests of
    commands; `epoch` changes when the log is another one (restored), so that browsers load afresh."""

    __tablename__ = "deliberations"

    id: str = Field(primary_key=True)
    nature: str
    title: str = Field(sa_type=Text)
    head: int
    head_digest: str
    next_deadline: str | None = None
    created_at: str
    secret: bytes = Field(sa_type=LargeBinary)
    epoch: str


class EventRow(Stored, table=True):
    """The log: one row an event. The id and digest of a command and the number of its events stand on its first."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("deliberation", "command"),)

    deliberation: str = _of_deliberation(primary_key=True)
    version: int = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    digest: str
    command: str | None = None
    command_digest: str | None = None
    command_events: int | None = None


class TextRow(Stored, table=True):
    """The words that events name by digest. Redacted: `words` and `salt` are gone, the row tells when."""

    __tablename__ = "texts"

    deliberation: str = _of_deliberation(primary_key=True)
    digest: str = Field(primary_key=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    words: str | None = Field(default=None, sa_type=Text)
    lang: str | None = None
    redacted_at: str | None = None


class AccountRow(Stored, table=True):
    """Who stands behind an opaque actor: all personal data there is."""

    __tablename__ = "accounts"

    actor: str = Field(primary_key=True)
    deliberation: str | None = None
    name: str | None = None
    address: str | None = None


class InvitationRow(Stored, table=True):
    """A sign-in link by the SHA-256 of its secret. Without a deliberation: a convener's link to the platform."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("deliberation", "invitation"),)

    digest: str = Field(primary_key=True)
    deliberation: str | None = None
    invitation: str
    expires_at: str
    used_at: str | None = None
    used_by: str | None = Field(default=None, index=True)
    revoked: bool = False


class ReportRow(Stored, table=True):
    """The newest report of each kind for each layer, labelled with the version that it describes."""

    __tablename__ = "reports"

    deliberation: str = _of_deliberation(primary_key=True)
    layer: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    version: int
    digest: str
    payload: str = Field(sa_type=Text)
    made_at: str


class JobRow(Stored, table=True):
    """Work for the back office: `arguments` is JSON, `progress` a share from 0 to 1, `file` what was made."""

    __tablename__ = "jobs"

    id: str = Field(primary_key=True)
    kind: str
    deliberation: str | None = _of_deliberation(default=None)
    version: int | None = None
    arguments: str = Field(sa_type=Text)
    state: str = Field(index=True)
    progress: float = 0.0
    file: str | None = None
    error: str | None = Field(default=None, sa_type=Text)
    made_at: str


class KeyRow(Stored, table=True):
    """Random keys of this installation that were not given in its environment."""

    __tablename__ = "keys"

    name: str = Field(primary_key=True)
    key: bytes = Field(sa_type=LargeBinary)


def table(name: str) -> Table:
    """Return the table of that name, to write statements on."""
    return Stored.metadata.tables[name]
