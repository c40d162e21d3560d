"""Another root key for the keyring: with load beside it, after a crash at any step, and nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_tables import database_of

from privacy.keyring import Purpose, Ring, UnknownRoot, new_key, response_key, root_id, root_of
from storage.errors import Conflict, StaleRoot, Unavailable
from storage.keychain import Keychain
from storage.keys import KeyCount, Keys
from storage.memory_records import MemoryKeys
from storage.rootkey import (
    NEXT_FILE,
    OLD_FILE,
    ROOT_FILE,
    alone_at_the_roots,
    destroy_old_root,
    destroy_roots,
    make_next_root,
    open_ring,
    open_root,
    promote_next_root,
)
from storage.rotation import rotate
from storage.sql.database import open_database
from storage.sql.keys import SqlKeys

TODAY = date(2026, 11, 22)
HOUR = timedelta(hours=1)


@dataclass
class Installation:
    state: Path
    keys: Keys

    def process(self) -> Keychain:
        """A process of its own, as far as keys go: it knows the root keys of the moment it starts."""
        return Keychain(open_ring(self.state), self.keys, HOUR, lambda: open_ring(self.state))

    def root_files(self) -> list[str]:
        return sorted(path.name for path in (self.state / "keys").iterdir() if "root" in path.name)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    open_root(tmp_path)
    if request.param == "memory":
        yield Installation(tmp_path, MemoryKeys())
        return
    url = database_of(request)
    database = await open_database(url, tmp_path)
    yield Installation(tmp_path, SqlKeys(database))
    await database.close()


async def test_every_key_opens_with_the_new_root_and_none_with_the_old(house: Installation) -> None:
    before = open_ring(house.state)
    process = house.process()
    ids = [os.urandom(16) for _ in range(450)]
    keys = {id_: await process.response(id_, TODAY) for id_ in ids}
    pepper = await process.pepper("bus", TODAY)
    done = await rotate(house.state, house.keys)
    assert done.rows == 451
    assert (done.before, done.now) == (before.root, open_ring(house.state).root)
    assert house.root_files() == ["root.key"]
    fresh = house.process()
    assert {id_: await fresh.response_if_any(id_) for id_ in ids} == keys
    assert await fresh.pepper("bus", TODAY) == pepper
    wrapped = await house.keys.get(response_key(ids[0]))
    assert wrapped is not None
    with pytest.raises(UnknownRoot):
        before.unwrap(response_key(ids[0]), wrapped)


async def test_days_of_keys_stay_as_they_were(house: Installation) -> None:
    await house.process().response(os.urandom(16), TODAY - timedelta(days=90))
    await rotate(house.state, house.keys)
    (count,) = await house.keys.census()
    assert count == KeyCount(
        "response", open_ring(house.state).root, 1, TODAY - timedelta(days=90), TODAY - timedelta(90)
    )


async def test_a_process_that_has_not_heard_of_it_cannot_store_what_would_be_lost(house: Installation) -> None:
    old = open_ring(house.state)
    await house.process().learn_roots()
    await rotate(house.state, house.keys)
    purpose = response_key(os.urandom(16))
    with pytest.raises(StaleRoot):
        await house.keys.put_new(purpose, old.wrap(purpose, new_key()), TODAY)
    assert await house.keys.get(purpose) is None
    process = house.process()
    await process.pepper("bus", TODAY)
    wrapped = await house.keys.get("pepper/bus")
    assert wrapped is not None
    with pytest.raises(StaleRoot):
        await house.keys.exchange({"pepper/bus": (wrapped, old.wrap(Purpose("pepper/bus"), new_key()))})


async def test_a_key_that_is_changed_beside_a_rotation_stays_changed(house: Installation) -> None:
    process, purpose = house.process(), response_key(os.urandom(16))
    await process.learn_roots()
    await process.put_new(purpose, b"0", TODAY)

    async def changes() -> None:
        for number in range(40):
            before = str(number).encode()
            done = False
            while not done:  # not, if it was wrapped anew in this moment
                done = await process.change(purpose, lambda found: str(int(found) + 1).encode())
            assert await process.existing(purpose) == str(int(before) + 1).encode()

    async def rotates() -> None:
        for _ in range(3):
            await rotate(house.state, house.keys)

    await asyncio.gather(changes(), rotates())
    assert await house.process().existing(purpose) == b"40"


async def test_a_running_process_works_on_before_within_and_after(house: Installation) -> None:
    process = house.process()
    await process.learn_roots()
    first = os.urandom(16)
    key = await process.response(first, TODAY)
    await rotate(house.state, house.keys)
    assert await process.response_if_any(first) == key
    second = os.urandom(16)
    key = await process.response(second, TODAY)
    assert await house.process().response_if_any(second) == key


async def test_under_load_nothing_is_lost_and_nothing_destroyed_comes_back(house: Installation) -> None:
    made: dict[bytes, bytes] = {}
    destroyed: list[bytes] = []
    over = asyncio.Event()

    async def citizen(number: int) -> None:
        process = house.process()
        await process.learn_roots()
        while not over.is_set() or len(made) < 40:
            id_ = os.urandom(16)
            key = await process.response(id_, TODAY)
            if number % 2:
                await process.destroy_responses([id_])
                destroyed.append(id_)
            else:
                made[id_] = key
                assert await process.response_if_any(id_) == key
            await asyncio.sleep(0)

    async def clerk() -> None:
        for _ in range(3):
            await rotate(house.state, house.keys)
        over.set()

    process = house.process()
    for _ in range(300):
        id_ = os.urandom(16)
        made[id_] = await process.response(id_, TODAY)
    await asyncio.gather(clerk(), *(citizen(number) for number in range(4)))
    assert house.root_files() == ["root.key"]
    fresh = house.process()
    assert {id_: await fresh.response_if_any(id_) for id_ in made} == made
    assert [await house.keys.get(response_key(id_)) for id_ in destroyed] == [None] * len(destroyed)
    assert {count.root for count in await house.keys.census()} == {open_ring(house.state).root}


async def test_two_rotations_at_once_are_one(house: Installation) -> None:
    await house.process().pepper("bus", TODAY)
    with alone_at_the_roots(house.state), pytest.raises(Conflict, match="running"):
        await rotate(house.state, house.keys)


async def test_the_old_root_stays_while_a_row_opens_with_no_root(house: Installation) -> None:
    await house.process().learn_roots()
    stranger, purpose = Ring(new_key()), response_key(os.urandom(16))
    await house.keys.move_root(stranger.root)
    await house.keys.put_new(purpose, stranger.wrap(purpose, new_key()), TODAY)
    await house.keys.move_root(open_ring(house.state).root)
    kept = await house.process().pepper("bus", TODAY)
    before = open_root(house.state)
    with pytest.raises(Conflict, match=r"root\.old\.key"):
        await rotate(house.state, house.keys)
    assert open_root(house.state) == before
    assert await house.process().pepper_if_any("bus") == kept


async def test_a_restored_old_root_lets_the_rotation_end(house: Installation) -> None:
    lost, purpose, key = new_key(), response_key(os.urandom(16)), new_key()
    await house.process().learn_roots()
    await house.keys.move_root(root_id(lost))
    await house.keys.put_new(purpose, Ring(lost).wrap(purpose, key), TODAY)
    await house.keys.move_root(open_ring(house.state).root)
    (house.state / OLD_FILE).write_bytes(lost)
    (house.state / OLD_FILE).chmod(0o400)
    await rotate(house.state, house.keys)
    assert house.root_files() == ["root.key"]
    assert await house.process().response_if_any(bytes.fromhex(purpose.partition("/")[2])) == key


# -- crashes


class Mortal:
    """A keyring whose process dies at a given call."""

    def __init__(self, keys: Keys, lives: int) -> None:
        self._keys = keys
        self._lives = lives

    def __getattr__(self, name: str) -> Callable[..., object]:
        self._lives -= 1
        if self._lives < 0:
            raise Unavailable("killed")
        found: Callable[..., object] = getattr(self._keys, name)
        return found


async def _filled(state: Path, number: int) -> tuple[Installation, dict[bytes, bytes]]:
    house = Installation(state, MemoryKeys())
    open_root(state)
    process = house.process()
    return house, {id_: await process.response(id_, TODAY) for id_ in (os.urandom(16) for _ in range(number))}


async def _all_open(house: Installation, keys: Mapping[bytes, bytes]) -> bool:
    process = house.process()
    return {id_: await process.response_if_any(id_) for id_ in keys} == keys


@pytest.mark.parametrize("lives", range(8))
async def test_a_rotation_that_was_killed_goes_on_where_it_was(tmp_path: Path, lives: int) -> None:
    house, keys = await _filled(tmp_path, 450)
    before = open_ring(tmp_path).root
    with pytest.raises(Unavailable):
        await rotate(tmp_path, Mortal(house.keys, lives))  # type: ignore[arg-type]
    assert await _all_open(house, keys)
    other = os.urandom(16)
    keys[other] = await house.process().response(other, TODAY)
    await rotate(tmp_path, house.keys)
    assert await _all_open(house, keys)
    assert house.root_files() == ["root.key"]
    assert before not in {count.root for count in await house.keys.census()} | open_ring(tmp_path).roots


def _linked(state: Path) -> None:
    (state / OLD_FILE).hardlink_to(state / ROOT_FILE)


@pytest.mark.parametrize("steps", [[make_next_root], [make_next_root, _linked], [make_next_root, promote_next_root]])
async def test_a_death_between_two_files_leaves_everything_readable(
    tmp_path: Path, steps: Sequence[Callable[[Path], object]]
) -> None:
    house, keys = await _filled(tmp_path, 20)
    await house.process().learn_roots()
    for step in steps:
        if step is promote_next_root:  # not before everything is wrapped anew
            ring = open_ring(tmp_path)
            (new,) = ring.roots - {ring.root}
            await house.keys.move_root(new)
            rows = await house.keys.under_other_roots(new, "", 1000)
            anew = {p: (old, ring.under(new).wrap(Purpose(p), ring.unwrap(Purpose(p), old))) for p, old in rows.items()}
            assert await house.keys.exchange(anew) == 20
        step(tmp_path)
        await house.process().learn_roots()
        assert await _all_open(house, keys)
    await rotate(tmp_path, house.keys)
    assert house.root_files() == ["root.key"]
    assert await _all_open(house, keys)


async def test_the_old_roots_bytes_are_gone_from_the_folder(tmp_path: Path) -> None:
    house, _ = await _filled(tmp_path, 3)
    old = open_root(tmp_path)
    keep_open = (tmp_path / ROOT_FILE).open("rb")  # the file as a process that reads it late would see it
    await rotate(tmp_path, house.keys)
    assert old not in b"".join(path.read_bytes() for path in (tmp_path / "keys").iterdir())
    assert keep_open.read() == bytes(32)
    keep_open.close()


def test_what_a_crash_left_behind_is_removed_without_harm_to_the_root(tmp_path: Path) -> None:
    root = open_root(tmp_path)
    (tmp_path / "keys" / ".root.123").hardlink_to(tmp_path / ROOT_FILE)
    destroy_old_root(tmp_path)
    assert open_root(tmp_path) == root
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["root.key"]


def test_shredding_leaves_no_root(tmp_path: Path) -> None:
    open_root(tmp_path)
    make_next_root(tmp_path)
    (tmp_path / "keys" / ".root.123").write_bytes(new_key())
    destroy_roots(tmp_path)
    assert list((tmp_path / "keys").iterdir()) == []


def test_the_next_root_is_private(tmp_path: Path) -> None:
    open_root(tmp_path)
    assert make_next_root(tmp_path) == make_next_root(tmp_path) != open_root(tmp_path)
    assert (tmp_path / NEXT_FILE).stat().st_mode & 0o777 == 0o400


# -- any order of events


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["store", "destroy", "rotate", "die", "restart"]), max_size=25), st.integers(0, 6))
def test_whatever_happens_in_whatever_order_the_keyring_holds_what_it_should(
    tmp_path_factory: pytest.TempPathFactory, events: list[str], lives: int
) -> None:
    async def play() -> None:
        house, expected = await _filled(tmp_path_factory.mktemp("state"), 3)
        process = house.process()
        await process.learn_roots()
        for event in events:
            match event:
                case "store":
                    id_ = os.urandom(16)
                    expected[id_] = await process.response(id_, TODAY)
                case "destroy" if expected:
                    await process.destroy_responses([expected.popitem()[0]])
                case "rotate":
                    await rotate(house.state, house.keys)
                case "die":
                    with contextlib.suppress(Unavailable):
                        await rotate(house.state, Mortal(house.keys, lives))  # type: ignore[arg-type]
                case "restart":
                    process = house.process()
                    await process.learn_roots()
            assert {id_: await process.response_if_any(id_) for id_ in expected} == expected
        assert sum(count.number for count in await house.keys.census()) == len(expected)
        await rotate(house.state, house.keys)
        assert await _all_open(house, expected)
        assert house.root_files() == ["root.key"]

    asyncio.run(play())


def test_a_root_is_named_without_being_shown() -> None:
    root = new_key()
    assert root_id(root) == Ring(root).root
    assert root_id(root) not in root
    assert root_of(Ring(root).wrap(Purpose("pepper/x"), new_key())) == root_id(root)
