"""The database is locked or gone when a citizen sends: it is said so, nothing is lost, and sending again works."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from e2e.network import line_to_port
from e2e.talking import Talker, benches, eventually, faults, is_complete, quiet, talkers
from e2e.town import running_town

from storage.sql.database import KEYRING_FILE

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
NOT_STORED = "nicht speichern"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes in the file."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


@pytest.mark.parametrize("file", ["zuruf.sqlite", str(KEYRING_FILE)])
async def test_a_lock_that_lasts_is_told_and_nothing_is_lost(
    file: str, tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sql.database.BUSY_SECONDS", 6.0 if FULL else 0.2)
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        first, second = talkers(town.telegram, 2)
        with locked(tmp_path / file):
            task = asyncio.create_task(first.walks())
            await _hears_not_stored(first)
            assert await town.stored("baenke") == []
            await first.citizen.presses("Absenden")
            await _hears_not_stored(first)
            task.cancel()
        await first.citizen.presses("Absenden")
        await first.hears("Beleg")
        await second.walks()
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), [first, second])
        assert faults(town.app) == 0


async def _hears_not_stored(talker: Talker) -> None:
    shown = talker.citizen.shown
    await eventually(lambda: any(NOT_STORED in message.text for message in list(shown.values())[-2:]))
    assert not any("Beleg" in message.text for message in shown.values())


async def test_a_short_lock_is_waited_for(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        with locked(tmp_path / "zuruf.sqlite"):
            walk = asyncio.create_task(talker.walks())
            await asyncio.wait([walk], timeout=1.0)
            assert not walk.done()
        await walk
        assert not any(NOT_STORED in text for text in talker.heard)
        assert is_complete(await town.stored("baenke"), [talker])


async def test_postgresql_is_away_and_comes_back(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    address, _, database = new_postgres_database().rpartition("/")
    async with line_to_port(int(address.rpartition(":")[2])) as line:
        url = f"postgresql://zuruf@127.0.0.1:{line.port}/{database}"
        async with running_town(tmp_path, valkey_url, ZURUF_DATABASE_URL=url) as town:
            await town.publish(benches(tmp_path), "baenke")
            people = talkers(town.telegram, 3)
            await asyncio.gather(*(talker.begins() for talker in people))
            await quiet(town.app)
            line.cut_now()
            tasks = [asyncio.create_task(talker.answers()) for talker in people]
            for talker in people:
                await _hears_not_stored(talker)
            assert "database" in str((await town.app.health.report()).as_json())
            line.mend()
            for task in tasks:
                task.cancel()
            for talker in people:
                await talker.citizen.presses("Absenden")
                await talker.hears("Beleg")
            await quiet(town.app)
            assert is_complete(await town.stored("baenke"), people)
            assert faults(town.app) == 0
