"""Cells are read as pyxform reads them, and keep the numbers that their authors see."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

import pytest
from openpyxl import Workbook as Book
from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict

from dialogs.forms.container import Kind, kind_of
from dialogs.forms.findings import RejectedForm
from dialogs.forms.sheets import MAX_COLUMNS, MAX_ROWS, Workbook
from dialogs.forms.spreadsheet import read


def xlsx(rows: list[list[object]]) -> bytes:
    book = Book(write_only=True)
    sheet = book.create_sheet("survey")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(data: str, kind: Kind) -> Workbook:
    return read(kind, data.encode())


@pytest.mark.long
def test_public_spreadsheets_read_as_pyxform_reads_them(public_spreadsheets: list[Path]) -> None:
    compared = 0
    for path in public_spreadsheets:
        if path.suffix == ".xlsm":
            continue
        data = path.read_bytes()
        kind = kind_of(path.name, data)
        ours = read(kind, data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = xlsx_to_dict(data) if kind is Kind.XLSX else xls_to_dict(data)
        assert list(ours.names) == theirs["sheet_names"], path.name
        for name, sheet in ours.sheets.items():
            assert [dict(row.cells) for row in sheet.rows] == theirs[name], (path.name, name)
            compared += 1
    assert compared > 300


def test_rows_keep_excels_numbers_across_gaps() -> None:
    book = read(Kind.XLSX, xlsx([["type", "name"], ["text", "a"], [], [], ["text", "b"]]))
    assert [row.number for row in book.sheets["survey"].rows if row.cells] == [2, 5]


def test_rows_of_markdown_and_csv_keep_their_lines() -> None:
    markdown = text("# form\n\n| survey | | |\n|--|--|--|\n| | type | name |\n\n| | text | a |\n", Kind.MARKDOWN)
    assert [(row.number, row.cells["name"]) for row in markdown.sheets["survey"].rows] == [(7, "a")]
    csv = text('survey,,\n,type,name,label\n,text,a,"two\nlines"\n,text,b,B\n', Kind.CSV)
    assert [(row.number, row.cells["name"]) for row in csv.sheets["survey"].rows] == [(3, "a"), (5, "b")]


def test_a_german_excels_csv_is_read_with_a_word_of_warning() -> None:
    book = read(Kind.CSV, "survey;;;\n;type;name;label\n;text;a;Straße\n".encode("cp1252"))
    assert book.sheets["survey"].rows[0].cells["label"] == "Straße"
    assert "UTF-8" in book.remarks[0].english()


def test_a_plain_table_with_headers_is_the_survey() -> None:
    book = text("type,name,label\ntext,a,A\ninteger,b,B\n", Kind.CSV)
    assert [row.cells["name"] for row in book.sheets["survey"].rows] == ["a", "b"]


def test_a_break_in_markdown_is_a_new_line() -> None:
    book = text("| survey | | |\n| | type | label |\n| | note | One.<br>Two \\| three. |\n", Kind.MARKDOWN)
    assert book.sheets["survey"].rows[0].cells["label"] == "One.\nTwo | three."


@pytest.mark.parametrize(
    ("rows", "said", "row"),
    [
        ([["type", "name"], *([["text", f"q{n}"] for n in range(MAX_ROWS + 1)])], "rows", MAX_ROWS + 2),
        ([[f"column {n}" for n in range(MAX_COLUMNS + 1)], ["text"]], "columns", 1),
        ([["type", "name", "name"], ["text", "a"]], "Two columns are named “name”", 1),
    ],
    ids=["rows", "columns", "twins"],
)
def test_limits_name_the_row(rows: list[list[object]], said: str, row: int) -> None:
    with pytest.raises(RejectedForm) as refused:
        read(Kind.XLSX, xlsx(rows))
    (finding,) = refused.value.findings
    assert said in finding.english()
    assert (finding.sheet, finding.row) == ("survey", row)


def test_a_broken_workbook_is_refused_whatever_the_library_raises() -> None:
    whole = xlsx([["type", "name"], ["text", "a"]])
    refusals = 0
    for cut in range(50, len(whole), 97):
        broken = whole[:cut] + bytes(40) + whole[cut + 40 :]
        with contextlib.suppress(RejectedForm):
            read(kind_of("form.xlsx", broken), broken)
            refusals -= 1
        refusals += 1
    assert refusals > 10
