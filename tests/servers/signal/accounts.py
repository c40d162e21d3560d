"""Who is registered with the service, and what it keeps of each: keys, a sealed profile, envelopes that wait."""

from __future__ import annotations

import asyncio
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
SWAP_SECONDS = 0.1
"""How long a swapped envelope waits for the one that is to overtake it."""


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
    taken: int = 0
    """Envelopes that the daemon has stored."""
    copies: int = 0
    """How often each envelope is handed over besides the first time."""
    swaps: bool = False
    """Each envelope is overtaken by the next one."""
    _held: list[bytes] | None = None
    _overtaken: bytes | None = None
    _patience: asyncio.Task[None] | None = None
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
        """On its way to the daemon."""
        if self._held is not None:
            self._held.append(envelope)
        elif self.swaps and self._overtaken is None:
            self._overtaken = envelope
            self._patience = asyncio.create_task(self._lets_go_in_the_end())
        else:
            await self._bring(envelope)
            await self._let_go()

    def hold(self) -> None:
        """Nothing is handed over until `release`."""
        self._held = []

    async def release(self) -> None:
        held, self._held = self._held or [], None
        for envelope in held:
            await self._bring(envelope)

    @property
    def is_on_its_way(self) -> bool:
        """Whether an envelope has not been taken yet."""
        return bool(self.waiting or self._held or self._overtaken)

    def has(self, number: int) -> None:
        """The daemon has stored it."""
        if self.waiting.pop(number, None) is not None:
            self.taken += 1

    async def _let_go(self) -> None:
        if self._overtaken is not None:
            envelope, self._overtaken = self._overtaken, None
            await self._bring(envelope)

    async def _lets_go_in_the_end(self) -> None:
        await asyncio.sleep(SWAP_SECONDS)
        await self._let_go()

    async def _bring(self, envelope: bytes) -> None:
        for _ in range(1 + self.copies):
            number = next(self._numbers)
            self.waiting[number] = envelope
            await self._hand_over(number)

    async def _hand_over(self, number: int) -> None:
        if self._wire is not None:
            now = f"X-Signal-Timestamp: {int(time.time() * 1000)}"
            await self._wire(Request(number, "PUT", MESSAGE, self.waiting[number], (now,)).encoded())
