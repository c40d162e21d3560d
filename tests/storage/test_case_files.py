"""Cases between bot and desk: masked copies one way, sealed words of staff the other way, and which key opens what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from casehouse import NOW, SOMEBODY, SPOT, TODAY, House, clerk, house_over, rows_of
from sqlalchemy import Connection, insert

from bot.orders import Done, Dropped
from dialogs.effects import Report
from dialogs.events import MediaName
from dialogs.moderation import CaseStatus
from privacy.case_copies import open_case_words, open_report
from privacy.files import new_file_name, seal_file
from privacy.intake import open_words
from privacy.keyring import intake_key
from privacy.pairs import open_for
from privacy.retention import ORDER_KEPT
from privacy.sealing import KEY_BYTES, Sealer, Unsealable
from storage.acts import cases as acts
from storage.acts.cases import on_their_way, same_thing
from storage.acts.errors import ActError
from storage.cases import CaseId
from storage.orders import OrderKind, OrderState
from storage.readingkey import read_reading_key
from storage.sql.case_tables import case_copies, case_messages, cases, intakes
from storage.sql.database import open_database
from storage.sql.intakes import INTAKE_PUBLIC, about
from storage.sql.key_tables import keys, readings
from storage.sql.media import SqlMedia
from storage.sql.text_tables import theme_texts, themes


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = await open_database(database_url, tmp_path)
    yield await house_over(database, tmp_path)
    await database.close()


# -- from the bot to the desk


async def test_a_defect_keeps_its_exact_spot_and_loses_its_names(house: House) -> None:
    file = await house.file(await house.reported(place=""))
    assert file.report is not None
    assert (file.report.point, file.report.exact, file.report.district) == (SPOT, True, "Altstadt")
    assert "Koch" not in file.report.words
    assert "0171" not in file.report.words
    assert "Hauptstraße 7" in file.report.words, "the office has to find it"


async def test_any_other_place_is_coarse(house: House) -> None:
    file = await house.file(await house.reported("ideas"))
    assert file.report is not None
    assert (file.report.point, file.report.exact) == ((51.0525, 13.7425), False)
    assert "Hauptstraße 7" not in file.report.words
    assert file.report.district == "Altstadt"


async def test_a_place_that_was_named_by_its_district_lies_in_it(house: House) -> None:
    file = await house.file(await house.reported(point=None, place="neustadt"))
    assert file.report is not None
    assert file.report.district == "Neustadt"
    outside = await house.file(await house.reported(point=(52.5, 13.4)))
    assert outside.report is not None
    assert outside.report.district == ""


async def test_messages_of_citizens_are_masked_and_those_of_the_town_are_not(house: House) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Ich bin Eva Koch, 0171 1234567", TODAY)
    await acts.reply(house.work, clerk(), await house.file(case), "Frau Koch ist unsere Kollegin, 0351 488-0")
    await house.obey()
    said = [(each.by_town, each.words) for each in (await house.file(case)).messages]
    assert said[1] == (True, "Frau Koch ist unsere Kollegin, 0351 488-0")
    assert said[0][1] is not None
    assert "Koch" not in said[0][1]
    assert "0171" not in said[0][1]


async def test_the_photo_opens_with_the_reading_key(house: House) -> None:
    name = new_file_name(".jpg")
    await SqlMedia(house.database).keep(MediaName(name), seal_file(name, b"pixels"), TODAY)
    case = await house.reported(photo=name)
    assert await house.work.files.photo(await house.file(case)) == b"pixels"
    assert await house.work.files.photo(await house.file(await house.reported())) is None


async def test_it_is_known_whether_somebody_can_be_told(house: House) -> None:
    case = await house.reported()
    await house.ties.tie(case, SOMEBODY, TODAY)
    await house.copies.make(case, TODAY, anew=True)
    file = await house.file(case)
    assert file.report is not None
    assert file.report.told
    assert len(await rows_of(house, case_copies)) == 1, "in the place of the older one"


async def test_the_same_report_again_has_one_copy(house: House) -> None:
    report = Report(b"c" * 16, "roads", "", "Ein Loch", "", None, "", "BCDF-GHJK-2345", "de", "1")
    await house.book.open(report, TODAY)
    await house.obey()
    await house.book.open(replace(report, words="Zwei Löcher"), TODAY)
    await house.obey()
    file = await house.file(CaseId(b"c" * 16))
    assert file.report is not None
    assert file.report.words == "Zwei Löcher"
    assert len(await rows_of(house, case_copies)) == 1


async def test_cases_from_before_there_were_copies_get_theirs(house: House) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Noch da", TODAY)
    await house.obey()
    await house.database.write(lambda connection: connection.execute(case_copies.delete()))
    assert (await house.file(case)).report is None, "it is said, not guessed"
    assert await house.rules.copy_cases(TODAY) == 2
    assert await house.rules.copy_cases(TODAY) == 0
    assert (await house.file(case)).messages[0].words == "Noch da"


async def test_the_desk_opens_copies_and_nothing_else(house: House) -> None:
    case = await house.reported()
    await house.book.add(case, b"m" * 16, "Noch da", TODAY)
    await house.obey()
    await acts.reply(house.work, clerk(), await house.file(case), "Geheim")
    private = read_reading_key(house.state)
    sealers = []
    for row in await rows_of(house, readings):
        sealers.append(Sealer(open_for(private, row.sealed, row.id)))
    for row in await rows_of(house, keys):
        sealers.append(Sealer(row.wrapped[-KEY_BYTES:]))  # wrapped under the root key, which the desk has not
    copies = await rows_of(house, case_copies)
    assert len([row for row in copies if any(opens(sealer, row.sealed) for sealer in sealers)]) == 2
    originals = [row.sealed for row in (*await rows_of(house, cases), *await rows_of(house, case_messages))]
    assert not [sealed for sealed in originals for sealer in sealers if opens(sealer, sealed)]
    (waiting,) = await rows_of(house, intakes)
    with pytest.raises(Unsealable):
        open_words(private, about(OrderKind.CASE_REPLY.value, case, waiting.id), waiting.sealed)


def opens(sealer: Sealer, sealed: bytes) -> bool:
    for open_ in (open_report, open_case_words):
        try:
            open_(sealer, sealed)
        except Unsealable:
            continue
        return True
    return False


async def test_copies_die_with_the_case(house: House) -> None:
    case, other = await house.reported(), await house.reported()
    stolen = [row for row in await rows_of(house, case_copies) if row.case == case]
    await house.book.erase([case])
    assert [row.case for row in await rows_of(house, case_copies)] == [other]
    left = await rows_of(house, readings)
    assert stolen[0].key not in {row.id for row in left}, "nothing opens in an older copy of the records either"
    assert {row.response for row in left} == {other}


async def test_a_case_that_is_erased_belongs_to_no_theme_any_more(house: House) -> None:
    case, theme = await house.reported(), b"a theme!"
    row = {"survey": "", "question": "", "language": "de", "name": "Wege", "held": True, "sealed": b"", "day": TODAY}

    def themed(connection: Connection) -> None:
        connection.execute(insert(themes).values(id=theme, **row))
        connection.execute(insert(theme_texts).values(theme=theme, text=case, rank=0))

    await house.database.write(themed)
    await house.book.erase([case])
    assert await rows_of(house, theme_texts) == []


async def test_keys_of_copies_live_as_long_as_the_case(house: House) -> None:
    case = await house.reported()
    later = TODAY + timedelta(days=30)
    await house.rules.sweep_orphans(later)
    assert (await house.file(case)).report is not None
    await house.database.write(lambda connection: connection.execute(cases.delete()))
    await house.rules.sweep_orphans(later)
    assert await rows_of(house, readings) == []


# -- from the desk to the bot


async def test_a_reply_is_sealed_until_the_bot_moves_it_into_the_case(house: House) -> None:
    case = await house.reported()
    await house.ties.tie(case, SOMEBODY, TODAY)
    await acts.reply(house.work, clerk(), await house.file(case), "  Wir kommen am Freitag.  ")
    (waiting,) = await rows_of(house, intakes)
    assert b"Freitag" not in waiting.sealed
    assert (await on_their_way(house.work, case)).replies == 1
    assert not any("Freitag" in each.detail for each in await house.work.orders.about(case.hex()))
    assert Done in await house.obey()
    assert await rows_of(house, intakes) == []
    way = await on_their_way(house.work, case)
    assert (way.replies, list(way.brought.values())) == (0, [OrderState.WAITING])
    found = await house.book.get(case)
    assert found is not None
    assert [each.words for each in found.messages] == ["Wir kommen am Freitag."]


async def test_a_worker_that_dies_after_moving_a_reply_moves_it_once(house: House) -> None:
    case = await house.reported()
    await house.ties.tie(case, SOMEBODY, TODAY)
    await acts.reply(house.work, clerk(), await house.file(case), "Einmal")
    (order,) = await house.work.orders.take((OrderKind.CASE_REPLY,), NOW, 1)
    (waiting,) = await rows_of(house, intakes)
    await house.book.reply(case, "Einmal", NOW, tell=True, message=waiting.id)  # and here it died
    assert isinstance(await house.hands.handlers()[order.kind](order), Done)
    assert isinstance(await house.hands.handlers()[order.kind](order), Dropped)
    assert len((await house.file(case)).messages) == 1
    assert len((await on_their_way(house.work, case)).brought) == 1


async def test_why_something_is_declined_reaches_the_citizen_with_the_status(house: House) -> None:
    case = await house.reported()
    await house.ties.tie(case, SOMEBODY, TODAY)
    with pytest.raises(ActError, match="why"):
        await acts.step(house.work, clerk(), await house.file(case), CaseStatus.DECLINED)
    await acts.step(house.work, clerk(), await house.file(case), CaseStatus.DECLINED, reason="Gehört dem Land.")
    file = await house.file(case)
    assert (file.status, file.closed, file.reason) == (CaseStatus.DECLINED, TODAY, None)
    kinds = [each.kind for each in await house.work.orders.about(case.hex())]
    assert OrderKind.CASE_STATUS not in kinds, "not before the reason is there"
    await house.obey()
    assert (await house.file(case)).reason == "Gehört dem Land."
    kinds = [each.kind for each in await house.work.orders.about(case.hex())]
    assert OrderKind.CASE_STATUS in kinds
    await acts.step(house.work, clerk(), await house.file(case), CaseStatus.WITH_OFFICE, "Straßenamt")
    await house.obey()
    file = await house.file(case)
    assert (file.reason, file.office, file.closed) == (None, "Straßenamt", None)
    assert len(await rows_of(house, case_copies)) == 1, "the reason and its copy are gone"


async def test_a_reply_opens_in_no_other_case_and_not_as_a_reason(house: House) -> None:
    case, other = await house.reported(), await house.reported()
    await acts.reply(house.work, clerk(), await house.file(case), "Nur hier")
    (waiting,) = await rows_of(house, intakes)
    private = await house.keychain.existing(intake_key())
    assert private is not None
    assert open_words(private, about(OrderKind.CASE_REPLY.value, case, waiting.id), waiting.sealed) == "Nur hier"
    for kind, whose in ((OrderKind.CASE_REASON, case), (OrderKind.CASE_REPLY, other)):
        with pytest.raises(Unsealable):
            open_words(private, about(kind.value, whose, waiting.id), waiting.sealed)


async def test_what_is_erased_takes_along_the_words_that_are_under_way(house: House) -> None:
    case = await house.reported()
    await acts.reply(house.work, clerk(), await house.file(case), "Zu spät")
    await house.book.erase([case])
    assert await rows_of(house, intakes) == []
    assert await house.work.orders.about(case.hex()) == []


async def test_words_that_no_bot_takes_are_forgotten_with_their_order(house: House) -> None:
    case = await house.reported()
    await acts.reply(house.work, clerk(), await house.file(case), "Niemand da")
    assert await house.rules.forget_intakes(TODAY + ORDER_KEPT) == 0
    assert await house.rules.forget_intakes(TODAY + ORDER_KEPT + timedelta(days=1)) == 1


async def test_a_desk_without_a_bot_says_so(house: House) -> None:
    case = await house.reported()
    await house.database.write(lambda connection: connection.exec_driver_sql("delete from public_keys"))
    assert await house.work.intakes.public(INTAKE_PUBLIC) is None
    with pytest.raises(ActError, match="zuruf run"):
        await acts.reply(house.work, clerk(), await house.file(case), "Hallo")


# -- several clerks, dates, what is new


async def test_a_decision_on_an_old_state_is_refused(house: House) -> None:
    case = await house.reported()
    seen = await house.file(case)
    await acts.step(house.work, clerk(), seen, CaseStatus.WITH_OFFICE, "Tiefbauamt")
    for late in (
        acts.step(house.work, clerk("schulz"), seen, CaseStatus.WITH_OFFICE, "Grünflächenamt"),
        acts.reply(house.work, clerk("schulz"), seen, "Auch ich antworte"),
        acts.set_due(house.work, clerk("schulz"), seen, TODAY + timedelta(days=3)),
        acts.take_note(house.work, clerk("schulz"), seen),
    ):
        with pytest.raises(ActError, match="changed"):
            await late
    assert (await house.file(case)).office == "Tiefbauamt"
    assert await rows_of(house, intakes) == []


async def test_what_a_citizen_writes_is_news_until_staff_take_note(house: House) -> None:
    case = await house.reported()
    assert not (await house.file(case)).has_news
    await house.book.add(case, b"m" * 16, "Noch da", TODAY)
    seen = await house.file(case)
    assert seen.has_news
    await house.book.add(case, b"n" * 16, "Und größer", TODAY)
    await acts.take_note(house.work, clerk(), seen)
    assert (await house.file(case)).has_news, "what came after they looked is not swallowed"
    await acts.take_note(house.work, clerk(), await house.file(case))
    assert not (await house.file(case)).has_news


async def test_dates_are_set_moved_and_overdue(house: House) -> None:
    case = await house.reported()
    file = await house.file(case)
    assert file.due == TODAY + timedelta(days=14)
    assert not file.is_overdue(TODAY + timedelta(days=14))
    assert file.is_overdue(TODAY + timedelta(days=15))
    await acts.set_due(house.work, clerk(), file, TODAY + timedelta(days=3))
    assert (await house.file(case)).due == TODAY + timedelta(days=3)
    with pytest.raises(ActError, match="from today"):
        await acts.set_due(house.work, clerk(), await house.file(case), TODAY - timedelta(days=1))
    await acts.step(house.work, clerk(), await house.file(case), CaseStatus.DONE)
    assert not (await house.file(case)).is_overdue(TODAY + timedelta(days=400)), "closed"
    await acts.step(house.work, clerk(), await house.file(case), CaseStatus.WITH_OFFICE)
    assert (await house.file(case)).due == TODAY + timedelta(days=14), "opened again, it has a new date"


async def test_only_what_may_follow_is_done(house: House) -> None:
    case = await house.reported()
    with pytest.raises(ActError, match="can go to"):
        await acts.step(house.work, clerk(), await house.file(case), CaseStatus.RECEIVED)
    with pytest.raises(ActError, match="words"):
        await acts.reply(house.work, clerk(), await house.file(case), " \n ")
    with pytest.raises(ActError, match="at most"):
        await acts.reply(house.work, clerk(), await house.file(case), "x" * (acts.REPLY_LIMIT + 1))


async def test_reports_of_the_same_thing_are_suggested(house: House) -> None:
    one = await house.file(await house.reported())
    near = await house.reported(point=(SPOT[0] + 0.0002, SPOT[1]))
    await house.reported(point=(SPOT[0] + 0.01, SPOT[1]))
    await house.reported("ideas")
    every = await house.work.files.all()
    assert [each.id for each in same_thing(one, every)] == [near]


async def test_the_audit_log_has_each_act_and_no_word(house: House) -> None:
    case = await house.reported()
    await acts.reply(house.work, clerk(), await house.file(case), "Wort")
    await acts.step(house.work, clerk(), await house.file(case), CaseStatus.WITH_OFFICE, "Tiefbauamt")
    await acts.set_due(house.work, clerk(), await house.file(case), None)
    entries = await house.work.audit.entries()
    assert [(each.actor, each.act) for each in entries] == [
        ("meier", "feedback.reply"),
        ("meier", "feedback.status"),
        ("meier", "feedback.due"),
    ]
    assert {each.subject for each in entries} == {case.hex()[:8]}
    assert not any("Wort" in each.detail for each in entries)
