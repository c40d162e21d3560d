"""Signal's bench: the emulator of signal-cli, over its socket as a small town runs it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from channels.base import PATIENCE, Feature, Heard, Reader, TownScene, until
from e2e.talking import quiet
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written

from adapters.faults import FOREVER
from adapters.signal import codec
from adapters.signal.adapter import SignalAdapter
from adapters.signal.emulator import ACCOUNT, BotMessage, Citizen, Emulator, Group, ResetBefore, TooMany
from bot.app import App
from dialogs.capabilities import SIGNAL, Capabilities

CAPTURED = Path(__file__).parent.parent / "adapters" / "signal" / "captured_envelopes.json"
CEILING = "5000"
"""The contract says more in five minutes than Signal would ever take; the ceiling has tests of its own."""


@dataclass
class SignalPhone(Reader):
    """A citizen with Signal."""

    citizen: Citizen = field(kw_only=True)
    bench: SignalBench = field(kw_only=True)
    _looked: int = 0
    _votes: tuple[str, ...] = ()
    """What is chosen in the newest poll."""

    @property
    def native(self) -> str:
        return self.citizen.uuid

    def look(self) -> None:
        for message in self.citizen.shown[self._looked :]:
            self.heard.append(_heard(message))
            self._looked += 1
            if message.options:
                self._votes = ()

    async def stirs(self) -> None:
        if self._looked < len(self.citizen.shown):
            return
        await self.citizen.stirs()

    async def begin(self, code: str) -> None:
        self.citizen.says(code)

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self.tap_or_say(labels, words)
            case Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                self.citizen.sends_location(latitude, longitude)
            case Photo(data):
                self.citizen.sends_file(data, "image/jpeg")
            case Voice(data):
                self.citizen.sends_file(data, "audio/ogg")

    async def says(self, text: str) -> None:
        self.citizen.says(text)

    async def taps(self, label: str) -> None:
        """A vote names all that is chosen; what the poll shows then is seen at once."""
        poll = next(message for message in reversed(self.citizen.shown) if message.options)
        self._votes = (*self._votes, label) if poll.multiple else (label,)
        self.citizen.votes(*self._votes, message=poll)
        self.heard.append(Heard(poll.text, poll.options, self._votes, revised=True))

    async def quiet(self) -> None:
        await self.bench.idle()
        self.look()

    async def edits(self, text: str) -> None:
        self.citizen.edits(text)

    async def deletes(self) -> None:
        self.citizen.deletes()

    async def reacts(self, sign: str) -> None:
        self.citizen.reacts(sign)

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        self.citizen.sends_file(data, mime, name)

    async def sends_odd(self) -> None:
        self.citizen.sends_contact()

    async def leaves(self) -> None:
        """Nobody tells us of it: we find out when the next reply cannot be sent."""
        self.citizen.registered = False
        self.citizen.says("?")

    async def returns(self) -> None:
        self.citizen.registered = True


def _heard(message: BotMessage) -> Heard:
    return Heard(message.text, message.options, (), tuple(name for name, _, _ in message.files))


@dataclass
class SignalGroup:
    """A group that somebody added the bot to."""

    group: Group

    async def invites(self) -> None:
        self.group.invites()

    async def says(self, text: str) -> None:
        self.group.says(text)

    async def hears(self) -> str:
        await until(lambda: bool(self.group.texts), "a word in the group")
        return self.group.texts[-1]

    async def is_left(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.group.left.wait()


class SignalBench:
    """signal-cli and Signal, emulated."""

    capabilities: Capabilities = SIGNAL
    cannot: Mapping[Feature, str] = {
        Feature.REVISION: "an edit counts like a message against Signal's limits, and says less",
        Feature.LANGUAGE: "Signal does not tell in which language somebody reads",
    }
    captured: Sequence[bytes] = tuple(
        json.dumps(one["event"]).encode() for one in json.loads(CAPTURED.read_text("utf-8"))
    )
    refusals = (ValueError,)

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sig-")
        data = Path(self._folder.name)
        self.emulator = Emulator(data=data, socket=data / "socket")
        self._app: App | None = None
        self._struck = self._missed = 0

    async def start(self) -> None:
        await self.emulator.__aenter__()

    async def close(self) -> None:
        await self.emulator.__aexit__(None, None, None)
        self._folder.cleanup()

    def scene(self, folder: Path, redis_url: str) -> TownScene:
        return TownScene(self, folder, redis_url)

    def settings(self) -> Mapping[str, str]:
        return {
            "ZURUF_SIGNAL_ACCOUNT": ACCOUNT,
            "ZURUF_SIGNAL_URL": self.emulator.socket_url,
            "ZURUF_SIGNAL_DATA": self._folder.name,
            "ZURUF_SIGNAL_CEILING": CEILING,
        }

    def attach(self, app: App) -> None:
        self._app = app
        self._missed = self.emulator.service.told

    async def phone(self, language: str = "de") -> SignalPhone:
        return SignalPhone(citizen=self.emulator.citizen(), bench=self)

    async def group(self, phone: SignalPhone) -> SignalGroup:
        return SignalGroup(self.emulator.group(phone.citizen))

    async def idle(self) -> None:
        """Every envelope was taken, every reply handed over."""
        assert self._app is not None
        adapter = self._app.adapters["signal"]
        assert isinstance(adapter, SignalAdapter)
        service, intake = self.emulator.service, adapter.intake
        await until(
            lambda: not service.waiting and intake.seen >= service.told - self._missed and not intake.under_way,
            "the envelopes to be taken",
        )
        await quiet(self._app)

    def decode(self, payload: bytes) -> object:
        return codec.decode(payload)

    async def brings(self, payload: bytes) -> None:
        """As a line of its own, whatever it is; what is no line of JSON does not count as an envelope."""
        told = self.emulator.service.told
        self.emulator.service.bring(payload)
        try:
            json.loads(payload)
        except (ValueError, RecursionError):
            self._missed += self.emulator.service.told - told

    def duplicates(self, on: bool) -> None:
        self.emulator.faults.copies = 2 if on else 0

    def disorders(self, on: bool) -> None:
        self.emulator.faults.swaps = on

    def ages(self, seconds: float) -> None:
        self.emulator.age = seconds

    def limits(self) -> None:
        self.emulator.faults.add(TooMany(0.2), method="send")

    def cuts(self) -> None:
        self._struck = self.emulator.faults.struck
        self.emulator.faults.add(ResetBefore(), times=FOREVER)
        self.emulator.cut()

    async def felt(self) -> None:
        await until(lambda: self.emulator.faults.struck >= self._struck + 2, "calls into the broken line")

    def mends(self) -> None:
        self.emulator.faults.clear()
