"""Reports as the back office left them: the newest of each kind for each layer. Caches, deletable at any time."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from deliberate.database import Database
from deliberate.database.tables import table

_reports = table("reports")


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report's JSON, the version it describes, and the SHA-256 of its bytes."""

    version: int
    digest: str
    payload: str
    made_at: str


def latest_report(
    database: Database, deliberation: str, layer: str = "public", kind: str = "live"
) -> StoredReport | None:
    """Return the newest report of a layer, or None before the first."""
    wanted = select(_reports.c.version, _reports.c.digest, _reports.c.payload, _reports.c.made_at).where(
        _reports.c.deliberation == deliberation, _reports.c.layer == layer, _reports.c.kind == kind
    )

    def read(connection: Connection) -> StoredReport | None:
        row = connection.execute(wanted).first()
        return StoredReport(*row) if row else None

    return database.read(read)


def report_versions(database: Database, kind: str = "live") -> dict[tuple[str, str], tuple[int, str]]:
    """Return (deliberation, layer) → (version, digest) of every newest report."""
    wanted = select(_reports.c.deliberation, _reports.c.layer, _reports.c.version, _reports.c.digest).where(
        _reports.c.kind == kind
    )
    return database.read(
        lambda connection: {
            (row.deliberation, row.layer): (row.version, row.digest) for row in connection.execute(wanted)
        }
    )


def store_report(
    database: Database, deliberation: str, report: StoredReport, layer: str = "public", kind: str = "live"
) -> None:
    """Put a report in the place of the one before."""
    key = (_reports.c.deliberation == deliberation) & (_reports.c.layer == layer) & (_reports.c.kind == kind)
    values = {
        "version": report.version,
        "digest": report.digest,
        "payload": report.payload,
        "made_at": report.made_at,
    }

    def put(connection: Connection) -> None:
        if connection.execute(update(_reports).where(key).values(values)).rowcount == 0:
            connection.execute(
                _reports.insert().values(deliberation=deliberation, layer=layer, kind=kind, **values)
            )

    database.write(put)


def drop_reports(database: Database, deliberation: str, kinds: str) -> None:
    """Delete the reports of a deliberation whose kind begins with `kinds`: they hold words that were redacted."""
    gone = delete(_reports).where(
        _reports.c.deliberation == deliberation, _reports.c.kind.startswith(kinds, autoescape=True)
    )
    database.write(lambda connection: connection.execute(gone).close())
