"""Codes that carry a draft to another channel: eight letters and digits that do not look alike, used once.

Not here: where they are kept (`bot/movings.py`), what is said (`moving.py`).
"""

from __future__ import annotations

import random
import re
from datetime import timedelta

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""Without vowels, so that no word is a code."""
LENGTH = 8
"""28^8: 38 bits, tried five times in a quarter of an hour."""
LIFE = timedelta(minutes=15)
TRIES = 5
"""Wrong codes of one person within `LIFE`; then no code is looked at."""

_TYPED = re.compile(rf"[{ALPHABET}]{{4}}[\s.–-]?[{ALPHABET}]{{4}}", re.IGNORECASE)


def new_moving_code(rng: random.Random) -> str:
    """A random code, in two groups with a hyphen between."""
    letters = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def moving_code(typed: str) -> str | None:
    """The code as it is shown, from whatever way it was typed; None if it is none."""
    text = typed.strip()
    if _TYPED.fullmatch(text) is None:
        return None
    letters = "".join(letter for letter in text.upper() if letter in ALPHABET)
    return f"{letters[:4]}-{letters[4:]}"
