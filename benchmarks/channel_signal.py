"""Signal's part of `benchmarks.channels`: Zuruf and a plain echo, each on a signal-cli emulator of its own.

A turn is one message of a citizen and all that the bot says to it. Processes are started from nothing for every round;
the emulator and the citizens live in the benchmark's own process and are not counted.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from adapters.signal.emulator import ACCOUNT, Citizen, Emulator
from benchmarks.valkey import Valkey

PATIENCE = 30.0
"""Seconds that a citizen waits before the benchmark fails."""
STOP_LIMIT = 15.0
CITIZENS = 30
CEILING = "100000"
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
WALK = (("baenke", "Fehlt eine Bank?"), ("1", "Wie viele fehlen?"), ("7", "Was noch?"), ("Schatten", "Absenden"),
        ("absenden", "Beleg"))  # fmt: skip
"""What a citizen says, and what the answer to it holds."""


@dataclass
class Round:
    """What one bot did in one round."""

    turns: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    """Bytes resident at the end."""
    latencies: list[float] = field(default_factory=list)

    @property
    def cpu_per_thousand(self) -> float:
        return self.cpu / self.turns * 1000


@dataclass(frozen=True)
class Contender:
    """A bot: how it is started, and what its citizens say."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    walk: Sequence[tuple[str, str]]


ECHOES = tuple((said, said) for said, _ in WALK)


@asynccontextmanager
async def echo(folder: Path, emulator: Emulator) -> AsyncIterator[Contender]:
    """The least that there is: lines of JSON on a socket."""
    command = (sys.executable, "-m", "benchmarks.peers.signal_echo", str(folder / "socket"), ACCOUNT)
    yield Contender("echo by socket", command, {}, ECHOES)


@asynccontextmanager
async def echo_by_http(folder: Path, emulator: Emulator) -> AsyncIterator[Contender]:
    """As a first bot is written: a stream of events, a POST a message."""
    command = (sys.executable, "-m", "benchmarks.peers.signal_echo", emulator.url, ACCOUNT)
    yield Contender("echo by HTTP", command, {}, ECHOES)


@asynccontextmanager
async def zuruf(folder: Path, emulator: Emulator) -> AsyncIterator[Contender]:
    """As a town runs it, with a Valkey of its own."""
    valkey = Valkey(folder / "valkey")
    environ = {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_REDIS_URL": f"unix://{valkey.socket}",
        "ZURUF_WEB_ENABLED": "false",
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_LOG_LEVEL": "error",
        "ZURUF_SIGNAL_ACCOUNT": ACCOUNT,
        "ZURUF_SIGNAL_URL": emulator.socket_url,
        "ZURUF_SIGNAL_DATA": str(folder),
        "ZURUF_SIGNAL_CEILING": CEILING,
        "ZURUF_SIGNAL_POLLS": "false",
    }
    form = folder / "baenke.md"
    form.write_text(FORM, "utf-8")
    program = str(Path(sys.executable).parent / "zuruf")
    publish = (program, "survey", "publish", str(form), "--code", "baenke")
    try:
        await asyncio.to_thread(
            subprocess.run, publish, env={**os.environ, **environ}, check=True, capture_output=True, timeout=60
        )
        yield Contender("Zuruf", (program, "run"), environ, WALK)
    finally:
        valkey.stop()


Make = Callable[[Path, Emulator], AbstractAsyncContextManager[Contender]]


async def measured(make: Make, seconds: float, citizens: int = CITIZENS) -> Round:
    """One round of one bot."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with (
            Emulator(data=folder, socket=folder / "socket") as emulator,
            make(folder, emulator) as contender,
        ):
            process = subprocess.Popen(  # noqa: ASYNC220  (starting takes a millisecond)
                contender.command, env={**os.environ, **contender.environ}, stdout=subprocess.DEVNULL
            )
            try:
                return await _crowd(emulator, contender, process.pid, seconds, citizens)
            finally:
                process.terminate()
                await asyncio.to_thread(process.wait, STOP_LIMIT)


async def _crowd(emulator: Emulator, contender: Contender, pid: int, seconds: float, citizens: int) -> Round:
    warm = Round()
    await _walk(emulator.citizen(), contender.walk, warm)  # until it listens; the first walk is not measured
    result = Round()
    before, begun = _cpu(pid), time.perf_counter()
    end = begun + seconds

    async def goes_on() -> None:
        while time.perf_counter() < end:
            await _walk(emulator.citizen(), contender.walk, result)

    await asyncio.gather(*(goes_on() for _ in range(citizens)))
    result.seconds, result.cpu = time.perf_counter() - begun, _cpu(pid) - before
    result.memory = psutil.Process(pid).memory_info().rss
    return result


async def _walk(citizen: Citizen, walk: Sequence[tuple[str, str]], result: Round) -> None:
    for said, expected in walk:
        begun = time.perf_counter()
        citizen.says(said)
        while expected not in (await citizen.reads(1, PATIENCE))[0].text:
            pass
        result.latencies.append(time.perf_counter() - begun)
        result.turns += 1


def _cpu(pid: int) -> float:
    """User and system seconds of the process and its children, Redis apart."""
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True)) if "valkey" not in one.name()]
    return sum(one.user + one.system for one in times)
