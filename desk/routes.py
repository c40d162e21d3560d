"""Every URL of the desk, what it shows and which right it asks for: one table, joined of the areas' own.

`OPEN` routes need no login. A route whose right is in `PROVES` asks for the password again if it was not typed lately.
A test walks the table as every role and as nobody.
"""

from __future__ import annotations

from typing import Final

from desk.route import Route
from desk.views import (
    account,
    audit,
    barriers,
    broadcasts,
    cases,
    draft_card,
    draft_preview,
    drafts,
    entry,
    exports,
    feedback,
    home,
    originals,
    people,
    pilots,
    queue,
    releases,
    results,
    share,
    surveys,
    texts,
    themes,
    town,
)

ROUTES: Final[tuple[Route, ...]] = (
    *home.ROUTES,
    *barriers.ROUTES,
    *entry.ROUTES,
    *account.ROUTES,
    *people.ROUTES,
    *audit.ROUTES,
    *town.ROUTES,
    *surveys.ROUTES,
    *share.ROUTES,
    *drafts.ROUTES,
    *draft_preview.ROUTES,
    *draft_card.ROUTES,
    *broadcasts.ROUTES,
    *cases.ROUTES,
    *pilots.ROUTES,
    *results.ROUTES,
    *exports.ROUTES,
    *releases.ROUTES,
    *queue.ROUTES,
    *texts.ROUTES,
    *themes.ROUTES,
    *feedback.ROUTES,
    *originals.ROUTES,
)
