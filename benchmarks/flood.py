"""One person sends two hundred messages a second: what do the others notice? `python -m benchmarks.flood`

Zuruf with the Telegram emulator, by long polling and by webhook; some citizens ask for help once a second each and wait
for the answer. Rounds with and without the flood alternate; the table shows medians and 99th percentiles of the others'
waits, and the ratio. What is promised: no more than twice, and the one who floods is told once.
Everything runs in one process, so that the flood's own cost is in the figures of the others, too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import structlog
import uvloop
from rich.console import Console
from rich.table import Table

from adapters.telegram.emulator import Citizen, Emulator
from benchmarks.bots import free_port
from benchmarks.valkey import Valkey
from bot.app import App, running
from bot.config import Config, load

TOKEN = "4242:emulated"
PER_SECOND = 200
"""Messages of the flood."""
TOLD = "schneller, als ich lesen kann"
PATIENCE = 60.0
"""Seconds that a citizen waits before the benchmark fails."""
QUIET = 3.0
"""Seconds without a word after which nothing more comes."""
WAYS = ("polling", "webhook")


@dataclass(slots=True)
class Waits:
    """Seconds that the others waited, and how often the one who floods was told."""

    seconds: list[float] = field(default_factory=list)
    told: list[int] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100)[98]


def settings(folder: Path, valkey: Valkey, telegram: Emulator, way: str) -> Config:
    environ = {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_REDIS_URL": f"unix://{valkey.socket}",
        "ZURUF_HTTP_PORT": str(port := free_port()),
        "ZURUF_TELEGRAM_TOKEN": TOKEN,
        "ZURUF_TELEGRAM_API_BASE": telegram.api_base,
    }
    if way == "webhook":
        environ["ZURUF_TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{port}/hooks/telegram"
        environ["ZURUF_TELEGRAM_WEBHOOK_SECRET"] = "benchmark"
    return load(environ=environ)


@asynccontextmanager
async def on_stage(way: str) -> AsyncIterator[tuple[Emulator, App]]:
    with tempfile.TemporaryDirectory(prefix="zb-") as name:
        folder = Path(name)
        valkey = Valkey(folder / "valkey")
        try:
            async with Emulator(token=TOKEN) as telegram, running(settings(folder, valkey, telegram, way)) as app:
                yield telegram, app
        finally:
            valkey.stop()


async def asks(citizen: Citizen, until: float, waits: Waits) -> None:
    """Ask for help once a second, and wait for the answer."""
    while (begun := time.perf_counter()) < until:
        await citizen.says("hilfe")
        await citizen.reads(1, PATIENCE)
        waits.seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - begun)))


async def floods(citizen: Citizen, until: float) -> None:
    while time.perf_counter() < until:
        for _ in range(PER_SECOND // 20):
            await citizen.says("Flut")
        await asyncio.sleep(0.05)


async def times_told(flooder: Citizen) -> int:
    """How often they were told; whatever is under way when the flood ends still arrives."""
    told = 0
    with contextlib.suppress(TimeoutError):
        while True:
            (message,) = await flooder.reads(1, QUIET if told else PATIENCE)
            told += TOLD in message.text
    return told


async def measured(way: str, flood: bool, citizens: int, seconds: float, waits: Waits) -> None:
    """One round."""
    async with on_stage(way) as (telegram, _app):
        people = [telegram.citizen() for _ in range(citizens)]
        for person in people:  # everybody's first contact is not what is measured
            await person.says("hilfe")
            await person.reads(1, PATIENCE)
        until = time.perf_counter() + seconds
        flooder = telegram.citizen()
        others = [asks(person, until, waits) for person in people]
        await asyncio.gather(*others, *([floods(flooder, until)] if flood else []))
        if flood:
            waits.told.append(await times_told(flooder))


def show(way: str, calm: Waits, flooded: Waits, table: Table) -> None:
    for name, before, after in (("median", calm.p50, flooded.p50), ("p99", calm.p99, flooded.p99)):
        table.add_row(way, name, f"{before * 1000:.1f}", f"{after * 1000:.1f}", f"{after / before:.2f}")
    table.add_row(way, "told", "–", ", ".join(map(str, flooded.told)), "–")


async def main(arguments: argparse.Namespace) -> None:
    table = Table("way", "of the others' waits", "calm, ms", "flood, ms", "ratio")
    for way in arguments.ways:
        calm, flooded = Waits(), Waits()
        for _ in range(arguments.rounds):
            await measured(way, False, arguments.citizens, arguments.seconds, calm)
            await measured(way, True, arguments.citizens, arguments.seconds, flooded)
        show(way, calm, flooded, table)
    Console().print(table)


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--citizens", type=int, default=20)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    return parser.parse_args(words)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(parsed()))
