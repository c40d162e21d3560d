"""The root key is made once, and never anew where something is wrapped under one that was lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from privacy.keyring import UnsafeRoot
from storage.rootkey import ROOT_FILE, open_root
from storage.sql.database import open_database
from storage.sql.keys import SqlKeys

URL = "sqlite:///{}"


async def made(state: Path, *purposes: str) -> None:
    database = await open_database(URL.format(state / "zuruf.sqlite"), state)
    try:
        for purpose in purposes:
            await SqlKeys(database).put_new(purpose, b"wrapped", date(2026, 11, 28))
    finally:
        await database.close()


async def test_a_desk_that_was_started_first_does_not_keep_the_bot_from_starting(tmp_path: Path) -> None:
    await made(tmp_path)
    assert open_root(tmp_path) == open_root(tmp_path)


async def test_a_keyring_whose_root_key_is_lost_gets_no_other_one(tmp_path: Path) -> None:
    await made(tmp_path, "contact/2026")
    with pytest.raises(UnsafeRoot, match="restore the root key"):
        open_root(tmp_path)
    assert not (tmp_path / ROOT_FILE).exists()


def test_a_keyring_that_cannot_be_read_gets_no_new_root_key_either(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "keyring.sqlite").write_bytes(b"damaged" * 1000)
    with pytest.raises(UnsafeRoot):
        open_root(tmp_path)
