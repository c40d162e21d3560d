"""Steps from one shape of the tables to the next, run by Alembic at every start, in the caller's transaction.

Two histories, `records` and `keyring`. A start that finds nothing to do costs one query each. To write a step:
`python -m storage.sql.migrations records "say what changes"` compares `tables.py` with the newest step.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

History = Literal["records", "keyring"]

VERSION_TABLE: Final = "zuruf_version"
_ADVISORY_LOCK: Final = 0x5A7552756600
"""PostgreSQL: two workers that start at once do not both migrate. SQLite's write lock does the same."""


def migrate(connection: Connection, history: History, metadata: MetaData) -> None:
    """Bring the tables of one history up to date. The caller's transaction commits it all or nothing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        if metadata.schema:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {metadata.schema}"))
    upgrade(connection, history, metadata)


def scripts(history: History) -> ScriptDirectory:
    """The steps of one history."""
    return ScriptDirectory(str(Path(__file__).parent / history))


def upgrade(connection: Connection, history: History, metadata: MetaData) -> None:
    directory = scripts(history)

    def steps(revision: Any, _context: MigrationContext) -> Any:
        return directory._upgrade_revs("head", revision)

    logging.getLogger("alembic").setLevel(logging.WARNING)
    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=f"{VERSION_TABLE}_{history}",
            transactional_ddl=False,
            transaction_per_migration=False,
        )
        environment.run_migrations()
