"""Who of the staff did what: a log that only grows, and notices when it was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who of the staff did what."""

    at: datetime
    actor: str
    act: str
    subject: str
    detail: str = ""


class Audit(Protocol):
    """The staff's acts, append-only; each entry is chained to the one before, so that none can be changed unseen."""

    async def append(self, entry: AuditEntry) -> None: ...

    async def entries(self) -> Sequence[AuditEntry]:
        """All, oldest first. Raises `Tampered` if the chain is broken."""

    async def heads(self) -> Sequence[str]:
        """What the chain came to after each entry (hex), oldest first."""
