"""What became of a survey: its words checked, its picture made, put on its page, and told to those who asked.

A picture is made of the public's numbers (`numbers.py`), once: what was published does not change. Not here: the words
around it (`dialogs/outcomes.py`), sending (`bot/broadcaster.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from dialogs.broadcasts import Act, BroadcastId, BroadcastState
from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.outcomes import told
from dialogs.world import OutcomeCard, Survey
from privacy.disclosure import SafeQuestion
from storage.acts.charts import chart, described
from storage.acts.errors import ActError
from storage.acts.naming import cell_name, question_name
from storage.acts.numbers import PublicNumbers
from storage.errors import Conflict
from storage.news import Broadcasts, Outcomes, Step

PARTS: Final = ("heard", "doing", "not_doing", "why")
_ANY_DAY = date(2000, 1, 1)  # numbers and labels name no day


def drawable(numbers: PublicNumbers, form: Form) -> list[SafeQuestion]:
    """Questions of which a picture can be made."""
    known = {control.ref for control in form.controls}
    return [each for each in numbers.results.questions if each.is_shown and each.cells and each.ref in known]


async def with_picture(
    outcomes: Outcomes, survey: Survey, card: OutcomeCard, question: SafeQuestion | None, form: Form,
    languages: Sequence[Language],
) -> tuple[OutcomeCard, bytes | None]:  # fmt: skip
    """The card with what its picture shows in words, and the picture; the one that stands, if there is one."""
    if question is None:
        return replace(card, alts={}), None
    picture = await outcomes.chart(survey.code)
    standing = (await outcomes.all()).get(survey.code)
    if picture is not None and standing is not None:
        return replace(card, alts=standing.alts), picture
    alts = {str(tag): _described(question, form, tag) for tag in languages}
    return replace(card, alts=alts), _drawn(question, form, languages[0])


async def tell(
    outcomes: Outcomes,
    broadcasts: Broadcasts,
    survey: Survey,
    card: OutcomeCard,
    picture: bytes | None,
    languages: Sequence[Language],
    who: str,
    now: datetime,
) -> BroadcastId:
    """Submit the message to those who asked, which somebody else approves, and put it on the survey's page: in this
    order, so that whatever stands on the page was told."""
    number = await broadcasts.draft(told(card, survey, languages), picture, who, now, "")
    await broadcasts.step(number, Step(BroadcastState.DRAFT, Act.SUBMIT, now, who))
    await outcomes.put(survey.code, card, picture, now.date())
    return number


async def archive(outcomes: Outcomes, survey: Survey, today: date, voice: Voice) -> None:
    """Raises `ActError` as long as nobody has said what became of it."""
    if survey.code not in await outcomes.all():
        raise ActError(
            voice.t(
                "“{code}” cannot be archived yet: people answered and are owed an answer. Say what you heard, what"
                " you do, what not and why: zuruf survey outcome {code} FILE.toml",
                code=survey.code,
            )
        )
    try:
        await outcomes.archive(survey.code, today)
    except Conflict:
        raise ActError(voice.t("“{code}” is archived already.", code=survey.code)) from None


def _drawn(question: SafeQuestion, form: Form, language: Language) -> bytes:
    voice = Voice(language, _ANY_DAY)
    return chart(question, _title(question, form, voice), lambda value: _label(question, form, value, voice), voice)


def _described(question: SafeQuestion, form: Form, language: Language) -> str:
    voice = Voice(language, _ANY_DAY)
    return described(question, _title(question, form, voice), lambda value: _label(question, form, value, voice), voice)


def _title(question: SafeQuestion, form: Form, voice: Voice) -> str:
    return question_name(next(each for each in form.controls if each.ref == question.ref), form, voice)


def _label(question: SafeQuestion, form: Form, value: str, voice: Voice) -> str:
    return cell_name(value, next(each for each in form.controls if each.ref == question.ref), form, voice)
