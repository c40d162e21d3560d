"""Acts of staff on a survey that is published: open it earlier, let it run longer, close it.

Each one says what it changes for people who took part already. Used by the command line and the desk. Not here:
publishing (`publishing.py`), the drafts of new versions (`drafting.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from dialogs.i18n import Voice
from dialogs.world import Survey
from storage.acts.errors import ActError
from storage.errors import Conflict
from storage.records import Surveys

LONGEST_RUN = timedelta(days=731)
"""How far ahead a survey may close: two years. Whatever runs longer is no survey but an archive of people."""


async def find_survey(surveys: Surveys, code: str) -> Survey | None:
    """A published survey by its code."""
    return next((survey for survey in await surveys.all() if survey.code == code), None)


async def open_now(surveys: Surveys, survey: Survey, today: date, voice: Voice) -> Survey:
    """Begin today, although it was planned for later. Raises `ActError`."""
    if survey.closed:
        raise _closed(survey, voice)
    if survey.opens is None or survey.opens <= today:
        raise ActError(voice.t("“{code}” is open already.", code=survey.code))
    return await _changed(surveys, replace(survey, opens=today), voice)


async def extend(surveys: Surveys, survey: Survey, closes: date, today: date, voice: Voice) -> Survey:
    """Take answers until another, later day. Raises `ActError`."""
    if survey.closed:
        raise _closed(survey, voice)
    if survey.closes is not None and closes <= survey.closes:
        raise ActError(
            voice.t(
                "It closes on {day} already. Choose a later day; to end it earlier, close it.",
                day=voice.day(survey.closes),
            )
        )
    if closes <= today:
        raise ActError(voice.t("This day is over. Choose one that is still to come."))
    if closes > today + LONGEST_RUN:
        raise ActError(
            voice.t("A survey may run until {day} at most. Choose an earlier day.", day=voice.day(today + LONGEST_RUN))
        )
    return await _changed(surveys, replace(survey, closes=closes), voice)


async def close(surveys: Surveys, survey: Survey, today: date, voice: Voice) -> None:
    """Take no more answers; the grace begins. Raises `ActError` if it is closed already."""
    try:
        await surveys.close_survey(survey.code, today)
    except Conflict:
        raise ActError(voice.t("“{code}” is closed already.", code=survey.code)) from None


async def _changed(surveys: Surveys, survey: Survey, voice: Voice) -> Survey:
    try:
        await surveys.change(survey)
    except Conflict:
        raise _closed(survey, voice) from None
    return survey


def _closed(survey: Survey, voice: Voice) -> ActError:
    return ActError(voice.t("“{code}” is closed: it takes no more answers. Publish a new survey.", code=survey.code))
