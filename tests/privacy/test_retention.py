"""Everything that is kept has a class and a limit."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path, PurePath

import pytest

from dialogs.moving_codes import LIFE
from privacy import retention
from privacy.keyring import KeyKind, Ring
from privacy.retention import COLUMNS, ENTRIES, FILES, KEYS, Class
from storage import redis
from storage.keychain import Keychain
from storage.memory_records import MemoryKeys
from storage.rootkey import open_root
from storage.sql import housekeeping
from storage.sql.database import open_database
from storage.sql.metadata import keyring, records
from storage.valkey import EmbeddedValkey


def columns() -> set[str]:
    tables = [*records.sorted_tables, *keyring.sorted_tables]
    return {f"{table.fullname}.{column.name}" for table in tables for column in table.columns}


def test_every_column_has_a_class_and_no_class_is_left_over() -> None:
    assert columns() == set(COLUMNS)


def test_a_new_column_without_a_class_is_noticed() -> None:
    assert "responses.phone" not in COLUMNS


def test_every_kind_of_key_has_a_limit() -> None:
    assert set(KEYS) == set(KeyKind)


def test_every_entry_of_redis_has_a_limit_that_the_code_keeps() -> None:
    assert set(ENTRIES) == {space.name.lower() for space in redis.Space}
    assert ENTRIES["lock"].limit == timedelta(seconds=redis.LOCK_SECONDS)
    assert ENTRIES["mark"].limit == timedelta(seconds=redis.MARK_SECONDS)
    assert ENTRIES["acts"].limit == timedelta(seconds=redis.RATE_SECONDS)
    assert ENTRIES["files"].limit == ENTRIES["reports"].limit == timedelta(seconds=redis.DAY_SECONDS)
    assert ENTRIES["opens"].limit == timedelta(seconds=redis.OPENS_SECONDS)
    assert ENTRIES["told"].limit == timedelta(seconds=redis.TOLD_SECONDS)
    assert ENTRIES["offer"].limit == ENTRIES["tries"].limit == LIFE
    assert ENTRIES["debt"].limit == ENTRIES["owed"].limit == timedelta(seconds=redis.DEBT_SECONDS)


def test_housekeeping_keeps_the_limits_of_the_table() -> None:
    assert timedelta(days=housekeeping.DRAFT_FILE_DAYS) == retention.DRAFT_FILE


@pytest.mark.parametrize("kind", [KeyKind.EPOCH, KeyKind.RATE])
async def test_keys_of_a_day_are_destroyed_at_their_limit(kind: KeyKind) -> None:
    today, limit = date(2026, 11, 22), KEYS[kind].limit
    assert isinstance(limit, timedelta)
    keys = MemoryKeys()
    keychain = Keychain(Ring(bytes(range(32))), keys, timedelta(days=7))
    await keychain.epochs(today)
    await keychain.rate(today)
    await keychain.expire(today + limit - timedelta(days=1))
    assert await keys.purposes(f"{kind.value}/")
    await keychain.expire(today + limit)
    assert not await keys.purposes(f"{kind.value}/")


@pytest.mark.parametrize("name", ["zuruf.sqlite-wal", "valkey/appendonlydir/appendonly.aof.manifest"])
def test_patterns_match_what_they_mean(name: str) -> None:
    assert any(PurePath(name).match(pattern) for pattern in FILES)


async def test_every_file_of_a_running_state_folder_is_known(tmp_path: Path) -> None:
    open_root(tmp_path)
    database = await open_database(f"sqlite:///{tmp_path / 'zuruf.sqlite'}", tmp_path)
    valkey = EmbeddedValkey(tmp_path / "v")
    await valkey.start()
    await database.ping()
    server = {PurePath(path.relative_to(tmp_path / "v")) for path in (tmp_path / "v").rglob("*") if not path.is_dir()}
    rest = {PurePath(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir()}
    found = server | {path for path in rest if path.parts[0] != "v"}
    await valkey.stop()
    await database.close()
    assert len(found) >= 7
    assert {path for path in found if not any(path.match(pattern) for pattern in FILES)} == set()


def test_secrets_are_classed_as_secrets() -> None:
    assert all(kept.of is Class.SECRET for kept in KEYS.values())
    assert COLUMNS["keyring.keys.wrapped"].of is Class.SECRET
