"""Drafts of surveys in SQL: each step checked against the table in `storage/drafts.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from dialogs.forms.excerpt import Excerpt
from dialogs.forms.report import Report
from dialogs.world import Survey
from storage.drafts import (
    TRANSITIONS,
    CheckedFile,
    DraftAct,
    DraftCard,
    DraftLine,
    DraftNumber,
    DraftState,
    StoredDraft,
    Trial,
)
from storage.errors import Conflict
from storage.records import FormVersion
from storage.sql.broadcasts import aware
from storage.sql.database import Database
from storage.sql.surveys import bump, publish_over
from storage.sql.tables import survey_draft_files as files
from storage.sql.tables import survey_drafts as drafts
from storage.sql.upserts import AnyRow


class _Found(msgspec.Struct, frozen=True):
    """What the check said, as it is stored."""

    report: Report
    excerpts: tuple[Excerpt | None, ...] = ()


class SqlDrafts:
    """`Drafts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, card: DraftCard, author: str, at: datetime, version_of: str = "") -> DraftNumber:
        def work(connection: Connection) -> DraftNumber:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE survey_drafts IN SHARE ROW EXCLUSIVE MODE")
            number = (connection.execute(select(func.max(drafts.c.number))).scalar() or 0) + 1
            row = {
                "number": number,
                "state": DraftState.WRITING.value,
                "author": author,
                "changed": at.astimezone(UTC),
                "card": _encoded(card),
                "version_of": version_of,
                "file_name": "",
                "form": "",
                "test_code": "",
            }
            connection.execute(insert(drafts).values(**row))
            return DraftNumber(number)

        return await self._database.write(work)

    async def get(self, number: DraftNumber) -> StoredDraft | None:
        wanted = select(drafts).where(drafts.c.number == number)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return None if row is None else _stored(row)

    async def all(self, most: int = 100) -> Sequence[DraftLine]:
        wanted = (
            select(
                *(drafts.c.number, drafts.c.state, drafts.c.author, drafts.c.changed, drafts.c.card),
                *(drafts.c.file_name, drafts.c.form, drafts.c.version_of),
            )
            .where(drafts.c.state != DraftState.PUBLISHED.value)
            .order_by(drafts.c.changed.desc(), drafts.c.number.desc())
            .limit(most)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_line(row) for row in rows]

    async def keep_card(self, number: DraftNumber, card: DraftCard, at: datetime) -> None:
        values = {"card": _encoded(card), "changed": at.astimezone(UTC)}
        await self._database.write(lambda connection: _change(connection, number, values))

    async def keep_file(
        self, number: DraftNumber, file: CheckedFile, beside: Mapping[str, bytes], at: datetime
    ) -> None:
        values = {
            "file_name": file.name,
            "source": file.source,
            "found": _encoded(_Found(file.report, file.excerpts)),
            "form": file.form,
            "xform": file.xform,
            "changed": at.astimezone(UTC),
        }

        def work(connection: Connection) -> None:
            _change(connection, number, values)
            connection.execute(delete(files).where(files.c.draft == number))
            for name, data in beside.items():
                connection.execute(insert(files).values(draft=number, name=name, data=data))

        await self._database.write(work)

    async def beside(self, number: DraftNumber) -> Mapping[str, bytes]:
        return await self._database.read(lambda connection: _beside(connection, number))

    async def names_beside(self, number: DraftNumber) -> Sequence[str]:
        wanted = select(files.c.name).where(files.c.draft == number).order_by(files.c.name)
        return await self._database.read(lambda connection: connection.execute(wanted).scalars().all())

    async def try_by(self, number: DraftNumber, test_code: str) -> None:
        await self._database.write(lambda connection: _change(connection, number, {"test_code": test_code}))

    async def step(self, number: DraftNumber, act: DraftAct, at: datetime) -> DraftState:
        return await self._database.write(lambda connection: _step(connection, number, act, at))

    async def publish(
        self, number: DraftNumber, survey: Survey, form: FormVersion, before: Survey | None, at: datetime
    ) -> None:
        def work(connection: Connection) -> None:
            _step(connection, number, DraftAct.PUBLISH, at)
            publish_over(connection, survey, form, before)

        await self._database.write(work)

    async def trials(self) -> Sequence[Trial]:
        wanted = select(drafts.c.test_code, drafts.c.card, drafts.c.form).where(
            drafts.c.test_code != "", drafts.c.form != "", drafts.c.state == DraftState.WRITING.value
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [Trial(row.test_code, msgspec.json.decode(row.card, type=DraftCard), row.form) for row in rows]

    async def trial_form(self, form: str) -> tuple[bytes, Mapping[str, bytes]] | None:
        wanted = select(drafts.c.number, drafts.c.xform).where(
            drafts.c.form == form, drafts.c.test_code != "", drafts.c.state == DraftState.WRITING.value
        )

        def work(connection: Connection) -> tuple[bytes, Mapping[str, bytes]] | None:
            row = connection.execute(wanted).first()
            return None if row is None else (row.xform, _beside(connection, row.number))

        return await self._database.read(work)

    async def forget(self, before: datetime) -> int:
        over = (drafts.c.state != DraftState.WRITING.value) & (drafts.c.changed < before.astimezone(UTC))

        def work(connection: Connection) -> int:
            connection.execute(delete(files).where(files.c.draft.in_(select(drafts.c.number).where(over))))
            return connection.execute(delete(drafts).where(over)).rowcount

        return await self._database.write(work)


def _step(connection: Connection, number: DraftNumber, act: DraftAct, at: datetime) -> DraftState:
    standing = connection.execute(_state(number)).scalar()
    then = None if standing is None else TRANSITIONS.get((DraftState(standing), act))
    if then is None:
        raise Conflict(f"draft {number} cannot {act} as it stands")
    values = {"state": then.value, "changed": at.astimezone(UTC), "test_code": ""}
    connection.execute(update(drafts).where(drafts.c.number == number).values(**values))
    bump(connection)
    return then


def _change(connection: Connection, number: DraftNumber, values: Mapping[str, object]) -> None:
    """Raises `Conflict` unless it is being written."""
    writing = (drafts.c.number == number) & (drafts.c.state == DraftState.WRITING.value)
    if connection.execute(update(drafts).where(writing).values(**values)).rowcount != 1:
        raise Conflict(f"draft {number} is not being written any more")
    tried = select(drafts.c.test_code).where(drafts.c.number == number)
    if "test_code" in values or connection.execute(tried).scalar():
        bump(connection)


def _state(number: DraftNumber) -> Select[Any]:
    return select(drafts.c.state).where(drafts.c.number == number).with_for_update()


def _beside(connection: Connection, number: DraftNumber) -> Mapping[str, bytes]:
    rows = connection.execute(select(files.c.name, files.c.data).where(files.c.draft == number))
    return {row.name: row.data for row in rows}


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")


def _stored(row: AnyRow) -> StoredDraft:
    file: CheckedFile | None = None
    if row.file_name:
        found = msgspec.json.decode(row.found, type=_Found)
        file = CheckedFile(row.file_name, row.source, found.report, found.excerpts, row.form, row.xform or b"")
    return StoredDraft(
        DraftNumber(row.number),
        DraftState(row.state),
        row.author,
        aware(row.changed),
        msgspec.json.decode(row.card, type=DraftCard),
        file,
        row.version_of,
        row.test_code,
    )


def _line(row: AnyRow) -> DraftLine:
    return DraftLine(
        DraftNumber(row.number),
        DraftState(row.state),
        row.author,
        aware(row.changed),
        msgspec.json.decode(row.card, type=DraftCard),
        row.file_name,
        bool(row.form),
        row.version_of,
    )
