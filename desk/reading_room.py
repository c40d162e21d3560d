"""Where moderators read: the queue, opened copies, themes, and the forms that say what was asked.

One object that the desk opens with its stores, so that views find everything that reads texts in one place. Not here:
pages (`views/texts.py`, `views/themes.py`, `views/feedback.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import structlog

from desk.library import Library, Shelf, Source
from desk.themes.carrying import carry
from desk.themes.facets import CATEGORY, DISTRICT, MONTH, OFFICE, STATUS, Released, released, themed
from desk.themes.saying import Saying
from desk.themes.topics import Topic
from desk.themes.words import Word
from desk.themes.worker import Counted, CountWords, FindThemes, SplitTheme, ThemeWorker, WorkerFailed, evenly
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from dialogs.languages import form_language
from dialogs.text_states import COUNTS
from dialogs.world import Survey
from privacy.disclosure import NEW_ANSWERS, VIEW_LASTS, Status
from storage.acts.categories import PERSON
from storage.acts.library import Library as Published
from storage.errors import StorageError
from storage.sql.case_files import CaseFiles
from storage.sql.copies import Copies
from storage.sql.database import Database
from storage.sql.feedback_views import FeedbackView, FeedbackViews, is_due
from storage.sql.keys import SqlKeys
from storage.sql.moderation import Moderation
from storage.sql.quotes import Quote, approved_quotes
from storage.sql.themes import About, NewTheme, Themes
from storage.sql.unmaskings import Unmaskings

FEEDBACK: Final = ""
"""The shelf of reports; surveys have theirs by code."""
MOST_HALVES: Final = 2
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
    cases: CaseFiles
    feedback_views: FeedbackViews
    library: Library = field(default_factory=Library)
    worker: ThemeWorker = field(default_factory=ThemeWorker)
    _studies: dict[tuple[str, ...], Study] = field(default_factory=dict)
    _studying: dict[tuple[str, ...], asyncio.Task[None]] = field(default_factory=dict)
    _finding: dict[About, asyncio.Task[None]] = field(default_factory=dict)
    _failed: set[About] = field(default_factory=set)

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

    # -- reports

    def reports(self) -> Sequence[Saying] | None:
        """Every report that has a copy, with its groups; None while they are being opened. What somebody writes to a
        person is no report."""
        shelf = self.library.shelf(FEEDBACK, self.report_source())
        return shelf.sayings if shelf is not None else None

    def report_source(self) -> Source:
        async def every() -> AsyncIterator[Sequence[Saying]]:
            found = await self.cases.all(closed=True)
            yield [
                Saying(
                    case.id,
                    case.report.words,
                    case.language,
                    b"",
                    {
                        CATEGORY: case.category,
                        OFFICE: case.office,
                        DISTRICT: case.report.district,
                        MONTH: f"{case.opened:%Y-%m}",
                        STATUS: case.status.value,
                    },
                )
                for case in sorted(found, key=lambda case: case.id)
                if case.report is not None and case.category != PERSON
            ]

        return every

    async def feedback(self, now: datetime) -> tuple[Released, FeedbackView] | None:
        """Feedback in numbers, as it may be shown now; None while reports are being opened."""
        texts = self.reports()
        if texts is None:
            return None
        last = await self.feedback_views.last()
        if not is_due(last, len(texts), now):
            assert last is not None
            return Released.from_json(json.loads(last.release)), last
        past = Released.from_json(json.loads(last.release)).feedback.everybody if last is not None else None
        members = await self.themes.members(About())
        made = await asyncio.to_thread(lambda: released(themed(texts, members), past))
        view = FeedbackView(now, len(texts), json.dumps(made.as_json()))
        if made.feedback.everybody.status is Status.PUBLISHED:
            await self.feedback_views.keep(view)
        return made, view

    # -- themes

    async def texts_about(self, about: About) -> Sequence[Saying] | None:
        """What themes are found in; None while texts are being opened."""
        if about.survey:
            return await self.counting(about.survey, about.question)
        return self.reports()

    async def how_many(self, about: About) -> int | None:
        """Texts that themes are found in; None while they are being opened."""
        if not about.survey:
            reports = self.reports()
            return len(reports) if reports is not None else None
        if self.shelf(about.survey) is None:
            return None
        counts = await self.moderation.counts(about.survey)
        return sum(n for (_, question, state), n in counts.items() if question == about.question and state in COUNTS)

    def suggest(self, about: About, texts: Sequence[Saying], today: date) -> None:
        """Begin to find themes, unless that goes on already; what moderators hold stays."""
        if about in self._finding:
            return
        self._failed.discard(about)
        task = asyncio.get_running_loop().create_task(self._find(about, texts, today))
        self._finding[about] = task
        task.add_done_callback(lambda _: self._finding.pop(about, None))

    def is_finding(self, about: About) -> bool:
        return about in self._finding

    def has_failed(self, about: About) -> bool:
        """Whether the last try came to nothing."""
        return about in self._failed

    async def found(self) -> None:
        """Wait for themes that are being found."""
        await asyncio.gather(*list(self._finding.values()))

    async def _find(self, about: About, texts: Sequence[Saying], today: date) -> None:
        try:
            topics = await self.worker.topics(FindThemes(evenly(texts)))
            standing = [theme for theme in await self.themes.all(about) if theme.held]
            members: dict[bytes, list[bytes]] = {}
            for number, theme in (await self.themes.members(about)).items():
                members.setdefault(theme, []).append(number)
            held = {each.id: Topic(each.language, list(each.words), members.get(each.id, [])) for each in standing}
            new = [
                NewTheme(each.topic.language, tuple(each.topic.words), tuple(each.topic.members), each.held)
                for each in carry(held, topics)
            ]
            await self.themes.replace(about, new, today)
        except (WorkerFailed, StorageError) as error:
            log.warning("themes_not_found", error=type(error).__name__)
            self._failed.add(about)

    async def split_theme(self, about: About, id_: bytes, today: date) -> bool:
        """Cut a theme in two; False if it cannot be cut. Raises `WorkerFailed`, and `Conflict` if it is gone."""
        texts = await self.texts_about(about)
        theme = next((each for each in await self.themes.all(about) if each.id == id_), None)
        if texts is None or theme is None:
            return False
        inside = {number for number, of in (await self.themes.members(about)).items() if of == id_}
        halves = await self.worker.topics(SplitTheme([each for each in texts if each.number in inside]))
        if len(halves) < MOST_HALVES:
            return False
        parts = [NewTheme(half.language, tuple(half.words), tuple(half.members)) for half in halves]
        placed = {number for half in halves for number in half.members}
        rest = tuple(number for number in inside if number not in placed)
        parts[0] = replace(parts[0], members=(*parts[0].members, *rest))
        await self.themes.split(about, id_, parts, today)
        return True

    # -- words

    async def frequent_words(self, survey: str, question: str, now: datetime) -> Sequence[Word] | None:
        """Words that most people used in answering a question, none of fewer than five people. None while they are
        being counted: ask again in some seconds. A new count is made as results step forward."""
        if not await self.moderation.readable(survey):
            return []
        key = ("words", survey, question)
        last = self._studies.get(key)
        if last is not None and now - last.at < VIEW_LASTS:
            return last.counted.frequent
        texts = await self.counting(survey, question)
        if texts is not None:
            self.study(key, texts, [], now)
        study = self._studies.get(key)
        return study.counted.frequent if study is not None else None

    def study(self, key: tuple[str, ...], texts: Sequence[Saying], facets: list[str], now: datetime) -> Study | None:
        """Words as they were counted last; a new count is begun if it is due."""
        last = self._studies.get(key)
        due = last is None or (abs(len(texts) - last.texts) >= NEW_ANSWERS and now - last.at >= VIEW_LASTS)
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
        going = [*self._studying.values(), *self._finding.values()]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        self._studies.clear()
        await self.library.close()


def open_reading_room(database: Database, state: Path, published: Published, cases: CaseFiles) -> ReadingRoom:
    """Reads no key before a text is opened."""
    keys = SqlKeys(database)
    return ReadingRoom(
        Moderation(database),
        Copies(database, keys, state),
        Themes(database, state),
        Unmaskings(database),
        published,
        cases,
        FeedbackViews(database),
    )


def _nearest(labels: Mapping[str, str], form: Form, voice: Voice) -> str:
    name = form_language(form, voice.language) or form.default_language
    return labels.get(name) or next((text for text in labels.values() if text), "")
