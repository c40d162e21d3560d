"""`zuruf feedback …`: cases that citizens reported. Thin: the work is in `feedback.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice
from dialogs.moderation import CaseStatus

app = typer.Typer(help="Read what citizens report, reply, and say what becomes of it.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
Number = Annotated[str, typer.Argument(help="The case, as the list names it.", show_default=False)]


@app.command("list")
def list_(
    closed: Annotated[bool, typer.Option("--all", help="Closed cases as well.")] = False,
    config: ConfigFile = None,
) -> None:
    """Show open cases, and which of them may be about the same thing."""
    from bot.feedback import list_cases

    asyncio.run(list_cases(load(config), closed, terminal_voice()))


@app.command()
def show(number: Number, config: ConfigFile = None) -> None:
    """Show a case with everything that was written."""
    from bot.feedback import show_case

    asyncio.run(show_case(load(config), number, terminal_voice()))


@app.command()
def photo(
    number: Number,
    to: Annotated[Path, typer.Option("--to", help="File to write; there must be none yet.", show_default=False)],
    config: ConfigFile = None,
) -> None:
    """Write the photo of a case to a file: pixels only, without hidden data."""
    from bot.feedback import export_photo

    asyncio.run(export_photo(load(config), number, to, terminal_voice()))


@app.command()
def reply(
    number: Number,
    words: Annotated[str, typer.Argument(help="What the citizen shall read.", show_default=False)],
    config: ConfigFile = None,
) -> None:
    """Write to whoever reported it, without learning who it is."""
    from bot.feedback import reply as write

    asyncio.run(write(load(config), number, words, terminal_voice()))


@app.command()
def barriers(
    answered: Annotated[str, typer.Option(help="The number of one that was answered.")] = "",
    config: ConfigFile = None,
) -> None:
    """Show barriers that were reported on the pages, or note that one was answered."""
    from bot.barriers import show_barriers

    asyncio.run(show_barriers(load(config), answered, terminal_voice()))


@app.command()
def status(
    number: Number,
    then: Annotated[CaseStatus, typer.Argument(help="Where the case stands now.", show_default=False)],
    office: Annotated[str, typer.Option(help="Which office has it.")] = "",
    because: Annotated[str, typer.Option(help="Why it will not be done; the citizen is told.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say what becomes of a case."""
    from bot.feedback import set_status

    asyncio.run(set_status(load(config), number, then, office, because, terminal_voice()))
