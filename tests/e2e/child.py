"""Zuruf as a process of its own, which falls dead at a named point: `python -m e2e.child`, from the folder `tests`.

Each line on standard input is an environment (JSON); for each a process is forked, whose imports are done, so that a
test can start many. It is `zuruf run` and nothing else, but for `FALL_AT`: "save:after:3" ends it (as SIGKILL does:
nothing is tidied up) when the third `save` has returned. Points: load, save, settle (Redis), submit (database), deliver
(messenger); before or after. `STUMBLE_AT` raises an exception there instead, full of what it was called with.
Standard output: the process's id when it begins, its exit status when it has ended.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import adapters.telegram.rare  # noqa: F401  (the slowest import, done before the fork)
import bot.app
import bot.meanwhile
import bot.turn
import storage.redis
from bot.app import App
from bot.config import load
from bot.process import serve

FELL = 9
"""The exit status of a process that fell where it should."""
LOCK_SECONDS = 2
IN_DOUBT_AFTER = 1.0
"""What a dead process holds, and what it owes, comes free sooner than in life: the tests have less patience."""


class Fatal:
    """Wraps one object; its one method is fatal at the n-th call."""

    def __init__(self, wrapped: Any, method: str, moment: str, call: int, end: Callable[[Any], None]) -> None:
        self._wrapped, self._method, self._moment, self._left, self._end = wrapped, method, moment, call, end

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._wrapped, name)
        return self._fatal(found) if name == self._method else found

    def _fatal(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **named: Any) -> Any:
            self._left -= 1
            fatal = self._left == 0  # asked now: others call while this one waits
            if fatal and self._moment == "before":
                self._end(args)
            result = await method(*args, **named)
            if fatal and self._moment == "after":
                self._end(args)
            return result

        return call


def fall(_: Any) -> None:
    os._exit(FELL)


def stumble(args: Any) -> None:
    raise RuntimeError(f"a defect that quotes what it was given: {args!r}")


def wire(app: App, point: str, end: Callable[[Any], None]) -> None:
    """Put the fatal call between the process's parts. They have not run yet: `started` is called before that."""
    method, moment, call = point.split(":")
    wrap = lambda part: Fatal(part, method, moment, int(call), end)  # noqa: E731
    match method:
        case "load" | "save" | "settle":
            app.turns._conversations = wrap(app.turns._conversations)
        case "submit":
            app.turns._interpreter._responses = wrap(app.turns._interpreter._responses)
        case "deliver":
            channels: dict[str, Any] = app.adapters  # type: ignore[assignment]
            channels["telegram"] = wrap(channels["telegram"])
        case _:
            raise ValueError(point)


def started(app: App) -> None:
    for name, end in (("FALL_AT", fall), ("STUMBLE_AT", stumble)):
        for point in filter(None, os.environ.get(name, "").split(",")):
            wire(app, point, end)


def live(environ: dict[str, str]) -> None:
    """The life of one forked process."""
    os.environ.update(environ)
    log = os.open(environ.get("CHILD_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    serve(load(), started)


def main() -> None:
    storage.redis.LOCK_SECONDS = LOCK_SECONDS  # type: ignore[misc]
    bot.meanwhile.TYPING_AFTER = bot.meanwhile.RENEW_EVERY = LOCK_SECONDS / 3
    bot.app.IN_DOUBT_AFTER = bot.turn.IN_DOUBT_AFTER = IN_DOUBT_AFTER
    gc.collect()
    gc.freeze()  # no child looks through it for waste, which would copy it page by page
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
