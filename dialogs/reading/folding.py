"""Letters made comparable, and free text made safe to keep.

`fold` is for comparing and never stored; `clean` is for storing and never compares. Not here: what words mean.
"""

from __future__ import annotations

import re
import unicodedata

_KNOWN_LETTERS = 4_096  # code points remembered by the folding table; a bound against floods of rare letters
_APOSTROPHES = frozenset("'’‘ʼ`´′＇")
_ABOVE = 200  # canonical combining classes from here on are accents; Thai and Indic vowel signs are lower
_POINTS = range(10, 37)  # Hebrew and Arabic vowel points


class _FoldTable(dict[int, str]):
    """`str.translate` table that learns what a code point becomes: a letter, a digit, a space or nothing."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _KNOWN_LETTERS:
            self[code] = folded
        return folded


def _folded(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if letter in _APOSTROPHES or category == "Cf":
        return ""
    if category in ("Mn", "Me"):
        combining = unicodedata.combining(letter)
        accent = combining >= _ABOVE or combining in _POINTS or category == "Me" or "︀" <= letter <= "️"
        return "" if accent else letter
    return letter if category[0] in "LMN" else " "


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Words without case, accents, punctuation, emoji and invisible signs, one space between; ß is ss, digits are 0-9.

    "Äpfel & Bäume!" and "apfel baume" fold alike. Idempotent. For "aepfel", too, compare with `key`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return " ".join(text.translate(_TABLE).split())


_UMLAUTS = re.compile("([aou])e")


def key(text: str) -> str:
    """Like `fold`, and ae, oe, ue count as a, o, u, so that "Maerz", "März" and "Marz" are one word."""
    return _UMLAUTS.sub(r"\1", fold(text))


_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029\x0b\x0c]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters except tab and newline
    "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"  # marks that turn the direction of what follows
    "\u2028\u2029\ufff9-\ufffb\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """A free text as it is kept: one kind of line end, no control or direction characters, NFC, no outer blanks.

    Lone surrogates become U+FFFD. Length is the reader's business (`TEXT_LIMIT`): nothing is cut here.
    """
    text = _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def distance(one: str, other: str, limit: int) -> int:
    """Letters left out, added, changed or swapped with their neighbour between two words; above `limit`: `limit` + 1.

    Optimal string alignment (restricted Damerau-Levenshtein).
    """
    beyond = limit + 1
    if abs(len(one) - len(other)) > limit:
        return beyond
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row] + [beyond] * len(other)
        for column in range(max(1, row - limit), min(len(other), row + limit) + 1):
            same = letter == other[column - 1]
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (not same))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == other[column - 1]:
                cost = min(cost, before_last[column - 2] + 1)
            current[column] = cost
        if min(current) > limit:
            return beyond
        before_last, last = last, current
    return min(last[-1], beyond)


SHORT_WORD, LONG_WORD = 4, 8  # letters from which on one and two slips of the finger are forgiven


def slips(word: str) -> int:
    """How many slips of the finger are forgiven in a word or label of this length."""
    return 0 if len(word) < SHORT_WORD else 1 if len(word) < LONG_WORD else 2
