"""What many texts are about: themes with their words, typical quotes and share; frequent words; what belongs to none.

The same pages for answers to a question and for reports. Finding takes seconds, so it goes on beside the pages, which
look again. Not here: finding (`desk/themes/`), reports in numbers (`feedback.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from desk.route import Route
from desk.themes.facets import NONE, THEME
from desk.themes.worker import WorkerFailed
from desk.visit import Visit
from dialogs.promises import title_of
from dialogs.roles import Right
from privacy.disclosure import DESK, Question, SafeCell, Tally, disclose
from privacy.suppression import Shape
from storage.cases import CaseId
from storage.errors import Conflict
from storage.sql.themes import LONGEST_NAME, About, Theme

QUOTES: Final = 3
"""Typical texts of a theme that are shown."""
PAGE: Final = 50
RANK_DIGITS: Final = 9
ENTRY_WORDS: Final = 3
"""Words by which a theme is called until somebody names it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One theme as it is shown."""

    theme: Theme
    cell: SafeCell | None
    """How many texts it covers, or that this is not told."""
    quotes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose themes: for links, and what stands above them."""

    about: About
    title: str
    back: str
    back_name: str
    query: str

    def at(self, path: str = "", **more: str) -> str:
        query = urlencode({name: value for name, value in more.items() if value})
        return f"/themes{path}?" + "&".join(part for part in (self.query, query) if part)


def name_of(theme: Theme) -> str:
    """Its name, or its first words until somebody has named it."""
    return theme.name or " · ".join(theme.words[:ENTRY_WORDS])


async def show(visit: Visit) -> web.StreamResponse:
    """Themes and words of one question, or of all reports."""
    place, room = await _place(visit), visit.home.room
    total = await room.how_many(place.about)
    entries, nowhere = await _entries(visit, place.about, total) if total is not None else ([], None)
    words = None
    if place.about.survey:
        words = await room.frequent_words(place.about.survey, place.about.question, visit.now)
    elif (texts := room.reports()) is not None:
        study = room.study(("feedback",), texts, list(STANDING_OUT), visit.now)
        words = study.counted.frequent if study is not None else None
    return visit.page(
        "themes/show.html",
        place=place,
        entries=entries,
        nowhere=nowhere,
        words=words,
        ready=total is not None,
        total=total or 0,
        finding=room.is_finding(place.about),
        failed=room.has_failed(place.about),
        name_of=name_of,
        most=max((each.cell.count or 0 for each in entries if each.cell is not None), default=0),
    )


STANDING_OUT: Final = ("category", "office", "district", "month", "status")
"""Facets of reports by which words that stand out are told."""


async def state(visit: Visit) -> web.StreamResponse:
    """A fragment that looks again until themes are found, then loads the page anew."""
    place, room = await _place(visit), visit.home.room
    answer = visit.part("themes/finding.html", place=place)
    if not room.is_finding(place.about):
        answer.headers["HX-Refresh"] = "true"
    return answer


async def suggest(visit: Visit) -> web.StreamResponse:
    """Begin to find themes."""
    place, room = await _place(visit), visit.home.room
    texts = await room.texts_about(place.about)
    if texts is None:
        return visit.go(place.at(), visit.voice.t("The texts are being opened. Try again in some seconds."))
    room.suggest(place.about, texts, visit.today)
    await visit.note("themes.suggest", place.about.survey or "feedback", str(len(texts)))
    return visit.go(place.at())


async def change(visit: Visit) -> web.StreamResponse:
    """Name, merge, split or dissolve a theme."""
    place, t = await _place(visit), visit.voice.t
    id_, act = _id(await visit.field("theme")), await visit.field("act")
    try:
        told = await _changed(visit, place, id_, act)
    except Conflict:
        told = t("This theme is gone: somebody merged it, or themes were suggested anew.")
    except WorkerFailed:
        told = t("The theme could not be split just now. Nothing was changed.")
    return visit.go(place.at(), told)


async def _changed(visit: Visit, place: Place, id_: bytes, act: str) -> str:
    room, t = visit.home.room, visit.voice.t
    subject = place.about.survey or "feedback"
    match act:
        case "name":
            name = await visit.field("name", LONGEST_NAME)
            if not name:
                return t("Give the theme a name.")
            await room.themes.name(id_, name)
            told = t("It is called “{name}” now, and stays when themes are suggested anew.", name=name)
        case "merge":
            other = _id(await visit.field("other"))
            if not await room.themes.merge(id_, [other]):
                return t("Choose the theme that says the same.")
            told = t("The two are one theme now.")
        case "split":
            if not await room.split_theme(place.about, id_, visit.today):
                return t("Its texts are too few or too much alike to be split.")
            told = t("It is two themes now. Give each a name.")
        case "dissolve":
            await room.themes.dissolve(id_)
            told = t("Its texts belong to no theme now.")
        case _:
            return t("Nothing was changed.")
    await visit.note(f"themes.{act}", subject, id_.hex())
    return told


async def show_texts(visit: Visit) -> web.StreamResponse:
    """The texts of one theme, the most typical first."""
    place, room = await _place(visit), visit.home.room
    id_ = _id(visit.request.match_info["theme"])
    theme = next((each for each in await room.themes.all(place.about) if each.id == id_), None)
    if theme is None:
        raise web.HTTPNotFound
    after = visit.request.query.get("after", "")
    counted = after.isascii() and after.isdecimal() and len(after) <= RANK_DIGITS
    rows = await room.themes.texts(id_, int(after) if counted else -1, PAGE)
    words = await _words(visit, place.about, [number for _, number in rows])
    await visit.note("themes.texts", place.about.survey or "feedback", f"{id_.hex()} {len(rows)}")
    return visit.page(
        "themes/texts.html",
        place=place,
        title=name_of(theme),
        theme=theme,
        texts=[words[number] for _, number in rows if number in words],
        more=place.at(f"/{id_.hex()}", after=str(rows[-1][0])) if len(rows) == PAGE else "",
    )


async def show_none(visit: Visit) -> web.StreamResponse:
    """The texts that belong to no theme, in random order."""
    place, room = await _place(visit), visit.home.room
    texts = await room.texts_about(place.about)
    members = await room.themes.members(place.about)
    after = _id(visit.request.query.get("after", ""))
    rest = [each.number for each in texts or () if each.number not in members and each.number > after]
    words = await _words(visit, place.about, rest[:PAGE])
    await visit.note("themes.none", place.about.survey or "feedback", str(len(words)))
    return visit.page(
        "themes/texts.html",
        place=place,
        title=visit.voice.t("Texts that belong to no theme"),
        theme=None,
        texts=[words[number] for number in rest[:PAGE] if number in words],
        more=place.at("/none", after=rest[PAGE - 1].hex()) if len(rest) > PAGE else "",
    )


# -- what is shown


async def _place(visit: Visit) -> Place:
    """Whose themes an address means. Raises 404, for texts that nobody may read, too."""
    query, room, t = visit.request.query, visit.home.room, visit.voice.t
    code, question = query.get("survey", ""), query.get("q", "")
    if not code:
        return Place(About(), t("Feedback"), "/feedback", t("Feedback in numbers"), "")
    survey = await room.survey(code)
    if survey is None or not await room.moderation.readable(code):
        raise web.HTTPNotFound
    labels = await room.questions(survey, visit.voice)
    about = About(code, question)
    link = urlencode({"survey": code, "q": question})
    return Place(about, labels.get(question, question), f"/texts/{code}", title_of(survey, visit.voice), link)


async def _entries(visit: Visit, about: About, total: int) -> tuple[Sequence[Entry], SafeCell | None]:
    """The themes with their safe shares, and the share of what belongs to none."""
    room = visit.home.room
    themes = await room.themes.all(about)
    if not themes:
        return [], None
    counts = {theme.id.hex(): theme.texts for theme in themes}
    rest = max(0, total - sum(counts.values()))
    cells = tuple((counts | ({NONE: rest} if rest else {})).items())
    everybody = total if rest else sum(counts.values())
    safe = disclose(Tally(everybody, (Question(THEME, Shape.ONE_OF, everybody, cells),)), DESK)
    shown = {cell.value: cell for question in safe.questions for cell in question.cells}
    typical = await room.themes.typical(about, QUOTES)
    words = await _words(visit, about, [number for numbers in typical.values() for number in numbers])
    entries = [
        Entry(theme, shown.get(theme.id.hex()), [words[n] for n in typical.get(theme.id, ()) if n in words])
        for theme in themes
    ]
    return entries, shown.get(NONE)


async def _words(visit: Visit, about: About, numbers: Sequence[bytes]) -> Mapping[bytes, str]:
    """Masked texts by number, opened anew, so that what was erased or hidden is not shown."""
    room = visit.home.room
    if about.survey:
        listed = {each.number: each for each in await room.copies.some(numbers)}
        return {number: each.text for number, each in listed.items() if each.state.value != "hidden"}
    reported = await room.cases.some([CaseId(number) for number in numbers])
    return {each.id: each.report.words for each in reported if each.report is not None}


def _id(typed: str) -> bytes:
    try:
        return bytes.fromhex(typed)
    except ValueError:
        return b""


ROUTES: Final = (
    Route("GET", "/themes", show, Right.TEXTS),
    Route("GET", "/themes/state", state, Right.TEXTS, polls=True),
    Route("GET", "/themes/none", show_none, Right.TEXTS),
    Route("POST", "/themes/suggest", suggest, Right.TEXTS),
    Route("POST", "/themes/change", change, Right.TEXTS),
    Route("GET", "/themes/{theme}", show_texts, Right.TEXTS),
)
