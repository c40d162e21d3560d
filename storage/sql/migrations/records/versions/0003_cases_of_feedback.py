"""Cases of feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("code", sa.LargeBinary(length=16), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("informed", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_cases_code"), "cases", ["code"], unique=True)
    op.create_table(
        "case_messages",
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.Column("message", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by_town", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_messages_case"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case", "message", name=op.f("pk_case_messages")),
        sqlite_with_rowid=False,
    )
