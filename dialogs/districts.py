"""The town's districts as outlines to tap: GeoJSON -> SVG paths, each with a point that lies inside of it.

Pure. No map, no tiles, no foreign server: a name and a shape are enough to say "here". Longitudes are squeezed by
the cosine of the latitude, which is true enough for one town.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

GEOJSON_LIMIT = 5 * 1024 * 1024  # bytes
DISTRICT_LIMIT = 200
POINT_LIMIT = 400  # points of one outline; more are thinned out
NAME_LIMIT: Final = 80  # characters: it stands on buttons
PLACES: Final = 6
"""Decimals of a degree that are kept: a hand's breadth."""
WIDTH = 1000.0  # units of the drawing; the height follows from the town's shape
METRES_PER_DEGREE = 111_320.0  # of latitude
_SCAN_LINES = 48
_NAME_SHAPE = 2.5  # how much wider than high a name is

Point = tuple[float, float]
Ring = tuple[Point, ...]


class Fault(StrEnum):
    """What is wrong with a file of districts; the words for it are `storage.places.FAULTS`."""

    TOO_LARGE = "too_large"
    NO_COLLECTION = "no_collection"
    HOW_MANY = "how_many"
    NAME = "name"
    SHAPE = "shape"
    POINTS = "points"
    DEGREES = "degrees"
    EXTENT = "extent"
    TOO_FINE = "too_fine"


class NotDistricts(Exception):
    """The file is not what we need. `at`: which feature, from 1; 0: all of it."""

    def __init__(self, fault: Fault, at: int = 0) -> None:
        super().__init__(f"districts: {fault.value}" + (f" of feature {at}" if at else ""))
        self.fault, self.at = fault, at


@dataclass(frozen=True, slots=True)
class District:
    """One district. `path` is SVG path data; `x` and `y` are where its name fits in the drawing; `latitude` and
    `longitude` (WGS 84, degrees) are the same point on the ground."""

    name: str
    path: str
    x: float
    y: float
    latitude: float
    longitude: float
    radius: float
    """Metres around that point in which the whole district lies: how exact "here" is."""
    rings: tuple[Ring, ...] = field(default=(), repr=False, compare=False)
    """The outline on the ground, longitude first, holes too."""


@dataclass(frozen=True, slots=True)
class Outline:
    """All districts in one drawing of WIDTH by `height` units."""

    height: float
    districts: tuple[District, ...]
    projection: Projection | None = field(default=None, repr=False, compare=False)

    def spot(self, latitude: float, longitude: float) -> Point:
        """Where a place on the ground is in the drawing; it may lie outside."""
        assert self.projection is not None, "read from a file"
        return self.projection.draw((longitude, latitude))

    @property
    def width(self) -> float:
        return WIDTH

    def units(self, metres: float) -> float:
        """How long so many metres are in the drawing."""
        assert self.projection is not None, "read from a file"
        return metres / self.projection.metres(1.0)

    def district_at(self, latitude: float, longitude: float) -> str:
        """The name of the district that a place lies in; '' if it lies in none."""
        for district in self.districts:
            if any(left <= longitude <= right for left, right in _spans(district.rings, latitude)):
                return district.name
        return ""


def read(geojson: bytes) -> Outline | None:
    """The outline of a town; None for b"". Raises `NotDistricts`."""
    if not geojson:
        return None
    if len(geojson) > GEOJSON_LIMIT:
        raise NotDistricts(Fault.TOO_LARGE)
    shapes = [(_name(feature, at), _rings(feature, at)) for at, feature in enumerate(_features(geojson), 1)]
    points = [point for _, rings in shapes for ring in rings for point in ring]
    projection = Projection(points)
    return Outline(projection.height, tuple(_district(name, rings, projection) for name, rings in shapes), projection)


def encode(outline: Outline) -> bytes:
    """The outline as GeoJSON again, with nothing in it but names and thinned rings: what `read` reads the same."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": district.name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[round(x, PLACES), round(y, PLACES)] for x, y in ring] for ring in district.rings],
            },
        }
        for district in outline.districts
    ]
    tree = {"type": "FeatureCollection", "features": features}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def _features(geojson: bytes) -> Sequence[Any]:
    try:
        tree = json.loads(geojson)
        features = tree["features"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotDistricts(Fault.NO_COLLECTION) from None
    if not isinstance(features, list) or not 0 < len(features) <= DISTRICT_LIMIT:
        raise NotDistricts(Fault.HOW_MANY)
    return features


def _name(feature: Any, at: int) -> str:
    try:
        name = feature["properties"]["name"]
    except (TypeError, KeyError):
        name = None
    shown = " ".join(name.split()) if isinstance(name, str) else ""
    if not shown or len(shown) > NAME_LIMIT or not shown.isprintable():
        raise NotDistricts(Fault.NAME, at)
    return shown


def _rings(feature: Any, at: int) -> tuple[Ring, ...]:
    """Every ring, holes too: drawn and measured by the even-odd rule."""
    try:
        kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        rings = tuple(
            _thinned([(float(longitude), float(latitude)) for longitude, latitude, *_ in ring])
            for polygon in polygons
            for ring in polygon
        )
    except (TypeError, KeyError, ValueError):
        raise NotDistricts(Fault.SHAPE, at) from None
    if not rings or any(len(ring) < 3 for ring in rings):
        raise NotDistricts(Fault.POINTS, at)
    if any(not (abs(lon) <= 180 and abs(lat) <= 89) for ring in rings for lon, lat in ring):
        raise NotDistricts(Fault.DEGREES, at)
    return rings


def _thinned(points: Sequence[Point]) -> Ring:
    step = math.ceil(len(points) / POINT_LIMIT)
    return tuple(points[::step]) if step > 1 else tuple(points)


class Projection:
    """From degrees to the drawing, and back."""

    def __init__(self, points: Sequence[Point]) -> None:
        longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
        self._west, self._north = min(longitudes), max(latitudes)
        self._squeeze = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
        width = (max(longitudes) - self._west) * self._squeeze
        if width <= 0 or self._north <= min(latitudes):
            raise NotDistricts(Fault.EXTENT)
        self._scale = WIDTH / width
        self.height = round((self._north - min(latitudes)) * self._scale, 1)

    def draw(self, point: Point) -> Point:
        return (point[0] - self._west) * self._squeeze * self._scale, (self._north - point[1]) * self._scale

    def metres(self, units: float) -> float:
        return units / self._scale * METRES_PER_DEGREE

    def ground(self, x: float, y: float) -> Point:
        return self._west + x / self._scale / self._squeeze, self._north - y / self._scale


def _district(name: str, rings: Sequence[Ring], projection: Projection) -> District:
    drawn = [[projection.draw(point) for point in ring] for ring in rings]
    x, y = _inside(drawn)
    longitude, latitude = projection.ground(x, y)
    path = "".join("M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in ring) + "Z" for ring in drawn)
    far = max(math.dist((x, y), point) for ring in drawn for point in ring)
    return District(
        name,
        path,
        round(x, 1),
        round(y, 1),
        round(latitude, 6),
        round(longitude, 6),
        math.ceil(projection.metres(far)),
        tuple(rings),
    )


def _inside(rings: Sequence[Sequence[Point]]) -> Point:
    """A point inside with much room around it, more to the sides than up and down: a name is wider than high."""
    ys = [y for ring in rings for _, y in ring]
    top, bottom = min(ys), max(ys)
    turned = [[(y, x) for x, y in ring] for ring in rings]
    best, best_room = rings[0][0], -1.0
    for line in range(1, _SCAN_LINES):
        y = top + (bottom - top) * line / _SCAN_LINES
        for left, right in _spans(rings, y):
            x = (left + right) / 2
            above_below = min((min(y - up, down - y) for up, down in _spans(turned, x) if up <= y <= down), default=0.0)
            room = min((right - left) / 2, _NAME_SHAPE * above_below)
            if room > best_room:
                best, best_room = (x, y), room
    return best


def _spans(rings: Sequence[Sequence[Point]], y: float) -> Iterable[tuple[float, float]]:
    """Where a level line runs inside (even-odd rule)."""
    crossings = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for ring in rings
        for (x1, y1), (x2, y2) in pairwise((*ring, ring[0]))
        if (y1 <= y) != (y2 <= y)
    )
    return zip(crossings[::2], crossings[1::2], strict=False)
