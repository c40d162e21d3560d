"""Who talks with the bot, and what their chat shows: citizens that act and read, groups, messages of the bot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

PATIENCE: Final = 5.0
"""Seconds that a citizen waits for the bot, unless told otherwise."""

BOT_UUID: Final = "b0700000-0000-4000-8000-000000000001"
EXTENSIONS: Final = {
    "image/jpeg": "jpg", "image/png": "png", "audio/aac": "aac", "audio/mp4": "m4a", "text/x-signal-plain": "txt",
}  # fmt: skip
KEY_SECONDS: Final = 0.1
"""After it told of a new key the daemon fetches it."""
LONG_TEXT_FROM: Final = 2000
"""Bytes of a text above which all of it comes as a file, its beginning in the message."""

Json = dict[str, Any]


@dataclass(slots=True)
class BotMessage:
    """A message of the bot as the chat shows it."""

    timestamp: int
    text: str = ""
    styled: tuple[tuple[str, str], ...] = ()
    """Style and passage."""
    files: tuple[tuple[str, str, bytes], ...] = ()
    """Name, type and bytes of what came along."""
    options: tuple[str, ...] = ()
    """Of a poll; its question is `text`."""
    multiple: bool = False
    expires: int = 0
    """Seconds after which it disappears; 0: never."""
    votes: int = 0


@dataclass(slots=True)
class Services:
    """What Signal offers to those who chat."""

    deliver: Callable[[Json], None]
    now: Callable[[], int]
    """A time in ms that nobody else gets."""
    keep_file: Callable[[bytes, str], str]
    """(bytes, extension) -> name in the daemon's folder"""
    set_timer: Callable[[str, int], None]
    age: Callable[[], int]
    """How long ago (ms) what is sent now reached Signal."""


class Citizen:
    """Somebody with Signal on their phone."""

    def __init__(self, services: Services, uuid: str, number: str | None, name: str) -> None:
        self._services = services
        self.uuid = uuid
        self.number = number
        """None: hidden from the bot, as Signal does unless the citizen shows it."""
        self.name = name
        self.shown: list[BotMessage] = []
        self.registered = True
        self.trusted = True
        """The daemon trusts the safety number."""
        self.key_known = True
        """The daemon has their newest key: what it has not, it cannot be told to trust."""
        self.polls = True
        self.timer = 0
        self.typing = 0
        """How often the bot was shown to be typing."""
        self.sent: list[int] = []
        """Times of what was said, oldest first."""
        self._unopened: list[Json] = []
        """What the daemon could not read yet."""
        self._without_keys: bool | None = None
        self._unread: deque[BotMessage] = deque()
        self._news = asyncio.Event()

    # -- acts; each returns the message's time

    def says(self, text: str | None, **fields: Any) -> int:
        """Any message; further fields as signal-cli names them."""
        timestamp = self._services.now()
        self.sent.append(timestamp)
        if text is not None and len(whole := text.encode("utf-8", "surrogatepass")) > LONG_TEXT_FROM:
            attachments = [*fields.get("attachments", ()), self._attached(whole, "text/x-signal-plain", None)]
            text, fields = whole[:LONG_TEXT_FROM].decode("utf-8", "ignore"), {**fields, "attachments": attachments}
        self.deliver({"dataMessage": self._data(timestamp, text, fields)}, timestamp)
        return timestamp

    def edits(self, text: str) -> int:
        """Change the last message."""
        timestamp = self._services.now()
        edit = {"targetSentTimestamp": self.sent[-1], "dataMessage": self._data(timestamp, text, {})}
        self.deliver({"editMessage": edit}, timestamp)
        return timestamp

    def deletes(self) -> int:
        """Delete the last message for both."""
        return self.says(None, remoteDelete={"timestamp": self.sent[-1]})

    def reacts(self, emoji: str, message: BotMessage | None = None, *, remove: bool = False) -> int:
        """To the newest message of the bot, or a given one."""
        target = message or self.shown[-1]
        reaction = {
            "emoji": emoji, "targetAuthor": self._bot(), "targetAuthorNumber": self._bot(),
            "targetAuthorUuid": BOT_UUID, "targetSentTimestamp": target.timestamp, "isRemove": remove,
        }  # fmt: skip
        return self.says(None, reaction=reaction)

    def votes(self, *labels: str, message: BotMessage | None = None) -> int:
        """In the newest poll, or a given one. Raises `AssertionError` if it has no such option."""
        poll = message or next((each for each in reversed(self.shown) if each.options), None)
        assert poll is not None, "the chat has no poll"
        missing = [label for label in labels if label not in poll.options]
        assert not missing, f"no option {missing}; the poll has {poll.options}"
        poll.votes += 1
        vote = {
            "author": self._bot(), "authorNumber": self._bot(), "authorUuid": BOT_UUID,
            "targetSentTimestamp": poll.timestamp,
            "optionIndexes": [poll.options.index(label) for label in labels], "voteCount": poll.votes,
        }  # fmt: skip
        return self.says(None, pollVote=vote)

    def sends_file(self, data: bytes, mime: str, name: str | None = None, text: str | None = None) -> int:
        """A photo, a voice message, any file."""
        return self.says(text, attachments=[self._attached(data, mime, name)])

    def sends_location(self, latitude: float, longitude: float) -> int:
        """As Signal's programs share a place: a link, beside a picture of the map."""
        picture = {"contentType": "image/jpeg", "id": self._services.keep_file(b"map", "jpg"), "size": 3}
        link = f"https://maps.google.com/maps?q={latitude}%2C{longitude}"
        return self.says(f"Marktplatz\n{link}", attachments=[picture])

    def sends_sticker(self) -> int:
        return self.says(None, sticker={"packId": "1234567890abcdef", "stickerId": 3})

    def sends_contact(self) -> int:
        return self.says(None, contacts=[{"name": {"display": "X"}, "phone": [{"value": "+4915199999999"}]}])

    def sets_timer(self, seconds: int) -> int:
        """Disappearing messages."""
        self.timer = seconds
        self._services.set_timer(self.uuid, seconds)
        return self.says(None, isExpirationUpdate=True)

    def changes_key(self) -> None:
        """A new phone: the safety number changes."""
        self.trusted = self.key_known = False

    def is_trusted(self) -> None:
        """The daemon opens what it could not read before. The real one does so with the next envelope of anybody."""
        self.trusted = True
        unopened, self._unopened = self._unopened, []
        for event in unopened:
            self._services.deliver(event)

    def is_unreadable(self, again: bool = True) -> None:
        """For the next message the daemon has no keys. `again`: the phone sends it once more, asked by the daemon."""
        self._without_keys = again

    def deliver(self, content: Json, timestamp: int) -> None:
        """Any content of an envelope."""
        envelope: Json = {
            "source": self.number or self.uuid, "sourceNumber": self.number, "sourceUuid": self.uuid,
            "sourceName": self.name, "sourceDevice": 1, "timestamp": timestamp,
            "serverReceivedTimestamp": timestamp + 3 - self._services.age(),
            "serverDeliveredTimestamp": timestamp + 5,
        }  # fmt: skip
        event: Json = {"envelope": envelope | content}
        without_keys, self._without_keys = self._without_keys, None
        if without_keys is not None:
            words = "org.signal.libsignal.protocol.InvalidMessageException: invalid Whisper message: decryption failed"
            self._services.deliver(
                {"exception": {"message": words, "type": "ProtocolInvalidMessageException"}, "envelope": envelope}
            )
            if not without_keys:
                return
        if not self.trusted:
            self._unopened.append(event)
            words = f"Untrusted identity key: {self.number or self.uuid}"
            event = {"exception": {"message": words, "type": "UntrustedIdentityException"}, "envelope": envelope}
        self._services.deliver(event)
        if not self.trusted:
            asyncio.get_running_loop().call_later(KEY_SECONDS, setattr, self, "key_known", True)

    def _data(self, timestamp: int, text: str | None, fields: Json) -> Json:
        return {
            "timestamp": timestamp, "message": text, "expiresInSeconds": self.timer, "isExpirationUpdate": False,
            "viewOnce": False, **fields,
        }  # fmt: skip

    def _attached(self, data: bytes, mime: str, name: str | None) -> Json:
        extension = EXTENSIONS.get(mime, "bin")
        return {
            "contentType": mime, "filename": name, "id": self._services.keep_file(data, extension), "size": len(data),
            "width": None, "height": None, "caption": None, "uploadTimestamp": self._services.now(),
        }  # fmt: skip

    def _bot(self) -> str:
        return "+49301234567"

    # -- reading

    async def reads(self, count: int = 1, seconds: float = PATIENCE) -> list[BotMessage]:
        """The next `count` messages of the bot, waited for. Raises `TimeoutError` with how many came."""
        try:
            async with asyncio.timeout(seconds):
                while len(self._unread) < count:
                    await self.stirs()
        except TimeoutError:
            raise TimeoutError(f"{len(self._unread)} of {count} within {seconds} s") from None
        return [self._unread.popleft() for _ in range(count)]

    async def stirs(self) -> None:
        """Until something comes."""
        self._news.clear()
        await self._news.wait()

    def unread(self) -> int:
        return len(self._unread)

    def receive(self, message: BotMessage) -> None:
        """Shown, and acknowledged as every phone does."""
        now = self._services.now()
        receipt = {"when": now, "isDelivery": True, "isRead": False, "isViewed": False}
        self.deliver({"receiptMessage": {**receipt, "timestamps": [message.timestamp]}}, now)
        self.shown.append(message)
        self._unread.append(message)
        self._news.set()


@dataclass(slots=True)
class Group:
    """A group chat with the bot among its members."""

    services: Services
    id: str
    member: Citizen
    texts: list[str] = field(default_factory=list)
    """What the bot said here."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """The bot went."""

    def invites(self) -> int:
        """Somebody adds the bot."""
        return self.member.says(None, groupInfo=self._info("UPDATE"))

    def says(self, text: str, **fields: Any) -> int:
        return self.member.says(text, groupInfo=self._info("DELIVER"), **fields)

    def _info(self, kind: str) -> Json:
        return {"groupId": self.id, "groupName": "Nachbarschaft", "revision": 3, "type": kind}
