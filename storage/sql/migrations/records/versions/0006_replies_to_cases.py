"""Replies to cases: whom a contact is about, and whether the citizen was asked if it is fixed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("about", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("asked", sa.Date(), nullable=True))
