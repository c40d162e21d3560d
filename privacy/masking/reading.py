"""A text as masking reads it: what the eye does not see is taken out, and every place still knows where it was.

`0171​1234567` with a space of no width, `ｍａｘ＠ｅｘａｍｐｌｅ．ｄｅ` in full-width letters, digits as emoji and a
direction mark inside a name are read like the plain thing; the span then covers the original with all its tricks.
Each unit (a letter with its accents) is read by itself, so the places stay exact.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from privacy.masking.kinds import MASKS, Kind, Span

_PLAIN_LETTERS: Final = (
    "[\u0000-\u007f\u00a7\u00b0\u00c0-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u2013\u2014\u2018-\u201e\u20ac]"
)
"""Letters of western and central Europe that stand for themselves and hide nothing."""

_ACCENTS: Final = "[\u0300-\u036f\u0483-\u0487\u064b-\u065f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]"
_PLAIN: Final = re.compile(f"{_PLAIN_LETTERS}*")
_PARTS: Final = re.compile(f"(?P<plain>{_PLAIN_LETTERS}+(?!{_ACCENTS}))|.{_ACCENTS}*", re.DOTALL)
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})
"""Format characters (no width, direction, soft hyphen, tags), and marks without a letter (variation selectors)."""

LONGEST_COMPATIBLE: Final = 4
"""Letters that one character may stand for; longer ones (`ﷺ`) are kept as they are."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is what is read. `starts[i]`, `ends[i]`: where its letter i lies in the original, in code points."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range
    closed: tuple[tuple[int, int], ...]
    """Places in `text` that are masks already."""

    def span(self, start: int, end: int, kind: Kind) -> Span:
        """Where `text[start:end]` (not empty) lies in the original."""
        return Span(self.starts[start], self.ends[end - 1], kind)

    def is_open(self, start: int, end: int) -> bool:
        """Whether the place is not empty and touches no mask."""
        return start < end and all(end <= masked[0] or masked[1] <= start for masked in self.closed)


def read(original: str) -> Reading:
    """The text without what cannot be seen. Linear in its length."""
    if _PLAIN.fullmatch(original):
        size = len(original)
        return Reading(original, range(size), range(1, size + 1), _closed(original))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for part in _PARTS.finditer(original):
        start, end = part.span()
        if part["plain"] is not None:
            letters.append(part.group())
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            continue
        plain = _plain(part.group())
        letters.append(plain)
        starts.extend([start] * len(plain))
        ends.extend([end] * len(plain))
    text = "".join(letters)
    return Reading(text, tuple(starts), tuple(ends), _closed(text))


def _plain(unit: str) -> str:
    category = unicodedata.category(unit[0])
    if category in _UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(unit[0]))
    if len(unit) > 1 and unit[0].isascii() and unit[0].isdigit():
        return unit[0]  # a digit in a key cap
    plain = unicodedata.normalize("NFKC", unit)
    return plain if len(plain) <= LONGEST_COMPATIBLE else unit


def _closed(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in MASKS.finditer(text))
