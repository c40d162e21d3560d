"""The question under a news message as a small survey of its own: its form, written and compiled here.

So answers are tied, changed, deleted and shown as those of every survey. Not here: how it is asked and answered
(`dialogs/evaluation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from dialogs.broadcasts import Broadcast, Question
from dialogs.forms.model import compile_form
from dialogs.pilots import Pilot
from dialogs.world import Survey
from storage.records import FormVersion
from storage.sandbox import Sandbox

OPEN_DAYS = 60
"""So long a question under the news takes answers."""
FILE = "question.md"


async def attached_survey(
    broadcast: Broadcast, question: Question, pilot: Pilot | None, today: date, sandbox: Sandbox
) -> tuple[Survey, FormVersion]:
    """The survey that holds the answers, with its form."""
    source = form_of(question).encode("utf-8")
    compiled = await sandbox.compile_form(FILE, source, {})
    xform = compiled.xform.encode("utf-8")
    form = compile_form(xform, compiled.attachments)
    survey = Survey(
        code=question.survey,
        form=form.hash,
        titles=dict(question.texts),
        purposes=dict(pilot.questions) if pilot is not None else {},
        closes=today + timedelta(days=OPEN_DAYS),
        owner=pilot.office if pilot is not None else "",
        attached=True,
    )
    return survey, FormVersion(form.hash, xform, dict(compiled.attachments), FILE, source)


def form_of(question: Question) -> str:
    """The XLSForm in Markdown, in every language that the question has."""
    languages = sorted({*question.texts, *(tag for option in question.options for tag in option.labels)})
    labels = [f"label::{tag}" if tag else "label" for tag in languages]
    rows = [
        "| survey | |",
        _row("", "type", "name", "required", *labels),
        _row("", "select_one options", "answer", "yes", *(_in(question.texts, tag) for tag in languages)),
        "| choices | |",
        _row("", "list_name", "name", *labels),
    ]
    rows += [
        _row("", "options", option.key, *(_in(option.labels, tag) for tag in languages)) for option in question.options
    ]
    rows += ["| settings | |", _row("", "form_id", "form_title"), _row("", question.survey, _in(question.texts, ""))]
    return "\n".join(rows) + "\n"


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")


def _row(*cells: str) -> str:
    clean = (" ".join(cell.replace("|", "/").split()) for cell in cells)
    return "| " + " | ".join(clean) + " |"
