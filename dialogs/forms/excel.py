"""Reads workbooks of Excel, new (.xlsx) and old (.xls), into sheets.

We read the cells ourselves, not through pyxform, so that limits hold while reading and so that every later
remark can name the true row and column. Values become text by pyxform's own rules, which a test compares.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator

import xlrd
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from pyxform.xls2json_backends import is_empty, xls_value_to_unicode, xlsx_value_to_str
from xlrd.book import SUPBOOK_DDEOLE, SUPBOOK_EXTERNAL

from dialogs.forms.container import reads_from_elsewhere
from dialogs.forms.findings import RejectedForm, error
from dialogs.forms.msgids import N_
from dialogs.forms.sheets import MAX_COLUMNS, Sheet, Workbook, kept_as, table


def read_xlsx(data: bytes) -> Workbook:
    """Read an .xlsx whose container was checked; raises `RejectedForm`."""
    return _guarded(_read_xlsx, data)


def read_xls(data: bytes) -> Workbook:
    """Read an .xls; raises `RejectedForm`."""
    return _guarded(_read_xls, data)


def _guarded(reader: Callable[[bytes], Workbook], data: bytes) -> Workbook:
    """Both libraries answer a damaged file with whatever exception comes first; to authors it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return reader(data)
    except RejectedForm:
        raise
    except Exception as problem:
        raise RejectedForm(
            error(N_("The file is damaged and cannot be opened. Open it in Excel or LibreOffice and save it again."))
        ) from problem


def _read_xlsx(data: bytes) -> Workbook:
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read()
    try:
        names = tuple(str(name) for name in reader.wb.sheetnames)
        sheets: dict[str, Sheet] = {}
        for name in names:
            key = kept_as(name, len(names) == 1)
            if key is None:
                continue
            worksheet = reader.wb[name]
            cells = (
                (number, map(_clean_xlsx, values))  # taken as far as there are headings: the rest is never looked at
                for number, values in enumerate(
                    worksheet.iter_rows(min_row=1, max_col=MAX_COLUMNS + 1, values_only=True), start=1
                )
            )
            sheets[key] = table(name, cells)
        return Workbook(sheets, names)
    finally:
        reader.wb.close()
        reader.archive.close()


def _clean_xlsx(value: object) -> str | None:
    if isinstance(value, str):
        value = value.strip()
    return None if is_empty(value) else str(xlsx_value_to_str(value))


def _read_xls(data: bytes) -> Workbook:
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
    try:
        if {SUPBOOK_EXTERNAL, SUPBOOK_DDEOLE} & set(book._supbook_types):
            raise reads_from_elsewhere()
        names = tuple(book.sheet_names())
        sheets: dict[str, Sheet] = {}
        for name in names:
            key = kept_as(name, len(names) == 1)
            if key is not None:
                sheets[key] = table(name, _xls_cells(book, name))
        return Workbook(sheets, names)
    finally:
        book.release_resources()


def _xls_cells(book: xlrd.Book, name: str) -> Iterator[tuple[int, list[str | None]]]:
    sheet = book.sheet_by_name(name)
    for index in range(sheet.nrows):
        texts: list[str | None] = []
        for column, cell in enumerate(sheet.row(index)):
            value = cell.value.strip() if isinstance(cell.value, str) else cell.value
            if is_empty(value):
                texts.append(None)
                continue
            try:
                texts.append(str(xls_value_to_unicode(value, cell.ctype, book.datemode)))
            except xlrd.xldate.XLDateError as problem:
                raise RejectedForm(
                    error(
                        N_("The date in this cell cannot be read. Write it as text, for example 2026-05-03."),
                        sheet=name,
                        row=index + 1,
                        column=get_column_letter(column + 1),
                    )
                ) from problem
        yield index + 1, texts
