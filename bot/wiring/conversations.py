"""Where conversations are kept while the process runs: the configured Redis, or the server that Zuruf brings along."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from bot.config import Config
from bot.home import Home
from storage.errors import Unavailable
from storage.redis import RedisConversations
from storage.settings import SetupError
from storage.valkey import EmbeddedValkey, ServerFailed, StateInUse

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def kept_conversations(config: Config, home: Home) -> AsyncIterator[RedisConversations]:
    """Raises `SetupError` with what to do."""
    if config.redis.url:
        try:
            store = RedisConversations(config.redis.url)
        except ValueError as error:
            raise SetupError(f"redis.url (ZURUF_REDIS_URL) cannot be used: {error}.") from None
        try:
            await store.ping()
        except Unavailable:
            await store.close()
            raise SetupError(
                "Redis does not answer. Is it running, and is redis.url (ZURUF_REDIS_URL) right?"
            ) from None
        try:
            yield store
        finally:
            await store.close()
        return
    server = EmbeddedValkey(home.state)
    try:
        await server.start()
    except (StateInUse, ServerFailed) as error:
        raise SetupError(str(error)) from None
    supervisor = asyncio.create_task(server.supervise(), name="valkey")
    supervisor.add_done_callback(_say_given_up)
    store = RedisConversations(server.url)
    try:
        yield store
    finally:
        await store.close()
        supervisor.cancel()
        await asyncio.wait([supervisor])
        await server.stop()


def _say_given_up(supervisor: asyncio.Task[None]) -> None:
    """Without its server the process takes no act any more: the operator must look."""
    if not supervisor.cancelled() and (error := supervisor.exception()) is not None:
        log.error("valkey_given_up", hint=str(error), exc_info=error)
