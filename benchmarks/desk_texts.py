"""How long the desk's pages of texts take with many texts: the median of some calls of each, through the whole stack.

    python -m benchmarks.desk_texts [texts] [postgresql://… | postgresql]

Fills a database (SQLite unless told otherwise; "postgresql": a server of its own) with masked copies of as many people,
opens the desk over it and asks for each page. `first` is the call that finds nothing in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, insert

from benchmarks.postgres import postgres
from desk.app import create_app
from desk.config import DeskConfig
from desk.home import Home, opened
from desk.sessions import COOKIE, Sessions, hashed, new_token
from dialogs.forms.xlsform import to_xform
from dialogs.roles import Role
from dialogs.text_states import TextState
from dialogs.world import Survey
from privacy.pairs import public_of
from privacy.readings import new_reading_key, seal_copy
from storage.clock import TownClock
from storage.people import Staff
from storage.readingkey import make_reading_key
from storage.records import FormVersion
from storage.settings import DatabaseSection, StateSection
from storage.sql.desk_tables import logins
from storage.sql.key_tables import readings
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import answers, responses
from storage.sql.text_tables import texts

CALLS = 15
AT_ONCE = 5000
REF = "/data/words"
FORM = b"""
| survey | | | |
| | type | name | label |
| | text | words | Was fehlt? |
| settings | | | |
| | form_title | form_id | default_language |
| | Text | text | de |
"""
BEGINNINGS = ("Der Bus", "Die Laterne", "Der Radweg", "Der Spielplatz", "Die Bank", "Der Park", "The bus", "The park")
DOINGS = ("fehlt", "ist kaputt", "kommt zu selten", "ist zu dunkel", "gefällt mir", "is too far", "needs water")


def some_text(chance: random.Random) -> str:
    return " ".join(chance.choice((*BEGINNINGS, *DOINGS)) for _ in range(chance.randint(2, 12)))


def batch(
    public: bytes, form: str, many: int, chance: random.Random
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Rows of so many people: responses, answers, keys, texts."""
    heads, words, keys, listed = [], [], [], []
    for _ in range(many):
        id_ = os.urandom(16)
        key = new_reading_key(public, id_)
        masked = seal_copy(key.sealer, REF, some_text(chance))
        heads.append(
            {"id": id_, "survey": "text", "form": form, "day": date(2026, 11, 1), "language": "de", "informed": "1"}
        )
        words.append({"response": id_, "position": 0, "ref": REF, "question": REF, "masked": masked})
        keys.append({"id": id_, "response": id_, "sealed": key.sealed, "created": date(2026, 11, 1)})
        state = TextState.WAITING if chance.random() < 0.7 else chance.choice([TextState.READ, TextState.QUOTE])
        row = {"number": masked[1:13], "survey": "text", "question": REF, "response": id_, "position": 0}
        empty = {"reason": "", "whose": "", "before": "", "decided_by": "", "claimed_by": ""}
        listed.append({**row, **empty, "state": state.value})
    return heads, words, keys, listed


async def fill(home: Home, many: int) -> None:
    compiled = to_xform("text.md", FORM)
    version = FormVersion("f" * 64, compiled.xform.encode(), dict(compiled.attachments), "text.md", FORM)
    await SqlSurveys(home.database).publish(Survey("text", version.hash, {"": "Text"}), version)
    public, chance = public_of(make_reading_key(home.state)), random.Random(1)
    for start in range(0, many, AT_ONCE):
        rows = batch(public, version.hash, min(AT_ONCE, many - start), chance)

        def work(connection: Connection, rows: Sequence[list[Any]]) -> None:
            for table, some in ((responses, rows[0]), (answers, rows[1]), (texts, rows[3])):
                connection.execute(insert(table), some)

        await home.database.write(partial(work, rows=rows))
        await home.database.ring_write(
            partial(lambda connection, some: connection.execute(insert(readings), some), some=rows[2])
        )


async def measure(many: int, url: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="texts"))
    (folder / "keys").mkdir(mode=0o700)
    config = DeskConfig(state=StateSection(dir=str(folder)), database=DatabaseSection(url=url))
    clock = TownClock(config.timezone)
    async with opened(config) as home:
        began = time.perf_counter()
        await fill(home, many)
        print(f"{many} texts stored in {time.perf_counter() - began:.0f} s")
        cookie, now = new_token(), datetime.now(UTC)
        await home.people.put(Staff("eva", frozenset({Role.MODERATOR})), now.date())
        login = {"name": "eva", "password": "", "secret": b"0", "step": 0, "day": now.date()}
        await home.database.write(lambda connection: connection.execute(insert(logins), [login]))
        await home.people.begin(hashed(cookie), "eva", now)
        app = create_app(config, home, clock, Sessions(home.people))
        async with TestClient(TestServer(app)) as client:
            await pages(client, cookie, home)
        began = time.perf_counter()
        room = home.room
        await room.library.filled("text", room.source("text"))
        print(f"opened {room.library.progress('text')} texts in {time.perf_counter() - began:.1f} s more")
        async with TestClient(TestServer(create_app(config, home, clock, Sessions(home.people)))) as client:
            began = time.perf_counter()
            from storage.sql.themes import About

            found = await room.texts_about(About("text", REF))
            room.suggest(About("text", REF), found or (), now.date())
            await room.found()
            await room.frequent_words("text", REF, now)
            await room.studied()
            print(f"themes and words found in {time.perf_counter() - began:.1f} s, beside the pages")
            await pages(client, cookie, home)


async def pages(client: TestClient[Any, Any], cookie: str, home: Home) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}", "Sec-Fetch-Site": "same-origin"}
    from desk.sessions import token_of

    token = token_of(cookie)
    calls: dict[str, tuple[str, str, dict[str, str]]] = {
        "list": ("GET", "/texts", {}),
        "survey": ("GET", "/texts/text", {}),
        "queue": ("GET", "/texts/text/queue", {}),
        "decide": ("POST", "/texts/text/undo", {"token": token}),
        "state": ("GET", "/texts/text/list?state=read", {}),
        "search": ("POST", "/texts/text/search", {"token": token, "words": "laterne dunkel"}),
        "quotes": ("GET", "/texts/text/quotes", {}),
        "themes": ("GET", f"/themes?survey=text&q={REF}", {}),
    }
    for name, (method, path, data) in calls.items():
        took, worked = [], []
        for _ in range(CALLS):
            began, at_work = time.perf_counter(), time.process_time()
            answer = await client.request(method, path, data=data or None, headers=headers, allow_redirects=False)
            await answer.read()
            took.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - at_work))
            wanted = 303 if name == "decide" else 200
            assert answer.status == wanted, (name, answer.status, answer.headers.get("Location"))
        median, cpu = statistics.median(took[1:]), statistics.median(worked[1:])
        print(f"{name:8} first {took[0]:6.0f} ms   median {median:6.0f} ms   of it computing {cpu:6.0f} ms", flush=True)


if __name__ == "__main__":
    texts_, where = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else ""
    with postgres() if where == "postgresql" else contextlib.nullcontext(where) as address:
        asyncio.run(measure(texts_, address))
