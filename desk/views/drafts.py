"""Drafts of surveys: begin one, hand in a form, see what is wrong where it is wrong.

Nothing that was typed or handed in is lost on the way, whatever is refused. Not here: the chat beside the form
(`draft_preview.py`), the card and publishing (`draft_card.py`), what each act checks (`storage/acts/drafting.py`).
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

import msgspec
from aiohttp import web

from desk import cardform
from desk.findings import shown
from desk.opendraft import OpenDraft, known, workshop_of, writing
from desk.route import Route
from desk.samples import SAMPLE
from desk.sharing import questions_of
from desk.views.draft_preview import LABELS, preview_values
from desk.visit import Visit
from dialogs.promises import minutes
from dialogs.roles import Right
from storage.acts import drafting
from storage.acts.errors import ActError
from storage.acts.publishing import FILE_LIMIT, SIBLING_LIMIT
from storage.drafts import DraftAct, DraftCard, DraftNumber
from storage.errors import Conflict

UPLOAD: Final = FILE_LIMIT + SIBLING_LIMIT + 64 * 1024
"""Bytes of a form with the files beside it, and of the page's own fields."""


# -- begin


async def new(visit: Visit) -> web.StreamResponse:
    """Three ways to begin."""
    return visit.page("drafts/new.html", most=FILE_LIMIT, problem="")


async def begin(visit: Visit) -> web.StreamResponse:
    """A new draft with the file that was handed in, or with the sample."""
    drafts = visit.home.drafts
    fields = await visit.form()
    if fields.get("begin") == "sample":
        name, source = SAMPLE.name, SAMPLE.read_bytes()
    else:
        name, source = _file(fields.get("form"))
    if not source:
        words = visit.voice.t("Choose a file first: a spreadsheet with your questions.")
        return visit.page("drafts/new.html", 422, most=FILE_LIMIT, problem=words)
    try:
        drafting.refuse_large(name, source, {}, visit.voice)
    except ActError as error:
        return visit.page("drafts/new.html", 422, most=FILE_LIMIT, problem=str(error))
    number = await drafts.begin(DraftCard(), visit.staff.name, visit.now)
    return await _hand_in(visit, number, name, source)


async def _hand_in(visit: Visit, number: DraftNumber, name: str, source: bytes) -> web.StreamResponse:
    """Check and keep it; then back to the page that shows what was found."""
    workshop, drafts, fields = workshop_of(visit), visit.home.drafts, await visit.form()
    beside = dict(_file(each) for each in fields.getall("beside", ()))
    beside.pop("", None)
    try:
        file = await drafting.take_file(drafts, number, name, source, beside, workshop.sandbox, visit.now, visit.voice)
    except ActError as error:
        return await _form_page(visit, await known(visit, number), str(error))
    await visit.note("survey.draft", str(number), file.name)
    if file.works:
        standing = await known(visit, number)
        assert standing.form is not None
        card = drafting.filled(standing.draft.card, standing.form, file.report)
        code = card.code or cardform.suggested_code(standing.form.title or PurePath(name).stem)
        card = msgspec.structs.replace(card, code=code, opens=card.opens or visit.today)
        await drafts.keep_card(number, card, visit.now)
    return visit.go(f"/drafts/{number}")


def _file(field: object) -> tuple[str, bytes]:
    """Name and bytes of what was chosen; one byte more than a form may have is enough to refuse it."""
    if not isinstance(field, web.FileField) or not field.filename:
        return "", b""
    name = PurePath(field.filename.replace("\\", "/")).name
    return name, field.file.read(SIBLING_LIMIT + 1)


# -- the form and its check


async def show(visit: Visit) -> web.StreamResponse:
    """What was handed in, what was found, and the chat beside it."""
    return await _form_page(visit, await known(visit))


async def take(visit: Visit) -> web.StreamResponse:
    """Another file in place of the one that stood there, or files beside it."""
    standing = await writing(visit)
    fields = await visit.form()
    name, source = _file(fields.get("form"))
    if not source and standing.draft.file is not None:
        name, source = standing.draft.file.name, standing.draft.file.source  # files beside it only
    if not source:
        return await _form_page(
            visit, standing, visit.voice.t("Choose a file first: a spreadsheet with your questions.")
        )
    return await _hand_in(visit, standing.number, name, source)


async def _form_page(visit: Visit, standing: OpenDraft, problem: str = "") -> web.StreamResponse:
    file = standing.draft.file
    beside = await visit.home.drafts.names_beside(standing.number)
    wanted = file.report.summary.media if file is not None and file.report.summary is not None else ()
    found = shown(file, visit.voice) if file is not None else []
    return visit.page(
        "drafts/form.html",
        status=422 if problem else 200,
        draft=standing,
        step="form",
        problem=problem,
        most=FILE_LIMIT,
        errors=[each for each in found if each.severity == "error"],
        remarks=[each for each in found if each.severity != "error"],
        summary=file.report.summary if file is not None else None,
        beside=beside,
        minutes=minutes(questions_of(standing.form)) if standing.form is not None else 0,
        wanted=[name for name in wanted if name not in beside],
        ways=await visit.home.ways.all() if standing.draft.test_code else (),
        labels=LABELS,
        **await preview_values(visit, standing),
    )


async def download(visit: Visit) -> web.StreamResponse:
    """The file as it was handed in."""
    file = (await known(visit)).draft.file
    if file is None:
        raise web.HTTPNotFound
    return _attachment(file.name, file.source)


async def sample(visit: Visit) -> web.StreamResponse:
    """The commented sample, to write one's own questions over."""
    return _attachment(SAMPLE.name, SAMPLE.read_bytes())


def _attachment(name: str, data: bytes) -> web.Response:
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    disposition = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return web.Response(body=data, content_type="application/octet-stream", headers=disposition)


# -- put away, taken up


async def discard(visit: Visit) -> web.StreamResponse:
    """Put it away; it can be brought back for a month."""
    standing = await writing(visit)
    await _step(visit, standing, DraftAct.DISCARD)
    return visit.go(
        "/surveys", visit.voice.t("Discarded. For a month you can bring it back from the end of this page.")
    )


async def restore(visit: Visit) -> web.StreamResponse:
    """Take it up again."""
    standing = await known(visit)
    await _step(visit, standing, DraftAct.RESTORE)
    return visit.go(f"/drafts/{standing.number}")


async def _step(visit: Visit, standing: OpenDraft, act: DraftAct) -> None:
    try:
        await visit.home.drafts.step(standing.number, act, visit.now)
    except Conflict:
        raise web.HTTPNotFound from None
    await visit.note(f"survey.{act}", str(standing.number))


ROUTES: Final = (
    Route("GET", "/drafts/new", new, Right.SURVEYS),
    Route("POST", "/drafts/new", begin, Right.SURVEYS, most=UPLOAD),
    Route("GET", "/drafts/sample.xlsx", sample, Right.SURVEYS),
    Route("GET", "/drafts/{number}", show, Right.SURVEYS),
    Route("POST", "/drafts/{number}/file", take, Right.SURVEYS, most=UPLOAD),
    Route("GET", "/drafts/{number}/file", download, Right.SURVEYS),
    Route("POST", "/drafts/{number}/discard", discard, Right.SURVEYS),
    Route("POST", "/drafts/{number}/restore", restore, Right.SURVEYS),
)
