"""Functions on places (ODK XForms, "Geographic Functions"), on a sphere with ODK's radius, as its clients compute."""

from __future__ import annotations

import math
from itertools import pairwise

from dialogs.forms.values import parse_points
from dialogs.forms.xpath.coercion import NAN, Kind
from dialogs.forms.xpath.registry import function

EARTH_RADIUS = 6_378_100.0
"""Metres."""

Point = tuple[float, ...]


def _points(texts: list[str]) -> list[Point] | None:
    """The points of traces, shapes or single points; None if one of them is none."""
    try:
        return [point for text in texts for point in parse_points(text)]
    except ValueError:
        return None


@function("distance", "string*", Kind.NUMBER)
def distance(texts: list[str]) -> float:
    """Length in metres of the line through all points."""
    points = _points(texts)
    if points is None:
        return NAN
    return math.fsum(_between(a, b) for a, b in pairwise(points))


def _between(a: Point, b: Point) -> float:
    """Great-circle distance (spherical law of cosines in its stable form)."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


@function("area", "string*", Kind.NUMBER)
def area(texts: list[str]) -> float:
    """Square metres inside a shape; 0 for fewer than three points."""
    points = _points(texts)
    if points is None:
        return NAN
    if len(points) < 3:
        return 0.0
    total = math.fsum(
        math.radians(b[1] - a[1]) * (2 + math.sin(math.radians(a[0])) + math.sin(math.radians(b[0])))
        for a, b in zip(points, [*points[1:], points[0]], strict=True)
    )
    return abs(total) * EARTH_RADIUS**2 / 2


@function("geofence", "string string", Kind.BOOLEAN)
def geofence(place: str, shape: str) -> bool:
    """Whether a point lies inside a shape, by crossings of a ray."""
    point, corners = _points([place]), _points([shape])
    if not point or not corners:
        return False
    y, x = point[0][:2]
    inside = False
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (a[0] > y) != (b[0] > y) and x < (b[1] - a[1]) * (y - a[0]) / (b[0] - a[0]) + a[1]:
            inside = not inside
    return inside
