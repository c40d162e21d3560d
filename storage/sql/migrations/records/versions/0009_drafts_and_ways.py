"""Drafts of surveys, and where citizens find the town on each channel."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "survey_drafts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("version_of", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("xform", sa.LargeBinary(), nullable=True),
        sa.Column("test_code", sa.String(length=96), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_survey_drafts")),
    )
    op.create_table(
        "survey_draft_files",
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft"], ["survey_drafts.number"], name=op.f("fk_survey_draft_files_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft", "name", name=op.f("pk_survey_draft_files")),
    )
    op.create_table(
        "channel_ways",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("proofs", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_ways")),
    )
