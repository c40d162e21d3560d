"""Pages of the audit log, the newest entries first. The chain is checked by `staff.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import Connection, select

from storage.audit import AuditEntry
from storage.sql.database import Database
from storage.sql.tables import audit


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry and its place in the log, counted from 1."""

    number: int
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class LogPage:
    """`older`: the next page has the entries before this number; None on the last."""

    entries: Sequence[NumberedEntry]
    older: int | None
    actors: Sequence[str]
    acts: Sequence[str]


class AuditPages:
    """Reads the log a page at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, actor: str, act: str, before: int | None, most: int) -> LogPage:
        """`actor`, `act`: '' for all."""
        wanted = select(audit).order_by(audit.c.number.desc()).limit(most + 1)
        if actor:
            wanted = wanted.where(audit.c.actor == actor)
        if act:
            wanted = wanted.where(audit.c.act == act)
        if before is not None:
            wanted = wanted.where(audit.c.number < before)

        def work(connection: Connection) -> LogPage:
            rows = connection.execute(wanted).all()
            found = [
                NumberedEntry(
                    row.number, AuditEntry(row.at.replace(tzinfo=UTC), row.actor, row.act, row.subject, row.detail)
                )
                for row in rows[:most]
            ]
            actors = connection.execute(select(audit.c.actor).distinct().order_by(audit.c.actor)).scalars().all()
            acts = connection.execute(select(audit.c.act).distinct().order_by(audit.c.act)).scalars().all()
            return LogPage(found, found[-1].number if len(rows) > most else None, actors, acts)

        return await self._database.read(work)
