"""`zuruf desk` starts this as a process of its own: `python -m desk [--config FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from datetime import date
from pathlib import Path

from aiohttp import web

from desk.app import create_app
from desk.config import DeskConfig, load
from desk.first import first_link
from desk.home import Home, opened
from desk.sessions import IDLE, LONGEST
from dialogs.i18n import Voice
from dialogs.messages import Language
from privacy.redaction import configure_logging
from storage.clock import TownClock
from storage.errors import StorageError
from storage.sql.threads import SHARE_SECONDS

FORGET_EVERY = 3600.0  # seconds
GRACE_SECONDS = 5.0
"""How long an answer under way may take when the desk ends."""


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="zuruf desk")
    parser.add_argument("--config", type=Path, default=None)
    config = load(parser.parse_args().config)
    configure_logging(config.log.level, config.log.format)  # or a traceback would print what frames hold
    sys.setswitchinterval(SHARE_SECONDS)
    asyncio.run(serve(config))


async def serve(config: DeskConfig) -> None:
    """Until SIGTERM or Ctrl-C."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopped.set)
    async with opened(config) as home:
        runner = web.AppRunner(create_app(config, home, TownClock(config.timezone)), access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, config.desk.host, config.desk.port, shutdown_timeout=GRACE_SECONDS)
            await site.start()
            await _say_where(config, home)
            async with asyncio.TaskGroup() as tasks:
                forgetting = tasks.create_task(_forget(home, TownClock(config.timezone)))
                await stopped.wait()
                forgetting.cancel()
        finally:
            await runner.cleanup()


async def _forget(home: Home, clock: TownClock) -> None:
    """Logins and links that are over do not stay, though nobody comes by."""
    while True:
        with contextlib.suppress(StorageError):  # the next hour, then
            await home.people.forget(clock.now() - LONGEST, clock.now() - IDLE, clock.now())
        await asyncio.sleep(FORGET_EVERY)


async def _say_where(config: DeskConfig, home: Home) -> None:
    voice = Voice(Language("de") if os.environ.get("LANG", "").startswith("de") else Language("en"), date.today())  # noqa: DTZ011
    print(voice.t("The desk runs: {address}", address=config.desk_address), flush=True)
    first = await first_link(config, home, TownClock(config.timezone))
    if first:
        print(voice.t("Nobody can log in yet. This link makes the first administrator; it serves once, for an hour:"))
        print(f"  {first}", flush=True)


if __name__ == "__main__":
    main()
