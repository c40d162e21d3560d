"""What other programs add to XLSForm and Zuruf leaves out: calculations about the device, entities of ODK.

Such forms are not refused, because their questions work without; the author is told. Not here: question types that
tell the same (`simserial`), which the engine leaves empty by itself.
"""

from __future__ import annotations

import re

from dialogs.forms.columns import columns
from dialogs.forms.findings import Finding, warning
from dialogs.forms.msgids import N_
from dialogs.forms.sheets import Row, Sheet, Workbook

_ABOUT_THE_DEVICE = re.compile(
    r"(?:device-info|duration|phone-call-log|phone-call-duration|collect-is-phone-app|username|phonenumber)\(\s*\)"
)
_COLUMNS = frozenset({"calculation", "default"})
_NOTHING = "''"


def left_out(workbook: Workbook) -> tuple[Workbook, tuple[Finding, ...]]:
    """The workbook without all that, and a warning for each thing."""
    without, device = _without_device_calls(workbook)
    plain, entities = _without_entities(without)
    return plain, (*device, *entities)


def _without_entities(workbook: Workbook) -> tuple[Workbook, tuple[Finding, ...]]:
    """Entities are a register of things or people that outlives a survey: not what citizens agree to here."""
    entities, survey = workbook.sheet("entities"), workbook.sheet("survey")
    if entities is None or survey is None:
        return workbook, ()
    saving = {column.header for column in columns(survey) if column.name == "save_to"}
    rows = tuple(
        Row(row.number, {key: text for key, text in row.cells.items() if key not in saving}) for row in survey.rows
    )
    headers = tuple(header for header in survey.headers if header not in saving)
    sheets = {name: sheet for name, sheet in workbook.sheets.items() if name != "entities"}
    sheets["survey"] = Sheet(survey.name, survey.header_row, headers, rows)
    told = warning(
        N_("Zuruf keeps no entities. The sheet and the column “save_to” are left out; remove them."),
        sheet=entities.name,
    )
    names = tuple(name for name in workbook.names if name != entities.name)
    return Workbook(sheets, names, workbook.remarks), (told,)


def _without_device_calls(workbook: Workbook) -> tuple[Workbook, tuple[Finding, ...]]:
    """Forms for SurveyCTO carry these calculations from its template: they become empty."""
    sheet = workbook.sheet("survey")
    if sheet is None:
        return workbook, ()
    headers = [column.header for column in columns(sheet) if column.name in _COLUMNS]
    found = [
        warning(
            N_("“{function}” tells about the device of the person who answers. Zuruf leaves it empty; remove the row."),
            function=text,
            sheet=sheet.name,
            row=row.number,
            column=header,
        )
        for row in sheet.rows
        for header in headers
        if _ABOUT_THE_DEVICE.fullmatch(text := row.cells.get(header, "").strip())
    ]
    if not found:
        return workbook, ()
    changed = {(finding.row, finding.column) for finding in found}
    rows = tuple(
        Row(row.number, {key: _NOTHING if (row.number, key) in changed else text for key, text in row.cells.items()})
        for row in sheet.rows
    )
    survey = Sheet(sheet.name, sheet.header_row, sheet.headers, rows)
    return Workbook({**workbook.sheets, "survey": survey}, workbook.names, workbook.remarks), tuple(found)
