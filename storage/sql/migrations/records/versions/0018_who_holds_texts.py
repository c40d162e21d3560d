"""An index on who holds texts of a survey."""

from alembic import op

revision = "0018"
down_revision = "0017"

NAME = "ix_texts_survey_claimed_by_state_question"


def upgrade() -> None:
    op.create_index(NAME, "texts", ["survey", "claimed_by", "state", "question"])
