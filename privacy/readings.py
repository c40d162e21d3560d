"""Copies that staff read: texts masked, places coarse, each response's under a key of its own, for the reading pair.

    reading pair (one an installation) ── X25519 ──> a response's reading key ──> its masked texts
        public part: in the keyring, for whoever makes copies
        private part: a file of its own, for whoever reads them (the desk); opens copies and nothing else

Photos and voice messages have no copy: what cannot be masked is not read this way. Not here: rows and times
(`storage/sql/readings.py`), the file (`storage/readingkey.py`), what masking finds (`masking/`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from privacy.keyring import new_key
from privacy.masking import NameFinder, mask
from privacy.pairs import open_for, seal_for
from privacy.sealing import TEXT_STEP, Sealer, pad, unpad

GRID: Final = 0.0025
"""Degrees between two places that a copy can tell apart: 278 m north, some 170 m east in Germany."""

UNMASKED: Final = "unmasked"
"""What an unmasked original is sealed as."""


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """A new key for one response's copies."""

    sealer: Sealer = field(repr=False)
    sealed: bytes = field(repr=False)
    """The key, sealed for the pair."""


def new_reading_key(public: bytes, owner: bytes) -> ReadingKey:
    """For a response, or for an original that was unmasked; nobody here keeps the key."""
    key = new_key()
    return ReadingKey(Sealer(key), seal_for(public, key, owner))


def open_reading_key(private: bytes, owner: bytes, sealed: bytes) -> Sealer:
    """Raises `privacy.sealing.Unsealable`."""
    return Sealer(open_for(private, sealed, owner))


def copy_of(text: str, language: str, *, is_place: bool, more_names: NameFinder | None = None) -> str:
    """What staff may read of a text or a place. `more_names`: an operator's own finder (`masking.plugin`)."""
    return coarse(text) if is_place else mask(text, language, more_names=more_names).text


def coarse(geopoint: str) -> str:
    """A place on a grid of about 250 m, without altitude and accuracy; '' if it is none."""
    try:
        latitude, longitude = (float(part) for part in geopoint.split()[:2])
    except ValueError:
        return ""
    return f"{round(latitude / GRID) * GRID:.4f} {round(longitude / GRID) * GRID:.4f}"


def together(places: Iterable[str], least: int) -> Mapping[str, int]:
    """Coarse places where at least so many lie, and how many; the others say too much about single people."""
    counted = Counter(place for place in places if place)
    return {place: number for place, number in counted.most_common() if number >= least}


def seal_copy(sealer: Sealer, ref: str, text: str) -> bytes:
    """In multiples of `TEXT_STEP` bytes."""
    return sealer.seal(pad(text.encode("utf-8", "surrogatepass"), TEXT_STEP), _place(ref))


def open_copy(sealer: Sealer, ref: str, sealed: bytes) -> str:
    """Raises `privacy.sealing.Unsealable`."""
    return unpad(sealer.unseal(sealed, _place(ref))).decode("utf-8", "surrogatepass")


def _place(ref: str) -> bytes:
    return b"reading/v1" + ref.encode("utf-8")
