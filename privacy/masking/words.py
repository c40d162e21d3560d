"""A text cut into words, numbers, signs and masks; and how it is written: with capitals, or all alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from privacy.masking.kinds import MASKS, words_of

_WORD: Final = re.compile(
    rf"(?P<mask>{MASKS.pattern})|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)|(?P<number>\d+(?:[.,:]\d+)*)|(?P<line>\n)|(?P<sign>[^\s])"
)
_ENDS: Final = frozenset(".!?:\n")
FEW_CAPITALS: Final = {"de": 0.08, "en": 0.03}
"""Share of words with a capital below which a text is written small. German nouns alone make a third."""

_EVERYDAY: Final = {
    "de": words_of(
        "der die das und ist nicht ich wir es sie ihr mir zu den dem mit von auf für ein eine im bitte auch sich an am "
        "um aber hat haben wird sind bei nur noch mehr kein keine"
    ),
    "en": words_of(
        "the and is not i we it to of with for on a my please this that are have has be been you they there from our"
    ),
}
FEWEST_EVERYDAY: Final = 2
"""Everyday words of another language before it is believed."""

MANY_CAPITALS: Final = 0.7
"""Share of capital letters above which a text is shouted."""


class Sort(Enum):
    """What a piece of a text is."""

    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    LINE = "line"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` lies at `start` to `end`; `opens`: whether a sentence begins with it."""

    text: str
    start: int
    end: int
    sort: Sort
    opens: bool


_SORTS: Final = {sort.value: sort for sort in Sort}


class Writing(Enum):
    """How a text is written: whether its capitals say something."""

    CASED = "cased"
    ALIKE = "alike"
    """All small, or all in capitals."""


def pieces(text: str) -> list[Piece]:
    """The text, cut. Linear in its length."""
    found: list[Piece] = []
    opens = True
    for match in _WORD.finditer(text):
        sort = _SORTS[match.lastgroup or ""]
        found.append(Piece(match.group(), match.start(), match.end(), sort, opens))
        opens = match.group() in _ENDS or (opens and sort is Sort.SIGN)
    return found


def writing(cut: list[Piece], language: str) -> Writing:
    """Whether capitals mean something in this text."""
    words = [piece for piece in cut if piece.sort is Sort.WORD]
    inner = [piece.text for piece in words if not piece.opens]
    letters = sum(len(piece.text) for piece in words)
    large = sum(letter.isupper() for piece in words for letter in piece.text)
    if letters and large > MANY_CAPITALS * letters and len(words) > 1:
        return Writing.ALIKE
    few = FEW_CAPITALS.get(language, FEW_CAPITALS["de"])
    if not inner:
        return Writing.CASED if any(piece.text[0].isupper() for piece in words) else Writing.ALIKE
    return Writing.ALIKE if sum(word[0].isupper() for word in inner) <= few * len(inner) else Writing.CASED


def language_of(cut: list[Piece], expected: str) -> str:
    """`de` or `en`, whichever's everyday words a text has more of: people answer in the one they like."""
    words = [piece.text.lower() for piece in cut if piece.sort is Sort.WORD]
    counts = {language: sum(word in everyday for word in words) for language, everyday in _EVERYDAY.items()}
    leader = max(counts, key=lambda language: counts[language])
    clear = counts[leader] >= FEWEST_EVERYDAY and counts[leader] > counts.get(expected, 0)
    return leader if clear else expected
