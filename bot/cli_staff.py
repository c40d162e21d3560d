"""`zuruf staff …` and `zuruf audit …`: who may do what, and who did. Thin: `team.py`, `auditing.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice
from dialogs.roles import Role

staff = typer.Typer(help="Who of the staff may do what.", no_args_is_help=True)
audit = typer.Typer(help="What staff did.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
Name = Annotated[str, typer.Argument(help="How the audit log calls the person.", show_default=False)]


@staff.command()
def add(
    name: Name,
    role: Annotated[
        list[Role],
        typer.Option(
            help="administrator, editor, approver, moderator or reader; repeat it for several.", show_default=False
        ),
    ],
    config: ConfigFile = None,
) -> None:
    """Add somebody, or change their roles."""
    from bot.team import add as work

    asyncio.run(work(load(config), name, role, terminal_voice()))


@staff.command()
def remove(name: Name, config: ConfigFile = None) -> None:
    """Take all roles from somebody."""
    from bot.team import remove as work

    asyncio.run(work(load(config), name, terminal_voice()))


@staff.command("list")
def list_(config: ConfigFile = None) -> None:
    """Show everybody and their roles."""
    from bot.team import show

    asyncio.run(show(load(config), terminal_voice()))


@audit.command()
def verify(
    json: Annotated[bool, typer.Option("--json", help="Print every entry, for programs.")] = False,
    head: Annotated[str, typer.Option(help="The head that an earlier check printed.")] = "",
    config: ConfigFile = None,
) -> None:
    """Check the audit log's chain from its first entry on; ends with 1 if anything was changed."""
    from bot.auditing import verify as work

    asyncio.run(work(load(config), json, head, terminal_voice()))
