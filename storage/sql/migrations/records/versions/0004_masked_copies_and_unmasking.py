"""Masked copies and unmasking."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "unmaskings",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_unmaskings_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmaskings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_unmaskings_response"), "unmaskings", ["response"], unique=False)
    op.add_column("answers", sa.Column("masked", sa.LargeBinary(), nullable=True))
