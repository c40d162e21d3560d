"""Empty stores whose tables stand already: the migrations run once in a process of the tests, what they made in
SQLite is copied. (Databases of PostgreSQL are emptied and used again: `conftest.py`.)

That they can run, at whatever start, is tested in `tests/storage/test_database.py` on databases without tables.
"""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from storage.sql.database import DATABASE_FILE, KEYRING_FILE, open_database


def with_tables(state: Path, records: str = DATABASE_FILE) -> Path:
    """The folder, made if there is none, with the two files of SQLite in it unless they are there."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    (state / KEYRING_FILE).parent.mkdir(mode=0o700, exist_ok=True)
    for made, wanted in ((DATABASE_FILE, Path(records)), (KEYRING_FILE, KEYRING_FILE)):
        if not (state / wanted).exists():
            shutil.copy(_made() / made, state / wanted)
    return state


def database_of(request: pytest.FixtureRequest) -> str:
    """The database with empty tables that a fixture with the parameter "sqlite" or "postgres" runs on."""
    if request.param == "postgres":
        made: str = request.getfixturevalue("new_postgres_database")()
        return made
    file: str = request.getfixturevalue("sqlite_url")
    return file


def migrate(url: str, state: Path) -> None:
    """Run all migrations, whether or not a loop runs here."""

    async def opened_once() -> None:
        database = await open_database(url, state)
        await database.close()

    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, opened_once()).result()


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="zt-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(f"sqlite:///{folder / DATABASE_FILE}", folder)
    return folder
