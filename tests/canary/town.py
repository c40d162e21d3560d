"""The town under attack: Zuruf as a process of its own at debug level, with a Redis that writes everything down and
whose line is tapped, and its citizens, who do all that there is to do.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from canary.people import FIRST_ID, Person
from canary.phones import Homeserver, on_matrix, on_signal
from canary.scene import Scene
from canary.surveys import published
from canary.telegram_and_web import on_telegram, on_the_web
from conftest import missing
from e2e.network import MortalRedis, free_port, line_to, mortal_redis
from e2e.processes import config_of, environment, nursery
from e2e.town import TOKEN

from adapters.signal.emulator import ACCOUNT as SIGNAL_ACCOUNT
from adapters.signal.emulator import Emulator as SignalEmulator
from adapters.signal.settings import MOST_CEILING
from adapters.telegram.emulator import Emulator, ServerError

STUMBLES = "submit:before:1,submit:before:3,submit:after:5,submit:before:8"
"""Defects, put where the exceptions quote whole submissions."""
AT_ONCE = 30  # people who talk at the same time
AT_HOME = 4  # of them on the real homeserver
ON_SIGNAL = 4  # at least: one of each sort


@asynccontextmanager
async def daemon_of_signal() -> AsyncIterator[tuple[SignalEmulator, Path]]:
    """With a folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="signal-") as name:
        async with SignalEmulator(data=Path(name), socket=Path(name, "socket")) as signal:
            yield signal, Path(name)


@asynccontextmanager
async def acted(
    folder: Path, environ: dict[str, str], telegram_count: int, web_count: int, homeserver: Homeserver | None
) -> AsyncIterator[tuple[Scene, bytearray]]:
    """Everything that citizens do, done; the process still runs. Yields the scene and what passed to and from Redis."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    port = free_port()
    async with (
        Emulator(token=TOKEN, first_citizen=FIRST_ID) as telegram,
        daemon_of_signal() as (signal, daemon),
        nursery() as zuruf,
    ):
        with mortal_redis(str(binary), "--rdbcompression", "no", "--loglevel", "debug") as server:
            async with line_to(server.url) as line:
                line.tapped = bytearray()
                environ = environment(
                    folder / "state", line.url, telegram, ZURUF_HTTP_PORT=str(port), ZURUF_LOG_LEVEL="debug",
                    CHILD_LOG=str(folder / "log"), TMPDIR=str(folder / "tmp"), STUMBLE_AT=STUMBLES,
                    ZURUF_SIGNAL_ACCOUNT=SIGNAL_ACCOUNT, ZURUF_SIGNAL_URL=signal.socket_url,
                    ZURUF_SIGNAL_DATA=str(daemon), ZURUF_SIGNAL_CEILING=str(MOST_CEILING),
                    ZURUF_NEWS_QUIET_FROM="0", ZURUF_NEWS_QUIET_UNTIL="0", **environ,
                )  # fmt: skip
                (folder / "tmp").mkdir()
                config = config_of({name: text for name, text in environ.items() if name.startswith("ZURUF_")})
                scene = Scene(
                    config, environ, telegram, signal, daemon, server, port, folder, await published(config, folder),
                    homeserver=homeserver,
                )  # fmt: skip
                scene.people = [Person(number) for number in range(telegram_count + web_count)]
                with monitored(server) as seen:
                    async with zuruf.process(environ) as running:
                        await answers(port)
                        try:
                            await talk(scene, telegram_count)
                            yield scene, line.tapped
                        finally:
                            for browser in scene.browsers.values():
                                await browser.http.close()
                            for chat in scene.matrix.values():
                                await chat.citizen.client.close()
                        await running.ends()
                    line.tapped += seen


async def answers(port: int) -> None:
    """Until the web chat answers."""
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def talk(scene: Scene, telegram_count: int) -> None:
    scene.telegram.faults.add(ServerError(), times=3)
    places, homes = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_HOME)

    async def talks(person: Person) -> None:
        async with places:
            await (on_telegram if person.number < telegram_count else on_the_web)(scene, person)

    async def talks_on_signal(person: Person) -> None:
        async with places:
            scene.signals[person] = await on_signal(scene.signal, person)

    async def talks_on_matrix(person: Person) -> None:
        assert scene.homeserver is not None
        async with homes:
            scene.matrix[person] = await on_matrix(scene.homeserver, person)

    async with asyncio.TaskGroup() as walks:
        for person in scene.people:
            walks.create_task(talks(person))
        for number in range(max(ON_SIGNAL, len(scene.people) // 6)):
            walks.create_task(talks_on_signal(Person(700 + number)))
        for number in range(len(scene.people) // 8 if scene.homeserver is not None else 0):
            walks.create_task(talks_on_matrix(Person(800 + number)))


@contextmanager
def monitored(server: MortalRedis) -> Iterator[bytearray]:
    """What MONITOR shows."""
    seen = bytearray()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(server.socket))
        line.sendall(b"MONITOR\r\n")

        def read() -> None:
            while data := line.recv(1 << 16):
                seen.extend(data)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        yield seen
        line.shutdown(socket.SHUT_RDWR)
        reader.join(5)
