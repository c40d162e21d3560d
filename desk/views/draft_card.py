"""The campaign card of a draft, and publishing it.

Not here: how fields become a card (`desk/cardform.py`), what is required (`storage/acts/drafting.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiohttp import web

from desk import cardform
from desk.opendraft import OpenDraft, known, writing
from desk.route import Route
from desk.visit import Visit
from dialogs.i18n import own_name
from dialogs.legal import BASES
from dialogs.roles import Right
from storage.acts import drafting
from storage.acts.errors import ActError
from storage.acts.running import find_survey

# -- the card


async def card(visit: Visit) -> web.StreamResponse:
    """What citizens and colleagues must know about it."""
    standing = await known(visit)
    return _card_page(visit, standing, cardform.Typed(standing.draft.card))


async def keep_card(visit: Visit) -> web.StreamResponse:
    """Keep what was typed; what does not fit is said beside its field, and stays as it was typed."""
    standing = await writing(visit)
    fields = await visit.form()
    typed = cardform.read_card(fields, standing.draft.card, standing.form, standing.draft.version_of, visit.voice)
    seen = await visit.field("seen", 40)
    if seen and seen != standing.draft.changed.isoformat():
        words = visit.voice.t(
            "Somebody changed this draft in the meantime. Your words stand here: keep them once more."
        )
        return _card_page(visit, standing, replace(typed, errors={"seen": words, **typed.errors}))
    await visit.home.drafts.keep_card(standing.number, typed.card, visit.now)
    if typed.errors:
        standing = await writing(visit)
        return _card_page(visit, standing, typed)
    return visit.go(f"/drafts/{standing.number}/publish", visit.voice.t("The card is kept."))


def _card_page(visit: Visit, standing: OpenDraft, typed: cardform.Typed) -> web.StreamResponse:
    tags = cardform.languages_of(standing.form)
    asked = visit.request.query.get("check") == "yes"
    lacking = drafting.missing(replace(standing.draft, card=typed.card), standing.form) if asked else {}
    errors = {**{name: visit.voice.t(words) for name, words in lacking.items()}, **typed.errors}
    return visit.page(
        "drafts/card.html",
        status=422 if typed.errors else 200,
        draft=standing,
        step="card",
        card=typed.card,
        raw=typed.raw,
        errors=errors,
        tags=cardform.named_languages(tags),
        offered=[pair for pair in cardform.named_languages(tags) if pair[0]],
        barred=cardform.BARRED,
        questions=cardform.filterable(standing.form, visit.voice) if standing.form is not None else [],
        bands=cardform.bands_of(typed.card),
        web=visit.config.web_address,
    )


# -- publishing


async def review(visit: Visit) -> web.StreamResponse:
    """Everything once more, what is missing, and the button."""
    return await _review_page(visit, await known(visit), "")


async def publish(visit: Visit) -> web.StreamResponse:
    """From now on citizens can answer, or from its first day on."""
    standing = await writing(visit)
    try:
        survey = await drafting.publish_draft(
            visit.home.drafts, visit.home.surveys, standing.draft, visit.now, visit.today, visit.voice
        )
    except ActError as error:
        return await _review_page(visit, standing, str(error))
    await visit.note("survey.publish", survey.code, survey.form)
    voice = visit.voice
    if standing.draft.version_of:
        told = voice.t("The new version is published. Whoever is answering just now stays with the old one.")
        return visit.go(f"/surveys/{survey.code}", told)
    if survey.is_open(visit.today):
        told = voice.t("Published: citizens can answer now. Tell them, with the links and the poster below.")
    else:
        assert survey.opens is not None, "a survey that is not open yet opens some day"
        told = voice.t("Published: it opens on {day}. The poster is ready.", day=voice.day(survey.opens))
    return visit.go(f"/surveys/{survey.code}/share", told)


async def _review_page(visit: Visit, standing: OpenDraft, problem: str) -> web.StreamResponse:
    lacking = drafting.missing(standing.draft, standing.form)
    if standing.form is not None and not problem:
        typed = cardform.check_again(standing.draft.card, standing.form, visit.voice)
        lacking = {**lacking, **typed}
    before = None
    if standing.draft.version_of:
        before = await find_survey(visit.home.surveys, standing.draft.version_of)
    card = standing.draft.card
    return visit.page(
        "drafts/publish.html",
        status=422 if problem else 200,
        draft=standing,
        step="publish",
        problem=problem,
        lacking=[(name, visit.voice.t(words)) for name, words in lacking.items()],
        card=card,
        bases=BASES,
        before=before,
        spoken=[own_name(tag) for tag in card.languages],
        barred=[visit.voice.t(label) for key, label in cardform.BARRED if key in card.barred],
        filters=[
            question.label
            for question in (cardform.filterable(standing.form, visit.voice) if standing.form is not None else [])
            if question.ref in cardform.bands_of(card)
        ],
        opens_later=card.opens is not None and card.opens > visit.today,
        web=visit.config.web_address,
    )


ROUTES: Final = (
    Route("GET", "/drafts/{number}/card", card, Right.SURVEYS),
    Route("POST", "/drafts/{number}/card", keep_card, Right.SURVEYS),
    Route("GET", "/drafts/{number}/publish", review, Right.SURVEYS),
    Route("POST", "/drafts/{number}/publish", publish, Right.SURVEYS),
)
