"""A masked text as themes see it."""

from __future__ import annotations

import msgspec


class Saying(msgspec.Struct, frozen=True, array_like=True):
    """One text, of an answer or of a report."""

    number: bytes
    """Its copy's own random number."""
    text: str
    language: str
    """Which the citizen's dialogue was in; the words may be in another."""
    who: bytes = b""
    """Whose it is: texts of one person count once. Of a report nobody knows: each counts for itself (empty)."""
    groups: dict[str, str] = {}
    """What it belongs to, by facet: {"category": "roads", "month": "2026-11"}."""

    @property
    def person(self) -> bytes:
        """Who is counted."""
        return self.who or self.number

    def __repr__(self) -> str:
        """Never the words: a repr ends up in tracebacks."""
        return "<Saying>"
