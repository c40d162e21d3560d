"""The part of a spreadsheet that a finding is about: the header, the row and its neighbours, so that a page can show it
with the mistake marked, as the author sees it in Excel.

Pure, inside the sandbox as everything that reads a stranger's file. Not here: what is wrong (`check.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.forms.container import Kind, kind_of
from dialogs.forms.excerpt import Excerpt, ExcerptRow
from dialogs.forms.findings import Finding, RejectedForm
from dialogs.forms.sheets import Row, Sheet, Workbook
from dialogs.forms.spreadsheet import read

ROWS_AROUND = 1
"""Rows shown before and after the one that is meant."""
MOST_COLUMNS = 5
"""Columns shown, the marked one among them: more do not fit on a phone."""
CELL_CHARACTERS = 120
"""Of a cell; a longer one is cut with an ellipsis."""
MOST_EXCERPTS = 60
"""Findings that get one; whoever has more mends these first."""

_TELLING = ("type", "list_name", "list name", "name", "label")
"""Columns by which authors know a row, as their headers begin."""


def excerpts(name: str, data: bytes, findings: Sequence[Finding]) -> tuple[Excerpt | None, ...]:
    """One for each finding, in their order; None where there is nothing to show. Never raises but for `MemoryError`."""
    try:
        kind = kind_of(name, data)
        workbook = read(kind, data) if kind is not Kind.XFORM else Workbook({})
    except RejectedForm:
        return (None,) * len(findings)
    return tuple(
        excerpt(workbook, finding) if number < MOST_EXCERPTS else None for number, finding in enumerate(findings)
    )


def excerpt(workbook: Workbook, finding: Finding) -> Excerpt | None:
    """What the finding is about; None if it names no row of a sheet that there is."""
    sheet = workbook.sheet(finding.sheet.lower()) or _only(workbook)
    if sheet is None or finding.row is None:
        return None
    headers = _headers(sheet, finding.column)
    column = headers.index(finding.column) if finding.column in headers else -1
    in_header = finding.row == sheet.header_row
    return Excerpt(
        sheet.name,
        headers,
        tuple(
            ExcerptRow(row.number, tuple(_cell(row, header) for header in headers), row.number == finding.row)
            for row in _rows(sheet, finding.row)
        ),
        column,
        sheet.header_row,
        in_header,
    )


def _only(workbook: Workbook) -> Sheet | None:
    return next(iter(workbook.sheets.values())) if len(workbook.sheets) == 1 else None


def _headers(sheet: Sheet, column: str) -> tuple[str, ...]:
    """The columns by which a row is known, and the one that is meant, in the sheet's order."""
    wanted: list[str] = []
    for telling in _TELLING:
        found = next((each for each in sheet.headers if each.lower().partition("::")[0].strip() == telling), "")
        if found and found not in wanted:
            wanted.append(found)
    wanted = wanted[: MOST_COLUMNS - 1]
    if column and column not in wanted:
        wanted.append(column)
    return tuple(each for each in (*sheet.headers, column) if each in wanted)[: len(set(wanted))]


def _rows(sheet: Sheet, number: int) -> list[Row]:
    there = {row.number: row for row in sheet.rows}
    around = range(number - ROWS_AROUND, number + ROWS_AROUND + 1)
    return [there.get(each, Row(each, {})) for each in around if each > sheet.header_row]


def _cell(row: Row, header: str) -> str:
    text = row.cells.get(header, "")
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
