"""What somebody follows, and what they wait for: found by the person alone, and gone at their word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from made_tables import with_tables

from bot.config import load
from bot.following import Following
from bot.home import Home, opened
from dialogs.effects import AskOutcome, FindSubscription
from dialogs.events import NewsAim
from dialogs.messages import Language
from privacy.addresses import Address, Person
from storage.clock import TownClock

ADA, BEN = (Person(Address("telegram", "4242", str(number))) for number in (1, 2))
SURVEYS = ("bus", "park", "platz")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with opened(load(environ={"ZURUF_STATE_DIR": str(with_tables(tmp_path / "state"))})) as home:
        yield home


async def test_a_wish_for_an_outcome_is_found_and_forgotten_by_whoever_has_it(home: Home) -> None:
    following = Following(home.book, home.subscriptions, TownClock(load(environ={}).timezone))
    for survey in ("bus", "park"):
        await following.ask_outcome(AskOutcome(survey, Language("de")), ADA, "telegram")
    await following.ask_outcome(AskOutcome("bus", Language("de")), BEN, "telegram")
    assert await following.outcomes(ADA, SURVEYS) == ("bus", "park")
    assert (await following.found(FindSubscription(NewsAim.STOP), ADA, SURVEYS)).outcomes == ("bus", "park")
    await following.forget_outcome(ADA, "bus")
    await following.forget_outcome(ADA, "platz")
    assert await following.outcomes(ADA, SURVEYS) == ("park",)
    assert await following.outcomes(BEN, SURVEYS) == ("bus",)
    await following.forget_outcome(ADA, "park")
    left = await home.database.read(
        lambda connection: connection.exec_driver_sql("select count(*) from contacts").scalar_one()
    )
    assert left == 1, "the address that was kept for it is erased with it"
