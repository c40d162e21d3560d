"""What was released of results to the public, with its files; outcomes that are being written."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "outcome_drafts",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_outcome_drafts_survey")),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_outcome_drafts")),
    )
    op.create_table(
        "public_results",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_public_results_survey")),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_public_results")),
    )
    op.create_table(
        "releases",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("licence", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["surveys.code"], name=op.f("fk_releases_survey")),
        sa.PrimaryKeyConstraint("survey", "version", name=op.f("pk_releases")),
    )
    op.create_table(
        "release_files",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("survey", "version", "name", name=op.f("pk_release_files")),
    )
