"""Time passes over everything that the attack left: nothing is older than its limit in `privacy/retention.py`.

What the town keeps (surveys, results, news) stays, and what hangs on a citizen's own word (news that they get). All
else with a limit has to be gone by it, in every table, whichever feature wrote it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from canary.scene import TODAY, Scene
from sqlalchemy import Connection, func, select

from bot.feedback import set_status
from bot.home import Home, opened
from bot.housekeeping import housekeep
from bot.staff import close_survey
from bot.voice import terminal_voice
from desk.sessions import IDLE, LONGEST
from dialogs.moderation import CLOSED, CaseStatus
from privacy.retention import COLUMNS, Limit, Until
from storage.memory import MemoryConversations
from storage.orders import ENDED
from storage.sql.case_tables import cases
from storage.sql.metadata import keyring, records
from storage.sql.people import SqlPeople
from storage.sql.tables import files, orders

GRACE = timedelta(days=16)
"""Fourteen days from the close, and the day after."""
WITHOUT_END = {"tables_scattered"}
"""What is done anew each time."""
SOON = timedelta(days=2)
"""Limits count from the day on which something ended; that day and the next do not count."""
MANY = 20
"""Columns with a limit in which something stood."""


async def nothing_is_older_than_its_limit(scene: Scene) -> None:
    """Everything is closed today, then the clock moves to the end of each limit."""
    voice, today = terminal_voice({"LANG": "de"}), TODAY.date()
    async with opened(scene.config) as home:
        open_cases = [case.stored.id.hex() for case in await home.cases.all() if case.stored.status not in CLOSED]
        still_open = [survey.code for survey in await home.surveys.all() if not survey.closed]
    for case in open_cases:
        await set_status(scene.config, case, CaseStatus.DONE, "", "", voice)
    for code in still_open:
        await close_survey(scene.config, code, voice)
    limits = sorted({_days(kept.limit) for kept in COLUMNS.values()} - {None}, key=lambda days: days or GRACE)
    async with opened(scene.config) as home:
        before = await _left(home, [name for name, kept in COLUMNS.items() if _days(kept.limit) is not None])
        assert len(before) > MANY, f"too little was left to be forgotten: {sorted(before)}"
        for days in limits:
            assert days is not None
            await _passes(home, today + days + SOON)
            over = [name for name, kept in COLUMNS.items() if (its := _days(kept.limit)) is not None and its <= days]
            left = await _left(home, over)
            assert not left, f"older than its limit after {days.days} days: {left}"


def _days(limit: Limit) -> timedelta | None:
    """How long after the end of everything; None: the town or the citizen decides, or the process."""
    if isinstance(limit, timedelta):
        return max(limit, timedelta(days=1))
    return GRACE if limit in {Until.GRACE_OVER, Until.MOVED} else None


async def _passes(home: Home, day: date) -> None:
    """What the bot does every hour, and the desk."""
    await housekeep(home.housekeeping, MemoryConversations(), day)
    again = await housekeep(home.housekeeping, MemoryConversations(), day)
    assert {rule for rule, number in again.items() if number} <= WITHOUT_END, f"not idempotent: {again}"
    now = datetime.combine(day, TODAY.timetz())
    await SqlPeople(home.database).forget(now - LONGEST, now - IDLE, now)


async def _left(home: Home, columns: list[str]) -> dict[str, int]:
    """How many values stand in these columns."""
    tables = {table.fullname: table for table in (*records.sorted_tables, *keyring.sorted_tables)}

    def count(connection: Connection, name: str) -> int:
        table, _, column = name.rpartition(".")
        value = tables[table].c[column]
        wanted = select(func.count()).where(value.is_not(None))
        if table == orders.fullname:  # what waits for the bot, which has ended, is kept until it is done
            wanted = wanted.where(orders.c.state.in_([state.value for state in ENDED]))
        if table == files.fullname:  # a case's photo goes with the case
            wanted = wanted.where(files.c.response.is_(None) | files.c.response.not_in(select(cases.c.id)))
        return int(connection.execute(wanted).scalar_one())

    def counted(connection: Connection, names: list[str]) -> dict[str, int]:
        return {name: left for name in names if (left := count(connection, name))}

    keys = [name for name in columns if name.startswith("keyring.")]
    found = await home.database.read(lambda connection: counted(connection, [n for n in columns if n not in keys]))
    return found | await home.database.ring_read(lambda connection: counted(connection, keys))
