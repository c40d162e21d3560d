"""Matrix as the process sees it: its settings with folder and key, `zuruf matrix …`, and what the doctor says of it.

Not here: the channel itself (`adapters/matrix/`).
"""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Final

from adapters.errors import ChannelError
from adapters.matrix.settings import MatrixSettings, Unencrypted
from adapters.secret import Secret
from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from dialogs.capabilities import MATRIX
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.backups import check_sqlite, copy_sqlite
from storage.errors import Conflict, Unavailable
from storage.settings import ConfigError

STORE_FILE: Final = Path("matrix") / "store.sqlite"
MARK_TABLE: Final = "entries"
"""A table by which a backup of the store is known."""
CHECK_LIMIT: Final = 15.0  # seconds


async def matrix_settings(config: Config, home: Home, today: date) -> MatrixSettings | None:
    """None if no homeserver is set. The first time, an empty store and its key are made. Raises `ConfigError`."""
    section = config.matrix
    if not section.homeserver:
        return None
    key = await home.keychain.channel_if_any(MATRIX.channel)
    settings = _settings(config, home, key or bytes(32))
    if key is None:
        from adapters.matrix.recovery import prepare

        await asyncio.to_thread(prepare, settings.store)
        settings = _settings(config, home, await home.keychain.channel(MATRIX.channel, today))
    return settings


def _settings(config: Config, home: Home, key: bytes) -> MatrixSettings:
    section = config.matrix
    try:
        return MatrixSettings(
            homeserver=section.homeserver,
            user=section.user,
            password=Secret(section.password),
            store=home.state / STORE_FILE,
            key=Secret(key.hex()),
            display_name=section.display_name or config.town.name,
            unencrypted=Unencrypted(section.unencrypted),
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


async def recover_matrix(config: Config, new_identity: bool, voice: Voice) -> None:
    """Begin with a new device after the store was lost. Raises `ActError`."""
    from adapters.matrix.recovery import recover
    from adapters.matrix.vault import StoreInUse

    async with at_work(config) as (home, clock, console):
        settings = await matrix_settings(config, home, clock.today())
        if settings is None:
            raise ActError(voice.t("Matrix is off: matrix.homeserver (ZURUF_MATRIX_HOMESERVER) is not set."))
        try:
            done = await recover(settings, new_identity)
        except StoreInUse:
            raise ActError(voice.t("Zuruf is running with this store. Stop it first.")) from None
        except ChannelError as error:
            raise ActError(str(error)) from None
        await note(home, clock, "matrix.recover", done.device)
        console.print(voice.t("Matrix has a new device: {device}.", device=done.device))
        console.print(voice.n("{n} old device is logged out.", "{n} old devices are logged out.", done.dropped))
        console.print(voice.t("Cross-signing key: {key}", key=done.fingerprint))


async def put_store_back(config: Config, backup: Path, voice: Voice) -> None:
    """A backup of the store takes its place: the same device goes on where it was. Raises `ActError`."""
    from adapters.matrix.recovery import put_back
    from adapters.matrix.vault import StoreInUse, StoreLost

    def copy(target: Path) -> None:
        check_sqlite(backup, MARK_TABLE)
        target.touch(mode=0o600)
        copy_sqlite(backup, target)

    async with at_work(config) as (home, clock, console):
        settings = await matrix_settings(config, home, clock.today())
        if settings is None:
            raise ActError(voice.t("Matrix is off: matrix.homeserver (ZURUF_MATRIX_HOMESERVER) is not set."))
        try:
            device = await asyncio.to_thread(put_back, settings, copy)
        except StoreInUse:
            raise ActError(voice.t("Zuruf is running with this store. Stop it first.")) from None
        except (StoreLost, Conflict, Unavailable, OSError) as error:
            raise ActError(str(error)) from None
        await note(home, clock, "matrix.restore", backup.name)
        console.print(voice.t("The Matrix store is back as in {file}.", file=str(backup)))
        console.print(voice.t("Matrix goes on as the device {device}.", device=device))


async def show_identity(config: Config, voice: Voice) -> None:
    """The account and its cross-signing key, for whoever wants to check that it is the town. Raises `ActError`."""
    from adapters.matrix.recovery import cross_signing_of

    async with at_work(config) as (home, clock, console):
        settings = await matrix_settings(config, home, clock.today())
        if settings is None:
            raise ActError(voice.t("Matrix is off: matrix.homeserver (ZURUF_MATRIX_HOMESERVER) is not set."))
        console.print(settings.user)
        console.print(settings.link)
        console.print(voice.t("Cross-signing key: {key}", key=cross_signing_of(settings).fingerprint))


async def problem_of(settings: MatrixSettings) -> str:
    """For the doctor: '' if the homeserver answers and the store is there."""
    from adapters.matrix.adapter import probe
    from adapters.matrix.recovery import refuse_lost
    from adapters.matrix.vault import StoreLost

    try:
        refuse_lost(settings)
        async with asyncio.timeout(CHECK_LIMIT):
            return await probe(settings)
    except StoreLost as error:
        return f"{error}."
    except TimeoutError:
        return "The homeserver does not answer in time."
