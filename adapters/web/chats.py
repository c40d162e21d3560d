"""Open chats of this process: for each citizen a bounded ring of what was said, so that a browser that lost its
connection is told what it has not seen. In memory only; gone with the process, and then the dialogue repeats itself
(`Reopened`). Not here: sockets (`connection.py`), what a message looks like on the wire (`codec.py`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import NewType

from adapters.base import Outgoing, Post
from adapters.web import codec, settings
from adapters.web.limits import Bucket
from dialogs.events import MessageRef

Token = NewType("Token", str)
"""A web citizen's native id: 128 random bits as 32 hex digits, the cookie's value."""


class NoRoom(Exception):
    """Every chat that could be forgotten is in use."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message on its way: the number is the n-th of this chat, from 1."""

    number: int
    data: bytes


class Chat:
    """One citizen's open chat. `name` tells rings apart: a ref of an older ring never means a message of this one."""

    def __init__(self, now: float) -> None:
        self.name = secrets.token_urlsafe(9)
        self.language = ""
        self.connections = 0
        self.used = now
        self.acts = Bucket(settings.ACTS_PER_SECOND, settings.ACTS_BURST, now)
        self.turn = asyncio.Lock()
        self.in_flight: dict[str, asyncio.Task[codec.Acknowledged | codec.Again]] = {}
        self.last = 0
        self.typing = 0
        self._ring: deque[Numbered] = deque()
        self._size = 0
        self._news = asyncio.Event()

    def say(self, outgoing: Outgoing) -> MessageRef:
        """Put a message into the ring and wake whoever waits. Returns the handle by which it can be replaced."""
        self.last += 1
        ref = MessageRef(f"{self.name}.{self.last}") if isinstance(outgoing, Post) else outgoing.message
        data = codec.encode_outgoing(self.last, ref, outgoing)
        self._ring.append(Numbered(self.last, data))
        self._size += len(data)
        while len(self._ring) > settings.RING_FRAMES or (self._size > settings.RING_BYTES and len(self._ring) > 1):
            self._size -= len(self._ring.popleft().data)
        self._wake()
        return ref

    def show_typing(self) -> None:
        """An answer is on its way; only who is connected now hears it."""
        self.typing += 1
        self._wake()

    def knows(self, name: str, seen: int) -> bool:
        """Whether a client that has seen so many messages of the ring `name` can be told all the rest."""
        oldest = self._ring[0].number if self._ring else self.last + 1
        return name == self.name and oldest - 1 <= seen <= self.last

    def unseen(self, seen: int) -> list[Numbered]:
        """What a client has not seen yet, in order."""
        return [message for message in self._ring if message.number > seen]

    async def news(self, seen: int, typing: int) -> None:
        """Return when there is something beyond these two counts."""
        while self.last <= seen and self.typing <= typing:
            await self._news.wait()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Cursor:
    """How far one client has been told of a chat."""

    def __init__(self, chat: Chat, hello: codec.Hello) -> None:
        self._chat = chat
        self._name = hello.chat
        self._seen = hello.seen
        self._typing = chat.typing
        self._welcomed = False

    def frames(self) -> list[bytes]:
        """What is to be sent now, in order: a welcome at first and whenever the client lost the thread."""
        chat, frames = self._chat, []
        resumed = chat.knows(self._name, self._seen)
        if not resumed:
            self._name, self._seen = chat.name, chat.last
        if not (self._welcomed and resumed):
            frames.append(codec.encode(codec.Welcome(chat.name, resumed, self._seen)))
            self._welcomed = True
        for message in chat.unseen(self._seen):
            frames.append(message.data)
            self._seen = message.number
        if self._typing < chat.typing:
            self._typing = chat.typing
            frames.append(codec.encode(codec.Typing()))
        return frames

    async def news(self) -> None:
        """Return when there is something that this client was not told."""
        await self._chat.news(self._seen, self._typing)


class Chats:
    """The open chats by token, the one used last at the end."""

    def __init__(self) -> None:
        self._by_token: OrderedDict[Token, Chat] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_token)

    def find(self, token: Token) -> Chat | None:
        """The open chat of this citizen here; None after a restart or a long silence."""
        return self._by_token.get(token)

    def open(self, token: Token, now: float) -> Chat:
        """The chat of this citizen, begun if there is none. Raises `NoRoom`."""
        chat = self._by_token.get(token)
        if chat is None:
            if len(self._by_token) >= settings.OPEN_CHATS:
                self._drop_oldest()
            chat = self._by_token[token] = Chat(now)
        chat.used = now
        self._by_token.move_to_end(token)
        return chat

    def forget(self, token: Token) -> None:
        """The citizen left: nothing is kept."""
        self._by_token.pop(token, None)

    def sweep(self, now: float) -> None:
        """Forget chats that nobody was connected to for `CHAT_IDLE` seconds."""
        stale = [
            token
            for token, chat in self._by_token.items()
            if not chat.connections and not chat.turn.locked() and now - chat.used > settings.CHAT_IDLE
        ]
        for token in stale:
            del self._by_token[token]

    def _drop_oldest(self) -> None:
        for token, chat in self._by_token.items():
            if not chat.connections and not chat.turn.locked():
                del self._by_token[token]
                return
        raise NoRoom
