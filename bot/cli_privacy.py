"""`zuruf privacy …`: the papers of data protection, from the live settings. Thin: see `privacy_record.py`."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load
from bot.voice import terminal_voice

app = typer.Typer(help="Papers for data protection, from the live settings.", no_args_is_help=True)


@app.callback()
def privacy() -> None:
    """A group, also while it has one command."""


class PaperLanguage(StrEnum):
    DE = "de"
    EN = "en"


class PaperFormat(StrEnum):
    MD = "md"
    HTML = "html"


@app.command()
def record(
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = Path(),
    language: Annotated[PaperLanguage, typer.Option("--language", help="de or en.")] = PaperLanguage.DE,
    format_: Annotated[PaperFormat, typer.Option("--format", help="md, or html to print.")] = PaperFormat.HTML,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file.")] = None,
) -> None:
    """Write record of processing, data inventory, technical and organisational measures, and impact assessment."""
    from bot.privacy_record import write_record

    asyncio.run(write_record(load(config), language.value, format_.value, to, terminal_voice()))
