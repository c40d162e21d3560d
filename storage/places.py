"""The town's districts: outlines for maps, names and middles for everywhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dialogs.districts import NotDistricts, Outline, read
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
        raise ConfigError(f"town.districts: {error}") from None
    districts = outline.districts if outline is not None else ()
    places = tuple(Place(each.name, each.latitude, each.longitude, each.radius) for each in districts)
    return Districts(geojson, places, outline, hashlib.sha256(geojson).hexdigest()[:16])
