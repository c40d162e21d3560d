"""Begin."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_keys")),
        schema="keyring",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tombstones",
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("tombstone", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("survey", "tombstone", name=op.f("pk_tombstones")),
        schema="keyring",
        sqlite_with_rowid=False,
    )
