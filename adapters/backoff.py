"""How long to wait before the next try: the same for every channel.

Not here: how often to try, and what a messenger itself asks to wait (each channel's delivery).
"""

from __future__ import annotations

import random

FIRST_PAUSE = 0.2
"""Seconds; doubled each time. Tests that end by trying set it shorter."""


def backoff(tries: int, longest: float) -> float:
    """Seconds before the next try after `tries` failures: doubled up to `longest`, with half of it left to chance."""
    full = min(FIRST_PAUSE * 2.0 ** min(tries - 1, 30), longest)
    return full * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, guards nothing)
