"""Masked copies: what staff read, which key opens them, and that nothing else is left when originals have to go."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dialogs.effects import Submit, Value
from dialogs.events import MediaName
from dialogs.world import Survey
from privacy.answers import open_answer
from privacy.files import new_file_name, open_file, seal_file
from privacy.keyring import Ring, new_key
from privacy.pairs import open_for
from privacy.readings import open_copy
from privacy.sealing import KEY_BYTES, Sealer, Unsealable
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.readingkey import READING_FILE, destroy_reading_key, read_reading_key
from storage.records import FormVersion, ResponseId, Submission, Token
from storage.sql.database import Database, open_database
from storage.sql.housekeeping import Housekeeping
from storage.sql.key_tables import keys, readings
from storage.sql.keys import SqlKeys
from storage.sql.media import SqlMedia
from storage.sql.readings import LEAST_TOGETHER, Readings
from storage.sql.responses import SqlResponses
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import answers, files

TODAY = date(2026, 11, 22)
XFORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>B</h:title><model><instance><d id="b"><q/><photo/><spot/></d></instance>
<bind nodeset="/d/q" type="string"/><bind nodeset="/d/photo" type="binary"/>
<bind nodeset="/d/spot" type="geopoint"/></model></h:head>
<h:body><input ref="/d/q"><label>Q</label></input><upload mediatype="image/*" ref="/d/photo"><label>P</label></upload>
<input ref="/d/spot"><label>S</label></input></h:body></h:html>"""
FORM = FormVersion("f" * 64, XFORM, {}, "bus.xlsx", b"xlsx")
WORDS = "Frau Eva Koch wohnt da, sagt Nummer"
SPOT = "52.516275 13.377704 34.0 5.0"


@dataclass
class House:
    database: Database
    keys: SqlKeys
    keychain: Keychain
    ring: Ring
    responses: SqlResponses
    readings: Readings
    rules: Housekeeping
    state: Path

    async def answer(self, number: int) -> Submission:
        name = MediaName(new_file_name(".jpg"))
        await SqlMedia(self.database).keep(name, seal_file(name, b"pixels"), TODAY)
        values = (
            Value("/d/q", f"{WORDS} {number}", sealed=True),
            Value("/d/photo", name, sealed=True, media=True),
            Value("/d/spot", SPOT, sealed=True),
        )
        submit = Submit("bus", FORM.hash, os.urandom(16), "de", values)
        submission = Submission(submit, Token(os.urandom(16)), TODAY, "telegram")
        await self.responses.submit(submission)
        return submission


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database, ring = await open_database(database_url, tmp_path), Ring(new_key())
    (tmp_path / "keys").mkdir(exist_ok=True)
    kept = SqlKeys(database)
    keychain = Keychain(ring, kept, timedelta(days=1))
    await SqlSurveys(database).publish(Survey("bus", FORM.hash, {"": "Bus"}), FORM)
    yield House(
        database, kept, keychain, ring, SqlResponses(database, keychain, kept),
        Readings(database, keychain, kept, tmp_path), Housekeeping(database, keychain, kept, tmp_path), tmp_path,
    )  # fmt: skip
    await database.close()


async def test_names_are_masked_and_places_coarse_in_what_staff_read(house: House) -> None:
    for number in range(LEAST_TOGETHER):
        await house.answer(number)
    assert await house.readings.make("bus", TODAY, closed=False) == LEAST_TOGETHER
    assert await house.readings.make("bus", TODAY, closed=False) == 0
    copies = await house.readings.texts("bus")
    assert {copy.text for copy in copies if copy.ref == "/d/spot"} == {"52.5175 13.3775"}
    masked = {f"Frau [Name] wohnt da, sagt Nummer {number}" for number in range(LEAST_TOGETHER)}
    assert {copy.text for copy in copies if copy.ref == "/d/q"} == masked
    assert len({copy.number for copy in copies}) == 2 * LEAST_TOGETHER
    assert len(await house.readings.files("bus")) == LEAST_TOGETHER


async def test_no_copy_shows_who_just_answered(house: House) -> None:
    for number in range(LEAST_TOGETHER - 1):
        await house.answer(number)
    assert await house.readings.make("bus", TODAY, closed=False) == 0
    assert await house.readings.make("bus", TODAY, closed=True) == LEAST_TOGETHER - 1


async def test_the_reading_key_opens_copies_and_nothing_else(house: House) -> None:
    for number in range(LEAST_TOGETHER):
        await house.answer(number)
    await house.readings.make("bus", TODAY, closed=False)
    private = read_reading_key(house.state)
    rows, ring, sealed = await stolen(house)
    opened = [opens(sealers_of(private, sealed), row) for row in rows]
    assert [copy for copy, _ in opened].count(None) == LEAST_TOGETHER, "photos have no copy"
    assert {original for _, original in opened} == {None}
    wrapped = [row.wrapped for row in ring]
    assert not [each for each in wrapped if private in each]
    bare = [Sealer(each[-KEY_BYTES:]) for each in wrapped]
    assert {opens(bare, row) for row in rows} == {(None, None)}, "the desk has no root key: the keyring says nothing"


async def test_whoever_makes_copies_cannot_read_them(house: House) -> None:
    for number in range(LEAST_TOGETHER):
        await house.answer(number)
    await house.readings.make("bus", TODAY, closed=False)
    destroy_reading_key(house.state)
    await house.answer(9)
    assert await house.readings.make("bus", TODAY, closed=True) == 1, "the public part is in the keyring"
    with pytest.raises(Conflict, match="reading"):
        await house.readings.texts("bus")
    rows, ring, sealed = await stolen(house)
    keys_ = [house.ring.unwrap(row.purpose, row.wrapped) for row in ring]
    with pytest.raises(Unsealable):
        open_for(keys_[0], next(iter(sealed.values())), next(iter(sealed)))
    assert {copy for copy, _ in (opens([Sealer(key) for key in keys_], row) for row in rows)} == {None}


async def test_after_an_erasure_neither_original_nor_copy_opens_in_a_backup(house: House) -> None:
    came = [await house.answer(number) for number in range(LEAST_TOGETHER)]
    await house.readings.make("bus", TODAY, closed=False)
    gone = came[2].submit.response
    asked = os.urandom(16)
    unmasked = await house.readings.unmask(asked, gone, 0, TODAY)
    assert unmasked is not None
    shown, key = unmasked
    await house.readings.show_unmasked(key, TODAY)
    assert await house.readings.unmasked(asked, shown) == f"{WORDS} 2"
    rows, _, _ = await stolen(house)
    assert await house.responses.erase("bus", ResponseId(gone)) == 1
    every = await every_sealer(house)
    assert {opens(every, row) for row in rows if row.response == gone} == {(None, None)}
    assert await house.readings.unmasked(asked, shown) is None
    others = [opens(every, row) for row in rows if row.response != gone and row.ref == "/d/q"]
    assert None not in {part for pair in others for part in pair}


async def test_after_the_grace_a_backup_of_the_data_opens_with_no_key_that_is_left(house: House) -> None:
    """The data of a month ago, whole, and everything that the keyring and the key files still hold."""
    came = [await house.answer(number) for number in range(12)]
    await house.readings.make("bus", TODAY, closed=False)
    before, _, _ = await stolen(house)
    photos = await house.database.read(lambda connection: connection.execute(select(files)).all())
    every = await every_sealer(house)
    assert {original for _, original in (opens(every, row) for row in before)} >= {f"{WORDS} 3", SPOT}

    await SqlSurveys(house.database).close_survey("bus", TODAY)
    assert await house.rules.settle_surveys(TODAY + timedelta(days=15)) == 1
    every = await every_sealer(house)
    assert {opens(every, row) for row in before} == {(None, None)}
    names = [value.text for each in came for value in each.submit.values if value.media]
    assert {open_file(name, photo.sealed) for name in names for photo in photos if name.startswith(photo.locator.hex())}
    assert not await house.database.read(lambda connection: connection.execute(select(files)).all())

    now, _, _ = await stolen(house)
    assert not {row.response for row in now} & {each.submit.response for each in came}
    assert {row.sealed for row in now} == {row.file for row in now} == {None}
    masked = {f"Frau [Name] wohnt da, sagt Nummer {number}" for number in range(12)}
    assert masked <= {copy.text for copy in await house.readings.texts("bus")}
    assert (await house.responses.counts("bus")).texts == {"/d/q": 12, "/d/photo": 12, "/d/spot": 12}


async def test_copies_of_what_is_gone_lose_their_keys(house: House) -> None:
    came = [await house.answer(number) for number in range(LEAST_TOGETHER)]
    await house.readings.make("bus", TODAY, closed=False)
    await house.readings.masked({came[0].submit.response: b"n" * 16}, TODAY)  # a settlement that was cut short
    await house.rules.sweep_orphans(TODAY + timedelta(days=3))
    assert set(await house.keys.readings_before(date.max)) == {each.submit.response for each in came}


async def test_a_reading_key_that_others_may_read_is_refused(house: House) -> None:
    for number in range(LEAST_TOGETHER):
        await house.answer(number)
    await house.readings.make("bus", TODAY, closed=False)
    assert (house.state / READING_FILE).stat().st_mode & 0o777 == 0o400
    (house.state / READING_FILE).chmod(0o444)
    with pytest.raises(Conflict, match="0400"):
        await house.readings.texts("bus")


# -- the thief


async def stolen(house: House) -> tuple[list[answers], list[keys], dict[bytes, bytes]]:  # type: ignore[valid-type]
    """Rows of answers, of the keyring, and the keys that are sealed for the reading pair."""
    rows = await house.database.read(lambda connection: connection.execute(select(answers)).all())
    ring = await house.database.ring_read(lambda connection: connection.execute(select(keys)).all())
    for_the_desk = await house.database.ring_read(lambda connection: connection.execute(select(readings)).all())
    return list(rows), list(ring), {row.id: row.sealed for row in for_the_desk}


def sealers_of(private: bytes, sealed: dict[bytes, bytes]) -> list[Sealer]:
    return [Sealer(open_for(private, each, owner)) for owner, each in sealed.items()]


async def every_sealer(house: House) -> list[Sealer]:
    """Whatever opens anything at all."""
    _, ring, sealed = await stolen(house)
    unwrapped = [house.ring.unwrap(row.purpose, row.wrapped) for row in ring]
    return [*map(Sealer, unwrapped), *sealers_of(read_reading_key(house.state), sealed)]


def opens(sealers: Iterable[Sealer], row: answers) -> tuple[str | None, str | None]:  # type: ignore[valid-type]
    """The copy and the original of an answer, each None if no key opens it."""
    copy = original = None
    for sealer in sealers:
        with contextlib.suppress(Unsealable):
            copy = open_copy(sealer, row.ref, row.masked) if row.masked else copy
        with contextlib.suppress(Unsealable):
            original = open_answer(sealer, row.ref, row.sealed) if row.sealed else original
    return copy, original
