"""The moderators' queue, tags, themes, and feedback in numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "texts",
        sa.Column("number", sa.LargeBinary(length=12), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("whose", sa.String(length=64), nullable=False),
        sa.Column("same_as", sa.LargeBinary(length=12), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("decision", sa.LargeBinary(length=8), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_texts_survey")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_texts")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["survey", "state", "number"],
        ["survey", "question", "state"],
        ["response"],
        ["decided_by", "decided_at"],
        ["claimed_by"],
        ["same_as"],
    ):
        op.create_index(op.f(f"ix_texts_{'_'.join(columns)}"), "texts", columns, unique=False)
    op.create_table(
        "text_tags",
        sa.Column("text", sa.LargeBinary(length=12), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["text"], ["texts.number"], name=op.f("fk_text_tags_text"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("text", "tag", name=op.f("pk_text_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "themes",
        sa.Column("id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_themes_survey_question"), "themes", ["survey", "question"], unique=False)
    op.create_table(
        "theme_texts",
        sa.Column("theme", sa.LargeBinary(length=8), nullable=False),
        sa.Column("text", sa.LargeBinary(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["theme"], ["themes.id"], name=op.f("fk_theme_texts_theme"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("theme", "text", name=op.f("pk_theme_texts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_theme_texts_text"), "theme_texts", ["text"], unique=False)
    op.create_index(op.f("ix_theme_texts_theme_rank"), "theme_texts", ["theme", "rank"], unique=False)
    op.create_table(
        "feedback_views",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feedback_views")),
    )
