"""A broadcast with aiogram as its documentation's example: one after the other, a twentieth of a second between."""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter


async def send(bot: Bot, chat: int) -> None:
    """Once more after the pause that Telegram asks for."""
    try:
        await bot.send_message(chat, "Hallo")
    except TelegramRetryAfter as error:
        await asyncio.sleep(error.retry_after)
        await send(bot, chat)


async def main(base: str, token: str, first: int, number: int) -> None:
    """Send to chats `first`, `first` + 1, …"""
    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    async with Bot(token, session=session) as bot:
        for each in range(number):
            await send(bot, first + each)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
