"""What staff were shown and did: snapshots of results, and the audit log."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC
from typing import Final

from sqlalchemy import Connection, insert, select

from privacy.pseudonyms import parcel
from storage.base import AuditEntry, Snapshot
from storage.errors import Tampered
from storage.sql.database import Database
from storage.sql.tables import audit, snapshots
from storage.sql.upserts import AnyRow, insert_new

HEAD_LETTERS: Final = 32
"""Letters of a head as people keep it: 128 bits."""
_BEGINNING: Final = bytes(32)
_AUDIT_LOCK: Final = "LOCK TABLE audit IN EXCLUSIVE MODE"


class SqlSnapshots:
    """`Snapshots`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, survey: str) -> Snapshot | None:
        return await self._database.read(lambda connection: _last(connection, survey))

    async def keep(self, survey: str, snapshot: Snapshot) -> Snapshot:
        hour = snapshot.shown_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        row = {"survey": survey, "shown_at": hour, "respondents": snapshot.respondents, "tally": snapshot.tally}

        def work(connection: Connection) -> Snapshot:
            insert_new(connection, snapshots, row)
            standing = _last(connection, survey)
            assert standing is not None
            return standing

        return await self._database.write(work)


class SqlAudit:
    """`Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entry: AuditEntry) -> None:
        await self._database.write(lambda connection: _append(connection, entry))

    async def entries(self) -> Sequence[AuditEntry]:
        wanted = select(audit).order_by(audit.c.number)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        before, found = _BEGINNING, []
        for number, row in enumerate(rows, start=1):
            entry = _entry(row)
            if row.number != number or row.chain != _link(before, number, entry):
                raise Tampered(f"entry {row.number} of the audit log was changed or one before it was removed")
            before = row.chain
            found.append(entry)
        return found

    async def heads(self) -> Sequence[str]:
        wanted = select(audit.c.chain).order_by(audit.c.number)
        chain = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return [link.hex()[:HEAD_LETTERS] for link in chain]


def _last(connection: Connection, survey: str) -> Snapshot | None:
    wanted = select(snapshots).where(snapshots.c.survey == survey).order_by(snapshots.c.shown_at.desc()).limit(1)
    row = connection.execute(wanted).first()
    return None if row is None else Snapshot(row.shown_at.replace(tzinfo=UTC), row.respondents, row.tally)


def _append(connection: Connection, entry: AuditEntry) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_AUDIT_LOCK)
    newest = select(audit.c.number, audit.c.chain).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    number, before = (row.number, row.chain) if row is not None else (0, _BEGINNING)
    values = {"actor": entry.actor, "act": entry.act, "subject": entry.subject, "detail": entry.detail}
    place = {"number": number + 1, "at": entry.at.astimezone(UTC), "chain": _link(before, number + 1, entry)}
    connection.execute(insert(audit).values(**place, **values))


def _entry(row: AnyRow) -> AuditEntry:
    return AuditEntry(row.at.replace(tzinfo=UTC), row.actor, row.act, row.subject, row.detail)


def _link(before: bytes, number: int, entry: AuditEntry) -> bytes:
    at = entry.at.astimezone(UTC).isoformat()
    words = (str(number), at, entry.actor, entry.act, entry.subject, entry.detail)
    return hashlib.sha256(parcel(before, *(word.encode("utf-8") for word in words))).digest()
