"""Writes the next migration: edit the classes in `database/tables.py`, then `python -m deliberate.migrations "what"`.

Read what it wrote and put it into words; a test holds that classes and migrations agree on both databases.
"""

import sys
import tempfile

from alembic import command

from deliberate.database import Database

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        database.upgrade()
        database.migrate(lambda config: command.revision(config, sys.argv[1], autogenerate=True))
        database.close()
