"""The desk: offices of staff, how they log in, who is logged in, what the town changed there.

The role author is called editor now."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("offices", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("language", sa.String(length=35), nullable=False, server_default=""))
    with op.batch_alter_table("staff") as batch:
        batch.alter_column("offices", server_default=None)
        batch.alter_column("language", server_default=None)
    op.execute("UPDATE staff SET roles = 'approver editor' WHERE roles = 'approver author'")
    op.execute("UPDATE staff SET roles = 'editor' WHERE roles = 'author'")
    op.create_table(
        "logins",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["staff.name"], name=op.f("fk_logins_name"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_logins")),
    )
    op.create_table(
        "invitations",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitations")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged_in",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["staff.name"], name=op.f("fk_logged_in_name"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_logged_in")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_logged_in_name"), "logged_in", ["name"], unique=False)
    op.create_table(
        "town_settings",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_town_settings")),
    )
