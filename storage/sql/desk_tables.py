"""Tables of the desk: who of the staff there is, how they log in, who is logged in, what the town changed there.

The rules of `tables.py` hold for them.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from storage.sql.metadata import records

staff = Table(
    "staff",
    records,
    Column("name", String(64), primary_key=True),
    Column("roles", Text, nullable=False),
    Column("offices", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("day", Date, nullable=False),
)
"""Who of the staff may do what. `offices`: a JSON list of names."""

logins = Table(
    "logins",
    records,
    Column("name", ForeignKey("staff.name", ondelete="CASCADE"), primary_key=True),
    Column("password", Text, nullable=False),
    Column("secret", LargeBinary),
    Column("step", Integer, nullable=False),
    Column("day", Date, nullable=False),
)
"""How somebody proves at the desk who they are. `password`: argon2id. `secret`: of the codes (TOTP), sealed with the
desk's own key; none until they are set up. `step`: of the last code that was used, so that each serves once."""

invitations = Table(
    "invitations",
    records,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
    sqlite_with_rowid=False,
)
"""Links that let somebody choose a password, once. `hash`: of what the link holds. `name`: '' for the first
administrator, who chooses it."""

logged_in = Table(
    "logged_in",
    records,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("name", ForeignKey("staff.name", ondelete="CASCADE"), nullable=False),
    Column("began", DateTime(timezone=True), nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
    Column("proved", DateTime(timezone=True), nullable=False),
    Index(None, "name"),
    sqlite_with_rowid=False,
)
"""Browsers of staff that are logged in, by the hash of their cookie: a restart of the desk throws nobody out."""

town_settings = Table(
    "town_settings",
    records,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("by", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("logo", LargeBinary),
)
"""What the town changed at the desk, over `zuruf.toml`: the newest version holds. `settings`: JSON."""

barriers = Table(
    "barriers",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("day", Date, nullable=False),
    Column("part", String(16), nullable=False),
    Column("language", String(35), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("answered", Date),
    Column("answered_by", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Barriers that somebody met. `part`: on the citizens' pages or at the desk. `sealed`: what they wrote and how to reach
them, for the reading pair. `answered`: the day, and who of the staff."""
