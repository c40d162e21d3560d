"""Views of results that staff were shown: what is shown next steps forward from them (`privacy/disclosure.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A view of results as it was shown: the next one steps forward from it (`privacy.disclosure`)."""

    shown_at: datetime
    respondents: int
    tally: str
    """The safe tally as JSON."""
    words: str = field(default="", repr=False)
    """Words that many used, by question, as JSON; sealed for the reading key, so empty where that is not."""


class Snapshots(Protocol):
    """Views of results that were shown to staff."""

    async def last(self, survey: str) -> Snapshot | None: ...

    async def keep(self, survey: str, snapshot: Snapshot) -> Snapshot:
        """Store as the newest view; returns the one that stands if another process was quicker."""
