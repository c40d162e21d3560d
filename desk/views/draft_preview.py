"""The chat beside the form of a draft, and the draft on one's own phone.

Not here: the conversation itself (`desk/previews.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from aiohttp import web

from desk import cardform, previews
from desk.opendraft import OpenDraft, known, workshop_of, writing
from desk.previews import Look, Preview
from desk.route import Route
from desk.sharing import code_svg
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.messages import Expects
from dialogs.roles import Right
from dialogs.world import Survey, Town
from storage.acts import drafting
from storage.town import town_of

PICTURES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
PREVIEW: Final = "preview"
MOST_VOTES: Final = 50
LABELS: Final = {channel.channel: channel.label for channel in previews.CHANNELS}
SAMPLES: Final[Mapping[Expects, tuple[str, str]]] = {
    Expects.PHOTO: ("photo", N_("Send a photo")),
    Expects.VOICE: ("voice", N_("Send a voice message")),
    Expects.FILE: ("file", N_("Send a file")),
    Expects.PLACE: ("place", N_("Send a place")),
}
"""What stands in for a phone's camera, by what the question waits for."""


async def play(visit: Visit) -> web.StreamResponse:
    """One turn of the conversation, or a new one; a fragment for htmx, otherwise the page again."""
    standing = await known(visit)
    if standing.form is not None:
        preview = await _preview(visit, standing)
        fields = await visit.form()
        words = await visit.field("words", previews.WORDS)
        if "restart" in fields or "look" in fields:
            look = (await visit.field("channel", 16), await visit.field("language", 35))
            await _begun(visit, standing, _survey(visit, standing), (previews.channel_of(look[0]).channel, look[1]))
        elif "tap" in fields or "vote" in fields:
            _tap(preview, [str(each) for each in (*fields.getall("tap", ()), *fields.getall("vote", ()))])
        elif "sample" in fields:
            what = await visit.field("sample", 16)
            event = previews.sampled(what, town_as_met(visit))
            if event is not None:
                preview.take(event, visit.voice.t("(a sample)"))
        elif words:
            preview.take(previews.typed(words), words)
    if visit.request.headers.get("HX-Request"):
        return visit.part("drafts/preview.html", draft=standing, **await preview_values(visit, standing))
    return visit.go(f"/drafts/{standing.number}#{PREVIEW}")


def _tap(preview: Preview, typed: list[str]) -> None:
    """`MESSAGE:ACTION`, as the page wrote it."""
    messages, actions = zip(*(each.partition(":")[::2] for each in typed[:MOST_VOTES]), strict=True)
    tapped = previews.tapped(preview, actions, messages[0])
    if tapped is not None:
        event, words = tapped
        preview.take(event, words)


async def picture(visit: Visit) -> web.StreamResponse:
    """A picture of the form, for the preview; nothing else that was handed in is shown by the browser."""
    standing = await known(visit)
    name = visit.request.match_info["name"]
    mime = PICTURES.get(PurePath(name).suffix.lower())
    data = (await visit.home.drafts.beside(standing.number)).get(name)
    if mime is None or data is None:
        raise web.HTTPNotFound
    return web.Response(body=data, content_type=mime)


async def preview_values(visit: Visit, standing: OpenDraft) -> dict[str, Any]:
    if standing.form is None:
        return {"preview": None}
    preview = await _preview(visit, standing)
    tags = [tag for tag in cardform.languages_of(standing.form) if tag] or list(visit.config.town.languages)
    return {
        "preview": preview,
        "channels": [(channel.channel, channel.label) for channel in previews.CHANNELS],
        "spoken": cardform.named_languages(tags),
        "samples": [SAMPLES[preview.expects]] if preview.expects in SAMPLES else [],
        "pictures": PICTURES,
    }


async def _preview(visit: Visit, standing: OpenDraft) -> Preview:
    survey = _survey(visit, standing)
    found = workshop_of(visit).previews.find(_browser(visit), standing.number, survey.form, visit.now)
    if found is not None:
        return found
    running = [way.channel for way in await visit.home.ways.all()]
    channel = next((each.channel for each in previews.CHANNELS if each.channel in running), "telegram")
    languages = cardform.languages_of(standing.form)
    language = str(visit.language) if visit.language in languages else languages[0]
    return await _begun(visit, standing, survey, (channel, language))


async def _begun(visit: Visit, standing: OpenDraft, survey: Survey, look: Look) -> Preview:
    assert standing.form is not None, "only a form that works is played"
    workshop, ways = workshop_of(visit), await visit.home.ways.all()
    town = town_as_met(visit)
    world = previews.surroundings(survey, standing.form, town, ways, visit.config.web_address, visit.clock.now)
    return workshop.previews.begin(_browser(visit), standing.number, look, survey, world, visit.now)


def _survey(visit: Visit, standing: OpenDraft) -> Survey:
    """The draft as it will be on a day on which it is open."""
    card = standing.draft.card
    assert standing.form is not None, "only a form that works is played"
    survey = drafting.as_survey(card.code or "entwurf", card, standing.form.hash, standing.title or "Entwurf")
    over = survey.closes is not None and survey.closes < visit.today
    return replace(survey, closes=None) if over else survey


def town_as_met(visit: Visit) -> Town:
    """The town as its citizens meet it."""
    return visit.live.town(lambda config, districts: town_of(config, districts.places))


def _browser(visit: Visit) -> str:
    assert visit.session is not None, "the route asks for a right"
    return visit.session.token


# -- on one's own phone


async def code(visit: Visit) -> web.StreamResponse:
    """A channel's QR code with the test code in it."""
    test_code = (await known(visit)).draft.test_code
    ways = {way.channel: way for way in await visit.home.ways.all()}
    way = ways.get(visit.request.match_info["channel"])
    if not test_code or way is None or not way.link:
        raise web.HTTPNotFound
    return web.Response(body=code_svg(way.to(test_code)), content_type="image/svg+xml")


async def try_it(visit: Visit) -> web.StreamResponse:
    """A code with which whoever has it can answer the draft on a messenger; "end" takes it back."""
    standing = await writing(visit)
    ends = await visit.field("act") == "end"
    await visit.home.drafts.try_by(standing.number, "" if ends else drafting.new_test_code())
    await visit.note("survey.untry" if ends else "survey.try", str(standing.number))
    return visit.go(f"/drafts/{standing.number}#phone")


ROUTES: Final = (
    Route("POST", "/drafts/{number}/play", play, Right.SURVEYS),
    Route("GET", "/drafts/{number}/pictures/{name}", picture, Right.SURVEYS),
    Route("POST", "/drafts/{number}/try", try_it, Right.SURVEYS),
    Route("GET", "/drafts/{number}/codes/{channel}.svg", code, Right.SURVEYS),
)
