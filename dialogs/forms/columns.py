"""Which column a header means: XLSForm allows several names and writes the language behind `::`.

Not here: what is in the columns. The names follow pyxform's own aliases, so that both agree on a form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.forms.sheets import Row, Sheet

DEFAULT_LANGUAGE = ""
"""The language of a column that names none."""

_ALIASES = {
    "caption": "label",
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::required": "required",
    "bind::constraint": "constraint",
    "bind::constraintmsg": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "bind::jr:requiredmsg": "required_message",
    "bind::calculate": "calculation",
    "constraining_message": "constraint_message",
    "calculate": "calculation",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "requiredmsg": "required_message",
    "readonly": "read_only",
}
_TRANSLATABLE = (
    "label", "hint", "guidance_hint", "constraint_message", "required_message",
    "image", "big-image", "audio", "video",
)  # fmt: skip
_SINGLE_COLON = re.compile(r"(?<!:):(?!:)")


@dataclass(frozen=True, slots=True)
class Column:
    """A header as written, the column it means, and the language of its texts."""

    header: str
    name: str
    language: str = DEFAULT_LANGUAGE


def column(header: str, double_colon: bool) -> Column:
    """Read one header. `double_colon`: the sheet separates by `::`, so a single `:` separates nothing."""
    lowered = " ".join(header.lower().split())
    known = _ALIASES.get(lowered) or _ALIASES.get(lowered.replace(" ", "_"))
    if known:
        return Column(header, known)
    parts = header.split("::") if double_colon else _SINGLE_COLON.split(header)
    parts = [part.strip() for part in parts]
    if len(parts) > 1 and parts[0].lower() in {"media", "bind", "control", "body"}:
        parts = parts[1:]
    name = parts[0].lower().replace(" ", "_")
    name = _ALIASES.get(name, _ALIASES.get("bind::" + name, name))
    if len(parts) > 1 and name in _TRANSLATABLE:
        return Column(header, name, parts[-1])
    return Column(header, name if len(parts) == 1 else header.lower())


def columns(sheet: Sheet) -> tuple[Column, ...]:
    """All columns of a sheet, in order."""
    double_colon = any("::" in header for header in sheet.headers)
    return tuple(column(header, double_colon) for header in sheet.headers)


def header_of(sheet: Sheet, name: str) -> str:
    """The header, as the author wrote it, of the first column that means `name`; `name` itself if there is
    none."""
    return next((found.header for found in columns(sheet) if found.name == name or found.header == name), name)


def cell(sheet: Sheet, row: Row, name: str) -> str:
    """The text of a row's cell in the column that means `name`, or ''."""
    return row.cells.get(header_of(sheet, name), "")
