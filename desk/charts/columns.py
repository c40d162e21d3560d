"""Histograms: one column for each bin, side by side, their edges named beneath, their shares above.

Names that would not fit between their neighbours on the narrowest page are left out; the table has them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desk.charts.paper import LINE, NARROWEST, element, em, picture, rect, share, text, width
from desk.charts.words import Words
from privacy.disclosure import SafeQuestion
from storage.acts.naming import edges

TALLEST: Final = 9.0
"""Height in em of the largest column."""
APART: Final = 0.5
"""Room between two names on one line, em."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words around a place across the page (percent), on a base line (em)."""

    middle: float
    words: str
    base: float
    anchor: str = "middle"


def histogram(question: SafeQuestion, words: Words, sentence: str) -> str:
    """Columns of equal width; a hidden bin is an empty place with a dash."""
    cells = question.cells
    wide = 100 / max(len(cells), 1)
    most = max((cell.percent or 0 for cell in cells), default=0) or 1
    foot = LINE + TALLEST
    parts: list[str] = []
    above: list[Label] = []
    for place, cell in enumerate(cells):
        middle = (place + 0.5) * wide
        if cell.percent is None:
            above.append(Label(middle, "–", foot - 0.35))
            continue
        tall = TALLEST * cell.percent / most
        parts.append(rect(place * wide + 0.2, foot - tall, max(wide - 0.4, 0.2), tall, "bar"))
        above.append(Label(middle, words.percent(cell.percent), foot - tall - 0.35))
    parts += [text(each.words, share(each.middle), each.base, "number", each.anchor) for each in fitting(above)]
    parts.append(element("line", {"x1": "0", "x2": "100%", "y1": em(foot), "y2": em(foot), "class": "base"}))
    under = fitting(_under(question, words, wide, foot + LINE - 0.2))
    parts += [text(each.words, share(each.middle), each.base, "", each.anchor) for each in under]
    return picture(sentence, foot + LINE + 0.4, parts)


def _under(question: SafeQuestion, words: Words, wide: float, base: float) -> list[Label]:
    """Names beneath the columns: of the edges between bins, of the numbers themselves where a bin is one number."""
    bins = [edges(cell.value) for cell in question.cells]
    single = any(low == high for low, high in bins)
    placed: list[Label] = []
    for place, (low, high) in enumerate(bins):
        if single:
            name = words.edge(low) if low is not None else f"< {words.edge(high or '')}"
            placed.append(Label((place + 0.5) * wide, name if high is not None else f"≥ {name}", base))
        elif low is not None:
            placed.append(Label(place * wide, words.edge(low), base))
    return placed


def fitting(placed: list[Label]) -> list[Label]:
    """Those that run neither into one another nor over the edge of the page where it is narrowest: first come, first
    placed. What is apart there is further apart on every wider page."""
    kept: list[Label] = []
    end = -APART
    for label in placed:
        half = width(label.words) / 2
        if half * 2 > NARROWEST:
            continue
        wanted = label.middle / 100 * NARROWEST
        at = min(max(wanted, half), NARROWEST - half)
        if at - half >= end + APART:
            kept.append(_anchored(label, at - wanted))
            end = at + half
    return kept


def _anchored(label: Label, moved: float) -> Label:
    """Where the page's edge is near, words begin or end at it instead of being centred."""
    if moved > 0:
        return replace(label, middle=0.0, anchor="start")
    if moved < 0:
        return replace(label, middle=100.0, anchor="end")
    return label
