"""Originals of cases can be asked for, too: such a request belongs to no survey."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("unmaskings", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("survey", existing_type=sa.String(length=64), nullable=True)
