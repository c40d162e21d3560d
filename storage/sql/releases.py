"""What was released to the public: numbers that were made safe once, versions of the page, their files; outcomes that
are still being written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from dialogs.releases import Page, PublicRelease
from dialogs.world import OutcomeCard
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.release_tables import outcome_drafts, public_results, release_files, releases
from storage.sql.surveys import bump
from storage.sql.upserts import insert_new

MOST_VERSIONS: Final = 99


class SqlReleases:
    """All raise `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- numbers

    async def numbers(self, survey: str) -> dict[str, Any] | None:
        """The numbers for the public, as they were made; None before."""
        wanted = select(public_results.c.numbers).where(public_results.c.survey == survey)
        found = await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())
        return None if found is None else json.loads(found)

    async def keep_numbers(self, survey: str, numbers: dict[str, Any], day: date) -> dict[str, Any]:
        """Store them, once; returns those that stand."""

        def work(connection: Connection) -> str:
            insert_new(connection, public_results, {"survey": survey, "day": day, "numbers": json.dumps(numbers)})
            wanted = select(public_results.c.numbers).where(public_results.c.survey == survey)
            return str(connection.execute(wanted).scalar_one())

        return dict(json.loads(await self._database.write(work)))

    # -- outcomes that are being written

    async def draft(self, survey: str) -> OutcomeCard | None:
        wanted = select(outcome_drafts.c.card).where(outcome_drafts.c.survey == survey)
        found = await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())
        return None if found is None else msgspec.json.decode(found, type=OutcomeCard)

    async def keep_draft(self, survey: str, card: OutcomeCard, day: date) -> None:
        def work(connection: Connection) -> None:
            row = {"card": msgspec.json.encode(card).decode("utf-8"), "day": day}
            if not insert_new(connection, outcome_drafts, {"survey": survey, **row}):
                connection.execute(update(outcome_drafts).where(outcome_drafts.c.survey == survey).values(**row))

        await self._database.write(work)

    async def drop_draft(self, survey: str, card: OutcomeCard) -> None:
        """It is public now; what was written since stays."""
        same = outcome_drafts.c.card == msgspec.json.encode(card).decode("utf-8")
        gone = delete(outcome_drafts).where(outcome_drafts.c.survey == survey, same)
        await self._database.write(lambda connection: connection.execute(gone))

    # -- versions

    async def publish(self, release: PublicRelease, files: Mapping[str, bytes]) -> None:
        """Store a version with its files. Raises `Conflict` if somebody published this version meanwhile."""
        await self._database.write(partial(_publish, release=release, files=files))

    async def versions(self, survey: str) -> int:
        """How many there are."""
        wanted = select(func.count()).select_from(releases).where(releases.c.survey == survey)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one())

    async def release(self, survey: str, version: int = 0) -> PublicRelease | None:
        """A version; 0: the newest."""
        return await self._database.read(partial(_release, survey=survey, version=version))

    async def file(self, survey: str, version: int, name: str) -> bytes | None:
        """A file of a version; 0: of the newest."""
        wanted = select(release_files.c.data).where(release_files.c.survey == survey, release_files.c.name == name)
        if version:
            wanted = wanted.where(release_files.c.version == version)
        newest = wanted.order_by(release_files.c.version.desc()).limit(1)
        return await self._database.read(lambda connection: connection.execute(newest).scalar_one_or_none())

    async def published(self) -> Sequence[tuple[str, int]]:
        """Every survey that has a release, and its newest version."""
        wanted = select(releases.c.survey, func.max(releases.c.version)).group_by(releases.c.survey)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return sorted((row[0], row[1]) for row in rows)


def _publish(connection: Connection, release: PublicRelease, files: Mapping[str, bytes]) -> None:
    row = {
        "survey": release.survey,
        "version": release.version,
        "day": release.day,
        "licence": release.licence,
        "reason": release.reason,
        "pages": msgspec.json.encode(release.pages).decode("utf-8"),
    }
    if release.version > MOST_VERSIONS or not insert_new(connection, releases, row):
        raise Conflict("somebody published a version in this moment")
    for name, data in files.items():
        place = {"survey": release.survey, "version": release.version, "name": name}
        connection.execute(insert(release_files).values(**place, data=data))
    bump(connection)


def _release(connection: Connection, survey: str, version: int) -> PublicRelease | None:
    rows = connection.execute(
        select(releases.c.version, releases.c.day).where(releases.c.survey == survey).order_by(releases.c.version)
    ).all()
    if not rows:
        return None
    wanted = version or rows[-1].version
    here = (releases.c.survey == survey) & (releases.c.version == wanted)
    row = connection.execute(select(releases).where(here)).first()
    if row is None:
        return None
    names = select(release_files.c.name).where(release_files.c.survey == survey, release_files.c.version == wanted)
    return PublicRelease(
        survey=survey,
        version=row.version,
        day=row.day,
        licence=row.licence,
        pages=msgspec.json.decode(row.pages, type=dict[str, Page]),
        reason=row.reason,
        files=tuple(connection.execute(names).scalars().all()),
        newest=rows[-1].version,
        days=tuple(each.day for each in rows),
    )
