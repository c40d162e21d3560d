"""Reads forms that are written as text, CSV or Markdown tables, into sheets whose rows keep their line
numbers."""

from __future__ import annotations

import csv
import io
import re

from dialogs.forms.container import decode
from dialogs.forms.findings import Finding, RejectedForm, error, warning
from dialogs.forms.msgids import N_
from dialogs.forms.sheets import Sheet, Workbook, kept_as, table


def read_csv(data: bytes) -> Workbook:
    """XLSForm's CSV has the sheet's name in the first column; a table that starts with its headers is the
    survey."""
    text = decode(data)
    delimiter = ";" if text.count(";", 0, 5000) > text.count(",", 0, 5000) else ","
    blocks: list[tuple[str, list[tuple[int, list[str | None]]]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for record in reader:
            line, start = start, reader.line_num + 1
            cells = [cell.strip() or None for cell in record]
            if not blocks and {"type", "name"} <= {(cell or "").lower() for cell in cells}:
                blocks.append(("survey", []))
                cells = [None, *cells]
            elif blocks and blocks[0][1] and blocks[0][1][0][1] is not None and _headless(blocks):
                cells = [None, *cells]
            if cells and cells[0] is not None:
                blocks.append((cells[0], []))
            if any(cells[1:]):
                if not blocks:
                    raise _no_survey_sheet()
                blocks[-1][1].append((line, cells[1:]))
    except csv.Error as problem:
        raise RejectedForm(
            error(
                N_("This line of the CSV file cannot be read. Check its quotation marks."),
                row=reader.line_num,
            )
        ) from problem
    remarks = (
        () if _is_utf8(data) else (warning(N_("The file is not saved as UTF-8. Check that ä, ö, ü and ß are right.")),)
    )
    return _from_blocks(blocks, remarks)


def _headless(blocks: list[tuple[str, list[tuple[int, list[str | None]]]]]) -> bool:
    return len(blocks) == 1 and blocks[0][0] == "survey" and blocks[0][1][0][0] == 1


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


_MARKDOWN_ROW = re.compile(r"\s*\|(.*)\|\s*$")
_MARKDOWN_RULE = re.compile(r"^[\s|:-]+$")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_MARKDOWN_CELL = re.compile(r"(?<!\\)\|")


def read_markdown(data: bytes) -> Workbook:
    """Tables whose first column names the sheet, as pyxform's documentation writes them."""
    blocks: list[tuple[str, list[tuple[int, list[str | None]]]]] = []
    for number, line in enumerate(decode(data).splitlines(), start=1):
        match = _MARKDOWN_ROW.match(line)
        if match is None or (_MARKDOWN_RULE.match(match[1]) and "-" in match[1]):
            continue
        cells = [_markdown_text(cell) for cell in _MARKDOWN_CELL.split(match[1])]
        if cells[0] is not None:
            blocks.append((cells[0], []))
        if any(cells[1:]):
            if not blocks:
                raise _no_survey_sheet()
            blocks[-1][1].append((number, cells[1:]))
    return _from_blocks(blocks, ())


def _markdown_text(cell: str) -> str | None:
    """A cell's text; `<br>` is how tables of Markdown break a line."""
    return _BREAK.sub("\n", cell.strip().replace(r"\|", "|")) or None


def _no_survey_sheet() -> RejectedForm:
    return RejectedForm(
        error(
            N_(
                "There is no sheet named “survey”. Put the questions there, one a row, with the columns "
                "type, name, label."
            )
        )
    )


def _from_blocks(
    blocks: list[tuple[str, list[tuple[int, list[str | None]]]]], remarks: tuple[Finding, ...]
) -> Workbook:
    sheets: dict[str, Sheet] = {}
    for name, cells in blocks:
        key = kept_as(name, len(blocks) == 1)
        if key is None:
            continue
        if key in sheets:
            raise RejectedForm(
                error(
                    N_("There are two sheets named “{name}”. Put their rows into one."),
                    name=name,
                    sheet=name,
                    row=cells[0][0] if cells else None,
                )
            )
        sheets[key] = table(name, cells)
    return Workbook(sheets, tuple(name for name, _ in blocks), remarks)
