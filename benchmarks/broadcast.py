"""Broadcasts against peers: how much of the allowed rate, how many 429, how fast without a limit, how much memory.

    python -m benchmarks.broadcast                 the limits, against peers, and 20,000 without a limit
    python -m benchmarks.broadcast --memory 1000000    memory while so many people are sent to

Zuruf runs as `zuruf run`, with a real Valkey, SQLite and everything that a town has switched on; the peers as their own
documentation shows. All speak to the same Bot API (`mail_api.py`). What to expect, and why: README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import mail_api
from benchmarks.bot_api import TOKEN
from benchmarks.bots import free_port
from benchmarks.crowd import FIRST_CHAT, subscribe
from benchmarks.mail_api import Limit, MailApi, NoLimit, StrictWindow, TokenBucket
from benchmarks.valkey import Valkey
from bot.config import load
from bot.home import opened
from dialogs.broadcasts import Broadcast, Text
from storage.clock import TownClock

RATE = 30
NUMBER = 600
FAST_NUMBER = 20_000
PATIENCE = 3600.0
NO_LIMIT = "1000000"
MEMORY_EVERY = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    seconds: float
    taken: int
    refused: int
    twice: int
    cpu: float = 0.0
    begin_memory: int = 0
    peak_memory: int = 0

    @property
    def rate(self) -> float:
        """Messages a second, from the first to the last that was taken."""
        return (self.taken - 1) / self.seconds if self.seconds else 0.0


def measured(api: MailApi) -> Measured:
    return Measured(api.last - api.first, api.taken, api.refused, api.twice)


# -- Zuruf


def environment(folder: Path, redis_url: str, base: str, per_second: str) -> dict[str, str]:
    return {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_REDIS_URL": redis_url,
        "ZURUF_HTTP_PORT": str(free_port()),
        "ZURUF_TELEGRAM_TOKEN": TOKEN,
        "ZURUF_TELEGRAM_API_BASE": base,
        "ZURUF_TELEGRAM_WEBHOOK_URL": "http://127.0.0.1:9/hook",
        "ZURUF_TELEGRAM_WEBHOOK_SECRET": "benchmark-secret",
        "ZURUF_NEWS_QUIET_FROM": "0",
        "ZURUF_NEWS_QUIET_UNTIL": "0",
        "ZURUF_LOG_LEVEL": "warning",
        **({"ZURUF_TELEGRAM_NEWS_PER_SECOND": per_second} if per_second else {}),
    }


async def zuruf(limit: Limit, number: int, per_second: str = "", pin: bool = False) -> Measured:
    """As a town runs it. `pin`: on one core."""
    api = MailApi(limit, number)
    server, base = await api.serve()
    with tempfile.TemporaryDirectory(prefix="zb-") as name:
        folder = Path(name)
        valkey = Valkey(folder / "valkey")
        environ = environment(folder, f"unix://{valkey.socket}", base, per_second)
        config = load(environ=environ)
        async with opened(config) as home:
            clock = TownClock(config.timezone)
            await subscribe(home, number, clock.today(), TOKEN.partition(":")[0])
            await home.broadcasts.announce(Broadcast({"de": Text("", "Hallo")}, "de"), "benchmark", clock.now())
        program = str(Path(sys.executable).parent / "zuruf")
        process = psutil.Popen([program, "run"], env=os.environ | environ, stdout=subprocess.DEVNULL)
        if pin:
            process.cpu_affinity([0])
        try:
            begin, peak = await _watched(api, process)
            result = measured(api)
            times = process.cpu_times()
            return Measured(
                result.seconds, result.taken, result.refused, result.twice, times.user + times.system, begin, peak
            )
        finally:
            process.terminate()
            process.wait(30)
            valkey.stop()
            server.close()


async def _watched(api: MailApi, process: psutil.Popen) -> tuple[int, int]:
    """Memory when the first messages were out, and the most of it afterwards; returns when all are taken."""
    begin = peak = 0
    async with asyncio.timeout(PATIENCE):
        while not api.done.is_set():
            if process.poll() is not None:
                raise RuntimeError("zuruf run ended")
            now = process.memory_info().rss
            if api.taken >= 1000 and not begin:
                begin = now
            peak = max(peak, now)
            try:
                async with asyncio.timeout(MEMORY_EVERY):
                    await api.done.wait()
            except TimeoutError:
                continue
    return begin or peak, peak


# -- peers


async def peer(module: str, limit: Limit, number: int) -> Measured:
    """A peer's broadcast in a process of its own."""
    api = MailApi(limit, number)
    server, base = await api.serve()
    command = [sys.executable, "-m", f"benchmarks.peers.{module}", base, TOKEN, str(FIRST_CHAT), str(number)]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE):
            await api.done.wait()
        return measured(api)
    finally:
        process.terminate()
        process.wait(30)
        server.close()


# -- what is measured


async def limits(peers: bool) -> None:
    print(f"{NUMBER} messages, {RATE}/s allowed")
    print(f"{'':34}{'rate':>8}{'of allowed':>12}{'429':>8}{'twice':>7}")
    rows: list[tuple[str, Callable[[], Limit]]] = [
        ("token bucket", lambda: TokenBucket(RATE)),
        ("strict window", lambda: StrictWindow(RATE)),
    ]
    for name, limit in rows:
        print_row(f"Zuruf, {name}", await zuruf(limit(), NUMBER))
    for module in ("aiogram_broadcast", "ptb_broadcast") if peers else ():
        for name, limit in rows:
            print_row(f"{module}, {name}", await peer(module, limit(), NUMBER))


def print_row(name: str, found: Measured) -> None:
    share = found.rate / RATE
    print(f"{name:34}{found.rate:8.1f}{share:12.1%}{found.refused:8}{found.twice:7}", flush=True)


async def fast(number: int) -> None:
    mail_api.DELAY = 0.0
    found = await zuruf(NoLimit(), number, NO_LIMIT, pin=True)
    print(
        f"{number:,} messages without a limit, on one core: {found.rate:,.0f}/s, twice {found.twice},"
        f" {1000 * found.cpu / found.taken:.2f} CPU seconds for 1,000 (start included)",
        flush=True,
    )


async def memory(number: int) -> None:
    mail_api.DELAY = 0.0
    found = await zuruf(NoLimit(), number, NO_LIMIT)
    grown = (found.peak_memory - found.begin_memory) / 2**20
    print(f"{number:,} people: {found.rate:,.0f}/s, memory from the first thousand on +{grown:.1f} MB", flush=True)


@asynccontextmanager
async def _timed(what: str) -> AsyncIterator[None]:
    started = time.monotonic()
    yield
    print(f"({what}: {time.monotonic() - started:.0f} s)", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", type=int, default=0, help="measure memory with so many people, and nothing else")
    parser.add_argument("--fast", type=int, default=0, help="only so many messages without a limit")
    parser.add_argument("--alone", action="store_true", help="only Zuruf, only with limits")
    arguments = parser.parse_args()
    async with _timed("in all"):
        if arguments.memory:
            await memory(arguments.memory)
        elif arguments.fast:
            await fast(arguments.fast)
        elif arguments.alone:
            await limits(peers=False)
        else:
            await limits(peers=True)
            await fast(FAST_NUMBER)


if __name__ == "__main__":
    asyncio.run(main())
