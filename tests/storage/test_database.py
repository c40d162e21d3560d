"""Addresses, migrations, durability, locks, and what can be read on the disk."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text, update
from sqlalchemy.exc import DBAPIError

from dialogs.effects import Submit, Value
from dialogs.world import Survey
from privacy.addresses import Address, Person
from privacy.keyring import Ring, UnsafeRoot, new_key, response_key
from storage.audit import AuditEntry
from storage.errors import Conflict, StorageError, Tampered, Unavailable
from storage.keychain import Keychain
from storage.readingkey import make_reading_key
from storage.records import FormVersion, ResponseId, Submission, Token
from storage.rootkey import ROOT_FILE, open_root
from storage.snapshots import Snapshot
from storage.sql import database as database_module
from storage.sql.database import Database, database_address, open_database
from storage.sql.keys import SqlKeys
from storage.sql.metadata import records
from storage.sql.migrations import History, migrate, newest_step
from storage.sql.migrations.__main__ import difference
from storage.sql.migrations.steps import scripts
from storage.sql.responses import SqlResponses
from storage.sql.staff import SqlAudit, SqlSnapshots
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import audit

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")
SURVEY = Survey("bus", FORM.hash, {"": "Bus"})
PATIENCE = 60.0
"""Seconds until a test gives up; what it takes is not measured here."""


async def pragma(database: Database, name: str) -> object:
    return await database.read(lambda connection: connection.execute(text(f"PRAGMA {name}")).scalar())


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////var/lib/zuruf/z.sqlite", "sqlite+pysqlite"),
        ("postgresql://u:p@db/zuruf", "postgresql+asyncpg"),
        ("postgres://db/zuruf", "postgresql+asyncpg"),
        ("postgresql+psycopg://db/zuruf", "postgresql+asyncpg"),
    ],
)
def test_addresses_are_taken_as_operators_write_them(given: str, driver: str) -> None:
    assert database_address(given).drivername == driver


def test_other_databases_are_refused_with_advice() -> None:
    with pytest.raises(Conflict, match="ZURUF_DATABASE_URL"):
        database_address("mysql://db/zuruf")


@pytest.mark.parametrize("history", ["records", "keyring"])
def test_the_migrations_lead_to_the_tables(history: str) -> None:
    with create_engine("sqlite://").connect() as connection:
        assert difference(connection, history).is_empty()  # type: ignore[arg-type]


async def test_starting_again_changes_nothing_and_loses_nothing(bare_database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        database = await open_database(bare_database_url, tmp_path)
        keys = SqlKeys(database)
        assert await keys.put_new("rate/x", b"first", TODAY) == b"first"
        await database.close()


async def test_two_processes_may_start_at_once(bare_database_url: str, tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path; from storage.sql.database import open_database;"
        "asyncio.run(open_database(sys.argv[1], Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", script, bare_database_url, str(tmp_path)]
    root = Path(__file__).parents[2]
    processes = [await asyncio.create_subprocess_exec(*command, cwd=root) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    database = await open_database(bare_database_url, tmp_path)
    await database.ping()
    await database.close()


async def test_a_step_that_fails_leaves_the_database_as_it_was(bare_database_url: str, tmp_path: Path) -> None:
    database = await open_database(bare_database_url, tmp_path)
    with pytest.raises(RuntimeError, match="power"):
        await database.write(_migrate_and_fail)
    with pytest.raises(DBAPIError, match="half_done"):
        await database.read(lambda connection: connection.execute(text("SELECT * FROM half_done")))
    await database.ping()
    await database.close()


def _migrate_and_fail(connection: Connection) -> None:
    migrate(connection, "records", records)
    connection.execute(text("CREATE TABLE half_done (a integer)"))
    raise RuntimeError("power is gone")


async def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    names = ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "busy_timeout")
    settings = [await pragma(database, name) for name in names]
    await database.close()
    assert settings == [2, "wal", 1, 1, 5000]
    assert (tmp_path / "z.sqlite").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys" / "keyring.sqlite").stat().st_mode & 0o077 == 0


async def test_a_database_locked_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    other = sqlite3.connect(tmp_path / "z.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.3, other.rollback)
    await SqlSurveys(database).publish(SURVEY, FORM)
    assert await SqlSurveys(database).revision() == 1
    other.close()
    await database.close()


async def test_a_database_locked_for_long_is_unavailable_and_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    other = sqlite3.connect(tmp_path / "z.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    surveys = SqlSurveys(database)
    with pytest.raises(Unavailable):
        await surveys.publish(SURVEY, FORM)
    assert await surveys.revision() == 0, "readers are not stopped by a writer"
    other.rollback()
    await surveys.publish(SURVEY, FORM)
    other.close()
    await database.close()


async def test_a_full_disk_refuses_and_keeps_what_is_there(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    surveys = SqlSurveys(database)
    await surveys.publish(SURVEY, FORM)
    await database.close()
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    pages = await pragma(database, "page_count")
    await database.write(lambda connection: connection.execute(text(f"PRAGMA max_page_count = {pages}")))
    with pytest.raises(Unavailable):
        await SqlSurveys(database).publish(SURVEY, replace(FORM, hash="e" * 64, source=bytes(10_000_000)))
    assert (await SqlSurveys(database).all())[0].code == "bus"
    assert await pragma(database, "integrity_check") == "ok"
    await database.close()


async def test_an_absent_server_is_unavailable_and_its_address_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refusal:
        await open_database("postgresql://user:secret@127.0.0.1:1/zuruf", tmp_path)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


async def test_an_error_never_quotes_what_was_to_be_stored(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    with pytest.raises(Exception) as refusal:
        await database.write(_insert_wrongly)
    assert "canary" not in str(refusal.value)
    await database.close()


def _insert_wrongly(connection: Connection) -> None:
    statement = text("INSERT INTO answers (response, position, ref) VALUES (:a, 1, :b)")
    connection.execute(statement, {"a": b"none", "b": "canary"})


async def test_many_submissions_at_once_are_all_there_once(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    keys = SqlKeys(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    responses = SqlResponses(database, keychain, keys)
    await SqlSurveys(database).publish(SURVEY, FORM)
    tokens = [Token(os.urandom(16)) for _ in range(10)]
    submissions = []
    for number in range(30):  # each person three times, each time with other answers
        response = os.urandom(16)
        submit = Submit("bus", FORM.hash, response, "de", (Value("/q", str(number), sealed=False),))
        submissions.append(Submission(submit, tokens[number % 10], TODAY, "telegram"))
    await asyncio.gather(*(insists(responses, submission) for submission in submissions * 2))
    counts = await responses.counts("bus")
    assert (counts.responses, counts.by_channel) == (10, {"telegram": 10})
    await database.close()


async def insists(responses: SqlResponses, submission: Submission) -> None:
    """Who is told to try again does: sixty writers have one thread, and on a busy machine not all get it in time."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await responses.submit(submission)
            except StorageError as error:
                if not error.retryable:
                    raise


async def test_neither_address_nor_words_nor_destroyed_keys_are_on_the_disk(tmp_path: Path) -> None:
    root = open_root(tmp_path)
    database = await open_database(f"sqlite:///{tmp_path / 'z.sqlite'}", tmp_path)
    keys = SqlKeys(database)
    keychain = Keychain(Ring(root), keys, timedelta(days=1))
    responses = SqlResponses(database, keychain, keys)
    await SqlSurveys(database).publish(SURVEY, FORM)
    wrapped = []
    for number in range(20):
        person = Person(Address("telegram", "bot", f"canary-id-{number}"))
        token = Token(person.token(await keychain.pepper("bus", TODAY)))
        id_ = os.urandom(16)
        values = (Value("/q", "yes-in-plain", sealed=False), Value("/t", f"canary-text-{number}", sealed=True))
        submit = Submit("bus", FORM.hash, id_, "de", values)
        await responses.submit(Submission(submit, token, TODAY, "telegram", return_code=os.urandom(16)))
        row = await keys.get(response_key(id_))
        assert row is not None
        wrapped.append(row)
        if number % 2:
            await responses.erase("bus", ResponseId(id_))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    await database.close()
    assert b"yes-in-plain" in content, "the test must look where the answers are"
    assert b"canary" not in content
    assert [row in content for row in wrapped] == [True, False] * 10


# -- staff


async def test_the_newest_view_is_read_back_and_the_first_of_an_hour_stands(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    await SqlSurveys(database).publish(SURVEY, FORM)
    snapshots = SqlSnapshots(database)
    assert await snapshots.last("bus") is None
    await snapshots.keep("bus", Snapshot(NOW - timedelta(hours=3), 20, "{}"))
    kept = await snapshots.keep("bus", Snapshot(NOW, 40, '{"a": 1}'))
    assert kept == Snapshot(NOW.replace(minute=0, second=0), 40, '{"a": 1}')
    assert await snapshots.keep("bus", Snapshot(NOW + timedelta(minutes=5), 41, "{}")) == kept
    assert await snapshots.last("bus") == kept


async def test_words_of_a_snapshot_lie_sealed_and_open_with_the_reading_key(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    (tmp_path / "keys").mkdir(exist_ok=True)
    make_reading_key(tmp_path)
    await SqlSurveys(database).publish(SURVEY, FORM)
    said = '{"/data/wort": {"counts": [["Geheimwort", 12]]}}'
    snapshots = SqlSnapshots(database, tmp_path)
    kept = await snapshots.keep("bus", Snapshot(NOW, 40, "{}", said))
    assert kept.words == said
    stored = await database.read(lambda connection: connection.exec_driver_sql("select words from snapshots").scalar())
    assert b"Geheimwort" not in bytes(stored)
    other = await SqlSnapshots(database, tmp_path / "elsewhere").last("bus")
    assert other is not None
    assert (other.respondents, other.words) == (40, ""), "numbers only, where the reading key is not"
    await database.close()


async def test_the_audit_log_notices_a_change(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    log = SqlAudit(database)
    entries = [AuditEntry(NOW + timedelta(minutes=n), "clerk", "export", f"survey {n}", "rows") for n in range(5)]
    for entry in entries:
        await log.append(entry)
    assert await log.entries() == entries
    forged = update(audit).where(audit.c.number == 3).values(actor="nobody")
    await database.write(lambda connection: connection.execute(forged))
    with pytest.raises(Tampered):
        await log.entries()
    await database.close()


async def test_entries_at_once_keep_the_chain(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, tmp_path)
    log = SqlAudit(database)
    await asyncio.gather(*(log.append(AuditEntry(NOW, "clerk", "export", str(n))) for n in range(20)))
    assert len(await log.entries()) == 20
    await database.close()


# -- the root key


def test_the_root_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = open_root(tmp_path)
    assert open_root(tmp_path) == key
    assert (tmp_path / ROOT_FILE).stat().st_mode & 0o777 == 0o400
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["root.key"]


def test_a_root_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_root(tmp_path)
    (tmp_path / ROOT_FILE).chmod(0o444)
    with pytest.raises(UnsafeRoot, match="chmod 0400"):
        open_root(tmp_path)


def test_a_lost_root_key_is_not_replaced_while_the_keyring_is_there(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "keyring.sqlite").touch()
    with pytest.raises(UnsafeRoot, match="backup"):
        open_root(tmp_path)


@pytest.mark.parametrize("history", ["records", "keyring"])
def test_the_newest_step_is_the_one_that_alembic_would_take_last(history: History) -> None:
    assert newest_step(history) == scripts(history).get_current_head()


async def test_a_start_that_finds_nothing_to_migrate_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'z.sqlite'}"
    await (await open_database(url, tmp_path)).close()
    again = (
        "import asyncio, pathlib, sys\n"
        "from storage.sql.database import open_database\n"
        f"asyncio.run(open_database({url!r}, pathlib.Path({str(tmp_path)!r})))\n"
        "print('alembic' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", again, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert (process.returncode, said.strip()) == (0, b"False")
