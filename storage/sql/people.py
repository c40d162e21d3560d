"""Staff, logins, invitations and logged-in browsers in the database (`storage/people.py`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from dialogs.messages import Language
from dialogs.roles import Role
from storage.people import Hash, Invitation, LoggedIn, Login, Staff, Standing
from storage.sql.database import Database
from storage.sql.desk_tables import invitations, logged_in, logins, staff
from storage.sql.upserts import AnyRow, insert_new, put


class SqlPeople:
    """`People`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, now: datetime) -> Sequence[Standing]:
        at = now.astimezone(UTC)
        browsers = select(func.count()).where(logged_in.c.name == staff.c.name).scalar_subquery()
        until = (
            select(func.max(invitations.c.expires))
            .where(invitations.c.name == staff.c.name, invitations.c.expires > at)
            .scalar_subquery()
        )
        wanted = (
            select(staff, logins.c.password, logins.c.secret, until.label("until"), browsers.label("browsers"))
            .join(logins, logins.c.name == staff.c.name, isouter=True)
            .order_by(staff.c.name)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [
            Standing(_staff(row), row.password is not None, row.secret is not None, _aware(row.until), row.browsers)
            for row in rows
        ]

    async def get(self, name: str) -> Staff | None:
        wanted = select(staff).where(staff.c.name == name)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return None if row is None else _staff(row)

    async def put(self, member: Staff, day: date) -> None:
        await self._database.write(lambda connection: put(connection, staff, _row(member, day)))

    async def speak(self, name: str, language: Language) -> None:
        chosen = update(staff).where(staff.c.name == name).values(language=language)
        await self._database.write(lambda connection: connection.execute(chosen))

    async def remove(self, name: str) -> bool:
        def work(connection: Connection) -> bool:
            connection.execute(delete(invitations).where(invitations.c.name == name))
            return connection.execute(delete(staff).where(staff.c.name == name)).rowcount == 1

        return await self._database.write(work)

    async def administrators(self) -> int:
        wanted = select(staff.c.roles).join(logins, logins.c.name == staff.c.name)
        rows = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return sum(Role.ADMINISTRATOR in roles.split() for roles in rows)

    async def login(self, name: str) -> Login | None:
        wanted = select(logins).where(logins.c.name == name)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return None if row is None else Login(row.password, row.secret, row.step)

    async def set_password(self, name: str, password: str, day: date) -> None:
        changed = update(logins).where(logins.c.name == name).values(password=password, day=day)
        await self._database.write(lambda connection: connection.execute(changed))

    async def set_secret(self, name: str, secret: bytes | None, step: int) -> None:
        changed = update(logins).where(logins.c.name == name).values(secret=secret, step=step)
        await self._database.write(lambda connection: connection.execute(changed))

    async def use_step(self, name: str, step: int) -> bool:
        used = update(logins).where(logins.c.name == name, logins.c.step < step).values(step=step)
        return await self._database.write(lambda connection: connection.execute(used).rowcount == 1)

    async def invite(self, hash_: Hash, invitation: Invitation) -> None:
        until = invitation.expires.astimezone(UTC)
        row = {"hash": hash_, "name": invitation.name, "by": invitation.by, "expires": until}

        def work(connection: Connection) -> None:
            connection.execute(delete(invitations).where(invitations.c.name == invitation.name))
            insert_new(connection, invitations, row)

        await self._database.write(work)

    async def invitation(self, hash_: Hash, now: datetime) -> Invitation | None:
        row = await self._database.read(lambda connection: _valid(connection, hash_, now))
        return None if row is None else Invitation(row.name, row.by, row.expires.replace(tzinfo=UTC))

    async def accept(self, hash_: Hash, member: Staff | None, password: str, now: datetime) -> str | None:
        def work(connection: Connection) -> str | None:
            row = _valid(connection, hash_, now)
            used = connection.execute(delete(invitations).where(invitations.c.hash == hash_)).rowcount
            if row is None or not used:
                return None
            if member is not None:
                put(connection, staff, _row(member, now.date()))
            name: str = member.name if member is not None else row.name
            if connection.execute(select(staff.c.name).where(staff.c.name == name)).first() is None:
                return None
            login = {"name": name, "password": password, "secret": None, "step": 0, "day": now.date()}
            put(connection, logins, login)
            connection.execute(delete(logged_in).where(logged_in.c.name == name))
            return name

        return await self._database.write(work)

    async def begin(self, hash_: Hash, name: str, now: datetime) -> None:
        at = now.astimezone(UTC)
        row = {"hash": hash_, "name": name, "began": at, "seen": at, "proved": at}
        await self._database.write(lambda connection: insert_new(connection, logged_in, row))

    async def find(self, hash_: Hash) -> LoggedIn | None:
        wanted = (
            select(staff, logged_in.c.began, logged_in.c.seen, logged_in.c.proved, logins.c.secret)
            .join(logged_in, logged_in.c.name == staff.c.name)
            .join(logins, logins.c.name == staff.c.name, isouter=True)
            .where(logged_in.c.hash == hash_)
        )
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        if row is None:
            return None
        began, seen, proved = (moment.replace(tzinfo=UTC) for moment in (row.began, row.seen, row.proved))
        return LoggedIn(_staff(row), began, seen, proved, row.secret is not None)

    async def touch(self, hash_: Hash, seen: datetime, proved: datetime) -> None:
        values = {"seen": seen.astimezone(UTC), "proved": proved.astimezone(UTC)}
        changed = update(logged_in).where(logged_in.c.hash == hash_).values(**values)
        await self._database.write(lambda connection: connection.execute(changed))

    async def end(self, hash_: Hash) -> None:
        gone = delete(logged_in).where(logged_in.c.hash == hash_)
        await self._database.write(lambda connection: connection.execute(gone))

    async def end_all(self, name: str, but: Hash = b"") -> int:
        gone = delete(logged_in).where(logged_in.c.name == name, logged_in.c.hash != but)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def forget(self, began_before: datetime, seen_before: datetime, now: datetime) -> None:
        over = or_(logged_in.c.began < began_before.astimezone(UTC), logged_in.c.seen < seen_before.astimezone(UTC))

        def work(connection: Connection) -> None:
            connection.execute(delete(logged_in).where(over))
            connection.execute(delete(invitations).where(invitations.c.expires < now.astimezone(UTC)))

        await self._database.write(work)


def _valid(connection: Connection, hash_: Hash, now: datetime) -> AnyRow | None:
    at = now.astimezone(UTC)
    wanted = select(invitations).where(invitations.c.hash == hash_, invitations.c.expires > at)
    return connection.execute(wanted).first()


def _row(member: Staff, day: date) -> dict[str, object]:
    return {
        "name": member.name,
        "roles": " ".join(sorted(role.value for role in member.roles)),
        "offices": json.dumps(sorted(member.offices)),
        "language": member.language or "",
        "day": day,
    }


def _staff(row: AnyRow) -> Staff:
    roles = frozenset(Role(role) for role in row.roles.split())
    language = Language(row.language) if row.language else None
    return Staff(row.name, roles, frozenset(json.loads(row.offices)), language)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
