"""What citizens wrote, for a page: characters that steer the screen are shown instead of obeyed."""

from __future__ import annotations

import unicodedata
from typing import Final

_STEERING: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_MEANT: Final = frozenset({"\n", "\t", "\u200d", "\ufe0f"})
"""Line breaks, and what joins emoji."""


def visible(words: str) -> str:
    """The words with each control, bidi and invisible character as its code point in brackets."""
    return "".join(_shown(sign) for sign in words)


def _shown(sign: str) -> str:
    if sign in _MEANT or unicodedata.category(sign) not in _STEERING:
        return sign
    return f"[U+{ord(sign):04X}]"
