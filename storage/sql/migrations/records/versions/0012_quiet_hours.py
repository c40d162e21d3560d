"""Quiet hours of one person."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("quiet_from", sa.SmallInteger(), nullable=True))
    op.add_column("subscriptions", sa.Column("quiet_until", sa.SmallInteger(), nullable=True))
