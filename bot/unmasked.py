"""Does for the desk what takes keys: seals an original, whose request two people decided, for the reading key.

Fit to be done twice: a key that was kept for nothing opens nothing. Not here: who may ask and approve
(`storage/acts/unmasking.py`), how long it can be read (`privacy/retention.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.orders import Done, Dropped, Handler, Outcome
from storage.cases import CaseId
from storage.clock import Clock
from storage.orders import Order, OrderKind
from storage.sql.case_copies import CaseCopies
from storage.sql.readings import Readings
from storage.sql.unmaskings import Unmaskings


class Unmasked:
    """The bot's part of unmasking."""

    def __init__(self, unmaskings: Unmaskings, readings: Readings, copies: CaseCopies, clock: Clock) -> None:
        self._copies = copies
        self._unmaskings = unmaskings
        self._readings = readings
        self._clock = clock

    def handlers(self) -> Mapping[OrderKind, Handler]:
        return {OrderKind.UNMASK: self._unmask}

    async def _unmask(self, order: Order) -> Outcome:
        asked = await self._unmaskings.get(bytes.fromhex(order.subject))
        if asked is None or not asked.approved_by:
            return Dropped()
        if asked.sealed is not None:
            return Done()
        today = self._clock.today()
        if asked.survey:
            unmasked = await self._readings.unmask(asked.id, asked.response, asked.position, today)
        else:
            unmasked = await self._copies.unmask(asked.id, CaseId(asked.response), asked.position, today)
        if unmasked is None:
            return Dropped()
        sealed, key = unmasked
        await self._readings.show_unmasked(key, today)
        await self._unmaskings.fill(asked.id, sealed)
        return Done()
