"""Pilots and their news: subscriptions, broadcasts, deliveries, outcomes of surveys, staff."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "pilots",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("quiet_from", sa.Date(), nullable=True),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("parted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pilots")),
    )
    op.create_table(
        "broadcasts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pilot", sa.String(length=64), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("goodbye", sa.Boolean(), nullable=False),
        sa.Column("test_code", sa.String(length=96), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_broadcasts")),
    )
    op.create_index(op.f("ix_broadcasts_state"), "broadcasts", ["state"], unique=False)
    op.create_table(
        "broadcast_pictures",
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"], ["broadcasts.number"], name=op.f("fk_broadcast_pictures_broadcast"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("broadcast", name=op.f("pk_broadcast_pictures")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("consented", sa.Date(), nullable=False),
        sa.Column("asked", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("cid", name=op.f("pk_subscriptions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "interests",
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("cid", "kind", "value", name=op.f("pk_interests")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_interests_kind_value"), "interests", ["kind", "value"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("worker", sa.LargeBinary(length=8), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("broadcast", "cid", name=op.f("pk_deliveries")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_deliveries_broadcast_channel_outcome"), "deliveries", ["broadcast", "channel", "outcome"], unique=False
    )
    op.create_table(
        "delivery_counts",
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("broadcast", "channel", "outcome", "reason", name=op.f("pk_delivery_counts")),
    )
    op.create_table(
        "digest_items",
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cid", "broadcast", name=op.f("pk_digest_items")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcomes",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("chart", sa.LargeBinary(), nullable=True),
        sa.Column("broadcast", sa.Integer(), nullable=True),
        sa.Column("archived", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_outcomes_survey")),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_outcomes")),
    )
    op.create_table(
        "outcome_wishes",
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("cid", name=op.f("pk_outcome_wishes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outcome_wishes_survey"), "outcome_wishes", ["survey"], unique=False)
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )
