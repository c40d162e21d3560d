"""The process is killed between any two steps of a turn: nothing acknowledged is lost, nothing is stored twice."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from e2e.processes import config_of, environment, nursery, stored_in
from e2e.talking import Talker, benches, is_complete, talkers
from e2e.town import TOKEN, publish_form

from adapters.telegram.emulator import Emulator

STEPS = [
    f"{step}:{moment}" for step in ("load", "save", "deliver", "settle", "submit") for moment in ("before", "after")
]
EVERYWHERE = (
    "load:after:1", "save:before:2", "save:after:1", "deliver:before:1", "settle:before:1", "deliver:after:1",
    "settle:after:2", "load:before:1", "submit:before:1", "submit:after:1",
)  # fmt: skip
"""Each step once, before and after, in the course of five turns."""
OF_REPETITION = ("Bad Request: query is too old", "Bad Request: message is not modified")
"""How Telegram refuses what was done before the process fell."""
MOST_OF_THEM = 0.6
"""Of points drawn by chance some are not reached before everybody is done."""
ROUNDS = 20 if os.environ.get("ZURUF_TEST_SCALE") == "full" else 3


async def killed_at(points: Sequence[str], state: Path, redis_url: str, database_url: str, people: int = 1) -> None:
    """Citizens answer while the process falls at one point after the other and is started again each time."""
    import redis.asyncio

    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushall()
    async with Emulator(token=TOKEN) as telegram, nursery() as zuruf:
        environ = environment(state, redis_url, telegram, ZURUF_DATABASE_URL=database_url, CHILD_LOG=str(state / "log"))
        await publish_form(config_of(environ), benches(state), "baenke")
        everybody = talkers(telegram, people)
        async with asyncio.TaskGroup() as tasks:
            walks = [tasks.create_task(talker.walks()) for talker in everybody]
            fell = [point for point in points if await zuruf.falls(environ, point, walks)]
            if not all(walk.done() for walk in walks):
                async with zuruf.process(environ) as running:
                    await asyncio.wait(walks)
                    await running.ends()
        assert is_complete(await stored_in(config_of(environ), "baenke"), everybody)
        _says_nothing_more_than_twice(everybody, len(fell))
        assert len(fell) >= MOST_OF_THEM * len(points)
        assert [refused for refused in telegram.rejected if not refused.startswith(OF_REPETITION)] == []


def _says_nothing_more_than_twice(everybody: Sequence[Talker], kills: int) -> None:
    """A reply is repeated at worst, once for each time that the process fell."""
    for talker in everybody:
        for text in set(talker.heard):
            assert talker.heard.count(text) <= 1 + kills


async def test_killed_at_every_step_and_nothing_is_lost(tmp_path: Path, valkey_url: str) -> None:
    await killed_at(EVERYWHERE, tmp_path, valkey_url, f"sqlite:///{tmp_path / 'zuruf.sqlite'}")


async def test_killed_around_the_submission_on_postgresql(
    tmp_path: Path, valkey_url: str, new_postgres_database
) -> None:  # type: ignore[no-untyped-def]
    await killed_at(["submit:before:1", "submit:after:1"], tmp_path, valkey_url, new_postgres_database())


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_killed_at_random_steps_while_many_answer(
    seed: int, tmp_path: Path, valkey_url: str, database_url: str
) -> None:
    chance = random.Random(seed)
    points = [f"{chance.choice(STEPS[:8])}:{chance.randint(1, 6)}" for _ in range(8)]
    last = [f"{step}:{n}" for step, n in itertools.product(STEPS[8:], (1, 2))]
    await killed_at([*points, *last], tmp_path, valkey_url, database_url, people=12)
