"""Accounts and invitations: who is behind an actor, and the links by which people come in.

Inside the log a person is an opaque actor, minted anew for each deliberation. Names and addresses are here and
nowhere else, and can be erased without touching the record. A link holds 128 random bits; only their SHA-256 is
stored, so that a stolen database lets nobody in. Each link works once, until it expires or is revoked.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from deliberate.commands import Words
from deliberate.config import NAME_CHARACTERS_MAX
from deliberate.database import Database
from deliberate.database.tables import table
from deliberate.errors import Conflict, Gone, Invalid, NotFound

ADDRESS_CHARACTERS_MAX: Final = 320
"""The longest mail address there can be (RFC 3696)."""

_WORDS: Final[TypeAdapter[str]] = TypeAdapter(Words)
_accounts, _invitations = table("accounts"), table("invitations")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that can be used. Without a deliberation it lets a convener into the platform."""

    deliberation: str | None
    invitation: str
    expires_at: str


def mint_actor() -> str:
    """Return a new opaque actor id: `a-` and 80 random bits."""
    return "a-" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


def digest_secret(secret: str) -> str:
    """Return what is stored of a link's secret: its SHA-256, 64 hex digits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class Accounts:
    """All personal data of a database, and its invitations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- people ---

    def register(self, deliberation: str | None, actor: str, name: str | None, address: str | None) -> None:
        """Remember, or change, who is behind an actor. Raises `Invalid` for a name or address that cannot stand."""
        row = {
            "deliberation": deliberation,
            "name": one_line(name, "name", NAME_CHARACTERS_MAX),
            "address": one_line(address, "address", ADDRESS_CHARACTERS_MAX),
        }

        def put(connection: Connection) -> None:
            if (
                connection.execute(update(_accounts).where(_accounts.c.actor == actor).values(row)).rowcount
                == 0
            ):
                connection.execute(insert(_accounts).values(actor=actor, **row))

        self._database.write(put)

    def name_of(self, actor: str) -> str | None:
        """Return the person's name; None if none was given, or it was erased."""
        return self.names_of([actor]).get(actor)

    def names_of(self, actors: Iterable[str]) -> dict[str, str]:
        """Return the names on hand, by actor; actors without one are absent."""
        wanted = list(actors)
        rows = select(_accounts.c.actor, _accounts.c.name).where(
            _accounts.c.actor.in_(wanted), _accounts.c.name.is_not(None)
        )
        return self._database.read(
            lambda connection: {row.actor: row.name for row in connection.execute(rows)}
        )

    def erase(self, actor: str) -> None:
        """Delete all personal data of an actor; what it did stays in the log under the opaque id."""

        def forget(connection: Connection) -> None:
            connection.execute(delete(_accounts).where(_accounts.c.actor == actor))
            connection.execute(
                update(_invitations).where(_invitations.c.used_by == actor).values(used_by=None)
            )

        self._database.write(forget)
        self._database.scrub()

    def export(self, actor: str) -> dict[str, Any]:
        """Return all that is kept about an actor outside the log: `{actor, account, invitations}`."""
        account = select(_accounts.c.deliberation, _accounts.c.name, _accounts.c.address).where(
            _accounts.c.actor == actor
        )
        used = select(_invitations.c.deliberation, _invitations.c.invitation, _invitations.c.used_at).where(
            _invitations.c.used_by == actor
        )

        def gather(connection: Connection) -> dict[str, Any]:
            found = connection.execute(account).mappings().first()
            return {
                "actor": actor,
                "account": dict(found) if found else None,
                "invitations": [dict(row) for row in connection.execute(used).mappings()],
            }

        return self._database.read(gather)

    # --- links ---

    def issue(self, deliberation: str | None, invitation: str, expires_at: str) -> str:
        """Make a link that works once and return its secret, which is stored nowhere. Raises `Conflict`."""
        return self.issue_many(deliberation, {invitation: expires_at})[invitation]

    def issue_many(self, deliberation: str | None, invitations: Mapping[str, str]) -> dict[str, str]:
        """Make a link for each invitation id → moment it expires; return their secrets by id.

        All or none. Raises `Conflict` when the deliberation has an invitation of one of these ids.
        """
        made = {invitation: secrets.token_urlsafe(16) for invitation in invitations}
        rows = [
            {
                "digest": digest_secret(made[invitation]),
                "deliberation": deliberation,
                "invitation": invitation,
                "expires_at": expires_at,
                "revoked": False,
            }
            for invitation, expires_at in invitations.items()
        ]
        if rows:
            try:
                self._database.write(
                    lambda connection: connection.execute(insert(_invitations), rows).close()
                )
            except IntegrityError as why:
                raise Conflict("One of these invitations was issued before.", "invitation_exists") from why
        return made

    def peek(self, secret: str, at: str) -> Invitation:
        """Return the invitation that a link leads to, without using it.

        Raises `NotFound` for a link that nobody issued, `Gone` for one that was used or revoked or has expired.
        """
        return self._database.read(lambda connection: _usable(connection, secret, at))

    def consume(self, secret: str, at: str, actor: str) -> Invitation:
        """Use a link for an actor, once: of two who try, one gets the invitation. Raises as `peek`."""
        mine = (
            (_invitations.c.digest == digest_secret(secret))
            & _invitations.c.used_at.is_(None)
            & ~_invitations.c.revoked
            & (_invitations.c.expires_at > at)
        )

        def use(connection: Connection) -> Invitation:
            found = _usable(connection, secret, at)
            if (
                connection.execute(
                    update(_invitations).where(mine).values(used_at=at, used_by=actor)
                ).rowcount
                == 0
            ):
                _usable(connection, secret, at)
            return found

        return self._database.write(use)

    def revoke(self, deliberation: str | None, invitation: str) -> None:
        """Make a link useless. Raises `NotFound`."""
        mine = (_invitations.c.deliberation == deliberation) & (_invitations.c.invitation == invitation)
        change = update(_invitations).where(mine).values(revoked=True)
        if self._database.write(lambda connection: connection.execute(change).rowcount) == 0:
            raise NotFound(f"There is no invitation {invitation}.", "no_invitation")


def _usable(connection: Connection, secret: str, at: str) -> Invitation:
    row = connection.execute(
        select(_invitations).where(_invitations.c.digest == digest_secret(secret))
    ).first()
    if row is None:
        raise NotFound(
            "This link is not known here. Check that it was copied whole, or ask the secretary for a new one.",
            "link_unknown",
        )
    if row.used_at is not None:
        raise Gone(
            "This link has been used. If it was you, you are signed in on the device where you used it. "
            "Otherwise ask the secretary for a new one.",
            "link_used",
        )
    if row.revoked:
        raise Gone("This link was revoked. Ask the secretary for a new one.", "link_revoked")
    if row.expires_at <= at:
        raise Gone(
            "This link has expired. Ask the secretary for a new one.",
            "link_expired",
            expired_at=row.expires_at,
        )
    return Invitation(row.deliberation, row.invitation, row.expires_at)


def one_line(value: str | None, what: str, characters_max: int) -> str | None:
    """Return one line of text, cleaned, or None for nothing. Raises `Invalid` for one that cannot stand."""
    if value is None or not value.strip():
        return None
    if len(value) > characters_max:
        raise Invalid(f"The {what} has {len(value)} characters; the limit is {characters_max}.", "too_long")
    try:
        return " ".join(_WORDS.validate_python(value).split())
    except ValidationError as why:
        raise Invalid(f"The {what} cannot stand: {why.errors()[0]['msg']}.", "bad_characters") from why
