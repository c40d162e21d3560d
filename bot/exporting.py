"""Rows of a closed survey as CSV: shuffled, without pseudonym or time. An act of staff, noted in the audit log.

Of free texts and places it holds the masked copies (`storage/sql/readings.py`): no original is opened for it. Formulas
are defused, since the file will be opened in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from bot.home import Home
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from dialogs.world import Survey
from privacy.disclosure import DESK
from privacy.files import without_key
from privacy.readings import together
from storage.acts.errors import ActError
from storage.base import StoredResponse, StoredValue
from storage.errors import Conflict

LEAST_ROWS = DESK.least_respondents
"""Rows leave the house only together with so many others."""

FORMULA_STARTS = frozenset("=+-@\t\r\0＝＋－＠")
"""First characters that a spreadsheet may take for a formula, full-width ones too."""


async def write_rows(home: Home, survey: Survey, form: Form, target: Path, today: date, voice: Voice) -> int:
    """Write the file (mode 0600) and return the number of rows. Raises `ActError`."""
    responses = await home.responses.rows(survey.code)
    if 0 < len(responses) < LEAST_ROWS:
        raise ActError(
            voice.t(
                "Fewer than {least} people answered: single rows would tell who they are, so they stay in the house.",
                least=LEAST_ROWS,
            )
        )
    copies = _places_hidden(await _copies(home, survey, today), form)
    rows = [_row(response, copies) for response in responses]
    columns = _columns(form, rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["language", *columns])
    for response, row in zip(responses, rows, strict=True):
        writer.writerow([response.language, *(defused(row.get(column, "")) for column in columns)])
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            file.write(text.getvalue())
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be written: {why}.", file=str(target), why=error.strerror or "")
        ) from None
    return len(rows)


async def _copies(home: Home, survey: Survey, today: date) -> Mapping[tuple[bytes, str], str]:
    """Masked texts and coarse places by response and ref. Raises `ActError`."""
    try:
        await home.readings.make(survey.code, today, closed=True)
        copies = await home.readings.texts(survey.code)
    except Conflict as error:
        raise ActError(str(error)) from None
    return {(copy.response, copy.ref): copy.text for copy in copies}


def _places_hidden(copies: Mapping[tuple[bytes, str], str], form: Form) -> Mapping[tuple[bytes, str], str]:
    """Without places where fewer than five lie."""
    asked = {control.ref for control in form.controls if control.type is QuestionType.GEOPOINT}
    shown: dict[str, Collection[str]] = {}
    for ref in asked:
        here = [text for (_, where), text in copies.items() if _unpositioned(where) == ref]
        shown[ref] = together(here, DESK.least_cell)
    return {
        (response, ref): text
        for (response, ref), text in copies.items()
        if text in shown.get(_unpositioned(ref), (text,))
    }


def _row(response: StoredResponse, copies: Mapping[tuple[bytes, str], str]) -> dict[str, str]:
    return {value.ref: _told(value, copies.get((response.id, value.ref), "")) for value in response.values}


def _told(value: StoredValue, copy: str) -> str:
    """What of an answer may leave the house."""
    if value.plain is not None:
        return value.plain
    return copy if value.media is None else without_key(value.media)


def _columns(form: Form, rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Refs in the form's order, repeats with their positions, calculated values after them."""
    order = {control.ref: place for place, control in enumerate(form.controls)}
    found = dict.fromkeys(ref for row in rows for ref in row)
    every = dict.fromkeys([*(ref for ref, control in _plain_controls(form)), *found])
    return sorted(every, key=lambda ref: order.get(_unpositioned(ref), len(order)))


def _plain_controls(form: Form) -> Iterable[tuple[str, object]]:
    return ((control.ref, control) for control in form.controls if control.askable and not control.in_repeat)


def _unpositioned(ref: str) -> str:
    return "".join(part.partition("[")[0] + "/" for part in ref.split("/")).rstrip("/")


def defused(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it; numbers stay numbers."""
    if text[:1] not in FORMULA_STARTS:
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text
