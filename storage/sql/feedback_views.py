"""Feedback in numbers as it was last shown: it steps forward once a day at most, and by ten reports or none.

Where no report came, the same ones are counted anew: what the town did about them is no secret of whoever wrote. Not
here: what may be shown (`privacy/disclosure.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from privacy.disclosure import NEW_ANSWERS
from storage.sql.database import Database
from storage.sql.text_tables import feedback_views
from storage.sql.upserts import put

VIEW_LASTS: Final = timedelta(days=1)
REPORTS: Final = "reports"
"""The one view that there is."""


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """What was shown when, of how many reports; `release` as JSON."""

    shown_at: datetime
    reports: int
    release: str


def is_due(last: FeedbackView | None, reports: int, now: datetime) -> bool:
    """Whether a new view may be made."""
    if last is None:
        return True
    new = abs(reports - last.reports)
    return now - last.shown_at >= VIEW_LASTS and (new == 0 or new >= NEW_ANSWERS)


class FeedbackViews:
    """All raise `Unavailable` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> FeedbackView | None:
        wanted = select(feedback_views).where(feedback_views.c.name == REPORTS)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        if row is None:
            return None
        at = row.shown_at.replace(tzinfo=UTC) if row.shown_at.tzinfo is None else row.shown_at
        return FeedbackView(at, row.reports, row.release)

    async def keep(self, view: FeedbackView) -> None:
        row = {"name": REPORTS, "shown_at": view.shown_at.astimezone(UTC), "reports": view.reports}
        await self._database.write(lambda connection: put(connection, feedback_views, {**row, "release": view.release}))
