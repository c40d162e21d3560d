"""The ceiling holds whatever happens; replies come before what nobody waits for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.allowance import OwnAllowance
from adapters.base import Post
from adapters.errors import Busy, Unreachable
from adapters.signal.emulator import Emulator
from adapters.signal.pace import SHARES, Pace, Rank, news_per_second
from adapters.signal.settings import WINDOW_SECONDS
from dialogs.messages import Part


class Clock:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(list(Rank)), st.floats(0, 200)), max_size=120),
    st.integers(1, 30),
)
def test_no_window_holds_more_than_the_ceiling(steps: list[tuple[Rank, float]], ceiling: int) -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), ceiling, clock)
    gone: list[float] = []

    async def play() -> None:
        for rank, pause in steps:
            clock.now += pause
            try:
                await pace.wait(rank, 0.0)
            except Busy:
                continue
            gone.append(clock.now)

    asyncio.run(play())
    for at in gone:
        assert sum(at - WINDOW_SECONDS < other <= at for other in gone) <= ceiling


async def test_news_leave_room_for_replies() -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), 30, clock)
    pushed = int(30 * SHARES[Rank.PUSH])
    for _ in range(pushed):
        await pace.wait(Rank.PUSH, 0.0)
    with pytest.raises(Busy):
        await pace.wait(Rank.PUSH, 0.0)
    for _ in range(30 - pushed):
        await pace.wait(Rank.REPLY, 0.0)
    with pytest.raises(Busy) as caught:
        await pace.wait(Rank.REPLY, 0.0)
    assert 0 < caught.value.retry_after <= WINDOW_SECONDS


async def test_typing_is_the_first_to_go() -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), 10, clock)
    for _ in range(4):
        await pace.wait(Rank.REPLY, 0.0)
    with pytest.raises(Busy):
        await pace.wait(Rank.TRIFLE, 0.0)
    await pace.wait(Rank.PUSH, 0.0)


async def test_a_busy_answer_says_when_asking_again_helps() -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), 2, clock)
    await pace.wait(Rank.REPLY, 0.0)
    clock.now += 100
    await pace.wait(Rank.REPLY, 0.0)
    with pytest.raises(Busy) as caught:
        await pace.wait(Rank.REPLY, 0.0)
    assert caught.value.retry_after == pytest.approx(WINDOW_SECONDS - 100)
    clock.now += caught.value.retry_after
    await pace.wait(Rank.REPLY, 0.0)


async def test_nothing_goes_before_a_deadline_that_signal_set() -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), 30, clock)
    await pace.too_many(86_400)
    for rank in Rank:
        with pytest.raises(Busy):
            await pace.wait(rank, 60.0)
    clock.now += 86_400
    await pace.wait(Rank.REPLY, 0.0)


async def test_a_deadline_binds_every_worker_and_a_restart() -> None:
    clock, shared = Clock(), OwnAllowance(lambda: clock.now)
    await Pace(shared, 30, clock).too_many(500)
    with pytest.raises(Busy) as caught:
        await Pace(shared, 30, clock).wait(Rank.REPLY, 60.0)
    assert caught.value.retry_after == pytest.approx(500)


async def test_a_deadline_is_never_shortened() -> None:
    clock = Clock()
    pace = Pace(OwnAllowance(clock), 30, clock)
    await pace.too_many(500)
    await pace.too_many(1)
    assert pace.closed_for == pytest.approx(500)


async def test_replies_that_need_not_wait_ask_in_one_trip() -> None:
    class Slow(OwnAllowance):
        """Answers when three have asked."""

        def __init__(self) -> None:
            super().__init__()
            self.together = asyncio.Barrier(3)

        async def spend(self, channel: str, most: int, seconds: int) -> float:
            await self.together.wait()
            return 0.0

    pace = Pace(Slow(), 30, asyncio.get_running_loop().time)
    async with asyncio.timeout(60):
        await asyncio.gather(*(pace.wait(Rank.REPLY, 60.0) for _ in range(3)))


async def test_replies_wait_in_the_order_in_which_they_came() -> None:
    class Full(OwnAllowance):
        """Has no room for whoever asks first."""

        asked = 0

        async def spend(self, channel: str, most: int, seconds: int) -> float:
            self.asked += 1
            pause = 0.001 if self.asked <= 6 else 0.0
            await asyncio.sleep(0)
            return pause

    pace = Pace(Full(), 30, asyncio.get_running_loop().time)
    order: list[int] = []

    async def reply(number: int) -> None:
        await pace.wait(Rank.REPLY, 10.0)
        order.append(number)

    await asyncio.gather(*(reply(number) for number in range(6)))
    assert order == list(range(6))


@pytest.mark.parametrize("ceiling", [1, 5, 30, 1000])
def test_news_that_go_evenly_at_their_pace_never_have_to_wait(ceiling: int) -> None:
    clock = Clock()
    pace, between = Pace(OwnAllowance(clock), ceiling, clock), 1.0 / news_per_second(ceiling)

    async def sends() -> None:
        for _ in range(3 * ceiling + 5):
            await pace.wait(Rank.PUSH, 0.0)
            clock.now += between * 1.001

    asyncio.run(sends())


async def test_when_nobody_knows_how_many_went_nothing_goes() -> None:
    class Away(OwnAllowance):
        async def spend(self, channel: str, most: int, seconds: int) -> float:
            raise Unreachable("nobody knows how many messages were sent")

    pace = Pace(Away(), 30, Clock())
    with pytest.raises(Unreachable):
        await pace.wait(Rank.REPLY, 0.0)


async def test_the_ceiling_survives_a_restart_and_holds_for_two_workers(
    start_bot: Any, emulator: Emulator, folder: Path, until: Any
) -> None:
    shared = OwnAllowance()
    ada = emulator.citizen()
    for _ in range(2):
        async with (
            start_bot(emulator, emulator.socket_url, folder, shared, ceiling=5) as bot,
            start_bot(emulator, emulator.socket_url, folder, shared, ceiling=5) as other,
        ):
            await until(lambda: emulator.service.heard == 2)
            ada.says("hallo")
            address = (await bot.host.takes(1))[0].person.address
            await other.host.takes(1)
            for one in (bot, other) * 3:
                try:
                    async with asyncio.timeout(0.2):
                        await one.adapter.deliver(address, Post(Part("Antwort")))
                except (Busy, TimeoutError):
                    continue
        await until(lambda: emulator.service.heard == 0)
    sent = [made for made in emulator.daemon.calls if made.method in {"send", "sendTyping", "sendPollCreate"}]
    assert len(sent) == 5
