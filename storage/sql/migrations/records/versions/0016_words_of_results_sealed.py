"""Words that many used are sealed for the reading key. Those that stood in plain are dropped; the next step of the
results finds them again.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

snapshots = sa.table("snapshots", sa.column("survey"), sa.column("shown_at"), sa.column("tally"))


def upgrade() -> None:
    with op.batch_alter_table("snapshots") as batch:
        batch.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(snapshots)).all():
        tree = json.loads(row.tally)
        if isinstance(tree, dict) and tree.pop("words", None):
            same = (snapshots.c.survey == row.survey) & (snapshots.c.shown_at == row.shown_at)
            connection.execute(sa.update(snapshots).where(same).values(tally=json.dumps(tree)))
