"""Rows of a closed survey as they may leave the house: shuffled, without pseudonym or time. An act of staff, noted in
the audit log by whoever does it.

Of free texts and places they hold the masked copies (`storage/sql/readings.py`): no original is opened for it. Formulas
are defused, since a file of them will be opened in a spreadsheet. Not here: files (`bot/exporting.py`, `workbook.py`).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from privacy.disclosure import DESK
from privacy.files import without_key
from privacy.readings import together
from storage.acts.errors import ActError
from storage.base import StoredResponse, StoredValue

LEAST_ROWS = DESK.least_respondents
"""Rows leave the house only together with so many others."""

FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠﹦﹢﹣﹫⁼⁺₌₊")
"""First characters that a spreadsheet may take for a formula, their full-width, small and raised variants too."""

_BURIED = re.compile(
    r"([;\t\r\n][\s\"\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*)(?=[" + re.escape("".join(FORMULA_STARTS)) + "])"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Texts for a file; nothing in it is run by a spreadsheet."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def rows_of(
    responses: Sequence[StoredResponse], copies: Mapping[tuple[bytes, str], str], form: Form, voice: Voice
) -> Table:
    """`copies`: masked texts and coarse places by response and ref. Raises `ActError`."""
    if 0 < len(responses) < LEAST_ROWS:
        raise ActError(
            voice.t(
                "Fewer than {least} people answered: single rows would tell who they are, so they stay in the house.",
                least=LEAST_ROWS,
            )
        )
    shown = _places_hidden(copies, form)
    rows = [_row(response, shown) for response in responses]
    columns = _columns(form, rows)
    told = (
        (response.language, *(defused(row.get(column, "")) for column in columns))
        for response, row in zip(responses, rows, strict=True)
    )
    return Table(("language", *columns), tuple(told))


def as_csv(table: Table) -> str:
    """RFC 4180."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([apart(cell) for cell in row] for row in table.rows)
    return text.getvalue()


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
    """The text with an apostrophe before it where a spreadsheet would run it; numbers stay numbers.

    What is not seen before such a character (spaces, marks of direction) does not hide it."""
    first = next((sign for sign in text if not (sign.isspace() or unicodedata.category(sign) == "Cf")), "")
    if text[:1] not in FORMULA_STARTS and first not in FORMULA_STARTS:
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text if text == text.strip() else text.strip()


def apart(text: str) -> str:
    """For a file of commas: defused after semicolons, tabs and line breaks too, where a spreadsheet begins a new cell
    if it does not cut at commas. A German one does so."""
    return _BURIED.sub(r"\1'", text)
