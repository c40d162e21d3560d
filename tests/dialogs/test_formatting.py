"""Formatting of news: what is marked is shown so on channels that can, in words elsewhere; no foreign markup passes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.text import marked_up
from dialogs.formatting import Style, is_safe_link, parse, segments, shifted, shown_with, spelled_out, unsafe_links


def test_bold_italic_links_and_lists_are_taken_apart() -> None:
    text, spans = parse("Ab **Montag** *neu*: [hier](https://a.example/x)\n- eins\n* zwei")
    assert text == "Ab Montag neu: hier\n• eins\n• zwei"
    assert [(text[span.start : span.end], span.style) for span in spans] == [
        ("Montag", Style.STRONG),
        ("neu", Style.EMPHASIS),
        ("hier", Style.LINK),
    ]


def test_a_link_is_spelled_out_where_none_can_be_shown() -> None:
    assert spelled_out(*parse("Mehr [hier](https://a.example/x).")) == "Mehr hier (https://a.example/x)."


def test_a_channel_without_links_keeps_what_else_it_shows() -> None:
    text, spans = shown_with(
        *parse("Mehr [hier](https://a.example/x) ab **Montag**, [da](https://a.b)"), {Style.STRONG}
    )
    assert text == "Mehr hier (https://a.example/x) ab Montag, da (https://a.b)"
    assert [(text[span.start : span.end], span.style) for span in spans] == [("Montag", Style.STRONG)]


@pytest.mark.parametrize(
    "markup", ["2 * 3 * 4", "a_b_c", "5*", "**", "**offen", "[nur](nichts)", "<b>fett</b>", r"\*kein Stern\*"]
)
def test_what_is_no_formatting_stands_as_it_was_typed(markup: str) -> None:
    text, spans = parse(markup)
    assert text == markup.replace("\\*", "*")
    assert spans == ()


@pytest.mark.parametrize(
    "address",
    [
        *("http://a.example", "javascript:alert(1)", "https://user@a.example/", "https://localhost", 'https://a.b/"x'),
        "https://" + "a" * 600 + ".example",
    ],
)
def test_an_unsafe_link_is_none(address: str) -> None:
    assert not is_safe_link(address)
    assert parse(f"[hier]({address})")[1] == ()


def test_telegram_gets_its_own_markup_and_everything_else_escaped() -> None:
    text, spans = parse("<i>A & B</i> **C < D** [E>](https://a.example/?a=1&b=2)")
    assert marked_up(text, spans) == (
        '&lt;i&gt;A &amp; B&lt;/i&gt; <b>C &lt; D</b> <a href="https://a.example/?a=1&amp;b=2">E&gt;</a>'
    )


@given(st.text(alphabet='ab *[]()\\\n-https:/.<>&"é😀', max_size=80))
def test_nothing_is_lost_and_spans_lie_within_the_text(markup: str) -> None:
    text, spans = parse(markup)
    assert "".join(piece for piece, _ in segments(text, spans)) == text
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(later.start >= earlier.end for earlier, later in pairwise(spans))
    assert [span.start for span in shifted(spans, 3)] == [span.start + 3 for span in spans]
    shown = marked_up(text, spans)
    assert "<script" not in shown
    assert all(not is_safe_link(href) for href in unsafe_links(markup))
