"""Surveys: what there is, one of them, and what can be done with it: open, extend, close, a new version.

No page counts answers while they come in: only what a safe tally showed is said. Not here: drafts
(`drafts.py`), results.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from aiohttp import web

from desk import cardform
from desk.needs import Need
from desk.opendraft import workshop_of
from desk.route import Route
from desk.visit import Visit
from dialogs.i18n import N_, own_name
from dialogs.legal import BASES
from dialogs.promises import deletable_until, title_of
from dialogs.roles import Right
from dialogs.wording import in_language
from dialogs.world import Survey
from privacy.disclosure import DESK
from storage.acts import drafting, running
from storage.acts.errors import ActError
from storage.drafts import DraftState

TITLE_LIMIT: Final = 200
LAST_DAYS: Final = timedelta(days=3)
"""So long before a survey closes, the first page says so."""


class Stand(StrEnum):
    """Where a published survey stands on a day."""

    OPEN = "open"
    PLANNED = "planned"
    GRACE = "grace"
    CLOSED = "closed"


HEADINGS: Final = {
    Stand.OPEN: N_("Open now"),
    Stand.PLANNED: N_("Planned"),
    Stand.GRACE: N_("Closed: answers can still be deleted"),
    Stand.CLOSED: N_("Closed"),
}
"""In the order of the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A survey in the list."""

    survey: Survey
    title: str
    days: str


def stand(survey: Survey, today: date) -> Stand:
    """Where it stands."""
    if survey.is_open(today):
        return Stand.OPEN
    if not survey.closed and survey.opens is not None and today < survey.opens:
        return Stand.PLANNED
    until = deletable_until(survey)
    return Stand.GRACE if until is not None and today <= until else Stand.CLOSED


async def list_all(visit: Visit) -> web.StreamResponse:
    """Open, planned and closed ones, and what is still written."""
    every = [survey for survey in await visit.home.surveys.all() if survey.listed]
    drafts = await visit.home.drafts.all()
    groups = [(HEADINGS[each], _rows(each, every, visit)) for each in HEADINGS]
    return visit.page(
        "surveys/list.html",
        groups=[(heading, rows) for heading, rows in groups if rows],
        drafts=[each for each in drafts if each.state is DraftState.WRITING],
        discarded=[each for each in drafts if each.state is DraftState.DISCARDED],
    )


def _rows(wanted: Stand, every: Sequence[Survey], visit: Visit) -> list[Row]:
    mine = [survey for survey in every if stand(survey, visit.today) is wanted]
    mine.sort(key=lambda survey: (survey.closes is None, survey.closes or date.min, survey.code))
    if wanted in (Stand.GRACE, Stand.CLOSED):
        mine.reverse()
    return [Row(survey, title_of(survey, visit.voice, TITLE_LIMIT), _days(survey, wanted, visit)) for survey in mine]


def _days(survey: Survey, standing: Stand, visit: Visit) -> str:
    voice = visit.voice
    match standing:
        case Stand.OPEN:
            if survey.closes is None:
                return voice.t("no last day is set")
            left = (survey.closes - visit.today).days
            if left == 0:
                return voice.t("today is the last day")
            return voice.n(
                "{n} day left, until {day}", "{n} days left, until {day}", left, day=voice.day(survey.closes)
            )
        case Stand.PLANNED:
            assert survey.opens is not None, "or it would be open"
            return voice.t("opens on {day}", day=voice.day(survey.opens))
        case Stand.GRACE | Stand.CLOSED:
            return voice.t("closed since {day}", day=voice.day(survey.closes)) if survey.closes else voice.t("closed")


async def show(visit: Visit) -> web.StreamResponse:
    """How it stands, and what comes next."""
    return await _page(visit, await found(visit), "")


async def _page(visit: Visit, survey: Survey, problem: str) -> web.StreamResponse:
    standing, voice = stand(survey, visit.today), visit.voice
    shown = await visit.home.snapshots.last(survey.code)
    until = deletable_until(survey)
    drafts = [each for each in await visit.home.drafts.all() if each.version_of == survey.code]
    return visit.page(
        "surveys/one.html",
        status=422 if problem else 200,
        problem=problem,
        survey=survey,
        name=title_of(survey, voice, TITLE_LIMIT),
        purpose=in_language(survey.purposes, voice),
        use=in_language(survey.uses, voice),
        bases=BASES,
        stand=standing.value,
        heading=HEADINGS[standing],
        days=_days(survey, standing, visit),
        least=DESK.least_respondents,
        answered=shown is not None and shown.respondents >= DESK.least_respondents,
        until=until,
        spoken=[own_name(tag) for tag in survey.languages],
        barred=[voice.t(label) for key, label in cardform.BARRED if key in survey.barred_channels],
        writing=[each for each in drafts if each.state is DraftState.WRITING],
        earliest=_earliest(survey, visit.today),
        web=visit.config.web_address,
    )


def _earliest(survey: Survey, today: date) -> date:
    """The first day that an extension may name."""
    return max(today, survey.closes or today) + timedelta(days=1)


async def needs_me(visit: Visit) -> Sequence[Need]:
    """Drafts that whoever asks began, and surveys whose last days these are."""
    if not visit.may(Right.SURVEYS):
        return ()
    voice, needs = visit.voice, []
    for survey in await visit.home.surveys.all():
        if not survey.listed or survey.closes is None or not survey.is_open(visit.today):
            continue
        if survey.closes - visit.today <= LAST_DAYS:
            title = voice.quoted(title_of(survey, voice))
            words = voice.t("The survey {title} closes on {day}.", title=title, day=voice.day(survey.closes))
            needs.append(Need(words, f"/surveys/{survey.code}", voice.t("Look at it")))
    for draft in await visit.home.drafts.all():
        if draft.state is DraftState.WRITING and draft.author == visit.staff.name:
            title = voice.quoted(draft.title or voice.t("without a title"))
            words = voice.t("You were writing the survey {title}.", title=title)
            needs.append(Need(words, f"/drafts/{draft.number}", voice.t("Go on writing")))
    return needs


# -- acts


async def open_now(visit: Visit) -> web.StreamResponse:
    """Begin today, although it was planned for later."""
    survey = await found(visit)
    try:
        await running.open_now(visit.home.surveys, survey, visit.today, visit.voice)
    except ActError as error:
        return await _page(visit, survey, str(error))
    await visit.note("survey.open", survey.code)
    return visit.go(f"/surveys/{survey.code}", visit.voice.t("It is open now."))


async def extend(visit: Visit) -> web.StreamResponse:
    """Take answers until a later day."""
    survey = await found(visit)
    try:
        closes = date.fromisoformat(await visit.field("closes", 10))
    except ValueError:
        return await _page(visit, survey, visit.voice.t("Write the day like this: 2026-05-31."))
    try:
        await running.extend(visit.home.surveys, survey, closes, visit.today, visit.voice)
    except ActError as error:
        return await _page(visit, survey, str(error))
    await visit.note("survey.extend", survey.code, closes.isoformat())
    told = visit.voice.t("It is open until {day} now.", day=visit.voice.day(closes))
    return visit.go(f"/surveys/{survey.code}", told)


async def close(visit: Visit) -> web.StreamResponse:
    """Take no more answers."""
    survey = await found(visit)
    try:
        await running.close(visit.home.surveys, survey, visit.today, visit.voice)
    except ActError as error:
        return await _page(visit, survey, str(error))
    await visit.note("survey.close", survey.code)
    told = visit.voice.n(
        "Closed. For {n} day citizens can still delete their answers; then the tie to them goes.",
        "Closed. For {n} days citizens can still delete their answers; then the tie to them goes.",
        survey.grace_days,
    )
    return visit.go(f"/surveys/{survey.code}", told)


async def new_version(visit: Visit) -> web.StreamResponse:
    """A draft with the file and the card of the survey as it stands."""
    survey, drafts = await found(visit), visit.home.drafts
    if survey.closed:
        words = visit.voice.t("“{code}” is closed: it takes no more answers. Publish a new survey.", code=survey.code)
        return await _page(visit, survey, words)
    number = await drafts.begin(drafting.card_from(survey), visit.staff.name, visit.now, survey.code)
    version = await visit.home.surveys.form(survey.form)
    assert version is not None, "a published survey has its form"
    try:
        await drafting.take_file(
            drafts,
            number,
            version.source_name,
            version.source,
            version.attachments,
            workshop_of(visit).sandbox,
            visit.now,
            visit.voice,
        )
    except ActError as error:
        return await _page(visit, survey, str(error))
    await visit.note("survey.draft", str(number), survey.code)
    return visit.go(f"/drafts/{number}", visit.voice.t("This is what is asked at present. Hand in the changed file."))


async def found(visit: Visit) -> Survey:
    """The survey that the address names. Raises `HTTPNotFound`."""
    survey = await running.find_survey(visit.home.surveys, visit.request.match_info["code"])
    if survey is None or not survey.listed:
        raise web.HTTPNotFound
    return survey


ROUTES: Final = (
    Route("GET", "/surveys", list_all, Right.SURVEYS),
    Route("GET", "/surveys/{code}", show, Right.SURVEYS),
    Route("POST", "/surveys/{code}/open", open_now, Right.SURVEYS),
    Route("POST", "/surveys/{code}/extend", extend, Right.SURVEYS),
    Route("POST", "/surveys/{code}/close", close, Right.SURVEYS),
    Route("POST", "/surveys/{code}/version", new_version, Right.SURVEYS),
)
