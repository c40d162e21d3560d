"""`python -m benchmarks.turns`: Zuruf against the same survey as an aiogram bot and as a python-telegram-bot.

Each bot is a process of its own, started from nothing for every round; the rounds of the bots alternate, so that what
else the machine does hits all alike. What the figures mean: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, quantiles

import uvloop
from rich.console import Console

from benchmarks import bots, report
from benchmarks.bot_api import TOKEN, BotApi
from benchmarks.bots import Bot, Running, free_port
from benchmarks.citizens import Citizen, Tally, Town, Webhook, crowd
from benchmarks.peers.settings import Settings
from benchmarks.valkey import TripCounter, Valkey
from benchmarks.wire import WireError

SECRET = "benchmark-secret-of-no-real-webhook"
START_LIMIT = 30.0
"""Seconds until a bot must have asked its first question."""
START_POLL = 0.01
"""Seconds between tries to reach a bot that starts."""
WARM_UP = 2.5
"""Seconds of load before the measurement."""
SESSIONS = 60
"""Citizens that stop after six answers, to weigh their sessions."""
SIX_ANSWERS = 6
COUNTED_WALKS = 3
"""Walks of a lone citizen while trips to Redis are counted."""
COUNTED_CROWD_SECONDS = 2.0
THINKING = 0.03
"""Seconds a lone citizen waits between answers while trips are counted, so that a trip belongs to one update."""
SETTLING = 0.5
"""Seconds for what a bot still does after its last reply."""
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    rounds: int
    crowd: int
    seconds: float
    delay: float
    """Seconds that each Bot API call takes."""
    uvloop: bool = False
    """Give the peers uvloop too."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A bot that runs, and all around it."""

    api: BotApi
    webhook: Webhook
    running: Running
    valkey: Valkey
    settings: Settings
    people: itertools.count[int]
    start_seconds: float
    start_cpu: float
    counter: TripCounter | None

    def town(self, pause: float = 0.0) -> Town:
        """A fresh tally for the next citizens."""
        counter = self.counter
        if counter is None:
            return Town(self.api, self.webhook, self.people, Tally(), pause)
        return Town(self.api, self.webhook, self.people, Tally(), pause, lambda: counter.trips)


@asynccontextmanager
async def on_stage(bot: Bot, plan: Plan, *, counted: bool) -> AsyncIterator[Stage]:
    """Start a bot from nothing, with an empty Redis; end both."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    valkey = Valkey(folder / "valkey")
    counter = TripCounter(folder / "counted.sock", valkey.socket) if counted else None
    api = BotApi()
    server, base = await api.serve(plan.delay)
    try:
        if counter is not None:
            await counter.start()
        redis_socket = counter.socket if counter is not None else valkey.socket
        settings = Settings(
            TOKEN, SECRET, base, free_port(), f"unix://{redis_socket}", folder / "answers.sqlite", plan.uvloop
        )
        await asyncio.to_thread(bot.prepare, settings)
        begun = time.perf_counter()
        running = Running(bot, settings, folder / "bot.log")
        try:
            with closing(Webhook(settings.webhook_url, SECRET, api)) as webhook:
                people = itertools.count(1)
                await _first_question(Town(api, webhook, people, Tally()), running)
                start_seconds = time.perf_counter() - begun
                yield Stage(api, webhook, running, valkey, settings, people, start_seconds, running.cpu(), counter)
        except Exception as error:
            error.add_note(f"{bot.name} wrote:\n{running.log_end()}")
            raise
        finally:
            await asyncio.to_thread(running.stop)
    finally:
        if counter is not None:
            counter.stop()
        server.close()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _first_question(town: Town, running: Running) -> None:
    """Wait until the bot listens and asks a first citizen."""
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            await Citizen(town).walk(answers=0)
        except (OSError, WireError):
            running.check_alive()
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(START_POLL)
        else:
            return


async def load(bot: Bot, plan: Plan) -> report.Round:
    """One round: start, a crowd, one citizen alone."""
    async with on_stage(bot, plan, counted=False) as stage:
        many = stage.town()
        async with crowd(many, plan.crowd) as people:
            await people.last(WARM_UP)
            many.tally.clear()
            calls, cpu = stage.api.calls.total(), stage.running.cpu()
            redis_cpu, driver = stage.valkey.cpu(), time.process_time()
            seconds = await people.last(plan.seconds)
            latencies = list(many.tally.latencies)
            driver = time.process_time() - driver
            cpu, redis_cpu = stage.running.cpu() - cpu, stage.valkey.cpu() - redis_cpu
            calls = stage.api.calls.total() - calls
        await asyncio.sleep(SETTLING)
        alone = stage.town()
        async with crowd(alone, 1) as people:
            alone_seconds = await people.last(plan.seconds / 3)
        _check_stored(bot, stage, many.tally.walks + alone.tally.walks)
        updates = len(latencies)
        return report.Round(
            start_seconds=stage.start_seconds,
            start_cpu=stage.start_cpu,
            crowd_rate=updates / seconds,
            crowd_p50_ms=_percentile(latencies, 50),
            crowd_p99_ms=_percentile(latencies, 99),
            alone_rate=len(alone.tally.latencies) / alone_seconds,
            alone_p50_ms=_percentile(alone.tally.latencies, 50),
            alone_p99_ms=_percentile(alone.tally.latencies, 99),
            cpu_per_1000=cpu * 1000 / updates,
            redis_cpu_per_1000=redis_cpu * 1000 / updates,
            peak_rss_mb=stage.running.peak_rss() / MB,
            pss_mb=stage.running.pss() / MB,
            calls_per_update=calls / updates,
            driver_busy=driver / seconds,
        )


def _check_stored(bot: Bot, stage: Stage, finished: int) -> None:
    """Speed that loses answers is none. Raises `RuntimeError`."""
    stored = bots.stored(bot, stage.settings)
    if stored != finished:
        raise RuntimeError(f"{bot.name} was sent {finished} surveys, and has {stored} in its database")


def _percentile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


async def redis_use(bot: Bot, plan: Plan) -> report.Redis:
    """Trips through the counting proxy, and what sessions weigh. Nothing is timed here."""
    async with on_stage(bot, plan, counted=True) as stage:
        assert stage.counter is not None
        async with crowd(stage.town(), plan.crowd) as people:
            await people.last(WARM_UP)  # connections, scripts, caches
        await asyncio.sleep(SETTLING)
        many, before = stage.town(), stage.counter.trips
        async with crowd(many, plan.crowd) as people:
            await people.last(COUNTED_CROWD_SECONDS)
        await asyncio.sleep(SETTLING)
        trips_crowd = (stage.counter.trips - before) / len(many.tally.latencies)
        alone, before = stage.town(pause=THINKING), stage.counter.trips
        for _ in range(COUNTED_WALKS):
            await Citizen(alone).walk()
        await asyncio.sleep(SETTLING)
        trips_alone = (stage.counter.trips - before) / len(alone.tally.latencies)
        empty = stage.valkey.weigh()
        town = stage.town()
        await asyncio.gather(*(Citizen(town).walk(answers=SIX_ANSWERS) for _ in range(SESSIONS)))
        await asyncio.sleep(SETTLING)
        weight = stage.valkey.weigh() - empty
        return report.Redis(
            trips_before_reply=fmean(alone.tally.before_reply),
            trips_alone=trips_alone,
            trips_crowd=trips_crowd,
            session_payload=weight.payload / SESSIONS,
            session_memory=weight.memory / SESSIONS,
            session_keys=weight.keys / SESSIONS,
        )


async def measure(chosen: Sequence[Bot], plan: Plan) -> tuple[list[report.Result], dict[str, list[report.Round]]]:
    """All rounds of all bots, in turn."""
    console = Console(stderr=True)
    rounds: dict[str, list[report.Round]] = {bot.name: [] for bot in chosen}
    for number in range(1, plan.rounds + 1):
        for bot in chosen:
            one = await load(bot, plan)
            rounds[bot.name].append(one)
            console.print(f"round {number}  {bot.name:20}  {one.crowd_rate:6.0f} updates/s", highlight=False)
    uses = {bot.name: await redis_use(bot, plan) for bot in chosen if bot.redis}
    results = [report.Result(bot.name, report.medians(rounds[bot.name]), uses.get(bot.name)) for bot in chosen]
    return results, rounds


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--citizens", type=int, default=50, help="how many talk at once")
    parser.add_argument("--seconds", type=float, default=6.0, help="of measured load a round")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="time that each Bot API call takes")
    parser.add_argument("--uvloop", action="store_true", help="give the peers uvloop too")
    parser.add_argument("--only", choices=[bot.name for bot in bots.ALL], action="append", help="leave others out")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a goal is missed")
    return parser.parse_args()


def main() -> int:
    """Measure, print, and say whether the goals are reached."""
    asked = _arguments()
    plan = Plan(asked.rounds, asked.citizens, asked.seconds, asked.delay_ms / 1000, asked.uvloop)
    chosen = [bot for bot in bots.ALL if not asked.only or bot.name in asked.only]
    results, rounds = uvloop.run(measure(chosen, plan))
    by_name = {result.bot: result for result in results}
    zuruf, aiogram = by_name.get(bots.ZURUF.name), by_name.get(bots.AIOGRAM.name)
    goals = report.goals(zuruf, aiogram) if zuruf and aiogram else ()
    report.show(results, plan.crowd, goals)
    if asked.json:
        figures = {"python": platform.python_version(), "bots": report.as_json(results, rounds)}
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if asked.check and not all(goal.reached for goal in goals) else 0


if __name__ == "__main__":
    sys.exit(main())
