"""How Alembic reaches the database: over the connection it was handed, or `DATABASE_URL` when called by hand.

To change a table: edit its class in `deliberate/database/tables.py`, then `alembic revision --autogenerate -m "what and why"`,
and read what was written.
"""

import os

from alembic import context
from sqlalchemy.engine import Connection

from deliberate.database import Database
from deliberate.database.tables import Stored


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Stored.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(os.environ.get("DATABASE_URL", "sqlite:///deliberate.db"))
    database.write(run)
    database.close()
