"""Text as Telegram counts it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.text import cut, escape, split, width

texts = st.text(st.characters(exclude_categories=("Cs",)))


@given(texts)
def test_width_is_utf16(text: str) -> None:
    assert width(text) == len(text.encode("utf-16-le")) // 2


@given(texts, st.integers(2, 50))
def test_pieces_fit_and_lose_only_white_space(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(width(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(texts, st.integers(2, 50))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert width(short) <= limit
    assert short == text if width(text) <= limit else short.endswith("…")


def test_a_text_is_cut_where_it_hurts_least() -> None:
    assert split("eins zwei\n\ndrei vier fünf", 15) == ["eins zwei", "drei vier fünf"]
    assert split("eins zwei drei", 10) == ["eins zwei", "drei"]
    assert split("🚌" * 5, 4) == ["🚌🚌", "🚌🚌", "🚌"]


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    assert escape("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;"
