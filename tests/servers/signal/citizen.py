"""Somebody with Signal: an account of a second real signal-cli, which plays the phone."""

from __future__ import annotations

import asyncio
import base64
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers.signal.daemon import Daemon, Event

PATIENCE = 30.0
LONG_TEXT = "text/x-signal-plain"
FIRST_NUMBER = 4_917_000_000_001
NUMBERS = itertools.count(FIRST_NUMBER)


@dataclass(frozen=True)
class Shown:
    """One message of the town as the phone shows it."""

    text: str
    timestamp: int
    files: tuple[str, ...] = ()
    styles: tuple[Any, ...] = ()
    expires: int = 0
    """Seconds until it disappears; 0: it stays."""
    names: tuple[str, ...] = ()
    """What the files are called."""


@dataclass
class Citizen:
    """`town`: the id of the town's account (ACI)."""

    daemon: Daemon
    number: str
    aci: str
    town: str
    shown: list[Shown] = field(default_factory=list)
    receipts: list[Event] = field(default_factory=list)
    typing: int = 0
    sent: list[int] = field(default_factory=list)
    """Timestamps of what was said, which name a message at Signal."""
    came: int = 0
    """Envelopes of any kind that reached the phone."""
    _read: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def new(cls, daemon: Daemon, town: str, number: str = "") -> Citizen:
        """Registered; `number`: an account that is there already, on a new telephone."""
        number = number or f"+{next(NUMBERS)}"
        citizen = cls(daemon, number, await daemon.register(number), town)
        daemon.listens(number, citizen._take)
        return citizen

    async def says(self, text: str, **more: Any) -> None:
        await self._sends(message=text, **more)

    async def edits(self, text: str) -> None:
        await self._sends(message=text, editTimestamp=self.sent[-1])

    async def deletes(self) -> None:
        await self._call("remoteDelete", targetTimestamp=self.sent[-1])

    async def reacts(self, sign: str) -> None:
        """To the town's newest message."""
        await self._call("sendReaction", emoji=sign, targetAuthor=self.town, targetTimestamp=self.shown[-1].timestamp)

    async def sends_file(self, data: bytes, mime: str, name: str = "file") -> None:
        content = base64.b64encode(data).decode()
        await self._sends(message="", attachments=[f"data:{mime};filename={name};base64,{content}"])

    async def sets_timer(self, seconds: int) -> None:
        """Disappearing messages, in this chat."""
        await self.daemon.call("updateContact", account=self.number, recipient=self.town, expiration=seconds)

    async def knows_of_the_town(self) -> Any:
        """The town's profile, fetched and opened."""
        (contact,) = await self.daemon.call(
            "listContacts", account=self.number, recipient=[self.town], allRecipients=True
        )
        return contact["profile"]

    async def safety_number(self) -> str:
        (identity,) = await self.daemon.call("listIdentities", account=self.number, number=self.town)
        return str(identity["safetyNumber"])

    async def types(self) -> None:
        """Be shown to be typing."""
        await self._call("sendTyping")

    async def pays(self) -> None:
        """Tell of a payment, which nothing here understands."""
        await self.daemon.call(
            "sendPaymentNotification", account=self.number, recipient=self.town, receipt="AAAA", note=""
        )

    async def deletes_account(self) -> None:
        await self.daemon.call("unregister", account=self.number, deleteAccount=True)

    async def takes_new_phone(self) -> None:
        """The same number with new keys: Signal's old account if there still is one, else a new one."""
        if self.number in self.daemon.service.accounts:
            await self.daemon.call("unregister", account=self.number)
        await self.daemon.call("deleteLocalAccountData", account=self.number, ignoreRegistered=True)
        self.came = 0
        self.aci = await self.daemon.register(self.number)

    async def hears(self, text: str) -> Shown:
        """Wait for a message that holds the text; earlier ones are passed over."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    while self._read < len(self.shown):
                        self._read += 1
                        if text in self.shown[self._read - 1].text:
                            return self.shown[self._read - 1]
                    await self.stirs()
        except TimeoutError:
            raise AssertionError(f"waited for {text!r}, read {[one.text for one in self.shown[-4:]]}") from None

    async def stirs(self) -> None:
        """Until something came."""
        self._came.clear()
        await self._came.wait()

    def file(self, name: str) -> bytes:
        """What came with a message, decrypted."""
        return Path(self.daemon.data, "attachments", name).read_bytes()

    async def _sends(self, **params: Any) -> None:
        answer = await self._call("send", **params)
        self.sent.append(answer["timestamp"])

    async def _call(self, method: str, **params: Any) -> Any:
        return await self.daemon.call(method, account=self.number, recipient=[self.town], **params)

    def _take(self, event: Event) -> None:
        self.came += 1
        match event["envelope"]:
            case {"dataMessage": {"timestamp": _} as said} if said.get("message") or said.get("attachments"):
                self.shown.append(self._shown(said))
            case {"receiptMessage": receipt}:
                self.receipts.append(receipt)
            case {"typingMessage": _}:
                self.typing += 1
            case _:
                pass
        self._came.set()

    def _shown(self, said: dict[str, Any]) -> Shown:
        """A long text comes as a file of its own; the message holds its beginning."""
        files = [one for one in said.get("attachments", ()) if one["contentType"] != LONG_TEXT]
        whole = [self.file(one["id"]) for one in said.get("attachments", ()) if one["contentType"] == LONG_TEXT]
        return Shown(
            whole[0].decode() if whole else said.get("message") or "",
            said["timestamp"],
            tuple(one["id"] for one in files),
            tuple(said.get("textStyles", ())),
            said.get("expiresInSeconds", 0),
            tuple(one.get("filename") or one["id"] for one in files),
        )
