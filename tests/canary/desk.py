"""The desk beside the town under attack: a process of its own, its staff with their browsers, and all that they were
shown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import ClientSession
from canary.browser import Clerk, Seen
from canary.scene import TODAY, Scene
from e2e.desk.beside import DeskProcess, desk_process

from desk.config import load
from desk.home import opened
from desk.sessions import Sessions
from dialogs.messages import Language
from dialogs.roles import Role
from storage.people import Staff

ROLES = {
    "alma": {Role.ADMINISTRATOR},
    "anna": {Role.EDITOR},
    "bert": {Role.APPROVER},
    "eva": {Role.MODERATOR},
    "ali": {Role.MODERATOR},
    "rosa": {Role.READER},
}


@dataclass(frozen=True)
class Walk:
    """How much is walked. `most`: pages of each kind, for each member of staff; `themes`: are found, too, which takes a
    processor some seconds."""

    most: int
    themes: bool


@dataclass
class Staffed:
    """The desk's process and its staff."""

    scene: Scene
    walk: Walk
    desk: DeskProcess
    log: Path
    seen: list[Seen] = field(default_factory=list)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Mapping[str, Clerk]]:
        """Everybody, logged in just now."""
        async with opened(load(environ=self.desk.environ)) as home, ClientSession() as http:
            clerks = {"nobody": Clerk("nobody", "", self.desk.address, http, self.seen)}
            for name, roles in ROLES.items():
                await home.people.put(Staff(name, frozenset(roles), language=Language("de")), TODAY.date())
                cookie = await Sessions(home.people).begin(name, datetime.now(TODAY.tzinfo))
                clerks[name] = Clerk(name, cookie, self.desk.address, http, self.seen)
            yield clerks

    def memory(self) -> dict[str, bytes]:
        """What lies in the desk's memory."""
        return {f"memory of the desk, {number}": data for number, data in enumerate(self.desk.memory())}


@asynccontextmanager
async def staffed(scene: Scene, walk: Walk) -> AsyncIterator[Staffed]:
    """The desk beside the running bot: it knows the database and its state folder, and no token."""
    shared = ("ZURUF_STATE_DIR", "ZURUF_DATABASE_URL")
    settings = {name: scene.environ[name] for name in shared if name in scene.environ}
    settings |= {"ZURUF_HTTP_PUBLIC_URL": f"http://127.0.0.1:{scene.port}", "ZURUF_LOG_LEVEL": "debug"}
    settings |= {"TMPDIR": str(scene.folder / "tmp")}
    log = scene.folder / "log-of-the-desk"
    async with desk_process(Path(settings.pop("ZURUF_STATE_DIR")), log, **settings) as desk:
        yield Staffed(scene, walk, desk, log)
