"""Maps: the town's own districts, or squares of a grid where it has not drawn any; the more people, the darker.

No tiles and no foreign server. A name or a number that would run into another, or over the edge, is left out; the table
has them all. Not here: which cell a place is in (`storage/acts/places.py`).
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from desk.charts.paper import clean, element, width
from desk.charts.words import Words
from dialogs.districts import WIDTH, Outline
from privacy.disclosure import SafeCell, SafeQuestion
from privacy.views import THE_REST

LETTER: Final = 46.0
"""Size of letters, in units of a drawing that is `WIDTH` units wide: 13 px where it is narrowest (280 px)."""
SHADES: Final = 5

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def district_map(question: SafeQuestion, words: Words, sentence: str, outline: Outline) -> str:
    """Each district in a shade of its share; those without a shown number are dashed."""
    cells = {cell.value: cell for cell in question.cells if cell.value != THE_REST}
    most = max((cell.percent or 0 for cell in cells.values()), default=0) or 1
    shapes = [
        element("path", {"d": each.path, "class": _shade(cells.get(each.name), most), "fill-rule": "evenodd"})
        for each in outline.districts
    ]
    ranked = sorted(
        outline.districts, key=lambda each: -(_percent(cells.get(each.name)) or 0)
    )  # whoever has most is named first
    taken: list[Box] = []
    names: list[str] = []
    for each in ranked:
        percent = _percent(cells.get(each.name))
        if percent is not None:
            names += _named(each.name, words.percent(percent), each.x, each.y, outline.height, taken)
    attributes = {"class": "chart map", "role": "img", "aria-label": sentence, "xmlns": "http://www.w3.org/2000/svg"}
    box = f"0 0 {WIDTH:.0f} {outline.height:.0f}"
    return element("svg", {**attributes, "viewBox": box, "width": "100%"}, *shapes, *names)


def _percent(cell: SafeCell | None) -> int | None:
    return None if cell is None else cell.percent


def _shade(cell: SafeCell | None, most: int) -> str:
    percent = _percent(cell)
    if percent is None:
        return "area untold"
    return f"area shade{-(-SHADES * percent // most)}"


def _named(name: str, number: str, x: float, y: float, height: float, taken: list[Box]) -> list[str]:
    """Name and number one above the other, or the number alone, or nothing: whatever finds room."""
    for rows in ((name, number), (number,)):
        box = _box(rows, x, y)
        if _fits(box, height) and not any(_touch(box, other) for other in taken):
            taken.append(box)
            top = box[1]
            return [
                element(
                    "text",
                    {"x": f"{x:.1f}", "y": f"{top + (place + 0.8) * LETTER:.1f}", "text-anchor": "middle"},
                    escape(clean(row)),
                )
                for place, row in enumerate(rows)
            ]
    return []


def _box(rows: tuple[str, ...], x: float, y: float) -> Box:
    half = max(width(row) for row in rows) * LETTER / 2
    tall = len(rows) * LETTER
    return x - half, y - tall / 2, x + half, y + tall / 2


def _fits(box: Box, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= height


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
