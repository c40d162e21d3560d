"""A year and more goes by, day after day: nothing that is kept outlives its limit, and what has none stays."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.config import Config
from bot.home import Home, opened
from bot.housekeeping import housekeep
from dialogs.effects import Report, Submit, Value
from dialogs.events import MediaName
from dialogs.follows import Interest, InterestKind, Subscription
from dialogs.messages import Language
from dialogs.moderation import CaseStatus
from dialogs.world import Mode, Survey
from privacy.addresses import Address
from privacy.contacts import ContactPurpose
from privacy.files import new_file_name, seal_file
from privacy.keyring import KeyKind
from privacy.retention import DRAFT_FILE, KEYS
from storage.backups import KEPT_DAYS, Copy, all_backups, copy_of, is_over, new_backup
from storage.cases import CaseId
from storage.caseties import CASE_DAYS
from storage.contactbook import ContactBook
from storage.memory import MemoryConversations
from storage.records import FormVersion, Submission, Token
from storage.settings import DatabaseSection, StateSection
from storage.sql.contacts import SqlContacts
from storage.sql.tables import contacts, files, participations, responses, return_codes, staging

START = date(2026, 11, 22)
CLOSES = START + timedelta(days=30)
GRACE = 14
DAYS = (*range(11), 28, 30, 31, *range(43, 47), 49, *range(89, 93), 200, *range(364, 368), 372, 400, 430)
"""Days on which housekeeping runs: all while much ends, some between, all around the turn of a year's limit."""
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")
BY_AGE = (
    KeyKind.EPOCH,
    KeyKind.RATE,
    KeyKind.CONTACT_INDEX,
    KeyKind.CONTACT_PUBLIC,
    KeyKind.CONTACT_PRIVATE,
)


@pytest.fixture
async def home(database_url: str, tmp_path: Path) -> AsyncIterator[Home]:
    config = Config(state=StateSection(dir=str(tmp_path / "state")), database=DatabaseSection(url=database_url))
    async with opened(config) as made:
        for code, mode in (("bus", Mode.DEDUPE), ("strict", Mode.STRICT)):
            survey = Survey(code, FORM.hash, {"": code}, closes=CLOSES, grace_days=GRACE, mode=mode)
            await made.surveys.publish(survey, FORM)
        yield made


async def _answer(home: Home, survey: str) -> bytes:
    id_ = os.urandom(16)
    submit = Submit(survey, FORM.hash, id_, "de", (Value("/q", "words", sealed=True),))
    await home.keychain.pepper(survey, START)
    await home.keychain.return_code_salt(survey, START)
    await home.responses.submit(Submission(submit, Token(os.urandom(16)), START, "web", return_code=os.urandom(16)))
    return id_


async def _fill(home: Home, tmp_path: Path) -> ContactBook:
    """Something of every kind that has a limit."""
    ids = [await _answer(home, "bus") for _ in range(12)]
    for _ in range(13):
        await _answer(home, "strict")
    await home.responses.erase("bus", ids[0])  # type: ignore[arg-type]
    name = MediaName(new_file_name(".jpg"))
    await home.media.keep(name, seal_file(name, b"x"), START)
    book = ContactBook(SqlContacts(home.database), home.keychain, home.keys)
    follower = await book.add(Address("telegram", "b", "1"), ContactPurpose.SUBSCRIPTION, START)
    topic = Interest(InterestKind.TOPIC, "parks")
    await home.subscriptions.put(follower, "telegram", Subscription(frozenset({topic}), Language("de"), START))
    curious = await book.add(Address("telegram", "b", "2"), ContactPurpose.OUTCOME, START)
    await home.subscriptions.wish(curious, "bus", "telegram", "de")
    report = Report(os.urandom(16), "roads", "", "Loch", "", None, "", "BCDF-GHJK-2345", "de", "1", reply=True)
    await home.cases.open(report, START)
    assert await home.ties.tie(CaseId(report.case), Address("telegram", "b", "3"), START)
    case = await home.cases.get(CaseId(report.case))
    assert case is not None
    await home.cases.step(case, CaseStatus.DONE, START)
    for of in Copy:
        new_backup(home.state, tmp_path / of.value, of, datetime(START.year, START.month, START.day, 12))
    return book


async def _number(home: Home, table: object) -> int:
    wanted = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return await home.database.read(lambda connection: connection.execute(wanted).scalar_one())


async def _oldest_too_old(home: Home, today: date) -> list[str]:
    found = []
    for count in await home.keys.census():
        limit = KEYS[KeyKind(count.kind)].limit
        if KeyKind(count.kind) in BY_AGE and isinstance(limit, timedelta) and count.oldest + limit < today:
            found.append(f"{count.kind} of {count.oldest}")
    return found


async def test_nothing_outlives_its_limit(home: Home, tmp_path: Path) -> None:
    await _fill(home, tmp_path)
    conversations = MemoryConversations()
    for number in DAYS:
        today = START + timedelta(days=number)
        await home.keychain.epochs(today)  # what a running process makes each day
        await home.keychain.rate(today)
        await housekeep(home.housekeeping, conversations, today)
        assert not await _oldest_too_old(home, today)
        assert not [path for path in all_backups(home.state) if is_over(path, today)]
        if today > START + DRAFT_FILE:
            assert await _number(home, files) == 0
        if today > START + timedelta(days=CASE_DAYS):
            assert await _number(home, contacts) == (2 if today <= START + timedelta(days=365) else 1)
        if today > CLOSES:
            assert await _number(home, staging) == 0
        if today > CLOSES + timedelta(days=GRACE):
            ring = [*await home.keys.purposes("pepper/"), *await home.keys.purposes("return-code/")]
            assert [*ring, *await home.keys.purposes("staging/")] == []
            assert await _number(home, participations) == await _number(home, return_codes) == 0
        if number in {49, 200, 372}:
            again = await housekeep(home.housekeeping, conversations, today)
            assert not any(again.values()), "a second run the same day finds nothing to do"

    assert await _number(home, responses) == 11 + 13, "answers have no limit of their own"
    assert await home.keys.purposes("response/") == [], "originals end with the grace"
    assert len(await home.keys.purposes("contact/")) == await _number(home, contacts) == 1
    assert not await home.keys.buried("bus")


async def test_backups_end_one_after_the_other(home: Home, tmp_path: Path) -> None:
    await _fill(home, tmp_path)
    conversations = MemoryConversations()

    async def left(days: int) -> set[Copy | None]:
        await housekeep(home.housekeeping, conversations, START + timedelta(days=days))
        return {copy_of(path) for path in all_backups(home.state)}

    assert await left(KEPT_DAYS[Copy.KEYRING]) == set(Copy)
    assert await left(KEPT_DAYS[Copy.KEYRING] + 1) == {Copy.RECORDS}
    assert await left(KEPT_DAYS[Copy.RECORDS] + 1) == set()
