"""Results as a town has published them: what a public page shows, which files it offers, under which licence.

A release is made once and does not change; a correction is another one. Written by the desk, shown by the web pages,
which share nothing but these values. Not here: how they are made (`storage/acts/releasing.py`) and stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dialogs.i18n import N_


@dataclass(frozen=True, slots=True)
class Licence:
    """`name`: a msgid. `uri`: in the vocabulary of DCAT-AP.de. `attribution`: whoever uses the data names the town."""

    key: str
    name: str
    url: str
    uri: str
    attribution: bool


LICENCES: Final[tuple[Licence, ...]] = (
    Licence(
        "dl-de-zero-2.0",
        N_("Data licence Germany – Zero – Version 2.0"),
        "https://www.govdata.de/dl-de/zero-2-0",
        "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
        attribution=False,
    ),
    Licence(
        "dl-de-by-2.0",
        N_("Data licence Germany – attribution – Version 2.0"),
        "https://www.govdata.de/dl-de/by-2-0",
        "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
        attribution=True,
    ),
    Licence(
        "CC0-1.0",
        N_("Creative Commons Zero 1.0"),
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "http://dcat-ap.de/def/licenses/cc-zero",
        attribution=False,
    ),
    Licence(
        "CC-BY-4.0",
        N_("Creative Commons Attribution 4.0"),
        "https://creativecommons.org/licenses/by/4.0/",
        "http://dcat-ap.de/def/licenses/cc-by/4.0",
        attribution=True,
    ),
)
BY_KEY: Final[Mapping[str, Licence]] = {licence.key: licence for licence in LICENCES}


@dataclass(frozen=True, slots=True)
class Panel:
    """One question on the page. `chart`: SVG, or ''."""

    anchor: str
    title: str
    people: str
    sentence: str
    chart: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A release in one language. `method`: how the numbers came about, in sentences."""

    people: str
    method: tuple[str, ...]
    panels: tuple[Panel, ...]
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicRelease:
    """One version. `reason`: why it corrects the one before; '' for the first."""

    survey: str
    version: int
    day: date
    licence: str
    pages: Mapping[str, Page]
    """By language."""
    reason: str = ""
    files: tuple[str, ...] = ()
    newest: int = 1
    """The version that is the newest now."""
    days: tuple[date, ...] = field(default=())
    """When each version was published."""


MIMES: Final[Mapping[str, str]] = {
    "results.csv": "text/csv",
    "results.json": "application/json",
    "datapackage.json": "application/json",
    "dcat.ttl": "text/turtle",
    "dcat.rdf": "application/rdf+xml",
}
"""Files of a release, in the order in which they are offered."""
