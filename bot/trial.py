"""`zuruf survey try FILE`: play a form in the terminal as a citizen would see it; nothing is stored.

The same engine, renderer and words as in the messengers, with a memory instead of stores.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console

from adapters.terminal.player import play as play_lines
from adapters.terminal.player import prompted
from bot.screen import report
from dialogs.capabilities import TERMINAL
from dialogs.forms.model import Form, compile_form
from dialogs.i18n import Voice
from dialogs.languages import form_languages, tag_of
from dialogs.player import Player
from dialogs.world import Survey, Town, World
from storage.acts.errors import ActError
from storage.acts.publishing import read_draft
from storage.sandbox import Sandbox

FILE_LIMIT = 20 * 1024 * 1024  # bytes of a photo or voice message
CODE = "try"


async def play(file: Path, language: str, voice: Voice) -> None:
    """Check the form, then play it from standard input. Raises `ActError` if it cannot be played."""
    console = Console(soft_wrap=True, highlight=False)
    sandbox = Sandbox()
    try:
        draft = await read_draft(file, sandbox, voice)
        if draft.report.errors:
            console.print(report(draft.report, voice), soft_wrap=False)
            raise ActError(voice.t("The form has errors; mend them first."))
        compiled = await sandbox.compile_form(draft.name, draft.source, draft.attachments)
    finally:
        await sandbox.close()
    form = compile_form(compiled.xform, compiled.attachments)
    purposes = draft.report.summary.purpose if draft.report.summary is not None else {}
    survey = Survey(
        code=CODE,
        form=form.hash,
        titles={"": form.title or file.stem},
        purposes={tag_of(name) if name else "": text for name, text in purposes.items()},
        languages=tuple(form_languages(form)),
        sample=True,
    )
    console.print(voice.t("Playing {file}. Answer with numbers and words; Ctrl-D ends it.", file=file.name) + "\n")
    player = Player(world=_world(survey, form, language or voice.language), read_file=_read_file)
    await asyncio.to_thread(play_lines, player, CODE, prompted(input), console.out)


def _world(survey: Survey, form: Form, language: str) -> Callable[[], World]:
    rng = random.SystemRandom()

    def world() -> World:
        return World(
            now=datetime.now().astimezone(),
            rng=rng,
            town=Town("Musterstadt"),
            channel=TERMINAL,
            surveys={CODE: survey},
            forms={form.hash: form},
            language_hint=language,
            channels=(TERMINAL,),
        )

    return world


def _read_file(path: str) -> bytes | None:
    file = Path(path).expanduser()
    try:
        return file.read_bytes() if file.stat().st_size <= FILE_LIMIT else None
    except OSError:
        return None
