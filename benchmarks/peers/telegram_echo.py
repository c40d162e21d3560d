"""A plain aiogram bot that says back what it hears, by long polling, as aiogram's own examples are written.

`python -m benchmarks.peers.telegram_echo TOKEN API_BASE`
"""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def main(token: str, base: str) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def said(message: Message) -> None:
        text = message.text or ""
        await message.answer(text.removeprefix("/start "))

    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
