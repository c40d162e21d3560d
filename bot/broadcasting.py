"""`zuruf broadcast draft|submit|approve|…`: acts on news at the command line. Not here: what each act checks and stores
(`storage/acts/broadcasting.py`), files (`storage/acts/newsfile.py`), the screen (`newsscreen.py`).
"""

from __future__ import annotations

from pathlib import Path

from bot.acting import at_work, town_of_now
from bot.config import Config
from bot.team import acting
from dialogs.broadcasts import MAY, Act, BroadcastId
from dialogs.i18n import Voice
from storage.acts import broadcasting
from storage.acts.broadcasting import STATES, known
from storage.acts.errors import ActError
from storage.acts.newsfile import PICTURE_LIMIT, read_news
from storage.sandbox import Sandbox


async def draft(config: Config, path: Path, number: int, named: str, voice: Voice) -> BroadcastId:
    """Store a file as a draft, or as a new version of one (`number`). Raises `ActError`."""
    read = read_news(path, config.town.languages[0], voice)
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.CHANGE], voice)
        now = await town_of_now(config, home)
        broadcast = await broadcasting.checked(now.config, home, read.broadcast, clock.today(), voice)
        picture = None
        if read.picture is not None:
            picture = await _picture(read.picture, voice)
        due = None if read.send_at is None else read.send_at.replace(tzinfo=config.timezone)
        standing = await known(home, number, voice) if number else None
        stored = await broadcasting.store_draft(
            home, broadcast, picture, due, who, clock.now(), voice, standing, path.name
        )
        console.print(voice.t("Draft {number} is stored.", number=str(stored)))
        console.print(voice.t("See it as it will look: zuruf broadcast preview {number}", number=str(stored)))
        return stored


async def _picture(path: Path, voice: Voice) -> bytes:
    sandbox = Sandbox()
    try:
        return await broadcasting.picture_of(_bytes(path, voice), path.name, sandbox, voice)
    finally:
        await sandbox.close()


async def submit(config: Config, number: int, named: str, voice: Voice) -> None:
    """Hand it to another person for approval. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.SUBMIT], voice)
        await broadcasting.submit(home, await known(home, number, voice), who, clock, voice)
        console.print(
            voice.t("Submitted. Somebody else approves it: zuruf broadcast approve {number}", number=str(number))
        )


async def approve(config: Config, number: int, named: str, confirmed: str, voice: Voice) -> None:
    """The second person's yes. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.APPROVE], voice)
        standing = await known(home, number, voice)
        await broadcasting.approve(config, home, standing, who, confirmed, clock, voice)
        console.print(
            voice.t(
                "Approved. The running bot sends it; follow it with: zuruf broadcast status {number} --watch",
                number=str(number),
            )
        )


async def act(config: Config, number: int, wanted: Act, named: str, voice: Voice) -> None:
    """Pause, resume or stop: takes effect within seconds. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[wanted], voice)
        state = await broadcasting.move(home, await known(home, number, voice), wanted, who, clock.now(), voice)
        console.print(voice.t("Broadcast {number}: {state}.", number=str(number), state=voice.t(STATES[state])))


async def ask_again(config: Config, number: int, named: str, voice: Voice) -> None:
    """Send to those of whom it is not known whether they got it: they may get it twice. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.APPROVE], voice)
        again = await broadcasting.ask_again(home, await known(home, number, voice), who, clock.now(), voice)
        console.print(voice.n("{n} person may get it twice.", "{n} people may get it twice.", again))


def _bytes(path: Path, voice: Voice) -> bytes:
    try:
        if path.stat().st_size > PICTURE_LIMIT:
            raise ActError(voice.t("{file} is too large for such a file.", file=path.name))
        return path.read_bytes()
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be read: {why}.", file=str(path), why=error.strerror or type(error).__name__)
        ) from None
