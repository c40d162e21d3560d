"""Zuruf in processes of its own (`child.py`), started, killed and ended by a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from e2e.child import FELL
from e2e.town import ROOT, TOKEN, TownUnderTest
from made_tables import with_tables

from adapters.telegram.emulator import Emulator
from bot.config import Config, load
from bot.home import opened

PATIENCE = 40.0


def environment(state: Path, redis_url: str, telegram: Emulator, **more: str) -> dict[str, str]:
    """The settings of a town with long polling."""
    return {
        "ZURUF_STATE_DIR": str(with_tables(state)),
        "ZURUF_REDIS_URL": redis_url,
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_TELEGRAM_TOKEN": TOKEN,
        "ZURUF_TELEGRAM_API_BASE": telegram.api_base,
        **more,
    }


def config_of(environ: Mapping[str, str]) -> Config:
    return load(environ=environ)


class Nursery:
    """Brings up processes, one at a time."""

    def __init__(self, parent: asyncio.subprocess.Process) -> None:
        self._parent = parent

    @contextlib.asynccontextmanager
    async def process(self, environ: Mapping[str, str], **more: str) -> AsyncIterator[Running]:
        """A running Zuruf; killed at the end if it still lives."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps({**environ, **more}).encode() + b"\n")
        running = Running(await self._number(), asyncio.create_task(self._number()))
        try:
            yield running
        finally:
            if not running.status.done():
                os.kill(running.pid, signal.SIGKILL)
                await running.status

    async def falls(self, environ: Mapping[str, str], point: str, everybody: Collection[asyncio.Task[None]]) -> bool:
        """Run until the process fell at the point; False if everybody had their receipt before."""
        async with self.process(environ, FALL_AT=point) as running, asyncio.timeout(PATIENCE):
            talking = asyncio.ensure_future(asyncio.wait(everybody))
            await asyncio.wait([running.status, talking], return_when=asyncio.FIRST_COMPLETED)
            fell = running.status.done()
            assert not fell or running.status.result() == FELL, f"ended otherwise than at {point}"
            return fell

    async def _number(self) -> int:
        assert self._parent.stdout is not None
        return int(await self._parent.stdout.readline())


@dataclass(frozen=True)
class Running:
    pid: int
    status: asyncio.Task[int]

    async def ends(self) -> None:
        """Ask it to end, as an operator does, and see that it does."""
        os.kill(self.pid, signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            status = await asyncio.shield(self.status)
        assert status == 0, f"ended with {status}"


@contextlib.asynccontextmanager
async def nursery(module: str = "e2e.child") -> AsyncIterator[Nursery]:
    base = {name: value for name, value in os.environ.items() if not name.startswith("ZURUF_")}
    paths = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "default", "-m", module,
        env={**base, "PYTHONPATH": paths}, cwd=ROOT / "tests",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Nursery(parent)
    finally:
        assert parent.stdin is not None
        parent.stdin.close()
        await parent.wait()


async def stored_in(config: Config, code: str) -> list[dict[str, str]]:
    """Every stored response, opened with the town's keys, while no process runs or beside it."""
    async with opened(config) as home:
        app: Any = SimpleNamespace(home=home)
        telegram: Any = None
        return await TownUnderTest(app, telegram, config).stored(code)
