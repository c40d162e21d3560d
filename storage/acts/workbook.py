"""Spreadsheets for staff (XLSX): every text is typed as text, so nothing that somebody wrote can become a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from storage.acts.exporting import defused

TITLE_LETTERS: Final = 31
"""Letters of a sheet's name, as the format wants."""
CELL_LETTERS: Final = 32_767
"""Letters of a cell, likewise."""
WIDEST: Final = 60
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
Cell = str | int | float | date | None
_LONG_AGO: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # says nothing of when or by whom it was made


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Numbers are typed as numbers, days as days, everything else as text; what is empty stays empty."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The file."""
    book = Workbook(write_only=True)
    book.properties.creator = "Zuruf"
    book.properties.created = book.properties.modified = _LONG_AGO
    taken: set[str] = set()
    for sheet in sheets:
        page = book.create_sheet(_name(sheet.title, taken))
        for column, name in enumerate(sheet.head, start=1):
            longest = max((len(str(row[column - 1] or "")) for row in sheet.rows[:200]), default=0)
            page.column_dimensions[get_column_letter(column)].width = min(max(len(name), longest) + 2, WIDEST)
        page.freeze_panes = "A2"
        page.append([_cell(page, name, bold=True) for name in sheet.head])
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> Any:
    if not isinstance(value, str) or not value:
        plain: Any = None if value == "" else value  # may be a day, which the stubs do not know
        return WriteOnlyCell(page, plain)
    cell = WriteOnlyCell(page, _FORBIDDEN.sub("�", defused(value))[:CELL_LETTERS])
    cell.data_type = "s"  # whatever it begins with
    if bold:
        cell.font = Font(bold=True)
    return cell


def _name(title: str, taken: set[str]) -> str:
    """A name that the format allows and that no other sheet has."""
    plain = _NO_NAME.sub(" ", title).strip()[:TITLE_LETTERS] or "1"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: TITLE_LETTERS - 4]} {number}"
    taken.add(name.lower())
    return name
