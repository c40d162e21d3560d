"""`zuruf texts …`: masked texts, and the way to an original. Thin: the work is in `unmasking.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Read masked texts; read an original with a reason and a second person.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
Code = Annotated[str, typer.Argument(help="The survey's code.", show_default=False)]
Request = Annotated[str, typer.Argument(help="The request's number.", show_default=False)]


@app.command("list")
def list_(code: Code, config: ConfigFile = None) -> None:
    """Show the masked texts of a survey, in random order."""
    from bot.unmasking import list_texts

    asyncio.run(list_texts(load(config), code, terminal_voice()))


@app.command()
def unmask(
    code: Code,
    text: Annotated[str, typer.Argument(help="The text's number, as the list names it.", show_default=False)],
    because: Annotated[str, typer.Option(help="Why the original has to be read; kept in the audit log.")] = "",
    config: ConfigFile = None,
) -> None:
    """Ask to read an original; somebody else has to approve."""
    from bot.unmasking import ask

    asyncio.run(ask(load(config), code, text, because, terminal_voice()))


@app.command()
def requests(config: ConfigFile = None) -> None:
    """Show who asked to read an original, why, and who approved."""
    from bot.unmasking import list_requests

    asyncio.run(list_requests(load(config), terminal_voice()))


@app.command()
def approve(number: Request, config: ConfigFile = None) -> None:
    """Let an original be read, as the second person."""
    from bot.unmasking import approve as approve_

    asyncio.run(approve_(load(config), number, typer.prompt, terminal_voice()))


@app.command()
def decline(number: Request, config: ConfigFile = None) -> None:
    """Refuse or withdraw a request."""
    from bot.unmasking import decline as decline_

    asyncio.run(decline_(load(config), number, terminal_voice()))


@app.command()
def show(
    number: Request,
    to: Annotated[Path | None, typer.Option("--to", help="File for a photo or voice message.")] = None,
    config: ConfigFile = None,
) -> None:
    """Show an original that was approved, to the two who decided."""
    from bot.unmasking import show as show_

    asyncio.run(show_(load(config), number, to, terminal_voice()))
