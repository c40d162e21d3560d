"""The parts of a text that stand near a digit: where house numbers and plates are looked for, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = re.compile(r"\d+")


def matches_near_digits(pattern: re.Pattern[str], text: str, before: int, after: int) -> Iterator[re.Match[str]]:
    """Like `pattern.finditer(text)`, in windows of so many letters `before` and `after` each run of digits."""
    start = end = 0
    for digits in _DIGITS.finditer(text):
        if digits.start() - before > end:
            yield from pattern.finditer(text, start, end)
            start = digits.start() - before
        end = digits.end() + after
    if end:
        yield from pattern.finditer(text, start, end)
