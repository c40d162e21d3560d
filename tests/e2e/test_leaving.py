"""Who leaves while news are being sent: a second after the bot said so, nothing more of them comes.

In the chat, by "stop" and by "delete everything", each at a random moment of the run; a thousand times each in
`make test-long`. Seeds are printed.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from e2e.newsdesk import approved, counts, hire, news_file, state_is, subscribed
from e2e.town import TownUnderTest, running_town

from adapters.telegram.emulator import Citizen
from dialogs.broadcasts import BroadcastState, Outcome

NEWS = "Am Samstag ist Markt."
PATIENCE = 60.0
LATEST = 1.0
"""Seconds after the acknowledgement in which a call that was under way may still arrive."""
SENDING = 3.0
"""Seconds that the run takes."""


class Leaver:
    """One person who leaves, and the news that came too late."""

    def __init__(self, citizen: Citizen) -> None:
        self.citizen = citizen
        self.late: list[str] = []
        self.heard = False

    async def leaves(self, word: str, after: float) -> None:
        await asyncio.sleep(after)
        await self.citizen.says(word)
        await self._until("?" if word == "alles löschen" else "Wiedersehen")
        if word == "alles löschen":
            await self.citizen.says("ja")
            await self._until("keine mehr gespeichert")
        await asyncio.sleep(LATEST)
        await self._all_that_came()

    async def stays_quiet(self) -> None:
        """Nothing came since."""
        self.late = [message.text for message in await self._all_that_came() if NEWS in message.text]

    async def _until(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                (message,) = await self.citizen.reads(1, PATIENCE)
                self.heard |= NEWS in message.text
                if words in message.text and NEWS not in message.text:
                    return

    async def _all_that_came(self):  # type: ignore[no-untyped-def]
        return await self.citizen.reads(self.citizen.unread())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("people", [40, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize("word", ["stopp", "alles löschen"])
async def test_a_second_after_the_acknowledgement_nothing_more_comes(
    tmp_path: Path, valkey_url: str, word: str, people: int
) -> None:
    seed = people
    print(f"seed {seed}")
    chance = random.Random(seed)
    seconds = SENDING * max(1.0, people / 200)
    pace = {"ZURUF_TELEGRAM_NEWS_PER_SECOND": str(people / seconds)}
    async with running_town(tmp_path / "state", valkey_url, **pace) as town:
        await hire(town.config)
        leavers = [Leaver(citizen) for citizen in await subscribed(town, people)]
        number = await approved(town.config, news_file(tmp_path, NEWS))
        await state_is(town, number, BroadcastState.SENDING)
        await asyncio.gather(*(leaver.leaves(word, chance.uniform(0, seconds)) for leaver in leavers))
        await _over(town, number)
        for leaver in leavers:
            await leaver.stays_quiet()
        assert [leaver.late for leaver in leavers if leaver.late] == []
        outcomes = await counts(town, number)
        assert set(outcomes) <= {Outcome.ACCEPTED, Outcome.UNSUBSCRIBED}
        assert 0 < outcomes.get(Outcome.ACCEPTED, 0) < people, "some left before their turn, some after"


async def _over(town: TownUnderTest, number) -> None:  # type: ignore[no-untyped-def]
    await state_is(town, number, BroadcastState.SENT)
