"""The sync: what came, again and again; the token moves on in the store only when the turns of a batch are committed.

So nothing is lost if we die: what was taken and not yet noted comes again and is dropped by its mark. Different people
go side by side, one person's acts in order, each tried until it is taken. The first sync after a fresh login skips what
was said before; a timeline with a gap is filled from the room's history. Not here: what an event means (`intake.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

import structlog
from nio.responses import RoomInfo, RoomMessagesResponse, SyncResponse

from adapters.backoff import backoff
from adapters.base import NotTaken, Sign
from adapters.errors import Busy, ChannelError
from adapters.matrix.batches import Batch, Batches
from adapters.matrix.book import Book
from adapters.matrix.client import Client
from adapters.matrix.intake import Admitted, Intake
from adapters.matrix.verdicts import TokenRefused

WAIT_MS: Final = 30_000
"""How long the homeserver holds an empty answer back."""
HASTY_MS: Final = 1_000
"""The same while a message waits for its key."""
TIMELINE: Final = 50
"""Events of one room in one sync; what is more is fetched."""
GAP_EVENTS: Final = 500
"""Events of one room that are fetched to fill a gap; what is older is left unread."""
UNDER_WAY: Final = 1000
"""Acts taken and not yet committed, until the next sync waits."""
LONGEST_PAUSE: Final = 15.0
"""Between two tries of an act or of a sync, in seconds."""
KEPT_SECONDS: Final = 24 * 3600.0
"""An act that nobody takes is tried for so long."""
PEOPLE: Final = 1024
"""Places in which people wait for their turn, by a hash of the process: no id is kept."""
FILTER: Final[dict[str, Any]] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": TIMELINE, "lazy_load_members": True},
        "state": {
            "lazy_load_members": True,
            "types": ["m.room.encryption", "m.room.member", "m.room.create", "m.room.tombstone"],
        },
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}
_FIRST_FILTER: Final = {**FILTER, "room": {**FILTER["room"], "timeline": {"limit": 1, "lazy_load_members": True}}}

log = structlog.get_logger()


class Syncing:
    """The loop of one account."""

    def __init__(
        self,
        client: Client,
        book: Book,
        intake: Intake,
        renew: Callable[[], Awaitable[None]],
        notice: Callable[[Sign], None],
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._book = book
        self._intake = intake
        self._renew = renew
        self._notice = notice
        self._clock = clock
        self._batches = Batches()
        self._places = [asyncio.Lock() for _ in range(PEOPLE)]
        self._progress = asyncio.Event()
        self.well_since: float | None = None
        """When the last sync succeeded, by the clock; None before the first and after a failure."""

    async def run(self) -> None:
        """Until cancelled. Raises the `ChannelError` that an operator must mend."""
        problem: ChannelError | None = None
        try:
            async with asyncio.TaskGroup() as turns:
                await self._loop(turns)
        except* ChannelError as errors:
            problem = next(each for each in errors.exceptions if isinstance(each, ChannelError))
        if problem is not None:
            raise problem

    async def _loop(self, turns: asyncio.TaskGroup) -> None:
        since, failures = self._book.token(), 0
        while True:
            try:
                since = await self._next(since, turns)
            except ChannelError as error:
                self.well_since = None
                if not isinstance(error, TokenRefused) and not error.retryable:
                    raise
                failures += 1
                self._notice(Sign.SLOW if isinstance(error, Busy) else Sign.LOST)
                log.warning("sync_failed", channel="matrix", error=type(error).__name__)
                pause = backoff(failures, LONGEST_PAUSE)
                await asyncio.sleep(max(pause, error.retry_after) if isinstance(error, Busy) else pause)
                if isinstance(error, TokenRefused):
                    await self._renew()
                continue
            failures = 0
            self.well_since = self._clock()
            self._notice(Sign.WORKS)
            await self._make_room()

    async def _next(self, since: str, turns: asyncio.TaskGroup) -> str:
        """One sync; where the following begins."""
        wait = 0 if not since else HASTY_MS if self._intake.is_waiting else WAIT_MS
        response = await self._client.next_sync(since, wait, FILTER if since else _FIRST_FILTER)
        batch = self._batches.begin(response.next_batch)
        try:
            if since:
                await self._fill_gaps(response, since)
            found = await self._intake.read(response, batch, is_first=not since)
        except BaseException:
            self._batches.undo(batch)
            raise
        for admitted in found:
            self._start(batch, admitted, turns)
        self._end(batch)
        for held, late in self._intake.settled():
            for admitted in late:
                self._start(held, admitted, turns)
            self._end(held)
        await self._tend()
        return batch.token

    async def _tend(self) -> None:
        """Keys, after every sync; a failure waits for the next."""
        try:
            await self._client.tend_keys()
        except TokenRefused:
            raise
        except ChannelError as error:
            log.info("keys_wait", channel="matrix", error=type(error).__name__)
        self._intake.watch()

    # -- turns

    def _start(self, batch: Batch, admitted: Admitted, turns: asyncio.TaskGroup) -> None:
        batch.open += 1
        turns.create_task(self._take(batch, admitted))

    async def _take(self, batch: Batch, admitted: Admitted) -> None:
        """Until it is taken: nobody brings it again while we hold the person's place."""
        place = self._places[hash(admitted.envelope.person.address) % PEOPLE]
        deadline = self._clock() + KEPT_SECONDS
        failures = 0
        async with place:
            while self._clock() < deadline:
                try:
                    await self._intake.take(admitted.envelope)
                    break
                except NotTaken:
                    failures += 1
                    await asyncio.sleep(backoff(failures, LONGEST_PAUSE))
        admitted.after()
        self._end(batch)

    def _end(self, batch: Batch) -> None:
        """One act of the batch is done: note how far everything is done without a gap."""
        token = self._batches.end(batch)
        if token:
            self._book.note_token(token)
        self._progress.set()

    async def _make_room(self) -> None:
        """Wait while too much is under way."""
        while self._batches.under_way >= UNDER_WAY:
            self._progress.clear()
            await self._progress.wait()

    # -- gaps

    async def _fill_gaps(self, response: SyncResponse, since: str) -> None:
        for room, info in response.rooms.join.items():
            if info.timeline.limited and self._book.room(room) is not None:
                await self._fill(room, info, since)

    async def _fill(self, room: str, info: RoomInfo, since: str) -> None:
        """The events between the last sync and this one's timeline, put before it."""
        missing: list[Any] = []
        start = info.timeline.prev_batch
        while start and len(missing) < GAP_EVENTS:
            path = f"/rooms/{quote(room, safe='')}/messages?dir=b&limit=100&from={quote(start)}&to={quote(since)}"
            answer = await self._client.request("GET", path)
            page = RoomMessagesResponse.from_dict(answer, room)
            if not isinstance(page, RoomMessagesResponse) or not page.chunk:
                break
            await self._client.receive_response(page)
            missing += page.chunk
            start = answer.get("end")
        log.info("gap_filled", channel="matrix", count=len(missing))
        info.timeline.events[:0] = reversed(missing)
