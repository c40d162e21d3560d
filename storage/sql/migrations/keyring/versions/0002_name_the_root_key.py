"""Name the root key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "roots",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("current", sa.LargeBinary(length=4), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_roots")),
        schema="keyring",
    )
