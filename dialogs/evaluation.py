"""The question under a news message, answered by one tap or word; the answer counts for the pilot.

The question is a small survey of its own (`Survey.attached`), so that "one person, one answer", changing, deletion and
safe results hold as for every survey; only the way to it is shorter. Not here: the message (`news.py`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dialogs import promises
from dialogs.broadcasts import Question, QuestionSort
from dialogs.effects import Send, Submit, Value
from dialogs.forms.questions import Option, QuestionType
from dialogs.forms.questions import Question as Asked
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from dialogs.session import Session
from dialogs.standing import stand, then_stand
from dialogs.survey_again import RESPONSE_BYTES
from dialogs.turn import Turn
from dialogs.wording import in_language
from dialogs.world import NewsItem, World

ANSWER: Final = "/data/answer"
"""Where the answer stands in the form of such a question (`storage/acts/evaluating.py` makes it)."""
TYPED_DAYS: Final = 14
"""So long after a news message a typed word can be the answer to its question."""


def pressed(session: Session, survey: str, index: int, world: World) -> Turn:
    """A button under a news message."""
    question = _question(survey, world)
    if question is None or index >= len(question.options) or not _is_open(survey, world):
        return stand(session, world, voice_of(session, world).t("This question is closed. Thank you all the same."))
    return _taken(session, survey, question, index, world)


def typed(session: Session, text: str, world: World) -> Turn | None:
    """A word or number where nothing else stands: the answer to the latest question, if it is one."""
    item = _latest(world)
    if item is None or item.broadcast.question is None:
        return None
    question = item.broadcast.question
    voice = Voice(session.language, world.now.date())
    options = tuple(Option(str(index), in_language(each.labels, voice)) for index, each in enumerate(question.options))
    asked = Asked("news", QuestionType.SELECT_ONE, "", options=options)
    reading = read(asked, text, session.language, world.now.date())
    if not isinstance(reading, Taken):
        return None
    return _taken(session, question.survey, question, int(reading.value), world)


def asked_on(world: World) -> date | None:
    """The day of the latest news whose question a typed word can answer."""
    item = _latest(world)
    return item.day if item is not None else None


def _taken(session: Session, survey: str, question: Question, index: int, world: World) -> Turn:
    voice = voice_of(session, world)
    submit = Submit(
        survey=survey,
        form=world.surveys[survey].form,
        response=world.rng.randbytes(RESPONSE_BYTES),
        language=session.language,
        values=(Value(ANSWER, question.options[index].key, sealed=False),),
        informed=promises.notice_version(world.town),
    )
    label = in_language(question.options[index].labels, voice)
    lines = [voice.t("Thank you. Your answer: {answer}", answer=label)]
    if not session.noticed:
        lines.append(promises.what_is_kept(world.surveys[survey], voice))
    thanks = Send(Say("\n".join(lines), kind=Kind.NOTE, language=voice.language))
    return then_stand(session, (submit, thanks), world)


def _question(survey: str, world: World) -> Question | None:
    found = (item.broadcast.question for item in world.news)
    return next((each for each in found if each is not None and each.survey == survey), None)


def _is_open(survey: str, world: World) -> bool:
    card = world.surveys.get(survey)
    return card is not None and card.is_open(world.now.date())


def _latest(world: World) -> NewsItem | None:
    """The newest news with a question of its own, if it is not too old."""
    oldest = world.now.date() - timedelta(days=TYPED_DAYS)
    for item in world.news:
        question = item.broadcast.question
        if question is not None and question.sort is not QuestionSort.SURVEY and item.day >= oldest:
            return item if _is_open(question.survey, world) else None
    return None
