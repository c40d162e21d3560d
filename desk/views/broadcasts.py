"""News: written, previewed as each channel shows it, submitted, approved by another person, followed while it goes out.

Not here: what each act checks (`storage/acts/broadcasting.py`), sending (the bot).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from desk.needs import Need
from desk.newsform import OPTION_KEYS, fields_of, front_of, mark_of
from desk.route import Route
from desk.visit import Visit
from dialogs.broadcasts import ENDED, FINAL, Act, BroadcastState, Outcome, QuestionSort, after
from dialogs.capabilities import known_channels
from dialogs.messages import Language
from dialogs.news import seen_say
from dialogs.pilots import name_of, takes_news
from dialogs.rendering import render
from dialogs.roles import Right
from dialogs.world import NewsItem
from storage.acts import broadcasting
from storage.acts.broadcast_report import OUTCOMES, REASONS, Reach, closed, reach, title
from storage.acts.broadcasting import STATES
from storage.acts.errors import ActError
from storage.acts.newsfile import PICTURE_LIMIT, news_of
from storage.news import Count, StoredBroadcast

FORM_BYTES: Final = PICTURE_LIMIT + 1024 * 1024
AT_WORK: Final = (BroadcastState.APPROVED, BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED)
NUMBER_DIGITS: Final = 9
PREVIEWED: Final = tuple(name for name in known_channels() if name != "terminal")


@dataclass(frozen=True, slots=True)
class Bar:
    """How far one channel is."""

    label: str
    done: int
    total: int


async def list_all(visit: Visit) -> web.StreamResponse:
    """Everything, what goes on first."""
    every = await visit.home.broadcasts.all()
    waiting = [each for each in every if each.state is BroadcastState.SUBMITTED]
    going = [each for each in every if each.state in AT_WORK]
    drafts = [each for each in every if each.state is BroadcastState.DRAFT]
    over = [each for each in every if each.state in FINAL]
    return visit.page(
        "broadcasts/list.html", waiting=waiting, going=going, drafts=drafts, over=over, title=title, states=STATES
    )


async def needs_me(visit: Visit) -> Sequence[Need]:
    """What waits for somebody's yes, and what goes wrong while it goes out."""
    if not visit.may(Right.NEWS_READ):
        return ()
    voice = visit.voice
    needs: list[Need] = []
    if visit.may(Right.NEWS_APPROVE):
        submitted = await visit.home.broadcasts.all((BroadcastState.SUBMITTED,))
        others = [each for each in submitted if each.author != visit.staff.name]
        if others:
            words = voice.n(
                "{n} piece of news waits for your yes.", "{n} pieces of news wait for your yes.", len(others)
            )
            path = f"/news/{others[0].number}" if len(others) == 1 else "/news"
            needs.append(Need(words, path, voice.t("Look at it")))
    for each in await visit.home.broadcasts.all((BroadcastState.PAUSED,)):
        words = voice.t("“{name}” is paused: some have it, some do not.", name=title(each.broadcast))
        needs.append(Need(words, f"/news/{each.number}", voice.t("Go on, or stop it"), is_late=True))
    return needs


# -- write


async def write(visit: Visit) -> web.StreamResponse:
    """An empty form."""
    fields = fields_of(None, visit.config.town.languages, visit.config.timezone)
    fields["pilot"] = visit.request.query.get("pilot", "")
    return await _form(visit, None, fields, "")


async def change(visit: Visit) -> web.StreamResponse:
    """The form with a stored draft."""
    standing = await _known(visit)
    if after(standing.state, Act.CHANGE) is None:
        return visit.go(f"/news/{standing.number}", visit.voice.t("It cannot be changed any more."))
    return await _form(visit, standing, fields_of(standing, _languages(visit, standing), visit.config.timezone), "")


async def store(visit: Visit) -> web.StreamResponse:
    """Store what was typed; what does not fit is said above it, and nothing typed is lost."""
    standing = await _known(visit) if "number" in visit.request.match_info else None
    fields = await visit.form()
    voice, home = visit.voice, visit.home
    languages = _languages(visit, standing)
    if standing is not None and fields.get("seen") != mark_of(standing):
        changed = voice.t("Somebody changed this in the meantime. Your words stand here: store them once more.")
        return await _form(visit, standing, fields, changed)
    try:
        name, picture = await _picture(visit, fields, standing)
        front, sections = front_of(fields, languages, name, voice)
        read = news_of(front, sections, visit.config.town.languages[0], voice)
        broadcast = await broadcasting.checked(visit.config, home, read.broadcast, visit.today, voice)
        due = None if read.send_at is None else read.send_at.replace(tzinfo=visit.config.timezone)
        number = await broadcasting.store_draft(
            home, broadcast, picture, due, visit.staff.name, visit.now, voice, standing
        )
    except ActError as error:
        return await _form(visit, standing, fields, str(error))
    return visit.go(f"/news/{number}", voice.t("Stored. See how it will look, then submit it."))


async def _picture(visit: Visit, fields: Any, standing: StoredBroadcast | None) -> tuple[str, bytes | None]:
    """Name and bytes: of a new file, of the one that the draft has, or none."""
    file = fields.get("picture")
    if isinstance(file, web.FileField) and file.filename:
        source = file.file.read(PICTURE_LIMIT + 1)
        if len(source) > PICTURE_LIMIT:
            raise ActError(visit.voice.t("{file} is too large for such a file.", file=file.filename))
        return "picture.jpg", await broadcasting.picture_of(source, file.filename, visit.home.sandbox, visit.voice)
    if standing is not None and standing.broadcast.picture is not None and not fields.get("no_picture"):
        return standing.broadcast.picture.name, await visit.home.broadcasts.picture(standing.number)
    return "", None


async def _form(visit: Visit, standing: StoredBroadcast | None, fields: Any, problem: str) -> web.StreamResponse:
    pilots = [pilot for pilot in await visit.home.pilots.all() if takes_news(pilot, visit.today)]
    surveys = [each for each in await visit.home.surveys.all() if each.is_open(visit.today) and not each.attached]
    past = await visit.home.broadcasts.all((BroadcastState.SENT, BroadcastState.STOPPED), most=20)
    return visit.page(
        "broadcasts/form.html",
        status=422 if problem else 200,
        standing=standing,
        fields=fields,
        problem=problem,
        tags=_languages(visit, standing),
        pilots=[(pilot.code, name_of(pilot, visit.voice)) for pilot in pilots],
        topics=[(topic.key, topic.labels.get(visit.language, topic.label)) for topic in visit.config.news.topics],
        districts=[place.name for place in visit.live.districts.places],
        surveys=[(each.code, each.titles.get(visit.language) or each.code) for each in surveys],
        past=[(str(each.number), title(each.broadcast)) for each in past],
        sorts=QuestionSort,
        option_keys=OPTION_KEYS,
        seen=mark_of(standing) if standing is not None else "",
    )


def _languages(visit: Visit, standing: StoredBroadcast | None) -> Sequence[str]:
    more = standing.broadcast.texts if standing is not None else ()
    return tuple(dict.fromkeys((*visit.config.town.languages, *more)))


# -- one broadcast


async def show(visit: Visit) -> web.StreamResponse:
    """How it stands, how it will look, whom it reaches, and what can be done now."""
    standing = await _known(visit)
    return await _shown(visit, standing, "")


async def _shown(visit: Visit, standing: StoredBroadcast, problem: str) -> web.StreamResponse:
    home = visit.home
    pilots = {pilot.code: pilot for pilot in await home.pilots.all()}
    pilot = pilots.get(standing.broadcast.pilot)
    channel = visit.request.query.get("channel", "telegram")
    record = known_channels().get(channel) or known_channels()["telegram"]
    spoken = visit.request.query.get("as", standing.broadcast.fallback)
    item = NewsItem(standing.number, standing.broadcast, visit.today)
    say = seen_say(item, pilot, Language(spoken), record)
    begun = standing.state not in (BroadcastState.DRAFT, BroadcastState.SUBMITTED, BroadcastState.APPROVED)
    counts = closed(standing, await home.deliveries.counts(standing.number)) if begun else []
    return visit.page(
        "broadcasts/one.html",
        status=422 if problem else 200,
        problem=problem,
        standing=standing,
        name=title(standing.broadcast),
        state=STATES[standing.state],
        pilot=name_of(pilot, visit.voice) if pilot is not None else "",
        parts_shown=render(say, record),
        channel=record.channel,
        channels=[(name, known_channels()[name].label) for name in PREVIEWED],
        spoken=spoken,
        tags=_languages(visit, standing),
        reached=[] if standing.state in FINAL else await _reached(visit, standing),
        bars=_bars(standing, counts),
        counts=sorted(counts, key=lambda count: (count.channel, count.outcome)),
        labels={name: each.label for name, each in known_channels().items()},
        outcomes=OUTCOMES,
        reasons=REASONS,
        acts={act.value for act in Act if after(standing.state, act) is not None},
        seen=mark_of(standing),
        is_author=standing.author == visit.staff.name,
        is_final=standing.state in FINAL,
        moves=standing.state in AT_WORK,
        unknown=sum(count.people for count in counts if count.outcome is Outcome.UNKNOWN),
    )


async def _reached(visit: Visit, standing: StoredBroadcast) -> Sequence[Reach]:
    """Who would get it, and when: by the paces of the channels that run."""
    paces = {way.channel: way.news_per_second for way in await visit.home.ways.all()}
    return await reach(visit.config, visit.home.deliveries, standing, visit.clock, paces)


async def progress(visit: Visit) -> web.StreamResponse:
    """The bars alone, asked for again and again while it goes out."""
    standing = await _known(visit)
    counts = closed(standing, await visit.home.deliveries.counts(standing.number))
    return visit.part(
        "broadcasts/progress.html",
        standing=standing,
        state=STATES[standing.state],
        bars=_bars(standing, counts),
        moves=standing.state in AT_WORK,
    )


async def picture(visit: Visit) -> web.StreamResponse:
    """The broadcast's picture, for the preview."""
    data = await visit.home.broadcasts.picture((await _known(visit)).number)
    if data is None:
        raise web.HTTPNotFound
    return web.Response(body=data, content_type="image/jpeg")


def _bars(standing: StoredBroadcast, counts: Sequence[Count]) -> list[Bar]:
    bars = []
    for channel in dict.fromkeys(count.channel for count in counts):
        mine = [count for count in counts if count.channel == channel]
        record = known_channels().get(channel)
        done = sum(count.people for count in mine if count.outcome in ENDED or standing.state in FINAL)
        bars.append(Bar(record.label if record else channel, done, sum(count.people for count in mine)))
    return bars


# -- acts


async def submit(visit: Visit) -> web.StreamResponse:
    """To another person for approval."""
    standing = await _known(visit)
    try:
        await broadcasting.submit(visit.home, standing, visit.staff.name, visit.clock, visit.voice)
    except ActError as error:
        return await _shown(visit, standing, str(error))
    return visit.go(f"/news/{standing.number}", visit.voice.t("Submitted. Somebody else approves it now."))


async def approve(visit: Visit) -> web.StreamResponse:
    """The second person's yes."""
    standing = await _known(visit)
    confirmed = await visit.field("confirm")
    if await visit.field("seen") != mark_of(standing):
        changed = visit.voice.t("It has changed since you looked at it. Read it as it is now, then approve it.")
        return await _shown(visit, standing, changed)
    try:
        await broadcasting.approve(
            visit.config, visit.home, standing, visit.staff.name, confirmed, visit.clock, visit.voice
        )
    except ActError as error:
        return await _shown(visit, standing, str(error))
    return visit.go(f"/news/{standing.number}", visit.voice.t("Approved. It goes out at its time."))


async def _moved(visit: Visit, act: Act) -> web.StreamResponse:
    standing = await _known(visit)
    try:
        state = await broadcasting.move(visit.home, standing, act, visit.staff.name, visit.now, visit.voice)
    except ActError as error:
        return await _shown(visit, standing, str(error))
    told = visit.voice.t("It is {state} now. This takes effect within seconds.", state=visit.voice.t(STATES[state]))
    return visit.go(f"/news/{standing.number}", told)


async def pause(visit: Visit) -> web.StreamResponse:
    """No more for now."""
    return await _moved(visit, Act.PAUSE)


async def resume(visit: Visit) -> web.StreamResponse:
    """Go on."""
    return await _moved(visit, Act.RESUME)


async def stop(visit: Visit) -> web.StreamResponse:
    """End it for good."""
    return await _moved(visit, Act.STOP)


async def ask_again(visit: Visit) -> web.StreamResponse:
    """Send to those of whom it is not known whether they got it."""
    standing = await _known(visit)
    try:
        again = await broadcasting.ask_again(visit.home, standing, visit.staff.name, visit.now, visit.voice)
    except ActError as error:
        return await _shown(visit, standing, str(error))
    told = visit.voice.n("{n} person may get it twice.", "{n} people may get it twice.", again)
    return visit.go(f"/news/{standing.number}", told)


async def _known(visit: Visit) -> StoredBroadcast:
    number = visit.request.match_info["number"]
    counted = int(number) if number.isascii() and number.isdigit() and len(number) <= NUMBER_DIGITS else 0
    try:
        return await broadcasting.known(visit.home, counted, visit.voice)
    except ActError:
        raise web.HTTPNotFound from None


ROUTES: Final = (
    Route("GET", "/news", list_all, Right.NEWS_READ),
    Route("GET", "/news/new", write, Right.NEWS),
    Route("POST", "/news/new", store, Right.NEWS, most=FORM_BYTES),
    Route("GET", "/news/{number}", show, Right.NEWS_READ),
    Route("GET", "/news/{number}/progress", progress, Right.NEWS_READ, polls=True),
    Route("GET", "/news/{number}/picture", picture, Right.NEWS_READ),
    Route("GET", "/news/{number}/change", change, Right.NEWS),
    Route("POST", "/news/{number}/change", store, Right.NEWS, most=FORM_BYTES),
    Route("POST", "/news/{number}/submit", submit, Right.NEWS),
    Route("POST", "/news/{number}/approve", approve, Right.NEWS_APPROVE),
    Route("POST", "/news/{number}/pause", pause, Right.NEWS_STOP),
    Route("POST", "/news/{number}/resume", resume, Right.NEWS_STOP),
    Route("POST", "/news/{number}/stop", stop, Right.NEWS_STOP),
    Route("POST", "/news/{number}/again", ask_again, Right.NEWS_APPROVE),
)
