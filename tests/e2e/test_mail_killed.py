"""The broadcaster is killed, at every named point and at random: nobody gets anything twice, everybody ends once.

Unknown are never more than the calls that were under way. `make test` takes some of the named points on SQLite with
some hundred people; `make test-long` adds random kills, and PostgreSQL with two workers; with ZURUF_TEST_SCALE=full
there are 10,000 people, 50 runs on SQLite and 20 on PostgreSQL. The seed is printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from e2e.mailroom import PER_SECOND, mail_environment
from e2e.postoffice import PostOffice, post_office
from e2e.processes import FELL, Nursery, config_of, nursery

from benchmarks.crowd import subscribe
from bot.broadcaster import IN_FLIGHT
from bot.home import opened
from dialogs.broadcasts import ENDED, FINAL, Broadcast, BroadcastId, Outcome, Text
from storage.clock import TownClock
from storage.errors import StorageError
from storage.settings import SetupError

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
MANY = 10_000 if FULL else 2_000
"""People of a run in which it is killed at random, and at every named point."""
PATIENCE = 600.0 if FULL else 120.0
ACCOUNT = "4242"
POINTS = (
    "step:after:1",
    "enrol:before:1",
    "enrol:after:1",
    "claim:after:1",
    "take:after:2",
    "begin:before:2",
    "begin:after:3",
    "opener:after:2",
    "push:before:20",
    "push:after:20",
    "record:before:1",
    "record:after:1",
)


@dataclass
class Mail:
    """One broadcast to many people, and what is known of it."""

    environ: dict[str, str]
    number: BroadcastId
    people: int
    office: PostOffice

    async def outcomes(self) -> dict[Outcome, int]:
        async with opened(config_of(self.environ)) as home:
            found: dict[Outcome, int] = {}
            for count in await home.deliveries.counts(self.number):
                found[count.outcome] = found.get(count.outcome, 0) + count.people
            return found

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self._has_ended():  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _has_ended(self) -> bool:
        """Looks until the database is too busy for us (it is being written to, and whoever wrote is killed)."""
        with contextlib.suppress(StorageError, SetupError):
            async with opened(config_of(self.environ)) as home:
                while True:
                    stored = await home.broadcasts.get(self.number)
                    if stored is not None and stored.state in FINAL:
                        return True
                    await asyncio.sleep(0.05)
        return False

    async def holds(self, kills: int, seed: object) -> None:
        """Each person in exactly one final state, none twice, unknown within what was under way."""
        outcomes = await self.outcomes()
        assert set(outcomes) <= ENDED, (seed, outcomes)
        assert sum(outcomes.values()) == self.people, (seed, outcomes)
        assert max(self.office.got.values(), default=0) <= 1, f"twice, seed {seed}"
        unknown = outcomes.get(Outcome.UNKNOWN, 0)
        assert unknown <= kills * IN_FLIGHT, (seed, outcomes)
        accepted = outcomes.get(Outcome.ACCEPTED, 0)
        assert accepted <= len(self.office.got) <= accepted + unknown, (seed, outcomes)


@contextlib.asynccontextmanager
async def mail(state: Path, redis_url: str, people: int, database: str = "") -> AsyncIterator[Mail]:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    async with post_office() as office:
        environ = mail_environment(str(state), redis_url, office.base, database)
        config = config_of(environ)
        clock = TownClock(config.timezone)
        async with opened(config) as home:
            await subscribe(home, people, clock.today(), ACCOUNT)
            number = await home.broadcasts.announce(Broadcast({"de": Text("", "Hallo")}, "de"), "test", clock.now())
        assert number is not None
        yield Mail(environ, number, people, office)


async def _falls(hatchery: Nursery, sent: Mail, point: str, log: Path) -> bool:
    """Run until it fell at the point; False if the broadcast ended before."""
    slow = {PER_SECOND: "300", "FALL_AT": point, "CHILD_LOG": str(log)}
    async with hatchery.process(sent.environ, **slow) as running, asyncio.timeout(PATIENCE):
        over = asyncio.ensure_future(sent.ended())
        await asyncio.wait([running.status, over], return_when=asyncio.FIRST_COMPLETED)
        fell = running.status.done()
        if not fell:
            over.result()  # it ended, and nothing else
        over.cancel()
        assert not fell or running.status.result() == FELL, (
            f"ended otherwise than at {point}: {log.read_text()[-2000:]}"
        )
        return fell


async def test_killed_at_named_points_nobody_gets_it_twice(tmp_path: Path, valkey_url: str) -> None:
    points, log = POINTS[1::3], tmp_path / "log"
    async with mail(tmp_path / "state", valkey_url, 500) as sent, nursery("e2e.mailroom") as hatchery:
        fell = [point for point in points if await _falls(hatchery, sent, point, log)]
        async with hatchery.process(sent.environ, CHILD_LOG=str(log)):
            await sent.ended()
        assert len(fell) >= len(points) - 1, fell
        await sent.holds(len(fell), "named points")
        assert len(sent.office.got) > sent.people // 3


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("of", ["sqlite", "postgres"])
async def test_killed_at_every_named_point_of_a_large_run(
    tmp_path: Path, valkey_url: str, of: str, request: pytest.FixtureRequest
) -> None:
    database = "" if of == "sqlite" else request.getfixturevalue("new_postgres_database")()
    people, log = MANY, tmp_path / "log"
    async with mail(tmp_path / "state", valkey_url, people, database) as sent, nursery("e2e.mailroom") as hatchery:
        fell = [point for point in POINTS if await _falls(hatchery, sent, point, log)]
        async with hatchery.process(sent.environ, CHILD_LOG=str(log)):
            await sent.ended()
        assert fell == list(POINTS)
        await sent.holds(len(fell), "named points")


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("run", range(50 if FULL else 4))
async def test_killed_at_random_on_sqlite(tmp_path: Path, valkey_url: str, run: int) -> None:
    await _killed_at_random(tmp_path, valkey_url, "", 1, seed=1000 + run)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("run", range(20 if FULL else 2))
async def test_killed_at_random_on_postgresql_with_two_workers(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str], run: int
) -> None:
    await _killed_at_random(tmp_path, valkey_url, new_postgres_database(), 2, seed=2000 + run)


async def _killed_at_random(tmp_path: Path, valkey_url: str, database: str, workers: int, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with mail(tmp_path / "state", valkey_url, MANY, database) as sent:
        async with contextlib.AsyncExitStack() as stack:
            hatcheries = [await stack.enter_async_context(nursery("e2e.mailroom")) for _ in range(workers)]
            lives = [_lives(hatchery, sent, chance, tmp_path / "log") for hatchery in hatcheries]
            kills = sum(await asyncio.gather(*lives))
        await sent.holds(kills, seed)


async def _lives(hatchery: Nursery, sent: Mail, chance: random.Random, log: Path) -> int:
    """Some short lives, each ended by SIGKILL, then one to the end; how many were killed."""
    killed = 0
    for _ in range(5):
        async with hatchery.process(sent.environ, CHILD_LOG=str(log), **{PER_SECOND: "800"}) as running:
            done, _ = await asyncio.wait([running.status], timeout=chance.uniform(0.1, 1.5))
            if not done:
                os.kill(running.pid, signal.SIGKILL)
                killed += 1
            await running.status
    async with hatchery.process(sent.environ, CHILD_LOG=str(log)):
        await sent.ended()
    return killed
