"""`zuruf backup` and `zuruf restore`: the records and the Matrix store, apart from the keyring (`keys.py`).

After a restore everything that citizens deleted since the backup is deleted again, before anybody is served.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home, private_folder, records_file
from bot.keys import refuse_running
from bot.matrix import STORE_FILE, put_store_back
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.backups import KEPT_DAYS, Copy, check_sqlite, copy_of, copy_sqlite, is_open, new_backup, put_back
from storage.clock import Clock
from storage.errors import Conflict, Unavailable

MARK_TABLE = "responses"
"""A table by which a backup of the records is known."""


async def back_up(config: Config, folder: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    source = records_file(config)
    async with at_work(config) as (home, clock, console):
        store = home.state / STORE_FILE
        has_store = store.exists()
        if source is None and not has_store:
            raise ActError(_elsewhere(voice))
        if source is not None:
            target = await _copied(home, clock, source, folder, Copy.RECORDS)
            console.print(voice.t("The records are copied to {file}.", file=str(target)))
            console.print(
                voice.n(
                    "It is removed after {n} day. The keyring has a backup of its own: zuruf keys backup --to FOLDER",
                    "It is removed after {n} days. The keyring has a backup of its own: zuruf keys backup --to FOLDER",
                    KEPT_DAYS[Copy.RECORDS],
                )
            )
        else:
            console.print(_elsewhere(voice))
        if has_store:
            await _copy_store(home, clock, console, folder, voice)
        dropped = await home.housekeeping.drop_backups(clock.today())
        if dropped:
            console.print(voice.n("{n} old backup removed.", "{n} old backups removed.", dropped))


async def _copy_store(home: Home, clock: Clock, console: Console, folder: Path, voice: Voice) -> None:
    target = await _copied(home, clock, home.state / STORE_FILE, folder, Copy.MATRIX)
    console.print(voice.t("The Matrix store is copied to {file}.", file=str(target)))
    console.print(
        voice.n("It is removed after {n} day.", "It is removed after {n} days.", KEPT_DAYS[Copy.MATRIX]),
    )


async def _copied(home: Home, clock: Clock, source: Path, folder: Path, of: Copy) -> Path:
    """Raises `ActError`."""
    try:
        target = await asyncio.to_thread(new_backup, home.state, folder, of, clock.now())
        await asyncio.to_thread(copy_sqlite, source, target)
    except (Conflict, Unavailable, OSError) as error:
        raise ActError(str(error)) from None
    await note(home, clock, f"{of.value}.backup", target.name)
    return target


def _elsewhere(voice: Voice) -> str:
    return voice.t("The records are in PostgreSQL. Copy them with: pg_dump --exclude-schema=keyring --format=custom")


async def restore(config: Config, backup: Path, voice: Voice) -> None:
    """What the file is a backup of takes its place. Raises `ActError`."""
    refuse_running(config, private_folder(config.state_dir), voice)
    if copy_of(backup) is Copy.MATRIX:
        await put_store_back(config, backup, voice)
    else:
        await restore_records(config, backup, voice)


async def restore_records(config: Config, backup: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    target = records_file(config)
    if target is None:
        raise ActError(voice.t("The records are in PostgreSQL. Put them back with: pg_restore"))
    try:
        await asyncio.to_thread(check_sqlite, backup, MARK_TABLE)
        if await asyncio.to_thread(is_open, target):
            raise ActError(voice.t("The records are in use: stop Zuruf and its desk first."))
        await asyncio.to_thread(put_back, backup, target)
    except (Conflict, Unavailable, OSError) as error:
        raise ActError(str(error)) from None
    async with at_work(config) as (home, clock, console):
        today = clock.today()
        await home.housekeeping.close_overdue(today)
        erased = await home.housekeeping.apply_tombstones()
        await home.housekeeping.settle_surveys(today)
        await note(home, clock, "records.restore", backup.name, str(erased))
        console.print(voice.t("The records are back as in {file}.", file=str(backup)))
        console.print(
            voice.n(
                "{n} response that was deleted since is deleted again.",
                "{n} responses that were deleted since are deleted again.",
                erased,
            )
        )
