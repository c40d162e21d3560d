"""pyxform's English errors and warnings, turned into remarks that tell an author what to do and where.

Two tables: `BY_CODE` for those that pyxform keeps as templates (patterns are derived from the templates),
`BY_TEXT` for those that it writes inline. What neither knows is passed on in pyxform's words, cleaned.
Not here: crashes, and errors that name no row (`xlsform.py` finds the row).
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyxform.errors import ErrorCode, PyXFormError

from dialogs.forms.complaint_codes import BY_CODE
from dialogs.forms.complaint_texts import BY_TEXT
from dialogs.forms.msgids import N_


@dataclass(frozen=True, slots=True)
class Complaint:
    """What pyxform said, in our words. `row` counts as pyxform does: 2 is the first row below the header."""

    msgid: str
    sheet: str = "survey"
    column: str = ""
    row: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    msgid: str
    sheet: str
    column: str


_UNKNOWN = N_("The form's compiler says: {text}")
_ROW = re.compile(r"\[row : (\d+)\]\s*")
_IGNORED_WARNING = re.compile(r"max-pixels parameter|is missing the ")
"""Pictures are made smaller by Zuruf itself; missing translations are told cell by cell by `lint.py`."""


def _from_template(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name == "row":
            parts.append(r"(?P<row>\d+|unknown)")
        elif name:
            parts.append(f"(?P<{name}>.*?)" if name not in seen else ".*?")
            seen.add(name)
    return re.compile("".join(parts) + "$", re.DOTALL)


_RULES: tuple[_Rule, ...] = (
    *(_Rule(_from_template(ErrorCode[code].value.msg), *rest) for code, rest in BY_CODE.items()),
    *(_Rule(re.compile(pattern, re.DOTALL), *rest) for pattern, *rest in BY_TEXT),
)


def from_error(problem: PyXFormError) -> tuple[Complaint, ...]:
    """Every complaint in a PyXFormError (it may hold several, one a line)."""
    text = str(problem)
    lines = text.split("\n") if all(_ROW.match(line) for line in text.split("\n")) else [text]
    return tuple(_recognise(line) for line in lines)


def from_warning(text: str) -> Complaint | None:
    """A warning of pyxform in our words, or None for those that do not concern a conversation."""
    if _IGNORED_WARNING.search(text):
        return None
    return _recognise(text)


def is_recognised(complaint: Complaint) -> bool:
    """Whether the tables know this complaint (a test requires it of all that pyxform can say)."""
    return complaint.msgid != _UNKNOWN


def _recognise(text: str) -> Complaint:
    found = _ROW.search(text)
    row = int(found[1]) if found else None
    for rule in _RULES:
        match = rule.pattern.search(text)
        if match is None:
            continue
        params = {key: value for key, value in match.groupdict().items() if value is not None and key != "row"}
        sheet = rule.sheet or params.get("sheet") or params.get("sheet_name") or ""
        column = rule.column or params.get("column") or ""
        return Complaint(rule.msgid, sheet, column, row, params)
    return Complaint(_UNKNOWN, "survey" if row else "", "", row, {"text": _cleaned(_ROW.sub("", text))})


def _cleaned(text: str) -> str:
    """One line, without Python's dictionaries and without links that help nobody here."""
    text = re.sub(r"\{.*?\}|Learn more: \S+", "", text.replace("\n", " "))
    return re.sub(r"\s+", " ", text).strip()[:300]
