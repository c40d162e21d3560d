"""How long the desk's pages of cases take with many open cases of one category: the median of some calls of each.

    python -m benchmarks.desk_cases [cases] [postgresql://…]

Fills a database (SQLite unless told otherwise) with cases and their masked copies, opens the desk over it and asks for
each page. `first` is the call that finds nothing in memory.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, insert

from bot.samples import DISTRICTS
from desk.app import create_app
from desk.config import DeskConfig
from desk.home import Home, opened
from desk.sessions import COOKIE, Sessions, hashed, new_token
from dialogs.roles import Role
from privacy.case_copies import ReportCopy, mark_of, seal_report
from privacy.pairs import public_of
from privacy.readings import new_reading_key
from storage.clock import TownClock
from storage.people import Staff
from storage.readingkey import make_reading_key
from storage.settings import DatabaseSection, StateSection, TownSection
from storage.sql.case_tables import case_copies, cases
from storage.sql.desk_tables import logins
from storage.sql.key_tables import readings

CALLS = 15
DAY = date(2026, 11, 1)
CENTRE = (51.05, 13.74)


def rows(public: bytes, many: int, chance: random.Random) -> tuple[list[Any], list[Any], list[Any]]:
    """So many cases, their copies, the copies' keys."""
    heads, copies, keys = [], [], []
    for _ in range(many):
        id_, key_id, sealed = os.urandom(16), os.urandom(16), os.urandom(200)
        key = new_reading_key(public, key_id)
        point = (CENTRE[0] + chance.uniform(-0.05, 0.05), CENTRE[1] + chance.uniform(-0.05, 0.05))
        copy = ReportCopy("Die Laterne ist kaputt, seit Wochen schon.", "", point, exact=True, district="Altstadt")
        heads.append(
            {"id": id_, "category": "roads", "office": "", "status": "received", "opened": DAY, "language": "de",
             "informed": "1", "sealed": sealed}
        )  # fmt: skip
        copies.append({"case": id_, "of": mark_of(sealed), "key": key_id, "sealed": seal_report(key, copy)})
        keys.append({"id": key_id, "response": id_, "sealed": key.sealed, "created": DAY})
    return heads, copies, keys


async def fill(home: Home, many: int) -> bytes:
    """The id of one of them."""
    heads, copies, keys = rows(public_of(make_reading_key(home.state)), many, random.Random(1))

    def work(connection: Connection) -> None:
        connection.execute(insert(cases), heads)
        connection.execute(insert(case_copies), copies)

    await home.database.write(work)
    await home.database.ring_write(lambda connection: connection.execute(insert(readings), keys))
    found: bytes = heads[many // 2]["id"]
    return found


async def measure(many: int, url: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cases"))
    (folder / "keys").mkdir(mode=0o700)
    town = TownSection(districts=str(DISTRICTS))
    config = DeskConfig(state=StateSection(dir=str(folder)), database=DatabaseSection(url=url), town=town)
    async with opened(config) as home:
        case = await fill(home, many)
        cookie, now = new_token(), datetime.now(UTC)
        await home.people.put(Staff("eva", frozenset({Role.MODERATOR})), now.date())
        login = {"name": "eva", "password": "", "secret": b"0", "step": 0, "day": now.date()}
        await home.database.write(lambda connection: connection.execute(insert(logins), [login]))
        await home.people.begin(hashed(cookie), "eva", now)
        app = create_app(config, home, TownClock(config.timezone), Sessions(home.people))
        async with TestClient(TestServer(app)) as client:
            for name, path in (("case", f"/cases/{case.hex()}"), ("list", "/cases"), ("map", "/cases/map")):
                await ask(client, cookie, name, path)


async def ask(client: TestClient[Any, Any], cookie: str, name: str, path: str) -> None:
    took, worked = [], []
    for _ in range(CALLS):
        began, at_work = time.perf_counter(), time.process_time()
        answer = await client.get(path, headers={"Cookie": f"{COOKIE}={cookie}"}, allow_redirects=False)
        size = len(await answer.read())
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - at_work))
        assert answer.status == 200, (name, answer.status)
    median, cpu = statistics.median(took[1:]), statistics.median(worked[1:])
    print(
        f"{name:6} first {took[0]:6.0f} ms   median {median:6.0f} ms   of it computing {cpu:6.0f} ms"
        f"   {size // 1024} kB"
    )


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 4000, sys.argv[2] if len(sys.argv) > 2 else ""))
