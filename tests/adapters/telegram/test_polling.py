"""Long polling: nothing is acknowledged before it is committed, one chat in order, chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from adapters.base import Envelope
from adapters.telegram.emulator import Emulator, Refused, ResetBefore, ServerError, TooMany
from adapters.telegram.verdicts import TokenRefused
from dialogs.events import Said


def texts(taken: list[Envelope]) -> list[str]:
    return [e.event.text for e in taken if isinstance(e.event, Said)]


async def test_a_webhook_of_before_is_taken_away(polling: Any, emulator: Emulator) -> None:
    await emulator.citizen().says("a")
    await polling.host.takes(1)
    assert [made.method for made in emulator.calls][:2] == ["deleteWebhook", "getUpdates"]


async def test_what_is_not_committed_comes_again_after_a_crash(
    emulator: Emulator, start_bot: Callable[..., Any]
) -> None:
    stuck = asyncio.Event()

    async def never(envelope: Envelope) -> None:
        if envelope.event == Said("zwei"):
            stuck.set()
            await asyncio.Event().wait()

    async with start_bot(emulator, webhook=False) as first:
        first.host.on_act = never
        for text in ("eins", "zwei", "drei"):
            await emulator.citizen().says(text)
        await asyncio.wait_for(stuck.wait(), 5)
        await first.host.takes(2)
    async with start_bot(emulator, webhook=False) as second:
        again = texts(await second.host.takes(2))
    assert again == ["zwei", "drei"]  # "drei" too: the offset has no gaps; its mark drops it


async def test_what_is_committed_does_not_come_again(emulator: Emulator, start_bot: Callable[..., Any]) -> None:
    async with start_bot(emulator, webhook=False) as first:
        await emulator.citizen().says("eins")
        await first.host.takes(1)
    async with start_bot(emulator, webhook=False) as second:
        await emulator.citizen().says("zwei")
        assert texts(await second.host.takes(1)) == ["zwei"]


async def test_an_act_that_is_not_taken_is_tried_again_in_order(polling: Any, emulator: Emulator) -> None:
    polling.host.refusals = 3
    ada = emulator.citizen()
    for text in ("eins", "zwei", "drei"):
        await ada.says(text)
    assert texts(await polling.host.takes(3)) == ["eins", "zwei", "drei"]


async def test_a_slow_chat_does_not_hold_the_others_up(polling: Any, emulator: Emulator) -> None:
    free = asyncio.Event()

    async def slowly(envelope: Envelope) -> None:
        if envelope.event == Said("langsam"):
            await free.wait()

    polling.host.on_act = slowly
    await emulator.citizen().says("langsam")
    for n in range(150):
        await emulator.citizen().says(str(n))
        if n == 20:
            await polling.host.takes(20)
    await polling.host.takes(95)  # of 99: a few may share the slow one's place among `CHATS`
    assert emulator.updates.pending > 99
    free.set()
    await polling.host.takes(151)


async def test_each_update_is_handed_over_once_although_it_is_repeated(polling: Any, emulator: Emulator) -> None:
    emulator.faults.copies = 3
    ada = emulator.citizen()
    for n in range(30):
        await ada.says(str(n))
    await polling.host.takes(30)
    await emulator.citizen().says("Ende")
    assert texts(await polling.host.takes(31)) == [*map(str, range(30)), "Ende"]


async def test_numbers_that_jump_back_lose_nothing(polling: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    await ada.says("vorher")
    await polling.host.takes(1)
    emulator.updates.jump(7)
    await ada.says("nachher")
    await ada.says("danach")
    assert texts(await polling.host.takes(3)) == ["vorher", "nachher", "danach"]
    await emulator.citizen().says("Ende")
    assert texts(await polling.host.takes(4))[-1] == "Ende"


@pytest.mark.parametrize(
    "fault",
    [ServerError(), ResetBefore(), TooMany(0.1), Refused(409, "Conflict: terminated by other getUpdates")],
)
async def test_polling_survives_faults(polling: Any, emulator: Emulator, fault: Any) -> None:
    emulator.faults.add(fault, times=3, method="getUpdates")
    await emulator.citizen().says("eins")
    await emulator.citizen().says("zwei")
    assert len(await polling.host.takes(2)) == 2


async def test_updates_that_are_none_do_not_stop_the_others(polling: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    emulator.updates.post_raw(ada.id, {"update_id": 50_000_000, "message": "no message"})
    await ada.says("eins")
    assert texts(await polling.host.takes(1)) == ["eins"]


async def test_letters_that_are_none_hold_nobody_up(polling: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    await ada.says("halb\0 \ud83d")
    await ada.says("danach")
    assert texts(await polling.host.takes(2)) == ["halb ?", "danach"]


async def test_a_poisoned_update_is_given_up(polling: Any, emulator: Emulator) -> None:
    async def stumble(envelope: Envelope) -> None:
        if envelope.event == Said("Gift"):
            raise RuntimeError("a defect of ours")

    polling.host.on_act = stumble
    ada = emulator.citizen()
    await ada.says("Gift")
    await ada.says("danach")
    assert texts(await polling.host.takes(1)) == ["danach"]


async def test_a_token_that_is_withdrawn_is_for_the_operator(emulator: Emulator, start_bot: Callable[..., Any]) -> None:
    async with start_bot(emulator, webhook=False) as bot:
        emulator.faults.add(Refused(401, "Unauthorized"), times=100, method="getUpdates")
        with pytest.raises(TokenRefused, match="ZURUF_TELEGRAM_TOKEN"):
            await bot.adapter.run()


async def test_a_wrong_token_is_for_the_operator(emulator: Emulator, start_bot: Callable[..., Any]) -> None:
    emulator.token = "1:another"
    async with start_bot(emulator, webhook=False) as bot:
        emulator.token = "2:yet-another"
        with pytest.raises(TokenRefused, match="ZURUF_TELEGRAM_TOKEN"):
            await bot.adapter.run()
