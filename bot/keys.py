"""The acts of `zuruf keys`: what is done, noted in the audit log, and said.

No key is ever on the screen: keys have kinds and days, a root key has a name. Not here: how a rotation goes
(`storage/rotation.py`), where backups lie and for how long (`storage/backups.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home, private_folder
from bot.process import is_healthy
from dialogs.i18n import N_, Voice
from dialogs.promises import deletable_until
from privacy.keyring import KeyKind, UnsafeRoot, subject_of
from privacy.retention import KEYS
from storage.acts.errors import ActError
from storage.backups import KEPT_DAYS, Copy, all_backups, copy_of, new_backup
from storage.errors import Conflict
from storage.keys import KeyCount
from storage.readingkey import destroy_reading_key
from storage.rootkey import ROOT_FILE, destroy_file, destroy_roots, open_ring
from storage.rotation import Rotated, rotate
from storage.sql.database import KEYRING_FILE
from storage.sql.keyring_copy import copy_keyring, destroy_keyring, read_back_keyring
from storage.townkey import TOWN_FILE
from storage.valkey import in_use

KINDS: Final = {
    KeyKind.PEPPER: N_("peppers of surveys (pseudonyms)"),
    KeyKind.RETURN_CODE: N_("salts of return codes"),
    KeyKind.RESPONSE: N_("keys of responses (texts, places, files)"),
    KeyKind.STAGING: N_("keys of strict surveys' waiting answers"),
    KeyKind.EPOCH: N_("keys of days (conversations)"),
    KeyKind.RATE: N_("keys of days (rate limits)"),
    KeyKind.CONTACT_INDEX: N_("index of the contact book"),
    KeyKind.CONTACT_PUBLIC: N_("contact book, public part"),
    KeyKind.CONTACT_PRIVATE: N_("contact book, private part"),
    KeyKind.CONTACT: N_("keys of contacts (addresses)"),
    KeyKind.CASE: N_("keys of cases (feedback)"),
    KeyKind.CASE_CODES: N_("salts of case codes"),
    KeyKind.READING_PUBLIC: N_("reading key, public part"),
    KeyKind.INTAKE: N_("key for what staff write at the desk"),
    KeyKind.CHANNEL: N_("stores and identities of messengers"),
}
_WITH_ITS_OWN: Final = {
    KeyKind.RESPONSE: N_("with its response"),
    KeyKind.CONTACT: N_("with its contact"),
    KeyKind.CASE: N_("with its case"),
    KeyKind.CASE_CODES: N_("with the installation"),
    KeyKind.READING_PUBLIC: N_("with the installation"),
    KeyKind.INTAKE: N_("with the installation"),
    KeyKind.CHANNEL: N_("with the installation"),
}
"""Kinds whose keys die with what they are for, not by their age."""
_OF_A_SURVEY: Final = (KeyKind.PEPPER, KeyKind.RETURN_CODE, KeyKind.STAGING)


# -- status


async def show_status(config: Config, voice: Voice) -> None:
    async with at_work(config) as (home, clock, console):
        today = clock.today()
        counts = await home.keys.census()
        deaths = await _next_deaths(home, counts)
        console.print(_status(home, counts, deaths, today, voice))


async def _next_deaths(home: Home, counts: Sequence[KeyCount]) -> dict[str, date]:
    """When the next key of a kind is destroyed, where a day is set."""
    deaths: dict[str, date] = {}
    for count in counts:
        limit = KEYS[KeyKind(count.kind)].limit
        if isinstance(limit, timedelta) and KeyKind(count.kind) not in _WITH_ITS_OWN:
            deaths[count.kind] = min(deaths.get(count.kind, date.max), count.oldest + limit)
    ends = {survey.code: deletable_until(survey) for survey in await home.surveys.all()}
    for kind in _OF_A_SURVEY:
        held = [subject_of(purpose) for purpose in await home.keys.purposes(f"{kind.value}/")]
        days = [day + timedelta(days=1) for code in held if (day := ends.get(code)) is not None]
        if days:
            deaths[kind.value] = min(days)
    return deaths


def _status(
    home: Home, counts: Sequence[KeyCount], deaths: dict[str, date], today: date, voice: Voice
) -> RenderableType:
    ring = open_ring(home.state)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(voice.t("Keys"))
    for column in (N_("Number"), N_("Oldest, days"), N_("Next one dies")):
        table.add_column(voice.t(column), justify="right")
    for kind in KeyKind:
        rows = [count for count in counts if count.kind == kind.value]
        if rows:
            table.add_row(
                voice.t(KINDS[kind]),
                voice.number(sum(row.number for row in rows)),
                voice.number((today - min(row.oldest for row in rows)).days),
                _death(kind, deaths.get(kind.value), voice),
            )
    current = sum(count.number for count in counts if count.root == ring.root)
    others = sum(count.number for count in counts) - current
    lines = [Text(voice.t("Root key {name}: {path}", name=ring.root.hex(), path=str(home.state / ROOT_FILE)))]
    if others or len(ring.roots) > 1:
        unfinished = voice.n(
            "A rotation is unfinished: {n} key is wrapped under another root key. Go on with: zuruf keys rotate",
            "A rotation is unfinished: {n} keys are wrapped under another root key. Go on with: zuruf keys rotate",
            others,
        )
        lines.append(Text(unfinished, style="bold red"))
    return Group(*lines, Text(), table)


def _death(kind: KeyKind, day: date | None, voice: Voice) -> str:
    if day is not None:
        return voice.day(day)
    if kind in _WITH_ITS_OWN:
        return voice.t(_WITH_ITS_OWN[kind])
    return voice.t("no day is set: the survey has no end")


# -- rotation


async def rotate_root(config: Config, voice: Voice) -> None:
    """Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        try:
            done = await rotate(home.state, home.keys)
            await home.keychain.learn_roots()
        except (Conflict, UnsafeRoot) as error:
            raise ActError(str(error)) from None
        await note(home, clock, "keys.rotate", done.now.hex(), str(done.rows))
        _say_rotated(console, home, done, voice)


def _say_rotated(console: Console, home: Home, done: Rotated, voice: Voice) -> None:
    console.print(
        voice.n("{n} key is wrapped under a new root key.", "{n} keys are wrapped under a new root key.", done.rows)
    )
    console.print(
        voice.t("The root key is now {now}; {before} is destroyed.", now=done.now.hex(), before=done.before.hex())
    )
    path = str(home.state / ROOT_FILE)
    for line in (
        voice.t("1. Put a copy of {path} in the safe, apart from all backups.", path=path),
        voice.t("2. Make a backup of the keyring now: zuruf keys backup --to FOLDER"),
        voice.n(
            "3. Destroy the old root key's copy in {n} day: until then older backups of the keyring need it.",
            "3. Destroy the old root key's copy in {n} days: until then older backups of the keyring need it.",
            KEPT_DAYS[Copy.KEYRING],
        ),
    ):
        console.print(line)


# -- backup


async def back_up_keyring(config: Config, folder: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        try:
            target = await asyncio.to_thread(new_backup, home.state, folder, Copy.KEYRING, clock.now())
        except (Conflict, OSError) as error:
            raise ActError(str(error)) from None
        number = await copy_keyring(home.database, target)
        dropped = await home.housekeeping.drop_backups(clock.today())
        await note(home, clock, "keys.backup", target.name, str(number))
        console.print(voice.n("{n} key copied to {file}.", "{n} keys copied to {file}.", number, file=str(target)))
        console.print(
            voice.n(
                "It opens nothing without the root key, and is removed after {n} day: what is deleted has to be gone.",
                "It opens nothing without the root key, and is removed after {n} days: what is deleted has to be gone.",
                KEPT_DAYS[Copy.KEYRING],
            )
        )
        console.print(voice.t("Copies that you make of it you have to remove yourself."))
        if dropped:
            console.print(voice.n("{n} old backup removed.", "{n} old backups removed.", dropped))


async def restore_keyring(config: Config, backup: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        try:
            number = await read_back_keyring(home.database, backup, open_ring(home.state).roots)
        except (Conflict, UnsafeRoot) as error:
            raise ActError(str(error)) from None
        await note(home, clock, "keys.restore", backup.name, str(number))
        console.print(voice.n("{n} key read back.", "{n} keys read back.", number))
        console.print(
            voice.t("What citizens deleted after this backup was made may be back: tell the data-protection officer.")
        )


# -- the end


async def shred_keys(config: Config, ask: Callable[[str], str], voice: Voice) -> None:
    """Destroy the root key, the keyring and its backups. Raises `ActError` if Zuruf runs or the word is not typed."""
    state = private_folder(config.state_dir)
    refuse_running(config, state, voice)
    async with at_work(config) as (home, clock, console):
        name = open_ring(home.state).root.hex()
        console.print(
            voice.t(
                "This destroys every key for good: all texts, places, photos and ties to people become unreadable, here"
                " and in every backup. Choices and numbers stay. There is no way back."
            )
        )
        if ask(voice.t("Type the root key's name to go on ({name})", name=name)).strip() != name:
            raise ActError(voice.t("Nothing was destroyed."))
        await note(home, clock, "keys.shred", name)
        number = await destroy_keyring(home.database)
    await asyncio.to_thread(destroy_roots, state)
    await asyncio.to_thread(destroy_file, state / TOWN_FILE)
    await asyncio.to_thread(destroy_reading_key, state)
    for path in sorted(state.glob(f"{KEYRING_FILE}*")):
        path.unlink()
    backups = [path for path in all_backups(state) if copy_of(path) is Copy.KEYRING]
    for path in backups:
        path.unlink()
    console.print(voice.n("{n} key destroyed.", "{n} keys destroyed.", number))
    if backups:
        console.print(
            voice.n("{n} backup of the keyring removed.", "{n} backups of the keyring removed.", len(backups))
        )
    console.print(voice.t("Destroy the copies of the root key that lie elsewhere, too."))


def refuse_running(config: Config, state: Path, voice: Voice) -> None:
    """Raises `ActError` while Zuruf runs."""
    if in_use(state) or is_healthy(config):
        raise ActError(voice.t("Zuruf is running: stop it first."))


__all__ = [
    "back_up_keyring",
    "refuse_running",
    "restore_keyring",
    "rotate_root",
    "show_status",
    "shred_keys",
]
