"""`zuruf run`: the event loop, signals, the order of the end."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

import structlog
import uvloop

from bot.app import App, running
from bot.config import Config
from privacy.redaction import configure_logging
from storage.sql.threads import SHARE_SECONDS

HEALTH_SECONDS = 5.0
NEW_OBJECTS = 10_000
"""Objects that may come before the collector of circles looks; Python's own 700 are a turn or two."""

log = structlog.get_logger()


def serve(config: Config, started: Callable[[App], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `started` is called once everything runs. Raises `SetupError`."""
    configure_logging(config.log.level, config.log.format)
    sys.setswitchinterval(SHARE_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config, started))


async def _serve(config: Config, started: Callable[[App], None] | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(config) as app:
        _leave_in_peace()
        log.info("started", port=app.port, channels=",".join(app.adapters))
        if started is not None:
            started(app)
        await stop.wait()
        log.info("stopping")
    log.info("stopped")


def _leave_in_peace() -> None:
    """What stands after the start stays: the collector need not look through it again and again.

    Measured: a tenth of the processor time of a turn.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def is_healthy(config: Config) -> bool:
    """Ask the running process on this machine."""
    host = config.http.host if config.http.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{config.http.port}/healthz", timeout=HEALTH_SECONDS) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return False
