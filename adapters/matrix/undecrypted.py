"""Messages whose key is not here yet: kept for some seconds, since the key is often on its way; then one helpful word.

Only ciphertext waits, in memory. A session that broke is healed meanwhile (`Client.tend_keys`); the key itself is asked
of nobody: clients give keys to their own account's devices only, and so do we.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from nio import MegolmEvent
from nio.exceptions import EncryptionError

from adapters.matrix.batches import Batch
from adapters.matrix.client import Client

PATIENCE_SECONDS: Final = 8.0
"""Until the citizen hears that a message could not be read."""
HELD: Final = 500
"""Messages held at once; the oldest are given up early."""
WORD_EVERY_SECONDS: Final = 600.0
"""Between two such words in one room: a row of unreadable messages gets one."""
ROOMS: Final = 4096
"""Rooms whose last word is remembered, by a hash of the process."""


@dataclass(frozen=True, slots=True)
class Held:
    """One message without its key. `batch` is the sync that brought it, and stays open so long."""

    event: MegolmEvent
    room: str
    batch: Batch
    deadline: float


class Undecrypted:
    """The messages that wait."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._held: list[Held] = []
        self._words: dict[int, float] = {}

    def __bool__(self) -> bool:
        return bool(self._held)

    def hold(self, event: MegolmEvent, room: str, batch: Batch) -> None:
        event.room_id = room
        batch.open += 1
        self._held.append(Held(event, room, batch, self._clock() + PATIENCE_SECONDS))

    def holds(self, room: str) -> bool:
        """Whether a message of the room waits."""
        return any(held.room == room for held in self._held)

    def settle(self) -> Iterator[tuple[Held, Any]]:
        """Those that are done: with the decrypted event, or None when their time is over."""
        waiting, self._held = self._held, []
        surplus = len(waiting) - HELD
        for index, held in enumerate(waiting):
            try:
                yield held, self._client.decrypt_event(held.event)
            except EncryptionError:
                if index < surplus or held.deadline <= self._clock():
                    yield held, None
                else:
                    self._held.append(held)

    def may_say(self, room: str) -> bool:
        """Whether the room has not had the word lately; it counts as said now."""
        place, now = hash(room) % ROOMS, self._clock()
        if now - self._words.get(place, float("-inf")) < WORD_EVERY_SECONDS:
            return False
        self._words[place] = now
        return True
