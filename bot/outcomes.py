"""`zuruf survey outcome|archive`: what became of a survey, on its page and to those who asked; then it is archived.

Not here: what is done with it (`storage/acts/outcomes.py`), the words around it (`dialogs/outcomes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.acting import at_work, note, town_of_now
from bot.config import Config
from bot.home import Home
from bot.team import acting
from dialogs.forms.model import Form, compile_form
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.roles import Right
from dialogs.world import OutcomeCard, Survey
from privacy.disclosure import SafeQuestion
from storage.acts import outcomes as acts
from storage.acts.errors import ActError
from storage.acts.numbers import public_numbers
from storage.acts.outcomes import PARTS
from storage.acts.pilotfile import read_toml, text, texts
from storage.acts.publishing import checked_code
from storage.acts.results import open_places, openable
from storage.places import Districts
from storage.sql.copies import Copies
from storage.sql.results import SqlCounts

KNOWN = frozenset({*PARTS, "chart"})


async def publish_outcome(config: Config, code: str, path: Path, named: str, voice: Voice) -> None:
    """Store it, and submit the message to those who asked. Raises `ActError`; then nothing has changed."""
    tree = read_toml(path, voice)
    languages = [Language(tag) for tag in config.town.languages]
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, Right.PUBLISH, voice)
        survey = await _closed(home, code, voice)
        card = replace(_read(tree, voice), day=clock.today())
        form = await _form(home, survey)
        wanted = text(tree, "chart", voice)
        districts = (await town_of_now(config, home)).districts
        question = await _question(home, survey, form, wanted, districts, voice) if wanted else None
        card, picture = await acts.with_picture(home.outcomes, survey, card, question, form, languages)
        number = await acts.tell(home.outcomes, home.broadcasts, survey, card, picture, languages, who, clock.now())
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
        await acts.archive(home.outcomes, survey, clock.today(), voice)
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


async def _form(home: Home, survey: Survey) -> Form:
    version = await home.surveys.form(survey.form)
    assert version is not None, "a published survey has its form"
    return compile_form(version.xform, version.attachments)


async def _question(
    home: Home, survey: Survey, form: Form, name: str, districts: Districts, voice: Voice
) -> SafeQuestion:
    opened = await openable(open_places(Copies(home.database, home.keys, home.state), survey.code))
    counted = SqlCounts(home.database)
    numbers = await public_numbers(home.releases, counted, survey, form, voice.today, voice, opened, districts)
    known = acts.drawable(numbers, form)
    found = next((each for each in known if each.ref.rpartition("/")[2] == name), None)
    if found is None:
        shown = [each.ref.rpartition("/")[2] for each in known]
        raise ActError(
            voice.t("No chart can be made of “{name}”. It can of: {known}.", name=name, known=", ".join(shown) or "–")
        )
    return found
