"""Signal's part of `benchmarks.channels`: Zuruf and plain echoes, each on a signal-cli emulator of its own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.signal.emulator import ACCOUNT, Citizen, Emulator
from benchmarks.channel import PATIENCE, Contender, Round, echo, measured, zuruf

CEILING = "100000"
FLOOR = "echo by HTTP"
"""As a first bot is written: a stream of events, a POST a message."""
LEAST = "echo by socket"
"""The least that there is: lines of JSON."""


@dataclass
class SignalTalk:
    citizen: Citizen

    async def says(self, text: str) -> None:
        self.citizen.says(text)

    async def hears(self, text: str) -> None:
        while text not in (await self.citizen.reads(1, PATIENCE))[0].text:
            pass


@asynccontextmanager
async def _emulator() -> AsyncIterator[tuple[Path, Emulator]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with Emulator(data=folder, socket=folder / "socket") as emulator:
            yield folder, emulator


async def _on(emulator: Emulator, contender: Contender, seconds: float) -> Round:
    @asynccontextmanager
    async def person() -> AsyncIterator[SignalTalk]:
        yield SignalTalk(emulator.citizen())

    return await measured(contender, person, seconds)


async def town(seconds: float) -> Round:
    """Over the socket, as a town runs it; choices go by numbers, the ceiling is out of the way."""
    async with _emulator() as (folder, emulator):
        environ = {
            "ZURUF_SIGNAL_ACCOUNT": ACCOUNT,
            "ZURUF_SIGNAL_URL": emulator.socket_url,
            "ZURUF_SIGNAL_DATA": str(folder),
            "ZURUF_SIGNAL_CEILING": CEILING,
            "ZURUF_SIGNAL_POLLS": "false",
        }
        async with zuruf(folder, environ) as contender:
            return await _on(emulator, contender, seconds)


async def floor(seconds: float) -> Round:
    async with _emulator() as (_, emulator):
        return await _on(emulator, echo("signal_echo", emulator.url, ACCOUNT), seconds)


async def least(seconds: float) -> Round:
    async with _emulator() as (folder, emulator):
        return await _on(emulator, echo("signal_echo", str(folder / "socket"), ACCOUNT), seconds)


CONTENDERS = {"Zuruf": town, FLOOR: floor, LEAST: least}
