"""A town's colour."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.looks import theme


def accents(colour: str) -> tuple[str, str]:
    light, dark = re.findall(r"--accent:(#[0-9a-f]{6})", theme.stylesheet(colour))
    return light, dark


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_any_colour_can_be_read_on_paper_and_under_its_text(colour: str) -> None:
    light, dark = accents(colour)
    assert theme.contrast(light, theme.PAPER_LIGHT) >= 4.5
    assert theme.contrast(light, theme.INK_ON_LIGHT) >= 4.5
    assert theme.contrast(dark, theme.PAPER_DARK) >= 4.5
    assert theme.contrast(dark, theme.INK_ON_DARK) >= 4.5


def test_a_readable_colour_stays_as_the_town_chose_it() -> None:
    assert accents("#0b6b4f")[0] == "#0b6b4f"


@pytest.mark.parametrize("written", ["", "red", "#fff", "#12345g", "#000000;} body{display:none"])
def test_what_is_no_colour_becomes_our_own(written: str) -> None:
    assert theme.stylesheet(written) == theme.stylesheet("#0b6b4f")


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
