"""Our adapter with a host that answers like a parrot, against the emulator, over HTTP or the socket."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from parrot import Parrot, hasty  # noqa: F401  (a fixture)

from adapters.allowance import Allowance, OwnAllowance
from adapters.signal.adapter import SignalAdapter
from adapters.signal.emulator import Emulator
from adapters.signal.settings import SignalSettings


@dataclass
class Bot:
    adapter: SignalAdapter
    host: Parrot
    emulator: Emulator
    data: Path


@asynccontextmanager
async def running_bot(
    emulator: Emulator,
    url: str,
    folder: Path,
    allowance: Allowance | None = None,
    clock: Callable[[], float] = time.monotonic,
    **settings: Any,
) -> AsyncIterator[Bot]:
    """A bot as `zuruf run` starts it."""
    host = Parrot()
    made = SignalSettings(emulator.account, url, **{"data": str(folder), "ceiling": 500, **settings})
    adapter = SignalAdapter(made, host, allowance or OwnAllowance(clock), clock)
    running = asyncio.create_task(adapter.run())
    try:
        yield Bot(adapter, host, emulator, folder)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await adapter.close()


@pytest.fixture
def folder() -> AsyncIterator[Path]:
    """Short enough for a socket's path."""
    with tempfile.TemporaryDirectory(prefix="sig-") as name:
        yield Path(name)


@pytest.fixture
async def emulator(folder: Path) -> AsyncIterator[Emulator]:
    async with Emulator(data=folder, socket=folder / "socket") as running:
        yield running


@pytest.fixture(params=["http", "socket"])
async def bot(request: pytest.FixtureRequest, emulator: Emulator, folder: Path) -> AsyncIterator[Bot]:
    """Both lines keep the same promises."""
    url = emulator.url if request.param == "http" else emulator.socket_url
    async with running_bot(emulator, url, folder) as running:
        yield running


@pytest.fixture
async def http(emulator: Emulator, folder: Path) -> AsyncIterator[Bot]:
    async with running_bot(emulator, emulator.url, folder) as running:
        yield running


@pytest.fixture
async def line(emulator: Emulator, folder: Path) -> AsyncIterator[Bot]:
    async with running_bot(emulator, emulator.socket_url, folder) as running:
        yield running


async def eventually(condition: Callable[[], bool]) -> None:
    """Until it is so, of what tells nobody (the disk, the other side)."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    return eventually


@pytest.fixture
def start_bot() -> Callable[..., Any]:
    """To stop and start a bot within a test."""
    return running_bot
