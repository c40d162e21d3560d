"""What of an answer leaves the house in a row: nothing a spreadsheet runs, no exact place, no name that was found."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dialogs.forms.questions import QuestionType
from privacy.readings import coarse
from storage.acts.exporting import Table, apart, as_csv, defused, typed
from storage.acts.workbook import Sheet, workbook

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-x", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1+1", "＋1+1",
    "－1+x",    "＠SUM(A1)", "﹦1", "﹢1", "﹣1", "﹫A1", " =1+1", "\u00a0=1", "\u200b=1", "\u202e=1", "\ufeff=1",
    "=HYPERLINK(\"http://x\")",
    "=IMPORTXML(1)", "=WEBSERVICE(1)", "=DDE(1)", "@@=1", "-2+3+cmd|' /C calc'!A0", "⁼1", "₌1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_defused(text: str) -> None:
    assert defused(text).startswith("'")


@pytest.mark.parametrize("text", ["-3", "+1.5", "+49", "1", "Bus", "", "a=b", "Tor – links"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_a_spreadsheet_holds_text_and_no_formula() -> None:
    data = workbook([Sheet("=1+1", tuple(FORMULAS), [tuple(FORMULAS), (3,) * len(FORMULAS)])])
    rows = list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows())
    assert [{cell.data_type for cell in row} for row in rows] == [{"s"}, {"s"}, {"n"}]
    assert b"<f>" not in ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=30)
def test_any_words_make_a_file_that_opens(title: str, text: str) -> None:
    data = workbook([Sheet(title, ("a",), [(text,)]), Sheet(title, ("a",), [(text,)])])
    book = load_workbook(io.BytesIO(data))
    assert len(book.worksheets) == 2
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_a_csv_holds_what_was_put_in(words: list[str]) -> None:
    clean = [word.replace("\r", "").replace("\n", "").replace("\0", "") for word in words]
    told = list(csv.reader(io.StringIO(as_csv(Table(("a", "b"), (tuple(clean),))), newline="")))
    assert told == [["a", "b"], [apart(word) for word in clean]]


@pytest.mark.parametrize(
    "text",
    [
        "Bus;=cmd|' /C calc'!A0", "Bus; =1+1", "Bus\t=1", "Bus;\n=1", "one\n-2+3+cmd|' /C calc'!A0", 'Bus;"=1+1',
        "a;\uff1d1", "a;\u200b=1", "a;;@SUM(A1)", "=1;=2",
    ],
)  # fmt: skip
def test_a_spreadsheet_that_cuts_at_semicolons_runs_nothing_either(text: str) -> None:
    file = as_csv(Table(("language", "words"), (("de", defused(text)),)))
    for row in csv.reader(io.StringIO(file, newline=""), delimiter=";"):
        assert [cell for cell in row if cell != defused(cell)] == []


@pytest.mark.parametrize("text", ["Mo; Di", "a-b; c", "10 - 5", "Bänke\nBäume", "a = b"])
def test_ordinary_words_stay_as_they_are_in_a_file_of_commas(text: str) -> None:
    assert apart(text) == text


def test_a_place_is_put_on_a_coarse_grid() -> None:
    assert coarse("52.516275 13.377704 34.0 5.0") == "52.5175 13.3775"
    assert coarse("52.517000 13.377000 0 0") == coarse("52.518000 13.378000 0 0")
    assert coarse("") == ""


def test_numbers_and_days_are_such_in_a_spreadsheet_and_texts_stay_texts() -> None:
    types = (None, QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.DATE, QuestionType.TEXT)
    rows = (("de", "12", "2.5", "2024-05-03", "007"), ("de", "", "", "", ""), ("de", "9" * 20, "viel", "gestern", "1"))
    sheet = load_workbook(io.BytesIO(workbook([Sheet("t", ("a",) * 5, typed(Table(("a",) * 5, rows, types)))])))
    first, empty, odd = list(sheet.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert first == ("de", 12, 2.5, datetime(2024, 5, 3), "007")
    assert empty == ("de", None, None, None, None)
    assert odd == ("de", "9" * 20, "viel", "gestern", "1"), "what is no number of a spreadsheet stays as it is"
