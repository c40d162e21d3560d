"""`python -m benchmarks.channels`: what a turn costs on each channel, with a plain echo on the same wire as the floor.

Rounds of the bots alternate, so that what else the machine does hits all alike; the tables show medians. `--rooms 1000`
measures the memory of as many Matrix rooms instead. What the figures mean: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks import channel_matrix, channel_real_signal, channel_signal, channel_telegram, channel_web
from benchmarks.channel import HEADINGS, MB, Round, cost, row

GOAL = 2.0
"""Times the floor's CPU seconds per 1,000 turns, at most."""
MEMORY_GOAL_MB = 300

Contenders = Mapping[str, Callable[[float], Awaitable[Round]]]


@asynccontextmanager
async def _matrix() -> AsyncIterator[Contenders]:
    with channel_matrix.homeserver() as synapse:
        yield {name: partial(make, synapse) for name, make in channel_matrix.CONTENDERS.items()}


@asynccontextmanager
async def _real_signal() -> AsyncIterator[Contenders]:
    async with channel_real_signal.signal() as signal:
        yield {name: partial(make, signal) for name, make in channel_real_signal.CONTENDERS.items()}


@asynccontextmanager
async def _simply(contenders: Contenders) -> AsyncIterator[Contenders]:
    yield contenders


CHANNELS: Mapping[str, tuple[Callable[[], AbstractAsyncContextManager[Contenders]], str]] = {
    "web": (partial(_simply, channel_web.CONTENDERS), channel_web.FLOOR),
    "telegram": (partial(_simply, channel_telegram.CONTENDERS), channel_telegram.FLOOR),
    "signal, emulated": (partial(_simply, channel_signal.CONTENDERS), channel_signal.FLOOR),
    "signal": (_real_signal, channel_real_signal.FLOOR),
    "matrix": (_matrix, channel_matrix.FLOOR),
}
PROMISED = frozenset({"signal", "matrix"})
"""Channels whose goal is set: those that encrypt. What the others cost is shown beside them."""


async def rounds(contenders: Contenders, count: int, seconds: float) -> dict[str, list[Round]]:
    """Each contender once a round, in turns."""
    found: dict[str, list[Round]] = {name: [] for name in contenders}
    for _ in range(count):
        for name, make in contenders.items():
            found[name].append(await make(seconds))
    return found


async def _measured(
    prepare: Callable[[], AbstractAsyncContextManager[Contenders]], count: int, seconds: float
) -> dict[str, list[Round]]:
    async with prepare() as contenders:
        return await rounds(contenders, count, seconds)


def shown(channel: str, console: Console, count: int, seconds: float) -> bool:
    """Measure one channel and print its table; whether its goal is reached."""
    prepare, floor = CHANNELS[channel]
    found = asyncio.run(_measured(prepare, count, seconds))
    table = Table(channel, *HEADINGS)
    for name, results in found.items():
        table.add_row(*row(name, results))
    console.print(table)
    ratio = cost(found["Zuruf"]) / cost(found[floor])
    goal = f"goal: {GOAL:.0f}, {'missed' if ratio > GOAL else 'reached'}" if channel in PROMISED else "no goal is set"
    console.print(f"Zuruf takes {ratio:.2f} times the CPU of the {floor} ({goal})")
    return ratio <= GOAL or channel not in PROMISED


def memory(console: Console, count: int) -> bool:
    """Zuruf with one room and with so many; whether the goal is reached."""
    with channel_matrix.homeserver() as synapse:
        alone, many = asyncio.run(channel_matrix.rooms(synapse, count))
    reached = many <= MEMORY_GOAL_MB * MB
    console.print(
        f"1 room: {alone / MB:.0f} MB; {count} rooms: {many / MB:.0f} MB"
        f" (goal: {MEMORY_GOAL_MB}, {'reached' if reached else 'missed'})"
    )
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.channels", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", choices=list(CHANNELS), action="append", help="leave others out")
    parser.add_argument("--rooms", type=int, default=0, help="measure memory with so many Matrix rooms instead")
    parser.add_argument("--check", action="store_true", help="a missed goal is an error")
    options = parser.parse_args()
    console = Console()
    if options.rooms:
        reached = [memory(console, options.rooms)]
    else:
        chosen = options.only or list(CHANNELS)
        reached = [shown(channel, console, options.rounds, options.seconds) for channel in chosen]
    if options.check and not all(reached):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
