"""The town's districts: outlines for maps, names and middles for everywhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from dialogs.districts import DISTRICT_LIMIT, GEOJSON_LIMIT, NAME_LIMIT, Fault, NotDistricts, Outline, read
from dialogs.i18n import N_, Voice
from dialogs.messages import Language
from dialogs.reading.folding import key
from dialogs.world import Place
from storage.settings import ConfigError


@dataclass(frozen=True, slots=True)
class Districts:
    """`geojson` is b"" and `places` empty where a town has not drawn its districts."""

    geojson: bytes = b""
    places: tuple[Place, ...] = ()
    outline: Outline | None = None
    mark: str = ""
    """Another one for other borders; "" for none."""

    def district_of(self, point: tuple[float, float] | None, described: str) -> str:
        """The district of a place that was sent (WGS 84, degrees), or of one that was named by its district; or ''."""
        if self.outline is None:
            return ""
        if point is not None:
            return self.outline.district_at(*point)
        wanted = key(described)
        return next((place.name for place in self.places if wanted and key(place.name) == wanted), "")


FAULTS: Final = {
    Fault.TOO_LARGE: N_("The file of districts is larger than {megabytes} MiB: simplify the outlines."),
    Fault.NO_COLLECTION: N_("The file of districts is no GeoJSON FeatureCollection."),
    Fault.HOW_MANY: N_("The file of districts needs between 1 and {most} features."),
    Fault.NAME: N_("Feature {at} of the districts needs a property “name” of at most {letters} letters."),
    Fault.SHAPE: N_("Feature {at} of the districts is no Polygon or MultiPolygon of numbers."),
    Fault.POINTS: N_("Feature {at} of the districts has an outline of fewer than three points."),
    Fault.DEGREES: N_("Feature {at} of the districts is not in degrees (WGS 84, longitude first)."),
    Fault.EXTENT: N_("The districts have no extent: check the coordinates."),
    Fault.TOO_FINE: N_("The outlines of the districts take too long to read: simplify them."),
}
"""For whoever handed in the file."""

_ENGLISH: Final = Voice(Language("en"), date(2026, 1, 1))  # the operator's: it says no day


def what_is_wrong(error: NotDistricts, voice: Voice = _ENGLISH) -> str:
    """And what to do."""
    limits = {"megabytes": GEOJSON_LIMIT // 1024 // 1024, "most": DISTRICT_LIMIT, "letters": NAME_LIMIT}
    return voice.t(FAULTS[error.fault], at=error.at, **limits)


NONE_DRAWN: Final = Districts()


def read_districts(path: str) -> Districts:
    """Read the GeoJSON file that `town.districts` names, or that it is itself (as the desk keeps it); '' for none.
    Raises `ConfigError`."""
    if not path:
        return NONE_DRAWN
    try:
        geojson = path.encode() if path.startswith("{") else Path(path).read_bytes()
        outline = read(geojson)
    except OSError as error:
        raise ConfigError(f"town.districts: {path} cannot be read ({error.strerror}).") from None
    except NotDistricts as error:
        raise ConfigError(f"town.districts: {what_is_wrong(error)}") from None
    districts = outline.districts if outline is not None else ()
    places = tuple(Place(each.name, each.latitude, each.longitude, each.radius) for each in districts)
    return Districts(geojson, places, outline, hashlib.sha256(geojson).hexdigest()[:16])
