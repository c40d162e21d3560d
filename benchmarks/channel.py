"""What the benchmarks of the channels share: a bot as a process of its own, what it costs, what its citizens wait for.

A turn is one message of a citizen and all that the bot says to it. Citizens and what stands for the messenger are not
counted, nor is Redis; a program that encrypts for the bot is (`Round.cpu`), as a library in the bot's process would be.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Protocol

import psutil

from benchmarks.valkey import Valkey

PATIENCE = 60.0
"""Seconds that a citizen waits before the benchmark fails."""
STOP_LIMIT = 15.0
CITIZENS = 30
MB = 2**20
FORM = """
| survey | | | | |
| | type | name | label | required |
| | select_one ja | bank | Fehlt eine Bank? | yes |
| | integer | zahl | Wie viele fehlen? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""
Walk = Sequence[tuple[str, str]]
"""What a citizen says, and what the answer to it holds."""
WALK: Walk = (("baenke", "Fehlt eine Bank?"), ("1", "Wie viele fehlen?"), ("7", "Was noch?"), ("Schatten", "Absenden"),
              ("absenden", "Beleg"))  # fmt: skip
"""A whole survey, from the first contact to the receipt: five turns, one of which is stored for good."""
FIRST: Walk = WALK[:2]
AGAIN: Walk = (("7", "Was noch?"), ("/zurück", "Wie viele fehlen?"))
"""For citizens who are dear to make: after `FIRST` one question is answered over and over, there and back again."""
WORDS: Walk = (("sieben", "sieben"), ("zwei", "zwei"))
"""What an echo is told instead."""
ECHOES: Walk = tuple((said, said) for said, _ in WALK)
"""What an echo is told: as many turns, and every word is the answer to itself."""


@dataclass
class Round:
    """What one bot did in one round."""

    turns: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds, of everything that a town has to run for this channel."""
    own: float = 0.0
    """Of it the bot's process."""
    memory: int = 0
    """Bytes resident at the end, of the bot's process."""
    latencies: list[float] = field(default_factory=list)

    @property
    def cpu_per_thousand(self) -> float:
        return self.cpu / max(self.turns, 1) * 1000


@dataclass(frozen=True)
class Contender:
    """A bot: how it is started, and what its citizens say."""

    command: Sequence[str]
    environ: Mapping[str, str]
    walk: Walk


class Talk(Protocol):
    """A citizen with one chat."""

    async def says(self, text: str) -> None: ...

    async def hears(self, text: str) -> object:
        """Wait for a message that holds the text; earlier ones are passed over."""


Person = Callable[[], AbstractAsyncContextManager[Talk]]
"""A new citizen."""


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder in memory where the machine has such: the disk is not what is measured."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=shared if shared.is_dir() else None) as name:
        yield Path(name)


@asynccontextmanager
async def zuruf(folder: Path, environ: Mapping[str, str]) -> AsyncIterator[Contender]:
    """As a town runs it, with a Valkey of its own; the survey is published. `environ`: the channel's settings."""
    valkey = Valkey(folder / "valkey")
    whole = {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_REDIS_URL": f"unix://{valkey.socket}",
        "ZURUF_WEB_ENABLED": "false",
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_LOG_LEVEL": "error",
        **environ,
    }
    form = folder / "baenke.md"
    form.write_text(FORM, "utf-8")
    program = str(Path(sys.executable).parent / "zuruf")
    publish = (program, "survey", "publish", str(form), "--code", "baenke")
    try:
        await asyncio.to_thread(
            subprocess.run, publish, env={**os.environ, **whole}, check=True, capture_output=True, timeout=120
        )
        yield Contender((program, "run"), whole, WALK)
    finally:
        valkey.stop()


def echo(peer: str, *words: str) -> Contender:
    """One of `benchmarks/peers`."""
    return Contender((sys.executable, "-m", f"benchmarks.peers.{peer}", *words), {}, ECHOES)


@asynccontextmanager
async def running(contender: Contender) -> AsyncIterator[int]:
    """The bot's process while the block runs."""
    process = subprocess.Popen(  # noqa: ASYNC220  (starting takes a millisecond)
        contender.command, env={**os.environ, **contender.environ}, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, STOP_LIMIT)


async def measured(contender: Contender, person: Person, seconds: float, citizens: int = CITIZENS) -> Round:
    """One round of one bot, started from nothing."""
    async with running(contender) as pid:
        await _walk(person, contender.walk, Round())  # until it listens; the first walk is not measured
        result = Round()
        before, begun = cpu_of(pid), time.perf_counter()
        end = begun + seconds

        async def goes_on() -> None:
            while time.perf_counter() < end:
                await _walk(person, contender.walk, result)

        await asyncio.gather(*(goes_on() for _ in range(citizens)))
        result.seconds, result.cpu = time.perf_counter() - begun, cpu_of(pid) - before
        result.own, result.memory = result.cpu, memory_of(pid)
        return result


async def over_and_over(people: Sequence[Talk], pid: int, again: Walk, seconds: float, beside: int = 0) -> Round:
    """One round of a bot that runs and knows the people already. `beside`: a process that encrypts for it."""
    result = Round()

    def spent() -> tuple[float, float]:
        return cpu_of(pid), cpu_of(beside) if beside else 0.0

    before, begun = spent(), time.perf_counter()
    end = begun + seconds

    async def goes_on(person: Talk) -> None:
        while time.perf_counter() < end:
            await turns(person, again, result)

    await asyncio.gather(*(goes_on(person) for person in people))
    result.seconds, (own, others) = time.perf_counter() - begun, spent()
    result.own = own - before[0]
    result.cpu = result.own + others - before[1]
    result.memory = memory_of(pid)
    return result


async def _walk(person: Person, walk: Walk, result: Round) -> None:
    async with person() as citizen:
        await turns(citizen, walk, result)


async def turns(citizen: Talk, walk: Walk, result: Round) -> None:
    """Say each, wait for its answer."""
    for said, answer in walk:
        begun = time.perf_counter()
        await citizen.says(said)
        await citizen.hears(answer)
        result.latencies.append(time.perf_counter() - begun)
        result.turns += 1


def _processes(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [one for one in (process, *process.children(recursive=True)) if "valkey" not in one.name()]


def cpu_of(pid: int) -> float:
    """User and system seconds of the process and its children, Redis apart."""
    return sum(one.cpu_times().user + one.cpu_times().system for one in _processes(pid))


def memory_of(pid: int) -> int:
    return int(sum(one.memory_info().rss for one in _processes(pid)))


HEADINGS = ("turns/s", "p50", "p99", "CPU s per 1,000 turns", "of it the bot", "memory")


def row(name: str, rounds: Sequence[Round]) -> list[str]:
    """One line of a table: medians of the rounds, latencies of all of them."""
    cuts = quantiles(sorted(value for one in rounds for value in one.latencies), n=100)
    return [
        name,
        f"{median(one.turns / one.seconds for one in rounds):.0f}",
        f"{cuts[49] * 1000:.1f} ms",
        f"{cuts[98] * 1000:.1f} ms",
        f"{cost(rounds):.2f}",
        f"{median(one.own / max(one.turns, 1) * 1000 for one in rounds):.2f}",
        f"{median(one.memory for one in rounds) / MB:.0f} MB",
    ]


def cost(rounds: Sequence[Round]) -> float:
    """CPU seconds per 1,000 turns."""
    return median(one.cpu_per_thousand for one in rounds)
