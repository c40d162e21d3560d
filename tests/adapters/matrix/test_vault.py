"""The sealed file: rows open in their own place only, and time takes them away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from nio.crypto import InboundGroupSession, OutboundGroupSession

from adapters.matrix.book import POLL_OFFERS, Acquaintance, Book, Login, Room
from adapters.matrix.crypto_store import MEGOLM_DAYS, CryptoStore
from adapters.matrix.keys import Keys
from adapters.matrix.vault import Kind, StoreInUse, StoreLost, Vault

KEYS = Keys(bytes(range(32)), "@zuruf:town.test")


class Days:
    """A clock of days."""

    def __init__(self) -> None:
        self.today = 20_000

    def __call__(self) -> int:
        return self.today


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def vault(tmp_path: Path, days: Days) -> Iterator[Vault]:
    opened = Vault(tmp_path / "matrix" / "store.sqlite", KEYS, days)
    yield opened
    opened.close()


def session(room: str = "!room:town.test") -> InboundGroupSession:
    return InboundGroupSession(OutboundGroupSession().session_key, "ed25519", "curve25519", room)


def test_a_row_is_read_by_its_name_and_says_nothing_else(vault: Vault, tmp_path: Path) -> None:
    vault.put(Kind.LOGIN, "", b"token")
    assert vault.get(Kind.LOGIN, "") == b"token"
    assert vault.get(Kind.TOKEN, "") is None
    assert b"token" not in b"".join(path.read_bytes() for path in (tmp_path / "matrix").iterdir())


def test_a_row_that_was_moved_to_another_place_does_not_open(vault: Vault, tmp_path: Path) -> None:
    vault.put(Kind.ROOM, "a", b"room")
    with sqlite3.connect(tmp_path / "matrix" / "store.sqlite") as rows:
        rows.execute("UPDATE entries SET kind = 'person'")
    assert list(vault.all(Kind.PERSON)) == []
    assert vault.counts()["person"] == 1


def test_another_key_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    vault.put(Kind.LOGIN, "", b"token")
    vault.close()
    other = Vault(tmp_path / "matrix" / "store.sqlite", Keys(bytes(32), "@zuruf:town.test"))
    assert other.get(Kind.LOGIN, "") is None
    assert list(other.all(Kind.LOGIN)) == []
    other.close()
    Vault.__init__(vault, tmp_path / "matrix" / "store.sqlite", KEYS)


def test_one_process_has_it_open(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(StoreInUse):
        Vault(tmp_path / "matrix" / "store.sqlite", KEYS)


def test_a_damaged_file_is_said_to_be_lost(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"no database" * 500)
    with pytest.raises(StoreLost, match="zuruf matrix recover"):
        Vault(file, KEYS)


def test_keys_of_messages_are_destroyed_some_days_after_their_last_use(vault: Vault, days: Days) -> None:
    store = CryptoStore(vault, KEYS)
    old, used = session(), session()
    store.save_inbound_group_session(old)
    store.save_inbound_group_session(used)
    days.today += MEGOLM_DAYS
    store.used_group_session(used.id)
    assert store.drop_old() == 0
    days.today += 1
    assert store.drop_old() == 1
    assert [each.id for each in store.load_inbound_group_sessions()] == [used.id]


def test_the_book_knows_after_a_restart_what_it_knew(vault: Vault) -> None:
    book = Book(vault)
    book.note_login(Login("@zuruf:town.test", "ZURUF1", "token"))
    book.note_token("s1_2")
    room = Room("!a:town.test", "@someone:town.test", encrypted=True)
    book.note_room(room)
    book.note_person(Acquaintance(room.person, room.id, polls=True, offers=POLL_OFFERS))
    again = Book(vault)
    assert (again.login(), again.token()) == (book.login(), "s1_2")
    assert again.room(room.id) == room
    assert again.person(room.person) == book.person(room.person)
    assert again.people() == 1


def test_who_has_no_room_left_is_forgotten(vault: Vault) -> None:
    book = Book(vault)
    first, second = (Room(f"!{name}:town.test", "@someone:town.test", encrypted=True) for name in "ab")
    book.note_room(first)
    book.note_room(second)
    book.note_person(Acquaintance(first.person, second.id))
    assert book.forget_room(second.id) == second
    assert book.person(first.person).room == first.id
    book.forget_room(first.id)
    assert not book.knows(first.person)
    assert vault.counts()["person"] == vault.counts()["room"] == 0


def test_keys_are_neither_shown_nor_stored() -> None:
    assert repr(KEYS) == "<Keys>"
    with pytest.raises(TypeError):
        KEYS.__reduce_ex__(2)
    with pytest.raises(TypeError):
        msgspec.msgpack.encode(KEYS)
