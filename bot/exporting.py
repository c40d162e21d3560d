"""Rows of a closed survey as CSV: shuffled, without pseudonym or time. An act of staff, noted in the audit log.

Free texts are opened with their responses' keys for this file and nowhere else, masked (`privacy.masking`), and places
are coarsened; formulas are defused, since the file will be opened in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import ActError
from bot.home import Home
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from dialogs.world import Survey
from privacy.answers import open_answer
from privacy.disclosure import DESK
from privacy.files import NoFileName, without_key
from privacy.masking import mask_for_export
from privacy.sealing import Sealer, Unsealable
from storage.base import StoredResponse, StoredValue

LEAST_ROWS = DESK.least_respondents
"""Rows leave the house only together with so many others."""

GRID = 0.0025
"""Degrees between two places that an export can tell apart: 278 m north, some 170 m east in Germany."""

FORMULA_STARTS = frozenset("=+-@\t\r\0＝＋－＠")
"""First characters that a spreadsheet may take for a formula, full-width ones too."""


async def write_rows(home: Home, survey: Survey, form: Form, target: Path, voice: Voice) -> int:
    """Write the file (mode 0600) and return the number of rows. Raises `ActError`."""
    responses = await home.responses.rows(survey.code)
    if 0 < len(responses) < LEAST_ROWS:
        raise ActError(
            voice.t(
                "Fewer than {least} people answered: single rows would tell who they are, so they stay in the house.",
                least=LEAST_ROWS,
            )
        )
    places = frozenset(control.ref for control in form.controls if control.type is QuestionType.GEOPOINT)
    rows = [await _row(home, response, places) for response in responses]
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


async def _row(home: Home, response: StoredResponse, places: frozenset[str]) -> dict[str, str]:
    key = await home.keychain.response_if_any(response.id)
    sealer = Sealer(key) if key is not None else None
    return {
        value.ref: _told(value, sealer, response.language, _unpositioned(value.ref) in places)
        for value in response.values
    }


def _told(value: StoredValue, sealer: Sealer | None, language: str, is_place: bool) -> str:
    """What of an answer may leave the house."""
    if value.plain is not None:
        return value.plain
    text = _opened(value, sealer)
    if value.media is not None:
        return _file_name(text)
    return coarse(text) if is_place else mask_for_export(text, language)


def _opened(value: StoredValue, sealer: Sealer | None) -> str:
    if value.sealed is None or sealer is None:
        return ""
    try:
        return open_answer(sealer, value.ref, value.sealed)
    except Unsealable:
        return ""


def _file_name(name: str) -> str:
    try:
        return without_key(name)
    except NoFileName:
        return ""


def coarse(geopoint: str) -> str:
    """A place on a grid of about 250 m, without altitude and accuracy; '' if it is none."""
    try:
        latitude, longitude = (float(part) for part in geopoint.split()[:2])
    except ValueError:
        return ""
    return f"{round(latitude / GRID) * GRID:.4f} {round(longitude / GRID) * GRID:.4f}"


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
