"""The bot's half of the intake pair: opens what staff wrote at the desk. The desk has the public part alone.

Not here: rows (`sql/intakes.py`), moving the words into a case (`bot/casework.py`).
"""

from __future__ import annotations

from datetime import date

from privacy.intake import open_words
from privacy.keyring import intake_key
from privacy.pairs import new_private, public_of
from privacy.sealing import Unsealable
from storage.cases import CaseId
from storage.keychain import Keychain
from storage.sql.intakes import INTAKE_PUBLIC, Intakes, about


class Intake:
    """All raise `Unavailable` when a store is away."""

    def __init__(self, intakes: Intakes, keychain: Keychain) -> None:
        self._intakes = intakes
        self._keychain = keychain

    async def publish(self, today: date) -> None:
        """Make the pair if there is none, and lay its public part where the desk finds it."""
        private = await self._keychain.put_new(intake_key(), new_private(), today)
        await self._intakes.publish(INTAKE_PUBLIC, public_of(private), today)

    async def words(self, intake: bytes, case: CaseId, kind: str) -> str | None:
        """What was written; None if it was taken before, or cannot be opened (any more)."""
        sealed = await self._intakes.sealed(intake)
        private = await self._keychain.existing(intake_key())
        if sealed is None or private is None:
            return None
        try:
            return open_words(private, about(kind, case, intake), sealed)
        except Unsealable:
            return None

    async def drop(self, intake: bytes) -> None:
        """It was taken."""
        await self._intakes.drop(intake)
