"""Fifty of the staff at once, beside a running bot: how long pages take, and what it costs citizens.

    python -m benchmarks.desk_load [--staff 50] [--seconds 20]

The bot (with its web pages) and the desk run as two processes over one SQLite, as `make demo` starts them. Each member
of staff logs in and goes from page to page with half a second to read; citizens load a survey's page meanwhile. It
prints medians and the slowest of a hundred for both, and the citizens' median without staff.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import socket
import statistics
import sys
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from bot.demo import CODE, SAMPLE_PASSWORD, SAMPLE_STAFF

PAGES = {
    "alma": ("/", "/people", "/audit", "/town"),
    "emil": ("/", "/surveys", "/news", "/pilots"),
    "petra": ("/", "/news"),
    "mona": ("/", "/cases", "/cases/map"),
    "rolf": ("/", "/account"),
}
READING = 0.5  # seconds between two pages
START_SECONDS = 120.0
SAME = {"Sec-Fetch-Site": "same-origin"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def log_in(http: ClientSession, desk: str, name: str) -> dict[str, str]:
    """The session's cookie, as a header; it is for HTTPS, and this is loopback."""
    fields = {"name": name, "password": SAMPLE_PASSWORD, "next": "/"}
    async with http.post(f"{desk}/login", data=fields, headers=SAME, allow_redirects=False) as answer:
        assert answer.status == 303, answer.status
        cookies = SimpleCookie()
        for line in answer.headers.getall("Set-Cookie"):
            cookies.load(line)
    return {"Cookie": "; ".join(f"{key}={each.value}" for key, each in cookies.items())}


async def timed(http: ClientSession, url: str, headers: dict[str, str], into: list[float]) -> None:
    began = time.perf_counter()
    async with http.get(url, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        assert answer.status == 200, (url, answer.status)
    into.append(time.perf_counter() - began)


async def work(
    http: ClientSession, desk: str, name: str, cookie: dict[str, str], until: float, into: list[float]
) -> None:
    while time.monotonic() < until:
        for path in PAGES[name]:
            await timed(http, desk + path, cookie, into)
            await asyncio.sleep(READING)


async def visit(http: ClientSession, bot: str, until: float, into: list[float]) -> None:
    while time.monotonic() < until:
        await timed(http, f"{bot}/s/{CODE}", {}, into)
        await asyncio.sleep(0.1)


def told(name: str, seconds: list[float]) -> None:
    worst = sorted(seconds)[max(0, int(len(seconds) * 0.99) - 1)]
    middle = statistics.median(seconds)
    print(f"{name:32} {len(seconds):6} pages, median {middle * 1000:6.1f} ms, p99 {worst * 1000:6.1f} ms")


async def measure(staff: int, seconds: float, state: Path) -> None:
    bot_port, desk_port = free_port(), free_port()
    environ = {**os.environ, "ZURUF_HTTP_PORT": str(bot_port), "ZURUF_DESK_PORT": str(desk_port), "LANG": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--state", str(state), env=environ, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            while not re.search(rb"Ctrl-C", await process.stdout.readline()):
                pass
        bot, desk = f"http://localhost:{bot_port}", f"http://localhost:{desk_port}"
        async with ClientSession(connector=TCPConnector(limit=0)) as http:
            names = [list(SAMPLE_STAFF)[place % len(SAMPLE_STAFF)] for place in range(staff)]
            began = time.monotonic()
            cookies = await asyncio.gather(*(log_in(http, desk, name) for name in names))
            print(f"{staff} logins at once: {time.monotonic() - began:.1f} s")
            alone: list[float] = []
            await asyncio.gather(*(visit(http, bot, time.monotonic() + seconds / 2, alone) for _ in range(5)))
            pages: list[float] = []
            beside: list[float] = []
            until = time.monotonic() + seconds
            working = [
                work(http, desk, name, cookie, until, pages) for name, cookie in zip(names, cookies, strict=True)
            ]
            await asyncio.gather(*working, *(visit(http, bot, until, beside) for _ in range(5)))
        told(f"{staff} staff at the desk", pages)
        told("citizens, nobody at the desk", alone)
        told("citizens, beside the staff", beside)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(options.staff, options.seconds, Path(folder) / "state"))


if __name__ == "__main__":
    main()
