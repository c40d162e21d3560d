"""On PostgreSQL the place of a row tells nothing either: not in a dump of a running survey, and not by its numbers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from conftest import FIGURE, postgres_binaries
from sqlalchemy import Connection, text

from dialogs.effects import Submit, Value
from dialogs.world import Mode, Survey
from privacy.keyring import Ring, new_key
from storage.keychain import Keychain
from storage.records import FormVersion, Submission, Token
from storage.sql import scattering
from storage.sql.database import Database, open_database
from storage.sql.housekeeping import Housekeeping
from storage.sql.keys import SqlKeys
from storage.sql.metadata import keyring, records
from storage.sql.responses import SqlResponses
from storage.sql.scattering import SCATTERED, Scattering
from storage.sql.staging import BATCH
from storage.sql.surveys import SqlSurveys

TODAY = date(2026, 11, 22)
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")
PEOPLE = 200
KEPT_IN_ORDER = {
    "public_keys",
    "forms", "form_attachments", "surveys", "revisions", "counters", "snapshots", "audit", "staff", "pilots",
    "broadcasts", "broadcast_pictures", "delivery_counts", "outcomes", "outcome_drafts", "public_results", "releases",
    "release_files", "text_tags", "themes", "theme_texts",
    "feedback_views", "keyring.roots",
    "survey_drafts", "survey_draft_files", "channel_ways",
    "logins", "invitations", "logged_in", "town_settings",
}  # fmt: skip
"""Tables that hold nothing of a person, or are written in the order of random numbers."""


@pytest.fixture
async def database(bare_postgres_database: Callable[[], str], tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(bare_postgres_database(), tmp_path)
    yield opened
    await opened.close()


SURVEYS = ("bus", "platz", "radweg")


async def answered(database: Database, people: int) -> dict[str, list[str]]:
    """The same people answer three surveys, one after the other; their tokens in the order in which they came."""
    keys = SqlKeys(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    surveys, responses = SqlSurveys(database), SqlResponses(database, keychain, keys)
    for code in SURVEYS:
        await surveys.publish(Survey(code, FORM.hash, {"": code}), FORM)
    tokens: dict[str, list[str]] = {code: [] for code in SURVEYS}
    for _ in range(people):
        for code, came in tokens.items():
            token = Token(os.urandom(16))
            submit = Submit(code, FORM.hash, os.urandom(16), "de", (Value("/q", "yes", sealed=False),))
            await responses.submit(Submission(submit, token, TODAY, "telegram"))
            came.append(token.hex())
    return tokens


def dumped(url: str) -> str:
    command = [str(postgres_binaries() / "pg_dump"), "--inserts", "--data-only", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked(dump: str, tokens: dict[str, list[str]]) -> float:
    """How often a true pair lies closer together in the dump than a false one (AUC), over all pairs of surveys."""
    places = []
    for came in tokens.values():
        order = sorted(range(len(came)), key=lambda person: dump.index(came[person]))
        places.append({person: place for place, person in enumerate(order)})
    wins = [
        0.5 * ((true := abs(first[one] - second[one])) < (false := abs(first[one] - second[other])))
        + 0.5 * (true <= false)
        for first, second in combinations(places, 2)
        for one in first
        for other in second
        if one != other
    ]
    return sum(wins) / len(wins)


async def test_the_order_of_rows_in_a_dump_links_nobody(
    bare_postgres_database: Callable[[], str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url = bare_postgres_database()
    database = await open_database(url, tmp_path)
    tokens = await answered(database, PEOPLE)
    assert linked(dumped(url), tokens) > 0.9, "as PostgreSQL stores them, neighbours tell"
    assert await Scattering(database).scatter() == len(SCATTERED)
    dump = dumped(url)
    await database.close()
    auc = linked(dump, tokens)
    record_property(FIGURE, f"{PEOPLE} people in {len(SURVEYS)} surveys, by the order of rows in a dump: AUC {auc:.3f}")
    assert abs(auc - 0.5) <= 0.05, "chance; four standard errors of it"


async def test_a_dump_ties_strict_answers_to_arrivals_no_better_than_one_in_five(
    bare_postgres_database: Callable[[], str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url = bare_postgres_database()
    database = await open_database(url, tmp_path)
    keys = SqlKeys(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    rules = Housekeeping(database, keychain, keys, tmp_path)
    responses = SqlResponses(database, keychain, keys)
    await SqlSurveys(database).publish(Survey("streng", FORM.hash, {"": "S"}, mode=Mode.STRICT), FORM)
    tokens = []
    for number in range(16 * BATCH):
        token = Token(os.urandom(16))
        tokens.append(token.hex())
        submit = Submit("streng", FORM.hash, os.urandom(16), "de", (Value("/q", f"said{number:03}", sealed=False),))
        await responses.submit(Submission(submit, token, TODAY, "telegram"))
        if number % BATCH == BATCH - 1:
            assert await rules.move_staged(TODAY) == BATCH
    rows = Scattering(database)
    for _ in range(2):  # as PostgreSQL stores them, and scattered
        dump = dumped(url)
        came = sorted(range(len(tokens)), key=lambda person: dump.index(tokens[person]))
        said = sorted(range(len(tokens)), key=lambda person: dump.index(f"said{person:03}"))
        right = sum(one == other for one, other in zip(came, said, strict=True))
        record_property(
            FIGURE,
            f"{len(tokens)} strict answers tied to the order of arrival: {right} right, 1/k is {len(tokens) // 5}",
        )
        assert right <= len(tokens) / 5
        await rows.scatter()
    await database.close()


async def test_only_what_was_written_to_is_rewritten_and_what_is_held_is_left(database: Database) -> None:
    rows = Scattering(database)
    await rows.scatter()
    rows._rested = 0.0
    assert await rows.scatter() == 0
    await answered(database, 1)
    async with database._records._engine.connect() as dumping:  # type: ignore[attr-defined]
        await dumping.execute(text("LOCK TABLE answers IN ACCESS SHARE MODE"))
        assert {"answers", "participations", "responses"} <= database.written
        before = len(database.written & {table.fullname for table in SCATTERED})
        assert await rows.scatter() == before - 1
        assert "answers" in database.written
    rows._rested = 0.0
    assert await rows.scatter() == 1


async def test_the_numbers_of_transactions_tell_no_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scattering, "BATCH", 10)
    await answered(database, 15)
    assert len(await numbers(database)) > 15
    assert await Scattering(database).renew() == len(SCATTERED)
    runs = await numbers(database)
    assert len(set(runs)) == 5, "45 participations in batches of 10"
    assert runs == sorted(runs), "by key, and not by time"


async def test_a_destroyed_key_leaves_the_table_with_the_next_rewriting(database: Database) -> None:
    keys, wrapped = SqlKeys(database), os.urandom(64)
    await keys.put_new("response/aa", wrapped, TODAY)
    await keys.put_new("response/bb", os.urandom(64), TODAY)
    rows = Scattering(database)
    await rows.scatter()
    assert wrapped in await table_file(database, "keyring.keys")
    await keys.destroy(["response/aa"])
    assert wrapped in await table_file(database, "keyring.keys"), "PostgreSQL keeps deleted rows"
    rows._rested = 0.0
    assert await rows.scatter() == 1
    assert wrapped not in await table_file(database, "keyring.keys")


async def table_file(database: Database, table: str) -> bytes:
    """The table as it lies on the disk."""

    def path(connection: Connection) -> Path:
        connection.execute(text("CHECKPOINT"))
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        return Path(folder) / connection.execute(text(f"SELECT pg_relation_filepath('{table}')")).scalar_one()

    return (await database.write(path)).read_bytes()


async def numbers(database: Database) -> list[int]:
    wanted = text("SELECT xmin::text::bigint FROM participations ORDER BY survey, token")
    return list(await database.read(lambda connection: connection.execute(wanted).scalars().all()))


async def test_on_sqlite_there_is_nothing_to_do(sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(sqlite_url, tmp_path)
    await answered(database, 2)
    rows = Scattering(database)
    assert (await rows.scatter(), await rows.renew()) == (0, 0)
    await database.close()


def test_every_table_of_citizens_is_scattered() -> None:
    everything = {table.fullname for table in (*records.sorted_tables, *keyring.sorted_tables)}
    assert {table.fullname for table in SCATTERED} == everything - KEPT_IN_ORDER
