"""A form's sheets as rows of text, each with the number that its author sees.

Not here: reading files (`excel.py`, `plaintext.py`), what the cells mean (`xlsform.py`, `lint.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyxform.constants import SUPPORTED_SHEET_NAMES

from dialogs.forms.findings import Finding, RejectedForm, error
from dialogs.forms.msgids import N_

MAX_ROWS = 20_000
MAX_COLUMNS = 500
EMPTY_ROWS_END_A_SHEET = 60
EMPTY_COLUMNS_END_A_SHEET = 20
"""As in pyxform: formatted but empty cells below and beside a table are not read."""

_SPACES = re.compile(r"( )+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the author sees it, and the text of each cell that is not empty, by header."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `rows` has no gaps: its index is pyxform's row number minus 2."""

    name: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets that belong to XLSForm, by lower-case name, and the names of all sheets there are."""

    sheets: Mapping[str, Sheet]
    names: tuple[str, ...] = ()
    remarks: tuple[Finding, ...] = field(default=())

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of this lower-case name."""
        return self.sheets.get(name)


def kept_as(name: str, only_sheet: bool) -> str | None:
    """The lower-case name under which a sheet is kept; a single sheet of any name is the survey."""
    lowered = name.lower()
    if lowered in SUPPORTED_SHEET_NAMES:
        return lowered
    return "survey" if only_sheet else None


def table(name: str, cells: Iterable[tuple[int, Iterable[str | None]]]) -> Sheet:
    """Make a sheet of numbered rows of cells, the first of which is the header; raises `RejectedForm`."""
    rows = iter(cells)
    header_row, first = next(rows, (1, []))
    headers = _headers(name, header_row, first)
    kept: list[Row] = []
    empty = 0
    for number, texts in rows:
        found = {header: text for header, text in zip(headers, texts, strict=False) if header and text}
        empty = 0 if found else empty + 1
        if empty > EMPTY_ROWS_END_A_SHEET:
            break
        if len(kept) >= MAX_ROWS:
            raise RejectedForm(
                error(
                    N_(
                        "The sheet has more than {limit} rows. Put long lists of choices into a CSV file "
                        "beside the form."
                    ),
                    limit=str(MAX_ROWS),
                    sheet=name,
                    row=number,
                )
            )
        kept.append(Row(number, found))
    while kept and not kept[-1].cells:
        kept.pop()
    return Sheet(name, header_row, tuple(header for header in headers if header), tuple(kept))


def _headers(sheet: str, row: int, texts: Iterable[str | None]) -> list[str | None]:
    headers: list[str | None] = []
    empty = 0
    for text in texts:
        empty = 0 if text else empty + 1
        if empty > EMPTY_COLUMNS_END_A_SHEET:
            break
        header = _SPACES.sub(" ", text.strip()) if text else None
        if header and header in headers:
            raise RejectedForm(
                error(
                    N_("Two columns are named “{header}”. Rename one of them or remove it."),
                    header=header,
                    sheet=sheet,
                    row=row,
                    column=header,
                )
            )
        headers.append(header)
    while headers and headers[-1] is None:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise RejectedForm(
            error(
                N_("The sheet has more than {limit} columns. Remove those that the form does not need."),
                limit=str(MAX_COLUMNS),
                sheet=sheet,
                row=row,
            )
        )
    return headers
