"""Updates that we fetch: asked for again and again, acknowledged only when their turns are committed.

Telegram keeps an update until a later `offset` is asked for, so nothing is lost if we die: what was taken but not yet
acknowledged comes again and is dropped by its mark. Different chats go side by side, one chat's updates in order, each
tried until it is taken. `update_id` may jump back after a quiet week, so the offset follows the order of arrival and
no greatest number is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from adapters.backoff import backoff
from adapters.base import Envelope, NotTaken
from adapters.errors import Busy, ChannelError, Unreachable
from adapters.telegram.codec import update_id
from adapters.telegram.intake import Intake
from adapters.telegram.updates import ALLOWED_UPDATES
from adapters.telegram.verdicts import TokenRefused, verdict
from adapters.telegram.wire import ApiError, Wire

BATCH: Final = 100
"""Updates asked for at once (Telegram's maximum), and so the most turns under way."""
POLL_SECONDS: Final = 30
"""How long Telegram holds an empty answer back."""
GRACE_SECONDS: Final = 10.0
"""On top of that, until we take the connection for dead."""
LINGER_SECONDS: Final = 0.25
"""Wait for turns under way before asking again; Telegram would only repeat them."""
LONGEST_PAUSE: Final = 15.0
"""Between two tries of an update or of a poll, in seconds."""
KEPT_SECONDS: Final = 24 * 3600.0
"""Telegram forgets an update after a day; we stop trying then, too."""
LAST_WORD_SECONDS: Final = 2.0
"""For the acknowledgement at the end."""
CHATS: Final = 1024
"""Places in which chats wait for their turn, by a hash of the process: no id is kept."""
MOST_IN_PLACE: Final = 20
"""Updates of one place that wait in order; further ones do not, so that the process sees who floods, and they do not
fill the window."""

Notice = Callable[[ChannelError | None], None]
"""Told how each call ended; None: it went through."""

log = structlog.get_logger()


class Polling:
    """Long polling of one bot."""

    def __init__(
        self,
        wire: Wire,
        intake: Intake,
        end_spinner: Callable[[str], None],
        notice: Notice,
        clock: Callable[[], float],
    ) -> None:
        self._wire = wire
        self._intake = intake
        self._end_spinner = end_spinner
        self._notice = notice
        self._clock = clock
        self._offset: int | None = None
        self._window: dict[int, bool] = {}
        """Updates received and not acknowledged, in order of arrival: are they done?"""
        self._places = [asyncio.Lock() for _ in range(CHATS)]
        self._waiting = [0] * CHATS
        self._progress = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Raises `TokenRefused`."""
        try:
            async with asyncio.TaskGroup() as turns:
                await self._poll(turns)
        except* TokenRefused:
            refused = True
        else:
            refused = False
        if refused:
            raise TokenRefused

    async def _poll(self, turns: asyncio.TaskGroup) -> None:
        failures = 0
        while True:
            self._acknowledge()
            try:
                batch = await self._ask(0 if self._window else POLL_SECONDS)
            except ChannelError as error:
                self._notice(error)
                if isinstance(error, TokenRefused):
                    raise
                failures += 1
                log.warning("poll_failed", channel="telegram", error=type(error).__name__)
                pause = backoff(failures, LONGEST_PAUSE)
                await asyncio.sleep(max(pause, error.retry_after) if isinstance(error, Busy) else pause)
                continue
            failures = 0
            self._notice(None)
            self._start(batch, turns)
            await self._linger()

    async def close(self) -> None:
        """Acknowledge what is done, so that it need not come again."""
        self._acknowledge()
        if self._offset is None:
            return
        params: dict[str, object] = {"offset": self._offset, "timeout": 0, "limit": 1}
        try:
            await self._wire.call("getUpdates", params, LAST_WORD_SECONDS)
        except (ApiError, Unreachable):
            return  # it comes again, and is dropped by its mark

    async def _ask(self, seconds: int) -> list[msgspec.Raw]:
        params: dict[str, object] = {
            "timeout": seconds,
            "limit": BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if self._offset is not None:
            params["offset"] = self._offset
        refusal: ChannelError
        try:
            result = await self._wire.call("getUpdates", params, seconds + GRACE_SECONDS)
            return msgspec.json.decode(result, type=list[msgspec.Raw])
        except ApiError as error:
            refusal = verdict(error)
        except ValueError:
            refusal = Unreachable("no list of updates")
        raise refusal

    def _acknowledge(self) -> None:
        """Move the offset behind what is done without a gap."""
        while self._window:
            first = next(iter(self._window))
            if not self._window[first]:
                return
            del self._window[first]
            self._offset = first + 1

    def _start(self, batch: list[msgspec.Raw], turns: asyncio.TaskGroup) -> None:
        for raw in batch:
            payload = bytes(raw)
            try:
                number = update_id(payload)
            except ValueError:
                log.warning("update_unreadable", channel="telegram")
                continue
            if number in self._window:
                continue
            envelope = self._admit(payload)
            self._window[number] = envelope is None
            if envelope is not None:
                turns.create_task(self._take(number, envelope))

    def _admit(self, payload: bytes) -> Envelope | None:
        try:
            admitted = self._intake.admit(payload)
        except ValueError:
            return None
        if admitted.callback:
            self._end_spinner(admitted.callback)
        return admitted.envelope

    async def _take(self, number: int, envelope: Envelope) -> None:
        """Until it is taken: nobody brings it again while we hold the chat's place."""
        spot = hash(envelope.person.address) % CHATS
        self._waiting[spot] += 1
        try:
            if self._waiting[spot] > MOST_IN_PLACE:
                await self._insist(envelope)
            else:
                async with self._places[spot]:
                    await self._insist(envelope)
        finally:
            self._waiting[spot] -= 1
        self._window[number] = True
        self._progress.set()

    async def _insist(self, envelope: Envelope) -> None:
        deadline = self._clock() + KEPT_SECONDS
        failures = 0
        while self._clock() < deadline:
            try:
                await self._intake.take(envelope)
            except NotTaken:
                failures += 1
                await asyncio.sleep(backoff(failures, LONGEST_PAUSE))
            else:
                return

    async def _linger(self) -> None:
        """Wait until all turns are done, a short while at most."""
        deadline = self._clock() + LINGER_SECONDS
        while not all(self._window.values()) and (rest := deadline - self._clock()) > 0:
            self._progress.clear()
            try:
                async with asyncio.timeout(rest):
                    await self._progress.wait()
            except TimeoutError:
                return
