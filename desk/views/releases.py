"""Publishing results: the outcome in words, what the public will see, the release, corrections as new versions.

Not here: what is stored and which numbers (`storage/acts/releasing.py`, `numbers.py`), the public page (the bot's web).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from desk.charts.figures import Drawer, Figure
from desk.needs import Need
from desk.route import Route
from desk.views.exports import WITHOUT_KEY
from desk.views.results import asked_survey
from desk.visit import Visit
from dialogs.forms.model import Form
from dialogs.i18n import N_, Voice, own_name
from dialogs.messages import Language
from dialogs.outcomes import parts as outcome_parts
from dialogs.promises import title_of
from dialogs.releases import LICENCES, Page, Panel
from dialogs.roles import Right
from dialogs.world import OutcomeCard, Survey
from privacy.disclosure import SafeQuestion
from storage.acts import outcomes as outcome_acts
from storage.acts import releasing
from storage.acts.errors import ActError
from storage.acts.naming import question_name
from storage.acts.numbers import PublicNumbers
from storage.acts.outcomes import PARTS
from storage.errors import KeyMissing

PART_LETTERS: Final = 4000
"""Letters of one part of an outcome in one language."""
BEING_MADE: Final = N_("The numbers for the public are being made, once. Please look again in a minute.")
VERSION_DIGITS: Final = 3
QUOTES_MOST: Final = 20
FORM_BYTES: Final = 512 * 1024
PART_NAMES: Final = {
    "heard": N_("What we heard"),
    "doing": N_("What we do"),
    "not_doing": N_("What we do not do"),
    "why": N_("Why"),
}
PART_HINTS: Final = {
    "heard": N_("What people told you, in two or three sentences."),
    "doing": N_("What changes because of it, and when."),
    "not_doing": N_("What people wished for and will not get."),
    "why": N_("The reasons, as you would tell them a neighbour."),
}


async def needs_me(visit: Visit) -> Sequence[Need]:
    """Surveys that are closed, whose people are still owed what became of them."""
    if not visit.may(Right.PUBLISH):
        return ()
    answered = {code for code, _ in await visit.home.releases.published()} | set(await visit.home.outcomes.all())
    return [
        Need(
            visit.voice.t("“{title}” is closed: people are owed its results.", title=title_of(survey, visit.voice)),
            f"/results/{survey.code}/publish",
            visit.voice.t("Publish"),
        )
        for survey in await visit.home.surveys.all()
        if survey.closed and not survey.attached and not survey.sample and survey.code not in answered
    ]


async def edit(visit: Visit) -> web.StreamResponse:
    """The outcome in words, in each language of the town."""
    survey = await _closed(visit)
    card = await _card(survey, visit)
    return _form(visit, survey, _fields(card), [])


async def store(visit: Visit) -> web.StreamResponse:
    """Keep what was written; it is public once it is published."""
    survey = await _closed(visit)
    typed: dict[str, dict[str, str]] = {}
    for part in PARTS:
        for tag in visit.config.town.languages:
            typed.setdefault(part, {})[tag] = await visit.field(f"{part}.{tag}", FORM_BYTES)
    fields = {f"{part}.{tag}": text for part, by_tag in typed.items() for tag, text in by_tag.items()}
    long = [name for name, text in fields.items() if len(text) > PART_LETTERS]
    if long:
        words = visit.voice.t("At most {n} characters: this has more.", n=visit.voice.number(PART_LETTERS))
        return _form(visit, survey, fields, [(name, words) for name in long])
    texts = {part: {tag: text for tag, text in by_tag.items() if text} for part, by_tag in typed.items()}
    card = OutcomeCard(**texts, day=visit.today)
    await visit.home.releases.keep_draft(survey.code, card, visit.today)
    await visit.note("outcome.draft", survey.code)
    lacks = releasing.missing_of(card, Language(visit.config.town.languages[0]))
    if lacks:
        said = visit.voice.t("Kept. It can be published once every part is there.")
        return visit.go(f"/results/{survey.code}/outcome", said)
    return visit.go(f"/results/{survey.code}/publish", visit.voice.t("Kept. This is how it will look."))


async def preview(visit: Visit) -> web.StreamResponse:
    """What the public will see, and what is still missing."""
    survey = await _closed(visit)
    return await _previewed(visit, survey, "", "")


async def publish(visit: Visit) -> web.StreamResponse:
    """Release it."""
    survey = await _closed(visit)
    licence, reason = await visit.field("licence", 32), await visit.field("reason", releasing.REASON_LETTERS)
    tags = [Language(tag) for tag in visit.config.town.languages]
    form = await visit.home.results.form(survey)
    card = await _card(survey, visit)
    looked_at, standing = await visit.field("version", VERSION_DIGITS), await visit.home.releases.versions(survey.code)
    if looked_at and looked_at != str(standing):
        return await _previewed(visit, survey, visit.voice.t(releasing.PUBLISHED_MEANWHILE), reason, licence)
    draft = await visit.home.releases.draft(survey.code)
    if card is None or releasing.missing_of(card, tags[0]):
        owed = visit.voice.t("First say what became of it: people answered and are owed an answer.")
        return await _previewed(visit, survey, owed, reason, licence)
    try:
        numbers = await _numbers(visit, survey)
        if numbers is None:
            return await _previewed(visit, survey, visit.voice.t(BEING_MADE), reason, licence)
        quotes = await _quotes(visit, survey)
        pages = {str(tag): _page(numbers, survey, form, tag, visit, quotes) for tag in tags}
        ready = releasing.Ready(survey, form, numbers, pages, licence, reason)
        version = await releasing.publish(visit.home.releases, ready, _publisher(visit), visit.now, visit.voice)
    except ActError as error:
        return await _previewed(visit, survey, str(error), reason, licence)
    await visit.note("results.publish", survey.code, f"v{version} {licence}")
    if draft is not None:
        await _tell(visit, survey, draft, numbers, form, tags)
        await visit.home.releases.drop_draft(survey.code, draft)  # the last act: until then it can be told once more
    address = f"{visit.config.web_address}/s/{survey.code}/results"
    return visit.go(
        f"/results/{survey.code}/publish",
        visit.voice.t("Published. Everybody can read it now: {address}", address=address),
    )


async def _tell(
    visit: Visit,
    survey: Survey,
    card: OutcomeCard,
    numbers: PublicNumbers,
    form: Form,
    tags: Sequence[Language],
) -> None:
    """The outcome on its page; the first one also as a message to those who asked for it."""
    home = visit.home
    first = survey.code not in await home.outcomes.all()
    card = replace(card, day=visit.today)
    wanted = await visit.field("chart", 500)
    question = next((each for each in outcome_acts.drawable(numbers, form) if each.ref == wanted), None)
    card, picture = await outcome_acts.with_picture(home.outcomes, survey, card, question, form, tags)
    if not first:
        await home.outcomes.put(survey.code, card, picture, visit.today)
        return
    number = await outcome_acts.tell(
        home.outcomes, home.broadcasts, survey, card, picture, tags, visit.staff.name, visit.now
    )
    await visit.note("survey.outcome", survey.code, str(number))


async def archive(visit: Visit) -> web.StreamResponse:
    """Nothing is owed any more."""
    survey = await _closed(visit)
    try:
        await outcome_acts.archive(visit.home.outcomes, survey, visit.today, visit.voice)
    except ActError as error:
        return await _previewed(visit, survey, str(error), "")
    await visit.note("survey.archive", survey.code)
    return visit.go(f"/results/{survey.code}", visit.voice.t("The survey is archived."))


# -- what pages are made of


async def _closed(visit: Visit) -> Survey:
    """The survey of the address; an open one has nothing to publish yet. Raises `HTTPNotFound`."""
    survey = await asked_survey(visit)
    if not survey.closed:
        raise web.HTTPNotFound
    return survey


async def _card(survey: Survey, visit: Visit) -> OutcomeCard | None:
    """What is being written, else what is public."""
    draft = await visit.home.releases.draft(survey.code)
    return draft if draft is not None else (await visit.home.outcomes.all()).get(survey.code)


def _fields(card: OutcomeCard | None) -> dict[str, str]:
    if card is None:
        return {}
    return {f"{part}.{tag}": text for part in PARTS for tag, text in getattr(card, part).items()}


def _form(visit: Visit, survey: Survey, fields: Mapping[str, str], problems: Sequence[tuple[str, str]]) -> web.Response:
    return visit.page(
        "results/outcome.html",
        422 if problems else 200,
        survey=survey,
        title=title_of(survey, visit.voice),
        fields=fields,
        problems=problems,
        names=PART_NAMES,
        hints=PART_HINTS,
        tags=[(tag, own_name(Language(tag))) for tag in visit.config.town.languages],
    )


async def _previewed(visit: Visit, survey: Survey, problem: str, reason: str, licence: str = "") -> web.Response:
    home, form = visit.home, await visit.home.results.form(survey)
    card = await _card(survey, visit)
    standing = await home.releases.release(survey.code)
    lacks = releasing.missing_of(card, Language(visit.config.town.languages[0]))
    values: dict[str, Any] = {"shown": None, "charts": [], "making": BEING_MADE}
    try:
        numbers = await _numbers(visit, survey)
        if numbers is not None:
            values["shown"] = _page(numbers, survey, form, visit.language, visit, await _quotes(visit, survey))
            values["figures"] = Drawer(form, visit.voice, visit.live.districts, numbers.drawn).figures(numbers.results)
            charts = outcome_acts.drawable(numbers, form)
            values["charts"] = [(each.ref, _name(each, form, visit.voice)) for each in charts]
    except ActError as error:
        problem = problem or str(error)
    return visit.page(
        "results/publish.html",
        status=422 if problem else 200,
        survey=survey,
        title=title_of(survey, visit.voice),
        problem=problem,
        reason=reason,
        licence=licence or (standing.licence if standing is not None else LICENCES[0].key),
        licences=[(each.key, visit.voice.t(each.name)) for each in LICENCES],
        standing=standing,
        drafted=await home.releases.draft(survey.code) is not None,
        lacks=[visit.voice.t(PART_NAMES[part]) for part in lacks],
        outcome=outcome_parts(card, visit.voice) if card is not None else [],
        archived=survey.code in await home.outcomes.archived(),
        address=f"{visit.config.web_address}/s/{survey.code}/results" if visit.config.web_address else "",
        **values,
    )


def _name(question: SafeQuestion, form: Form, voice: Voice) -> str:
    return question_name(next(each for each in form.controls if each.ref == question.ref), form, voice)


async def _numbers(visit: Visit, survey: Survey) -> PublicNumbers | None:
    """None while they are being made. Raises `ActError`."""
    return await visit.home.results.public(visit.home.releases, survey, visit.today, visit.voice, visit.live.districts)


def _page(
    numbers: PublicNumbers, survey: Survey, form: Form, language: Language, visit: Visit, quotes: Sequence[str]
) -> Page:
    """The release in one language."""
    voice = Voice(language, visit.today)
    people = numbers.results.respondents
    said = (
        voice.t("Fewer than {least} people took part, so no numbers are published.", least=numbers.results.least)
        if people is None
        else voice.n("About {n} person took part.", "About {n} people took part.", people)
    )
    figures = Drawer(form, voice, visit.live.districts, numbers.drawn).figures(numbers.results)
    method = releasing.method_of(numbers, survey, voice)
    return Page(said, method, tuple(_panel(figure) for figure in figures), tuple(quotes))


def _panel(figure: Figure) -> Panel:
    return Panel(
        figure.anchor,
        figure.title,
        figure.people,
        figure.sentence,
        str(figure.chart),
        figure.head,
        figure.rows,
        figure.notes,
    )


async def _quotes(visit: Visit, survey: Survey) -> list[str]:
    """Masked texts that two people approved as quotes. Raises `ActError` if some do not open here."""
    try:
        quotes = await visit.home.room.quotes(survey.code)
    except KeyMissing:
        raise ActError(visit.voice.t(WITHOUT_KEY)) from None
    return [quote.text for quote in quotes[:QUOTES_MOST]]


def _publisher(visit: Visit) -> releasing.Publisher:
    town = visit.config.town
    return releasing.Publisher(
        town.name,
        town.contact,
        visit.config.web_address,
        tuple(Language(tag) for tag in town.languages),
        town.contributor,
    )


ROUTES: Final = (
    Route("GET", "/results/{code}/outcome", edit, Right.PUBLISH),
    Route("POST", "/results/{code}/outcome", store, Right.PUBLISH, most=FORM_BYTES),
    Route("GET", "/results/{code}/publish", preview, Right.PUBLISH),
    Route("POST", "/results/{code}/publish", publish, Right.PUBLISH),
    Route("POST", "/results/{code}/archive", archive, Right.PUBLISH),
)
