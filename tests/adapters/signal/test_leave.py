"""Whoever takes leave is forgotten by the daemon as well: after a minute, or when the channel closes."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unreachable
from adapters.signal.emulator import Emulator
from adapters.signal.leave import AT_ONCE, DEPART_SECONDS, Leave
from privacy.addresses import Address


def somebody(name: str) -> Address:
    return Address("signal", "+4930123456", name)


class Daemon:
    def __init__(self, *, away: bool = False) -> None:
        self.forgot: list[str] = []
        self.away = away
        self.asked = asyncio.Event()

    async def forget(self, whom: str) -> None:
        self.asked.set()
        if self.away:
            raise Unreachable("nobody there")
        self.forgot.append(whom)


async def test_after_a_minute_one_after_the_other() -> None:
    daemon, ticks = Daemon(), itertools.count(0, DEPART_SECONDS)
    leave = Leave(daemon.forget, lambda: next(ticks))  # each look at the clock is a minute later
    running = asyncio.create_task(leave.run())
    leave.take(somebody("ada"))
    leave.take(somebody("bob"))
    async with asyncio.timeout(10):
        while len(daemon.forgot) < 2:
            daemon.asked.clear()
            await daemon.asked.wait()
    running.cancel()
    assert daemon.forgot == ["ada", "bob"]


async def test_nobody_is_forgotten_before_their_telephone_has_acknowledged() -> None:
    daemon = Daemon()
    leave = Leave(daemon.forget, lambda: 0.0)
    running = asyncio.create_task(leave.run())
    leave.take(somebody("ada"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert daemon.forgot == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await leave.close()
    assert daemon.forgot == ["ada"], "the channel closes: now"


async def test_a_daemon_that_is_away_does_not_hold_the_end_up(capsys: pytest.CaptureFixture[str]) -> None:
    leave = Leave(Daemon(away=True).forget, lambda: 0.0)
    leave.take(somebody("ada"))
    await leave.close()
    assert "departure_failed" in (told := "".join(capsys.readouterr()))
    assert "ada" not in told


async def test_a_crowd_beyond_the_bound_stays_known_and_the_operator_hears_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    daemon = Daemon()
    leave = Leave(daemon.forget, lambda: 0.0)
    for number in range(AT_ONCE + 1):
        leave.take(somebody(str(number)))
    await leave.close()
    assert len(daemon.forgot) == AT_ONCE
    assert "departure_not_noted" in "".join(capsys.readouterr())


async def test_the_daemon_is_told_when_the_bot_ends(start_bot: Any, emulator: Emulator, folder: Path) -> None:
    async with start_bot(emulator, emulator.socket_url, folder) as bot:
        ada = emulator.citizen()
        ada.says("stopp")
        (envelope,) = await bot.host.takes(1)
        bot.adapter.forget(envelope.person.address)
    assert [called["recipient"] for called in emulator.called("removeContact")] == [ada.uuid]
