"""A bot of our own adapter with a host that answers like a parrot, against the emulator, by webhook or long polling."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from parrot import Parrot, hasty  # noqa: F401  (a fixture)

from adapters.secret import Secret
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.emulator import Emulator, Schema, aiogram_schema
from adapters.telegram.settings import TelegramSettings

WEBHOOK_SECRET = "s3cret_of-the-tests"


@dataclass
class Bot:
    adapter: TelegramAdapter
    host: Parrot
    emulator: Emulator
    webhook: str = ""


@pytest.fixture(scope="session")
def schema() -> Schema:
    """aiogram's view of the Bot API; where it is missing, a failure in CI."""
    try:
        return aiogram_schema()
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("aiogram is not installed")


@pytest.fixture
async def emulator(schema: Schema) -> AsyncIterator[Emulator]:
    async with Emulator(schema=schema) as running:
        yield running


@asynccontextmanager
async def running_bot(emulator: Emulator, *, webhook: bool) -> AsyncIterator[Bot]:
    """A bot as `zuruf run` starts it."""
    host = Parrot()
    runner: web.AppRunner | None = None
    url = ""
    sockets: list[web.SockSite] = []
    if webhook:
        import socket

        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/telegram"
    settings = TelegramSettings(
        Secret(emulator.token), emulator.api_base, url, Secret(WEBHOOK_SECRET if webhook else "")
    )
    adapter = TelegramAdapter(settings, host)
    if webhook:
        app = web.Application()
        app.add_routes(list(adapter.routes()))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        sockets.append(web.SockSite(runner, listener))
        await sockets[0].start()
    running = asyncio.create_task(adapter.run())
    try:
        if webhook:
            await running
        yield Bot(adapter, host, emulator, url)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if runner is not None:
            await runner.cleanup()
        await adapter.close()


@pytest.fixture(params=["webhook", "polling"])
async def bot(request: pytest.FixtureRequest, emulator: Emulator) -> AsyncIterator[Bot]:
    """Both ways of receiving keep the same promises."""
    async with running_bot(emulator, webhook=request.param == "webhook") as running:
        yield running


@pytest.fixture
async def hooked(emulator: Emulator) -> AsyncIterator[Bot]:
    async with running_bot(emulator, webhook=True) as running:
        yield running


@pytest.fixture
async def polling(emulator: Emulator) -> AsyncIterator[Bot]:
    async with running_bot(emulator, webhook=False) as running:
        yield running


@pytest.fixture
def start_bot() -> Callable[..., object]:
    """To stop and start a bot within a test."""
    return running_bot
