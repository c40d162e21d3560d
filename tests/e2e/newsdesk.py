"""The staff of a town for tests of news: two people, a pilot, broadcasts by file, from the draft to the approval."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from e2e.town import TownUnderTest

from adapters.telegram.emulator import Citizen
from bot import broadcasting, pilots, team
from bot.config import Config
from bot.voice import terminal_voice
from dialogs.broadcasts import Act, BroadcastId, BroadcastState, Outcome
from dialogs.roles import Role

ENGLISH = terminal_voice({"LANG": "en"})
NEWS = Path(__file__).parents[1] / "scenarios" / "news"
PATIENCE = 30.0

TOPICS = """
[[news.topics]]
key = "verkehr"
label = "Verkehr"

[[news.topics]]
key = "platz"
label = "Neuer Platz"
"""


async def hire(config: Config) -> None:
    """An editor and an approver."""
    await team.add(config, "anna", [Role.EDITOR], ENGLISH)
    await team.add(config, "bert", [Role.APPROVER], ENGLISH)


async def apply_pilot(config: Config, folder: Path, **changes: str) -> None:
    """The sample pilot; `changes` are lines of its file to put in place of others."""
    text = (NEWS / "rufbus.toml").read_text("utf-8")
    for old, new in changes.items():
        line = next(each for each in text.splitlines() if each.startswith(f"{old} ="))
        text = text.replace(line, new)
    path = folder / "pilot.toml"
    path.write_text(text, "utf-8")
    await pilots.apply(config, path, "anna", ENGLISH)


async def approved(config: Config, file: Path) -> BroadcastId:
    """A broadcast on its way."""
    number = await broadcasting.draft(config, file, 0, "anna", ENGLISH)
    await broadcasting.submit(config, number, "anna", ENGLISH)
    await broadcasting.approve(config, number, "bert", "", ENGLISH)
    return number


async def stop(config: Config, number: BroadcastId) -> None:
    await broadcasting.act(config, number, Act.STOP, "bert", ENGLISH)


def news_file(folder: Path, text: str, front: str = "", name: str = "news.md") -> Path:
    path = folder / name
    path.write_text(f"+++\n{front}\n+++\n# de\n{text}\n", "utf-8")
    return path


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(NEWS / name, folder))


async def subscribed(town: TownUnderTest, number: int, to: str = "Alle Nachrichten") -> list[Citizen]:
    """So many people who asked for news by two words."""
    people = [town.telegram.citizen(language_code="de") for _ in range(number)]

    async def ask(citizen: Citizen) -> None:
        await citizen.says("nachrichten bekommen")
        await citizen.reads()
        await citizen.says(to)
        await citizen.reads()

    for start in range(0, number, 20):
        await asyncio.gather(*map(ask, people[start : start + 20]))
    return people


async def state_is(town: TownUnderTest, number: BroadcastId, state: BroadcastState) -> None:
    """Wait until a broadcast stands so."""

    async def there() -> bool:
        stored = await town.app.home.broadcasts.get(number)
        return stored is not None and stored.state is state

    await until(there)


async def until(there: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await there():  # type: ignore[misc]  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def counts(town: TownUnderTest, number: BroadcastId) -> dict[Outcome, int]:
    found: dict[Outcome, int] = {}
    for count in await town.app.home.deliveries.counts(number):
        found[count.outcome] = found.get(count.outcome, 0) + count.people
    return found
