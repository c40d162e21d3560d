"""Text as Signal counts it: UTF-16 code units; styles are ranges beside it, so nothing is escaped. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapters.signal.envelopes import Mention

PLACEHOLDER: Final = "\ufffc"
"""Stands in the text where somebody is mentioned."""
SOMEBODY: Final = "@…"
"""What we read in its place: whom a citizen mentions is no business of ours."""


def width(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def bold(start: int, text: str) -> str:
    """A strong passage, as `textStyle` wants it."""
    return f"{start}:{width(text)}:BOLD"


def without_mentions(text: str, mentions: Sequence[Mention]) -> str:
    """The text with every mention read as `SOMEBODY`, whatever the ranges claim."""
    return text.replace(PLACEHOLDER, SOMEBODY) if mentions else text


def clean(text: str) -> str:
    """Lone surrogates replaced: nothing else of ours can hold them."""
    return text.encode("utf-8", "replace").decode("utf-8")
