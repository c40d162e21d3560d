"""A desk over a real database, and staff of every role who are logged in."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from e2e.deskdoor import CHEAP
from made_tables import with_tables

from desk.app import create_app
from desk.config import DeskConfig
from desk.home import Home, opened
from desk.passwords import Passwords
from desk.sessions import COOKIE, Sessions, hashed, new_token, token_of
from desk.slowing import Slowing
from dialogs.roles import Role
from storage.settings import StateSection
from storage.sql.database import DATABASE_FILE

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class MovedClock:
    """A clock that a test sets."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Person:
    """A member of staff with a browser."""

    client: TestClient[Any, Any]
    cookie: str
    token: str

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.client.get(path, headers=self._headers(), allow_redirects=False, **options)

    async def post(self, path: str, data: dict[str, Any] | None = None) -> ClientResponse:
        """As a form of the desk would send it."""
        headers = self._headers() | {"Sec-Fetch-Site": "same-origin"}
        return await self.client.post(
            path, data={"token": self.token, **(data or {})}, headers=headers, allow_redirects=False
        )

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}", "Accept-Language": "en"}


@dataclass
class Desk:
    """The server under test."""

    home: Home
    config: DeskConfig
    clock: MovedClock
    sessions: Sessions
    client: TestClient[Any, Any]

    def as_role(self, *roles: Role, name: str = "", offices: frozenset[str] = frozenset()) -> Person:
        """Somebody with these roles, logged in."""
        cookie, called = new_token(), name or "-".join(roles) or "nobody"
        at = self.clock.now().astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        self._let_in(cookie, called, " ".join(sorted(roles)), json.dumps(sorted(offices)), at)
        return Person(self.client, cookie, token_of(cookie))

    def _let_in(self, cookie: str, called: str, roles: str, offices: str, at: str) -> None:
        with contextlib.closing(sqlite3.connect(self.home.state / DATABASE_FILE)) as connection, connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(
                "REPLACE INTO staff (name, roles, offices, language, day) VALUES (?, ?, ?, ?, ?)",
                (called, roles, offices, "", at[:10]),
            )
            connection.execute(
                "INSERT INTO logins (name, password, secret, step, day) VALUES (?, '', x'00', 0, ?)"
                " ON CONFLICT DO NOTHING",
                (called, at[:10]),
            )
            connection.execute(
                "INSERT INTO logged_in (hash, name, began, seen, proved) VALUES (?, ?, ?, ?, ?)",
                (hashed(cookie), called, at, at, at),
            )

    def as_nobody(self) -> Person:
        return Person(self.client, "", "")


@pytest.fixture
def desk_config(tmp_path: Path) -> DeskConfig:
    return DeskConfig(state=StateSection(dir=str(with_tables(tmp_path))))


@contextlib.asynccontextmanager
async def a_desk(config: DeskConfig, kind: type[Desk] = Desk) -> AsyncIterator[Desk]:
    """A desk that answers while the block runs."""
    clock = MovedClock()
    async with opened(config) as home:
        sessions = Sessions(home.people)
        app = create_app(config, home, clock, sessions, Passwords(CHEAP), Slowing())
        async with TestClient(TestServer(app)) as client:
            yield kind(home, config, clock, sessions, client)


@pytest.fixture
async def desk(desk_config: DeskConfig) -> AsyncIterator[Desk]:
    async with a_desk(desk_config) as made:
        yield made
