"""A half-finished survey goes on in another channel: at the same question, with nothing lost and nothing left behind.

The pairs follow from the channels' records: from every one without end-to-end encryption to every more private one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis.asyncio
from channels.base import Messenger, Phone, TownScene
from channels.registry import BENCHES, SLOW
from e2e.talking import benches as form
from e2e.town import settings
from e2e.walking import Pressed

from bot.config import Config
from dialogs.capabilities import ReadsAlong
from dialogs.moving_codes import LIFE, TRIES
from storage.redis import Space, key

PRIVATE_FIRST = (ReadsAlong.NOBODY, ReadsAlong.TOWN, ReadsAlong.OPERATOR)
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def pairs() -> list[tuple[str, str]]:
    rank = {
        name: PRIVATE_FIRST.index(bench().capabilities.reads_along)
        for name, bench in BENCHES.items()
        if hasattr(bench, "settings")
    }
    return [(source, target) for source in rank for target in rank if rank[source] and rank[target] < rank[source]]


def marked() -> list[object]:
    """Pairs with a channel that takes long are walked by `make test-long`."""
    return [pytest.param(*pair, marks=[pytest.mark.long] if SLOW & set(pair) else []) for pair in pairs()]


def a_quick_one() -> tuple[str, str]:
    return next(pair for pair in pairs() if not SLOW & set(pair))


@dataclass
class Both(TownScene):
    """A town on two channels."""

    other: Messenger | None = None

    def __post_init__(self) -> None:
        assert self.other is not None
        more: Mapping[str, str] = {**self.bench.settings(), **self.other.settings()}
        self.config: Config = settings(self.folder, self.redis_url, None, **more)

    async def start(self) -> None:
        await super().start()
        assert self.other is not None
        self.other.attach(self.app)


@asynccontextmanager
async def on_both(source: str, target: str, folder: Path, valkey_url: str) -> AsyncIterator[Both]:
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.flushall()
    async with AsyncExitStack() as stack:
        found: list[Messenger] = []
        for name in (source, target):
            bench = BENCHES[name]()
            await bench.start()
            stack.push_async_callback(bench.close)
            found.append(bench)  # type: ignore[arg-type]
        scene = Both(found[0], folder, valkey_url, other=found[1])
        await scene.publish(form(folder), "baenke")
        await scene.start()
        stack.push_async_callback(scene.stop)
        yield scene
        assert scene.faults() == 0


async def half_way(phone: Phone) -> str:
    """To the last question, and the code to go on elsewhere."""
    await phone.begin("baenke")
    await phone.until("Fehlt eine Bank?")
    await phone.give(Pressed(("Ja",), "ja"))
    await phone.until("Wie viele fehlen?")
    await phone.says("7")
    await phone.until("Was noch?")
    await phone.says("/messenger")
    await phone.until("Sie können auch hier antworten")
    await phone.give(Pressed(("Antworten mitnehmen",), "/mitnehmen"))
    found = CODE.search(await phone.until("Ihr Code ist"))
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("source", "target"), marked())
async def test_the_survey_goes_on_in_the_other_channel(
    source: str, target: str, tmp_path: Path, valkey_url: str
) -> None:
    async with on_both(source, target, tmp_path, valkey_url) as scene:
        assert scene.other is not None
        here, there, stranger = await scene.phone(), await scene.other.phone("de"), await scene.phone()
        code = await half_way(here)
        await here.quiet()
        async with redis.asyncio.Redis.from_url(valkey_url) as client:
            (offer,) = await client.keys(key(Space.OFFER) + b"*")
            assert 0 < await client.ttl(offer) <= LIFE.total_seconds()
            assert code.encode() not in offer
            assert b"telegram" not in (await client.get(offer) or b"")
        await there.begin("baenke")
        await there.until("Fehlt eine Bank?")
        await there.says(code.lower().replace("-", " "))
        arrived = await there.until("Es geht weiter, wo Sie aufgehört haben", "Was noch?")
        assert "3 von 3" in arrived
        await there.quiet()
        assert await scene.conversations() == 1, "nothing is left behind"
        await there.says("Schatten, bitte")
        await there.until("Wie viele fehlen? – 7", "Schatten, bitte")
        await there.give(Pressed(("Absenden",), "absenden"))
        await there.until("Beleg")
        await there.quiet()
        assert [row["/data/wort"] for row in await scene.stored("baenke")] == ["Schatten, bitte"]
        await stranger.begin("baenke")
        await stranger.until("Fehlt eine Bank?")
        await stranger.says(code)
        await stranger.until("Diesen Code kenne ich nicht")
        await here.begin("baenke")
        await here.until("1 von 3", "Fehlt eine Bank?")


async def test_a_draft_that_nobody_fetches_stays_and_only_one_of_two_gets_it(tmp_path: Path, valkey_url: str) -> None:
    source, target = a_quick_one()
    async with on_both(source, target, tmp_path, valkey_url) as scene:
        assert scene.other is not None
        here = await scene.phone()
        code = await half_way(here)
        await here.says(code)
        await here.until("Was noch?")  # here it is an answer like any other: the question takes any words
        await here.says("/zurück")
        two = [await scene.other.phone("de") for _ in range(2)]
        for phone in two:
            await phone.begin("baenke")
            await phone.until("Fehlt eine Bank?")
        await here.quiet()
        await asyncio.gather(*(phone.says(code) for phone in two))
        for phone in two:
            await phone.quiet()
        got = [any("Es geht weiter" in heard.text for heard in phone.heard) for phone in two]
        assert sorted(got) == [False, True]


async def test_codes_are_not_guessed(tmp_path: Path, valkey_url: str) -> None:
    source, target = a_quick_one()
    async with on_both(source, target, tmp_path, valkey_url) as scene:
        assert scene.other is not None
        here, guesser = await scene.phone(), await scene.other.phone("de")
        code = await half_way(here)
        await guesser.begin("baenke")
        await guesser.until("Fehlt eine Bank?")
        for number in range(TRIES):
            await guesser.says(f"BCDF-GHJ{number + 2}")
            await guesser.until("Diesen Code kenne ich nicht")
        await guesser.says(code)
        await guesser.until("zu viele falsche Codes")
        another = await scene.other.phone("de")
        await another.begin("baenke")
        await another.until("Fehlt eine Bank?")
        await another.says(code)
        await another.until("Es geht weiter")
