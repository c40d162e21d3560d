"""Published surveys and the form versions that sessions and responses may still need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogs.world import Survey
from storage.base import FormVersion
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.tables import form_attachments, forms, revisions, surveys
from storage.sql.upserts import AnyRow, count_up, insert_new, put

_ONLY_REVISION: Final = 1


class SqlSurveys:
    """`Surveys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, survey: Survey, form: FormVersion) -> None:
        async with self._database.writing() as connection:
            await _refuse_conflict(connection, survey)
            await _store_form(connection, form)
            row = {
                "code": survey.code,
                "form": form.hash,
                "card": msgspec.json.encode(survey).decode("utf-8"),
                "mode": survey.mode.value,
                "closes": survey.closes,
                "closed_on": None,
                "grace_days": survey.grace_days,
                "settled": False,
            }
            await put(connection, surveys, row)
            await bump(connection)

    async def close_survey(self, code: str, day: date) -> None:
        async with self._database.writing() as connection:
            open_one = (surveys.c.code == code) & surveys.c.closed_on.is_(None)
            closed = await connection.execute(update(surveys).where(open_one).values(closed_on=day))
            if closed.rowcount != 1:
                raise Conflict(f"there is no open survey with the code {code}")
            await bump(connection)

    async def all(self) -> Sequence[Survey]:
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(surveys.c.card, surveys.c.form, surveys.c.closed_on).order_by(surveys.c.code)
            )
            return [_survey(row) for row in rows]

    async def form(self, hash_: str) -> FormVersion | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(forms).where(forms.c.hash == hash_))).first()
            if row is None:
                return None
            attached = await connection.execute(
                select(form_attachments.c.name, form_attachments.c.data).where(form_attachments.c.form == hash_)
            )
            attachments = {each.name: each.data for each in attached}
        return FormVersion(row.hash, row.xform, attachments, row.source_name, row.source)

    async def revision(self) -> int:
        async with self._database.reading() as connection:
            return (await connection.execute(select(revisions.c.revision))).scalar_one_or_none() or 0


async def bump(connection: AsyncConnection) -> None:
    """Say that something about the surveys changed."""
    await count_up(connection, revisions, {"one": _ONLY_REVISION, "revision": 1}, "revision")


async def _refuse_conflict(connection: AsyncConnection, survey: Survey) -> None:
    wanted = select(surveys.c.mode, surveys.c.closed_on).where(surveys.c.code == survey.code).with_for_update()
    standing = (await connection.execute(wanted)).first()
    if standing is None:
        return
    if standing.closed_on is not None:
        raise Conflict(f"the survey {survey.code} is closed: publish it under another code")
    if standing.mode != survey.mode.value:
        raise Conflict(f"the survey {survey.code} is {standing.mode}: that cannot change once it is published")


async def _store_form(connection: AsyncConnection, form: FormVersion) -> None:
    row = {"hash": form.hash, "xform": form.xform, "source_name": form.source_name, "source": form.source}
    if not await insert_new(connection, forms, row):
        return
    for name, data in form.attachments.items():
        await insert_new(connection, form_attachments, {"form": form.hash, "name": name, "data": data})


def _survey(row: AnyRow) -> Survey:
    card = msgspec.json.decode(row.card, type=Survey)
    return replace(card, form=row.form, closed=row.closed_on is not None)
