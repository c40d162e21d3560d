"""The command `zuruf`: what operators and clerks type. Each command is thin; the work is done elsewhere.

Commands are imported where they run: `zuruf --help` must not wait for a database driver.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli_broadcast import app as broadcast
from bot.cli_feedback import app as feedback
from bot.cli_keys import app as keys
from bot.cli_matrix import app as matrix
from bot.cli_pilot import app as pilot
from bot.cli_privacy import app as privacy
from bot.cli_signal import app as signal
from bot.cli_staff import audit, staff
from bot.cli_survey import app as survey
from bot.cli_texts import app as texts
from bot.config import load
from bot.voice import terminal_voice
from storage.acts.errors import ActError
from storage.settings import SetupError

FAILED = 1
MISUSED = 2

app = typer.Typer(
    name="zuruf",
    help="Conversations between a town and its citizens, in the messengers they already use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(survey, name="survey")
app.add_typer(feedback, name="feedback")
app.add_typer(pilot, name="pilot")
app.add_typer(broadcast, name="broadcast")
app.add_typer(staff, name="staff")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(matrix, name="matrix")
app.add_typer(privacy, name="privacy")
app.add_typer(signal, name="signal")
app.add_typer(texts, name="texts")

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; default: ./zuruf.toml, if any.")]


@app.command()
def run(config: ConfigFile = None) -> None:
    """Start every configured channel and serve until told to stop."""
    from bot.process import serve

    serve(load(config))


@app.command()
def desk(config: ConfigFile = None) -> None:
    """Start the web for staff and moderators, beside a running Zuruf."""
    from bot.deskside import become_desk

    become_desk(load(config), config)


@app.command()
def demo(
    state: Annotated[Path, typer.Option(help="Folder for everything the demonstration keeps.")] = Path("state/demo"),
) -> None:
    """Start with a sample survey and sample answers; needs no server and no token."""
    from bot.demo import play

    play(state)


@app.command()
def doctor(config: ConfigFile = None) -> None:
    """Check settings, keys, database, Redis and channels, and say what to do."""
    from bot.doctor import examine

    raise typer.Exit(asyncio.run(examine(load(config), Console(), terminal_voice())))


@app.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="Folder for these backups, apart from the keyring's.")],
    config: ConfigFile = None,
) -> None:
    """Copy the records and the Matrix store while Zuruf runs; the keyring has its own (zuruf keys backup)."""
    from bot.backing_up import back_up

    asyncio.run(back_up(load(config), to, terminal_voice()))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `zuruf backup` made.", show_default=False)],
    config: ConfigFile = None,
) -> None:
    """Put a backup in place: the records, erasing again what citizens erased since, or the Matrix store."""
    from bot.backing_up import restore as put_in_place

    asyncio.run(put_in_place(load(config), file, terminal_voice()))


@app.command(hidden=True)
def healthy(config: ConfigFile = None) -> None:
    """For the container's health check: ends with 0 if `/healthz` of this machine says so."""
    from bot.process import is_healthy

    raise typer.Exit(0 if is_healthy(load(config)) else FAILED)


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """What we expect to go wrong ends as a sentence, never as a traceback."""
    voice = terminal_voice()
    try:
        yield
    except SetupError as error:
        _say(voice.t("Zuruf cannot start: {why}", why=str(error)))
        raise SystemExit(MISUSED) from None
    except ActError as error:
        _say(str(error))
        raise SystemExit(FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None


def _say(text: str) -> None:
    Console(stderr=True, soft_wrap=True).print(text, markup=False, highlight=False)


def main() -> None:
    """Entry point."""
    with plain_errors():
        app()
