"""Publishing: one release at the close, with its page, quotes, method note and open data; corrections as new versions.

The numbers never change (`numbers.py`); a correction changes words, quotes or the licence, and says why. What became of
the survey (the outcome) goes with the first release to those who asked. Not here: how a page is drawn (the desk), how
it is shown (the web pages), the data formats (`opendata.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dialogs.forms.model import Form
from dialogs.i18n import N_, Voice
from dialogs.messages import Language
from dialogs.promises import purpose_of, title_of
from dialogs.releases import BY_KEY, Page, PublicRelease
from dialogs.world import OutcomeCard, Survey
from privacy.disclosure import Status
from storage.acts.errors import ActError
from storage.acts.numbers import PublicNumbers
from storage.acts.opendata import About, files_of
from storage.errors import Conflict
from storage.sql.releases import SqlReleases

REASON_LETTERS: Final = 500
TITLE_LETTERS: Final = 200
PUBLISHED_MEANWHILE: Final = N_(
    "Somebody else published a version in this moment. Look at it before you publish again."
)
SELF_SELECTED: Final = N_(
    "Whoever took part chose to (self-selected). The answers are not representative of everybody in the town."
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and where."""

    name: str
    contact: str
    web_address: str
    """Public address of the web pages, without a trailing slash."""
    languages: tuple[Language, ...]
    contributor: str = ""
    """IRI of GovData's list of contributors."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything of a version but its number."""

    survey: Survey
    form: Form
    numbers: PublicNumbers
    pages: Mapping[str, Page]
    """By language, the town's first language first."""
    licence: str
    reason: str = ""


def method_of(numbers: PublicNumbers, survey: Survey, voice: Voice) -> tuple[str, ...]:
    """How the numbers came about, and what they are not."""
    t, n = voice.t, voice.n
    people = numbers.results.respondents
    if people is None:
        took_part = t("Fewer than {least} people took part, so no numbers are published.", least=numbers.results.least)
    else:
        took_part = n("About {n} person took part.", "About {n} people took part.", people)
    told = [
        t(SELF_SELECTED),
        took_part,
    ]
    by_channel = numbers.by_channel
    if by_channel is not None:
        shares = [
            t("{channel} {share} %", channel=_channel_name(cell.value), share=voice.number(cell.percent))
            for cell in by_channel.cells
            if cell.percent
        ]
        if shares:
            told.append(t("They answered on: {shares}.", shares=voice.items(shares)))
    if survey.opens and survey.closes:
        told.append(
            t("Asked was from {first} to {last}.", first=voice.day(survey.opens), last=voice.day(survey.closes))
        )
    told.append(
        t(
            "Numbers are rounded to 5. A number of fewer than {least} people is hidden, and sometimes another with it,"
            " so that it cannot be worked out.",
            least=numbers.results.least_cell,
        )
    )
    return tuple(told)


def _channel_name(channel: str) -> str:
    return "Web" if channel == "web" else channel.capitalize()


def missing_of(card: OutcomeCard | None, language: Language) -> list[str]:
    """Parts of an outcome that have no words in the town's first language."""
    parts = ("heard", "doing", "not_doing", "why")
    if card is None:
        return list(parts)
    return [part for part in parts if not getattr(card, part).get(str(language), "").strip()]


async def publish(releases: SqlReleases, ready: Ready, publisher: Publisher, now: datetime, voice: Voice) -> int:
    """Store the next version; returns its number. Raises `ActError`; then nothing has changed."""
    survey = ready.survey
    if ready.licence not in BY_KEY:
        raise ActError(voice.t("Choose the licence under which the data may be used."))
    version = await releases.versions(survey.code) + 1
    reason = ready.reason.strip()[:REASON_LETTERS]
    if version > 1 and not reason:
        raise ActError(voice.t("Say what this version corrects: readers of the one before are owed it."))
    if not publisher.web_address:
        raise ActError(voice.t("The web pages are off (web.enabled), so there is no place to publish on."))
    about = about_of(survey, version, ready.licence, publisher, now)
    files = {}
    if ready.numbers.results.status is not Status.TOO_FEW:
        files = files_of(ready.numbers, ready.form, about, publisher.languages)
    release = PublicRelease(
        survey=survey.code,
        version=version,
        day=now.date(),
        licence=ready.licence,
        pages=ready.pages,
        reason=reason if version > 1 else "",
    )
    try:
        await releases.publish(release, files)
    except Conflict:
        raise ActError(voice.t(PUBLISHED_MEANWHILE)) from None
    return version


def about_of(survey: Survey, version: int, licence: str, publisher: Publisher, now: datetime) -> About:
    """What the data say of themselves."""
    voice = Voice(publisher.languages[0], now.date())
    title = title_of(survey, voice, TITLE_LETTERS)
    described = [
        voice.t("Results of the survey “{title}”.", title=title),
        purpose_of(survey, voice),
        voice.t(SELF_SELECTED),
    ]
    return About(
        survey=survey.code,
        version=version,
        day=now.date(),
        licence=licence,
        title=title,
        description=" ".join(each for each in described if each),
        publisher=publisher.name,
        contact=publisher.contact,
        address=f"{publisher.web_address}/s/{survey.code}/results",
        language=publisher.languages[0],
        keywords=(voice.t("survey"), voice.t("citizens")),
        closed=survey.closes,
        contributor=publisher.contributor,
    )
