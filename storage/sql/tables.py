"""Tables of surveys, of what was submitted, of contacts and of staff's work; others stand in `*_tables.py`. Two homes:
`records` (what is submitted) and `keyring` (what opens it, `key_tables.py`), apart so that a copy of one is worth
little without the other.

Every column has a class of retention in `privacy/retention.py` (a test looks). No column holds an address, a time finer
than a day beside an answer, or an order of arrival: on SQLite, tables of answers and tokens have no row numbers.
Migrations are in `migrations/`; a test compares them with these files.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.sql.metadata import records

# -- surveys: nothing of a person

forms = Table(
    "forms",
    records,
    Column("hash", String(64), primary_key=True),
    Column("xform", LargeBinary, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
)

form_attachments = Table(
    "form_attachments",
    records,
    Column("form", ForeignKey("forms.hash"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

surveys = Table(
    "surveys",
    records,
    Column("code", String(64), primary_key=True),
    Column("form", ForeignKey("forms.hash"), nullable=False),
    Column("card", Text, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("closes", Date),
    Column("closed_on", Date),
    Column("grace_days", Integer, nullable=False),
    Column("settled", Boolean, nullable=False),
)
"""`card`: titles, purposes and settings as JSON. `settled`: the grace is over, nothing ties answers to people."""

revisions = Table(
    "revisions",
    records,
    Column("one", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
)

# -- what staff prepare, and where citizens find the town: nothing of a person

survey_drafts = Table(
    "survey_drafts",
    records,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("author", Text, nullable=False),
    Column("changed", DateTime(timezone=True), nullable=False),
    Column("card", Text, nullable=False),
    Column("version_of", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source", LargeBinary),
    Column("found", Text),
    Column("form", String(64), nullable=False),
    Column("xform", LargeBinary),
    Column("test_code", String(96), nullable=False),
)
"""`card`: the campaign card as far as it is filled in, as JSON. `found`: what the check said of the file. `form`,
`xform`: the compiled form, empty if it cannot be one. `test_code`: with it the draft is tried on a messenger."""

survey_draft_files = Table(
    "survey_draft_files",
    records,
    Column("draft", ForeignKey("survey_drafts.number", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

channel_ways = Table(
    "channel_ways",
    records,
    Column("channel", String(32), primary_key=True),
    Column("link", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("proofs", Text, nullable=False),
    Column("news_per_second", Float, nullable=False, server_default="0"),
    Column("updated", DateTime(timezone=True), nullable=False),
)
"""Where a conversation begins on each channel, what the town is called there, its keys, and how fast news go: what the
bot knows of itself, for the desk."""

# -- what was submitted

responses = Table(
    "responses",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("survey", ForeignKey("surveys.code"), nullable=False),
    Column("form", ForeignKey("forms.hash"), nullable=False),
    Column("day", Date, nullable=False),
    Column("language", String(35), nullable=False),
    Column("informed", String(32), nullable=False),
    Index(None, "survey"),
    sqlite_with_rowid=False,
)

answers = Table(
    "answers",
    records,
    Column("response", ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("plain", Text),
    Column("sealed", LargeBinary),
    Column("file", LargeBinary(16)),
    Column("masked", LargeBinary),
    sqlite_with_rowid=False,
)
"""`question`: the ref without [n]. `position`: the order in the form, not in time. `sealed`: the original, until the
grace is over; `masked`: the copy that staff read."""

participations = Table(
    "participations",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("token", LargeBinary(16), primary_key=True),
    Column("response", LargeBinary(16)),
    Index(None, "response"),
    sqlite_with_rowid=False,
)
"""Who took part. In strict surveys `response` stays empty: nothing says with which answers."""

return_codes = Table(
    "return_codes",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("code", LargeBinary(16), primary_key=True),
    Column("response", ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Index(None, "response"),
    sqlite_with_rowid=False,
)

staging = Table(
    "staging",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("survey", ForeignKey("surveys.code"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "survey"),
    sqlite_with_rowid=False,
)
"""Strict surveys: answers that wait, sealed, until they can be moved in a shuffled batch."""

counters = Table(
    "counters",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("what", String(32), primary_key=True),
    Column("responses", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Counts that hang on no response: by channel, and answers that appear only as a total."""

files = Table(
    "files",
    records,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("response", LargeBinary(16)),
    Column("day", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "response"),
    sqlite_with_rowid=False,
)
"""Sealed files; `response` is empty while it belongs to a draft."""

# -- the contact book

contacts = Table(
    "contacts",
    records,
    Column("cid", LargeBinary(16), primary_key=True),
    Column("cidx", LargeBinary(16), nullable=False),
    Column("keyver", Integer, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("about", LargeBinary),
    Index(None, "cidx", unique=True),
    sqlite_with_rowid=False,
)
"""Sealed addresses of people who asked for news or a reply, and of nobody else. `cidx`: keyed index under the key of
the year `keyver`. `until`: the last day, where one is set. `about`: the case that it is for, sealed."""

# -- what became of a survey

outcomes = Table(
    "outcomes",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("day", Date, nullable=False),
    Column("card", Text, nullable=False),
    Column("chart", LargeBinary),
    Column("broadcast", Integer),
    Column("archived", Date),
)

outcome_wishes = Table(
    "outcome_wishes",
    records,
    Column("cid", LargeBinary(16), primary_key=True),
    Column("survey", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("language", String(35), nullable=False),
    Index(None, "survey"),
    sqlite_with_rowid=False,
)
"""Who asked what becomes of a survey, by a contact that serves for this once: apart from answers, erased after use."""

# -- staff

orders = Table(
    "orders",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease", LargeBinary(16)),
    Column("leased_until", DateTime(timezone=True)),
    Index(None, "state", "due"),
    Index(None, "subject"),
    sqlite_with_rowid=False,
)
"""What a running bot is to do (`storage/orders.py`): random ids and states, no word and no address. `lease`: whose
it is while it is taken."""

snapshots = Table(
    "snapshots",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("shown_at", DateTime(timezone=True), primary_key=True),
    Column("respondents", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("words", LargeBinary),
)
"""Results as they were shown to staff. `words`: those that many used, for the reading key."""

unmaskings = Table(
    "unmaskings",
    records,
    Column("id", LargeBinary(16), primary_key=True),
    Column("survey", ForeignKey("surveys.code")),
    Column("response", LargeBinary(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("approved_by", Text),
    Column("approved_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
    Index(None, "response"),
    sqlite_with_rowid=False,
)
"""Who of the staff asked to read an original, why, and who approved. `survey` is empty for a case: then `response` is
the case, and `position` that of the message (0: the report). `sealed`: the original, for the reading pair."""

audit = Table(
    "audit",
    records,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("chain", LargeBinary(32), nullable=False),
)
