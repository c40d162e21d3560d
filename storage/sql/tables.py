"""The tables of Zuruf, but for news (`news_tables.py`) and the desk (`desk_tables.py`). Two homes: `records` (what is
submitted) and `keyring` (what opens it), apart so that a copy of one is worth little without the other.

Every column has a class of retention in `privacy/retention.py` (a test looks). No column holds an address, a time finer
than a day beside an answer, or an order of arrival: on SQLite, tables of answers and tokens have no row numbers.
Migrations are in `migrations/`; a test compares them with this file.
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

from storage.sql.metadata import keyring, records

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

# -- feedback

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

# -- what moderators decided about masked texts

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
    Index(None, "same_as"),
    sqlite_with_rowid=False,
)
"""A masked copy in the moderators' queue, by its own random number, which is its place there too; no word of it.
`state`, `reason`: `dialogs/text_states.py`. `whose`: who shall look (escalated), or who looked as second (a quote).
`same_as`: of a duplicate, the text that stands for it. `before`: what undoing leads back to."""

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

# -- the keyring

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
