"""Telegram's bench: the emulator of the Bot API, with long polling as a small town runs it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from channels.base import PATIENCE, Feature, Heard, Reader, TownScene, until
from e2e.talking import quiet
from e2e.town import TOKEN
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written

from adapters.faults import FOREVER
from adapters.telegram import codec
from adapters.telegram.emulator import BotMessage, Citizen, Emulator, Group, ResetBefore, TooMany, aiogram_schema
from bot.app import App
from dialogs.capabilities import TELEGRAM, Capabilities

HERE = Path(__file__).parent
MARK = "✓ "


@dataclass
class TelegramPhone(Reader):
    """A citizen with Telegram."""

    citizen: Citizen = field(kw_only=True)
    bench: TelegramBench = field(kw_only=True)
    _seen: dict[int, int] = field(default_factory=dict)

    @property
    def native(self) -> str:
        return str(self.citizen.id)

    def look(self) -> None:
        for message in list(self.citizen.shown.values()):
            if self._seen.get(message.id) != message.edits:
                self.heard.append(_heard(message))
                self._seen[message.id] = message.edits

    async def stirs(self) -> None:
        await self.citizen.stirs()

    async def begin(self, code: str) -> None:
        await self.citizen.says(f"/start {code}")

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self.tap_or_say(labels, words)
            case Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                await self.citizen.sends_location(latitude, longitude)
            case Photo(data):
                await self.citizen.sends_photo(data)
            case Voice(data):
                await self.citizen.sends_voice(data)

    async def says(self, text: str) -> None:
        await self.citizen.says(text)

    async def taps(self, label: str) -> None:
        await self.citizen.presses(label)

    async def quiet(self) -> None:
        await self.bench.idle()
        self.look()

    async def edits(self, text: str) -> None:
        await self.citizen.edits(text)

    async def deletes(self) -> None:
        """Telegram tells no bot of it."""

    async def reacts(self, sign: str) -> None:
        """Telegram tells a bot only if it asks for reactions, and ours does not."""

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        await self.citizen.sends_document(name, mime, data)

    async def sends_odd(self) -> None:
        await self.citizen.sends_contact()

    async def leaves(self) -> None:
        await self.citizen.blocks()

    async def returns(self) -> None:
        await self.citizen.unblocks()


def _heard(message: BotMessage) -> Heard:
    labels = message.labels
    files = (message.file_name or message.file_kind,) if message.file_kind else ()
    return Heard(
        message.text,
        tuple(label.removeprefix(MARK) for label in labels),
        tuple(label.removeprefix(MARK) for label in labels if label.startswith(MARK)),
        files,
        revised=message.edits > 0,
    )


@dataclass
class TelegramGroup:
    """A group that somebody added the bot to."""

    group: Group

    async def invites(self) -> None:
        await self.group.invites()

    async def says(self, text: str) -> None:
        await self.group.says(text)

    async def hears(self) -> str:
        await until(lambda: bool(self.group.texts), "a word in the group")
        return self.group.texts[-1]

    async def is_left(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.group.left.wait()


class TelegramBench:
    """The Bot API, emulated."""

    capabilities: Capabilities = TELEGRAM
    cannot: Mapping[Feature, str] = {
        Feature.DELETIONS: "the Bot API does not tell a bot what people delete",
        Feature.REACTIONS: "not asked for: a reaction is public in Telegram's own lists and names no answer",
    }
    captured: Sequence[bytes] = tuple(
        json.dumps(one).encode() for one in json.loads((HERE / "captured" / "telegram.json").read_text("utf-8"))
    )
    refusals = (ValueError,)

    def __init__(self) -> None:
        self.emulator = Emulator(token=TOKEN, schema=aiogram_schema())
        self._app: App | None = None
        self._called = 0

    async def start(self) -> None:
        await self.emulator.__aenter__()

    async def close(self) -> None:
        await self.emulator.__aexit__(None, None, None)

    def scene(self, folder: Path, redis_url: str) -> TownScene:
        return TownScene(self, folder, redis_url)

    def settings(self) -> Mapping[str, str]:
        return {"ZURUF_TELEGRAM_TOKEN": TOKEN, "ZURUF_TELEGRAM_API_BASE": self.emulator.api_base}

    def attach(self, app: App) -> None:
        self._app = app

    async def phone(self, language: str = "de") -> TelegramPhone:
        return TelegramPhone(citizen=self.emulator.citizen(language_code=language), bench=self)

    async def group(self, phone: TelegramPhone) -> TelegramGroup:
        return TelegramGroup(self.emulator.group(phone.citizen))

    async def idle(self) -> None:
        """Every update was taken, every reply handed over."""
        assert self._app is not None
        await until(lambda: not self.emulator.updates.pending, "the updates to be taken")
        await quiet(self._app)

    def decode(self, payload: bytes) -> object:
        return codec.decode(payload)

    async def brings(self, payload: bytes) -> None:
        """Anything that has the shape of an update; what has not comes as the field of one."""
        try:
            update = json.loads(payload)
        except (ValueError, RecursionError):
            update = {"message": payload.decode("utf-8", "replace")}
        if not isinstance(update, dict):
            update = {"message": update}
        update["update_id"] = self.emulator.updates.next_id()
        self.emulator.updates.post_raw(0, update)

    def duplicates(self, on: bool) -> None:
        self.emulator.faults.copies = 2 if on else 0

    def disorders(self, on: bool) -> None:
        self.emulator.faults.swaps = on

    def ages(self, seconds: float) -> None:
        self.emulator.age = seconds

    def limits(self) -> None:
        self.emulator.faults.add(TooMany(0.2), method="sendMessage")

    def cuts(self) -> None:
        self._called = len(self.emulator.calls)
        self.emulator.faults.add(ResetBefore(), times=FOREVER)

    async def felt(self) -> None:
        await until(lambda: len(self.emulator.calls) >= self._called + 2, "calls into the broken line")

    def mends(self) -> None:
        self.emulator.faults.clear()
