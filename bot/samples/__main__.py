"""Writes rufbus.xlsx from rufbus.md: the same cells, laid out so that a clerk can work with them."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.samples import SAMPLE_SOURCE, SAMPLE_SURVEY
from dialogs.forms.container import Kind
from dialogs.forms.sheets import Sheet
from dialogs.forms.spreadsheet import read

WIDE, NARROW = 42, 16
"""Widths of columns in characters: for sentences, for everything else."""


def write() -> None:
    """Write the workbook beside its source."""
    source = read(Kind.MARKDOWN, SAMPLE_SOURCE.read_bytes())
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, sheet in source.sheets.items():
        _fill(book.create_sheet(name), sheet)
    book.save(SAMPLE_SURVEY)


def _fill(worksheet: Worksheet, sheet: Sheet) -> None:
    worksheet.append(sheet.headers)
    for row in sheet.rows:
        worksheet.append([row.cells.get(header) for header in sheet.headers])
    for cell in worksheet[1]:
        cell.font = Font(bold=True)
    for index, header in enumerate(sheet.headers, start=1):
        worksheet.column_dimensions[get_column_letter(index)].width = WIDE if "::" in header else NARROW
    for cells in worksheet.iter_rows(min_row=1):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    worksheet.freeze_panes = "D2" if sheet.name == "survey" else "A2"


if __name__ == "__main__":
    write()
