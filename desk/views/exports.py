"""What staff take out of the house: tables of safe results for a spreadsheet; single answers, after the close only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from desk.route import Route
from desk.views.results import asked_survey
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.promises import title_of
from dialogs.roles import Right
from dialogs.text_states import TextState
from dialogs.world import Survey
from storage.acts.errors import ActError
from storage.acts.exporting import LEAST_ROWS, Table, as_csv, rows_of, typed
from storage.acts.opendata import tally_rows
from storage.acts.results import View
from storage.acts.workbook import Sheet, workbook
from storage.errors import Conflict, KeyMissing

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITHOUT_KEY: Final = N_("The reading key is not here, so texts do not open. Ask whoever runs Zuruf to bring it back.")
FORMATS: Final = ("xlsx", "csv")


async def tables(visit: Visit) -> web.StreamResponse:
    """The results that the page shows, as a spreadsheet."""
    survey = await asked_survey(visit)
    form = await visit.home.results.form(survey)
    view = (await visit.home.results.view(survey, visit.now, visit.live.districts)).view
    if not isinstance(view, View) or view.safe is None:
        raise web.HTTPNotFound
    t = visit.voice.t
    head = (t("Question"), t("Answer"), t("Number"), t("Percent"), t("People who answered the question"), t("Note"))
    rows = [
        (
            row.question_label,
            row.answer_label,
            row.count,
            row.percent,
            row.base,
            "" if row.count is not None else t("hidden, to protect small groups"),
        )
        for row in tally_rows(view.safe, form, visit.voice)
    ]
    words = [
        (ref.rpartition("/")[2], word, count) for ref, common in view.words.items() for word, count in common.counts
    ]
    sheets = [Sheet(t("Results"), head, rows)]
    if words:
        sheets.append(Sheet(t("Words"), (t("Question"), t("Word"), t("Number")), words))
    return _download(workbook(sheets), XLSX, f"{survey.code}-results.xlsx")


async def ask(visit: Visit) -> web.StreamResponse:
    """What single answers hold, before they are taken out."""
    survey = await asked_survey(visit)
    return _asked(visit, survey, "")


def _asked(visit: Visit, survey: Survey, problem: str) -> web.Response:
    return visit.page(
        "results/rows.html",
        status=422 if problem else 200,
        survey=survey,
        title=title_of(survey, visit.voice),
        problem=problem,
        least=LEAST_ROWS,
    )


async def rows(visit: Visit) -> web.StreamResponse:
    """Single answers of a closed survey: shuffled, without pseudonym or time, texts masked."""
    survey = await asked_survey(visit)
    ending = await visit.field("format", 8)
    if ending not in FORMATS:
        return _asked(visit, survey, visit.voice.t("Choose a format."))
    try:
        table = await _table(visit, survey)
    except ActError as error:
        return _asked(visit, survey, str(error))
    await visit.note("results.rows", survey.code, f"{len(table.rows)} {ending}")
    if ending == "csv":
        return _download(as_csv(table).encode("utf-8-sig"), "text/csv", f"{survey.code}.csv")
    return _download(workbook([Sheet(survey.code, table.columns, typed(table))]), XLSX, f"{survey.code}.xlsx")


async def _table(visit: Visit, survey: Survey) -> Table:
    """Raises `ActError`."""
    home = visit.home
    try:
        responses = await home.results.responses.rows(survey.code)
    except Conflict:
        raise ActError(
            visit.voice.t("The survey is still open. Single answers leave the house only after its close.")
        ) from None
    return rows_of(responses, await _copies(visit, survey), await home.results.form(survey), visit.voice)


async def _copies(visit: Visit, survey: Survey) -> Mapping[tuple[bytes, str], str]:
    """Masked texts and coarse places; without what moderators hid. Raises `ActError` if they do not open here."""
    found: dict[tuple[bytes, str], str] = {}
    try:
        async for some in visit.home.room.copies.every(survey.code):
            found |= {(each.response, each.ref): each.text for each in some if each.state is not TextState.HIDDEN}
        async for some in visit.home.room.copies.places(survey.code):
            found |= {(each.response, each.ref): each.text for each in some}
    except KeyMissing:
        raise ActError(visit.voice.t(WITHOUT_KEY)) from None
    return found


def _download(data: bytes, mime: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=data, content_type=mime, headers=headers)


ROUTES: Final = (
    Route("GET", "/results/{code}/tables.xlsx", tables, Right.RESULTS),
    Route("GET", "/results/{code}/rows", ask, Right.EXPORT),
    Route("POST", "/results/{code}/rows", rows, Right.EXPORT),
)
