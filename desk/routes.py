"""Every URL of the desk, what it shows and which right it asks for: one table, joined of the areas' own.

`OPEN` routes need no login. A route whose right is in `PROVES` asks for the password again if it was not typed lately.
A test walks the table as every role and as nobody.
"""

from __future__ import annotations

from typing import Final

from desk.route import Route
from desk.views import account, broadcasts, entry, exports, home, pilots, releases, results

ROUTES: Final[tuple[Route, ...]] = (
    *home.ROUTES,
    *entry.ROUTES,
    *account.ROUTES,
    *broadcasts.ROUTES,
    *pilots.ROUTES,
    *results.ROUTES,
    *exports.ROUTES,
    *releases.ROUTES,
)
