"""`zuruf keys …`: the keyring and its root key. Thin: the work is in `keys.py` and in `storage/`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Look after the keys: state, rotation, backup, destruction.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]


@app.command()
def status(config: ConfigFile = None) -> None:
    """Show which keys there are, how old, and when the next ones die; never a key."""
    from bot.keys import show_status

    asyncio.run(show_status(load(config), terminal_voice()))


@app.command()
def rotate(config: ConfigFile = None) -> None:
    """Make a new root key and wrap every key anew, while Zuruf runs; goes on where it was if it is begun again."""
    from bot.keys import rotate_root

    asyncio.run(rotate_root(load(config), terminal_voice()))


@app.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="Folder for keyring backups, apart from all others.")],
    config: ConfigFile = None,
) -> None:
    """Copy the keyring, without the root key, into a file of its own that lives seven days."""
    from bot.keys import back_up_keyring

    asyncio.run(back_up_keyring(load(config), to, terminal_voice()))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `zuruf keys backup` made.", show_default=False)],
    config: ConfigFile = None,
) -> None:
    """Read a keyring backup back, where the keyring was lost."""
    from bot.keys import restore_keyring

    asyncio.run(restore_keyring(load(config), file, terminal_voice()))


@app.command()
def shred(config: ConfigFile = None) -> None:
    """Destroy the root key and every other key: for the end of an installation. Asks for a typed confirmation."""
    from bot.keys import shred_keys

    asyncio.run(shred_keys(load(config), lambda question: typer.prompt(question, default=""), terminal_voice()))
