"""Bars: one for each choice over the line that stands for everybody; for a scale of agreement, to both sides of its
middle. Each has its words and its number on a line of its own above it, so nothing can run into anything.
"""

from __future__ import annotations

from typing import Final

from desk.charts.paper import LINE, lines, picture, rect, text
from desk.charts.words import Words
from privacy.disclosure import SafeQuestion
from privacy.vocabulary import SafeWords

BAR: Final = 0.75
GAP: Final = 0.75
_HALF: Final = 50.0


def bars(question: SafeQuestion, words: Words, sentence: str) -> str:
    """A bar for each cell; its whole line is everybody who answered."""
    parts: list[str] = []
    at = 0.0
    for cell in question.cells:
        at = _told(parts, f"{words.name(cell)}: {words.amount(cell)}", at)
        if cell.percent is not None:
            parts.append(rect(0, at, 100, BAR, "whole"))
            parts.append(rect(0, at, min(cell.percent, 100), BAR, "bar"))
            at += BAR
        at += GAP
    return picture(sentence, at, parts)


def diverging(question: SafeQuestion, words: Words, sentence: str) -> str:
    """The first half of the choices to the left of the middle, the second to the right, a middle one over it.

    The further from the middle, the darker; the sides differ in blue and orange, and in where they are.
    """
    parts: list[str] = []
    at, most = 0.0, len(question.cells)
    for place, cell in enumerate(question.cells):
        at = _told(parts, f"{words.name(cell)}: {words.amount(cell)}", at)
        if cell.percent is not None:
            parts.append(rect(0, at, 100, BAR, "whole"))
            x, across, css = _span(place, most, min(cell.percent, 100))
            parts.append(rect(x, at, across, BAR, css))
            parts.append(rect(_HALF - 0.15, at - 0.15, 0.3, BAR + 0.3, "middle"))
            at += BAR
        at += GAP
    return picture(sentence, at, parts)


def word_bars(common: SafeWords, percent: dict[str, int], amounts: dict[str, str], sentence: str) -> str:
    """A bar for each word: the share of the texts that have it."""
    parts: list[str] = []
    at = 0.0
    for word, _ in common.counts:
        at = _told(parts, f"{word}: {amounts[word]}", at)
        parts.append(rect(0, at, 100, BAR, "whole"))
        parts.append(rect(0, at, min(percent[word], 100), BAR, "bar"))
        at += BAR + GAP
    return picture(sentence, at, parts)


def side_of(place: int, most: int) -> int:
    """-1: left of the middle, 0: the middle, 1: right of it."""
    doubled = 2 * place + 1
    return (doubled > most) - (doubled < most)


def _span(place: int, most: int, percent: int) -> tuple[float, float, str]:
    """Where a diverging bar lies, how wide it is, and its colour by side and distance from the middle."""
    across = percent / 2
    match side_of(place, most):
        case -1:
            return _HALF - across, across, f"left step{_step(most // 2 - place, most // 2)}"
        case 1:
            return _HALF, across, f"right step{_step(place + 1 - (most + 1) // 2, most // 2)}"
        case _:
            return _HALF - across / 2, across, "neither"


def _step(distance: int, most: int) -> int:
    """1 near the middle, 2 further out, 3 at the end."""
    return max(1, -(-3 * distance // max(most, 1)))


def _told(parts: list[str], words: str, at: float) -> float:
    """Words over their bar; returns where the bar may begin."""
    for line in lines(words):
        at += LINE
        parts.append(text(line, "0", at - 0.35))
    return at
