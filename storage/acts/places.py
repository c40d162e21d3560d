"""Where people mean: the cells of a map that coarse copies of their places are counted in.

The town's districts where it has drawn them; else squares of a wide grid, each of which has people enough to be named.
What is in neither is elsewhere. Unsafe still: what may be shown of it is `privacy.disclosure`'s.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dialogs.districts import WIDTH, District, Outline
from privacy.disclosure import DESK, PUBLIC
from privacy.views import THE_REST

SQUARE: Final = 0.02
"""Degrees of a square of the grid: 2.2 km north, some 1.4 km east in Germany."""
MOST_SQUARES: Final = 40
_LEAST: Final = max(DESK.least_cell, PUBLIC.least_cell)


def cells_of(
    places: Mapping[int, str], everybody: int, outline: Outline | None, kept: Sequence[str] = ()
) -> dict[str, int]:
    """Who is in each cell, as sets of bits, in a fixed order; who is in none is in `THE_REST`.

    `places`: coarse copies ("latitude longitude") by bit. `everybody`: who named a place at all. `kept`: the squares of
    an earlier view, which stay."""
    found: dict[str, int] = {}
    for bit, place in places.items():
        cell = _cell(place, outline)
        if cell is not None and everybody >> bit & 1:
            found[cell] = found.get(cell, 0) | 1 << bit
    names = [each.name for each in outline.districts] if outline is not None else _squares(found, kept)
    named = {name: found.get(name, 0) for name in names}
    rest = everybody
    for members in named.values():
        rest &= ~members
    return {**named, THE_REST: rest}


def _cell(place: str, outline: Outline | None) -> str | None:
    try:
        latitude, longitude = (float(part) for part in place.split())
    except ValueError:
        return None
    return (outline.district_at(latitude, longitude) or None) if outline is not None else square_of(latitude, longitude)


def _squares(found: Mapping[str, int], kept: Sequence[str]) -> Iterable[str]:
    """Only squares that have people enough for any audience: the name of a smaller one would tell a place."""
    sizes = Counter({name: members.bit_count() for name, members in found.items()})
    large = [name for name, people in sizes.most_common(MOST_SQUARES) if people >= _LEAST]
    return sorted({*large, *(name for name in kept if name != THE_REST)})


def square_of(latitude: float, longitude: float) -> str:
    """The south-western corner, by which a square is called."""
    return f"{math.floor(latitude / SQUARE) * SQUARE:.2f} {math.floor(longitude / SQUARE) * SQUARE:.2f}"


def grid_outline(names: Iterable[str]) -> Outline | None:
    """Squares as a drawing; None if there are none."""
    corners = {name: tuple(float(part) for part in name.split()) for name in names if name != THE_REST}
    if not corners:
        return None
    south, north = min(c[0] for c in corners.values()), max(c[0] for c in corners.values()) + SQUARE
    west, east = min(c[1] for c in corners.values()), max(c[1] for c in corners.values()) + SQUARE
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, north - south)
    side_x, side_y = SQUARE * squeeze * scale, SQUARE * scale
    districts = []
    for name, (latitude, longitude) in corners.items():
        left, top = (longitude - west) * squeeze * scale, (north - SQUARE - latitude) * scale
        path = f"M{left:.1f} {top:.1f}h{side_x:.1f}v{side_y:.1f}h{-side_x:.1f}Z"
        middle = latitude + SQUARE / 2, longitude + SQUARE / 2
        districts.append(District(name, path, left + side_x / 2, top + side_y / 2, *middle, 0.0))
    return Outline(round((north - south) * scale, 1), tuple(districts))
