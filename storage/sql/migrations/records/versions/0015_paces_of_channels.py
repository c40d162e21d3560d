"""The desk foretells when news are through by the paces that the bot keeps to."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("channel_ways") as batch:
        batch.add_column(sa.Column("news_per_second", sa.Float(), nullable=False, server_default="0"))
