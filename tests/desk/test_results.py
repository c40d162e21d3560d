"""Results on the desk: safe numbers in sentence, chart and table; at most two filters; strict ones at the close."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from answered_survey import a_town
from openpyxl import load_workbook

from desk.config import DeskConfig
from dialogs.roles import Role
from dialogs.world import Mode
from storage.settings import StateSection

TABLES = "/results/bus/tables.xlsx"


@pytest.fixture
async def desk_config(request, tmp_path_factory, tmp_path: Path) -> DeskConfig:
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path, **getattr(request, "param", {}))
    return DeskConfig(state=StateSection(dir=str(tmp_path)))


def answered(people: int, **options: object) -> pytest.MarkDecorator:
    """By so many; 48 and closed unless a test says otherwise."""
    return pytest.mark.parametrize("desk_config", [{"people": people, **options}], indirect=True)


async def text(desk, path: str, role: Role = Role.READER, status: int = 200) -> str:
    answer = await desk.as_role(role).get(path)
    assert answer.status == status, await answer.text()
    return await answer.text()


@answered(0)
async def test_without_a_survey_the_page_says_how_to_begin(desk) -> None:
    assert "No survey is published yet" in await text(desk, "/results")


async def test_a_survey_is_shown_in_charts_with_sentence_and_table(desk) -> None:
    assert 'href="/results/bus"' in await text(desk, "/results")
    page = await text(desk, "/results/bus")
    assert "48 people answered." in page
    assert "not representative" in page
    for sentence in (
        "Equally many, 50% each, said “North &lt;b&gt;side&lt;/b&gt;” and “South”.",
        "are on the side of “not at all”",
        "The word used by most is “dunkel”: 48 of 48 texts.",
    ):
        assert sentence in page
    assert page.count('role="img"') == 7
    assert page.count("<details>") == 7
    assert "<b>side" not in page
    assert "Koch" not in page


@answered(20, closed=False)
async def test_counts_stand_until_ten_more_and_an_hour_have_come(desk) -> None:
    first = await text(desk, "/results/bus")
    assert "20 people answered." in first
    assert "As of 23 November, 12:00." in first
    desk.clock.move(hours=3)
    assert "As of 23 November, 12:00." in await text(desk, "/results/bus")


@answered(9, closed=False)
async def test_few_answers_say_so_and_nothing_else(desk) -> None:
    page = await text(desk, "/results/bus")
    assert "Fewer than 10 people have answered so far." in page
    assert "<svg" not in page


@answered(20, closed=False, mode=Mode.STRICT)
async def test_a_strict_survey_shows_nothing_before_its_close(desk) -> None:
    page = await text(desk, "/results/bus")
    assert "nothing is shown before its close" in page
    assert "<svg" not in page


async def test_results_are_filtered_by_what_was_declared(desk) -> None:
    page = await text(desk, "/results/bus?only=/data/district%3Dsouth")
    assert "24 people answered." in page
    assert "Only: Where do you live? South" in page
    assert '<option value="/data/district=south" selected>' in page
    assert "Only some of the people" in await text(desk, "/results/bus")


async def test_four_filters_are_refused_with_a_sentence(desk) -> None:
    four = "&".join(f"only=/data/{name}%3D{value}" for name, value in
                    (("district", "south"), ("age", "30..60"), ("used", "yes"), ("view", "1")))  # fmt: skip
    page = await text(desk, f"/results/bus?{four}", status=422)
    assert "Results can be filtered by two questions at most, not by 4" in page
    assert "48 people answered." in page  # everybody is still shown


async def test_a_filter_that_was_not_declared_is_refused(desk) -> None:
    page = await text(desk, "/results/bus?only=/data/used%3Dyes", status=422)
    assert "This survey can be filtered by: Where do you live? and How old are you?." in page


@answered(20, closed=False)
async def test_an_open_survey_has_no_filters_yet(desk) -> None:
    page = await text(desk, "/results/bus?only=/data/district%3Dsouth", status=422)
    assert "Filters open when the survey is closed" in page
    assert "Only some of the people" not in page


async def test_tables_for_a_spreadsheet_hold_the_same_safe_numbers_as_text_and_numbers(desk) -> None:
    answer = await desk.as_role(Role.READER).get(TABLES)
    book = load_workbook(io.BytesIO(await answer.read()))
    rows = list(book["Results"].iter_rows(values_only=True))
    assert ("Where do you live?", "South", 24, 50, 48, None) in rows
    assert not [row for row in rows if str(row[1]).startswith("=")]
    assert ("'=Yes" in {row[1] for row in rows}) is True
    assert ("why", "dunkel", 48) in list(book["Words"].iter_rows(values_only=True))


async def test_single_answers_leave_the_house_shuffled_masked_and_noted(desk) -> None:
    editor = desk.as_role(Role.EDITOR, name="anna")
    page = await (await editor.get("/results/bus/rows")).text()
    assert "Single answers" in page
    answer = await editor.post("/results/bus/rows", {"format": "csv"})
    table = (await answer.read()).decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bus.csv"'
    assert len(table.splitlines()) == 49
    assert "[Name]" in table
    assert "Koch" not in table
    assert "50.0500 8.1000" in table
    assert [(each.actor, each.act, each.detail) for each in await desk.home.audit.entries()][-1] == (
        "anna", "results.rows", "48 csv",
    )  # fmt: skip
    sheet = await editor.post("/results/bus/rows", {"format": "xlsx"})
    assert load_workbook(io.BytesIO(await sheet.read())).worksheets[0].max_row == 49


async def test_rows_whose_texts_do_not_open_do_not_leave_without_them_in_silence(desk) -> None:
    (desk.home.state / "keys" / "reading.key").unlink()
    answer = await desk.as_role(Role.EDITOR).post("/results/bus/rows", {"format": "csv"})
    assert answer.status == 422
    assert "The reading key is not here" in await answer.text()
    assert not [each for each in await desk.home.audit.entries() if each.act == "results.rows"]


@answered(20, closed=False)
async def test_single_answers_of_an_open_survey_stay_in_the_house(desk) -> None:
    answer = await desk.as_role(Role.EDITOR).post("/results/bus/rows", {"format": "csv"})
    assert answer.status == 422
    assert "still open" in await answer.text()


async def test_german_pages_are_german(desk) -> None:
    page = await text(desk, "/results/bus?lang=de")
    assert "48 Menschen haben geantwortet." in page
    assert re.search(r"Dasselbe als Tabelle", page)
    assert "50 %" in page


async def test_a_survey_that_is_not_there_is_not_found(desk) -> None:
    for path in ("/results/none", "/results/none/publish", "/results/none/outcome", "/results/none/rows"):
        assert (await desk.as_role(Role.EDITOR).get(path)).status == 404
