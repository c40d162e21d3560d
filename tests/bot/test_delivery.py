"""Replies reach the messenger in order; what cannot be handed over stays owed; one bad reply does not stop the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from e2e.town import Noon

from adapters.base import Outgoing, Post
from adapters.errors import ChannelError, Gone, Rejected, Unreachable
from bot.channel_states import ChannelStates
from bot.delivery import Delivery, HandedOver, Tasks
from bot.metrics import Metrics
from bot.replies import Reply
from dialogs.capabilities import TELEGRAM, Capabilities
from dialogs.events import MessageRef
from dialogs.messages import Part
from privacy.addresses import Address

ADDRESS = Address("telegram", "1", "2")


class Channel:
    """A channel that notes what it is given, and fails where told to."""

    capabilities: Capabilities = TELEGRAM

    def __init__(self, *failures: ChannelError | None) -> None:
        self.sent: list[str] = []
        self._failures = list(failures)

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        self.sent.append(outgoing.part.text)
        assert isinstance(outgoing, Post)
        return MessageRef(f"m{len(self.sent)}")


def replies(*texts: str) -> Sequence[Reply]:
    return [Reply(Part(text), anchor=text == texts[-1]) for text in texts]


async def handed(channel: Channel, *texts: str) -> HandedOver:
    metrics = Metrics()
    states = ChannelStates(Noon(), metrics)
    return await Delivery(metrics, states).hand_over(channel, ADDRESS, replies(*texts))  # type: ignore[arg-type]


async def test_replies_are_sent_in_order_and_the_question_is_remembered() -> None:
    channel = Channel()
    assert await handed(channel, "notice", "question") == HandedOver(True, anchor=MessageRef("m2"))
    assert channel.sent == ["notice", "question"]


async def test_an_unreachable_messenger_leaves_the_debt() -> None:
    assert await handed(Channel(Unreachable("no answer")), "question") == HandedOver(False)


async def test_whoever_blocked_the_bot_is_gone() -> None:
    assert await handed(Channel(Gone("blocked")), "question") == HandedOver(True, gone=True)


async def test_a_rejected_reply_does_not_keep_back_the_next() -> None:
    channel = Channel(Rejected("too long"), None)
    outcome = await handed(channel, "bad", "good")
    assert outcome.done
    assert channel.sent == ["good"]


async def test_tasks_are_held_and_waited_for() -> None:
    tasks, done = Tasks(Metrics()), []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(1)

    tasks.start(work(), "work")
    await tasks.drain(1)
    assert done == [1]


async def test_a_task_that_does_not_end_is_cancelled_at_the_end() -> None:
    tasks, ended = Tasks(Metrics()), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.start(work(), "work")
    await asyncio.sleep(0)
    await tasks.drain(0.01)
    assert ended.is_set()


async def test_a_fault_in_a_task_is_counted() -> None:
    metrics = Metrics()
    tasks = Tasks(metrics)

    async def work() -> None:
        raise RuntimeError("a defect")

    tasks.start(work(), "work")
    await tasks.drain(1)
    assert metrics.registry.get_sample_value("zuruf_faults_total", {"kind": "task"}) == 1


@pytest.mark.parametrize("count", [0, 1])
async def test_draining_an_idle_process_returns_at_once(count: int) -> None:
    tasks = Tasks(Metrics())
    for _ in range(count):
        tasks.start(asyncio.sleep(0), "work")
    await asyncio.wait_for(tasks.drain(5), 1)
