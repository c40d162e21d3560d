"""Pilots: what the town tries out, its timeline with setbacks, and the steps of its life.

Not here: what a step needs (`storage/acts/pilotfile.py`), the public page (the bot's web).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from desk.pilotform import by_language, fields_of, mark_of, one, tree_of, typed_into
from desk.route import Route
from desk.visit import Visit
from dialogs.pilots import NEEDS_REASON, NEXT, STATE_NAMES, Pilot, PilotState, Sort, missing, name_of
from dialogs.roles import Right
from dialogs.wording import in_language
from storage.acts import pilots as acts
from storage.acts.broadcast_report import title
from storage.acts.broadcasting import STATES
from storage.acts.errors import ActError
from storage.acts.pilotfile import NEEDED_NAMES

ENTRIES: Final = {"news": Sort.NEWS, "setbacks": Sort.SETBACK}


async def list_all(visit: Visit) -> web.StreamResponse:
    """Every pilot and how it stands."""
    pilots = await visit.home.pilots.all()
    return visit.page("pilots/list.html", pilots=pilots, name_of=name_of, states=STATE_NAMES)


async def show(visit: Visit) -> web.StreamResponse:
    """One pilot: state, what it lacks, timeline, next step."""
    return _shown(visit, await _known(visit), "", await _sent(visit))


async def _sent(visit: Visit) -> list[Any]:
    code = visit.request.match_info["code"]
    return [each for each in await visit.home.broadcasts.all() if each.broadcast.pilot == code]


def _shown(visit: Visit, pilot: Pilot, problem: str, news: list[Any], fields: Any = None) -> web.Response:
    return visit.page(
        "pilots/one.html",
        status=422 if problem else 200,
        problem=problem,
        fields=fields or {},
        pilot=pilot,
        seen=mark_of(pilot),
        name=name_of(pilot, visit.voice),
        state=STATE_NAMES[pilot.state],
        states=STATE_NAMES,
        lacks=[NEEDED_NAMES[need] for need in missing(pilot)],
        steps=sorted(NEXT[pilot.state], key=list(PilotState).index),
        needs_reason=NEEDS_REASON,
        text=lambda texts: in_language(texts, visit.voice),
        tags=visit.config.town.languages,
        news=news,
        news_states=STATES,
        news_title=title,
        address=visit.config.web_address,
    )


async def write(visit: Visit) -> web.StreamResponse:
    """An empty form."""
    return _form(visit, None, fields_of(None, visit.config.town.languages), "")


async def change(visit: Visit) -> web.StreamResponse:
    """The form with what the pilot says."""
    pilot = await _known(visit)
    return _form(visit, pilot, fields_of(pilot, visit.config.town.languages), "")


def _form(visit: Visit, pilot: Pilot | None, fields: Any, problem: str) -> web.Response:
    return visit.page(
        "pilots/form.html",
        status=422 if problem else 200,
        pilot=pilot,
        seen=mark_of(pilot) if pilot is not None else "",
        fields=fields,
        problem=problem,
        tags=visit.config.town.languages,
        topics=[(topic.key, topic.labels.get(visit.language, topic.label)) for topic in visit.config.news.topics],
        districts=[place.name for place in visit.live.districts.places],
    )


async def store(visit: Visit) -> web.StreamResponse:
    """Store what was typed; what does not fit is said above it, and nothing typed is lost."""
    pilot = await _known(visit) if "code" in visit.request.match_info else None
    fields = await visit.form()
    tree = typed_into(tree_of(pilot) if pilot is not None else {}, fields, visit.config.town.languages)
    if pilot is not None:
        tree["code"] = pilot.code
    elif any(each.code == one(fields, "code").lower() for each in await visit.home.pilots.all()):
        taken = visit.voice.t("There is a pilot with this short name already: choose another one.")
        return _form(visit, None, fields, taken)
    if pilot is not None and one(fields, "seen") != mark_of(pilot):
        return _form(visit, pilot, fields, visit.voice.t(acts.CHANGED_MEANWHILE))
    try:
        applied = await _apply(visit, tree, pilot)
    except ActError as error:
        return _form(visit, pilot, fields, str(error))
    return visit.go(f"/pilots/{applied.pilot.code}", visit.voice.t("Stored."))


async def step(visit: Visit) -> web.StreamResponse:
    """To the next state of its life, with the reason for citizens."""
    pilot, fields = await _known(visit), await visit.form()
    languages = visit.config.town.languages
    if one(fields, "seen") != mark_of(pilot):
        return _shown(visit, pilot, visit.voice.t(acts.CHANGED_MEANWHILE), await _sent(visit), fields)
    tree = tree_of(pilot) | {"state": one(fields, "state"), "reason": by_language(fields, "reason", languages)}
    try:
        applied = await _apply(visit, tree, pilot)
    except ActError as error:
        return _shown(visit, pilot, str(error), await _sent(visit), fields)
    if applied.goodbye is not None:
        told = visit.voice.t("Its findings and a goodbye are submitted as news; somebody else approves them.")
        return visit.go(f"/news/{applied.goodbye}", told)
    told = visit.voice.t("It is {state} now.", state=visit.voice.t(STATE_NAMES[applied.pilot.state]))
    return visit.go(f"/pilots/{pilot.code}", told)


async def add(visit: Visit) -> web.StreamResponse:
    """A setback, or a piece of news, for the timeline."""
    pilot, fields = await _known(visit), await visit.form()
    kind = one(fields, "kind")
    tree = tree_of(pilot)
    if kind not in ENTRIES:
        return _shown(visit, pilot, visit.voice.t("Say whether it is news or a setback."), await _sent(visit), fields)
    entry = {"day": one(fields, "day"), "text": by_language(fields, "text", visit.config.town.languages)}
    try:
        applied = await _apply(visit, tree | {kind: [*tree[kind], entry]}, pilot)
    except ActError as error:
        return _shown(visit, pilot, str(error), await _sent(visit), fields)
    return visit.go(f"/pilots/{applied.pilot.code}", visit.voice.t("It stands on the timeline now."))


async def _apply(visit: Visit, tree: Mapping[str, Any], before: Pilot | None) -> acts.Applied:
    return await acts.apply(visit.config, visit.home, tree, before, visit.staff.name, visit.clock, visit.voice)


async def _known(visit: Visit) -> Pilot:
    for pilot in await visit.home.pilots.all():
        if pilot.code == visit.request.match_info["code"]:
            return pilot
    raise web.HTTPNotFound


ROUTES: Final = (
    Route("GET", "/pilots", list_all, Right.NEWS_READ),
    Route("GET", "/pilots/new", write, Right.NEWS),
    Route("POST", "/pilots/new", store, Right.NEWS),
    Route("GET", "/pilots/{code}", show, Right.NEWS_READ),
    Route("GET", "/pilots/{code}/change", change, Right.NEWS),
    Route("POST", "/pilots/{code}/change", store, Right.NEWS),
    Route("POST", "/pilots/{code}/step", step, Right.NEWS),
    Route("POST", "/pilots/{code}/timeline", add, Right.NEWS),
)
