"""The web's part of `benchmarks.channels`: Zuruf and a plain aiohttp server, with browsers by the frames they send.

A browser polls and posts; so the floor has the same two doors and nothing behind them. Each browser comes from a
network address of its own, as behind a town's proxy: nobody opens three hundred chats a minute.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from aiohttp import ClientError

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from e2e.webchat import WebCitizen

from benchmarks.channel import PATIENCE, Contender, Round, echo, measured, zuruf

FLOOR = "aiohttp echo"
_ADDRESSES = map(IPv4Address, itertools.count(int(IPv4Address("10.0.0.1"))))


@dataclass
class WebTalk:
    citizen: WebCitizen

    async def says(self, text: str) -> None:
        if text == "baenke":
            await self._opens()
            await self.citizen.polls()
            await self.citizen.acts("started", code="baenke")
        else:
            await self.citizen.acts("said", text=text)

    async def _opens(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self.citizen.opens()
                except ClientError:  # it does not listen yet
                    await asyncio.sleep(0.05)
                else:
                    return

    async def hears(self, text: str) -> None:
        await self.citizen.until(text)


async def _on(port: int, contender: Contender, seconds: float) -> Round:
    @asynccontextmanager
    async def person() -> AsyncIterator[WebTalk]:
        citizen = WebCitizen(port, {"Accept-Language": "de", "X-Forwarded-For": str(next(_ADDRESSES))})
        try:
            yield WebTalk(citizen)
        finally:
            await citizen.http.close()

    return await measured(contender, person, seconds)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def town(seconds: float) -> Round:
    port = _free_port()
    environ = {
        "ZURUF_WEB_ENABLED": "true",
        "ZURUF_HTTP_PORT": str(port),
        "ZURUF_HTTP_TRUSTED_PROXIES": "1",
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with zuruf(Path(name), environ) as contender:
            return await _on(port, contender, seconds)


async def floor(seconds: float) -> Round:
    port = _free_port()
    return await _on(port, echo("web_echo", str(port)), seconds)


CONTENDERS = {"Zuruf": town, FLOOR: floor}
