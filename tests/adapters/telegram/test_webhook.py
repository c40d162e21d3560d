"""The open door: who may bring updates, how large, how many, and what is said back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from adapters.base import Envelope
from adapters.errors import Rejected
from adapters.telegram.emulator import Emulator, Refused, ServerError, TooMany
from adapters.telegram.webhook import AT_ONCE
from dialogs.events import Said

SECRET = "s3cret_of-the-tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def post(bot: Any, body: bytes, secret: str | None = SECRET) -> int:
    headers = {"Content-Type": "application/json"} | ({HEADER: secret} if secret is not None else {})
    async with aiohttp.ClientSession() as session, session.post(bot.webhook, data=body, headers=headers) as response:
        return response.status


def text_update(number: int, text: str = "Hallo", user: int = 77) -> bytes:
    chat = {"id": user, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": {"id": user}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_telegram_is_told_where_with_which_secret_and_what(hooked: Any, emulator: Emulator) -> None:
    (told,) = emulator.called("setWebhook")
    assert told["url"] == hooked.webhook
    assert told["secret_token"] == SECRET
    assert told["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "ä", SECRET.upper()])
async def test_a_wrong_secret_looks_like_a_missing_page(hooked: Any, secret: str | None) -> None:
    assert await post(hooked, text_update(1), secret) == 404
    assert hooked.host.taken == []


async def test_the_right_secret_is_let_in(hooked: Any) -> None:
    assert await post(hooked, text_update(1)) == 200
    assert hooked.host.taken[0].event == Said("Hallo")


async def test_ten_megabytes_are_refused(hooked: Any) -> None:
    assert await post(hooked, b"x" * 10_000_000) == 413


async def test_ten_megabytes_in_chunks_are_refused(hooked: Any) -> None:
    async def chunks() -> Any:
        for _ in range(1000):
            yield b"x" * 10_000

    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(hooked.webhook, data=chunks(), headers={HEADER: SECRET}) as response:
                assert response.status == 413
        except aiohttp.ClientError:
            pass  # the door was shut while we were still talking
    assert await post(hooked, text_update(1)) == 200


@pytest.mark.parametrize(
    "body",
    [b'{"update_id":5,"of_tomorrow":{}}', b'{"update_id":5}', b"{}", b"[]", b'{"update_id":5,"message":"x"}'],
)
async def test_unknown_updates_are_taken_and_ignored(hooked: Any, body: bytes) -> None:
    assert await post(hooked, body) == 200
    assert hooked.host.taken == []


@pytest.mark.parametrize("body", [b"", b'{"update_id":5,', b"\xff\xfe\x00"])
async def test_what_was_cut_off_on_the_way_may_come_again(hooked: Any, body: bytes) -> None:
    assert await post(hooked, body) == 400


async def test_a_turn_that_was_not_committed_comes_again(hooked: Any, emulator: Emulator) -> None:
    hooked.host.refusals = 3
    ada = emulator.citizen()
    await ada.says("eins")
    await ada.says("zwei")
    taken = await hooked.host.takes(2)
    assert [e.event for e in taken] == [Said("eins"), Said("zwei")]
    await emulator.updates.all_taken()
    assert list(emulator.updates.delivered.statuses) == [503, 503, 503, 200, 200]


async def test_200_is_said_only_after_the_commit(hooked: Any, emulator: Emulator) -> None:
    committed = asyncio.Event()

    async def commit(envelope: Envelope) -> None:
        await committed.wait()

    hooked.host.on_act = commit
    await emulator.citizen().says("eins")
    with pytest.raises(TimeoutError):
        await emulator.updates.all_taken(seconds=0.2)
    committed.set()
    await emulator.updates.all_taken()


async def test_a_tap_is_acknowledged_in_the_answer_to_its_update(hooked: Any, emulator: Emulator) -> None:
    ada = emulator.citizen()
    ada.presses_data("o.x.1")
    await hooked.host.takes(1)
    await ada.spinner_ends()
    emulator.calls.clear()
    asked = {"id": "9", "from": {"id": ada.id}, "data": "o.x.1", "chat_instance": "1"}
    message = {"message_id": 5, "date": 1, "chat": {"id": ada.id, "type": "private"}}
    body = json.dumps({"update_id": 77, "callback_query": {**asked, "message": message}}).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooked.webhook, data=body, headers={HEADER: SECRET}) as response,
    ):
        assert response.content_type == "application/json"
        assert await response.json() == {"method": "answerCallbackQuery", "callback_query_id": "9"}
    assert not emulator.calls


async def test_a_tap_that_is_not_taken_is_acknowledged_all_the_same(hooked: Any, emulator: Emulator) -> None:
    hooked.host.refusals = 1
    ada = emulator.citizen()
    ada.presses_data("o.x.1")
    await ada.spinner_ends()
    await hooked.host.takes(1)


async def test_a_tap_is_acknowledged_before_a_long_turn_ends(hooked: Any, emulator: Emulator) -> None:
    committed = asyncio.Event()

    async def commit(envelope: Envelope) -> None:
        await committed.wait()

    hooked.host.on_act = commit
    ada = emulator.citizen()
    ada.presses_data("o.x.1")
    await ada.spinner_ends()
    assert hooked.host.taken == []
    committed.set()


async def test_more_at_once_than_we_can_bear_are_asked_to_come_again(hooked: Any) -> None:
    committed = asyncio.Event()

    async def commit(envelope: Envelope) -> None:
        await committed.wait()

    hooked.host.on_act = commit
    waiting = [asyncio.create_task(post(hooked, text_update(n, user=n))) for n in range(1, AT_ONCE + 21)]
    done, _ = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 20:
        more, _ = await asyncio.wait(set(waiting) - done, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        done |= more
    committed.set()
    statuses = await asyncio.gather(*waiting)
    assert sorted(statuses) == [200] * AT_ONCE + [503] * 20


async def test_a_poisoned_update_is_given_up_and_the_next_one_is_answered(hooked: Any, emulator: Emulator) -> None:
    async def stumble(envelope: Envelope) -> None:
        if envelope.event == Said("Gift"):
            raise RuntimeError("a defect of ours")

    hooked.host.on_act = stumble
    ada = emulator.citizen()
    await ada.says("Gift")
    await ada.says("danach")
    assert (await hooked.host.takes(1))[0].event == Said("danach")
    await emulator.updates.all_taken()
    assert list(emulator.updates.delivered.statuses).count(503) == 4


async def test_every_copy_of_an_update_bears_the_same_mark(hooked: Any, emulator: Emulator) -> None:
    emulator.faults.copies = 4
    await emulator.citizen().says("eins")
    assert len({envelope.mark for envelope in await hooked.host.takes(5)}) == 1


async def test_setting_the_webhook_is_tried_until_it_works(emulator: Emulator, start_bot: Any) -> None:
    emulator.faults.add(ServerError(), times=2, method="setWebhook")
    emulator.faults.add(TooMany(0.1), method="setWebhook")
    async with start_bot(emulator, webhook=True) as bot:
        assert emulator.webhook_url == bot.webhook
    assert len(emulator.called("setWebhook")) == 4


async def test_a_webhook_that_telegram_refuses_is_for_the_operator(emulator: Emulator, start_bot: Any) -> None:
    emulator.faults.add(Refused(400, "Bad Request: bad webhook: HTTPS url must be provided"), method="setWebhook")
    with pytest.raises(Rejected, match="webhook"):
        async with start_bot(emulator, webhook=True):
            pass


async def test_what_waited_while_we_polled_comes_by_webhook(emulator: Emulator, start_bot: Any) -> None:
    await emulator.citizen().says("vorher")
    async with start_bot(emulator, webhook=True) as bot:
        assert (await bot.host.takes(1))[0].event == Said("vorher")
    emulator.faults.clear()
    async with start_bot(emulator, webhook=False) as bot:
        await emulator.citizen().says("nachher")
        assert (await bot.host.takes(1))[0].event == Said("nachher")
    assert emulator.webhook_url == ""
