"""Published surveys and the form versions that sessions and responses may still need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection, select, update

from dialogs.world import Survey
from storage.errors import Conflict
from storage.records import FormVersion
from storage.sql.database import Database
from storage.sql.tables import form_attachments, forms, revisions, surveys
from storage.sql.upserts import AnyRow, count_up, insert_new, put

_ONLY_REVISION: Final = 1


class SqlSurveys:
    """`Surveys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, survey: Survey, form: FormVersion) -> None:
        await self._database.write(lambda connection: _publish(connection, survey, form))

    async def close_survey(self, code: str, day: date) -> None:
        def work(connection: Connection) -> None:
            open_one = (surveys.c.code == code) & surveys.c.closed_on.is_(None)
            if connection.execute(update(surveys).where(open_one).values(closed_on=day)).rowcount != 1:
                raise Conflict(f"there is no open survey with the code {code}")
            bump(connection)

        await self._database.write(work)

    async def change(self, survey: Survey) -> None:
        row = {
            "card": msgspec.json.encode(survey).decode("utf-8"),
            "closes": survey.closes,
            "grace_days": survey.grace_days,
        }

        def work(connection: Connection) -> None:
            open_one = (surveys.c.code == survey.code) & surveys.c.closed_on.is_(None)
            same = open_one & (surveys.c.mode == survey.mode.value)
            if connection.execute(update(surveys).where(same).values(**row)).rowcount != 1:
                raise Conflict(f"there is no open survey with the code {survey.code} and this mode")
            bump(connection)

        await self._database.write(work)

    async def all(self) -> Sequence[Survey]:
        wanted = select(surveys.c.card, surveys.c.form, surveys.c.closed_on).order_by(surveys.c.code)
        return await self._database.read(lambda connection: [_survey(row) for row in connection.execute(wanted)])

    async def form(self, hash_: str) -> FormVersion | None:
        return await self._database.read(lambda connection: _form(connection, hash_))

    async def revision(self) -> int:
        wanted = select(revisions.c.revision)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none() or 0)


def _publish(connection: Connection, survey: Survey, form: FormVersion) -> None:
    _refuse_conflict(connection, survey)
    _store_form(connection, form)
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
    put(connection, surveys, row)
    bump(connection)


def _form(connection: Connection, hash_: str) -> FormVersion | None:
    row = connection.execute(select(forms).where(forms.c.hash == hash_)).first()
    if row is None:
        return None
    attached = connection.execute(
        select(form_attachments.c.name, form_attachments.c.data).where(form_attachments.c.form == hash_)
    )
    attachments = {each.name: each.data for each in attached}
    return FormVersion(row.hash, row.xform, attachments, row.source_name, row.source)


def bump(connection: Connection) -> None:
    """Say that something about the surveys changed."""
    count_up(connection, revisions, {"one": _ONLY_REVISION, "revision": 1}, "revision")


def _refuse_conflict(connection: Connection, survey: Survey) -> None:
    wanted = select(surveys.c.mode, surveys.c.closed_on).where(surveys.c.code == survey.code).with_for_update()
    standing = (connection.execute(wanted)).first()
    if standing is None:
        return
    if standing.closed_on is not None:
        raise Conflict(f"the survey {survey.code} is closed: publish it under another code")
    if standing.mode != survey.mode.value:
        raise Conflict(f"the survey {survey.code} is {standing.mode}: that cannot change once it is published")


def _store_form(connection: Connection, form: FormVersion) -> None:
    row = {"hash": form.hash, "xform": form.xform, "source_name": form.source_name, "source": form.source}
    if not insert_new(connection, forms, row):
        return
    for name, data in form.attachments.items():
        insert_new(connection, form_attachments, {"form": form.hash, "name": name, "data": data})


def _survey(row: AnyRow) -> Survey:
    card = msgspec.json.decode(row.card, type=Survey)
    return replace(card, form=row.form, closed=row.closed_on is not None)
