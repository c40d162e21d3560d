"""A desk over a real database, and staff of every role who are logged in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from desk.app import create_app
from desk.config import DeskConfig
from desk.home import Home, opened
from desk.sessions import COOKIE, Sessions, Staff
from dialogs.roles import Role
from storage.settings import StateSection

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
        staff = Staff(name or "-".join(roles) or "nobody", frozenset(roles), offices)
        cookie = self.sessions.begin(staff, self.clock.now())
        session = self.sessions.find(cookie, self.clock.now())
        assert session is not None
        return Person(self.client, cookie, session.token)

    def as_nobody(self) -> Person:
        return Person(self.client, "", "")


@pytest.fixture
def desk_config(tmp_path: Path) -> DeskConfig:
    return DeskConfig(state=StateSection(dir=str(tmp_path)))


@pytest.fixture
async def desk(desk_config: DeskConfig) -> AsyncIterator[Desk]:
    clock, sessions = MovedClock(), Sessions()
    async with opened(desk_config) as home:
        app = create_app(desk_config, home, clock, sessions)
        async with TestClient(TestServer(app)) as client:
            yield Desk(home, desk_config, clock, sessions, client)
