"""`zuruf privacy record`: the papers of data protection, filled in from the live settings and the table of retention.

One document in four parts: record of processing (Art. 30 GDPR), data inventory (from `privacy/retention.py`, so that
it cannot drift from the code), technical and organisational measures (Art. 32), prefilled impact assessment (Art. 35).
What only the town can know is left to fill in and marked. The words are templates in Markdown (`templates/privacy/`),
one a language; the page to print is made of the same Markdown. Not here: what is looked up (`privacy_facts.py`).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.acting import at_work, note, town_of_now
from bot.config import Config
from bot.privacy_facts import Facts, gather, inventory
from dialogs.i18n import Voice, format_day
from dialogs.messages import Language
from storage.acts.errors import ActError

_MARKED: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"})


async def write_record(config: Config, language: str, format_: str, folder: Path, voice: Voice) -> None:
    """Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        facts = await gather((await town_of_now(config, home)).config, home, clock.today())
        spoken = Voice(Language(language), clock.today())
        text = markdown(facts, spoken)
        document = text if format_ == "md" else page(text, facts, spoken)
        target = folder / f"zuruf-privacy-{language}.{format_}"
        try:
            await asyncio.to_thread(_write, target, document)
        except OSError as error:
            raise ActError(str(error)) from None
        await note(home, clock, "privacy.record", language, format_)
        console.print(voice.t("Written: {file}", file=str(target)))
        console.print(
            voice.n(
                "{n} place is left for the town to fill in; it is marked.",
                "{n} places are left for the town to fill in; they are marked.",
                text.count(FILL_IN[language]),
            )
        )


FILL_IN: Final = {"de": "[bitte ergänzen", "en": "[please fill in"}
"""How a place that only the town can fill begins, by language."""


def markdown(facts: Facts, voice: Voice) -> str:
    """The document in the voice's language."""
    text = (
        _templates()
        .get_template(f"record.{voice.language}.md.j2")
        .render(
            facts=facts,
            places=inventory(voice),
            today=format_day(facts.made, voice.language),
            fill=FILL_IN[voice.language],
        )
    )
    return text.strip() + "\n"


def page(text: str, facts: Facts, voice: Voice) -> str:
    """The document as one page that needs nothing else, ready to print."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    body = re.sub(rf"{re.escape(FILL_IN[voice.language])}[^\]]*\]", r"<mark>\g<0></mark>", body)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            body=Markup(body),  # noqa: S704  (made of Markdown without HTML; values are escaped in it)
            language=voice.language,
            town=facts.town,
        )
    )


def plain(value: Any) -> str:
    """A value from settings or surveys, so that Markdown reads it as words."""
    return " ".join(str(value).split()).translate(_MARKED)


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot", "templates/privacy"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701  (Markdown: `plain` escapes)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    return environment


def _write(target: Path, document: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(document, "utf-8")
