"""Results for pages: what stands is shown at once; a step forward is counted beside the request that finds it due.

A survey of a town is counted within a blink, so a request waits that long for it; a large one is counted for some
seconds, while pages show what stood before. Each survey is counted once at a time, and what was read of the last step
stays in memory. Not here: when a step is due (`storage/acts/results.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import structlog

from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.world import Survey
from privacy.disclosure import DESK
from storage.acts.library import Library
from storage.acts.numbers import PublicNumbers, public_numbers, standing_numbers
from storage.acts.results import (
    Refused,
    Standing,
    View,
    look,
    open_copies,
    open_places,
    openable,
    step,
    view_of,
)
from storage.errors import StorageError
from storage.places import Districts
from storage.snapshots import Snapshots
from storage.sql.copies import Copies
from storage.sql.releases import SqlReleases
from storage.sql.results import SqlCounts

WAITS: Final = 0.15
"""Seconds that a request waits for a step: a small survey is counted within."""
WAITS_AT_FIRST: Final = 3.0
"""Seconds that it waits where nothing was counted before, so there is nothing else to show."""
STEP_LIMIT: Final = 1800.0
"""Seconds after which a step is given up."""
KEPT: Final = 32
"""Steps that are kept in memory, read."""
STEPS_AT_ONCE: Final = 1
"""A step takes a core: more would starve the pages."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page shows. `counting`: newer numbers are being made."""

    view: View | Refused
    counting: bool


class Counting:
    """Results of every survey. Raises `storage.errors.StorageError`."""

    def __init__(
        self,
        responses: SqlCounts,
        snapshots: Snapshots,
        copies: Copies,
        library: Library,
        waits: tuple[float, float] = (WAITS_AT_FIRST, WAITS),
    ) -> None:
        """`waits`: seconds that a request waits where nothing stands yet, and where something does."""
        self._at_first, self._later = waits
        self.responses = responses
        self.snapshots = snapshots
        self.library = library
        self._copies = copies
        self._tasks: dict[str, asyncio.Task[Standing]] = {}
        self._public: dict[str, asyncio.Task[PublicNumbers]] = {}
        self._turns = asyncio.Semaphore(STEPS_AT_ONCE)
        self._kept: dict[str, Standing] = {}

    async def form(self, survey: Survey) -> Form:
        """The survey's current form, compiled."""
        form = await self.library.need(survey.form)
        assert form is not None, "a published survey has its form"
        return form

    async def view(
        self, survey: Survey, now: datetime, districts: Districts, wanted: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """What may be shown now. `districts`: of the town as it is now, for maps that are counted anew."""
        standing = await look(self, survey, now, self._kept.get(survey.code))
        self._keep(survey.code, standing)
        task = self._tasks.get(survey.code)
        if standing.due and task is None and standing.respondents >= DESK.least_respondents:
            task = self._tasks[survey.code] = asyncio.create_task(self._step(survey, now, districts))
            task.add_done_callback(lambda done: self._done(survey.code, done))
        if task is not None:
            done, _ = await asyncio.wait(
                [task], timeout=self._later if standing.release is not None else self._at_first
            )
            if done and task.exception() is None:
                standing = task.result()
        return Answer(view_of(standing, survey, wanted), counting=task is not None and not task.done())

    async def filter_values(self, survey: Survey, now: datetime) -> dict[str, list[str]]:
        """Groups that the survey's filters can show, by ref of the filter; as of the step that stands."""
        standing = await look(self, survey, now, self._kept.get(survey.code))
        made = standing.release
        return {each.ref: made.values(each.ref) for each in survey.filters} if made is not None else {}

    async def public(
        self, releases: SqlReleases, survey: Survey, today: date, voice: Voice, districts: Districts
    ) -> PublicNumbers | None:
        """The public's numbers, made once; None while they are being made. Raises `ActError`."""
        standing = await standing_numbers(releases, survey)
        if standing is not None:
            return standing
        task = self._public.get(survey.code)
        if task is None:
            task = asyncio.create_task(self._made_public(releases, survey, today, voice, districts))
            self._public[survey.code] = task
            task.add_done_callback(lambda _: self._public.pop(survey.code, None))
        done, _ = await asyncio.wait([task], timeout=self._at_first)
        return task.result() if done else None

    async def _made_public(
        self, releases: SqlReleases, survey: Survey, today: date, voice: Voice, districts: Districts
    ) -> PublicNumbers:
        async with self._turns, asyncio.timeout(STEP_LIMIT):
            opened = await openable(open_places(self._copies, survey.code))
            form = await self.form(survey)
            return await public_numbers(releases, self.responses, survey, form, today, voice, opened, districts)

    async def _step(self, survey: Survey, now: datetime, districts: Districts) -> Standing:
        async with self._turns, asyncio.timeout(STEP_LIMIT):
            opened = await openable(open_copies(self._copies, survey.code))
            return await step(self, survey, await self.form(survey), now, opened, districts)

    def _done(self, survey: str, task: asyncio.Task[Standing]) -> None:
        self._tasks.pop(survey, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._keep(survey, replace(task.result(), due=False))
        elif isinstance(error, StorageError | TimeoutError):
            log.warning("desk_step", error=type(error).__name__)  # tried again by whoever looks next
        else:
            log.error("desk_step", error=type(error).__name__)  # no traceback: its frames hold what citizens wrote

    def _keep(self, survey: str, standing: Standing) -> None:
        if standing.release is not None and standing.kept:
            self._kept.pop(survey, None)
            self._kept[survey] = standing
            while len(self._kept) > KEPT:
                self._kept.pop(next(iter(self._kept)))

    async def counted(self) -> None:
        """Wait for what is being counted."""
        await asyncio.gather(*self._tasks.values(), *self._public.values(), return_exceptions=True)

    async def close(self) -> None:
        """Give up what is being counted."""
        tasks = [*self._tasks.values(), *self._public.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
