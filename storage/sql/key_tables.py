"""The keyring's tables, a home of their own: what opens the records, apart from them.

The rules of `tables.py` hold for them.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.sql.metadata import keyring

keys = Table(
    "keys",
    keyring,
    Column("purpose", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created", Date, nullable=False),
    sqlite_with_rowid=False,
)

tombstones = Table(
    "tombstones",
    keyring,
    Column("survey", String(64), primary_key=True),
    Column("tombstone", LargeBinary(16), primary_key=True),
    Column("day", Date, nullable=False),
    sqlite_with_rowid=False,
)

readings = Table(
    "readings",
    keyring,
    Column("id", LargeBinary(16), primary_key=True),
    Column("response", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", Date, nullable=False),
    Index(None, "response"),
    sqlite_with_rowid=False,
)
"""Keys of what staff read, sealed for the reading pair and for nothing else. `id`: the response, for its masked copies;
an unmasking, for the original that it shows."""

roots = Table(
    "roots",
    keyring,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("current", LargeBinary(4), nullable=False),
)
"""The name of the root key that wraps. Whoever stores a key reads it in the same transaction: a process that has not
heard of a rotation cannot store what would be lost with the old root key."""
