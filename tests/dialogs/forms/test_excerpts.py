"""The part of a sheet that a finding is about."""

from __future__ import annotations

from dialogs.forms.check import check
from dialogs.forms.excerpts import CELL_CHARACTERS, MOST_COLUMNS, excerpts

FORM = b"""
| survey | | | | | | |
| | type | name | label::Deutsch (de) | label::English (en) | hint | constraint |
| | text | a | Was fehlt? | What is missing? | x | |
| | integer | b | Wie oft? | How often? | x | . >> 0 |
| | text | c | Welche? | Which? | x | |
"""


def test_the_row_the_neighbours_and_the_marked_cell_are_shown_as_in_the_sheet() -> None:
    findings = check("form.md", FORM).errors
    (finding,) = (each for each in findings if each.column == "constraint")
    (shown,) = excerpts("form.md", FORM, [finding])
    assert shown is not None
    assert shown.headers == ("type", "name", "label::Deutsch (de)", "constraint")
    assert [(row.number, row.marked) for row in shown.rows] == [(4, False), (5, True), (6, False)]
    assert shown.headers[shown.column] == "constraint"
    assert shown.rows[1].cells == ("integer", "b", "Wie oft?", ". >> 0")
    assert len(shown.headers) <= MOST_COLUMNS


def test_long_cells_are_cut_and_files_that_cannot_be_read_have_none() -> None:
    long = FORM.replace(b"Wie oft?", b"x" * 500)
    (finding,) = (each for each in check("form.md", long).errors if each.column == "constraint")
    (shown,) = excerpts("form.md", long, [finding])
    assert shown is not None
    assert max(len(cell) for row in shown.rows for cell in row.cells) == CELL_CHARACTERS
    assert excerpts("form.pdf", b"%PDF-1.7", [finding]) == (None,)
