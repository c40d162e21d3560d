"""The view of results that staff may see now: the last one shown, or a new one where a step forward is due.

Everything that leaves here is a `SafeTally`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.home import Home
from dialogs.forms.model import Form
from dialogs.world import Mode, Survey
from privacy.disclosure import Progress, SafeTally, Shown, Status, disclose, new_view_is_due
from storage.base import RawCounts, Snapshot
from storage.tallies import lists_of, tally


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, and as of when. `safe` None: a strict survey before its close."""

    safe: SafeTally | None
    at: datetime | None


async def current_view(home: Home, survey: Survey, form: Form, now: datetime) -> View:
    """Raises `storage.errors.StorageError`."""
    last = await home.snapshots.last(survey.code)
    counts = await home.responses.counts(survey.code, lists_of(form))
    shown = Shown(last.shown_at, last.respondents) if last is not None else None
    progress = Progress(counts.responses, survey.closed, survey.mode is Mode.STRICT)
    if new_view_is_due(shown, progress, now):
        safe = disclose(tally(form, counts))
        if safe.status is not Status.PUBLISHED:
            return View(safe, now)  # says nothing yet, so it is no view that the next one steps forward from
        last = await home.snapshots.keep(survey.code, _snapshot(safe, counts, now))
    if last is None:
        return View(None, None)
    return View(SafeTally.from_json(json.loads(last.tally)), last.shown_at)


def _snapshot(safe: SafeTally, counts: RawCounts, now: datetime) -> Snapshot:
    return Snapshot(now, counts.responses, json.dumps(safe.as_json()))
