"""Tables of what moderators decided about masked texts, and of the themes in them.

The rules of `tables.py` hold for them.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.sql.metadata import records

texts = Table(
    "texts",
    records,
    Column("number", LargeBinary(12), primary_key=True),
    Column("survey", ForeignKey("surveys.code"), nullable=False),
    Column("question", Text, nullable=False),
    Column("response", LargeBinary(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("whose", String(64), nullable=False),
    Column("same_as", LargeBinary(12)),
    Column("before", Text, nullable=False),
    Column("decision", LargeBinary(8)),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("claimed_by", String(64), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Index(None, "survey", "state", "number"),
    Index(None, "survey", "question", "state"),
    Index(None, "response"),
    Index(None, "decided_by", "decided_at"),
    Index(None, "claimed_by"),
    Index(None, "survey", "claimed_by", "state", "question"),
    Index(None, "same_as"),
    sqlite_with_rowid=False,
)
"""A masked copy in the moderators' queue, by its own random number, which is its place there too; no word of it.
`state`, `reason`: `dialogs/text_states.py`. `whose`: who shall look (escalated), or who looked as second (a quote).
`same_as`: of a duplicate, the text that stands for it. `before`: what undoing leads back to. A moderator holds ten
texts of a hundred thousand: the index on who holds them in a survey has every column of that question, so that no
other one looks as good, even without statistics."""

text_tags = Table(
    "text_tags",
    records,
    Column("text", ForeignKey("texts.number", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(40), primary_key=True),
    sqlite_with_rowid=False,
)

themes = Table(
    "themes",
    records,
    Column("id", LargeBinary(8), primary_key=True),
    Column("survey", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("name", String(80), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("day", Date, nullable=False),
    Index(None, "survey", "question"),
    sqlite_with_rowid=False,
)
"""What texts are about, as suggested, and as moderators named it. `survey` is empty for feedback. `held`: moderators
named, merged or split it, so it outlives the next suggestion. `sealed`: its words, for the reading key."""

theme_texts = Table(
    "theme_texts",
    records,
    Column("theme", ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True),
    Column("text", LargeBinary(16), primary_key=True),
    Column("rank", Integer, nullable=False),
    Index(None, "text"),
    Index(None, "theme", "rank"),
    sqlite_with_rowid=False,
)
"""`text`: the number of a masked copy. `rank`: 0 is the most typical one."""

feedback_views = Table(
    "feedback_views",
    records,
    Column("name", String(16), primary_key=True),
    Column("shown_at", DateTime(timezone=True), nullable=False),
    Column("reports", Integer, nullable=False),
    Column("release", Text, nullable=False),
)
"""Feedback in numbers, as it was last shown: only what disclosure control let through."""
