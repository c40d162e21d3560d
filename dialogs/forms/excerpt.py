"""A part of a spreadsheet as a page shows it, as values alone: whoever only passes it on need not know how a
spreadsheet is read. Not here: how it is cut (`excerpts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExcerptRow:
    """One row: its number as the author sees it, its cells in the order of the headers."""

    number: int
    cells: tuple[str, ...]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A few rows of a sheet. `column` is the index of the marked one among `headers`, -1 if the whole row is meant."""

    sheet: str
    headers: tuple[str, ...]
    rows: tuple[ExcerptRow, ...]
    column: int = -1
    header_row: int = 1
    header_marked: bool = False
