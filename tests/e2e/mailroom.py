"""The part of Zuruf that sends news, as a process that falls dead at a named point: `python -m e2e.mailroom`.

As `child.py`: each line on standard input is an environment (JSON), for each a process is forked. It does what the
process does for news and nothing else, so that a test can start many. `FALL_AT`: "begin:after:3" ends it (as SIGKILL
does) when the third `begin` has returned. Points: claim, begin, record, enrol, step (database), opener (keyring), take
(Redis), push (messenger); before or after.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import traceback
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from e2e.child import Fatal, fall

import bot.newsdesk
import storage.sql.deliveries
from adapters.base import Adapter
from adapters.registry import build
from bot.broadcaster import Broadcaster
from bot.channel_settings import telegram_settings
from bot.config import Config, load
from bot.following import Following
from bot.home import Home, opened
from bot.mailing import Mailing
from bot.metrics import Metrics
from bot.newsdesk import Newsdesk
from bot.newsroom import Newsroom
from dialogs.messages import Language
from dialogs.quiet import QuietHours
from storage.clock import Clock, TownClock
from storage.contactbook import Sender
from storage.paces import Paces, RedisPaces
from storage.redis import RedisConversations

LOOK_EVERY = 0.05
LEASE = timedelta(seconds=3)
"""What a dead worker holds comes free sooner than in life."""
NEVER_QUIET = QuietHours(0, 0)
PER_SECOND = "MAIL_PER_SECOND"


class _Host:
    async def receive(self, envelope: object) -> None:
        del envelope

    async def picture(self, picture: object) -> None:
        del picture

    def notice(self, channel: str, sign: object, hint: str = "") -> None:
        del channel, sign, hint


class Mailroom:
    """Everything that sends, put together; a test reaches in."""

    def __init__(
        self,
        config: Config,
        home: Home,
        paces: Paces,
        per_second: float,
        clock: Clock | None = None,
        adapters: dict[str, Adapter] | None = None,
    ) -> None:
        settings = telegram_settings(config)
        assert settings is not None
        self.home, self.paces = home, paces
        self.clock = clock or TownClock(config.timezone)
        host: Any = _Host()
        self.adapters = adapters if adapters is not None else build([settings], host)
        self.newsroom = Newsroom(home.surveys, home.pilots, home.broadcasts, home.outcomes)
        self.following = Following(home.book, home.subscriptions, self.clock)
        self.sender: Any = Sender(home.contacts, home.keychain, home.keys, home.book)
        self.broadcaster = Broadcaster(
            home.deliveries,
            self.sender,
            self.following,
            Mailing(self.newsroom, self.clock),
            self.adapters,
            paces,
            self.clock,
            NEVER_QUIET,
            Metrics(),
            {"telegram": per_second},
        )
        self.newsdesk = Newsdesk(
            home.broadcasts,
            home.deliveries,
            home.subscriptions,
            home.pilots,
            self.newsroom,
            self.following,
            self.broadcaster,
            self.adapters,
            self.clock,
            (Language("de"),),
            NEVER_QUIET,
            (5, 10),
        )

    async def look(self) -> None:
        await self.newsroom.refresh()
        await self.newsdesk.look()

    async def close(self) -> None:
        await self.newsdesk.close()
        for adapter in self.adapters.values():
            await adapter.close()


@contextlib.asynccontextmanager
async def mailroom(config: Config, per_second: float, clock: Clock | None = None) -> AsyncIterator[Mailroom]:
    """In this process, with the configured Redis."""
    async with opened(config) as home:
        conversations = RedisConversations(config.redis.url)
        room = Mailroom(config, home, RedisPaces(conversations), per_second, clock)
        try:
            yield room
        finally:
            await room.close()
            await conversations.close()


def mail_environment(state: str, redis_url: str, base: str, database: str = "") -> dict[str, str]:
    more = {"ZURUF_DATABASE_URL": database} if database else {}
    return {
        "ZURUF_STATE_DIR": state,
        "ZURUF_REDIS_URL": redis_url,
        "ZURUF_TELEGRAM_TOKEN": "4242:emulated",
        "ZURUF_TELEGRAM_API_BASE": base,
        **more,
    }


def wire(room: Mailroom, point: str) -> None:
    """Put the fatal call between the parts."""
    method, moment, call = point.split(":")
    wrap = lambda part: Fatal(part, method, moment, int(call), fall)  # noqa: E731
    match method:
        case "claim" | "begin" | "record" | "enrol":
            room.broadcaster._deliveries = room.newsdesk._deliveries = wrap(room.newsdesk._deliveries)
        case "step":
            room.newsdesk._broadcasts = wrap(room.newsdesk._broadcasts)
        case "opener":
            room.broadcaster._sender = wrap(room.broadcaster._sender)
        case "take":
            room.broadcaster._paces = wrap(room.broadcaster._paces)
        case "push":
            room.adapters["telegram"] = _FatalPush(room.adapters["telegram"], method, moment, int(call), fall)  # type: ignore[assignment]
        case _:
            raise ValueError(point)


class _FatalPush(Fatal):
    async def push(self, *args: Any) -> None:  # found as a method of its own, so that it counts as one that pushes
        await self._fatal(self._wrapped.push)(*args)


async def work(environ: Mapping[str, str]) -> None:
    async with mailroom(load(environ=environ), float(environ.get(PER_SECOND, "100000"))) as room:
        if environ.get("FALL_AT"):
            wire(room, environ["FALL_AT"])
        while True:
            await room.look()
            await asyncio.sleep(LOOK_EVERY)


def live(environ: dict[str, str]) -> None:
    """The life of one forked process."""
    log = os.open(environ.get("CHILD_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    asyncio.run(work({name: value for name, value in environ.items() if name != "CHILD_LOG"}))


def main() -> None:
    storage.sql.deliveries.LEASE = LEASE  # type: ignore[misc]
    bot.newsdesk.RECOVER_EVERY = 1
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                live(json.loads(line))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
