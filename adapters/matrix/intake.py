"""From a sync to the process: rooms judged, events decoded, through the gate in the same call, then handed over.

Of a group or an unencrypted room where the town takes nothing, no event is decoded. Not here: when to ask again and
what is under way (`syncing.py`), who is in a room (`rooms.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import msgspec
import structlog
from nio import MegolmEvent
from nio.responses import SyncResponse

from adapters.base import Envelope, Host
from adapters.errors import ChannelError
from adapters.inbox import Gate
from adapters.matrix.batches import Batch
from adapters.matrix.book import Book, Room
from adapters.matrix.client import Client
from adapters.matrix.codec import Decoded, decode
from adapters.matrix.rooms import JOINED, Rooms, invitation
from adapters.matrix.settings import Unencrypted
from adapters.matrix.undecrypted import Undecrypted
from adapters.matrix.words import Words
from adapters.poison import Taster
from dialogs.events import Edited, Gone, Retracted, Said, Started, Unreadable, Voted

TURN_SECONDS: Final = 45.0
"""For one turn."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Admitted:
    """An act past the gate. `after` is called when it was taken: it shows the citizen that it was read."""

    envelope: Envelope
    after: Callable[[], None]


def _nothing() -> None:
    return


class Intake:
    """Takes one sync after another; keeps nothing of them but what waits for its key."""

    def __init__(
        self,
        host: Host,
        gate: Gate,
        client: Client,
        book: Book,
        rooms: Rooms,
        undecrypted: Undecrypted,
        words: Words,
        unencrypted: Unencrypted,
        errand: Callable[[Coroutine[None, None, object], str], None],
        watch: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._client = client
        self._book = book
        self._rooms = rooms
        self._undecrypted = undecrypted
        self._words = words
        self._unencrypted = unencrypted
        self._errand = errand
        self.watch = watch
        self._greet: set[str] = set()
        """Rooms just joined, whose citizen may not have said anything yet."""
        self._refusing: set[str] = set()
        """Groups that we are about to leave."""
        self._last: dict[str, str] = {}
        """The newest message of each room, by event id: what can be edited or deleted."""
        self._taster = Taster(host, "matrix", TURN_SECONDS)

    @property
    def is_waiting(self) -> bool:
        """Whether a message waits for its key."""
        return bool(self._undecrypted)

    # -- a sync

    async def read(self, response: SyncResponse, batch: Batch, is_first: bool) -> list[Admitted]:
        """What citizens did. Raises `ChannelError` if a room cannot be judged now: the sync is asked for again."""
        await self._accept(response)
        unknown = [room for room in response.rooms.join if self._book.room(room) is None and room not in self._refusing]
        judged = await self._rooms.learn(unknown)
        for room, known in judged.items():
            if known is None:
                self._refuse(room)
        if is_first:
            return []
        found: list[Admitted] = []
        for room, info in response.rooms.join.items():
            known = self._book.room(room)
            if known is not None:
                found += self._read_room(known, info.timeline.events, batch)
        for room in response.rooms.leave:
            found += self._left(room)
        return found

    def settled(self) -> Iterator[tuple[Batch, list[Admitted]]]:
        """Messages whose key came, or whose time is over, with the batch that each belongs to."""
        for held, event in self._undecrypted.settle():
            room = self._book.room(held.room)
            if room is None:
                yield held.batch, []
            elif event is not None:
                yield held.batch, self._read_decrypted(room, event)
            else:
                yield held.batch, self._unreadable(room, held.event.event_id)

    # -- invitations

    async def _accept(self, response: SyncResponse) -> None:
        """Enter one-to-one rooms, decline others with a word. Raises `ChannelError`: the sync is asked for again."""
        for room, info in response.rooms.invite.items():
            self._client.invited_rooms.pop(room, None)
            if not invitation(info.invite_state, self._client.user_id).is_one_to_one:
                self._errand(self._rooms.leave(room, self._words.only_one_to_one()), "decline")
                continue
            try:
                await self._rooms.join(room)
            except ChannelError as error:
                if error.retryable:
                    raise
                log.info("not_joined", channel="matrix", error=type(error).__name__)
                continue
            self._greet.add(room)

    def _refuse(self, room: str) -> None:
        """A group: say so once, leave, keep nothing."""
        self._greet.discard(room)
        self._refusing.add(room)
        self._errand(self._say_and_leave(room), "leave")

    async def _say_and_leave(self, room: str) -> None:
        words = self._words.only_one_to_one()
        try:
            content = {"msgtype": "m.text", "body": words, "m.mentions": {}}
            encrypted = await self._rooms.is_encrypted(room)
            await self._client.put_event(room, encrypted, "m.room.message", content, uuid4().hex)
        except ChannelError as error:
            log.info("not_said", channel="matrix", error=type(error).__name__)
        try:
            await self._rooms.leave(room, words)
        finally:
            self._refusing.discard(room)

    # -- rooms

    def _read_room(self, room: Room, events: list[Any], batch: Batch) -> list[Admitted]:
        found: list[Admitted] = []
        for event in events:
            source = getattr(event, "source", None)
            if not isinstance(source, Mapping):
                continue
            if source.get("type") == "m.room.member":
                if not self._stays(room, source):
                    return [*found, *self._left(room.id, tell=True)] if self._is_theirs(room, source) else found
                continue
            if source.get("type") == "m.room.encryption" and not room.encrypted:
                room = msgspec.structs.replace(room, encrypted=True)
                self._book.note_room(room)
            if source.get("type") == "m.room.tombstone":
                self._follow(source)
            found += self._read_event(room, event, batch)
        found += self._greeted(room, bool(found))
        return found

    def _stays(self, room: Room, source: Mapping[str, Any]) -> bool:
        """Whether the room is still one-to-one after a change of membership; otherwise it is left."""
        content, who = source.get("content"), source.get("state_key")
        membership = content.get("membership") if isinstance(content, Mapping) else None
        if who == self._client.user_id:
            return True
        if who == room.person:
            return membership in JOINED or membership == "knock"
        if membership in JOINED:
            self._rooms.forget(room.id)
            self._refuse(room.id)
            return False
        return True

    def _is_theirs(self, room: Room, source: Mapping[str, Any]) -> bool:
        return source.get("state_key") == room.person

    def _left(self, room: str, tell: bool = False) -> list[Admitted]:
        """The citizen left, or threw us out: the conversation ends, the room is forgotten."""
        known = self._book.room(room)
        if known is None:
            return []
        was_last = self._book.person(known.person).room == room
        admitted = self._gate.admit(known.person, Gone(), "")
        self._last.pop(room, None)
        self._rooms.forget(room)
        if tell:
            self._errand(self._rooms.leave(room), "leave")
        return [Admitted(admitted, _nothing)] if was_last else []

    def _follow(self, source: Mapping[str, Any]) -> None:
        """A room that was upgraded goes on in another."""
        content = source.get("content")
        successor = content.get("replacement_room") if isinstance(content, Mapping) else None
        if isinstance(successor, str):
            self._errand(self._rooms.join(successor), "join")

    def _greeted(self, room: Room, spoke: bool) -> list[Admitted]:
        """In a room that we just entered, whoever says nothing is greeted."""
        if room.id not in self._greet:
            return []
        self._greet.discard(room.id)
        self._tell_unencrypted(room)
        if spoke or self._undecrypted.holds(room.id) or self._takes_nothing(room):
            return []
        self._note_room_of(room)
        mark = f"joined {room.id}"
        envelope = self._gate.admit(room.person, Started(), mark, overheard=not room.encrypted)
        return [Admitted(envelope, _nothing)]

    # -- rooms without encryption

    def _takes_nothing(self, room: Room) -> bool:
        return not room.encrypted and self._unencrypted is Unencrypted.REFUSE

    def _tell_unencrypted(self, room: Room) -> None:
        """Once a room: what others can read, and an invitation to a room where they cannot."""
        if room.encrypted or room.told:
            return
        self._book.note_room(msgspec.structs.replace(room, told=True))
        self._errand(self._say_unencrypted(room), "offer")

    async def _say_unencrypted(self, room: Room) -> None:
        body = self._words.unencrypted(takes=not self._takes_nothing(room))
        content = {"msgtype": "m.text", "body": body, "m.mentions": {}}
        await self._client.put_event(room.id, False, "m.room.message", content, uuid4().hex)
        await self._rooms.invite_to_encrypted(room.person)

    # -- events

    def _read_event(self, room: Room, event: Any, batch: Batch) -> list[Admitted]:
        if not isinstance(event, MegolmEvent):
            return self._read_decrypted(room, event)
        if event.sender == room.person:
            self._undecrypted.hold(event, room.id, batch)
        return []

    def _read_decrypted(self, room: Room, event: Any) -> list[Admitted]:
        decoded = decode(event.source, self._client.user_id)
        if not isinstance(decoded, Decoded) or decoded.sender != room.person:
            return []
        if isinstance(decoded.act, Retracted):
            if not self._is_last(room, decoded.of):
                return []  # an older message, tidied away: its answer stands
        elif room.encrypted and not self._is_genuine(event):
            return self._unreadable(room, decoded.mark)
        if isinstance(decoded.act, Edited) and not self._is_last(room, decoded.of):
            decoded = replace(decoded, act=Edited(""))  # an older message: it must not become the last answer
        if self._takes_nothing(room):
            self._tell_unencrypted(room)
            return []
        envelope = self._gate.admit(decoded.sender, decoded.act, decoded.mark, "", decoded.written, not room.encrypted)
        self._tell_unencrypted(room)
        self._learn(room, event, decoded)
        if not isinstance(decoded.act, Edited | Retracted):
            self._last[room.id] = decoded.mark
        return [Admitted(envelope, partial(self._seen, room.id, decoded.mark))]

    def _is_last(self, room: Room, event: str) -> bool:
        """Whether an edit or a deletion is of the newest message, as far as this process has seen it."""
        return self._last.get(room.id, event) == event

    def _is_genuine(self, event: Any) -> bool:
        """Encrypted by a device of this person: a server must not put words into a citizen's mouth."""
        if not getattr(event, "decrypted", False):
            return False
        known = list(self._client.device_store.active_user_devices(event.sender))
        return not known or any(device.curve25519 == event.sender_key for device in known)

    def _learn(self, room: Room, event: Any, decoded: Decoded) -> None:
        """Where they wrote, that they did, and whether their program shows polls."""
        self._note_room_of(room)
        self._book.used(room)
        if getattr(event, "decrypted", False) and event.session_id:
            self._client.crypto.used_group_session(event.session_id)
        person = self._book.person(room.person)
        match decoded.act:
            case Voted():
                self._book.note_person(msgspec.structs.replace(person, polls=True, offers=0))
            case Said() if person.polls:
                self._book.note_person(msgspec.structs.replace(person, polls=False, offers=0))
            case _:
                pass

    def _note_room_of(self, room: Room) -> None:
        self._book.note_person(msgspec.structs.replace(self._book.person(room.person), room=room.id))

    def _unreadable(self, room: Room, mark: str) -> list[Admitted]:
        """One helpful word, however many of them come in a row."""
        log.warning("message_unreadable", channel="matrix")
        if not self._undecrypted.may_say(room.id):
            return []
        envelope = self._gate.admit(room.person, Unreadable(encrypted=True), mark)
        self._note_room_of(room)
        return [Admitted(envelope, _nothing)]

    def _seen(self, room: str, event: str) -> None:
        path = f"/rooms/{quote(room, safe='')}/receipt/m.read/{quote(event, safe='')}"
        self._errand(self._client.request("POST", path, {}), "receipt")

    # -- handing over

    async def take(self, envelope: Envelope) -> None:
        """Return when the turn is committed or given up. Raises `NotTaken`: try again."""
        await self._taster.take(envelope)
