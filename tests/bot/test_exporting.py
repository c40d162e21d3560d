"""What of an answer leaves the house in a row: nothing a spreadsheet runs, no exact place, no name that was found."""

from __future__ import annotations

import pytest

from bot.exporting import defused
from privacy.readings import coarse


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "＝1", "\r=1"])
def test_a_formula_is_defused(text: str) -> None:
    assert defused(text) == text if text == "+49" else defused(text).startswith("'")


@pytest.mark.parametrize("text", ["-3", "+1.5", "1", "Bus", ""])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_a_place_is_put_on_a_coarse_grid() -> None:
    assert coarse("52.516275 13.377704 34.0 5.0") == "52.5175 13.3775"
    assert coarse("52.517000 13.377000 0 0") == coarse("52.518000 13.378000 0 0")
    assert coarse("") == ""
