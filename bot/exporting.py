"""Rows of a closed survey as a file (`storage/acts/exporting.py` says what they hold)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.home import Home
from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.world import Survey
from storage.acts.errors import ActError
from storage.acts.exporting import as_csv, rows_of
from storage.errors import Conflict


async def write_rows(home: Home, survey: Survey, form: Form, target: Path, today: date, voice: Voice) -> int:
    """Write the file (mode 0600) and return the number of rows. Raises `ActError`."""
    responses = await home.responses.rows(survey.code)
    table = rows_of(responses, await _copies(home, survey, today), form, voice)
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            file.write(as_csv(table))
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be written: {why}.", file=str(target), why=error.strerror or "")
        ) from None
    return len(table.rows)


async def _copies(home: Home, survey: Survey, today: date) -> Mapping[tuple[bytes, str], str]:
    """Masked texts and coarse places by response and ref. Raises `ActError`."""
    try:
        await home.readings.make(survey.code, today, closed=True)
        copies = await home.readings.texts(survey.code)
    except Conflict as error:
        raise ActError(str(error)) from None
    return {(copy.response, copy.ref): copy.text for copy in copies}
