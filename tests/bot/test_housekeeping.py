"""What time takes away: each rule stands alone, and what it took is counted in the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from bot.housekeeping import housekeep
from privacy.redaction import ALLOWED
from privacy.sealing import Unsealable
from storage.errors import Unavailable
from storage.memory import MemoryConversations

TODAY = date(2026, 11, 28)


class Rules:
    """Every rule takes one thing away, but for those that fail."""

    def __init__(self, **failing: Exception) -> None:
        self._failing = failing
        self.scattering = self

    def __getattr__(self, name: str) -> Callable[..., Awaitable[int]]:
        async def rule(*_: object) -> int:
            if name in self._failing:
                raise self._failing[name]
            return 1

        return rule


async def test_a_rule_that_fails_leaves_the_others_their_work() -> None:
    broken = Rules(renew_contacts=Unsealable("a row of other hands"), settle_surveys=Unavailable("locked"))
    whole = await housekeep(Rules(), MemoryConversations(), TODAY)  # type: ignore[arg-type]
    counts = await housekeep(broken, MemoryConversations(), TODAY)  # type: ignore[arg-type]
    assert whole.keys() - counts.keys() == {"contacts_renewed", "surveys_settled"}


async def test_the_log_counts_what_every_rule_took() -> None:
    counts = await housekeep(Rules(), MemoryConversations(), TODAY)  # type: ignore[arg-type]
    assert counts.keys() <= ALLOWED
