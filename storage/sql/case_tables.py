"""Tables of feedback: what citizens reported, what was written about it, and what of both crosses between desk and bot.

The rules of `tables.py` hold for them.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.sql.metadata import records

cases = Table(
    "cases",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("category", String(64), nullable=False),
    Column("office", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
    Column("code", LargeBinary(16)),
    Column("language", String(35), nullable=False),
    Column("informed", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reason", LargeBinary),
    Column("asked", Date),
    Column("due", Date),
    Column("heard", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Index(None, "code", unique=True),
    sqlite_with_rowid=False,
)
"""`sealed`: words, place and photo. `code`: keyed hash, until 90 days after the case is closed. `reason`: why it will
not be done. `asked`: when the citizen was asked whether it is fixed, until the answer. `due`: by when the office wants
to have done something. `heard`: the position of the last message that staff have taken note of. `revision`: grows with
each decision. The photo is in `files`, with the case in the place of a response."""

case_messages = Table(
    "case_messages",
    records,
    Column("case", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("message", LargeBinary(16), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("by_town", Boolean, nullable=False),
    Column("day", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

case_copies = Table(
    "case_copies",
    records,
    Column("case", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("of", LargeBinary(16), primary_key=True),
    Column("key", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""What staff read of a case: the report, each message and the reason, masked. `of`: which sealed original it was made
of. `key`: the row of the keyring that opens it with the reading key."""

intakes = Table(
    "intakes",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("case", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("day", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "case"),
    sqlite_with_rowid=False,
)
"""Words of staff on their way from the desk into a case: sealed for the bot, which takes them out of here."""

public_keys = Table(
    "public_keys",
    records,
    Column("name", String(32), primary_key=True),
    Column("public", LargeBinary(32), nullable=False),
    Column("day", Date, nullable=False),
)
"""What seals for the bot and opens nothing, where the desk finds it."""
