"""Cases at the desk: masked copies, words of staff on their way, due dates, and who has seen what."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "case_copies",
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.Column("of", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_copies_case"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case", "of", name=op.f("pk_case_copies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "intakes",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_intakes_case"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_intakes_case"), "intakes", ["case"], unique=False)
    op.create_table(
        "public_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_public_keys")),
    )
    op.add_column("cases", sa.Column("due", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("heard", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
