"""How Alembic reaches the database: over the connection that `Database.migrate` hands it."""

from alembic import context

from deliberate.database.tables import Stored

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Stored.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
