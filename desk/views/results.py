"""Results of surveys: all of them in a list, one in charts and tables, filtered by at most two questions.

Not here: taking rows out of the house (`exports.py`), releasing results to the public (`releases.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from desk.charts.figures import Drawer, Figure
from desk.route import Route
from desk.visit import Visit
from dialogs.forms.model import Form
from dialogs.promises import title_of
from dialogs.roles import Right
from dialogs.world import Mode, Survey
from privacy.disclosure import Status
from privacy.views import MOST_FILTERS, THE_REST, Refusal
from storage.acts.naming import cell_name, question_name
from storage.acts.results import Refused, View

ASKED_LIMIT: Final = 500
"""Letters of a filter's value in an address."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A filter to choose from. `choices`: (what the address says, words)."""

    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A survey in the list."""

    code: str
    title: str
    closed: bool
    standing: str


async def list_all(visit: Visit) -> web.StreamResponse:
    """Surveys, open ones last: what is closed is ready to be read and published."""
    surveys = [survey for survey in await visit.home.surveys.all() if not survey.attached]
    lines = [Line(each.code, title_of(each, visit.voice), each.closed, _standing(each, visit)) for each in surveys]
    return visit.page("results/list.html", lines=sorted(lines, key=lambda line: (not line.closed, line.title)))


def _standing(survey: Survey, visit: Visit) -> str:
    t = visit.voice.t
    if survey.closed:
        return t("closed")
    if survey.mode is Mode.STRICT:
        return t("open; strict: results are shown after the close")
    if survey.closes is not None:
        return t("open until {day}", day=visit.voice.day(survey.closes))
    return t("open")


async def show(visit: Visit) -> web.StreamResponse:
    """One survey in charts."""
    survey = await asked_survey(visit)
    form = await visit.home.results.form(survey)
    typed = [each[:ASKED_LIMIT] for each in visit.request.query.getall("only", []) if each]
    wanted = [(ref, value) for ref, _, value in (each.partition("=") for each in typed)]
    refused = ""
    if len(wanted) > MOST_FILTERS:
        refused = _too_many(len(wanted), visit)
        wanted = []
    districts = visit.live.districts
    answer = await visit.home.results.view(survey, visit.now, districts, wanted)
    view = answer.view
    if isinstance(view, Refused):
        refused = told(view, survey, form, visit)
        wanted = []
        view = (await visit.home.results.view(survey, visit.now, districts)).view
    assert isinstance(view, View), "a view of everybody is never refused"
    drawer = Drawer(form, visit.voice, districts, view.drawn)
    figures: Sequence[Figure] = drawer.figures(view.safe, view.words) if view.safe is not None else ()
    return visit.page(
        "results/one.html",
        status=422 if refused else 200,
        survey=survey,
        title=title_of(survey, visit.voice),
        strict=survey.mode is Mode.STRICT and not survey.closed,
        safe=view.safe,
        too_few=view.safe is not None and view.safe.status is Status.TOO_FEW,
        at=visit.voice.moment(view.at.astimezone(visit.now.tzinfo)) if view.at is not None else "",
        figures=figures,
        counting=answer.counting,
        refused=refused,
        offers=await _offers(survey, form, visit),
        conditions=[_condition(form, ref, value, visit) for ref, value in wanted],
        chosen=[f"{ref}={value}" for ref, value in wanted],
    )


async def asked_survey(visit: Visit) -> Survey:
    """The survey of the address. Raises `HTTPNotFound`."""
    code = visit.request.match_info["code"].lower()
    found = next((survey for survey in await visit.home.surveys.all() if survey.code == code), None)
    if found is None:
        raise web.HTTPNotFound
    return found


async def _offers(survey: Survey, form: Form, visit: Visit) -> list[Offer]:
    """Filters with their values that have a view; none while the survey is open."""
    if not survey.closed or not survey.filters:
        return []
    values = await visit.home.results.filter_values(survey, visit.now)
    controls = {control.ref: control for control in form.controls}
    return [
        Offer(
            question_name(controls[ref], form, visit.voice),
            tuple((f"{ref}={value}", cell_name(value, controls[ref], form, visit.voice)) for value in some),
        )
        for ref, some in values.items()
        if some and ref in controls
    ]


def _condition(form: Form, ref: str, value: str, visit: Visit) -> str:
    control = next(control for control in form.controls if control.ref == ref)
    return visit.voice.t(
        "Only: {question} {answer}",
        question=question_name(control, form, visit.voice),
        answer=cell_name(value, control, form, visit.voice),
    )


def _too_many(number: int, visit: Visit) -> str:
    return visit.voice.t(
        "Results can be filtered by two questions at most, not by {n}: more would single people out. Take away some.",
        n=str(number),
    )


def told(refused: Refused, survey: Survey, form: Form, visit: Visit) -> str:
    """Why a filtered view is not shown, and what to do instead."""
    t = visit.voice.t
    controls = {control.ref: control for control in form.controls}
    names = [question_name(controls[each.ref], form, visit.voice) for each in survey.filters if each.ref in controls]
    match refused.why:
        case Refusal.OPEN:
            return t(
                "Filters open when the survey is closed: two filtered views an hour apart would tell who came between."
            )
        case Refusal.NOT_DECLARED if not names:
            return t("This survey has no filters. They are declared when it is published, two at most.")
        case Refusal.NOT_DECLARED:
            return t(
                "This survey can be filtered by: {filters}. That was fixed when it was published, so that nobody can be"
                " singled out by ever new filters.",
                filters=visit.voice.items(names),
            )
        case Refusal.TWICE:
            return t("The same filter twice shows nobody. Choose two different ones.")
        case Refusal.NO_SUCH_VALUE:
            return t("There is no such group. Choose one of the list.")
        case Refusal.SMALL if any(THE_REST in values for values in refused.offered.values()):
            return t("That group is small and is shown together with all others only. Choose “all others”.")
        case Refusal.SMALL:
            return t("That group is too small to be shown by itself.")
        case Refusal.TOGETHER:
            return t(
                "The two filters together make groups so small that their numbers could be worked out from the others."
                " Take one of them."
            )
        case Refusal.UNAVAILABLE:
            return t("Too few people, or too few groups of them, answered to filter by this.")


ROUTES: Final = (
    Route("GET", "/results", list_all, Right.RESULTS),
    Route("GET", "/results/{code}", show, Right.RESULTS),
)
