"""Rows of a closed survey as they may leave the house: shuffled, without pseudonym or time. An act of staff, noted in
the audit log by whoever does it. Columns are called as the form calls its questions (`group/question`).

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
from datetime import date
from typing import Final

from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from privacy.disclosure import DESK
from privacy.files import without_key
from privacy.readings import together
from storage.acts.errors import ActError
from storage.records import StoredResponse, StoredValue

LEAST_ROWS = DESK.least_respondents
"""Rows leave the house only together with so many others."""

FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠﹦﹢﹣﹫⁼⁺₌₊")
"""First characters that a spreadsheet may take for a formula, their full-width, small and raised variants too."""

_BURIED = re.compile(
    r"([;\t\r\n][\s\"\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*)(?=[" + re.escape("".join(FORMULA_STARTS)) + "])"
)


LANGUAGE: Final = "language"
"""The column with the language somebody answered in. A question of the same name keeps its whole path."""
NUMBERS: Final = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})
EXACT_DIGITS: Final = 15
"""A spreadsheet rounds longer numbers; they stay text."""


@dataclass(frozen=True, slots=True)
class Table:
    """Texts for a file; nothing in it is run by a spreadsheet."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    types: tuple[QuestionType | None, ...] = ()
    """What each column's question asks for; none of a column that is no question."""


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
    refs = _columns(form, rows)
    told = (
        (response.language, *(defused(row.get(ref, "")) for ref in refs))
        for response, row in zip(responses, rows, strict=True)
    )
    asked = {control.ref: control.type for control in form.controls}
    types = (None, *(asked.get(_unpositioned(ref)) for ref in refs))
    return Table((LANGUAGE, *(_heading(ref) for ref in refs)), tuple(told), types)


def typed(table: Table) -> list[list[str | int | float | date]]:
    """The rows with numbers as numbers and days as days, for a spreadsheet that counts and sorts."""
    return [[_typed(text, type_) for text, type_ in zip(row, table.types, strict=True)] for row in table.rows]


def as_csv(table: Table) -> str:
    """RFC 4180."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([apart(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def _typed(text: str, type_: QuestionType | None) -> str | int | float | date:
    try:
        if type_ in NUMBERS and len(text) <= EXACT_DIGITS:
            return float(text) if "." in text else int(text)
        if type_ is QuestionType.DATE:
            return date.fromisoformat(text)
    except ValueError:
        return text
    return text


def _heading(ref: str) -> str:
    """The path below the form's root."""
    below = ref.split("/", 2)[-1]
    return below if below != LANGUAGE else ref


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
