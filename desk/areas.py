"""What the head of each page leads to, by right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dialogs.i18n import N_
from dialogs.roles import Right


@dataclass(frozen=True, slots=True)
class Area:
    """`name`, `what`: msgids."""

    path: str
    name: str
    right: Right
    what: str = ""
    """A sentence on what is done there."""


AREAS: Final = (
    Area("/", N_("Home"), Right.ENTER),
    Area("/surveys", N_("Surveys"), Right.SURVEYS, N_("Ask the town: from a spreadsheet to links and posters.")),
    Area(
        "/cases",
        N_("Cases"),
        Right.CASES,
        N_("What citizens report, and what becomes of it."),
    ),
    Area("/results", N_("Results"), Right.RESULTS, N_("What the answers say, once enough people have answered.")),
    Area("/texts", N_("Texts"), Right.TEXTS, N_("Read what citizens wrote, masked and shuffled.")),
    Area("/feedback", N_("Feedback"), Right.TEXTS, N_("What reports are about, in numbers and themes.")),
    Area("/news", N_("News"), Right.NEWS_READ, N_("Write to those who asked for it; somebody else approves.")),
    Area("/pilots", N_("Pilots"), Right.NEWS_READ, N_("What the town tries out, with its timeline.")),
    Area("/people", N_("Staff"), Right.PEOPLE, N_("Who works here, in which roles; invite somebody.")),
    Area("/town", N_("Town"), Right.TOWN, N_("Name, colours, logo, texts, offices, topics, districts.")),
    Area("/audit", N_("Log"), Right.AUDIT, N_("What staff did, and whether anybody changed that.")),
)
