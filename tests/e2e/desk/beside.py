"""The desk as a process of its own beside the bot's: what it needs, what it holds, and a clerk's way in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from conftest import free_port
from e2e.town import ROOT
from playwright.async_api import Browser, Page

from desk.config import load
from desk.home import opened
from desk.sessions import COOKIE, Sessions, Staff
from dialogs.messages import Language
from dialogs.roles import Role

START_SECONDS = 60.0
CHUNK = 1 << 20
OVERLAP = 256


@dataclass(frozen=True)
class DeskProcess:
    """A running `python -m desk`. `environ`: its settings."""

    address: str
    pid: int
    environ: Mapping[str, str]

    async def page(self, chromium: Browser, name: str, *roles: Role, offices: frozenset[str] = frozenset()) -> Page:
        """A tab of somebody who is logged in."""
        now = datetime.now(ZoneInfo("Europe/Berlin"))
        async with opened(load(environ=self.environ)) as home:
            await home.people.put(Staff(name, frozenset(roles), offices, Language("de")), now.date())
            cookie = await Sessions(home.people).begin(name, now)
        context = await chromium.new_context(locale="de-DE", timezone_id="Europe/Berlin")
        secure = self.address.replace("http:", "https:")
        await context.add_cookies([{"name": COOKIE, "value": cookie, "url": f"{secure}/", "secure": True}])
        page = await context.new_page()
        page.set_default_timeout(START_SECONDS * 1000)
        return page

    def holds(self, wanted: Mapping[bytes, str]) -> set[str]:
        """Which of these bytes are in its memory, by name."""
        pattern = re.compile(b"|".join(re.escape(each) for each in wanted))
        return {wanted[match[0]] for data in self.memory() for match in pattern.finditer(data)}

    def memory(self) -> Iterator[bytes]:
        """What it has read and made, in pieces that overlap a little."""
        with Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as memory:
            for start, end in _writable(self.pid):
                rest = b""
                for at in range(start, end, CHUNK):
                    memory.seek(at)
                    try:
                        data = rest + memory.read(min(CHUNK, end - at))
                    except OSError:  # a page that the kernel keeps for itself
                        break
                    yield data
                    rest = data[-OVERLAP:]


def _writable(pid: int) -> list[tuple[int, int]]:
    """Where the process keeps what it has read and made."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    spans = [line.split()[0].split("-") for line in lines if line.split()[1].startswith("rw")]
    return [(int(start, 16), int(end, 16)) for start, end in spans]


@contextlib.asynccontextmanager
async def desk_process(state: Path, log: Path | None = None, **settings: str) -> AsyncIterator[DeskProcess]:
    """Runs while the block runs. `state`: its folder; `log`: where it writes what it says. Nothing of the bot's
    environment reaches it."""
    port = free_port()
    environ = {
        "ZURUF_STATE_DIR": str(state),
        "ZURUF_DESK_PORT": str(port),
        "ZURUF_DESK_CODES": "false",
        **settings,
    }
    base = {name: value for name, value in os.environ.items() if not name.startswith("ZURUF_")}
    said_to = os.open(log or os.devnull, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "desk", env={**base, **environ}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=said_to,
    )  # fmt: skip
    os.close(said_to)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            said = await process.stdout.readline()
        assert said, "the desk did not start"
        yield DeskProcess(f"http://localhost:{port}", process.pid, environ)
    finally:
        process.terminate()
        await process.wait()
