"""What comes in while lines break, daemons restart and our own house is not ready."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Envelope, Sign
from adapters.signal import intake, receiving
from adapters.signal.emulator import Emulator, ServerError
from dialogs.events import Said


def said(bot: Any) -> list[str]:
    return [e.event.text for e in bot.host.taken if isinstance(e.event, Said)]


async def test_a_line_that_breaks_is_connected_again(bot: Any, emulator: Emulator, until: Any) -> None:
    ada = emulator.citizen()
    ada.says("vorher")
    await bot.host.takes(1)
    emulator.cut()
    await until(lambda: emulator.service.heard == 0)
    ada.says("dazwischen")
    await bot.host.takes(2)
    assert said(bot) == ["vorher", "dazwischen"]
    assert Sign.LOST in [sign for sign, _ in bot.host.signs]
    assert bot.host.signs[-1][0] is Sign.WORKS


@pytest.mark.parametrize("half", [b'{"envelope":{"sourceUu', b"", b"{}", b"\xff\xfe nonsense"])
async def test_half_an_event_hurts_nobody(bot: Any, emulator: Emulator, half: bytes, until: Any) -> None:
    ada = emulator.citizen()
    ada.says("vorher")
    await bot.host.takes(1)
    emulator.cut(half=half or b"x")
    await until(lambda: emulator.service.heard == 0)
    ada.says("nachher")
    await bot.host.takes(2)
    assert said(bot) == ["vorher", "nachher"]


async def test_lines_that_are_no_envelopes_are_passed_over(bot: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    for payload in (b"nonsense", b"[]", b"null", b'{"envelope":[]}', b'{"envelope":{"sourceUuid":"\\ud800"}}', b"{}"):
        emulator.service.bring(payload)
    ada.says("danach")
    await bot.host.takes(1)
    assert said(bot) == ["danach"]


async def test_letters_that_are_none_hold_nobody_up(bot: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    ada.says("halb\0 \ud83d")
    ada.says("danach")
    await bot.host.takes(2)
    assert said(bot) == ["halb ?", "danach"]
    assert Sign.LOST not in [sign for sign, _ in bot.host.signs]


async def test_copies_bear_the_same_mark(bot: Any, emulator: Emulator) -> None:
    emulator.faults.copies = 3
    emulator.citizen().says("einmal")
    taken = await bot.host.takes(4)
    assert len({(e.person.address, e.mark) for e in taken}) == 1


async def test_a_message_waits_with_signal_while_we_are_away(
    start_bot: Any, emulator: Emulator, folder: Path, until: Any
) -> None:
    ada = emulator.citizen()
    async with start_bot(emulator, emulator.socket_url, folder) as first:
        ada.says("eins")
        await first.host.takes(1)
    await until(lambda: emulator.service.heard == 0)
    ada.says("zwei")
    assert emulator.service.waiting == 1
    async with start_bot(emulator, emulator.socket_url, folder) as second:
        await second.host.takes(1)
        assert said(second) == ["zwei"]


async def test_what_the_daemon_handed_over_is_taken_before_we_go(
    start_bot: Any, emulator: Emulator, folder: Path, until: Any
) -> None:
    """It has forgotten them: what is read from the line no more is lost."""
    opened = asyncio.Event()

    async def waits(_: Envelope) -> None:
        await opened.wait()

    async with start_bot(emulator, emulator.socket_url, folder) as bot:
        bot.host.on_act = waits
        for number in range(intake.AT_ONCE + 50):
            emulator.citizen().says(str(number))
        await until(lambda: bot.adapter.intake.under_way == intake.AT_ONCE)
        opened.set()
    assert sorted(map(int, said(bot))) == list(range(intake.AT_ONCE + 50))
    assert emulator.service.heard == 0


async def test_an_account_that_the_daemon_lost_is_missed_though_the_line_stands(
    line: Any, emulator: Emulator, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody registers the town's number elsewhere: signal-cli then says nothing any more."""
    monkeypatch.setattr(receiving, "WATCH_SECONDS", 0.02)
    emulator.cut()  # from the next line on the account is watched so closely
    await until(lambda: emulator.service.heard == 1 and line.host.signs[-1][0] is Sign.WORKS)
    emulator.daemon.registered = False
    await until(lambda: line.host.signs[-1][0] is Sign.BLOCKED)
    assert "does not know the account" in line.host.signs[-1][1]
    await until(lambda: emulator.service.heard == 0)
    emulator.citizen().says("trotzdem")
    emulator.daemon.registered = True
    await line.host.takes(1)
    assert line.host.signs[-1][0] is Sign.WORKS


async def test_a_daemon_that_comes_late_is_waited_for(start_bot: Any, folder: Path) -> None:
    async with Emulator() as early:
        port = early._port
    emulator = Emulator(port=port)
    async with start_bot(emulator, emulator.url, folder) as bot:
        await bot.host.until(lambda: any(sign is Sign.LOST for sign, _ in bot.host.signs))
        async with emulator:
            emulator.citizen().says("da")
            await bot.host.takes(1)


async def test_something_else_in_the_daemons_place_is_not_taken_for_it(start_bot: Any, folder: Path) -> None:
    async with Emulator() as emulator:
        emulator.faults.add(ServerError(), times=2, method="version")
        async with start_bot(emulator, emulator.url, folder) as bot:
            emulator.citizen().says("da")
            await bot.host.takes(1)


async def test_an_act_is_tried_until_it_is_taken_and_nobody_is_overtaken(bot: Any, emulator: Emulator) -> None:
    bot.host.refusals = 2
    ada, ben = emulator.citizen(), emulator.citizen()
    ada.says("eins")
    ada.says("zwei")
    ben.says("drei")
    await bot.host.takes(3)
    assert [text for text in said(bot) if text != "drei"] == ["eins", "zwei"]


async def test_a_poisonous_message_is_given_up_and_the_next_one_taken(
    http: Any, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(envelope: Envelope) -> None:
        if envelope.event == Said("geheimes Gift"):
            raise ZeroDivisionError(f"{envelope.event}")

    http.host.on_act = fails
    ada = emulator.citizen()
    ada.says("geheimes Gift")
    ada.says("danach")
    async with asyncio.timeout(30):
        await http.host.takes(1)
    assert said(http) == ["danach"]
    out = capsys.readouterr()
    assert "geheimes Gift" not in out.out + out.err
    assert ada.uuid not in out.out + out.err


async def test_envelopes_wait_with_the_daemon_while_too_many_turns_are_under_way(
    line: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, until: Any
) -> None:
    go = asyncio.Event()
    begun: list[str] = []

    async def slow(envelope: Envelope) -> None:
        begun.append(envelope.mark)
        await go.wait()

    line.host.on_act = slow
    count = intake.AT_ONCE + 20
    for _ in range(count):
        emulator.citizen().says("hallo")
    await until(lambda: line.adapter.intake._room.locked() and bool(begun))
    assert len(begun) <= intake.AT_ONCE
    assert await line.adapter.check() == ""  # answers come all the same
    go.set()
    await line.host.takes(count)


async def test_a_turn_under_way_ends_before_the_channel_does(start_bot: Any, emulator: Emulator, folder: Path) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(envelope: Envelope) -> None:
        begun.set()
        await go.wait()

    async with start_bot(emulator, emulator.socket_url, folder) as bot:
        bot.host.on_act = slow
        emulator.citizen().says("zuletzt")
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, go.set)
    assert said(bot) == ["zuletzt"]


async def test_what_is_a_week_old_is_not_answered(http: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    emulator.age = 8 * 24 * 3600
    ada.says("uralt")
    emulator.age = 3600
    ada.says("vorhin")
    emulator.age = 0
    ada.says("jetzt")
    earlier, now = await http.host.takes(2)
    assert said(http) == ["vorhin", "jetzt"]
    assert now.written - earlier.written == pytest.approx(3600, abs=60)


async def test_a_daemon_that_tells_everybody_is_named_and_each_message_taken_once(
    start_bot: Any, folder: Path, capsys: pytest.CaptureFixture[str], until: Any
) -> None:
    async with (
        Emulator(receive_mode="on-connection", socket=folder / "socket") as emulator,
        start_bot(emulator, emulator.socket_url, folder) as bot,
    ):
        await until(lambda: emulator.service.heard == 3)  # two connections and a subscription
        ada = emulator.citizen()
        ada.says("eins")
        ada.says("zwei")
        await bot.host.takes(2)
        assert said(bot) == ["eins", "zwei"]
    out = capsys.readouterr()
    assert "--receive-mode=manual" in out.out + out.err
