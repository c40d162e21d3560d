"""`zuruf pilot apply|list`: pilots at the command line. Not here: the act (`storage/acts/pilots.py`), what a file says
(`storage/acts/pilotfile.py`).
"""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from bot.acting import at_work, town_of_now
from bot.config import Config
from bot.team import acting
from dialogs.i18n import Voice
from dialogs.pilots import STATE_NAMES, missing, name_of
from dialogs.roles import Right
from storage.acts import pilots as acts
from storage.acts.pilotfile import read_toml


async def apply(config: Config, path: Path, named: str, voice: Voice) -> None:
    """Make the pilot what its file says. Raises `ActError`; then nothing has changed."""
    tree = read_toml(path, voice)
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, Right.NEWS, voice)
        now = await town_of_now(config, home)
        applied = await acts.apply(now.config, home, tree, await acts.known(home, tree), who, clock, voice)
        pilot = applied.pilot
        state = voice.t(STATE_NAMES[pilot.state])
        console.print(voice.t("“{code}” is stored: {state}.", code=pilot.code, state=state))
        if applied.goodbye is not None:
            console.print(
                voice.t(
                    "Its findings and a goodbye are submitted as broadcast {number}. Somebody else approves it: zuruf"
                    " broadcast approve {number}",
                    number=str(applied.goodbye),
                )
            )
        lacks = missing(pilot)
        if lacks:
            fields = ", ".join(need.value for need in lacks)
            console.print(voice.t("Before it can go live it needs: {fields}.", fields=fields))
        if config.web_address:
            console.print(f"  {config.web_address}/p/{pilot.code}")


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
