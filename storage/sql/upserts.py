"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Values = Mapping[str, Any]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever was selected."""


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of the start, for nothing in a town on SQLite

    return postgresql.insert(table)


# Statements are made once: SQLAlchemy takes longer to make one, and to recognise it, than to run it.


@cache
def _new(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _written(dialect: str, table: Table, columns: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    statement = _insert(dialect, table)
    names = [column.name for column in table.primary_key.columns]
    others = {name: statement.excluded[name] for name in columns if name not in names}
    return statement.on_conflict_do_update(index_elements=names, set_=others)


@cache
def _grown(dialect: str, table: Table, column: str) -> sqlite.Insert | postgresql.Insert:
    statement = _insert(dialect, table)
    names = [key.name for key in table.primary_key.columns]
    grown = {column: table.c[column] + statement.excluded[column]}
    return statement.on_conflict_do_update(index_elements=names, set_=grown)


def insert_new(connection: Connection, table: Table, row: Values) -> bool:
    """Insert unless the primary key is there; True if it was inserted."""
    return connection.execute(_new(connection.dialect.name, table), dict(row)).rowcount == 1


def insert_new_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert those whose primary key is not there."""
    if rows:
        connection.execute(_new(connection.dialect.name, table), [dict(row) for row in rows])


def put(connection: Connection, table: Table, row: Values) -> None:
    """Insert, or write the row anew."""
    connection.execute(_written(connection.dialect.name, table, tuple(row)), dict(row))


def count_up(connection: Connection, table: Table, row: Values, column: str) -> None:
    """Insert, or add the row's `column` to the one that is there."""
    connection.execute(_grown(connection.dialect.name, table, column), dict(row))
