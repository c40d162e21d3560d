"""`zuruf signal …`: what an operator does by hand about the Signal channel. Thin: the work is in `signalling.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Look after the Signal account.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]


@app.callback()
def main() -> None:
    """Look after the Signal account."""


@app.command()
def captcha(
    challenge: Annotated[str, typer.Argument(help="Name of the challenge, as the log says it.", show_default=False)],
    solution: Annotated[
        str, typer.Argument(help="What the captcha's page gives: signalcaptcha://…", show_default=False)
    ],
    config: ConfigFile = None,
) -> None:
    """Hand the solution of a captcha to Signal, which lifts its block; a running Zuruf notices within five minutes."""
    from bot.signalling import solve_captcha

    asyncio.run(solve_captcha(load(config), challenge, solution, terminal_voice()))
