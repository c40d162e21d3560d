"""Quotes that may be published: masked, looked at by two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.sql.copies import Copies
from storage.sql.moderation import Moderation


@dataclass(frozen=True, slots=True)
class Quote:
    """A masked text that a second person has looked at. `name`: by which staff call it."""

    question: str
    text: str = field(repr=False)
    name: str = ""


async def approved_quotes(moderation: Moderation, copies: Copies, survey: str) -> Sequence[Quote]:
    """In the order of random numbers. Raises `Unavailable`, and `Conflict` without the reading key."""
    listed = await moderation.approved(survey)
    opened = await copies.some([each.number for each in listed])
    return [Quote(each.question, each.text, each.number.hex()[:8]) for each in opened]
