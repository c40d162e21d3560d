"""XLSForm in, XForm out: spreadsheets that came from somewhere become what the engine reads, or findings.

pyxform does the compiling; here are the gate before it and the interpreter after it. Whatever it answers, by
an error of its own or by a crash, leaves as findings with sheet and row. Not here: what a good survey is
(`lint.py`), running the form (`model.py`).
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeTree
from defusedxml.common import DefusedXmlException
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.utils import external_choices_to_csv, has_external_choices
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from dialogs.forms import complaints
from dialogs.forms.columns import cell, columns
from dialogs.forms.container import Kind, decode, kind_of
from dialogs.forms.dialects import left_out
from dialogs.forms.findings import Finding, RejectedForm, Severity, error
from dialogs.forms.msgids import N_
from dialogs.forms.placing import place
from dialogs.forms.sheets import Row, Sheet, Workbook
from dialogs.forms.spreadsheet import read

ITEMSETS = "itemsets.csv"
"""Name under which pyxform refers to the choices of the sheet `external_choices`."""
MAX_ROWS_TO_SEARCH = 3000
"""Rows up to which the cause of a crash is searched by halves: each half costs a whole compilation."""

_XFORM_ROOT = "{http://www.w3.org/1999/xhtml}html"
_BARE_GROUPS = frozenset({"bind", "control", "body", "media", "instance"})
_LANGUAGE_PARTS = 2


@dataclass(frozen=True, slots=True)
class Compiled:
    """A form ready for the engine."""

    xform: str
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    """Files that belong to the form, by name: those handed in, and those that the spreadsheet itself
    contains."""
    warnings: tuple[Finding, ...] = ()
    workbook: Workbook | None = None
    """The sheets it was compiled from; None for a form that came as XForm XML."""


def to_xform(name: str, data: bytes, attachments: Mapping[str, bytes] | None = None) -> Compiled:
    """Compile a form; `name` is its file name, `attachments` the files beside it.

    Raises `RejectedForm` with every error as a finding, and nothing else (but `MemoryError`).
    """
    beside = dict(attachments or {})
    kind = kind_of(name, data)
    if kind is Kind.XFORM:
        return Compiled(_checked_xform(data), beside)
    workbook, told = left_out(read(kind, data))
    _check_headers(workbook)
    said: list[str] = []
    try:
        result = _compile(workbook, PurePath(name).stem, said)
    except MemoryError:
        raise
    except Exception as problem:
        raise RejectedForm(*_explained(problem, workbook, PurePath(name).stem)) from problem
    if result.itemsets is not None:
        beside.setdefault(ITEMSETS, result.itemsets.encode())
    return Compiled(result.xform, beside, (*workbook.remarks, *told, *_warnings(said, workbook)), workbook)


@dataclass(frozen=True, slots=True)
class _Converted:
    xform: str
    itemsets: str | None


def _compile(workbook: Workbook, stem: str, said: list[str]) -> _Converted:
    """What `pyxform.convert` does, without the temporary file that it writes on its way."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        source = get_xlsform(_definition(workbook, stem))
        described = workbook_to_json(source, fallback_form_name=source.fallback_form_name, warnings=said)
        itemsets = external_choices_to_csv(source) if has_external_choices(described) else None
        survey = create_survey_element_from_dict(described)
        return _Converted(f'<?xml version="1.0"?>{survey.xml().toxml()}', itemsets)


def _definition(workbook: Workbook, stem: str) -> dict[str, Any]:
    """The workbook as pyxform takes it; new dictionaries each time, because pyxform writes into them."""
    definition: dict[str, Any] = {"sheet_names": list(workbook.names), "fallback_form_name": stem or None}
    for name, sheet in workbook.sheets.items():
        definition[name] = [dict(row.cells) for row in sheet.rows]
        definition[f"{name}_header"] = [dict.fromkeys(sheet.headers)] if sheet.headers else []
    return definition


def _warnings(said: list[str], workbook: Workbook) -> tuple[Finding, ...]:
    found = (complaints.from_warning(text) for text in dict.fromkeys(said))
    return tuple(place(complaint, workbook, Severity.WARNING) for complaint in found if complaint is not None)


def _checked_xform(data: bytes) -> str:
    text = decode(data)
    try:
        root = SafeTree.fromstring(data, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as problem:
        position = getattr(problem, "position", None)
        raise RejectedForm(
            error(
                N_("The XML of this form cannot be read. Export the form once more from the program that made it."),
                row=position[0] if position else None,
            )
        ) from problem
    if root.tag != _XFORM_ROOT:
        raise RejectedForm(
            error(N_("This XML file is no form (XForm). Send the spreadsheet the form was made from, saved as .xlsx."))
        )
    return text


def _check_headers(workbook: Workbook) -> None:
    """Headers that make pyxform crash somewhere far from them."""
    found: list[Finding] = []
    for sheet in workbook.sheets.values():
        for column in columns(sheet):
            parts = re.split(r"::", column.header)
            if column.header.lower() in _BARE_GROUPS and sheet.name.lower() != "settings":
                found.append(
                    error(
                        N_("The column “{header}” says not enough. Write for example “{example}”, or remove it."),
                        header=column.header,
                        example=f"{column.header}::relevant" if column.header == "bind" else f"{column.header}::image",
                        sheet=sheet.name,
                        row=sheet.header_row,
                        column=column.header,
                    )
                )
            elif column.language and len(parts) > _LANGUAGE_PARTS and parts[0].lower() not in _BARE_GROUPS:
                found.append(
                    error(
                        N_("The column “{header}” names two languages. Write one column for each language."),
                        header=column.header,
                        sheet=sheet.name,
                        row=sheet.header_row,
                        column=column.header,
                    )
                )
    if found:
        raise RejectedForm(*found)


def _explained(problem: Exception, workbook: Workbook, stem: str) -> tuple[Finding, ...]:
    if isinstance(problem, PyXFormError):
        placed = tuple(place(said, workbook, Severity.ERROR) for said in complaints.from_error(problem))
    else:
        placed = (_crash(problem),)
    if len(placed) > 1 or placed[0].row is not None or not _needs_row(placed[0]):
        return placed
    return (_with_row(placed[0], problem, workbook, stem),)


def _needs_row(finding: Finding) -> bool:
    return finding.sheet in {"", "survey", "choices"} and "candidates" not in finding.params


def _crash(problem: Exception) -> Finding:
    """What pyxform's known crashes mean, by what is missing; otherwise an honest word."""
    missing = problem.args[0] if isinstance(problem, KeyError) and problem.args else None
    if missing == "label":
        return error(
            N_("A choice of this list has no label in some language. Give every choice of the list a label."),
            sheet="survey",
        )
    if isinstance(missing, str) and missing.startswith("${"):
        return error(
            N_(
                "Earlier answers can be offered as choices only with select_one, not with several answers. "
                "Use select_one."
            ),
            sheet="survey",
        )
    if isinstance(problem, RecursionError):
        return error(N_("Groups are nested too deeply here. Put fewer groups into each other."), sheet="survey")
    return error(
        N_(
            "The form's compiler stumbles over this row and does not say why. Check its type, name, list "
            "and parameters."
        ),
        sheet="survey",
    )


def _with_row(finding: Finding, problem: Exception, workbook: Workbook, stem: str) -> Finding:
    """Find the row by halves: rows below a mark become plain notes; the row is where the problem appears
    first."""
    for key in ("survey", "choices"):
        sheet = workbook.sheet(key)
        if sheet is None or len(sheet.rows) > MAX_ROWS_TO_SEARCH:
            continue
        index = _first_failing(workbook, key, sheet, lambda trial: _is_same(problem, trial, stem))
        if index is not None:
            return Finding(
                finding.severity,
                finding.msgid,
                finding.params,
                sheet.name,
                sheet.rows[index].number,
                finding.column,
            )
    survey = workbook.sheet("survey")
    if survey is None:
        return finding
    loop = next((row.number for row in survey.rows if re.match(r"begin[ _]loop", cell(survey, row, "type"))), None)
    return Finding(finding.severity, finding.msgid, finding.params, survey.name, loop, finding.column)


def _is_same(problem: Exception, trial: Workbook, stem: str) -> bool:
    try:
        _compile(trial, stem, [])
    except MemoryError:
        raise
    except Exception as other:
        return type(other) is type(problem) and str(other) == str(problem)
    return False


def _first_failing(workbook: Workbook, key: str, sheet: Sheet, fails: Callable[[Workbook], bool]) -> int | None:
    def trial(intact: int) -> Workbook:
        rows = (*sheet.rows[:intact], *(_plain(key, row, sheet) for row in sheet.rows[intact:]))
        changed = Sheet(sheet.name, sheet.header_row, sheet.headers, rows)
        return Workbook({**workbook.sheets, key: changed}, workbook.names)

    low, high = 0, len(sheet.rows)
    if fails(trial(low)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if fails(trial(middle)):
            high = middle
        else:
            low = middle
    return low if fails(trial(high)) else None


def _plain(key: str, row: Row, sheet: Sheet) -> Row:
    """The row without what could trouble pyxform, but with the names that other rows refer to."""
    kept = {"type", "name", "label"} if key == "survey" else {"list_name", "name", "label"}
    cells = {
        column.header: row.cells[column.header]
        for column in columns(sheet)
        if column.name in kept and column.header in row.cells
    }
    kind = next((column.header for column in columns(sheet) if column.name == "type"), None)
    if key == "survey" and kind in cells and not re.match(r"(begin|end)[ _]", cells[kind].strip().lower()):
        cells[kind] = "note"
    return Row(row.number, cells)
