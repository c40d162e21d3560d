"""Feedback in the aggregate: themes that outlive the next suggestion, words, safe numbers, what became of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from desk.themes.facets import released, themed
from desk.themes.saying import Saying
from dialogs.moderation import CaseStatus
from dialogs.roles import Role
from storage.sql.case_tables import case_copies, cases
from storage.sql.text_tables import feedback_views, themes
from storage.sql.themes import About

from .answering import WORDS, Citizens
from .themes.planted import planted

THEMES = f"/themes?survey=bench&q={WORDS}"
IDS = re.compile(r'id="theme-([0-9a-f]+)"')
KINDS = {"bus": "traffic", "muell": "waste", "rad": "roads"}


@pytest.fixture
def house(desk: Any, tmp_path: Path) -> Citizens:
    (tmp_path / "keys").mkdir(exist_ok=True)
    return Citizens(desk.home)


async def page(person: Any, path: str, status: int = 200) -> str:
    answer = await person.get(path)
    assert answer.status == status, path
    return await answer.text()


async def suggested(desk: Any, person: Any, path: str) -> str:
    """Themes, found; the worker has ended."""
    room = desk.home.room
    await room.library.filled("bench", room.source("bench"))
    await person.post(path.replace("/themes", "/themes/suggest"))
    await room.found()
    await page(person, path)
    await room.studied()
    return await page(person, path)


async def test_themes_are_suggested_named_merged_split_and_outlive_the_next_suggestion(
    desk: Any, house: Citizens
) -> None:
    await house.publish()
    texts, about = planted(each=22, english=0)
    await house.answer([each.text for each in texts if about[each.number] in KINDS])
    eva = desk.as_role(Role.MODERATOR, name="eva")
    await desk.home.room.library.filled("bench", desk.home.room.source("bench"))
    assert "Suggest themes" in await page(eva, THEMES)
    found = await suggested(desk, eva, THEMES)
    ids = IDS.findall(found)
    assert len(ids) >= 2
    assert "% of all" in found
    assert found.count("<blockquote") >= 2 * len(ids), "typical texts"
    change = THEMES.replace("/themes", "/themes/change")
    await eva.post(change, {"theme": ids[0], "act": "name", "name": "Unterwegs <b>"})
    await eva.post(change, {"theme": ids[0], "act": "merge", "other": ids[1]})
    again = await suggested(desk, eva, THEMES)
    assert "Unterwegs &lt;b&gt;" in again
    assert ids[0] in IDS.findall(again)
    assert ids[1] not in IDS.findall(again)
    before = len(IDS.findall(again))
    split = await eva.post(change, {"theme": ids[0], "act": "split"})
    halves = await page(eva, split.headers["Location"])
    assert "It is two themes now" in halves
    assert len(IDS.findall(halves)) == before + 1
    await eva.post(change, {"theme": IDS.findall(halves)[0], "act": "dissolve"})
    fewer = await page(eva, THEMES)
    assert "belong to none" in fewer
    assert IDS.findall(halves)[0] not in IDS.findall(fewer)
    gone = await eva.post(change, {"theme": ids[1], "act": "name", "name": "X"})
    assert "This theme is gone" in await page(eva, gone.headers["Location"])


async def test_a_themes_texts_and_what_belongs_to_none_can_be_read(desk: Any, house: Citizens) -> None:
    await house.publish()
    texts, about = planted(each=22, english=0)
    await house.answer([each.text for each in texts if about[each.number] in KINDS])
    await house.answer(["Zitronenfalter", "Kirchturmuhr", "Bibliothek", "Karneval", "Grundsteuer", "Partnerstadt"])
    eva = desk.as_role(Role.MODERATOR, name="eva")
    found = await suggested(desk, eva, THEMES)
    one = await page(eva, THEMES.replace("/themes", f"/themes/{IDS.findall(found)[0]}"))
    assert one.count("<blockquote") >= 10
    none = await page(eva, THEMES.replace("/themes", "/themes/none"))
    assert "Zitronenfalter" in none
    await page(eva, THEMES.replace("/themes", "/themes/00ff"), 404)


async def test_no_word_of_a_theme_stands_in_plain_in_a_table(desk: Any, house: Citizens) -> None:
    await house.publish()
    texts, about = planted(each=22, english=0)
    await house.answer([each.text for each in texts if about[each.number] in KINDS])
    await suggested(desk, desk.as_role(Role.MODERATOR), THEMES)
    rows = await desk.home.database.read(lambda connection: connection.execute(select(themes)).all())
    words = {word for theme in await desk.home.room.themes.all(About("bench", WORDS)) for word in theme.words}
    assert len(rows) >= 2
    assert words
    assert not [word for word in words if word in repr(rows)]
    audit = " ".join(entry.detail for entry in await desk.home.audit.entries())
    assert not [word for word in words if word in audit]


async def test_frequent_words_are_told_for_results_and_a_hidden_text_does_not_count(desk: Any, house: Citizens) -> None:
    await house.publish()
    await house.answer([f"Der Brunnen {at}" for at in range(10)])
    room, now = desk.home.room, desk.clock.now()
    await room.library.filled("bench", room.source("bench"))
    assert await room.frequent_words("bench", WORDS, now) is None
    await room.studied()
    told = await room.frequent_words("bench", WORDS, now)
    assert [(each.word, each.people) for each in told or ()] == [("Brunnen", 10)]
    assert await room.frequent_words("nothing", WORDS, now) == []


# -- reports


def reports() -> list[tuple[str, str, CaseStatus, date, str]]:
    texts, about = planted(each=24, english=0)
    made = []
    for at, each in enumerate(text for text in texts if about[text.number] in KINDS):
        status = CaseStatus.DONE if at % 3 else CaseStatus.RECEIVED
        made.append((each.text, KINDS[about[each.number]], status, date(2026, 10 + at % 2, 3), "de"))
    return made


async def test_feedback_in_numbers_shows_safe_figures_and_what_became_of_it(desk: Any, house: Citizens) -> None:
    await house.report(reports())
    await house.report([("Einhorn", "green", CaseStatus.DECLINED, date(2026, 11, 4), "de")] * 2)
    room = desk.home.room
    await room.library.filled("", room.report_source())
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/feedback")
    assert "74 reports" in text
    assert "hidden, because fewer than 5" in text
    assert "October 2026" in text
    assert "What became of it" in text
    filtered = await page(eva, "/feedback?category=traffic")
    assert "24 reports" in filtered
    assert "too few reports" in (await page(eva, "/feedback?category=green")).lower()


async def test_the_numbers_step_forward_with_ten_reports_or_none(desk: Any, house: Citizens) -> None:
    await house.report(reports()[:60])
    room, clock = desk.home.room, desk.clock
    await room.library.filled("", room.report_source())
    assert (await room.feedback(clock.now()))[1].reports == 60
    await house.report(reports()[60:66])
    room.library.forget("")
    await room.library.filled("", room.report_source())
    clock.move(days=2)
    assert (await room.feedback(clock.now()))[1].reports == 60
    await house.report(reports()[66:])
    room.library.forget("")
    await room.library.filled("", room.report_source())
    assert (await room.feedback(clock.now()))[1].reports == 72
    rows = await desk.home.database.read(lambda connection: connection.execute(select(feedback_views)).all())
    assert len(rows) == 1


async def test_words_stand_out_by_category_and_themes_are_told_by_status(desk: Any, house: Citizens) -> None:
    await house.report(reports())
    room = desk.home.room
    await room.library.filled("", room.report_source())
    eva = desk.as_role(Role.MODERATOR, name="eva")
    await suggested(desk, eva, "/themes?")
    await page(eva, "/feedback/words?by=category")
    await room.studied()
    words = await page(eva, "/feedback/words?by=category")
    assert re.search(r"<dt>Bus, bicycle, car</dt>.*?Bus", words, re.S)
    await page(eva, "/feedback/words?by=nothing", 404)


def test_themes_that_are_the_categories_are_not_told_by_status() -> None:
    texts = [Saying(at.to_bytes(16, "big"), "x", "de", b"", {"category": f"c{at % 2}", "district": f"d{at // 60}",
             "office": "", "month": "2026-11", "status": "done"}) for at in range(120)]  # fmt: skip
    twins = {each.number: each.groups["category"].encode() for each in texts}
    assert released(themed(texts, twins)).by_theme is None
    crossed = {each.number: bytes([int.from_bytes(each.number, "big") % 3]) for each in texts}
    assert released(themed(texts, crossed)).by_theme is not None


async def test_a_report_that_was_erased_is_not_shown_from_memory(desk: Any, house: Citizens) -> None:
    eva, room = desk.as_role(Role.MODERATOR, name="eva"), desk.home.room
    await house.report(
        [(f"Laterne {at} aus", "lamps", CaseStatus.RECEIVED, date(2026, 11, 4), "de") for at in range(12)]
    )
    await room.library.filled("", room.report_source())
    assert "Laterne 7 aus" in await page(eva, "/themes/none")
    gone = next(each.number for each in room.reports() if each.text == "Laterne 7 aus")

    def erase(connection: Connection) -> None:
        connection.execute(delete(case_copies).where(case_copies.c.case == gone))
        connection.execute(delete(cases).where(cases.c.id == gone))

    await desk.home.database.write(erase)
    text = await page(eva, "/themes/none")
    assert "Laterne 7 aus" not in text
    assert "Laterne 8 aus" in text
