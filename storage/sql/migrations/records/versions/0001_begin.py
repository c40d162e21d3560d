"""Begin."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_table(
        "files",
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_files")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_files_response"), "files", ["response"], unique=False)
    op.create_table(
        "forms",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("xform", sa.LargeBinary(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_forms")),
    )
    op.create_table(
        "revisions",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_revisions")),
    )
    op.create_table(
        "form_attachments",
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["form"], ["forms.hash"], name=op.f("fk_form_attachments_form")),
        sa.PrimaryKeyConstraint("form", "name", name=op.f("pk_form_attachments")),
    )
    op.create_table(
        "surveys",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("closes", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["form"], ["forms.hash"], name=op.f("fk_surveys_form")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_surveys")),
    )
    op.create_table(
        "counters",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_counters_survey")),
        sa.PrimaryKeyConstraint("survey", "what", name=op.f("pk_counters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participations",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_participations_survey")),
        sa.PrimaryKeyConstraint("survey", "token", name=op.f("pk_participations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_participations_response"), "participations", ["response"], unique=False)
    op.create_table(
        "responses",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("informed", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["form"], ["forms.hash"], name=op.f("fk_responses_form")),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_responses_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_responses_survey"), "responses", ["survey"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_snapshots_survey")),
        sa.PrimaryKeyConstraint("survey", "shown_at", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "staging",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_staging_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staging")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_staging_survey"), "staging", ["survey"], unique=False)
    op.create_table(
        "answers",
        sa.Column("response", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("file", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["response"], ["responses.id"], name=op.f("fk_answers_response"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("response", "position", name=op.f("pk_answers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "return_codes",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("code", sa.LargeBinary(length=16), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["response"], ["responses.id"], name=op.f("fk_return_codes_response"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_return_codes_survey")),
        sa.PrimaryKeyConstraint("survey", "code", name=op.f("pk_return_codes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_return_codes_response"), "return_codes", ["response"], unique=False)
