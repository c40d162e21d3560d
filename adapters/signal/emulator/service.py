"""Signal's side: envelopes wait until a daemon receives them, and a daemon receives when somebody listens to it.

With `--receive-mode=manual`, as docs/deploy.md has it, they stay with Signal while nobody listens. With `on-start`, if
a test wants it, the daemon takes them all the same, and they are lost.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Final

from adapters.signal.emulator.chats import Json
from adapters.signal.emulator.faults import Faults

SWAP_SECONDS: Final = 0.05
"""How long a swapped envelope waits for the one that is to overtake it."""


class Service:
    """The envelopes of one account."""

    def __init__(self, account: str, faults: Faults, *, keeps: bool) -> None:
        self._account = account
        self._faults = faults
        self._keeps = keeps
        self._waiting: deque[bytes] = deque()
        self._listeners: list[Callable[[bytes], None]] = []
        self._held: bytes | None = None
        self.told = 0
        """Envelopes that were handed over, copies counted."""

    def deliver(self, event: Json) -> None:
        """On its way to the daemon."""
        self.bring(json.dumps({"account": self._account, **event}).encode())

    def bring(self, payload: bytes) -> None:
        """Any bytes as an event."""
        if self._faults.swaps and self._held is None:
            self._held = payload
            asyncio.get_running_loop().call_later(SWAP_SECONDS, self._release)
            return
        self._hand_over(payload)
        self._release()

    def listen(self, listener: Callable[[bytes], None]) -> Callable[[], None]:
        """Somebody connected; returns what ends it."""
        self._listeners.append(listener)
        while self._waiting:
            self._tell(self._waiting.popleft())

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    @property
    def waiting(self) -> int:
        """Envelopes that are still with Signal."""
        return len(self._waiting) + (self._held is not None)

    @property
    def heard(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def _release(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._hand_over(held)

    def _hand_over(self, payload: bytes) -> None:
        if self._listeners:
            self._tell(payload)
        elif self._keeps:
            self._waiting.append(payload)

    def _tell(self, payload: bytes) -> None:
        for listener in list(self._listeners):
            for _ in range(1 + self._faults.copies):
                self.told += 1
                listener(payload)
