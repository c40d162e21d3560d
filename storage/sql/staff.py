"""What staff were shown and did: snapshots of results, and the audit log.

Numbers of a snapshot are plain; words that many used are sealed for the reading pair, as all that citizens wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, select

from privacy.pairs import open_for, public_of, seal_for
from privacy.pseudonyms import parcel
from privacy.sealing import Unsealable
from storage.audit import AuditEntry
from storage.errors import Conflict, Tampered
from storage.readingkey import read_reading_key
from storage.snapshots import Snapshot
from storage.sql.database import Database
from storage.sql.tables import audit, snapshots
from storage.sql.upserts import AnyRow, insert_new

HEAD_LETTERS: Final = 32
"""Letters of a head as people keep it: 128 bits."""
_BEGINNING: Final = bytes(32)
_AUDIT_LOCK: Final = "LOCK TABLE audit IN EXCLUSIVE MODE"


class SqlSnapshots:
    """`Snapshots`."""

    def __init__(self, database: Database, state: Path | None = None) -> None:
        """`state`: the folder of the reading key."""
        self._database = database
        self._state = state

    async def last(self, survey: str) -> Snapshot | None:
        row = await self._database.read(lambda connection: _last(connection, survey))
        return None if row is None else self._opened(row)

    async def keep(self, survey: str, snapshot: Snapshot) -> Snapshot:
        hour = snapshot.shown_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        row = {
            "survey": survey,
            "shown_at": hour,
            "respondents": snapshot.respondents,
            "tally": snapshot.tally,
            "words": self._sealed(survey, snapshot.words),
        }

        def work(connection: Connection) -> AnyRow:
            insert_new(connection, snapshots, row)
            standing = _last(connection, survey)
            assert standing is not None
            return standing

        return self._opened(await self._database.write(work))

    def _sealed(self, survey: str, words: str) -> bytes | None:
        private = self._private()
        return seal_for(public_of(private), words.encode("utf-8"), _owner(survey)) if words and private else None

    def _opened(self, row: AnyRow) -> Snapshot:
        private, words = self._private() if row.words is not None else b"", b""
        if private:
            with contextlib.suppress(Unsealable):  # of another reading pair
                words = open_for(private, row.words, _owner(row.survey))
        return Snapshot(row.shown_at.replace(tzinfo=UTC), row.respondents, row.tally, words.decode("utf-8"))

    def _private(self) -> bytes:
        """Nothing where the reading key is not here: then there are numbers only."""
        try:
            return read_reading_key(self._state) if self._state is not None else b""
        except Conflict:
            return b""


class SqlAudit:
    """`Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entry: AuditEntry) -> None:
        await self._database.write(lambda connection: _append(connection, entry))

    async def entries(self) -> Sequence[AuditEntry]:
        wanted = select(audit).order_by(audit.c.number)
        return await self._database.read(lambda connection: _followed(connection.execute(wanted).all()))

    async def heads(self) -> Sequence[str]:
        wanted = select(audit.c.chain).order_by(audit.c.number)
        chain = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return [link.hex()[:HEAD_LETTERS] for link in chain]


def _last(connection: Connection, survey: str) -> AnyRow | None:
    wanted = select(snapshots).where(snapshots.c.survey == survey).order_by(snapshots.c.shown_at.desc()).limit(1)
    return connection.execute(wanted).first()


def _owner(survey: str) -> bytes:
    return b"snapshot/words/" + survey.encode("utf-8")


def _followed(rows: Sequence[AnyRow]) -> list[AuditEntry]:
    """Beside the event loop: years of entries take a second to follow."""
    before, found = _BEGINNING, []
    for number, row in enumerate(rows, start=1):
        entry = _entry(row)
        if row.number != number or row.chain != _link(before, number, entry):
            raise Tampered(f"entry {row.number} of the audit log was changed or one before it was removed")
        before = row.chain
        found.append(entry)
    return found


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
