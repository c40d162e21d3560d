"""Text as Signal counts it: UTF-16 code units; styles are ranges beside it, so nothing is escaped. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from adapters.signal.envelopes import Mention
from dialogs.formatting import Span, Style

PLACEHOLDER: Final = "\ufffc"
"""Stands in the text where somebody is mentioned."""
SOMEBODY: Final = "@…"
"""What we read in its place: whom a citizen mentions is no business of ours."""
_STYLES: Final[Mapping[Style, str]] = {Style.STRONG: "BOLD", Style.EMPHASIS: "ITALIC"}


def width(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def styled(start: int, text: str, style: Style) -> str:
    """A passage that begins at this code unit, as `textStyle` wants it. Links have no style: Signal makes them."""
    return f"{start}:{width(text)}:{_STYLES[style]}"


def styles_of(start: int, text: str, spans: Sequence[Span]) -> list[str]:
    """The formatting of a text that begins at this code unit of a message."""
    return [
        styled(start + width(text[: span.start]), text[span.start : span.end], span.style)
        for span in spans
        if span.style in _STYLES
    ]


def without_mentions(text: str, mentions: Sequence[Mention]) -> str:
    """The text with every mention read as `SOMEBODY`, whatever the ranges claim."""
    return text.replace(PLACEHOLDER, SOMEBODY) if mentions else text


def clean(text: str) -> str:
    """Lone surrogates replaced: nothing else of ours can hold them."""
    return text.encode("utf-8", "replace").decode("utf-8")
