"""Open cases that may be about the same thing as one: the same category at the same place.

Where a case is stands in its sealed copy, and opening thousands of copies takes a good part of a second. So places are
opened once, beside the pages, and kept in this process's memory for a while: places alone, no word that was written.
What a page shows of a case is opened anew. Not here: what "the same place" is (`storage/acts/cases.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from storage.acts.cases import Whereabouts, same_place, whereabouts
from storage.cases import CaseId
from storage.errors import StorageError
from storage.sql.case_files import CaseFile, CaseFiles

WAITS: Final = 0.04
"""Seconds that a page waits for places to be opened: some hundred cases are within."""
AT_ONCE: Final = 250
"""Copies that are opened between two looks at other requests."""
MOST_KEPT: Final = 50_000
"""Places that are kept."""
MOST_SHOWN: Final = 20
IDLE: Final = 15 * 60.0  # seconds
"""Places that nobody asked for are forgotten after so long."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Twins:
    """Cases that may be about the same thing: the latest of them, with their copies, and how many there are."""

    files: Sequence[CaseFile] = ()
    total: int = 0


class Alike:
    """Of one desk. Raises `storage.errors.StorageError`."""

    def __init__(self, files: CaseFiles, waits: float = WAITS) -> None:
        self._files = files
        self._waits = waits
        self._known: dict[CaseId, tuple[bytes, Whereabouts]] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._forgetting: asyncio.TimerHandle | None = None

    async def to(self, file: CaseFile, others: Collection[str]) -> Twins | None:
        """None while places are still being opened. `others`: offices whose cases whoever asks may not see."""
        here = whereabouts(file.report)
        if here is None:
            return Twins()
        self._forget_later()
        copies = await self._files.copied(file.category, others)
        missing = [case for case, copy in copies if self._known.get(case, (b"",))[0] != copy]
        if missing and not await self._soon(file.category, missing):
            return None
        found = [
            case
            for case, copy in copies
            if case != file.id and (known := self._known.get(case)) and known[0] == copy and same_place(here, known[1])
        ]
        return Twins(await self._files.some(found[-MOST_SHOWN:]), len(found))

    async def _soon(self, category: str, missing: Sequence[CaseId]) -> bool:
        """Whether they are within `WAITS`; otherwise it goes on beside the page."""
        if category not in self._opening:
            task = asyncio.create_task(self._open(missing))
            self._opening[category] = task
            task.add_done_callback(lambda _: self._opening.pop(category, None))
        done, _ = await asyncio.wait([self._opening[category]], timeout=self._waits)
        return bool(done)

    async def _open(self, missing: Sequence[CaseId]) -> None:
        try:
            for start in range(0, len(missing), AT_ONCE):
                for case, copy, report in await self._files.reports(missing[start : start + AT_ONCE]):
                    place = whereabouts(report)
                    self._known[case] = copy, place if place is not None else Whereabouts()
        except StorageError as error:
            log.warning("desk_alike", error=type(error).__name__)  # tried again by whoever looks next
        while len(self._known) > MOST_KEPT:
            self._known.pop(next(iter(self._known)))

    def _forget_later(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(IDLE, self._known.clear)

    async def opened(self) -> None:
        """Wait for what is being opened."""
        await asyncio.gather(*self._opening.values(), return_exceptions=True)

    async def close(self) -> None:
        """Forget everything, and end what is being opened."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        for task in (tasks := list(self._opening.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._known.clear()
