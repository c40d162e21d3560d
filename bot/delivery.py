"""Hands replies over to the messengers, each conversation in order, and clears the debt when they are sent.

Channels have bulkheads: each its own bound of deliveries under way, so that one slow messenger delays nobody else.
What could not be handed over stays owed and is tried again by `collect`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

import structlog

from adapters.base import Adapter, Occasion, Outgoing, Post, Replace, Sign
from adapters.errors import Away, Blocked, Busy, ChannelError, Gone, Rejected, Unreachable
from bot.channel_states import ChannelStates
from bot.metrics import Metrics
from bot.replies import Reply
from dialogs.events import MessageRef
from privacy.addresses import Address

DELIVERIES_PER_CHANNEL = 200
"""Conversations of one channel whose replies are under way at once; further ones wait their turn."""
HAND_OVER_LIMIT = 90.0
"""Seconds for all replies of one turn; what is not handed over by then stays owed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How a delivery ended."""

    done: bool
    """Everything was handed over, or can never be: the debt is cleared."""
    gone: bool = False
    """The person blocked the bot or left."""
    anchor: MessageRef | None = None


class Tasks:
    """Background tasks that are held, counted, waited for at the end, and whose faults are logged."""

    def __init__(self, metrics: Metrics) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._metrics = metrics
        metrics.open_replies.set_function(lambda: len(self._tasks))

    def start(self, work: Coroutine[object, object, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._metrics.faults.labels("task").inc()
            log.error("task_failed", task=task.get_name(), error=type(error).__name__, exc_info=error)

    async def drain(self, limit: float) -> None:
        """Wait for what is under way, at most `limit` seconds; then cancel."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=limit)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)


class Delivery:
    """Sends what is owed."""

    def __init__(self, metrics: Metrics, states: ChannelStates) -> None:
        self._metrics = metrics
        self._states = states
        self._bulkheads: dict[str, asyncio.Semaphore] = {}

    async def hand_over(
        self, adapter: Adapter, to: Address, replies: Sequence[Reply], occasion: Occasion = Occasion.ANSWER
    ) -> HandedOver:
        """Deliver the replies in order. Never raises a channel's error."""
        channel = adapter.capabilities.channel
        bulkhead = self._bulkheads.setdefault(channel, asyncio.Semaphore(DELIVERIES_PER_CHANNEL))
        anchor: MessageRef | None = None
        try:
            async with bulkhead, asyncio.timeout(HAND_OVER_LIMIT):
                for reply in replies:
                    sent = await self._deliver(adapter, to, reply, occasion)
                    anchor = sent if reply.anchor else anchor
        except Gone:
            self._metrics.replies.labels(channel, "gone").inc()
            return HandedOver(done=True, gone=True)
        except (ChannelError, TimeoutError) as error:
            if (sign := _sign_of(error)) is not None:
                self._states.notice(channel, sign, OWED_HINT)
            self._metrics.replies.labels(channel, "owed").inc()
            log.warning("reply_owed", channel=channel, error=type(error).__name__)
            return HandedOver(done=False, anchor=anchor)
        return HandedOver(done=True, anchor=anchor)

    async def _deliver(self, adapter: Adapter, to: Address, reply: Reply, occasion: Occasion) -> MessageRef | None:
        if reply.message is None:
            outgoing: Outgoing = Post(reply.part, reply.id, occasion)
        else:
            outgoing = Replace(reply.part, reply.message, reply.id)
        try:
            with self._states.delivering(adapter.capabilities.channel):
                sent = await adapter.deliver(to, outgoing)
        except Rejected as error:
            # A defect of ours: the messenger will never take this one, the following may still help the citizen.
            self._metrics.replies.labels(adapter.capabilities.channel, "rejected").inc()
            log.error("reply_rejected", channel=adapter.capabilities.channel, error=type(error).__name__)
            return None
        self._metrics.replies.labels(adapter.capabilities.channel, "sent").inc()
        self._states.notice(adapter.capabilities.channel, Sign.WORKS)
        return sent


OWED_HINT = "replies could not be handed over; they are kept and tried again"


def _sign_of(error: ChannelError | TimeoutError) -> Sign | None:
    """What a delivery that failed says of its channel; None if it is about this person only, or said already."""
    match error:
        case Away() | Blocked():
            return None
        case Busy():
            return Sign.SLOW
        case Unreachable():
            return Sign.LOST
        case TimeoutError():
            return Sign.SLOW
        case _:
            return None
