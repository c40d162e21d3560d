"""What staff read of a case: the report, messages and the reason, masked, each sealed for the reading pair.

A case is worked on, not counted, so a copy is made of each at once. A defect has its exact spot, for that is what the
office needs; any other place is coarse (`readings.py`). A photo is not copied: its file is sealed under a key that its
name holds, and the name stands in the copy. Not here: rows and times (`storage/sql/case_copies.py`).
"""

from __future__ import annotations

from typing import Final

import msgspec

from privacy.masking import NameFinder, mask
from privacy.readings import ReadingKey, coarse, open_copy, seal_copy
from privacy.sealing import Sealer

MARK_BYTES: Final = 16

REPORT: Final = "case/report"
WORDS: Final = "case/words"
"""Of a message or a reason."""


class ReportCopy(msgspec.Struct, frozen=True, array_like=True):
    """A report, as staff read it."""

    words: str
    place: str = ""
    """As the citizen described it."""
    point: tuple[float, float] | None = None
    """WGS 84, degrees."""
    exact: bool = False
    """The point is where it is, not somewhere within 250 m."""
    district: str = ""
    photo: str = ""
    """MediaName, its key with it."""
    told: bool = False
    """Whoever reported it can be written to."""


def mark_of(sealed: bytes) -> bytes:
    """Names the sealed original that a copy is made of: part of the chance that it was sealed with."""
    return sealed[1 : 1 + MARK_BYTES]


def masked_words(words: str, language: str, *, located: bool, more_names: NameFinder | None = None) -> str:
    """`located`: streets and house numbers stay, for the report is about a spot."""
    return mask(words, language, located, more_names=more_names).text


def spot(point: tuple[float, float] | None, *, located: bool) -> tuple[float, float] | None:
    """The place on the ground that staff see."""
    if point is None or located:
        return point
    latitude, longitude = coarse("{} {}".format(*point)).split()
    return float(latitude), float(longitude)


def seal_report(key: ReadingKey, copy: ReportCopy) -> bytes:
    return seal_copy(key.sealer, REPORT, msgspec.json.encode(copy).decode("utf-8"))


def open_report(sealer: Sealer, sealed: bytes) -> ReportCopy:
    """Raises `privacy.sealing.Unsealable`."""
    return msgspec.json.decode(open_copy(sealer, REPORT, sealed), type=ReportCopy)


def seal_case_words(key: ReadingKey, words: str) -> bytes:
    return seal_copy(key.sealer, WORDS, words)


def open_case_words(sealer: Sealer, sealed: bytes) -> str:
    """Raises `privacy.sealing.Unsealable`."""
    return open_copy(sealer, WORDS, sealed)
