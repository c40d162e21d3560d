"""Keys of what staff read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("response", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        schema="keyring",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_readings_response"), "readings", ["response"], unique=False, schema="keyring")
