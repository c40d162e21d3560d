"""`zuruf backup` and `zuruf restore`: the records, apart from the keyring (`keys.py`).

After a restore everything that citizens deleted since the backup is deleted again, before anybody is served.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.acting import at_work, note
from bot.config import Config
from bot.home import private_folder, records_file
from bot.keys import refuse_running
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.backups import KEPT_DAYS, Copy, check_sqlite, copy_sqlite, new_backup, put_back
from storage.errors import Conflict, Unavailable

MARK_TABLE = "responses"
"""A table by which a backup of the records is known."""


async def back_up_records(config: Config, folder: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    source = records_file(config)
    if source is None:
        raise ActError(
            voice.t("The records are in PostgreSQL. Copy them with: pg_dump --exclude-schema=keyring --format=custom")
        )
    async with at_work(config) as (home, clock, console):
        try:
            target = await asyncio.to_thread(new_backup, home.state, folder, Copy.RECORDS, clock.now())
            await asyncio.to_thread(copy_sqlite, source, target)
        except (Conflict, Unavailable, OSError) as error:
            raise ActError(str(error)) from None
        dropped = await home.housekeeping.drop_backups(clock.today())
        await note(home, clock, "records.backup", target.name)
        console.print(voice.t("The records are copied to {file}.", file=str(target)))
        console.print(
            voice.n(
                "It is removed after {n} day. The keyring has a backup of its own: zuruf keys backup --to FOLDER",
                "It is removed after {n} days. The keyring has a backup of its own: zuruf keys backup --to FOLDER",
                KEPT_DAYS[Copy.RECORDS],
            )
        )
        if dropped:
            console.print(voice.n("{n} old backup removed.", "{n} old backups removed.", dropped))


async def restore_records(config: Config, backup: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    target = records_file(config)
    if target is None:
        raise ActError(voice.t("The records are in PostgreSQL. Put them back with: pg_restore"))
    refuse_running(config, private_folder(config.state_dir), voice)
    try:
        await asyncio.to_thread(check_sqlite, backup, MARK_TABLE)
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
