"""Alembic takes the steps of a history. Not here: whether there are any to take (`__init__.py`)."""

from __future__ import annotations

import logging
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from storage.sql.migrations import VERSION_TABLE, History, folder


def scripts(history: History) -> ScriptDirectory:
    """The steps of one history."""
    return ScriptDirectory(str(folder(history)))


def upgrade(connection: Connection, history: History, metadata: MetaData) -> None:
    """Take all steps that are open, in the caller's transaction."""
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
