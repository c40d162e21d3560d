"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Values = Mapping[str, Any]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever was selected."""


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def insert_new(connection: AsyncConnection, table: Table, row: Values) -> bool:
    """Insert unless the primary key is there; True if it was inserted."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing()
    return (await connection.execute(statement)).rowcount == 1


async def put(connection: AsyncConnection, table: Table, row: Values) -> None:
    """Insert, or write the row anew."""
    names = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table).values(**row)
    others = {name: value for name, value in row.items() if name not in names}
    await connection.execute(statement.on_conflict_do_update(index_elements=names, set_=others))


async def count_up(connection: AsyncConnection, table: Table, row: Values, column: str) -> None:
    """Insert, or add the row's `column` to the one that is there."""
    names = [key.name for key in table.primary_key.columns]
    statement = _insert(connection, table).values(**row)
    grown = {column: table.c[column] + row[column]}
    await connection.execute(statement.on_conflict_do_update(index_elements=names, set_=grown))
