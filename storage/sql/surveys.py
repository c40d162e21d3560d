"""Published surveys and the form versions that sessions and responses may still need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from dialogs.world import Survey
from storage.errors import Conflict, Overtaken
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
        await self._database.write(lambda connection: publish_survey(connection, survey, form))

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


def publish_survey(connection: Connection, survey: Survey, form: FormVersion) -> None:
    """New, or a new version of what is open. Raises `Conflict`."""
    _refuse_conflict(connection, survey)
    _store_form(connection, form)
    put(connection, surveys, _row(survey, form))
    bump(connection)


def publish_over(connection: Connection, survey: Survey, form: FormVersion, before: Survey | None) -> None:
    """The same, over what stood there when it was looked at. Raises `Overtaken` if somebody was faster."""
    wanted = select(surveys.c.card, surveys.c.form, surveys.c.closed_on).where(surveys.c.code == survey.code)
    row = connection.execute(wanted.with_for_update()).first()
    if (None if row is None else _survey(row)) != before:
        raise Overtaken(f"something else is published as {survey.code} by now")
    if before is not None:
        publish_survey(connection, survey, form)
        return
    _store_form(connection, form)
    if not insert_new(connection, surveys, _row(survey, form)):
        raise Overtaken(f"something is published as {survey.code} by now")
    bump(connection)


def _row(survey: Survey, form: FormVersion) -> dict[str, Any]:
    return {
        "code": survey.code,
        "form": form.hash,
        "card": msgspec.json.encode(survey).decode("utf-8"),
        "mode": survey.mode.value,
        "closes": survey.closes,
        "closed_on": None,
        "grace_days": survey.grace_days,
        "settled": False,
    }


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
