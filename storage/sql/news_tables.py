"""Tables of pilots and news: nothing of a person but who follows what, by a contact's random number.

As `tables.py`, and kept to the same rules; what became of a survey stands there.
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
    SmallInteger,
    String,
    Table,
    Text,
)

from storage.sql.metadata import records

pilots = Table(
    "pilots",
    records,
    Column("code", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("ends", Date),
    Column("quiet_from", Date),
    Column("card", Text, nullable=False),
    Column("parted", Boolean, nullable=False),
)
"""`card`: everything that is said of it, as JSON. `quiet_from`: from then on nothing is sent of it. `parted`: its
goodbye was written."""

broadcasts = Table(
    "broadcasts",
    records,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("pilot", String(64), nullable=False),
    Column("card", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("submitted", DateTime(timezone=True)),
    Column("due", DateTime(timezone=True)),
    Column("began", DateTime(timezone=True)),
    Column("ended", DateTime(timezone=True)),
    Column("expires", DateTime(timezone=True)),
    Column("enrolled", Boolean, nullable=False),
    Column("cursor", LargeBinary(16), nullable=False),
    Column("goodbye", Boolean, nullable=False),
    Column("test_code", String(96), nullable=False),
    Index(None, "state"),
)
"""`due`: not before. `expires`: not after. `enrolled`: everybody who gets it has a delivery; until then `cursor` is how
far that is. `test_code`: with it staff see the draft in their own
chat; of what the bot sends by itself, what makes it unique."""

broadcast_pictures = Table(
    "broadcast_pictures",
    records,
    Column("broadcast", ForeignKey("broadcasts.number", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    records,
    Column("cid", LargeBinary(16), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("language", String(35), nullable=False),
    Column("frequency", String(16), nullable=False),
    Column("paused_until", Date),
    Column("consented", Date, nullable=False),
    Column("asked", Date),
    Column("quiet_from", SmallInteger),
    Column("quiet_until", SmallInteger),
    sqlite_with_rowid=False,
)
"""Who gets news, by contact. `consented`: the last day on which the person said so; `asked`: asked again on;
`quiet_from`, `quiet_until`: hours in which this person wants none."""

interests = Table(
    "interests",
    records,
    Column("cid", LargeBinary(16), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(64), primary_key=True),
    Index(None, "kind", "value"),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    records,
    Column("broadcast", Integer, primary_key=True),
    Column("cid", LargeBinary(16), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("language", String(35), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("worker", LargeBinary(8)),
    Column("until", DateTime(timezone=True)),
    Index(None, "broadcast", "channel", "outcome"),
    sqlite_with_rowid=False,
)
"""One broadcast to one contact. `worker`, `until`: who has claimed it, and until when; without a worker: not before."""

delivery_counts = Table(
    "delivery_counts",
    records,
    Column("broadcast", Integer, primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("reason", String(16), primary_key=True),
    Column("people", Integer, nullable=False),
)
"""What remains of deliveries once nobody needs to be found by them any more."""

digest_items = Table(
    "digest_items",
    records,
    Column("cid", LargeBinary(16), primary_key=True),
    Column("broadcast", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""What waits for somebody's weekly message."""
