"""Pages of pilots: what the town tries out, its timeline with news and setbacks, a feed, its dates, a snippet to embed.

All of it is public and the same for every visitor. The snippet alone may be framed, by the origins that the town names;
it has no script and loads nothing from anywhere else. Not here: how feeds are written (`feeds.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from aiohttp import web

from adapters.web import codec, feeds
from adapters.web.headers import CONTENT_SECURITY_POLICY
from dialogs.broadcasts import text_for
from dialogs.capabilities import Capabilities
from dialogs.formatting import Span, Style, parse, segments, spelled_out
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.news import pictures_of
from dialogs.pilots import STATE_NAMES, Entry, Pilot, PilotState, Sort, missing, name_of, trial_words
from dialogs.wording import clipped, in_language
from dialogs.world import NewsItem, World

FEED_CACHE = "public, max-age=300"
EMBEDDED_ENTRIES = 3
EMBED_HEIGHT = 420  # pixels that the snippet asks for
ENTRY_TITLE = 80  # characters

Show = Callable[..., web.Response]
See = Callable[[web.Request], "Seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: the world, the reader's language and how a page is made."""

    world: World
    language: Language
    voice: Voice
    show: Show
    web_address: str
    """Absolute address of the pages, without a trailing slash."""
    asked_for: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a timeline as a page shows it."""

    anchor: str
    day: date
    when: str
    sort: str
    kind: str
    title: str
    pieces: tuple[tuple[str, Style | None, str], ...]
    """Text, style, address."""
    plain: str
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class PilotCard:
    """A pilot in the reader's words."""

    code: str
    name: str
    standing: str
    """Where it stands, and until when it is a trial."""
    goal: str
    question: str
    office: str
    data_used: str
    limits: str
    findings: str
    over: bool


class PilotPages:
    """Serves them. `see` reads a request."""

    def __init__(self, see: See, origins: Sequence[str]) -> None:
        """`origins`: who may frame the snippet."""
        self._see = see
        self._origins = tuple(origins)

    def routes(self) -> Sequence[tuple[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]]:
        """Paths and handlers; `pages.py` guards them."""
        return (
            ("/p/{code}", self._page),
            ("/p/{code}/feed.atom", self._feed),
            ("/p/{code}/dates.ics", self._dates),
            ("/p/{code}/embed", self._embed),
        )

    async def _page(self, request: web.Request) -> web.Response:
        seen = self._see(request)
        pilot = self._pilot(request, seen)
        if pilot is None:
            return seen.show("lost.html", status=404)
        address = self._address(pilot, seen)
        suffix = f"?lang={seen.language}" if seen.asked_for else ""
        return seen.show(
            "pilot.html",
            card=card_of(pilot, seen.voice),
            lines=timeline(pilot, seen.world, seen.voice),
            follow=_doors(seen.world),
            feed=f"{address}/feed.atom{suffix}",
            dates=f"{address}/dates.ics{suffix}" if pilot.starts and pilot.ends else "",
            snippet=self._snippet(pilot, seen) if self._origins else "",
        )

    async def _embed(self, request: web.Request) -> web.Response:
        seen = self._see(request)
        pilot = self._pilot(request, seen)
        if pilot is None:
            raise web.HTTPNotFound
        response = seen.show(
            "embed.html",
            card=card_of(pilot, seen.voice),
            lines=timeline(pilot, seen.world, seen.voice)[:EMBEDDED_ENTRIES],
            address=self._address(pilot, seen),
        )
        if self._origins:
            allowed = " ".join(self._origins)
            policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")
            response.headers["Content-Security-Policy"] = policy
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    async def _feed(self, request: web.Request) -> web.Response:
        seen = self._see(request)
        pilot = self._pilot(request, seen)
        if pilot is None:
            raise web.HTTPNotFound
        address = self._address(pilot, seen)
        suffix = f"?lang={seen.language}" if seen.asked_for else ""
        lines = timeline(pilot, seen.world, seen.voice)
        name, trial = name_of(pilot, seen.voice), trial_words(pilot, seen.voice)
        feed = feeds.Feed(
            own=f"{address}/feed.atom{suffix}",
            page=address,
            title=f"{seen.world.town.name}: {name} ({trial})",
            subtitle=in_language(pilot.goals, seen.voice),
            author=pilot.office or seen.world.town.name,
            language=_tag(seen.language),
            began=pilot.starts or seen.world.now.date(),
        )
        items = [
            feeds.Item(f"{address}#{line.anchor}", line.day, line.title, f"{line.plain}\n\n{name}: {trial}.", address)
            for line in lines
        ]
        return _file(feeds.atom(feed, items), "application/atom+xml", seen)

    async def _dates(self, request: web.Request) -> web.Response:
        seen = self._see(request)
        pilot = self._pilot(request, seen)
        if pilot is None or pilot.starts is None or pilot.ends is None:
            raise web.HTTPNotFound
        address, name = self._address(pilot, seen), name_of(pilot, seen.voice)
        host = address.partition("://")[2].partition("/")[0]
        t = seen.voice.t
        days = (
            ("starts", pilot.starts, t("{pilot}: the trial begins", pilot=name)),
            ("ends", pilot.ends, t("{pilot}: last day of the trial", pilot=name)),
        )
        goal = in_language(pilot.goals, seen.voice)
        events = [
            feeds.Event(f"{pilot.code}-{key}@{host}", day, day, summary, goal, address) for key, day, summary in days
        ]
        data = feeds.calendar(name, _tag(seen.language), seen.world.now.date(), events)
        response = _file(data, "text/calendar", seen)
        response.headers["Content-Disposition"] = f'attachment; filename="{pilot.code}.ics"'
        return response

    def _pilot(self, request: web.Request, seen: Seen) -> Pilot | None:
        """One that has said of itself what it must: drafts are not public."""
        pilot = seen.world.pilots.get(request.match_info["code"].lower())
        return None if pilot is None or missing(pilot) else pilot

    def _address(self, pilot: Pilot, seen: Seen) -> str:
        return f"{seen.web_address}/p/{pilot.code}"

    def _snippet(self, pilot: Pilot, seen: Seen) -> str:
        source = f"{self._address(pilot, seen)}/embed?lang={seen.language}"
        title = escape(f"{seen.world.town.name}: {name_of(pilot, seen.voice)}", quote=True)
        return (
            f'<iframe src="{escape(source, quote=True)}" title="{title}" loading="lazy" width="100%"'
            f' height="{EMBED_HEIGHT}"></iframe>'
        )


def card_of(pilot: Pilot, voice: Voice) -> PilotCard:
    """The pilot in words."""
    return PilotCard(
        code=pilot.code,
        name=name_of(pilot, voice),
        standing=_standing(pilot, voice),
        goal=in_language(pilot.goals, voice),
        question=in_language(pilot.questions, voice),
        office=pilot.office,
        data_used=in_language(pilot.data_used, voice),
        limits=in_language(pilot.limits, voice),
        findings=in_language(pilot.findings, voice),
        over=pilot.state in (PilotState.ADOPTED, PilotState.ENDED),
    )


def _standing(pilot: Pilot, voice: Voice) -> str:
    trial = trial_words(pilot, voice)
    words = trial if pilot.state is PilotState.ON_TRIAL else f"{voice.t(STATE_NAMES[pilot.state])} · {trial}"
    return words[:1].upper() + words[1:]


def cards_of(world: World, voice: Voice) -> tuple[PilotCard, ...]:
    """Pilots for the start page: those that say all they must, running ones first."""
    shown = [pilot for pilot in world.pilots.values() if not missing(pilot)]
    cards = [card_of(pilot, voice) for pilot in shown]
    return tuple(sorted(cards, key=lambda card: (card.over, card.name.casefold())))


def timeline(pilot: Pilot, world: World, voice: Voice) -> list[Line]:
    """News, setbacks and steps, the newest first; what was sent as a broadcast is news."""
    lines = [_entry(entry, index, voice) for index, entry in enumerate(pilot.timeline)]
    lines += [_news(item, voice) for item in world.news if item.broadcast.pilot == pilot.code]
    return sorted(lines, key=lambda line: line.day, reverse=True)


def _entry(entry: Entry, index: int, voice: Voice) -> Line:
    said = in_language(entry.texts, voice)
    title = in_language(entry.titles, voice)
    if entry.sort is Sort.STEP and entry.state is not None:
        title = voice.t("Now: {state}", state=voice.t(STATE_NAMES[entry.state]))
    return Line(
        anchor=f"{entry.sort}-{entry.day.isoformat()}-{index}",
        day=entry.day,
        when=voice.day(entry.day),
        sort=_sort_name(entry.sort, voice),
        kind=entry.sort.value,
        title=title or clipped(said, ENTRY_TITLE),
        pieces=_pieces(said, ()),
        plain=said,
    )


def _news(item: NewsItem, voice: Voice) -> Line:
    spoken, text = text_for(item.broadcast, voice.language)
    body, spans = parse(text.body)
    pictures = pictures_of(item.number, item.broadcast, spoken)
    return Line(
        anchor=f"broadcast-{item.number}",
        day=item.day,
        when=voice.day(item.day),
        sort=_sort_name(Sort.NEWS, voice),
        kind=Sort.NEWS.value,
        title=text.title or clipped(body, ENTRY_TITLE),
        pieces=_pieces(body, spans),
        plain=spelled_out(body, spans),
        picture=codec.picture_path(pictures[0]) if pictures else "",
        alt=pictures[0].alt if pictures else "",
    )


def _pieces(text: str, spans: Sequence[Span]) -> tuple[tuple[str, Style | None, str], ...]:
    return tuple(
        (piece, span.style if span is not None else None, span.href if span is not None else "")
        for piece, span in segments(text, spans)
    )


def _sort_name(sort: Sort, voice: Voice) -> str:
    match sort:
        case Sort.NEWS:
            return voice.t("News")
        case Sort.SETBACK:
            return voice.t("Setback")
        case Sort.STEP:
            return voice.t("Step")


def _doors(world: World) -> list[str]:
    """Messengers in which one can be told by itself."""
    return [channel.label for channel in world.channels if _pushes(channel)]


def _pushes(channel: Capabilities) -> bool:
    return channel.push_per_second > 0


def _tag(language: Language) -> str:
    """Easy German is German to a feed reader and to a calendar."""
    return "de" if language == "de-simple" else str(language)


def _file(data: bytes, mime: str, seen: Seen) -> web.Response:
    headers = {"Cache-Control": FEED_CACHE, "Content-Language": _tag(seen.language), "Vary": "Accept-Language"}
    return web.Response(body=data, content_type=mime, charset="utf-8", headers=headers)
