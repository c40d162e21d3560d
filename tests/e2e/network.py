"""The line to a server, for a test to cut, slow down and tap: a small TCP proxy; and a Redis that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conftest import free_port, short_folder

CHUNK = 64 * 1024
START_SECONDS = 20.0


@dataclass
class Line:
    """A proxy in front of a server. What is switched on holds for all that passes from now on."""

    upstream: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    """Connects to the server itself."""
    cut: bool = False
    """New connections are refused, as if nobody listened."""
    delay: float = 0.0
    """Seconds that each piece waits, in both directions."""
    resets: float = 0.0
    """Chance of each request to end in a reset."""
    tapped: bytearray | None = None
    """Everything that passes, both directions, if a test wants it."""
    port: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(5))
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def cut_now(self) -> None:
        """The cable is pulled: what is open breaks, nothing new comes through."""
        self.cut = True
        for writer in list(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        self.cut, self.delay, self.resets = False, 0.0, 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await self.upstream()
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, up_writer}
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(reader, up_writer, writer, requests=True))
                ways.create_task(self._pump(up_reader, writer, writer, requests=False))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= {writer, up_writer}
            writer.transport.abort()
            up_writer.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, client: asyncio.StreamWriter, requests: bool
    ) -> None:
        while data := await source.read(CHUNK):
            if self.tapped is not None:
                self.tapped += data
            if requests and self.resets and self._random.random() < self.resets:
                client.transport.abort()
                raise ConnectionResetError
            if self.delay:
                await asyncio.sleep(self.delay)
            target.write(data)
            await target.drain()
        raise ConnectionResetError


@contextlib.asynccontextmanager
async def line_to(redis_url: str) -> AsyncIterator[Line]:
    """A proxy to `unix://…`, on a free port."""
    path = redis_url.removeprefix("unix://")
    async with _listening(Line(lambda: asyncio.open_unix_connection(path))) as line:
        yield line


@contextlib.asynccontextmanager
async def line_to_port(port: int) -> AsyncIterator[Line]:
    """A proxy to a port of this machine, on another one."""
    async with _listening(Line(lambda: asyncio.open_connection("127.0.0.1", port))) as line:
        yield line


@contextlib.asynccontextmanager
async def _listening(line: Line) -> AsyncIterator[Line]:
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.cut_now()


class MortalRedis:
    """A server of the test's own, which keeps an append-only file and can be killed and started again."""

    def __init__(self, binary: str, folder: Path, *more: str) -> None:
        self._command = [
            binary, "--port", "0", "--unixsocket", str(folder / "s"), "--dir", str(folder), "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", *more,
        ]  # fmt: skip
        self.folder = folder
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self.socket.exists():
            assert self._process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut for this process."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(START_SECONDS)
            self._process = None

    def forget(self) -> None:
        """Its disk is lost as well."""
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)


@contextlib.contextmanager
def mortal_redis(binary: str, *more: str) -> Iterator[MortalRedis]:
    with short_folder() as folder:
        server = MortalRedis(binary, folder, *more)
        server.start()
        try:
            yield server
        finally:
            server.kill()


__all__ = ["Line", "MortalRedis", "free_port", "line_to", "line_to_port", "mortal_redis"]
