"""`zuruf matrix …`: the account's identity, and recovery from a lost store. Thin: the work is in `matrix.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Look after the Matrix account: its identity, a lost store.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]


@app.command()
def identity(config: ConfigFile = None) -> None:
    """Show the account, its link and its cross-signing key, as citizens can compare it."""
    from bot.matrix import show_identity

    asyncio.run(show_identity(load(config), terminal_voice()))


@app.command()
def recover(
    new_identity: Annotated[
        bool,
        typer.Option("--new-identity", help="Replace cross-signing keys that another program made for the account."),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """After the store was lost: log in with a new device, sign it, log out the old ones."""
    from bot.matrix import recover_matrix

    asyncio.run(recover_matrix(load(config), new_identity, terminal_voice()))
