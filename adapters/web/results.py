"""Pages of published results: charts with their tables, quotes, how the numbers came about, open data to download.

    /s/CODE/results            the newest version; its address stays the same
    /s/CODE/results/v1         each version, for ever
    /s/CODE/results/v1/FILE    its data; without v1 the newest's
    /open-data.ttl             every data set of the town, for catalogues that harvest (DCAT-AP.de)

What is shown was made by the desk and stored (`dialogs/releases.py`). Not here: numbers, drawing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web
from markupsafe import Markup

from adapters.web.drawings import checked
from adapters.web.pilots import Seen
from dialogs import outcomes, promises
from dialogs.releases import BY_KEY, MIMES, Page, Panel, PublicRelease

RESULTS_CACHE: Final = "public, max-age=300"
LANGUAGE_OF_FILES: Final = "dcat.ttl"


class Releases(Protocol):
    """Where releases are read from. Raises when the database is away."""

    async def release(self, survey: str, version: int = 0) -> PublicRelease | None: ...

    async def file(self, survey: str, version: int, name: str) -> bytes | None: ...

    async def published(self) -> Sequence[tuple[str, int]]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as the page shows it, its drawing looked through."""

    panel: Panel
    chart: Markup


@dataclass(frozen=True, slots=True)
class Version:
    """One of the versions to choose from."""

    number: int
    day: str


class ResultPages:
    """Serves them. `see` reads a request."""

    def __init__(self, see: Callable[[web.Request], Seen], releases: Releases) -> None:
        self._see = see
        self._releases = releases

    def routes(self) -> Sequence[tuple[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]]:
        """Paths and handlers; `pages.py` guards them."""
        return (
            ("/open-data.ttl", self._catalogue),
            ("/s/{code}/results", self._page),
            ("/s/{code}/results/v{version:[1-9][0-9]?}", self._page),
            ("/s/{code}/results/v{version:[1-9][0-9]?}/{file}", self._file),
            ("/s/{code}/results/{file}", self._file),
        )

    async def _page(self, request: web.Request) -> web.StreamResponse:
        seen = self._see(request)
        code = request.match_info["code"].lower()
        release = await self._releases.release(code, _version(request))
        survey = seen.world.surveys.get(code)
        if release is None or survey is None:
            return seen.show("lost.html", status=404)
        page = _in_language(release, str(seen.language))
        told = seen.world.outcomes.get(code)
        licence = BY_KEY.get(release.licence)
        return seen.show(
            "results.html",
            code=code,
            title=promises.title_of(survey, seen.voice),
            release=release,
            day=seen.voice.day(release.day),
            shown=page,
            figures=[Shown(panel, checked(panel.chart)) for panel in page.panels] if page is not None else (),
            outcome=outcomes.parts(told, seen.voice) if told is not None else (),
            licence=licence,
            attribution=licence is not None and licence.attribution,
            files=[name for name in MIMES if name in release.files],
            versions=[Version(number, seen.voice.day(day)) for number, day in enumerate(release.days, start=1)],
        )

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name, code = request.match_info["file"], request.match_info["code"].lower()
        data = await self._releases.file(code, _version(request), name) if name in MIMES else None
        if data is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": RESULTS_CACHE, "Access-Control-Allow-Origin": "*"}
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # open data may be read by any page
        if name == "results.csv":
            headers["Content-Disposition"] = f'attachment; filename="{code}.csv"'
        return web.Response(body=data, content_type=MIMES[name], charset="utf-8", headers=headers)

    async def _catalogue(self, request: web.Request) -> web.StreamResponse:
        """The data sets one after the other: each is whole by itself, and Turtle may say a prefix twice."""
        found = [await self._releases.file(code, 0, LANGUAGE_OF_FILES) for code, _ in await self._releases.published()]
        body = b"\n".join(each for each in found if each)
        headers = {"Cache-Control": RESULTS_CACHE, "Access-Control-Allow-Origin": "*"}
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return web.Response(body=body, content_type="text/turtle", charset="utf-8", headers=headers)


def _version(request: web.Request) -> int:
    return int(request.match_info.get("version", "0"))


def _in_language(release: PublicRelease, language: str) -> Page | None:
    """The nearest to the reader's."""
    base = language.partition("-")[0]
    return release.pages.get(language) or release.pages.get(base) or next(iter(release.pages.values()), None)
