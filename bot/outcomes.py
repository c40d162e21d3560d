"""`zuruf survey outcome|archive`: what became of a survey, on its page and to those who asked; then it is archived.

A chart is made of a `SafeTally` under the rules for the public, once: what was published does not change. Not here: the
words around it (`dialogs/outcomes.py`), sending (`broadcaster.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.team import acting
from dialogs.broadcasts import Act, BroadcastState
from dialogs.forms.model import Form, compile_form
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.outcomes import told
from dialogs.roles import Right
from dialogs.world import OutcomeCard, Survey
from privacy.disclosure import PUBLIC, SafeQuestion, disclose
from storage.acts.charts import chart, described
from storage.acts.errors import ActError
from storage.acts.naming import cell_name, nearest
from storage.acts.pilotfile import read_toml, text, texts
from storage.acts.publishing import checked_code
from storage.errors import Conflict
from storage.news import Step
from storage.tallies import lists_of, tally

_ANY_DAY = date(2000, 1, 1)  # numbers and labels name no day
PARTS = ("heard", "doing", "not_doing", "why")
KNOWN = frozenset({*PARTS, "chart"})


async def publish_outcome(config: Config, code: str, path: Path, named: str, voice: Voice) -> None:
    """Store it, and submit the message to those who asked. Raises `ActError`; then nothing has changed."""
    tree = read_toml(path, voice)
    languages = [Language(tag) for tag in config.town.languages]
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, Right.PUBLISH, voice)
        survey = await _closed(home, code, voice)
        card = replace(_read(tree, voice), day=clock.today())
        picture = await home.outcomes.chart(survey.code)
        wanted = text(tree, "chart", voice)
        if wanted:
            standing = (await home.outcomes.all()).get(survey.code)
            if picture is not None and standing is not None:
                card = replace(card, alts=standing.alts)  # what was published does not change
            else:
                question, form = await _question(home, survey, wanted, voice)
                picture = _drawn(question, form, languages[0])
                card = replace(card, alts={str(tag): _described(question, form, tag) for tag in languages})
        else:
            picture = None
        await home.outcomes.put(survey.code, card, picture, clock.today())
        number = await home.broadcasts.draft(told(card, survey, languages), picture, who, clock.now(), "")
        await home.broadcasts.step(number, Step(BroadcastState.DRAFT, Act.SUBMIT, clock.now(), who))
        await note(home, clock, "survey.outcome", survey.code, str(number), who)
        console.print(voice.t("The outcome of “{code}” stands on its page.", code=survey.code))
        console.print(
            voice.t(
                "The message to those who asked for it is submitted as broadcast {number}. Somebody else approves it:"
                " zuruf broadcast approve {number}",
                number=str(number),
            )
        )


async def archive(config: Config, code: str, named: str, voice: Voice) -> None:
    """Raises `ActError` as long as nobody has said what became of it."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, Right.NEWS_STOP, voice)
        survey = await _closed(home, code, voice)
        if survey.code not in await home.outcomes.all():
            raise ActError(
                voice.t(
                    "“{code}” cannot be archived yet: people answered and are owed an answer. Say what you heard, what"
                    " you do, what not and why: zuruf survey outcome {code} FILE.toml",
                    code=survey.code,
                )
            )
        try:
            await home.outcomes.archive(survey.code, clock.today())
        except Conflict:
            raise ActError(voice.t("“{code}” is archived already.", code=survey.code)) from None
        await note(home, clock, "survey.archive", survey.code, "", who)
        console.print(voice.t("“{code}” is archived.", code=survey.code))


async def _closed(home: Home, code: str, voice: Voice) -> Survey:
    wanted = checked_code(code, voice)
    surveys = {survey.code: survey for survey in await home.surveys.all()}
    if wanted not in surveys:
        raise ActError(voice.t("There is no survey with the code “{code}”.", code=wanted))
    if not surveys[wanted].closed:
        raise ActError(voice.t("“{code}” is open: close it first (zuruf survey close {code}).", code=wanted))
    return surveys[wanted]


def _read(tree: Mapping[str, Any], voice: Voice) -> OutcomeCard:
    strange = sorted(set(tree) - KNOWN)
    if strange:
        raise ActError(
            voice.t(
                "There is no “{name}” in the file of an outcome. There are: {known}.",
                name=strange[0],
                known=", ".join(sorted(KNOWN)),
            )
        )
    heard, doing, not_doing, why = (texts(tree, name, voice) for name in PARTS)
    for name, said in zip(PARTS, (heard, doing, not_doing, why), strict=True):
        if not said:
            raise ActError(voice.t("The outcome lacks “{name}”: people are owed all four.", name=name))
    return OutcomeCard(heard, doing, not_doing, why)


async def _question(home: Home, survey: Survey, name: str, voice: Voice) -> tuple[SafeQuestion, Form]:
    version = await home.surveys.form(survey.form)
    assert version is not None, "a published survey has its form"
    form = compile_form(version.xform, version.attachments)
    counts = await home.responses.counts(survey.code, lists_of(form))
    safe = disclose(tally(form, counts), PUBLIC)
    found = next((each for each in safe.questions if each.ref.rpartition("/")[2] == name), None)
    if found is None or not found.is_shown:
        shown = [each.ref.rpartition("/")[2] for each in safe.questions if each.is_shown]
        raise ActError(
            voice.t("No chart can be made of “{name}”. It can of: {known}.", name=name, known=", ".join(shown) or "–")
        )
    return found, form


def _drawn(question: SafeQuestion, form: Form, language: Language) -> bytes:
    voice = Voice(language, _ANY_DAY)
    return chart(question, _title(question, form, voice), lambda value: _label(question, form, value, voice), voice)


def _described(question: SafeQuestion, form: Form, language: Language) -> str:
    voice = Voice(language, _ANY_DAY)
    return described(question, _title(question, form, voice), lambda value: _label(question, form, value, voice), voice)


def _title(question: SafeQuestion, form: Form, voice: Voice) -> str:
    control = next(each for each in form.controls if each.ref == question.ref)
    return nearest(control.labels, form, voice) or question.ref.rpartition("/")[2]


def _label(question: SafeQuestion, form: Form, value: str, voice: Voice) -> str:
    control = next(each for each in form.controls if each.ref == question.ref)
    return cell_name(value, control, form, voice)
