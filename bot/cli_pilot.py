"""`zuruf pilot …`: pilots by files. Thin: the work is in `pilots.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Pilots: what the town tries out.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
As = Annotated[str, typer.Option("--as", help="Who does it; default: whoever is logged in.")]


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The pilot's file (TOML).", show_default=False)],
    as_: As = "",
    config: ConfigFile = None,
) -> None:
    """Make a pilot what its file says: new, changed, or a step further in its life."""
    from bot.pilots import apply as work

    asyncio.run(work(load(config), file, as_, terminal_voice()))


@app.command("list")
def list_(config: ConfigFile = None) -> None:
    """Show all pilots and how they stand."""
    from bot.pilots import show

    asyncio.run(show(load(config), terminal_voice()))
