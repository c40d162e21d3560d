"""Somebody came back to a channel that keeps nothing for whoever is away (the web chat): what waits is brought now.

Not here: what waits, and how it is brought (`orders.py`, `casenews.py`).
"""

from __future__ import annotations

import contextlib

from bot.delivery import Tasks
from bot.orders import OrderWorker
from dialogs.events import Reopened, Started
from privacy.addresses import Person
from storage.caseties import CaseTies
from storage.clock import Clock
from storage.errors import StorageError

Opening = Reopened | Started
"""Acts by which somebody comes back."""


class Returned:
    """Looks after people who came back."""

    def __init__(self, ties: CaseTies, orders: OrderWorker, clock: Clock, tasks: Tasks) -> None:
        self._ties = ties
        self._orders = orders
        self._clock = clock
        self._tasks = tasks

    def look(self, person: Person) -> None:
        """Begin with what waits for this person, unawaited."""
        self._tasks.start(self._look(person), "returned")

    async def _look(self, person: Person) -> None:
        with contextlib.suppress(StorageError):  # it is tried again in its time
            for case in await self._ties.cases_of(person.address, self._clock.today()):
                await self._orders.look(case.hex())
