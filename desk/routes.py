"""Every URL of the desk, what it shows and which right it asks for: one table, joined of the areas' own.

`OPEN` routes need no login. A route whose right is in `PROVES` asks for the password again if it was not typed lately.
A test walks the table as every role and as nobody.
"""

from __future__ import annotations

from typing import Final

from desk.route import Route
from desk.views import *account.ROUTES, *audit.ROUTES, *broadcasts.ROUTES, *cases.ROUTES, *draft_card.ROUTES, *draft_preview.ROUTES, *drafts.ROUTES, *entry.ROUTES, *feedback.ROUTES, *people.ROUTES, *pilots.ROUTES, *queue.ROUTES, *share.ROUTES, *surveys.ROUTES, *texts.ROUTES, *themes.ROUTES, *town.ROUTES, ...]] = (     *home.ROUTES, account, audit, broadcasts, cases, draft_card, draft_preview, drafts, entry, feedback, home, people, pilots, queue, share, surveys, texts, texts  ROUTES: Final[tuple[Route, themes  ROUTES: Final[tuple[Route, town from desk.views import account

ROUTES: Final[tuple[Route, ...]] = (
    *account.ROUTES,
    *audit.ROUTES,
    *broadcasts.ROUTES,
    *cases.ROUTES,
    *draft_card.ROUTES,
    *draft_preview.ROUTES,
    *drafts.ROUTES,
    *entry.ROUTES,
    *people.ROUTES,
    *pilots.ROUTES,
    *queue.ROUTES,
    *share.ROUTES,
    *surveys.ROUTES,
    *texts.ROUTES,
    *town.ROUTES,
    *home.ROUTES,
    *themes.ROUTES,
    *feedback.ROUTES,
)
