"""One contract for every implementation of `Cases`, and the case book over each of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from made_tables import database_of

from dialogs.effects import Report
from dialogs.events import MediaName
from dialogs.moderation import NEXT, CaseStatus
from privacy.files import new_file_name, seal_file
from privacy.keyring import Ring, case_key, new_key
from privacy.retention import CASE_CODE_KEPT, CASE_KEPT
from storage.casebook import ORPHAN_DAYS, CaseBook
from storage.cases import CaseId, Cases
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys
from storage.memory_cases import MemoryCases
from storage.memory_records import MemoryKeys, MemoryMedia
from storage.records import Media
from storage.sql.database import open_database
from storage.sql.feedback import SqlCases
from storage.sql.keys import SqlKeys
from storage.sql.media import SqlMedia

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODE, OTHER = "BCDF-GHJK-2345", "BCDF-GHJK-2346"
RECEIVED, WITH_OFFICE, DONE, DECLINED = CaseStatus


@dataclass
class Desk:
    cases: Cases
    media: Media
    keys: Keys
    book: CaseBook


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    ring = Ring(new_key())
    if request.param == "memory":
        keys, media = MemoryKeys(), MemoryMedia()
        cases = MemoryCases(media)
        yield Desk(cases, media, keys, CaseBook(cases, Keychain(ring, keys, timedelta(days=1)), keys))
        return
    url = database_of(request)
    database = await open_database(url, tmp_path)
    sql_keys, sql_cases = SqlKeys(database), SqlCases(database)
    keychain = Keychain(ring, sql_keys, timedelta(days=1))
    yield Desk(sql_cases, SqlMedia(database), sql_keys, CaseBook(sql_cases, keychain, sql_keys))
    await database.close()


def report(words: str = "Ein Loch", code: str = CODE, case: bytes = b"", photo: str = "") -> Report:
    return Report(case or os.urandom(16), "roads", "Bauhof", words, "", (51.05, 13.74), photo, code, "de", "1")


async def test_a_case_is_found_by_its_code(desk: Desk) -> None:
    await desk.book.open(report(), TODAY)
    case = await desk.book.by_code(CODE, TODAY)
    assert case is not None
    assert (case.reported.words, case.reported.point) == ("Ein Loch", (51.05, 13.74))
    assert (case.stored.status, case.stored.opened, case.stored.office) == (RECEIVED, TODAY, "Bauhof")
    assert await desk.book.by_code(OTHER, TODAY) is None


async def test_words_and_codes_are_sealed(desk: Desk) -> None:
    await desk.book.open(report("Geheimnis"), TODAY)
    (stored,) = await desk.cases.all()
    assert b"Geheimnis" not in stored.sealed
    assert stored.code is not None
    assert CODE.encode() not in stored.code


async def test_the_same_report_again_is_one_case_under_its_newest_code(desk: Desk) -> None:
    case = os.urandom(16)
    await desk.book.open(report(case=case), TODAY)
    await desk.book.open(report(case=case, code=OTHER), TODAY)
    assert len(await desk.book.all()) == 1
    assert await desk.book.by_code(CODE, TODAY) is None
    assert await desk.book.by_code(OTHER, TODAY) is not None


async def test_messages_keep_their_order_and_come_once(desk: Desk) -> None:
    first = report()
    await desk.book.open(first, TODAY)
    case = CaseId(first.case)
    for _ in range(2):
        await desk.book.add(case, b"m" * 16, "Hinter der Ampel", TODAY)
    await desk.book.reply(case, "Danke", NOON, tell=False)
    found = await desk.book.get(case)
    assert found is not None
    assert [(each.by_town, each.words) for each in found.messages] == [(False, "Hinter der Ampel"), (True, "Danke")]
    with pytest.raises(Conflict):
        await desk.book.add(CaseId(b"x" * 16), b"n" * 16, "Ins Leere", TODAY)


@pytest.mark.parametrize("now", CaseStatus)
@pytest.mark.parametrize("then", CaseStatus)
async def test_a_case_goes_where_the_table_lets_it(desk: Desk, now: CaseStatus, then: CaseStatus) -> None:
    await desk.book.open(report(), TODAY)
    for step in {RECEIVED: (), WITH_OFFICE: (WITH_OFFICE,), DONE: (DONE,), DECLINED: (DECLINED,)}[now]:
        case = await desk.book.by_code(CODE, TODAY)
        assert case is not None
        await desk.book.step(case, step, TODAY)
    case = await desk.book.by_code(CODE, TODAY)
    assert case is not None
    if then not in NEXT[now]:
        with pytest.raises(Conflict):
            await desk.book.step(case, then, TODAY)
        return
    await desk.book.step(case, then, TODAY, "Tiefbauamt", "Darum")
    moved = await desk.book.by_code(CODE, TODAY)
    assert moved is not None
    assert (moved.stored.status, moved.stored.office, moved.reason) == (then, "Tiefbauamt", "Darum")
    assert (moved.stored.closed == TODAY) is (then in (DONE, DECLINED))


async def test_two_clerks_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    await desk.book.open(report(), TODAY)
    case = await desk.book.by_code(CODE, TODAY)
    assert case is not None
    await desk.book.step(case, DONE, TODAY)
    with pytest.raises(Conflict):
        await desk.book.step(case, DECLINED, TODAY, reason="Zu spät")


async def test_an_erased_case_takes_its_photo_and_key_with_it(desk: Desk) -> None:
    photo = new_file_name(".jpg")
    await desk.media.keep(MediaName(photo), seal_file(photo, b"pixels"), TODAY)
    sent = report(photo=photo)
    await desk.book.open(sent, TODAY)
    await desk.media.drop(MediaName(photo))  # it is no draft's file any more
    assert await desk.media.read(MediaName(photo)) is not None
    assert await desk.book.erase([CaseId(sent.case)]) == 1
    assert await desk.media.read(MediaName(photo)) is None
    assert await desk.keys.get(case_key(sent.case)) is None
    assert await desk.book.by_code(CODE, TODAY) is None
    assert await desk.book.erase([CaseId(sent.case)]) == 0


async def test_codes_end_90_days_after_the_close_and_cases_after_a_year(desk: Desk) -> None:
    sent = report()
    await desk.book.open(sent, TODAY)
    assert await desk.book.end_codes(TODAY + 2 * CASE_KEPT) == 0  # an open case keeps its code
    case = await desk.book.by_code(CODE, TODAY)
    assert case is not None
    await desk.book.step(case, DONE, TODAY)
    assert await desk.book.end_codes(TODAY + CASE_CODE_KEPT) == 0
    assert await desk.book.end_codes(TODAY + CASE_CODE_KEPT + timedelta(days=1)) == 1
    assert await desk.book.by_code(CODE, TODAY) is None
    assert await desk.book.forget_old(TODAY + CASE_KEPT) == 0
    assert await desk.book.forget_old(TODAY + CASE_KEPT + timedelta(days=1)) == 1
    assert await desk.book.all() == []


async def test_what_a_crash_or_a_restore_left_half_is_swept(desk: Desk) -> None:
    restored, alone = report(), report(code=OTHER)
    await desk.book.open(restored, TODAY)
    await desk.book.open(alone, TODAY)
    await desk.keys.destroy([case_key(restored.case)])  # erased, and its row came back with a backup
    await desk.cases.erase([CaseId(alone.case)])  # a report that was never stored
    assert await desk.book.by_code(CODE, TODAY) is None
    assert await desk.book.sweep(TODAY) == 1
    assert await desk.cases.all() == []
    assert await desk.keys.get(case_key(alone.case)) is not None  # it may still be on its way
    await desk.book.sweep(TODAY + timedelta(days=ORPHAN_DAYS + 1))
    assert await desk.keys.get(case_key(alone.case)) is None


async def test_codes_that_have_ended_do_not_collide(desk: Desk) -> None:
    for code in (CODE, OTHER):
        await desk.book.open(report(code=code), TODAY)
        case = await desk.book.by_code(code, TODAY)
        assert case is not None
        await desk.book.step(case, DONE, TODAY)
    assert await desk.book.end_codes(TODAY + CASE_CODE_KEPT + timedelta(days=1)) == 2
    assert {replace(each, sealed=b"").code for each in await desk.cases.all()} == {None}
