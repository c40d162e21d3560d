"""How a town tells its citizens a survey: links, codes, the poster, words to copy.

Not here: what they say (`desk/sharing.py`), the poster's sheet (`desk/poster.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Final

from aiohttp import web

from desk.opendraft import workshop_of
from desk.route import Route
from desk.sharing import Invitation, code_png, code_svg, homepage_text, invitation, questions_of, short_text
from desk.views.surveys import found
from desk.visit import Visit
from dialogs.forms.model import Form
from dialogs.i18n import Voice, house_languages, own_name
from dialogs.messages import Language
from dialogs.roles import Right
from dialogs.world import Survey

PAGE: Final = "page"
"""In the place of a channel: the survey's public page."""
KINDS: Final = ("svg", "png")


async def kit(visit: Visit) -> web.StreamResponse:
    """Everything on one page."""
    survey = await found(visit)
    form = await _form(visit, survey)
    spoken = _languages(visit, survey)
    texts = []
    for language in spoken:
        voice = Voice(language, visit.today)
        sheet = await _sheet(visit, survey, form, voice)
        texts.append((language, own_name(language), homepage_text(sheet, survey, voice), short_text(sheet, voice)))
    return visit.page(
        "surveys/share.html",
        survey=survey,
        sheet=await _sheet(visit, survey, form, visit.voice),
        texts=texts,
        spoken=[(language, own_name(language)) for language in spoken],
        embeds=bool(visit.config.web_address),
    )


async def print_poster(visit: Visit) -> web.StreamResponse:
    """The sheet as PDF, in the language that is asked for."""
    survey = await found(visit)
    wanted = visit.request.query.get("language", "")
    spoken = _languages(visit, survey)
    language = next((each for each in spoken if each == wanted), spoken[0])
    voice = Voice(language, visit.today)
    sheet = await _sheet(visit, survey, await _form(visit, survey), voice)
    data = await asyncio.to_thread(_drawn, sheet, voice, visit.today)  # some tenths of a second
    name = f"{survey.code}-{language}.pdf"
    return web.Response(
        body=data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _drawn(sheet: Invitation, voice: Voice, day: date) -> bytes:
    from desk.poster import poster  # its library is a third of the desk's start, and few days see a poster

    return poster(sheet, voice, day)


async def code(visit: Visit) -> web.StreamResponse:
    """One channel's QR code: `.svg` for pages and printers, `.png` for text programs."""
    survey = await found(visit)
    sheet = await _sheet(visit, survey, None, visit.voice)
    channel = visit.request.match_info["channel"]
    links = {each.channel: each.link for each in sheet.entrances} | ({PAGE: sheet.address} if sheet.address else {})
    link = links.get(channel)
    kind = visit.request.match_info["kind"]
    if link is None or kind not in KINDS:
        raise web.HTTPNotFound
    if kind == "svg":
        return web.Response(body=code_svg(link), content_type="image/svg+xml")
    name = f"{survey.code}-{channel}.png"
    return web.Response(
        body=code_png(link),
        content_type="image/png",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _sheet(visit: Visit, survey: Survey, form: Form | None, voice: Voice) -> Invitation:
    town = visit.config.town
    ways = await visit.home.ways.all()
    questions = questions_of(form) if form is not None else 0
    return invitation(survey, form, questions, ways, town.name, town.contact, visit.config.web_address, voice)


async def _form(visit: Visit, survey: Survey) -> Form | None:
    version = await visit.home.surveys.form(survey.form)
    if version is None:
        return None
    stored = version

    async def files() -> Mapping[str, bytes]:
        return stored.attachments

    return await workshop_of(visit).form(version.hash, version.xform, files)


def _languages(visit: Visit, survey: Survey) -> tuple[Language, ...]:
    """Those of the survey in which the house has words, at least one."""
    house = house_languages()
    spoken = tuple(Language(each) for each in survey.languages or visit.config.town.languages)
    return tuple(each for each in spoken if each in house) or (visit.language,)


ROUTES: Final = (
    Route("GET", "/surveys/{code}/share", kit, Right.SURVEYS),
    Route("GET", "/surveys/{code}/poster.pdf", print_poster, Right.SURVEYS),
    Route("GET", "/surveys/{code}/codes/{channel}.{kind}", code, Right.SURVEYS),
)
