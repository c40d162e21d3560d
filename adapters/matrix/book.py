"""What the channel must know again after a restart, beside its keys: the login, where the sync stands, rooms, people.

A person's row says in which room they are answered, whether their program shows polls, and by which key we know them.
All of it lies sealed (`vault.py`), and goes when the person leaves. Not here: how rooms are found and judged
(`rooms.py`).
"""

from __future__ import annotations

from typing import Final

import msgspec

from adapters.matrix.vault import Kind, Vault

POLL_OFFERS: Final = 3
"""Polls shown beside the numbers until they are taken to be of no use: a program that shows none is not asked on."""
PEOPLE_DAYS: Final = 400
"""A person who did not write for so long is forgotten; the room is found again by asking the server."""


class Login(msgspec.Struct, array_like=True, frozen=True):
    """One device of the account."""

    user: str
    device: str
    token: str


class Room(msgspec.Struct, array_like=True, frozen=True):
    """A one-to-one room that we are in."""

    id: str
    person: str
    encrypted: bool
    told: bool = False
    """The citizen was told that it is not encrypted."""


class Acquaintance(msgspec.Struct, array_like=True, frozen=True, omit_defaults=True):
    """A person who wrote to us. `room` is where they wrote last."""

    id: str
    room: str = ""
    polls: bool = False
    """They voted in a poll: their program shows polls."""
    offers: int = 0
    """Polls offered in vain since."""
    master: str = ""
    """Their cross-signing key, as it was first seen."""
    encrypted_room: str = ""
    """The room that we made for them because theirs was not encrypted."""


class Book:
    """The pages on the open file, with people and rooms in memory as well."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._rooms = {room.id: room for room in map(_room, vault.all(Kind.ROOM))}
        self._people = {person.id: person for person in map(_person, vault.all(Kind.PERSON))}

    # -- login and sync

    def login(self) -> Login | None:
        data = self._vault.get(Kind.LOGIN, "")
        return None if data is None else msgspec.msgpack.decode(data, type=Login)

    def note_login(self, login: Login) -> None:
        self._vault.put(Kind.LOGIN, "", msgspec.msgpack.encode(login))

    def token(self) -> str:
        """Where the next sync begins; '' before the first one."""
        return (self._vault.get(Kind.TOKEN, "") or b"").decode()

    def note_token(self, token: str) -> None:
        self._vault.put(Kind.TOKEN, "", token.encode())

    # -- rooms

    def room(self, id_: str) -> Room | None:
        return self._rooms.get(id_)

    def note_room(self, room: Room) -> None:
        if self._rooms.get(room.id) != room:
            self._rooms[room.id] = room
            self._vault.put(Kind.ROOM, room.id, msgspec.msgpack.encode(room))

    def forget_room(self, id_: str) -> Room | None:
        """The room, if it was known. A person whose last room it was is forgotten as well."""
        room = self._rooms.pop(id_, None)
        self._vault.drop(Kind.ROOM, id_)
        if room is None:
            return None
        left = next((other.id for other in reversed(self._rooms.values()) if other.person == room.person), "")
        person = self.person(room.person)
        if not left:
            self._people.pop(room.person, None)
            self._vault.drop(Kind.PERSON, room.person)
        elif person.room == id_:
            self.note_person(msgspec.structs.replace(person, room=left))
        return room

    # -- people

    def person(self, id_: str) -> Acquaintance:
        """As noted, or as somebody new."""
        return self._people.get(id_) or Acquaintance(id_)

    def knows(self, id_: str) -> bool:
        return id_ in self._people

    def note_person(self, person: Acquaintance) -> None:
        if self._people.get(person.id) != person:
            self._people[person.id] = person
            self._vault.put(Kind.PERSON, person.id, msgspec.msgpack.encode(person))

    def people(self) -> int:
        return len(self._people)

    def used(self, room: Room) -> None:
        """The person wrote in the room today."""
        self._vault.used(Kind.ROOM, room.id)
        self._vault.used(Kind.PERSON, room.person)

    def drop_old(self) -> int:
        """Forget who did not write for long; returns how many rows. They stay in memory until the next start."""
        return self._vault.drop_unused(Kind.ROOM, PEOPLE_DAYS) + self._vault.drop_unused(Kind.PERSON, PEOPLE_DAYS)


def _room(data: bytes) -> Room:
    return msgspec.msgpack.decode(data, type=Room)


def _person(data: bytes) -> Acquaintance:
    return msgspec.msgpack.decode(data, type=Acquaintance)
