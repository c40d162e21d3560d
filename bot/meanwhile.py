"""What happens while a turn takes long: "typing" is shown to the citizen, then its lock is renewed again and again.

One timer for both, since nearly every turn ends before it rings. Not here: what a turn does (`turn.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from bot.delivery import Tasks

TYPING_AFTER = 1.0
"""Seconds after which the citizen is shown that an answer is on its way."""
RENEW_EVERY = 3.0
"""Seconds after which a turn that still runs renews its lock: thrice in the lock's life."""
RENEWALS = 40
"""Renewals of one turn: whatever takes longer than two minutes hangs, and loses its lock."""

Work = Callable[[], Coroutine[object, object, None]]


class Meanwhile:
    """The length of a turn, as a block. If the lock cannot be kept, `save` finds that it is lost: nothing changed."""

    __slots__ = ("_left", "_renew", "_tasks", "_timer", "_typing")

    def __init__(self, tasks: Tasks, typing: Work, renew: Work) -> None:
        self._tasks = tasks
        self._typing = typing
        self._renew = renew
        self._left = RENEWALS
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TYPING_AFTER, self._type)

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _type(self) -> None:
        self._tasks.start(self._typing(), "typing")
        self._timer = asyncio.get_running_loop().call_later(RENEW_EVERY - TYPING_AFTER, self._keep)

    def _keep(self) -> None:
        self._left -= 1
        self._tasks.start(self._renew(), "renew")
        self._timer = asyncio.get_running_loop().call_later(RENEW_EVERY, self._keep) if self._left else None
