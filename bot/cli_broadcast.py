"""`zuruf broadcast …`: news, from the draft to the report. Thin: `broadcasting.py` acts, `newsscreen.py` shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice
from dialogs.broadcasts import Act

app = typer.Typer(help="News to those who asked for them: draft, approve, send, report.", no_args_is_help=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
As = Annotated[str, typer.Option("--as", help="Who does it; default: whoever is logged in.")]
Id = Annotated[int, typer.Argument(help="The broadcast's number.", show_default=False, min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The news (Markdown with settings).", show_default=False)],
    replace: Annotated[int, typer.Option(help="Number of the draft that it takes the place of.", min=0)] = 0,
    as_: As = "",
    config: ConfigFile = None,
) -> None:
    """Store news from a file as a draft."""
    from bot.broadcasting import draft as work

    asyncio.run(work(load(config), file, replace, as_, terminal_voice()))


@app.command()
def preview(number: Id, config: ConfigFile = None) -> None:
    """Show it as it will look on every channel, how many people get it, and when it is through."""
    from bot.newsscreen import preview as work

    asyncio.run(work(load(config), number, terminal_voice()))


@app.command()
def submit(number: Id, as_: As = "", config: ConfigFile = None) -> None:
    """Hand a draft to another person for approval."""
    from bot.broadcasting import submit as work

    asyncio.run(work(load(config), number, as_, terminal_voice()))


@app.command()
def approve(
    number: Id,
    as_: As = "",
    confirm: Annotated[str, typer.Option(help="The number once more, where a town has one clerk only.")] = "",
    config: ConfigFile = None,
) -> None:
    """Approve what somebody else submitted: the running bot sends it."""
    from bot.broadcasting import approve as work

    asyncio.run(work(load(config), number, as_, confirm, terminal_voice()))


@app.command()
def pause(number: Id, as_: As = "", config: ConfigFile = None) -> None:
    """Send no more for now; takes effect within seconds."""
    _act(number, Act.PAUSE, as_, config)


@app.command()
def resume(number: Id, as_: As = "", config: ConfigFile = None) -> None:
    """Go on after a pause."""
    _act(number, Act.RESUME, as_, config)


@app.command()
def stop(number: Id, as_: As = "", config: ConfigFile = None) -> None:
    """End it for good; takes effect within seconds."""
    _act(number, Act.STOP, as_, config)


@app.command("retry-unknown")
def retry_unknown(number: Id, as_: As = "", config: ConfigFile = None) -> None:
    """Send again to those of whom it is not known whether they got it."""
    from bot.broadcasting import ask_again

    asyncio.run(ask_again(load(config), number, as_, terminal_voice()))


@app.command()
def status(
    number: Id,
    watch: Annotated[bool, typer.Option("--watch", help="Until it has ended.")] = False,
    json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """Show how far it is."""
    from bot.newsscreen import status as work

    asyncio.run(work(load(config), number, watch, json, terminal_voice()))


@app.command()
def report(number: Id, json: AsJson = False, config: ConfigFile = None) -> None:
    """Say what is known of it, and what is not."""
    from bot.newsscreen import report as work

    asyncio.run(work(load(config), number, json, terminal_voice()))


@app.command("list")
def list_(json: AsJson = False, config: ConfigFile = None) -> None:
    """Show all broadcasts, the newest first."""
    from bot.newsscreen import show

    asyncio.run(show(load(config), json, terminal_voice()))


def _act(number: int, act: Act, as_: str, config: Path | None) -> None:
    from bot.broadcasting import act as work

    asyncio.run(work(load(config), number, act, as_, terminal_voice()))
