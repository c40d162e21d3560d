"""Feedback in the aggregate: reports by category, office, district, month, status and theme, and what became of them.

Only what disclosure control lets through is shown, by category and district together at most; words that stand out in a
group are such as five reports share. Not here: single reports (cases), finding themes (`themes.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web
from babel.dates import format_skeleton

from desk.route import Route
from desk.themes.facets import (
    CATEGORY,
    DISTRICT,
    EARLIER,
    FACETS,
    FILTERS,
    MONTH,
    NONE,
    OFFICE,
    OTHER,
    STATUS,
    THEME,
    Released,
)
from desk.themes.words import Word
from desk.views.themes import STANDING_OUT, name_of
from desk.visit import Visit
from dialogs.forms.msgids import N_
from dialogs.i18n import locale_of
from dialogs.moderation import CaseStatus
from dialogs.roles import Right
from dialogs.wording import in_language
from privacy.disclosure import SafeQuestion, SafeTally
from privacy.views import THE_REST, Refusal
from storage.acts.cases import STATUS_NAMES
from storage.acts.categories import categories_of
from storage.sql.themes import About

HEADINGS: Final[Mapping[str, str]] = {
    CATEGORY: N_("By category"),
    OFFICE: N_("By office"),
    DISTRICT: N_("By district"),
    MONTH: N_("By month"),
    STATUS: N_("What became of it"),
    THEME: N_("By theme"),
}
REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.SMALL: N_("These are too few reports to be shown apart."),
    Refusal.TOGETHER: N_("The two together make a group that is too small to be shown."),
    Refusal.UNAVAILABLE: N_("There are too few reports to be shown by this."),
}
Names = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One facet as bars with a sentence above."""

    facet: str
    heading: str
    question: SafeQuestion
    names: Names
    sentence: str

    @property
    def most(self) -> int:
        return max((cell.count or 0 for cell in self.question.cells), default=0)


@dataclass(frozen=True, slots=True)
class Became:
    """How the reports of one theme stand."""

    name: str
    cells: Mapping[str, int | None]
    """By status; None: not told."""


async def show(visit: Visit) -> web.StreamResponse:
    """All figures, of everybody or of a category and a district."""
    found = await visit.home.room.feedback(visit.now)
    if found is None:
        return visit.page("feedback/show.html", ready=False)
    released, view = found
    themes = {each.id.hex(): name_of(each) for each in await visit.home.room.themes.all(About())}
    names = _names(visit, themes)
    wanted = [(facet, visit.request.query[facet]) for facet in FILTERS if facet in visit.request.query]
    wanted = [(facet, value) for facet, value in wanted if value != ALL]
    shown = released.feedback.view(wanted, FILTERS, True)
    safe = shown if isinstance(shown, SafeTally) else None
    await visit.note("feedback.read", "feedback", str(safe.respondents or 0) if safe is not None else "refused")
    return visit.page(
        "feedback/show.html",
        ready=True,
        view=view,
        safe=safe,
        refused=REFUSALS.get(shown, REFUSALS[Refusal.UNAVAILABLE]) if isinstance(shown, Refusal) else "",
        figures=_figures(visit, safe, names) if safe is not None else [],
        filters=[(facet, HEADINGS[facet], _offered(released, facet, names[facet])) for facet in FILTERS],
        chosen=dict(wanted),
        became=_became(released, names) if not wanted else [],
        statuses=[(status.value, STATUS_NAMES[status]) for status in CaseStatus],
        all=ALL,
    )


ALL: Final = "-"
"""No filter."""


async def show_words(visit: Visit) -> web.StreamResponse:
    """Words that stand out in the groups of one facet."""
    room, facet = visit.home.room, visit.request.query.get("by", CATEGORY)
    if facet not in STANDING_OUT:
        raise web.HTTPNotFound
    texts = room.reports()
    study = room.study(("feedback",), texts, list(STANDING_OUT), visit.now) if texts is not None else None
    names = _names(visit, {})
    groups: Sequence[tuple[str, Sequence[Word]]] = []
    if study is not None:
        told = study.counted.standing_out[facet]
        groups = [(names[facet](value), told[value]) for value in _ordered(facet, told)]
    await visit.note("feedback.words", "feedback", facet)
    return visit.page(
        "feedback/words.html",
        ready=study is not None,
        groups=groups,
        by=facet,
        facets=[(each, HEADINGS[each]) for each in STANDING_OUT],
    )


# -- names


def _names(visit: Visit, themes: Mapping[str, str]) -> Mapping[str, Names]:
    """How values of each facet are called."""
    t, voice = visit.voice.t, visit.voice
    categories = {each.key: in_language(each.labels, voice) for each in categories_of(visit.config)}
    statuses = {status.value: t(name) for status, name in STATUS_NAMES.items()}
    special = {OTHER: t("all others"), THE_REST: t("all others"), EARLIER: t("earlier")}

    def named(known: Mapping[str, str], none: str) -> Names:
        return lambda value: special.get(value) or known.get(value) or value or none

    def month(value: str) -> str:
        return special.get(value) or _month(value, visit)

    return {
        CATEGORY: named(categories, t("no category")),
        OFFICE: named({}, t("no office yet")),
        DISTRICT: named({}, t("no district known")),
        MONTH: month,
        STATUS: named(statuses, ""),
        THEME: named(themes, t("no theme")),
    }


def _month(value: str, visit: Visit) -> str:
    """`2026-11` as people of the language write it."""
    try:
        day = date.fromisoformat(f"{value}-01")
    except ValueError:
        return value
    return str(format_skeleton("yMMMM", day, locale=locale_of(visit.voice.own)))


def _offered(released: Released, facet: str, names: Names) -> list[tuple[str, str]]:
    return [(value, names(value)) for value in released.feedback.values(facet)]


def _figures(visit: Visit, safe: SafeTally, names: Mapping[str, Names]) -> list[Figure]:
    t = visit.voice.t
    figures = []
    by_ref = {question.ref: question for question in safe.questions}
    for facet in FACETS:
        question = by_ref.get(facet)
        if question is None or (facet == THEME and len(question.cells) < 2 and question.is_shown):
            continue
        sentence = _sentence(visit, question, names[facet], facet)
        figures.append(Figure(facet, t(HEADINGS[facet]), question, names[facet], sentence))
    return figures


def _sentence(visit: Visit, question: SafeQuestion, names: Names, facet: str) -> str:
    """What is seen: the largest group, or how the last month compares."""
    told = [cell for cell in question.cells if cell.count is not None and cell.value not in {OTHER, EARLIER}]
    t = visit.voice.t
    if not question.is_shown or not told:
        return t("Too few reports to be shown.")
    if facet == MONTH:
        if len(told) < 2:
            return t("{n} reports in {month}.", n=visit.voice.number(told[-1].count or 0), month=names(told[-1].value))
        last, before = told[-1], told[-2]
        return t(
            "{n} reports in {month}, after {before} in {earlier}.",
            n=visit.voice.number(last.count or 0),
            month=names(last.value),
            before=visit.voice.number(before.count or 0),
            earlier=names(before.value),
        )
    most = max(told, key=lambda cell: cell.count or 0)
    if most.value == NONE and len(told) > 1:
        most = max((cell for cell in told if cell.value != NONE), key=lambda cell: cell.count or 0)
    return t("Most: {name}, {percent} % of the reports.", name=names(most.value), percent=most.percent)


def _became(released: Released, names: Mapping[str, Names]) -> list[Became]:
    """Theme by status."""
    if released.by_theme is None:
        return []
    found = []
    for theme in released.by_theme.values(THEME):
        safe = released.by_theme.views[((THEME, theme),)]
        status = next((question for question in safe.questions if question.ref == STATUS), None)
        if status is not None and status.is_shown:
            found.append(Became(names[THEME](theme), {cell.value: cell.count for cell in status.cells}))
    return found


def _ordered(facet: str, groups: Mapping[str, Sequence[Word]]) -> list[str]:
    return sorted(groups, reverse=True) if facet == MONTH else list(groups)


ROUTES: Final = (
    Route("GET", "/feedback", show, Right.TEXTS),
    Route("GET", "/feedback/words", show_words, Right.TEXTS),
)
