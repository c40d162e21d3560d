"""Backups: records and keyring apart, each for its term; what was erased stays erased."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dialogs.effects import Submit, Value
from dialogs.world import Survey
from privacy.keyring import Ring, response_key
from storage.backups import (
    KEPT_DAYS,
    MADE_FILE,
    Copy,
    all_backups,
    check_sqlite,
    copy_sqlite,
    drop_old_backups,
    is_open,
    is_over,
    new_backup,
    put_back,
)
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.records import FormVersion, ResponseId, Submission, Token
from storage.rootkey import open_ring, open_root
from storage.sql.database import Database, open_database
from storage.sql.housekeeping import Housekeeping
from storage.sql.keyring_copy import copy_keyring, destroy_keyring, read_back_keyring
from storage.sql.keys import SqlKeys
from storage.sql.responses import SqlResponses
from storage.sql.surveys import SqlSurveys

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12)
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")
SURVEY = Survey("bus", FORM.hash, {"": "Bus"}, closes=TODAY + timedelta(days=60), grace_days=14)


@dataclass
class House:
    state: Path
    url: str
    database: Database
    keys: SqlKeys
    keychain: Keychain
    responses: SqlResponses
    rules: Housekeeping

    async def answer(self, words: str) -> Submission:
        id_ = os.urandom(16)
        submit = Submit(
            "bus", FORM.hash, id_, "de", (Value("/q", "yes", sealed=False), Value("/t", words, sealed=True))
        )
        submission = Submission(submit, Token(os.urandom(16)), TODAY, "telegram")
        await self.responses.submit(submission)
        return submission


async def opened(state: Path, url: str) -> House:
    open_root(state)
    database = await open_database(url, state)
    keys = SqlKeys(database)
    keychain = Keychain(open_ring(state), keys, timedelta(days=1), lambda: open_ring(state))
    await keychain.learn_roots()
    responses = SqlResponses(database, keychain, keys)
    return House(state, url, database, keys, keychain, responses, Housekeeping(database, keychain, keys))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    state = tmp_path / "state"
    made = await opened(state, f"sqlite:///{state / 'zuruf.sqlite'}")
    await SqlSurveys(made.database).publish(SURVEY, FORM)
    yield made
    await made.database.close()


async def test_records_that_a_process_has_open_are_known_to_be_open(house: House) -> None:
    file = house.state / "zuruf.sqlite"
    await house.answer("words")
    assert is_open(file)
    await house.database.close()
    assert not is_open(file)
    file.write_bytes(b"no database any more")
    assert not is_open(file), "what is broken may be replaced"
    assert not is_open(house.state / "never.sqlite")


async def test_a_restored_backup_does_not_bring_back_what_was_erased(house: House, tmp_path: Path) -> None:
    erased, stays = await house.answer("erased words"), await house.answer("words that stay")
    backup = new_backup(house.state, tmp_path / "b", Copy.RECORDS, NOON)
    copy_sqlite(house.state / "zuruf.sqlite", backup)
    assert await house.responses.erase("bus", ResponseId(erased.submit.response)) == 1
    later = await house.answer("after the backup")
    await house.database.close()

    put_back(backup, house.state / "zuruf.sqlite")
    again = await opened(house.state, house.url)
    assert await again.responses.find("bus", erased.token) is not None, "the backup holds it"
    assert await again.rules.apply_tombstones() == 1
    assert await again.responses.find("bus", erased.token) is None
    assert await again.keychain.response_if_any(erased.submit.response) is None
    assert await again.responses.find("bus", later.token) is None
    found = await again.responses.find("bus", stays.token)
    assert found is not None
    with pytest.raises(Conflict, match="erased"):
        await again.responses.submit(erased)
    await again.rules.sweep_orphans(TODAY + timedelta(days=3))
    assert list(await again.keys.purposes("response/")) == [response_key(stays.submit.response)]
    await again.database.close()


async def test_a_copy_of_the_records_holds_no_key_and_nothing_that_was_deleted(house: House, tmp_path: Path) -> None:
    await house.answer("one")
    root = open_root(house.state)
    target = new_backup(house.state, tmp_path / "b", Copy.RECORDS, NOON)
    copy_sqlite(house.state / "zuruf.sqlite", target)
    check_sqlite(target, "responses")
    content = target.read_bytes()
    (purpose,) = await house.keys.purposes("response/")
    wrapped = await house.keys.get(purpose)
    assert wrapped is not None
    assert root not in content
    assert wrapped not in content
    assert target.stat().st_mode & 0o777 == 0o600


# -- the keyring, from either database


@pytest.fixture
async def ring_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = await opened(tmp_path / "state", database_url)
    await SqlSurveys(made.database).publish(SURVEY, FORM)
    yield made
    await made.database.close()


async def test_a_lost_keyring_is_read_back_from_its_own_file(ring_house: House, tmp_path: Path) -> None:
    house = ring_house
    submission = await house.answer("secret")
    await house.keys.bury("bus", b"t" * 16, TODAY)
    target = new_backup(house.state, tmp_path / "k", Copy.KEYRING, NOON)
    assert await copy_keyring(house.database, target) == 2
    assert open_root(house.state) not in target.read_bytes()
    known = open_ring(house.state).roots
    key = await house.keychain.response_if_any(submission.submit.response)
    assert key is not None
    with pytest.raises(Conflict, match="destroyed since"):
        await read_back_keyring(house.database, target, known)
    assert await destroy_keyring(house.database) == 2
    assert await house.keychain.response_if_any(submission.submit.response) is None
    await house.keychain.learn_roots()
    await house.keychain.epochs(TODAY)  # what a start makes does not stand in the way
    assert await read_back_keyring(house.database, target, known) == 2
    assert await house.keychain.response_if_any(submission.submit.response) == key
    assert await house.keys.buried("bus") == {b"t" * 16}


async def test_a_keyring_of_another_root_is_not_read_back(ring_house: House, tmp_path: Path) -> None:
    await ring_house.answer("secret")
    target = new_backup(ring_house.state, tmp_path / "k", Copy.KEYRING, NOON)
    await copy_keyring(ring_house.database, target)
    await destroy_keyring(ring_house.database)
    with pytest.raises(Conflict, match=open_ring(ring_house.state).root.hex()):
        await read_back_keyring(ring_house.database, target, Ring(os.urandom(32)).roots)


# -- terms and places


@pytest.mark.parametrize("of", Copy)
def test_backups_go_when_their_term_is_over_and_no_other_file_does(tmp_path: Path, of: Copy) -> None:
    state, folder = tmp_path / "state", tmp_path / "b"
    state.mkdir()
    backup = new_backup(state, folder, of, NOON)
    other = folder / "holiday.jpg"
    other.touch()
    assert drop_old_backups(state, TODAY + timedelta(days=KEPT_DAYS[of])) == 0
    assert list(all_backups(state)) == [backup]
    assert drop_old_backups(state, TODAY + timedelta(days=KEPT_DAYS[of] + 1)) == 1
    assert drop_old_backups(state, TODAY + timedelta(days=KEPT_DAYS[of] + 1)) == 0
    assert list(folder.iterdir()) == [other]
    assert (state / MADE_FILE).read_text() == ""


def test_a_drive_that_was_taken_out_is_asked_again(tmp_path: Path) -> None:
    state, drive = tmp_path / "state", tmp_path / "drive"
    state.mkdir()
    backup = new_backup(state, drive, Copy.KEYRING, NOON)
    drive.rename(tmp_path / "in a drawer")
    assert drop_old_backups(state, TODAY + timedelta(days=30)) == 0
    (tmp_path / "in a drawer").rename(drive)
    assert drop_old_backups(state, TODAY + timedelta(days=30)) == 1
    assert not backup.exists()


def test_records_and_keyring_do_not_lie_together_nor_beside_the_root(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    new_backup(state, tmp_path / "b", Copy.RECORDS, NOON)
    with pytest.raises(Conflict, match="apart"):
        new_backup(state, tmp_path / "b", Copy.KEYRING, NOON)
    with pytest.raises(Conflict, match="beside the root key"):
        new_backup(state, state / "backups", Copy.KEYRING, NOON)
    new_backup(state, tmp_path / "b", Copy.MATRIX, NOON)  # sealed: what opens it is in the keyring
    new_backup(state, tmp_path / "k", Copy.KEYRING, NOON)
    with pytest.raises(Conflict, match="apart"):
        new_backup(state, tmp_path / "k", Copy.MATRIX, NOON)


def test_files_of_others_are_never_over(tmp_path: Path) -> None:
    assert not is_over(tmp_path / "zuruf.sqlite", TODAY)
    assert not is_over(tmp_path / "keyring-2020-01-01.sqlite", TODAY)


def test_what_is_no_backup_is_not_put_back(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no database" * 100)
    with pytest.raises(Conflict, match="cannot be read"):
        check_sqlite(tmp_path / "x", "responses")
    with sqlite3.connect(tmp_path / "y") as connection:
        connection.execute("create table keys (purpose text)")
    connection.close()
    with pytest.raises(Conflict, match="another sort"):
        check_sqlite(tmp_path / "y", "responses")
