"""Numbers spelled out ("zweiundzwanzig", "one hundred and five"), by the kinds of words in a row.

Not here: figures, units and hedges (`numbers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialogs.reading.vocabulary import Vocabulary

_GROUP = "(?:[UT]?H)?A?(?:UAZ|ZU|Z|T|U)?"
_GRAMMAR = re.compile(f"(?=.*[UTZHKM])(?:{_GROUP}M)?A?(?:{_GROUP}K)?{_GROUP}")
_LONGEST = 40  # letters or words of a spelled number; more is no number anybody writes


def spelled(words: Sequence[str], vocabulary: Vocabulary) -> int | None:
    """The whole number that these folded words spell, all of them; None if they do not."""
    if not 0 < len(words) <= _LONGEST:
        return None
    parts: list[tuple[str, int]] = []
    for word in words:
        split = _split(word, vocabulary)
        if split is None:
            return None
        parts += split
    kinds = "".join(kind for kind, _ in parts)
    if kinds[0] == "A" or kinds[-1] == "A" or _GRAMMAR.fullmatch(kinds) is None:
        return None
    return _sum(parts)


def _sum(parts: Sequence[tuple[str, int]]) -> int:
    total = group = 0
    for kind, value in parts:
        if kind == "H":
            group = max(group, 1) * value
        elif kind in "KM":
            total, group = total + max(group, 1) * value, 0
        else:
            group += value
    return total + group


def _split(word: str, vocabulary: Vocabulary) -> list[tuple[str, int]] | None:
    """A word as the numerals it is made of ("zweiundzwanzig" -> zwei, und, zwanzig); None if it is not."""
    known = vocabulary.numerals
    if word in known:
        return [known[word]]
    if not 0 < len(word) <= _LONGEST:
        return None
    best: list[list[tuple[str, int]] | None] = [[]]  # how the first n letters split, for each n
    for end in range(1, len(word) + 1):
        found = None
        for start in range(end):
            head, piece = best[start], word[start:end]
            if head is not None and len(piece) > 1 and piece in known:
                found = [*head, known[piece]]
                break
        best.append(found)
    return best[-1]
