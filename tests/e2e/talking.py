"""A citizen who answers one short survey by heart, whatever happens on the way: waits, reads past repetitions, goes on.

For tests of faults: what is said and how it is stored is short and known, so that nothing lost goes unnoticed.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e.town import SECRET

from adapters.telegram.emulator import BotMessage, Citizen, Emulator
from bot.app import App

PATIENCE = 60.0
"""Seconds until a test gives up; what it takes is not measured here."""

BENCHES = """
| survey | | | | |
| | type | name | label | required |
| | select_one ja | bank | Fehlt eine Bank? | yes |
| | integer | zahl | Wie viele fehlen? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""

_NUMBERS = itertools.count(1)


def benches(folder: Path, form: str = BENCHES) -> Path:
    """The form as a file."""
    path = folder / "baenke.md"
    path.write_text(form, "utf-8")
    return path


@dataclass
class Talker:
    """One citizen of the survey `baenke` on Telegram, with words that nobody else says."""

    citizen: Citizen
    number: int = field(default_factory=lambda: next(_NUMBERS))
    last: BotMessage | None = None
    heard: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return f"Schatten, bitte ({self.number})"

    @property
    def given(self) -> dict[str, str]:
        """What must be stored in the end."""
        return {"/data/bank": "ja", "/data/zahl": str(self.number), "/data/wort": self.words}

    async def hears(self, text: str, seconds: float = PATIENCE) -> BotMessage:
        """Read until a message holds the text."""
        async with asyncio.timeout(seconds):
            while True:
                message = (await self.citizen.reads(1, seconds))[0]
                self.heard.append(message.text)
                if text in message.text or text in message.labels:
                    self.last = message
                    return message

    async def walks(self, code: str = "baenke") -> None:
        """From the first word to the receipt."""
        await self.begins(code)
        await self.answers()

    async def begins(self, code: str = "baenke") -> None:
        await self.citizen.says(f"/start {code}")
        await self.hears("Fehlt eine Bank?")

    async def answers(self) -> None:
        await self.citizen.presses("Ja", self.last)
        await self.hears("Wie viele fehlen?")
        await self.citizen.says(str(self.number))
        await self.hears("Was noch?")
        await self.citizen.says(self.words)
        await self.sends()

    async def sends(self) -> None:
        await self.hears("Absenden")
        await self.citizen.presses("Absenden", self.last)
        await self.hears("Beleg")


def talkers(telegram: Emulator, count: int) -> list[Talker]:
    return [Talker(telegram.citizen()) for _ in range(count)]


def is_complete(stored: Sequence[dict[str, Any]], people: Sequence[Talker]) -> bool:
    """Exactly these people's answers are stored, each once and whole."""
    expected = sorted((sorted(talker.given.items()) for talker in people), key=repr)
    return sorted((sorted(row.items()) for row in stored), key=repr) == expected


def webhook(port: int) -> dict[str, str]:
    """Settings of a town to which Telegram brings its updates."""
    return {
        "ZURUF_HTTP_PORT": str(port),
        "ZURUF_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hooks/telegram",
        "ZURUF_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


async def eventually(condition: Callable[[], bool]) -> None:
    """Until it is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  (what is waited for tells nobody)
            await asyncio.sleep(0.01)


async def quiet(app: App) -> None:
    """Until nobody is being answered: no lane is taken, no reply under way."""
    await eventually(lambda: not len(app.turns._lanes) and not app.turns._tasks._tasks)


async def refused(app: App, count: int, outcome: str = "not_taken") -> None:
    """Until so many acts of Telegram could not be taken."""
    await eventually(lambda: counted(app, outcome) >= count)


def counted(app: App, outcome: str, channel: str = "telegram") -> float:
    """Turns that ended so."""
    return app.metrics.turns.labels(channel, outcome)._value.get()


def faults(app: App) -> float:
    """Defects of ours that showed."""
    return sum(app.metrics.faults.labels(where)._value.get() for where in ("turn", "task", "http"))
