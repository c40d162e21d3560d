"""Steps from one shape of the tables to the next, taken at every start, in the caller's transaction.

Two histories, `records` and `keyring`. A start that finds nothing to do costs one query each and does not load Alembic,
which takes the steps (`steps.py`). To write a step: `python -m storage.sql.migrations records "say what changes"`
compares `tables.py` with the newest step.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, MetaData, inspect, text

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
    if _step_of(connection, history) == newest_step(history):
        return
    from storage.sql.migrations.steps import upgrade  # Alembic: 10 MB and half a second, for the rare start

    upgrade(connection, history, metadata)


def newest_step(history: History) -> str:
    """The number that the newest step's file begins with, which is its revision."""
    return max(path.name.partition("_")[0] for path in (folder(history) / "versions").glob("[0-9]*_*.py"))


def folder(history: History) -> Path:
    """Where the steps of a history lie."""
    return Path(__file__).parent / history


def _step_of(connection: Connection, history: History) -> str | None:
    """The step at which the tables are; None for an empty database."""
    table = f"{VERSION_TABLE}_{history}"
    if not inspect(connection).has_table(table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608  (one of two constants)
