"""`zuruf pilot apply|list`: pilots by files. Each act is noted in the audit log.

Not here: what a file says (`pilotfile.py`), what a step of life sets off (`partings.py`).
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.team import acting
from dialogs.broadcasts import Act, BroadcastState, Role
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.pilots import OVER, STATE_NAMES, Pilot, missing, name_of
from dialogs.standing_news import goodbye
from storage.acts.errors import ActError
from storage.acts.pilotfile import read_pilot, read_toml
from storage.clock import Clock
from storage.news import Step


async def apply(config: Config, path: Path, named: str, voice: Voice) -> None:
    """Make the pilot what its file says. Raises `ActError`; then nothing has changed."""
    tree = read_toml(path, voice)
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, {Role.AUTHOR}, voice)
        known = {pilot.code: pilot for pilot in await home.pilots.all()}
        before = known.get(str(tree.get("code", "")).strip().lower())
        pilot = read_pilot(tree, before, clock.today(), voice)
        _refuse_unknown_topics(config, pilot, voice)
        await home.pilots.put(pilot)
        step = "" if before is not None and before.state is pilot.state else pilot.state.value
        await note(home, clock, "pilot.apply", pilot.code, step, who)
        state = voice.t(STATE_NAMES[pilot.state])
        console.print(voice.t("“{code}” is stored: {state}.", code=pilot.code, state=state))
        if step and pilot.state in OVER and pilot.findings:
            await _submit_goodbye(config, home, pilot, who, clock, console, voice)
        lacks = missing(pilot)
        if lacks:
            fields = ", ".join(need.value for need in lacks)
            console.print(voice.t("Before it can go live it needs: {fields}.", fields=fields))
        if config.web_address:
            console.print(f"  {config.web_address}/p/{pilot.code}")


async def _submit_goodbye(
    config: Config, home: Home, pilot: Pilot, who: str, clock: Clock, console: Console, voice: Voice
) -> None:
    """The findings go to those who followed it, as the pilot's last message, once somebody else approves them."""
    broadcast = goodbye(pilot, [Language(tag) for tag in config.town.languages], with_findings=True)
    number = await home.broadcasts.draft(broadcast, None, who, clock.now(), "")
    await home.broadcasts.step(number, Step(BroadcastState.DRAFT, Act.SUBMIT, clock.now(), who))
    await note(home, clock, "broadcast.submit", str(number), "goodbye", who)
    console.print(
        voice.t(
            "Its findings and a goodbye are submitted as broadcast {number}. Somebody else approves it: zuruf broadcast"
            " approve {number}",
            number=str(number),
        )
    )


def _refuse_unknown_topics(config: Config, pilot: Pilot, voice: Voice) -> None:
    known = [topic.key for topic in config.news.topics]
    strange = [topic for topic in pilot.topics if topic not in known]
    if strange:
        raise ActError(
            voice.t(
                "There is no topic “{topic}”. There are: {known}. Topics are set in [[news.topics]].",
                topic=strange[0],
                known=", ".join(known) or "–",
            )
        )


async def show(config: Config, voice: Voice) -> None:
    """All pilots and how they stand."""
    async with at_work(config) as (home, _, console):
        pilots = await home.pilots.all()
        if not pilots:
            console.print(voice.t("There is no pilot yet. Begin with: zuruf pilot apply FILE.toml"))
            return
        table = Table(box=None, pad_edge=False)
        for head in (voice.t("code"), voice.t("name"), voice.t("state"), voice.t("trial"), voice.t("office")):
            table.add_column(head)
        for pilot in pilots:
            trial = f"{pilot.starts or '–'} … {pilot.ends or '–'}"
            table.add_row(pilot.code, name_of(pilot, voice), voice.t(STATE_NAMES[pilot.state]), trial, pilot.office)
        console.print(table, markup=False)
