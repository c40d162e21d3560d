"""A broadcast with python-telegram-bot as its documentation shows: `AIORateLimiter` with its defaults, all at once."""

from __future__ import annotations

import asyncio
import sys

from telegram.ext import AIORateLimiter, ApplicationBuilder

RETRIES = 100


async def main(base: str, token: str, first: int, number: int) -> None:
    """Send to chats `first`, `first` + 1, …"""
    builder = ApplicationBuilder().token(token).base_url(f"{base}/bot").connection_pool_size(64).pool_timeout(600)
    application = builder.rate_limiter(AIORateLimiter(max_retries=RETRIES)).build()
    async with application:
        await asyncio.gather(*(application.bot.send_message(first + each, "Hallo") for each in range(number)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
