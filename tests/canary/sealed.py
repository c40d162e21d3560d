"""Sealed values of a moment, as a backup or a thief keeps them, and every key that is left: what opens with what."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import redis
from canary.people import LENS, TONE, Person
from canary.scene import TODAY, Scene
from canary.search import files_of
from e2e.network import MortalRedis
from e2e.town import TOKEN
from PIL import Image
from sqlalchemy import select

from bot.config import Config
from bot.home import Home, opened
from bot.housekeeping import housekeep
from privacy.addresses import Address
from privacy.addresses import Person as Somebody
from privacy.answers import open_answer
from privacy.files import open_file
from privacy.keyring import Entry, SessionEpoch
from privacy.sealing import KEY_BYTES, Sealer, Unsealable
from storage.memory import MemoryConversations
from storage.readingkey import read_reading_key
from storage.redis import Space
from storage.redis import key as redis_key
from storage.rootkey import open_ring
from storage.sql.key_tables import keys as keyring_keys
from storage.sql.scattering import Scattering
from storage.sql.tables import participations

ACCOUNT = TOKEN.partition(":")[0]
PATIENCE = 60.0
"""Seconds until a table was free for the rewriting; what it takes is not measured here."""


@dataclass(frozen=True)
class Copied:
    """Sealed values of a moment, as a backup or a thief keeps them."""

    answers: Sequence[tuple[bytes, str, str, bytes]]
    """(response, survey, ref, sealed)"""
    files: Sequence[tuple[bytes, bytes]]
    tokens: dict[str, dict[bytes, None]]
    """By survey, as they lie in the table."""
    entries: dict[bytes, bytes]
    """Of Redis."""


async def copied(config: Config, server: MortalRedis | None = None) -> Copied:
    async with opened(config) as home:
        rows = await home.database.read(
            lambda connection: connection.exec_driver_sql(
                "select a.response, r.survey, a.ref, a.sealed from answers a join responses r on r.id = a.response"
                " where a.sealed is not null"
            ).all()
        )
        files = await home.database.read(
            lambda connection: connection.exec_driver_sql("select locator, sealed from files").all()
        )
        await scattered(home)
        parts = await home.database.read(
            lambda connection: connection.exec_driver_sql("select survey, token from participations").all()
        )
    tokens: dict[str, dict[bytes, None]] = {}
    for survey, token in parts:
        tokens.setdefault(survey, {})[bytes(token)] = None
    entries: dict[bytes, bytes | None] = {}
    if server is not None:
        with redis.Redis.from_url(server.url) as client:
            entries = {name: client.get(name) for name in client.scan_iter() if client.type(name) == b"string"}
    return Copied(
        [(bytes(row[0]), row[1], row[2], bytes(row[3])) for row in rows],
        [(bytes(row[0]), bytes(row[1])) for row in files],
        tokens,
        {name: value for name, value in entries.items() if value},
    )


async def scattered(home: Home) -> None:
    """As the running process does every ten seconds; a table that somebody holds just now is tried again."""
    async with asyncio.timeout(PATIENCE):
        await home.housekeeping.scattering.scatter()
        while participations.fullname in home.database.written:
            await Scattering(home.database).scatter()  # another one has not to rest


async def all_keys(home: Home) -> dict[str, bytes]:
    """Every key that the keyring still gives."""
    rows = await home.database.ring_read(lambda connection: connection.execute(select(keyring_keys)).all())
    ring = open_ring(home.state)
    keys: dict[str, bytes] = {}
    for purpose, wrapped, *_ in rows:
        key = ring.unwrap(purpose, bytes(wrapped))
        if len(key) == KEY_BYTES:
            keys[purpose] = key
    return keys


def opens_answer(keys: Sequence[bytes], ref: str, sealed: bytes) -> str | None:
    for key in keys:
        try:
            return open_answer(Sealer(key), ref, sealed)
        except Unsealable:
            continue
    return None


def opens_entry(keys: Sequence[bytes], name: bytes, sealed: bytes) -> bool:
    for key in keys:
        epoch = SessionEpoch.derive(date(2026, 1, 1), key)
        for entry in Entry:
            try:
                epoch.unseal(entry, name.partition(b":")[2], sealed)
            except Unsealable:
                continue
            return True
    return False


async def assert_the_copy_opens_with_the_keys(scene: Scene, copy: Copied) -> None:
    """While they live, the keys open what they are for: so that "nothing opens" later is no accident."""
    async with opened(scene.config) as home:
        keys = await all_keys(home)
        texts = [opens_answer(list(keys.values()), ref, sealed) for _, _, ref, sealed in copy.answers]
        assert all(text is not None for text in texts)
        opened_texts = [text for text in texts if text is not None]
        for person in scene.people:
            assert person.words in opened_texts
        names = [text for text in opened_texts if text.endswith((".jpg", ".ogg"))]
        assert len(names) == 2 * len(scene.people)
        sealed_files = dict(copy.files)
        for name in names:
            data = open_file(name, sealed_files[bytes.fromhex(name[:32])])
            assert LENS.encode() not in data
            assert TONE.encode() not in data
            if name.endswith(".jpg"):
                assert not Image.open(io.BytesIO(data)).getexif()
        sessions = {name: value for name, value in copy.entries.items() if name.startswith(redis_key(Space.SESSION))}
        assert sessions, "some conversations are still going on"
        assert all(opens_entry(list(keys.values()), name, value) for name, value in sessions.items())


async def assert_nothing_erased_opens(scene: Scene, before: Copied, gone: Sequence[int]) -> None:
    """The copy of the data from before, and all keys of now."""
    words = {Person(number).words for number in gone}
    async with opened(scene.config) as home:
        keys = list((await all_keys(home)).values())
    now = await copied(scene.config)
    left = {row[0] for row in now.answers}
    erased = [row for row in before.answers if row[0] not in left]
    assert len({row[0] for row in erased}) == len(gone)
    assert [row[2] for row in erased if opens_answer(keys, row[2], row[3]) is not None] == []
    still = {opens_answer(keys, ref, sealed) for _, survey, ref, sealed in before.answers if survey == "platz"}
    assert not words & still
    assert len(now.files) == len(before.files) - 2 * len(gone)


async def nothing_opens_after_the_grace(scene: Scene, before: Copied, gone: int) -> None:
    """A month later, housekeeping done: no pseudonym can be made again, no conversation and no text of the copy opens
    with any key that is left."""
    later = TODAY.date() + timedelta(days=31)
    known = {
        number: Somebody(Address("telegram", ACCOUNT, str(citizen.id))) for number, citizen in scene.citizens.items()
    }
    async with opened(scene.config) as home:
        keys = list((await all_keys(home)).values())
        assert {person.token(key) for person in known.values() for key in keys} & set(before.tokens["platz"])
        await housekeep(home.housekeeping, MemoryConversations(), later)
        keys = list((await all_keys(home)).values())
        assert not {person.token(key) for person in known.values() for key in keys} & set(before.tokens["platz"])
        assert [name for name, value in before.entries.items() if opens_entry(keys, name, value)] == []
        left = await home.database.read(
            lambda connection: connection.exec_driver_sql(
                "select count(*) from participations where survey = 'platz'"
            ).scalar_one()
        )
        assert left == 0
        private = read_reading_key(home.state)
        masked = await home.readings.texts("platz")
        assert len([copy for copy in masked if copy.ref == "/data/wort"]) == len(scene.people) - gone
        closed = [row for row in before.answers if row[1] == "platz"]
        assert len(closed) >= 3 * len(scene.people)
        assert [row[2] for row in closed if opens_answer([*keys, private], row[2], row[3]) is not None] == []
    now = await copied(scene.config)
    assert {row[1] for row in now.answers} <= {"baenke", "streng"}, "originals of what is over are gone"
    assert not {row[0] for row in now.answers if row[1] == "platz"} & {row[0] for row in before.answers}
    if not scene.config.database.url:
        raw = b"".join(data for name, data in files_of(scene.folder / "state").items() if "sqlite" in name)
        assert not [token for token in before.tokens["platz"] if token in raw], "not even on a freed page"
