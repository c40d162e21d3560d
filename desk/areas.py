"""What the head of each page leads to, by right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dialogs.i18n import N_
from dialogs.roles import Right


@dataclass(frozen=True, slots=True)
class Area:
    """`name`: msgid."""

    path: str
    name: str
    right: Right


AREAS: Final = (
    Area("/", N_("Home"), Right.ENTER),
    Area("/results", N_("Results"), Right.RESULTS),
    Area("/news", N_("News"), Right.NEWS_READ),
    Area("/pilots", N_("Pilots"), Right.NEWS_READ),
)
