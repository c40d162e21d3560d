"""The town's outline."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import districts
from dialogs.districts import NotDistricts

SAMPLE = Path(__file__).parents[2] / "bot" / "samples" / "districts.geojson"


@pytest.fixture(scope="module")
def geojson() -> bytes:
    return SAMPLE.read_bytes()


def collection(*rings: list[list[float]], name: str = "Mitte") -> bytes:
    feature = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def is_inside(x: float, y: float, rings: list[list[list[float]]]) -> bool:
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            if (y1 <= y) != (y2 <= y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                crossings += 1
    return crossings % 2 == 1


def test_the_sample_town_is_drawn(geojson: bytes) -> None:
    outline = districts.read(geojson)
    assert outline is not None
    names = [feature["properties"]["name"] for feature in json.loads(geojson)["features"]]
    assert [one.name for one in outline.districts] == names
    for feature, one in zip(json.loads(geojson)["features"], outline.districts, strict=True):
        shapes = feature["geometry"]["coordinates"]
        rings = shapes if feature["geometry"]["type"] == "Polygon" else [ring for shape in shapes for ring in shape]
        assert is_inside(one.longitude, one.latitude, rings)
        assert one.path.startswith("M")
        assert 100 < one.radius < 20_000


def test_no_file_is_no_outline() -> None:
    assert districts.read(b"") is None


@given(
    st.lists(st.floats(0.3, 1.0), min_size=3, max_size=24),
    st.floats(-60, 60),
    st.floats(-170, 170),
)
def test_the_point_lies_inside_of_any_star(radii: list[float], latitude: float, longitude: float) -> None:
    count = len(radii)
    ring = [
        [
            longitude + 0.05 * r * math.cos(2 * math.pi * at / count),
            latitude + 0.03 * r * math.sin(2 * math.pi * at / count),
        ]
        for at, r in enumerate(radii)
    ]
    outline = districts.read(collection(ring))
    assert outline is not None
    [one] = outline.districts
    assert (
        is_inside(one.longitude, one.latitude, [ring])
        or min(math.dist((one.longitude, one.latitude), point) for point in ring) < 2e-3
    )


def test_a_hole_is_not_here() -> None:
    outer = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]
    hole = [[1.0, 1.0], [3.9, 1.0], [3.9, 3.0], [1.0, 3.0]]
    outline = districts.read(collection(outer, hole))
    assert outline is not None
    [one] = outline.districts
    assert is_inside(one.longitude, one.latitude, [outer, hole])


@pytest.mark.parametrize(
    "wrong",
    [
        b"{", b"[]", b'{"features": []}', b"[" * 10_000, collection([[0, 0], [1, 1]]), collection([]),
        collection([[0, 0], [0, 0], [0, 0]]), collection([[0, 0], [1, 200], [2, 0]]),
        collection([["a", 0], [1, 1], [2, 0]]),
        collection([[0, 0], [1, 1], [2, 0]], name=" "),
        collection([[500_000, 5_600_000], [500_100, 5_600_000], [500_000, 5_600_100]]),
        b" " * (districts.GEOJSON_LIMIT + 1),
    ],
)  # fmt: skip
def test_what_is_no_outline_says_what_to_do(wrong: bytes) -> None:
    with pytest.raises(NotDistricts, match="districts"):
        districts.read(wrong)


def test_an_outline_of_very_many_points_is_thinned() -> None:
    ring: list[list[Any]] = [
        [math.cos(at / 5000 * 2 * math.pi), math.sin(at / 5000 * 2 * math.pi)] for at in range(5000)
    ]
    outline = districts.read(collection(ring))
    assert outline is not None
    assert outline.districts[0].path.count("L") < districts.POINT_LIMIT


def test_each_district_holds_its_own_middle_and_nothing_far_away(geojson: bytes) -> None:
    outline = districts.read(geojson)
    assert outline is not None
    for one in outline.districts:
        assert outline.district_at(one.latitude, one.longitude) == one.name
        x, y = outline.spot(one.latitude, one.longitude)
        assert math.dist((x, y), (one.x, one.y)) < 1
    assert outline.district_at(0.0, 0.0) == ""


def test_a_hole_belongs_to_no_district() -> None:
    square = [[13.0, 51.0], [13.1, 51.0], [13.1, 51.1], [13.0, 51.1], [13.0, 51.0]]
    hole = [[13.04, 51.04], [13.06, 51.04], [13.06, 51.06], [13.04, 51.06], [13.04, 51.04]]
    outline = districts.read(collection(square, hole))
    assert outline is not None
    assert outline.district_at(51.02, 13.02) == "Mitte"
    assert outline.district_at(51.05, 13.05) == ""


def test_lengths_on_the_ground_are_lengths_in_the_drawing() -> None:
    square = [[13.0, 51.0], [13.1, 51.0], [13.1, 51.1], [13.0, 51.1], [13.0, 51.0]]
    outline = districts.read(collection(square))
    assert outline is not None
    north = outline.spot(51.0, 13.05)[1] - outline.spot(51.01, 13.05)[1]
    assert math.isclose(north, outline.units(1113.2), rel_tol=0.01)
