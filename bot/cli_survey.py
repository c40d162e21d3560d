"""`zuruf survey …`: what staff do with surveys until the desk stands, and the engine's conformance replay.

Thin: files are read in `publishing.py`, results made safe in `privacy/disclosure.py`, shown by `screen.py`.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.config import load
from bot.voice import terminal_voice
from dialogs.legal import Basis

app = typer.Typer(help="Check, publish and close surveys; read results.", no_args_is_help=True)

FormFile = Annotated[Path, typer.Argument(help="XLSForm (.xlsx, .xls, .csv, .md) or XForm (.xml).", show_default=False)]
Code = Annotated[str, typer.Argument(help="The survey's code.", show_default=False)]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _parts(typed: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in typed.split(",") if part.strip())


@app.command()
def check(file: FormFile) -> None:
    """Say what is wrong with a form, where, and what to do; and how long it takes."""
    from bot.screen import report
    from storage.acts.publishing import read_draft
    from storage.sandbox import Sandbox

    voice = terminal_voice()

    async def work() -> bool:
        sandbox = Sandbox()
        try:
            draft = await read_draft(file, sandbox, voice)
        finally:
            await sandbox.close()
        Console(soft_wrap=True, highlight=False).print(report(draft.report, voice), soft_wrap=False)
        return not draft.report.errors

    if not asyncio.run(work()):
        raise typer.Exit(1)


@app.command()
def publish(
    file: FormFile,
    code: Annotated[str, typer.Option(help="Short name for links: a-z, 0-9, - and _.")],
    opens: Day = None,
    closes: Day = None,
    languages: Annotated[str, typer.Option(help="Languages to offer, such as de,en; default: all of the form's.")] = "",
    purpose: Annotated[str, typer.Option(help="What the answers are for, in one or two sentences.")] = "",
    owner: Annotated[str, typer.Option(help="The office that asks.")] = "",
    basis: Annotated[Basis | None, typer.Option(help="The legal basis: citizens read it.")] = None,
    title: Annotated[str, typer.Option(help="Title for citizens; default: the form's.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Cut the tie to the person at sending.")] = False,
    grace: Annotated[
        int | None, typer.Option(help="Days after close in which citizens can still delete; default: 14.")
    ] = None,
    filters: Annotated[
        str, typer.Option(help="Questions to filter results by, at most two, such as district,age:30:60.")
    ] = "",
    barred: Annotated[
        str,
        typer.Option(help="Channels on which it may not be answered, such as telegram, or unencrypted."),
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Publish a form under a code, or a new version of a survey that is open."""
    from bot.staff import publish_file
    from dialogs.world import Mode
    from storage.acts.publishing import Card

    card = Card(
        code=code,
        opens=_day(opens),
        closes=_day(closes),
        languages=_parts(languages),
        purpose=purpose,
        owner=owner,
        basis=basis,
        title=title,
        mode=Mode.STRICT if strict else None,
        grace_days=grace,
        filters=_parts(filters),
        barred=_parts(barred),
    )
    asyncio.run(publish_file(load(config), file, card, terminal_voice()))


@app.command(name="list")
def list_(config: ConfigFile = None) -> None:
    """List all surveys and how they stand."""
    from bot.staff import show_surveys

    asyncio.run(show_surveys(load(config), terminal_voice()))


@app.command()
def close(code: Code, config: ConfigFile = None) -> None:
    """Close a survey: no more answers are taken."""
    from bot.staff import close_survey

    asyncio.run(close_survey(load(config), code, terminal_voice()))


@app.command()
def outcome(
    code: Code,
    file: Annotated[Path, typer.Argument(help="What became of it (TOML).", show_default=False)],
    as_: Annotated[str, typer.Option("--as", help="Who does it; default: whoever is logged in.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say what became of a closed survey, on its page and to those who asked."""
    from bot.outcomes import publish_outcome

    asyncio.run(publish_outcome(load(config), code, file, as_, terminal_voice()))


@app.command()
def archive(
    code: Code,
    as_: Annotated[str, typer.Option("--as", help="Who does it; default: whoever is logged in.")] = "",
    config: ConfigFile = None,
) -> None:
    """Archive a survey whose outcome was said."""
    from bot.outcomes import archive as work

    asyncio.run(work(load(config), code, as_, terminal_voice()))


@app.command()
def results(
    code: Code,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Only people who answered so: district=north; twice at most.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Show the results as far as they protect everybody."""
    from bot.staff import show_results

    asyncio.run(show_results(load(config), code, by or [], terminal_voice()))


@app.command()
def export(
    code: Code,
    to: Annotated[Path | None, typer.Option("--to", help="File to write; default: CODE.csv.")] = None,
    config: ConfigFile = None,
) -> None:
    """Write the rows of a closed survey as CSV: shuffled, without pseudonym or time."""
    from bot.staff import export_rows

    asyncio.run(export_rows(load(config), code, to, terminal_voice()))


@app.command()
def links(
    code: Code,
    to: Annotated[Path, typer.Option("--to", help="Folder for the QR codes.")] = Path(),
    config: ConfigFile = None,
) -> None:
    """Show a survey's links and write a QR code for each as SVG and PNG."""
    from bot.staff import show_links

    asyncio.run(show_links(load(config), code, to, terminal_voice()))


@app.command(name="try")
def try_(
    file: FormFile,
    language: Annotated[str, typer.Option(help="Language to begin with, such as de.")] = "",
) -> None:
    """Play a form as a citizen would see it, in this terminal; nothing is stored."""
    from bot.trial import play

    asyncio.run(play(file, language, terminal_voice()))


@app.command()
def replay() -> None:
    """Play recorded cases (JSON lines on standard input) and print every node's state (JSON lines)."""
    from dialogs.forms.replay import replay as play

    for line in play(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
