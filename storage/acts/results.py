"""The results that staff may see now: the last ones shown, or new ones where a step forward is due.

Each step makes everything at once, the views by the survey's filters too; they are looked at after the close
(`privacy.views` says why). Everything that leaves here is a `SafeTally` or a refusal.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialogs.forms.model import Form
from dialogs.world import Mode, Survey
from privacy.disclosure import DESK, Progress, SafeTally, Shown, Status, new_view_is_due
from privacy.views import Refusal, Release, release
from storage.base import RawCounts, Snapshot, Snapshots
from storage.tallies import lists_of, tally


class Counts(Protocol):
    """Whoever can count answers."""

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts: ...


class Stores(Protocol):
    """Where results come from and what was shown of them."""

    @property
    def responses(self) -> Counts: ...

    @property
    def snapshots(self) -> Snapshots: ...


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, and as of when. `safe` None: a strict survey before its close."""

    safe: SafeTally | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a filtered view is not shown, and which values of the filters have one."""

    why: Refusal
    offered: dict[str, list[str]]


async def current_view(
    stores: Stores, survey: Survey, form: Form, now: datetime, wanted: Sequence[tuple[str, str]] = ()
) -> View | Refused:
    """`wanted`: (ref of a filter, value). Raises `storage.errors.StorageError`."""
    last = await stores.snapshots.last(survey.code)
    counts = await stores.responses.counts(survey.code, lists_of(form))
    shown = Shown(last.shown_at, last.respondents) if last is not None else None
    progress = Progress(counts.responses, survey.closed, survey.mode is Mode.STRICT)
    if new_view_is_due(shown, progress, now):
        made = _next_release(survey, form, counts, last)
        if made.everybody.status is not Status.PUBLISHED:
            return View(made.everybody, now)  # says nothing yet, so it is no view that the next one steps forward from
        last = await stores.snapshots.keep(survey.code, _snapshot(made, counts, now))
    if last is None:
        return View(None, None)
    standing = _release_of(last)
    refs = [each.ref for each in survey.filters]
    found = standing.view(wanted, refs, survey.closed)
    if isinstance(found, Refusal):
        return Refused(found, {ref: standing.values(ref) for ref in refs})
    return View(found, last.shown_at)


def _next_release(survey: Survey, form: Form, counts: RawCounts, last: Snapshot | None) -> Release:
    past = _release_of(last).everybody if last is not None else None
    return release(tally(form, counts, survey.filters, past), [each.ref for each in survey.filters], DESK, past)


def _release_of(snapshot: Snapshot) -> Release:
    return Release.from_json(json.loads(snapshot.tally))


def _snapshot(made: Release, counts: RawCounts, now: datetime) -> Snapshot:
    return Snapshot(now, counts.responses, json.dumps(made.as_json()))
