"""Number plates of German cars. Not here: foreign plates, which look like anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from privacy.masking.windows import matches_near_digits

NEAR: Final = (12, 8)
"""Letters before and after a digit that are read for a plate."""

_WITH_HYPHEN: Final = re.compile(
    r"(?<![\w-])([A-ZÄÖÜ]{1,3})\s?[-–]\s?([A-Z]{1,2})\s?[- –]?\s?([1-9]\d{0,3})\s?[EH]?(?![\w])", re.IGNORECASE
)
_WITH_SPACE: Final = re.compile(r"(?<![\w-])([A-ZÄÖÜ]{1,3}) ([A-Z]{1,2}) ?-? ?([1-9]\d{0,3}) ?[EH]?(?![\w])")
_NAMED: Final = re.compile(
    r"(?:kennzeichen|nummernschild|autonummer|number\s?plate|registration|licen[cs]e\s?plate)s?"
    r"(?:\s+(?:ist|war|lautet|is|was|des\s\w+|von\s\w+))?\s*[:.]?\s*"
    r"([A-ZÄÖÜ]{1,3}[ -]?[A-Z]{1,2}[ -]?[1-9]\d{0,3} ?[EH]?)(?![\w])",
    re.IGNORECASE,
)
_NO_DISTRICTS: Final = frozenset({"DIN", "ISO", "EN", "VDE", "IEC", "ICH", "DER", "DIE", "DAS", "UND", "BIS", "VON"})
"""Standards (`DIN EN 1176`, of playgrounds), and words of those who write in capitals."""

_DAYS: Final = frozenset({"MO", "DI", "MI", "DO", "FR", "SA", "SO"})
_NO_LETTERS: Final = frozenset({"AB", "AM", "AN", "EN", "ES", "IM", "IN", "SO", "UM", "ZU", "OB", "WO", "DA"})
"""Short words before a number: no plate without a hyphen where all is written large."""


def plates(text: str) -> Iterator[tuple[int, int]]:
    """Where number plates are."""
    for found in _NAMED.finditer(text):
        yield found.span(1)
    for found in matches_near_digits(_WITH_HYPHEN, text, *NEAR):
        district, letters, digits = (part.upper() for part in found.groups())
        hours = district in _DAYS and letters in _DAYS
        small = found.group(1).islower() or found.group(2).islower()
        if not hours and district not in _NO_DISTRICTS and not (small and len(digits) < 2):
            yield found.span()
    all_large = text.isupper()
    for found in matches_near_digits(_WITH_SPACE, text, *NEAR):
        if found.group(1) not in _NO_DISTRICTS and not (all_large and found.group(2) in _NO_LETTERS):
            yield found.span()
