"""A whole town for a test: Zuruf as it runs in production, with a Telegram emulator, a real Valkey and a real database.

`running_town` starts the process's parts in this one; what was stored is read with the town's own keys.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import redis.asyncio
from made_tables import with_tables
from workbench import Workbench

from adapters.telegram.emulator import Emulator, aiogram_schema
from bot.app import App, running
from bot.config import Config, load
from bot.home import opened
from bot.voice import terminal_voice
from privacy.answers import open_answer
from privacy.sealing import Sealer
from storage.acts.publishing import Card, publish, read_draft
from storage.clock import Clock

ROOT = Path(__file__).parents[2]
TOKEN = "4242:emulated"
SECRET = "webhook-secret"


def shared(*parts: str) -> Path:
    """A file of the shared material beside the checkout; without it the test is skipped, and fails where CI=true."""
    folder = Path(os.environ.get("ZURUF_SHARED", ROOT.parent / "shared"))
    path = folder.joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path.name} is missing beside the checkout")
        pytest.skip(f"{path.name} is not here")
    return path


class Noon:
    """A clock that stands until it is moved."""

    def __init__(self, moment: str = "2026-11-22T12:00:00") -> None:
        self.moment = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    def now(self) -> datetime:
        return self.moment

    def today(self):  # type: ignore[no-untyped-def]
        return self.moment.date()


@dataclass
class TownUnderTest:
    """A running Zuruf and its Telegram."""

    app: App
    telegram: Emulator
    config: Config
    clock: Clock = field(default_factory=Noon)

    async def publish(self, path: Path, code: str, **card: object) -> None:
        """Publish a form and let the running process learn of it."""
        await publish_form(self.config, path, code, **card)
        await self.app.library.refresh()

    async def stored(self, code: str) -> list[dict[str, str]]:
        """Every stored response, sealed answers opened with the keyring."""
        return await stored(self.app, code)


async def stored(app: App, code: str) -> list[dict[str, str]]:
    """Every response to a survey, sealed answers opened with the keyring."""
    from storage.sql import rows

    found = await app.home.database.read(
        lambda connection: connection.exec_driver_sql("select id, survey from responses").all()
    )
    responses: list[dict[str, str]] = []
    for id_ in [bytes(row.id) for row in found if row.survey == code]:
        response = await app.home.database.read(lambda connection, id_=id_: rows.read(connection, id_))
        key = await app.home.keychain.response_if_any(id_)
        responses.append({
            value.ref: value.plain if value.plain is not None else open_answer(Sealer(key), value.ref, value.sealed)
            for value in response.values
        })  # fmt: skip
    return responses


async def publish_form(config: Config, path: Path, code: str, **card: object) -> None:
    workbench, voice = Workbench(), terminal_voice({"LANG": "en"})
    async with opened(config) as home:
        draft = await read_draft(path, workbench, voice)
        assert not draft.report.errors, [finding.english() for finding in draft.report.errors]
        await publish(draft, Card(code, **card), home.surveys, workbench, voice)


def settings(state: Path, redis_url: str, telegram: Emulator | None = None, **more: str) -> Config:
    """Settings as the environment gives them."""
    environ = {
        "ZURUF_STATE_DIR": str(with_tables(state)),
        "ZURUF_REDIS_URL": redis_url,
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_TOWN_LANGUAGES": "de,en,de-simple",
        **more,
    }
    if telegram is not None:
        environ |= {"ZURUF_TELEGRAM_TOKEN": TOKEN, "ZURUF_TELEGRAM_API_BASE": telegram.api_base}
    return load(environ=environ)


@contextlib.asynccontextmanager
async def running_town(
    state: Path, redis_url: str, clock: Noon | None = None, **more: str
) -> AsyncIterator[TownUnderTest]:
    """A town with long polling; `more`: further settings."""
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushall()
    async with Emulator(token=TOKEN, schema=aiogram_schema()) as telegram:
        config = settings(state, redis_url, telegram, **more)
        clock = clock or Noon()
        async with running(config, clock) as app:
            yield TownUnderTest(app, telegram, config, clock)
