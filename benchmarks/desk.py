"""How fast each page of the desk answers, with very many answers behind it, and how much a first visit loads.

    python -m benchmarks.desk                  PostgreSQL with 1,000,000 answers, then SQLite with 100,000
    python -m benchmarks.desk --answers 20000  fewer, in both
    python -m benchmarks.desk --only sqlite

Every GET of the table of URLs is asked for, logged in with every role, in a process that does nothing else; what an
address names is filled in from `NAMES`. A tenth of the answers are free texts. What to expect: README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from benchmarks.answers import answered
from benchmarks.postgres import postgres
from bot.config import load
from bot.home import opened as bot_opened
from desk.app import create_app
from desk.config import DeskConfig
from desk.home import opened as desk_opened
from desk.routes import ROUTES
from desk.sessions import COOKIE, Sessions, Staff, hashed
from dialogs.roles import Role
from storage.people import Invitation
from storage.settings import DatabaseSection, StateSection

GOAL = 0.2
"""Seconds at the median."""
TIMES = 15
PATIENCE = 1200.0
"""Seconds until the first results must stand."""
FIRST_LOAD = 100 * 1024
"""Bytes of a first visit, compressed."""
ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=ZONE)
NAMES = {"code": "large", "survey": "large", "number": "1", "name": "anna", "version": "1"}
"""What addresses name; a page that is not there (404) is measured as such and said to be."""


@dataclass(frozen=True, slots=True)
class Page:
    """How one page answered, in seconds. `worst`: of `TIMES`. `cpu`: of this process, which asks and answers; it says
    something on a busy machine, too."""

    path: str
    status: int
    median: float
    worst: float
    cpu: float
    size: int


class NoonClock:
    """Time goes on from noon, so that steps come due."""

    def __init__(self) -> None:
        self._began, self.ahead = time.monotonic(), timedelta()

    def now(self) -> datetime:
        return NOW + self.ahead + timedelta(seconds=time.monotonic() - self._began)

    def today(self) -> date:
        return self.now().date()


async def fill(state: Path, url: str, number: int) -> None:
    """One survey with nearly all of the answers, one small and open."""
    settings = {"ZURUF_STATE_DIR": str(state), "ZURUF_DATABASE_URL": url}
    async with bot_opened(load(environ=settings)) as home:
        await answered(home, "large", number, TODAY, closed=True)
        await answered(home, "small", 1000, TODAY, closed=False)


async def measure(state: Path, url: str) -> tuple[list[Page], float, int]:
    """Every page, seconds until the first results of the large survey stood, bytes of a first visit."""
    config = DeskConfig(state=StateSection(dir=str(state)), database=DatabaseSection(url=url))
    clock = NoonClock()
    async with desk_opened(config) as home:
        member, link = Staff("anna", frozenset(Role), frozenset()), hashed("link")
        await home.people.put(member, TODAY)
        await home.people.invite(link, Invitation("anna", "", clock.now() + timedelta(hours=1)))
        await home.people.accept(link, member, "", clock.now())
        await home.people.set_secret("anna", b"\0", 0)
        sessions = Sessions(home.people)
        app = create_app(config, home, clock, sessions)
        cookie = await sessions.begin("anna", clock.now())
        headers = {"Cookie": f"{COOKIE}={cookie}", "Accept-Language": "de"}
        async with TestServer(app) as server, ClientSession(headers=headers) as http:
            base = f"http://{server.host}:{server.port}"
            counted = await _first_results(http, base)
            paths = [path_of(route.path) for route in ROUTES if route.method == "GET"]
            paths.append("/results/large?only=/data/district%3Dnorth&only=/data/age%3D30..60")
            async with http.get(base + "/results/large/publish"):
                pass  # the public's numbers are made once, and not in this request
            await home.results.counted()
            pages = [await _page(http, base, path) for path in dict.fromkeys(paths)]
            return pages, counted, await _first_visit(http, base)


def path_of(path: str) -> str:
    """An address of the table with its names filled in."""
    return re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", lambda match: NAMES.get(match[1], "1"), path)


async def _first_results(http: ClientSession, base: str) -> float:
    """Until the page shows numbers; while it is counted, it says so."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:
        async with http.get(base + "/results/large") as answer:
            if "<svg" in await answer.text():
                return time.monotonic() - began
        await asyncio.sleep(0.5)
    raise SystemExit(f"no results within {PATIENCE:.0f} s")


async def _page(http: ClientSession, base: str, path: str) -> Page:
    took, used, status, size = [], [], 0, 0
    for _ in range(TIMES + 1):
        began, cpu = time.perf_counter(), time.process_time()
        async with http.get(base + path, allow_redirects=False) as answer:
            status, size = answer.status, len(await answer.read())
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - cpu)
    return Page(path, status, statistics.median(took[1:]), max(took[1:]), statistics.median(used[1:]), size)


async def _first_visit(http: ClientSession, base: str) -> int:
    """What a browser loads with the first page after the login, gzip-compressed unless it is compressed already."""
    async with http.get(base + "/") as answer:
        page = await answer.text()
    total = len(gzip.compress(page.encode()))
    for path in dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        async with http.get(base + path) as answer:
            data = await answer.read()
        total += len(data) if path.endswith(".woff2") else len(gzip.compress(data))
    return total


@contextlib.contextmanager
def database(kind: str, state: Path) -> Iterator[str]:
    if kind == "postgres":
        with postgres() as url:
            yield url
    else:
        yield f"sqlite:///{state / 'zuruf.sqlite'}"


def report(kind: str, number: int, pages: list[Page], counted: float, weight: int) -> bool:
    """Print it; whether the goals hold."""
    print(f"\n{kind}, {number:,} answers, {number // 10:,} free texts: first results after {counted:.1f} s")
    print(f"{'page':60} status   median    worst     CPU      kB")
    for page in sorted(pages, key=lambda each: -each.median):
        slow = " <- over the goal" if page.median > GOAL else ""
        print(
            f"{page.path:60} {page.status:6} {page.median * 1000:6.0f} ms {page.worst * 1000:6.0f} ms"
            f" {page.cpu * 1000:4.0f} ms {page.size / 1024:7.1f}{slow}"
        )
    print(f"first visit: {weight / 1024:.1f} kB compressed (goal: {FIRST_LOAD // 1024})")
    return weight <= FIRST_LOAD and all(page.median <= GOAL and page.status < 500 for page in pages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, help="in both databases, instead of 1,000,000 and 100,000")
    parser.add_argument("--only", choices=("postgres", "sqlite"))
    asked = parser.parse_args()
    good = True
    for kind, usual in (("postgres", 1_000_000), ("sqlite", 100_000)):
        if asked.only in (None, kind):
            number = asked.answers or usual
            with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
                began = time.monotonic()
                asyncio.run(fill(Path(folder), url, number))
                print(f"{kind}: {number:,} answers written in {time.monotonic() - began:.0f} s", flush=True)
                good &= report(kind, number, *asyncio.run(measure(Path(folder), url)))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
