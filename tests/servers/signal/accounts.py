"""Who is registered with the service, and what it keeps of each: keys, a sealed profile, envelopes that wait."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from servers.signal.wire import Request

Json = dict[str, Any]
Wire = Callable[[bytes], Awaitable[None]]

MESSAGE = "/api/v1/message"
EMPTY = "/api/v1/queue/empty"


@dataclass
class Keys:
    """What others need to begin a session: of the account (aci) or of its number (pni)."""

    identity: str
    signed: Json
    last: Json
    """The Kyber key that is given when no other is left."""
    once: list[Json] = field(default_factory=list)
    kyber: list[Json] = field(default_factory=list)

    def renew(self, document: Mapping[str, Any]) -> None:
        self.signed = document.get("signedPreKey") or self.signed
        self.last = document.get("pqLastResortPreKey") or self.last
        self.once = document.get("preKeys") or self.once
        self.kyber = document.get("pqPreKeys") or self.kyber

    def bundle(self, registration: int) -> Json:
        """For a session with the first device; each of the keys for one use is given once."""
        device: Json = {
            "deviceId": 1,
            "registrationId": registration,
            "signedPreKey": self.signed,
            "pqPreKey": self.kyber.pop(0) if self.kyber else self.last,
        }
        if self.once:
            device["preKey"] = self.once.pop(0)
        return {"identityKey": self.identity, "devices": [device]}


@dataclass
class Account:
    number: str
    attributes: Json
    keys: dict[str, Keys]
    """By "aci" and "pni"."""
    password: str
    aci: UUID = field(default_factory=uuid4)
    pni: UUID = field(default_factory=uuid4)
    profile: Json = field(default_factory=dict)
    avatar: str | None = None
    waiting: dict[int, bytes] = field(default_factory=dict)
    """Envelopes by their number until the daemon has said that it has them."""
    told: int = 0
    """Envelopes that were handed over, again ones counted."""
    _wire: Wire | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def registration(self) -> int:
        return int(self.attributes["registrationId"])

    @property
    def access(self) -> str:
        """What a sealed sender has to show, in base64."""
        return str(self.attributes.get("unidentifiedAccessKey") or "")

    def shown(self) -> Json:
        """The profile as anybody gets it; its words are sealed with a key that only contacts have."""
        proof = hmac.new(base64.b64decode(self.access), bytes(32), hashlib.sha256).digest() if self.access else None
        return {
            "identityKey": self.keys["aci"].identity,
            **{key: self.profile.get(key) for key in ("name", "about", "aboutEmoji", "phoneNumberSharing")},
            "avatar": self.avatar,
            "unidentifiedAccess": proof and base64.b64encode(proof).decode(),
            "unrestrictedUnidentifiedAccess": False,
            "capabilities": {},
            "badges": [],
            "uuid": str(self.aci),
        }

    @property
    def is_connected(self) -> bool:
        return self._wire is not None

    async def connect(self, wire: Wire) -> None:
        """Hand over what waits, then say that nothing else does."""
        self._wire = wire
        for number in list(self.waiting):
            await self._hand_over(number)
        await wire(Request(next(self._numbers), "PUT", EMPTY).encoded())

    def disconnect(self, wire: Wire) -> None:
        if self._wire is wire:
            self._wire = None

    async def deliver(self, envelope: bytes) -> None:
        number = next(self._numbers)
        self.waiting[number] = envelope
        await self._hand_over(number)

    def has(self, number: int) -> None:
        """The daemon has stored it."""
        self.waiting.pop(number, None)

    async def _hand_over(self, number: int) -> None:
        if self._wire is not None:
            self.told += 1
            now = f"X-Signal-Timestamp: {int(time.time() * 1000)}"
            await self._wire(Request(number, "PUT", MESSAGE, self.waiting[number], (now,)).encoded())
