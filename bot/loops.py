"""What runs again and again beside the turns, as long as the process does: one failure ends no loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog

from adapters.base import Adapter
from dialogs.messages import Language
from storage.errors import StorageError

CHANNEL_PAUSE = 5.0  # seconds before a channel that ended is started again, doubled up to the next
CHANNEL_PAUSE_MOST = 300.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def held(loops: Sequence[Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def every(seconds: float, work: Callable[[], Awaitable[object]], name: str, first: float = 0.0) -> None:
    """Do it again and again; a store that is away is waited for, a defect of ours is logged and does not end it."""
    await asyncio.sleep(first)
    while True:
        try:
            await work()
        except StorageError as error:
            log.warning("loop_waits", loop=name, error=type(error).__name__)
        except Exception as error:
            log.error("loop_failed", loop=name, exc_info=error)
        await asyncio.sleep(seconds)


async def channel(name: str, adapter: Adapter, languages: Sequence[Language]) -> None:
    """Keep one channel running and introduced; its trouble is its own.

    Citizens are served at once: how the bot introduces itself (menus, descriptions) is set up beside that.
    """
    await asyncio.gather(
        _insist(name, "run", adapter.run),
        _insist(name, "introduce", lambda: adapter.introduce(languages)),
    )


async def _insist(channel: str, task: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do it until it ends by itself; after a failure again, later each time."""
    pause = CHANNEL_PAUSE
    while True:
        try:
            await work()
        except Exception as error:
            log.error("channel_failed", channel=channel, task=task, error=type(error).__name__, exc_info=error)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, CHANNEL_PAUSE_MOST)
