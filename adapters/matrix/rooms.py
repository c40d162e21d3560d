"""Rooms: which we enter, which we leave, where a person is answered.

One-to-one only: in a group others would read a citizen's answers. A refusal is a sentence, never silence; of a room
that was refused nothing is kept. Not here: what is said in a room (`intake.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec
import structlog

from adapters.errors import Gone
from adapters.matrix.book import Book, Room
from adapters.matrix.client import Client, Json

SEARCH_SECONDS: Final = 600.0
"""Between two searches for the room of a person whom the book does not know."""
AT_ONCE: Final = 20
"""Requests about rooms at once."""
JOINED: Final = frozenset({"join", "invite"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation shows before it is accepted."""

    direct: bool
    named: bool
    public: bool

    @property
    def is_one_to_one(self) -> bool:
        """As far as can be seen: who is in the room is known only inside."""
        return not self.public and (self.direct or not self.named)


def invitation(events: Iterable[Any], own: str) -> Invitation:
    """Read the stripped state of an invitation: nio's events, or what they were made of."""
    direct = named = public = False
    for each in events:
        event = each if isinstance(each, Mapping) else getattr(each, "source", {})
        content = event.get("content")
        if not isinstance(content, Mapping):
            continue
        match event.get("type"):
            case "m.room.member" if event.get("state_key") == own:
                direct = content.get("is_direct") is True
            case "m.room.name" | "m.room.canonical_alias" | "m.room.topic":
                named = named or bool(content.get("name") or content.get("alias") or content.get("topic"))
            case "m.room.join_rules":
                public = public or content.get("join_rule") == "public"
            case "m.room.create":
                public = public or bool(content.get("type"))  # a space, or something else that is no chat
            case _:
                pass
    return Invitation(direct, named, public)


class Rooms:
    """The rooms of one account."""

    def __init__(self, client: Client, book: Book, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._book = book
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._searching = asyncio.Lock()
        self._making = asyncio.Lock()
        self._searched = float("-inf")

    # -- in and out

    async def join(self, room: str) -> None:
        await self._client.request("POST", f"/join/{quote(room, safe='')}", {})

    async def leave(self, room: str, words: str = "") -> None:
        """Leave, or decline an invitation; the words stand beside it in the citizen's client."""
        body = {"reason": words} if words else {}
        try:
            await self._client.request("POST", f"/rooms/{quote(room, safe='')}/leave", body)
            await self._client.request("POST", f"/rooms/{quote(room, safe='')}/forget", {})
        except Gone:
            pass
        self.forget(room)

    def forget(self, room: str) -> Room | None:
        """Nothing of the room stays here; the room as it was known.

        Sessions with the devices of whoever was in it stay (sealed, `crypto_store.py` ends them): their programs would
        go on using them in a new room, and without ours nothing in it could be read.
        """
        self._client.rooms.pop(room, None)
        self._client.invited_rooms.pop(room, None)
        if self._client.olm is not None:
            self._client.olm.outbound_group_sessions.pop(room, None)
            for sessions in self._client.olm.inbound_group_store._entries.pop(room, {}).values():
                for id_ in sessions:
                    self._client.crypto.drop_group_session(id_)
        return self._book.forget_room(room)

    # -- judging

    async def learn(self, rooms: Iterable[str]) -> dict[str, Room | None]:
        """Judge rooms that the book does not know; None for one that is not one-to-one. Raises `ChannelError`."""
        names = list(rooms)
        if not names:
            return {}
        async with self._making:  # a room of our own making is noted when its guest is invited
            names = [name for name in names if self._book.room(name) is None]
        return dict(zip(names, await asyncio.gather(*map(self.judge, names)), strict=True))

    async def judge(self, room: str) -> Room | None:
        """Who is in the room? Noted if it is one person. Raises `ChannelError`."""
        async with self._places:
            members = await self._client.request("GET", f"/rooms/{quote(room, safe='')}/members")
            others = _members(members) - {self._client.user_id}
            if len(others) != 1:
                return None
            known = Room(room, others.pop(), await self.is_encrypted(room))
        self._book.note_room(known)
        person = self._book.person(known.person)
        if not person.room:
            self._book.note_person(msgspec.structs.replace(person, room=room))
        return known

    async def is_encrypted(self, room: str) -> bool:
        """Raises `ChannelError`."""
        try:
            await self._client.request("GET", f"/rooms/{quote(room, safe='')}/state/m.room.encryption/")
        except Gone:
            return False
        return True

    # -- where a person is answered

    def at_hand(self, person: str) -> Room | None:
        """The room where they wrote last, without asking anybody."""
        return self._book.room(self._book.person(person).room)

    async def find(self, person: str) -> Room:
        """Raises `Gone` if we share no room with them any more, `ChannelError`."""
        room = self.at_hand(person)
        if room is None:
            await self._search()
            room = self.at_hand(person)
        if room is None:
            raise Gone("no room with this person")
        return room

    async def _search(self) -> None:
        """Ask the server for all our rooms: for a book that was lost, or was kept too short."""
        async with self._searching:
            if self._clock() - self._searched < SEARCH_SECONDS:
                return
            answer = await self._client.request("GET", "/joined_rooms")
            listed = answer.get("joined_rooms")
            rooms = [room for room in listed if isinstance(room, str)] if isinstance(listed, list) else []
            await self.learn(room for room in rooms if self._book.room(room) is None)
            self._searched = self._clock()
            log.info("rooms_searched", channel="matrix", count=len(rooms))

    async def invite_to_encrypted(self, person: str) -> None:
        """An encrypted room for somebody whose room is not; once. Raises `ChannelError`."""
        known = self._book.person(person)
        if known.encrypted_room:
            return
        body: Json = {
            "preset": "trusted_private_chat",
            "visibility": "private",
            "is_direct": True,
            "invite": [person],
            "initial_state": [
                {
                    "type": "m.room.encryption",
                    "state_key": "",
                    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
                }
            ],
        }
        async with self._making:
            answer = await self._client.request("POST", "/createRoom", body)
            made = answer.get("room_id")
            if isinstance(made, str):
                self._book.note_room(Room(made, person, encrypted=True))
                self._book.note_person(msgspec.structs.replace(self._book.person(person), encrypted_room=made))


def _members(answer: Json) -> set[str]:
    chunk = answer.get("chunk")
    found = set()
    for event in chunk if isinstance(chunk, list) else []:
        content = event.get("content") if isinstance(event, Mapping) else None
        if isinstance(content, Mapping) and content.get("membership") in JOINED:
            found.add(event.get("state_key"))
    return {each for each in found if isinstance(each, str)}
