"""Barriers that somebody reports: taken from the citizens' pages, and for a town without a desk shown on the screen.

Not here: the form (`adapters/web/accessibility_page.py`), keeping (`storage/sql/barriers.py`).
"""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Final

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.screen import visible
from dialogs.accessibility import ANSWER_WEEKS, Barrier
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.clock import Clock
from storage.errors import Conflict
from storage.sql.barriers import Reported

SHOWN: Final = 200
"""Reports on the screen."""


async def take_barrier(barrier: Barrier, home: Home, clock: Clock) -> bool:
    """False if there are too many just now. Raises `storage.errors.StorageError`."""
    today = clock.today()
    return await home.barriers.report(barrier, today, await home.readings.public(today))


async def show_barriers(config: Config, answered: str, voice: Voice) -> None:
    """What was reported, as it was written. `answered`: the number of one that was answered. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        try:
            found = await home.barriers.all(SHOWN)
        except Conflict as error:
            raise ActError(str(error)) from None
        if answered:
            wanted = [each for each in found if each.id.hex().startswith(answered.strip().lower())]
            if len(wanted) != 1 or not await home.barriers.answer(wanted[0].id, getpass.getuser(), clock.today()):
                raise ActError(voice.t("There is no report “{number}” that waits for an answer.", number=answered))
            await note(home, clock, "barrier.answered", wanted[0].number)
            console.print(voice.t("Noted as answered. It is deleted in 90 days."))
            return
        await note(home, clock, "barriers.read", "", str(len(found)))
        waiting = [each for each in found if each.answered is None]
        if not waiting:
            console.print(voice.t("No report of a barrier waits for an answer."))
        for each in waiting:
            console.print("\n".join(_lines(each, voice)), markup=False)


def _lines(each: Reported, voice: Voice) -> list[str]:
    due = each.day + timedelta(weeks=ANSWER_WEEKS)
    days = {"day": each.day.isoformat(), "due": due.isoformat()}
    lines = [voice.t("{number} of {day}; an answer is due by {due}", number=each.number, **days)]
    if each.barrier is None:
        return [*lines, "  " + voice.t("Its key is gone: it cannot be read any more.")]
    lines.append("  " + voice.quoted(visible(each.barrier.what)))
    if each.barrier.where:
        lines.append("  " + voice.t("Where: {place}", place=visible(each.barrier.where)))
    reach = visible(each.barrier.contact) if each.barrier.contact else voice.t("Nobody said how to reach them.")
    return [*lines, "  " + reach]
