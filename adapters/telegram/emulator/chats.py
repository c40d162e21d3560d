"""Who talks with the bot, and what their chat shows: citizens that act and read, messages that change under edits."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

PATIENCE: Final = 20.0
"""Seconds that a citizen waits for the bot, unless told otherwise."""
_MARKS: Final = ("✓ ", "✓")


@dataclass(slots=True)
class BotMessage:
    """A message of the bot as the chat shows it now."""

    id: int
    text: str = ""
    entities: list[dict[str, object]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    file: bytes | None = None
    file_kind: str = ""
    """photo, document, audio …; '' for a text."""
    file_name: str = ""
    edits: int = 0
    deleted: bool = False

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons, marks of choice included."""
        return [button["text"] for row in self.keyboard for button in row]

    @property
    def bold(self) -> list[str]:
        """The strong passages."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * int(str(e["offset"])) : 2 * (int(str(e["offset"])) + int(str(e["length"])))].decode("utf-16-le")
            for e in self.entities
            if e["type"] == "bold"
        ]

    def find(self, label: str) -> dict[str, Any] | None:
        """The button with this label, chosen or not."""
        for row in self.keyboard:
            for button in row:
                if label in {button["text"], *(button["text"].removeprefix(mark) for mark in _MARKS)}:
                    return button
        return None


class Post(Protocol):
    """Brings an update to the bot; `kind` is the Bot API's name of it."""

    def __call__(self, chat: int, kind: str, payload: dict[str, Any]) -> int: ...


@dataclass(slots=True)
class Services:
    """What the server offers to those who chat."""

    post: Post
    next_message_id: Callable[[], int]
    keep_file: Callable[[bytes, str], tuple[str, str]]
    """(bytes, extension) -> (file_id, file_unique_id)"""
    bot: dict[str, Any]
    now: Callable[[], int] = lambda: int(time.time())
    """When a message was written, seconds since 1970."""


class Citizen:
    """Somebody with Telegram on their phone."""

    def __init__(self, services: Services, id_: int, first_name: str, username: str, language_code: str) -> None:
        self._services = services
        self.id = id_
        self.user: dict[str, Any] = {"id": id_, "is_bot": False, "first_name": first_name}
        self.chat: dict[str, Any] = {"id": id_, "type": "private", "first_name": first_name}
        if username:
            self.user["username"] = self.chat["username"] = username
        if language_code:
            self.user["language_code"] = language_code
        self.shown: dict[int, BotMessage] = {}
        """The bot's messages in the chat, oldest first."""
        self.blocked = False
        self.deactivated = False
        self.started = False
        self.actions: list[str] = []
        """Chat actions ("typing") that were shown."""
        self.answered: list[str] = []
        """Callback queries that the bot answered."""
        self.pending: set[str] = set()
        """Callback queries that it did not answer yet."""
        self._unread: deque[BotMessage] = deque()
        self._edited: deque[BotMessage] = deque()
        self._news = asyncio.Event()
        self._last_said = 0
        self._queries = 0

    # -- acts

    async def says(self, text: str) -> int:
        """Write a text. Returns the update's id, as all acts do."""
        fields: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.sends(**fields)

    def sends(self, **fields: Any) -> int:
        """Any message, its fields as the Bot API names them."""
        self.started = True
        self._last_said = self._services.next_message_id()
        return self._services.post(self.id, "message", self._message(self._last_said, fields))

    async def edits(self, text: str) -> int:
        """Change the last message."""
        fields = {"text": text, "edit_date": int(time.time())}
        return self._services.post(self.id, "edited_message", self._message(self._last_said, fields))

    async def presses(self, label: str, message: BotMessage | None = None) -> int:
        """Tap the newest button with this label (or that of a given message). Raises `AssertionError` without one."""
        for shown in [message] if message else reversed(self.shown.values()):
            button = shown.find(label)
            if button is not None:
                return self.presses_data(button["callback_data"], shown)
        seen = [text for shown in self.shown.values() for text in shown.labels]
        raise AssertionError(f"no button {label!r}; the chat has {seen}")

    def presses_data(self, data: str, message: BotMessage | None = None) -> int:
        """Tap with any callback data, as an attacker may; without a message: on one that is no more."""
        self._queries += 1
        query = f"{self.id}-{self._queries}"
        self.pending.add(query)
        under: dict[str, Any] = {"message_id": 1, "chat": self.chat, "date": 0}
        if message is not None:
            under = {
                "message_id": message.id, "from": self._services.bot, "chat": self.chat,
                "date": int(time.time()), "text": message.text,
            }  # fmt: skip
        payload = {"id": query, "from": self.user, "chat_instance": str(self.id), "data": data, "message": under}
        return self._services.post(self.id, "callback_query", payload)

    async def sends_photo(self, data: bytes, caption: str = "") -> int:
        """In three sizes, as Telegram makes them; the largest is `data`."""
        sizes = [(b"thumbnail", 90, 60), (b"small", 320, 213), (data, 1280, 853)]
        photo = [
            self._file(content, "jpg") | {"width": wide, "height": high, "file_size": len(content)}
            for content, wide, high in sizes
        ]
        return self.sends(photo=photo, **_captioned(caption))

    async def sends_document(self, name: str, mime: str, data: bytes, caption: str = "") -> int:
        file = self._file(data, "bin") | {"file_name": name, "mime_type": mime, "file_size": len(data)}
        return self.sends(document=file, **_captioned(caption))

    async def sends_voice(self, data: bytes, seconds: int = 3) -> int:
        file = self._file(data, "oga") | {"duration": seconds, "mime_type": "audio/ogg", "file_size": len(data)}
        return self.sends(voice=file)

    async def sends_location(self, latitude: float, longitude: float, accuracy: float = 0.0) -> int:
        place: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        if accuracy:
            place["horizontal_accuracy"] = accuracy
        return self.sends(location=place)

    async def sends_contact(self, phone: str = "+4900000") -> int:
        return self.sends(contact={"phone_number": phone, "first_name": "X", "user_id": self.id})

    async def sends_sticker(self) -> int:
        sticker = self._file(b"webp", "webp") | {
            "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
        }  # fmt: skip
        return self.sends(sticker=sticker)

    async def blocks(self) -> int:
        self.blocked = True
        return self._membership("member", "kicked")

    async def unblocks(self) -> int:
        self.blocked = False
        return self._membership("kicked", "member")

    # -- reading

    async def reads(self, count: int = 1, seconds: float = PATIENCE) -> list[BotMessage]:
        """The next `count` messages of the bot, waited for. Raises `TimeoutError` with how many came."""
        return await self._take(self._unread, count, seconds)

    async def sees_edit(self, seconds: float = PATIENCE) -> BotMessage:
        """The next message that the bot edits."""
        return (await self._take(self._edited, 1, seconds))[0]

    async def spinner_ends(self, seconds: float = PATIENCE) -> None:
        """Until every tap was answered."""
        async with asyncio.timeout(seconds):
            while self.pending:
                self._news.clear()
                await self._news.wait()

    async def stirs(self) -> None:
        """Until something new is shown or changed in the chat."""
        self._news.clear()
        await self._news.wait()

    def unread(self) -> int:
        """How many messages wait to be read."""
        return len(self._unread)

    async def _take(self, queue: deque[BotMessage], count: int, seconds: float) -> list[BotMessage]:
        try:
            async with asyncio.timeout(seconds):
                while len(queue) < count:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{len(queue)} of {count} within {seconds} s") from None
        return [queue.popleft() for _ in range(count)]

    # -- what the server does to the chat

    def receive(self, message: BotMessage) -> None:
        self.shown[message.id] = message
        self._unread.append(message)
        self._news.set()

    def see_edited(self, message: BotMessage) -> None:
        message.edits += 1
        self._edited.append(message)
        self._news.set()

    def see_answered(self, query: str) -> None:
        self.pending.discard(query)
        self.answered.append(query)
        self._news.set()

    # -- parts of payloads

    def _message(self, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        return {"message_id": number, "from": self.user, "chat": self.chat, "date": self._services.now(), **fields}

    def _file(self, data: bytes, extension: str) -> dict[str, Any]:
        file_id, unique = self._services.keep_file(data, extension)
        return {"file_id": file_id, "file_unique_id": unique}

    def _membership(self, old: str, new: str) -> int:
        return self._services.post(
            self.id, "my_chat_member", _membership(self.chat, self.user, self._services.bot, old, new)
        )


class Group:
    """A group chat with the bot among its members."""

    def __init__(self, services: Services, id_: int, title: str, member: Citizen) -> None:
        self._services = services
        self.id = id_
        self.chat: dict[str, Any] = {"id": id_, "type": "supergroup", "title": title}
        self.member = member
        self.texts: list[str] = []
        """What the bot said here."""
        self.left = asyncio.Event()
        """The bot went."""

    async def invites(self) -> int:
        """Somebody adds the bot."""
        payload = _membership(self.chat, self.member.user, self._services.bot, "left", "member")
        return self._services.post(self.id, "my_chat_member", payload)

    async def says(self, text: str) -> int:
        payload = {
            "message_id": self._services.next_message_id(), "from": self.member.user, "chat": self.chat,
            "date": int(time.time()), "text": text,
        }  # fmt: skip
        return self._services.post(self.id, "message", payload)


def _captioned(caption: str) -> dict[str, Any]:
    return {"caption": caption} if caption else {}


def _membership(chat: dict[str, Any], user: dict[str, Any], bot: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        plain: dict[str, Any] = {"user": bot, "status": status}
        return plain | {"until_date": 0} if status == "kicked" else plain

    return {
        "chat": chat, "from": user, "date": int(time.time()),
        "old_chat_member": member(old), "new_chat_member": member(new),
    }  # fmt: skip
