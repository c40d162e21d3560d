"""Puts a complaint of pyxform where its author sees it: sheet, row, column, and what the cell says now.

pyxform counts rows from 2, names some columns its own way, and now and then names no row at all; then the row
is found by its words. Not here: complaints that only a search by halves can place (`xlsform.py`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from dialogs.forms.columns import cell, header_of
from dialogs.forms.complaint_texts import WITH_SIMILAR
from dialogs.forms.complaints import Complaint
from dialogs.forms.findings import Finding, Severity
from dialogs.forms.sheets import Row, Sheet, Workbook

_GROUPS = ("begin group", "end group", "begin repeat", "end repeat")
_SELECTS = ("select_one", "select_multiple", "rank", "select_one_from_file", "select_multiple_from_file")
_TYPES = (*sorted(QUESTION_TYPE_DICT), *_GROUPS, *_SELECTS)
_QUOTED_CELL = 60
"""Characters of a cell that a message repeats."""


def place(complaint: Complaint, workbook: Workbook, severity: Severity) -> Finding:
    """The complaint as a finding; `row` stays None where neither pyxform nor the words tell it."""
    sheet = workbook.sheet(complaint.sheet)
    row = None if sheet is None else _row(complaint, sheet)
    header = header_of(sheet, complaint.column) if sheet is not None and complaint.column else complaint.column
    params = {
        **complaint.params,
        **_explanations(complaint, workbook, sheet, row, header),
    }
    msgid = complaint.msgid
    if params.get("similar"):
        msgid = WITH_SIMILAR.get(msgid, msgid)
    number = row.number if row is not None else None
    if number is None and sheet is not None and (complaint.row == 1 or _is_about_headers(complaint)):
        number = sheet.header_row
    return Finding(severity, msgid, params, sheet.name if sheet is not None else complaint.sheet, number, header)


def _is_about_headers(complaint: Complaint) -> bool:
    return complaint.row is None and bool({"missing", "other", "header"} & complaint.params.keys())


def _row(complaint: Complaint, sheet: Sheet) -> Row | None:
    if complaint.row is not None:
        index = complaint.row - 2
        return sheet.rows[index] if 0 <= index < len(sheet.rows) else None
    params = complaint.params
    if "list" in params and "name" in params:
        return _first(
            row
            for row in sheet.rows
            if cell(sheet, row, "name") == params["name"] and cell(sheet, row, "list_name") == params["list"]
        )
    if "type" in params:
        wanted = _squeezed(params["type"])
        return _first(row for row in sheet.rows if _squeezed(cell(sheet, row, "type")) == wanted)
    if "q" in params:
        reference = re.compile(r"\$\{\s*" + re.escape(params["q"]) + r"\s*\}")
        return _first(row for row in sheet.rows if any(reference.search(text) for text in row.cells.values()))
    if "name" in params:
        return _first(row for row in sheet.rows if cell(sheet, row, "name") == params["name"])
    if sheet.name.lower() == "settings":
        return _first(iter(sheet.rows))
    return None


def _first(rows: Iterable[Row]) -> Row | None:
    return next(iter(rows), None)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().lower()


def _explanations(
    complaint: Complaint, workbook: Workbook, sheet: Sheet | None, row: Row | None, header: str
) -> dict[str, str]:
    """Parameters that pyxform did not give: the words in the cell, a name that would do, one that looks
    alike."""
    params = complaint.params
    explained = {"example": "${name}"}
    here = row.cells.get(header, "") if row is not None else ""
    explained["value"] = params.get("value") or here[:_QUOTED_CELL]
    if sheet is not None and row is not None:
        explained["name"] = params.get("name") or cell(sheet, row, "name")
    taken = _names(workbook)
    label = _label(sheet, row)
    explained["suggestion"] = suggested_name(params.get("name") or explained["value"] or label, taken)
    if "q" in params:
        explained["similar"] = _similar(params["q"], taken)
    elif "list" in params and "name" not in params:
        explained["similar"] = _similar(params["list"], _lists(workbook))
    elif "type" in params:
        explained["similar"] = _similar(params["type"], _TYPES)
    return explained


def _similar(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)), "")


def _names(workbook: Workbook) -> tuple[str, ...]:
    sheet = workbook.sheet("survey")
    return () if sheet is None else tuple(cell(sheet, row, "name") for row in sheet.rows if cell(sheet, row, "name"))


def _lists(workbook: Workbook) -> tuple[str, ...]:
    sheet = workbook.sheet("choices")
    return () if sheet is None else tuple({cell(sheet, row, "list_name"): "" for row in sheet.rows})


def _label(sheet: Sheet | None, row: Row | None) -> str:
    return "" if sheet is None or row is None else cell(sheet, row, "label")


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_NAME_WORDS = 3


def suggested_name(text: str, taken: Iterable[str]) -> str:
    """A name that XLSForm allows, made of the first words of `text`, different from all that are taken."""
    words = re.findall(r"[A-Za-z0-9]+", text.translate(_UMLAUTS))[:_NAME_WORDS]
    name = "_".join(words).lower() or "question"
    if not name[0].isalpha():
        name = f"q_{name}"
    used = set(taken)
    if name not in used:
        return name
    return next(f"{name}_{number}" for number in range(2, len(used) + 3) if f"{name}_{number}" not in used)
