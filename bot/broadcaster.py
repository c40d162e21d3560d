"""Sends broadcasts: claimed in batches, evenly, at most once; stopped, paused and unsubscribed within seconds.

    claim (a batch) -> a slot of the channel's pace -> begin (one transaction: earlier results stored, state and consent
    read anew, "sending" stored) -> open the address -> one call -> result

"Sending" is stored before the call: whatever ends this process, no more outcomes are unknown than calls were under way.
A message is sent again only if the messenger definitely has not taken it. Many workers may run this at once; what is
shared is in the database and, for the pace, in Redis. Not here: the life of a broadcast (`newsdesk.py`), its words
(`mailing.py`), who gets it (`storage/sql/audiences.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from adapters.base import Adapter, Post, Pushes
from adapters.errors import Busy, ChannelError, Gone, Rejected, Uncertain, Unreachable
from bot.breaker import SETTLED, Breaker, Verdict
from bot.following import Following
from bot.mailing import Mailing, name_of
from bot.metrics import Metrics
from bot.window import Window
from dialogs.broadcasts import BroadcastState, Outcome, Reason
from dialogs.quiet import QuietHours
from privacy.addresses import Address
from privacy.sealing import Unsealable
from storage.clock import Clock
from storage.contactbook import Opener, Privates, Sender
from storage.contacts import ContactId
from storage.errors import StorageError
from storage.news import Deliveries, Ready, Result, StoredBroadcast
from storage.paces import Paces

CLAIMED_AT_ONCE = 1000
"""Deliveries that a worker takes from the database in one go; at a slow pace fewer, for so many seconds' work."""
CLAIMED_SECONDS = 10.0
IN_FLIGHT = 200
"""Calls of one channel under way at once, in each process: what may be unknown after a crash."""
TOGETHER = 100
"""Deliveries that one transaction stores as "sending" where no pace holds them back."""
NEAR = 0.004
"""Seconds: slots that are so near to each other are one moment."""
TRIES = 5
"""Calls for one delivery that the messenger definitely did not take, before it counts as failed."""
CALL_LIMIT = 60.0
"""Seconds for one call; less than the lease of a delivery."""
FRESH = 0.5
"""Seconds for which consent that was read is believed; a call that comes later (a busy machine) reads it again."""
LONGEST_WAIT = 1.0
"""Seconds of waiting for the pace before the quiet hours are looked at again."""
PATIENT = 5.0
"""Seconds of waiting for the pace with what is claimed in hand; for longer it is given back."""
GENTLER, LEAST_PACE, RECOVERS = 0.9, 0.25, 1.01
"""After "too many" the pace is this much slower, down to a quarter, and grows again with each quarter of a second."""

Push = Callable[[Address, Post], Awaitable[None]]
"""One attempt, bounded in time. Raises `ChannelError`."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Run:
    """One batch of one broadcast on its way."""

    stored: StoredBroadcast
    channel: str
    adapter: Adapter
    push: Push
    waiting: deque[ContactId]
    flying: set[asyncio.Task[None]] = field(default_factory=set)
    results: list[Result] = field(default_factory=list)
    shut_until: float = 0.0
    """The messenger said "too many": until then (of the loop's clock) slots that were given are void."""
    halted: bool = False
    """Stopped, paused, expired, shut: nothing more of this batch is sent."""
    privates: Privates = field(default_factory=Privates)
    _most: int = 0
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    async def has_room(self, wanted: int) -> None:
        """Wait until so many more calls may be under way. What has ended is stored with the next beginning."""
        self._most = IN_FLIGHT - wanted
        while len(self.flying) > self._most:
            self._room.clear()
            await self._room.wait()

    def fly(self, task: asyncio.Task[None]) -> None:
        self.flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self.flying.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:  # its outcome will count as unknown
            log.error("delivery_failed", channel=self.channel, error=type(error).__name__, exc_info=error)
        if len(self.flying) <= self._most:
            self._room.set()


class Broadcaster:
    """One process's part in it."""

    def __init__(
        self,
        deliveries: Deliveries,
        sender: Sender,
        following: Following,
        mailing: Mailing,
        adapters: Mapping[str, Adapter],
        paces: Paces,
        clock: Clock,
        quiet: QuietHours,
        metrics: Metrics,
        per_second: Mapping[str, float] | None = None,
    ) -> None:
        """`per_second`: other paces than the channels' own."""
        self._deliveries = deliveries
        self._sender = sender
        self._following = following
        self._mailing = mailing
        self._adapters = adapters
        self._paces = paces
        self._clock = clock
        self._quiet = quiet
        self._metrics = metrics
        self._per_second = per_second or {}
        self._gentleness: dict[str, float] = defaultdict(lambda: 1.0)
        self._breakers: dict[str, Breaker] = defaultdict(Breaker)
        self._windows: dict[str, Window] = defaultdict(lambda: Window(time.monotonic))
        self._gone: dict[str, list[tuple[StoredBroadcast, ContactId]]] = defaultdict(list)
        self._taken_since: dict[str, int] = defaultdict(int)
        self._worker = os.urandom(8)

    async def send(self, stored: StoredBroadcast, channel: str) -> int:
        """Send one batch of a broadcast on a channel; returns how many people that is, 0 if no more can go now.

        Raises `storage.errors.StorageError` if a store is away: then nothing more is sent until it is back.
        """
        adapter = self._adapters.get(channel)
        if adapter is None or self._quiet.is_quiet(self._clock.now()):
            return 0
        most = self._batch(channel)
        claimed = await self._deliveries.claim(stored.number, channel, self._worker, self._clock.now(), most)
        if not claimed:
            await self._believe(channel, run_over=True)
            return 0
        run = _Run(stored, channel, adapter, pushing(adapter), deque(each.cid for each in claimed))
        try:
            run.privates = await self._sender.privates()
            await self._fly(run)
        finally:
            await self._land(run)
        await self._believe(channel, run_over=False)
        return 0 if run.halted else len(claimed)

    def _batch(self, channel: str) -> int:
        if self._breakers[channel].probing:
            return 1
        return max(1, min(CLAIMED_AT_ONCE, int(self._pace(channel) * CLAIMED_SECONDS)))

    def _pace(self, channel: str) -> float:
        own = self._adapters[channel].capabilities.push_per_second
        return self._per_second.get(channel, own) * self._gentleness[channel]

    # -- a batch

    async def _fly(self, run: _Run) -> None:
        """Send while there is something to send and nothing says stop."""
        loop = asyncio.get_running_loop()
        while run.waiting and not run.halted:
            wanted = min(TOGETHER, len(run.waiting), max(1, int(self._pace(run.channel) / 4)))
            await run.has_room(wanted)
            if (shut := run.shut_until - loop.time()) > 0:
                await self._note_results(run)
                await asyncio.sleep(min(shut, LONGEST_WAIT))
                run.halted = self._quiet.is_quiet(self._clock.now()) or shut > PATIENT
                continue
            slots = await self._paces.take(run.channel, self._pace(run.channel), wanted)
            if slots.granted == 0:
                await asyncio.sleep(min(slots.wait, LONGEST_WAIT))
                run.halted = self._quiet.is_quiet(self._clock.now()) or slots.wait > PATIENT
                continue
            self._gentleness[run.channel] = min(1.0, self._gentleness[run.channel] * RECOVERS)
            interval = 1.0 / self._pace(run.channel)
            first = loop.time() + slots.wait
            at = [first + index * interval for index in range(slots.granted)]
            while at and not run.halted:
                await asyncio.sleep(at[0] - loop.time())
                if run.shut_until > loop.time():
                    break
                near = max(1, sum(moment <= loop.time() + NEAR for moment in at))
                del at[:near]
                await self._begin(run, [run.waiting.popleft() for _ in range(min(near, len(run.waiting)))])

    async def _begin(self, run: _Run, cids: Sequence[ContactId]) -> None:
        """Store "sending", then call; state and consent are read in the same transaction."""
        results, run.results = run.results, []
        self._count(run.channel, results)
        read_at = asyncio.get_running_loop().time()
        try:
            begun = await self._deliveries.begin(
                run.stored.number, self._worker, cids, results, self._clock.now(), self._clock.today()
            )
        except BaseException:
            run.results = [*results, *run.results]
            run.waiting.extendleft(cids)
            raise
        if begun.state is not BroadcastState.SENDING:
            run.halted = True
        if not begun.ready:
            return
        opener = await self._opener(run, begun.ready)
        if run.shut_until > asyncio.get_running_loop().time():  # "too many" came while this was stored
            run.results += [Result(each.cid, Outcome.WAITING) for each in begun.ready]
            return
        for ready in begun.ready if opener is not None else ():
            assert opener is not None, "asked"
            task = asyncio.create_task(self._deliver(run, ready, opener, read_at), name="broadcast")
            run.fly(task)

    async def _opener(self, run: _Run, ready: Sequence[Ready]) -> Opener | None:
        """Without the keyring nothing was called yet: they wait again."""
        try:
            return await self._sender.opener([each.cid for each in ready], run.privates)
        except BaseException:
            run.results += [Result(each.cid, Outcome.WAITING) for each in ready]
            raise

    async def _land(self, run: _Run) -> None:
        """Wait for the calls under way, store how they ended, give back the rest: whatever happens meanwhile."""
        landing = asyncio.create_task(self._landed(run), name="landing")
        try:
            await asyncio.shield(landing)
        except asyncio.CancelledError:
            await landing
            raise

    async def _landed(self, run: _Run) -> None:
        if run.flying:
            await asyncio.wait(tuple(run.flying))
        await self._store(run)

    async def _note_results(self, run: _Run) -> None:
        results, run.results = run.results, []
        self._count(run.channel, results)
        if results:
            await self._deliveries.record(run.stored.number, self._worker, results)

    async def _store(self, run: _Run) -> None:
        await self._note_results(run)
        await self._deliveries.release(run.stored.number, self._worker)

    def _count(self, channel: str, results: Sequence[Result]) -> None:
        for outcome, number in Counter(each.outcome for each in results).items():
            self._metrics.news.labels(channel, outcome.value).inc(number)

    # -- one delivery

    async def _deliver(self, run: _Run, ready: Ready, opener: Opener, read_at: float) -> None:
        result = await self._attempt(run, ready, opener, read_at)
        run.results.append(result)
        if run.stored.broadcast.audience.outcome_of and result.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            await self._following.told([ready.cid])

    async def _attempt(self, run: _Run, ready: Ready, opener: Opener, read_at: float) -> Result:
        try:
            address = opener.address(ready.contact) if ready.contact is not None else None
        except Unsealable:
            address = None
        if address is None:
            return Result(ready.cid, Outcome.FAILED, Reason.LOST_KEY)
        parts = self._mailing.parts(run.stored, ready, run.adapter.capabilities)
        outcome, reason = Outcome.ACCEPTED, None
        for index, part in enumerate(parts):
            post = Post(part, name_of(run.stored.number, ready.cid, index))
            outcome, reason = await self._call(run, address, post, ready, read_at)
            if outcome is not Outcome.ACCEPTED:
                if index and not run.adapter.capabilities.resumes:
                    outcome, reason = Outcome.UNKNOWN, None  # half of it is there: it must not begin anew
                break
        return Result(ready.cid, outcome, reason, ready.items)

    async def _call(
        self, run: _Run, to: Address, post: Post, ready: Ready, read_at: float
    ) -> tuple[Outcome, Reason | None]:
        """`read_at`: when consent was read, by the loop's clock."""
        breaker = self._breakers[run.channel]
        await self._windows[run.channel].enter(self._pace(run.channel))
        if not await self._still_wanted(run, ready, read_at):
            return Outcome.WAITING, None  # not now; whoever claims it next finds out why
        if run.shut_until > asyncio.get_running_loop().time():  # "too many" came meanwhile
            return Outcome.WAITING, None
        try:
            await run.push(to, post)
        except Gone:
            self._note(run, Verdict.GONE)
            self._gone[run.channel].append((run.stored, ready.cid))
            return Outcome.FAILED, Reason.GONE
        except Busy as busy:
            await self._too_many(run, busy.retry_after)
            return Outcome.WAITING, None
        except Rejected:
            self._note(run, Verdict.ERROR)
            return Outcome.FAILED, Reason.REJECTED
        except Uncertain:
            self._note(run, Verdict.ERROR)
            again = run.adapter.capabilities.resumes and ready.tries < TRIES
            return (Outcome.WAITING if again else Outcome.UNKNOWN), None
        except Unreachable:
            self._note(run, Verdict.ERROR)
            return (Outcome.FAILED, Reason.UNREACHABLE) if ready.tries >= TRIES else (Outcome.WAITING, None)
        except ChannelError:
            self._note(run, Verdict.ERROR)
            return Outcome.FAILED, Reason.REJECTED
        breaker.note(Verdict.TAKEN)
        self._taken_since[run.channel] += 1
        return Outcome.ACCEPTED, None

    async def _still_wanted(self, run: _Run, ready: Ready, read_at: float) -> bool:
        """Whether it may go, by what was read not long ago."""
        if asyncio.get_running_loop().time() - read_at <= FRESH:
            return True
        try:
            return await self._deliveries.is_wanted(
                run.stored.number, ready.cid, self._clock.now(), self._clock.today()
            )
        except StorageError:
            return False

    async def _too_many(self, run: _Run, seconds: float) -> None:
        """Nobody sends before the messenger allows it, and then more gently."""
        run.shut_until = max(run.shut_until, asyncio.get_running_loop().time() + seconds)
        self._gentleness[run.channel] = max(LEAST_PACE, self._gentleness[run.channel] * GENTLER)
        with contextlib.suppress(Exception):  # a Redis that is away gives no slots either
            await self._paces.shut(run.channel, seconds)

    def _note(self, run: _Run, verdict: Verdict) -> None:
        self._breakers[run.channel].note(verdict)
        if not self._breakers[run.channel].is_well:
            run.halted = True

    # -- what a channel said

    async def _believe(self, channel: str, *, run_over: bool) -> None:
        """After a batch: end the subscriptions of those who are gone, if the channel is well; else doubt and pause."""
        breaker, gone = self._breakers[channel], self._gone[channel]
        if not breaker.is_well:
            pause = breaker.trip()
            log.warning("channel_paused", channel=channel, seconds=pause)
            doubted, self._gone[channel] = gone, []
            for stored, cid in doubted:
                await self._deliveries.doubt(stored.number, [cid])
            await self._paces.shut(channel, pause)
        elif gone and (run_over or self._taken_since[channel] >= SETTLED):
            self._gone[channel] = []
            self._taken_since[channel] = 0
            for stored, cid in gone:
                if stored.broadcast.audience.outcome_of:
                    await self._following.told([cid])
                else:
                    await self._following.end([cid])


def pushing(adapter: Adapter) -> Push:
    """How to try once: the channel's own way, else its delivery, of which a failure tells nothing."""
    if isinstance(adapter, Pushes):
        return adapter.push

    async def deliver(to: Address, post: Post) -> None:
        try:
            async with asyncio.timeout(CALL_LIMIT):
                await adapter.deliver(to, post)
        except (Unreachable, TimeoutError) as error:
            raise Uncertain(type(error).__name__) from None

    return deliver
