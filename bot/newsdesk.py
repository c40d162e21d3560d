"""The life of broadcasts as time goes on: scheduled, begun, sent, expired; the weekly message; goodbyes; old consent.

Looks each second, in every process; each step is taken once, for the database refuses a second one. Not here: sending
(`broadcaster.py`), acts of staff (`broadcasting.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from adapters.base import Adapter
from bot.broadcaster import Broadcaster
from bot.following import Following
from bot.newsroom import Newsroom
from dialogs.broadcasts import Act, Broadcast, BroadcastState, Outcome
from dialogs.follows import Interest, InterestKind
from dialogs.messages import Language
from dialogs.pilots import OVER, Pilot, quiet_from
from dialogs.quiet import QuietHours
from dialogs.standing_news import digest, goodbye, renewal
from storage.clock import Clock
from storage.errors import Conflict, StorageError
from storage.news import Broadcasts, Deliveries, Pilots, Step, StoredBroadcast, Subscriptions

OPEN = (BroadcastState.APPROVED, BroadcastState.SCHEDULED, BroadcastState.SENDING)
TOLD = (*OPEN, BroadcastState.PAUSED, BroadcastState.SENT)
RECENT = timedelta(hours=1)
"""So long after the end of a broadcast what still waits is looked for."""
RECOVER_EVERY = 15  # looks
ERRANDS_EVERY = 60  # looks
ENROL_STEPS = 5
"""Pages of people that one look gives their deliveries, so that sending begins meanwhile."""
AT_ONCE = 200

log = structlog.get_logger()


class Newsdesk:
    """One process's part in it."""

    def __init__(
        self,
        broadcasts: Broadcasts,
        deliveries: Deliveries,
        subscriptions: Subscriptions,
        pilots: Pilots,
        newsroom: Newsroom,
        following: Following,
        broadcaster: Broadcaster,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        languages: tuple[Language, ...],
        quiet: QuietHours,
        digest_at: tuple[int, int],
    ) -> None:
        """`digest_at`: ISO weekday and hour of the weekly message."""
        self._broadcasts = broadcasts
        self._deliveries = deliveries
        self._subscriptions = subscriptions
        self._pilots = pilots
        self._newsroom = newsroom
        self._following = following
        self._broadcaster = broadcaster
        self._adapters = adapters
        self._clock = clock
        self._languages = languages
        self._quiet = quiet
        self._digest_at = digest_at
        self._looks = 0
        self._serving: dict[str, asyncio.Task[None]] = {}

    async def look(self) -> None:
        """Take every step that is due. Raises `StorageError`."""
        resumable = [name for name, each in self._adapters.items() if each.capabilities.resumes]
        if self._looks % RECOVER_EVERY == 0:
            await self._deliveries.recover(self._clock.now(), resumable)
        if self._looks % ERRANDS_EVERY == 0:
            await self._errands()
        self._looks += 1
        await self._part_from_pilots()
        for stored in reversed(await self._broadcasts.all(OPEN)):
            with contextlib.suppress(Conflict):  # another worker or the staff was quicker
                await self._advance(stored)
        for stored in await self._broadcasts.all((BroadcastState.STOPPED, BroadcastState.EXPIRED), most=10):
            await self._close(stored)

    async def close(self) -> None:
        """End: calls under way are waited for, the rest is given back."""
        for task in self._serving.values():
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving.values())

    # -- one broadcast

    async def _advance(self, stored: StoredBroadcast) -> None:
        now = self._clock.now()
        match stored.state:
            case BroadcastState.APPROVED:
                due = max(stored.due.astimezone(now.tzinfo), now) if stored.due else now
                expires = due + timedelta(hours=stored.broadcast.expires_hours)
                await self._step(stored, Act.SCHEDULE, due=due, expires=expires)
            case _ if stored.expires is not None and stored.expires <= now:
                await self._step(stored, Act.EXPIRE)
            case _ if self._is_over(stored, now):
                await self._step(stored, Act.EXPIRE)
            case BroadcastState.SCHEDULED:
                if stored.due is not None and stored.due <= now and not self._quiet.is_quiet(now):
                    await self._step(stored, Act.BEGIN)
            case _:
                await self._go_on(stored)

    def _is_over(self, stored: StoredBroadcast, now: datetime) -> bool:
        """Its pilot has ended: nothing is sent of it any more, but for a goodbye within its days."""
        pilot = self._newsroom.pilots.get(stored.broadcast.pilot)
        if pilot is None or pilot.ends is None:
            return False
        if stored.broadcast.goodbye:
            end = quiet_from(pilot)
            return end is not None and now.date() >= end
        return pilot.state in OVER or now.date() > pilot.ends

    async def _go_on(self, stored: StoredBroadcast) -> None:
        enrolled = stored.enrolled
        for _ in range(ENROL_STEPS):
            if enrolled:
                break
            enrolled = await self._deliveries.enrol(stored.number, self._clock.today())
        waiting = await self._deliveries.waiting(stored.number)
        for channel in waiting:
            if channel not in self._adapters:
                await self._deliveries.strand(stored.number, channel)
            elif channel not in self._serving or self._serving[channel].done():
                self._serving[channel] = asyncio.create_task(self._serve(channel), name="news")
        if enrolled and not waiting and stored.enrolled:
            await self._step(stored, Act.FINISH)
            if stored.broadcast.goodbye:
                await self._part(stored.broadcast.pilot)

    async def _serve(self, channel: str) -> None:
        """Send on one channel, the oldest broadcast first, until nothing more can be sent now."""
        try:
            while await self._serve_once(channel):
                pass
        except StorageError as error:
            log.warning("news_wait", channel=channel, error=type(error).__name__)
        except Exception as error:
            log.error("news_failed", channel=channel, error=type(error).__name__, exc_info=error)

    async def _serve_once(self, channel: str) -> bool:
        for stored in reversed(await self._broadcasts.all((BroadcastState.SENDING,))):
            if await self._broadcaster.send(stored, channel):
                return True
        return False

    async def _close(self, stored: StoredBroadcast) -> None:
        """Whoever waits when it is stopped or too late gets nothing; a bounded number of people a look."""
        if stored.ended is None or self._clock.now() - stored.ended > RECENT:
            return
        outcome = Outcome.STOPPED if stored.state is BroadcastState.STOPPED else Outcome.EXPIRED
        await self._deliveries.close_rest(stored.number, outcome)

    async def _step(
        self, stored: StoredBroadcast, act: Act, due: datetime | None = None, expires: datetime | None = None
    ) -> None:
        step = Step(stored.state, act, self._clock.now(), due=due, expires=expires)
        await self._broadcasts.step(stored.number, step)
        log.info("broadcast", number=stored.number, step=act.value)

    # -- what comes by itself

    async def _errands(self) -> None:
        now, today = self._clock.now(), self._clock.today()
        weekday, hour = self._digest_at
        if now.isoweekday() == weekday and now.hour >= hour and await self._deliveries.digests_wait():
            await self._announce(digest(self._languages), f"digest {today.isoformat()}")
        if not self._quiet.is_quiet(now) and await self._subscriptions.due_for_renewal(today):
            await self._announce(renewal(self._languages), f"renewal {today.isoformat()}")
        while cids := await self._subscriptions.silent(today, AT_ONCE):
            await self._following.end(cids)

    async def _part_from_pilots(self) -> None:
        for code in await self._pilots.to_part():
            pilot = self._newsroom.pilots.get(code)
            if pilot is not None:
                await self._say_goodbye(pilot, self._clock.now())

    async def _say_goodbye(self, pilot: Pilot, now: datetime) -> None:
        """Findings are told once they are approved; without them, and on the last day, the bot says it by itself."""
        end = quiet_from(pilot)
        if end is None:
            return
        if now.date() >= end:
            await self._part(pilot.code)
        elif now.date() >= end - timedelta(days=1) or (pilot.state in OVER and not pilot.findings):
            told = [each for each in await self._broadcasts.all(TOLD) if each.broadcast.pilot == pilot.code]
            if not any(each.broadcast.goodbye for each in told):
                await self._announce(goodbye(pilot, self._languages, with_findings=False), f"goodbye {pilot.code}")

    async def _part(self, pilot: str) -> None:
        """Nobody follows it any more; whoever followed nothing else is forgotten."""
        await self._subscriptions.drop(Interest(InterestKind.PILOT, pilot))
        while cids := await self._subscriptions.aimless(AT_ONCE):
            await self._following.end(cids)
        await self._pilots.part(pilot)

    async def _announce(self, broadcast: Broadcast, once: str) -> None:
        await self._broadcasts.announce(broadcast, once, self._clock.now())
