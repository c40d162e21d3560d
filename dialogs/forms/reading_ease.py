"""How easy a text is to read: Flesch's formula for English, Amstad's for German, on a small syllable counter.

A score of 60 and more is plain, under 30 is for experts. Both formulas want at least a sentence; single words
score wildly, so that callers ask only for texts of `MIN_WORDS` and more. Not here: what to make of a score
(`lint.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MIN_WORDS = 8
"""Words that a text needs for its score to mean something."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;]+(?:\s+|$)|\n+")
_GERMAN_VOWELS = re.compile(r"aa|ee|oo|ie|ei|ai|au|eu|äu|[aeiouyäöü]")
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
_ENGLISH_SILENT = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures of one text."""

    words: int
    sentences: int
    longest_sentence: int
    """Words of the longest sentence."""
    score: float
    """Flesch reading ease, or Amstad's for German."""


def words(text: str) -> list[str]:
    """Words of a text; numbers and signs are none."""
    return _WORD.findall(text)


def syllables(word: str, german: bool) -> int:
    """Syllables of one word, at least one."""
    lowered = word.lower()
    if german:
        return max(1, len(_GERMAN_VOWELS.findall(lowered)))
    count = len(_ENGLISH_VOWELS.findall(lowered))
    if count > 1 and _ENGLISH_SILENT.search(lowered):
        count -= 1
    return max(1, count)


def reading(text: str, code: str) -> Reading | None:
    """Figures of a text in the language `code` (BCP 47), or None for languages without a formula here."""
    german = code.startswith("de")
    if not german and not code.startswith("en"):
        return None
    sentences = [found for part in _SENTENCE_END.split(text) if (found := words(part))]
    count = sum(len(sentence) for sentence in sentences)
    if not count:
        return None
    per_sentence = count / len(sentences)
    per_word = sum(syllables(word, german) for sentence in sentences for word in sentence) / count
    score = 180 - per_sentence - 58.5 * per_word if german else 206.835 - 1.015 * per_sentence - 84.6 * per_word
    return Reading(count, len(sentences), max(len(sentence) for sentence in sentences), round(score, 1))
