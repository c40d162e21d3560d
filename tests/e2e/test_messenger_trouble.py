"""The messenger is slow, refuses, breaks off, or its citizen has blocked us: nobody else notices."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import redis
from e2e.talking import benches, eventually, faults, is_complete, quiet, talkers
from e2e.town import running_town
from e2e.walking import Written
from e2e.webchat import web_citizen

from adapters.telegram.emulator import Faults, ResetAfter, ResetBefore, ServerError, Slow, TooMany
from dialogs.channels.state import ChannelState
from storage.redis import Space, key

TROUBLES = {
    "too many": [(TooMany(0.3), "sendMessage")] * 2,
    "too many, for no time": [(TooMany(-5), "sendMessage"), (TooMany(None), "sendMessage")],
    "server errors": [(ServerError(500), ""), (ServerError(502), "sendMessage"), (ServerError(504), "editMessageText")],
    "resets": [(ResetBefore(), "sendMessage"), (ResetAfter(), "sendMessage"), (ResetBefore(), "getUpdates")] * 2,
}


def _plan(faults: Faults, trouble: str) -> None:
    for fault, method in TROUBLES[trouble]:
        faults.add(fault, method=method)


SLOW = {"too many, for no time"}


@pytest.mark.parametrize(
    "trouble", [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in TROUBLES]
)
async def test_replies_arrive_all_the_same(trouble: str, tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        people = talkers(town.telegram, 1 if trouble == "too many" else 2)  # two could be on their way at once
        _plan(town.telegram.faults, trouble)
        await asyncio.gather(*(talker.walks() for talker in people))
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), people)
        assert town.telegram.early == [] or len(people) > 1, "nothing is sent before the messenger allows it"
        assert faults(town.app) == 0


async def test_one_channel_hangs_and_the_other_works(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.DRAIN_LIMIT", 0.2)
    async with running_town(tmp_path, valkey_url) as town, web_citizen(town.app.port) as browser:
        await town.publish(benches(tmp_path), "baenke")
        town.telegram.faults.add(Slow(30.0), times=1000, method="sendMessage")
        stuck = talkers(town.telegram, 20)
        for talker in stuck:
            await talker.citizen.says("/start baenke")
        await browser.begin("baenke")
        await browser.until("Fehlt eine Bank?")
        for answer, then in (("Ja", "Wie viele fehlen?"), ("7", "Was noch?"), ("Schatten", "Absenden")):
            await browser.give(Written(answer))
            await browser.until(then)
        await browser.give(Written("absenden"))
        await browser.until("Beleg")
        assert [row["/data/wort"] for row in await town.stored("baenke")] == ["Schatten"]
        await eventually(lambda: town.app.states["telegram"].state is ChannelState.SLOW)
        assert town.app.states["web"].state is ChannelState.WORKING
        async with browser.http.get(f"{browser.address}/channels?lang=de") as page:
            told = await page.text()
        assert "Telegram ist zurzeit langsam." in told
        assert "Ohne Verzögerung antworten Sie hier: Web." in told
        assert faults(town.app) == 0


@pytest.mark.parametrize("told", ["by an update", "by the refusal of a reply"])
async def test_who_blocks_us_leaves_nothing_behind(told: str, tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        client = redis.Redis.from_url(valkey_url)
        await town.publish(benches(tmp_path), "baenke")
        gone, stays = talkers(town.telegram, 2)
        await gone.begins()
        await stays.begins()
        await quiet(town.app)
        assert len(_conversations(client)) == 2
        if told == "by an update":
            await gone.citizen.blocks()
        else:
            gone.citizen.blocked = True
            await gone.citizen.presses("Ja", gone.last)
        await eventually(lambda: len(_conversations(client)) == 1)
        await quiet(town.app)
        assert client.keys(key(Space.DEBT) + b"*") == []
        await stays.answers()
        await gone.citizen.unblocks()
        await gone.walks()
        assert is_complete(await town.stored("baenke"), [gone, stays])
        assert faults(town.app) == 0


def _conversations(client: redis.Redis) -> list[bytes]:
    return list(client.keys(key(Space.SESSION) + b"*"))
