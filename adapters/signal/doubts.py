"""Messages that the daemon could not open, until it can after all or nobody is to be kept waiting any longer.

Where keys are missing (we forgot somebody who took leave, a telephone is new), nothing is lost yet: the daemon asks the
telephone, which sends the message once more by itself, or opens it as soon as the new keys are trusted. Whoever were
asked at once to write again would be read twice. It may have been no message at all, for nobody sends "typing" once
more: whatever can be read of somebody ends the doubt about them. Who waits here waits in memory alone. Not here: what
an envelope says (`codec.py`), trusting (`errands.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from adapters.signal.codec import Decoded, Unopened
from dialogs.events import Unreadable

AGAIN_SECONDS: Final = 20.0
"""For a telephone to send a message once more."""
TRUSTED_SECONDS: Final = 75.0
"""For a message under new keys: the daemon tries it with the next envelope of anybody, after a minute at the latest."""
MOST: Final = 1000
"""People who wait; further ones are not kept waiting."""

Tell = Callable[[Decoded], Awaitable[None]]
"""Takes that something came which could not be read."""


class Doubts:
    """One account's."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    async def add(self, unread: Unopened) -> None:
        """Wait for it: one word for all of somebody's is enough. Tell at once where too many wait."""
        if unread.sender in self._waiting:
            return
        if len(self._waiting) >= MOST:
            await self._tell(_said(unread))
            return
        seconds = TRUSTED_SECONDS if unread.untrusted else AGAIN_SECONDS
        self._waiting[unread.sender] = asyncio.create_task(self._wait(unread, seconds), name="signal-doubt")

    def dispel(self, sender: str) -> None:
        """Something of theirs could be opened: there are keys again."""
        task = self._waiting.pop(sender, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Nobody is kept waiting any more."""
        self._closing.set()
        await asyncio.gather(*list(self._waiting.values()), return_exceptions=True)

    async def _wait(self, unread: Unopened, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass
        self._waiting.pop(unread.sender, None)
        await self._tell(_said(unread))


def _said(unread: Unopened) -> Decoded:
    """The mark differs from the message's: once the daemon can read it after all, it is no duplicate."""
    return Decoded(unread.sender, Unreadable(encrypted=True, perhaps=True), f"{unread.mark}!", unread.sent)
