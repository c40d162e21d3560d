"""Case codes: short, readable aloud, without letters that look or sound alike; the only key to a report.

Not here: how they are stored (argon2id, `privacy/pseudonyms.py`).
"""

from __future__ import annotations

import random
import re

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
GROUPS, GROUP = 3, 4
"""28^12 codes: 57 bits, tried only through us."""

_TYPED = re.compile(rf"[{ALPHABET}]{{{GROUP}}}(?:[\s.–-]?[{ALPHABET}]{{{GROUP}}}){{{GROUPS - 1}}}", re.IGNORECASE)


def new_case_code(rng: random.Random) -> str:
    """A random code, in groups with hyphens between."""
    return "-".join("".join(rng.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def case_code(typed: str) -> str | None:
    """The code as it is shown, from whatever way it was typed; None if it is none."""
    text = typed.strip()
    if _TYPED.fullmatch(text) is None or (not any(letter.isdigit() for letter in text) and " " in text):
        return None
    letters = "".join(letter for letter in text.upper() if letter in ALPHABET)
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
