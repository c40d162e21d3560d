"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Values = Mapping[str, Any]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever was selected."""


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of the start, for nothing in a town on SQLite

    return postgresql.insert(table)


def insert_new(connection: Connection, table: Table, row: Values) -> bool:
    """Insert unless the primary key is there; True if it was inserted."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing()
    return (connection.execute(statement)).rowcount == 1


def insert_new_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert those whose primary key is not there."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), [dict(row) for row in rows])


def put(connection: Connection, table: Table, row: Values) -> None:
    """Insert, or write the row anew."""
    names = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table).values(**row)
    others = {name: value for name, value in row.items() if name not in names}
    connection.execute(statement.on_conflict_do_update(index_elements=names, set_=others))


def count_up(connection: Connection, table: Table, row: Values, column: str) -> None:
    """Insert, or add the row's `column` to the one that is there."""
    names = [key.name for key in table.primary_key.columns]
    statement = _insert(connection, table).values(**row)
    grown = {column: table.c[column] + row[column]}
    connection.execute(statement.on_conflict_do_update(index_elements=names, set_=grown))
