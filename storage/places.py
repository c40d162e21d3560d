"""The town's districts, read once at start: outlines for the web's map, names and middles for everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dialogs.districts import NotDistricts, read
from dialogs.world import Place
from storage.settings import ConfigError


@dataclass(frozen=True, slots=True)
class Districts:
    """`geojson` is b"" and `places` empty where a town has not drawn its districts."""

    geojson: bytes = b""
    places: tuple[Place, ...] = ()


def read_districts(path: str) -> Districts:
    """Read the GeoJSON file that `town.districts` names; '' for none. Raises `ConfigError`."""
    if not path:
        return Districts()
    try:
        geojson = Path(path).read_bytes()
        outline = read(geojson)
    except OSError as error:
        raise ConfigError(f"town.districts: {path} cannot be read ({error.strerror}).") from None
    except NotDistricts as error:
        raise ConfigError(f"town.districts: {error}") from None
    districts = outline.districts if outline is not None else ()
    places = tuple(Place(each.name, each.latitude, each.longitude, each.radius) for each in districts)
    return Districts(geojson, places)
