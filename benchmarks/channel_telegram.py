"""Telegram's part of `benchmarks.channels`: Zuruf and an aiogram echo, by long polling on the emulator of the Bot API.

`benchmarks.turns` compares whole surveys with other bots; this is what the channel alone costs beside the others.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.telegram.emulator import Citizen, Emulator
from benchmarks.channel import PATIENCE, Contender, Round, echo, measured, zuruf

FLOOR = "aiogram echo"


@dataclass
class TelegramTalk:
    citizen: Citizen

    async def says(self, text: str) -> None:
        await self.citizen.says("/start baenke" if text == "baenke" else text)

    async def hears(self, text: str) -> None:
        while True:
            (message,) = await self.citizen.reads(1, PATIENCE)
            if text in message.text or text in message.labels:
                return


async def _on(emulator: Emulator, contender: Contender, seconds: float) -> Round:
    @asynccontextmanager
    async def person() -> AsyncIterator[TelegramTalk]:
        yield TelegramTalk(emulator.citizen(language_code="de"))

    return await measured(contender, person, seconds)


async def town(seconds: float) -> Round:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with Emulator() as emulator:
            environ = {"ZURUF_TELEGRAM_TOKEN": emulator.token, "ZURUF_TELEGRAM_API_BASE": emulator.api_base}
            async with zuruf(Path(name), environ) as contender:
                return await _on(emulator, contender, seconds)


async def floor(seconds: float) -> Round:
    async with Emulator() as emulator:
        return await _on(emulator, echo("telegram_echo", emulator.token, emulator.api_base), seconds)


CONTENDERS = {"Zuruf": town, FLOOR: floor}
