"""Where moderators read: the queue, opened copies, themes, and the forms that say what was asked.

One object that the desk opens with its stores, so that views find everything that reads texts in one place. Not here:
pages (`views/texts.py`, `views/themes.py`, `views/feedback.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from desk.library import Library, Shelf, Source
from desk.themes.saying import Saying
from desk.themes.words import Word
from desk.themes.worker import Counted, CountWords, ThemeWorker, WorkerFailed, evenly
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from dialogs.languages import form_language
from dialogs.text_states import COUNTS
from dialogs.world import Survey
from privacy.disclosure import NEW_ANSWERS, VIEW_LASTS
from storage.acts.library import Library as Published
from storage.sql.copies import Copies
from storage.sql.database import Database
from storage.sql.keys import SqlKeys
from storage.sql.moderation import Moderation
from storage.sql.quotes import Quote, approved_quotes
from storage.sql.surveys import SqlSurveys
from storage.sql.themes import Themes
from storage.sql.unmaskings import Unmaskings

MOST_STUDIES: Final = 200
"""Results of counting words that are kept in memory."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Study:
    """Words as they were counted: they step forward as results do, not with each answer."""

    at: datetime
    texts: int
    counted: Counted


@dataclass(slots=True)
class ReadingRoom:
    """Made by `open_reading_room`."""

    moderation: Moderation
    copies: Copies
    themes: Themes
    unmaskings: Unmaskings
    published: Published
    library: Library = field(default_factory=Library)
    worker: ThemeWorker = field(default_factory=ThemeWorker)
    _studies: dict[tuple[str, ...], Study] = field(default_factory=dict)
    _studying: dict[tuple[str, ...], asyncio.Task[None]] = field(default_factory=dict)

    # -- what was asked

    async def survey(self, code: str) -> Survey | None:
        await self.published.refresh()
        return self.published.surveys.get(code)

    async def surveys(self) -> Sequence[Survey]:
        await self.published.refresh()
        return list(self.published.surveys.values())

    async def questions(self, survey: Survey, voice: Voice) -> Mapping[str, str]:
        """Questions for words, by ref, as they were put; in the form's order."""
        form = await self.published.need(survey.form)
        if form is None:
            return {}
        asked = [control for control in form.controls if control.type is QuestionType.TEXT]
        return {control.ref: _nearest(control.labels, form, voice) or control.ref for control in asked}

    # -- texts

    def shelf(self, survey: str) -> Shelf | None:
        """Every text of a survey, opened; None while that goes on."""
        return self.library.shelf(survey, self.source(survey))

    def source(self, survey: str) -> Source:
        async def every() -> AsyncIterator[Sequence[Saying]]:
            async for some in self.copies.every(survey):
                yield [
                    Saying(each.number, each.text, each.language, each.response, {"question": each.question})
                    for each in some
                ]

        return every

    async def counting(self, survey: str, question: str) -> list[Saying] | None:
        """Texts of one question that count: all that are not hidden. None while they are being opened."""
        shelf = self.shelf(survey)
        if shelf is None:
            return None
        states = await self.moderation.states(survey)
        return [
            each for each in shelf.sayings if each.groups["question"] == question and states.get(each.number) in COUNTS
        ]

    async def quotes(self, survey: str) -> Sequence[Quote]:
        """Quotes that may be published."""
        return await approved_quotes(self.moderation, self.copies, survey)

    # -- words

    async def frequent_words(self, survey: str, question: str, now: datetime) -> Sequence[Word] | None:
        """Words that most people used in answering a question, none of fewer than five people. None while they are
        being counted: ask again in some seconds. A new count is made as results step forward."""
        if not await self.moderation.readable(survey):
            return []
        key = ("words", survey, question)
        texts = await self.counting(survey, question)
        if texts is not None:
            self.study(key, texts, [], now)
        study = self._studies.get(key)
        return study.counted.frequent if study is not None else None

    def study(self, key: tuple[str, ...], texts: Sequence[Saying], facets: list[str], now: datetime) -> Study | None:
        """Words as they were counted last; a new count is begun if it is due."""
        last = self._studies.get(key)
        due = last is None or (
            abs(len(texts) - last.texts) >= NEW_ANSWERS and now - last.at >= max(VIEW_LASTS, timedelta(0))
        )
        if due and key not in self._studying:
            task = asyncio.get_running_loop().create_task(self._count(key, texts, facets, now))
            self._studying[key] = task
            task.add_done_callback(lambda _: self._studying.pop(key, None))
        return last

    async def studied(self) -> None:
        """Wait for what is being counted."""
        await asyncio.gather(*list(self._studying.values()))

    async def _count(self, key: tuple[str, ...], texts: Sequence[Saying], facets: list[str], now: datetime) -> None:
        try:
            counted = await self.worker.words(CountWords(evenly(texts), facets))
        except WorkerFailed as error:
            log.warning("words_not_counted", error=type(error).__name__)
            return
        while len(self._studies) >= MOST_STUDIES:
            self._studies.pop(next(iter(self._studies)))
        self._studies[key] = Study(now, len(texts), counted)

    async def close(self) -> None:
        """End what goes on, and forget every word."""
        for task in list(self._studying.values()):
            task.cancel()
        await asyncio.gather(*self._studying.values(), return_exceptions=True)
        self._studies.clear()
        await self.library.close()


def open_reading_room(database: Database, state: Path) -> ReadingRoom:
    """Reads no key before a text is opened."""
    keys = SqlKeys(database)
    return ReadingRoom(
        Moderation(database),
        Copies(database, keys, state),
        Themes(database, state),
        Unmaskings(database),
        Published(SqlSurveys(database)),
    )


def _nearest(labels: Mapping[str, str], form: Form, voice: Voice) -> str:
    name = form_language(form, voice.language) or form.default_language
    return labels.get(name) or next((text for text in labels.values() if text), "")
