"""A line between Zuruf and a daemon's socket that counts what passes, takes lines of our own, and can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from servers.signal.daemon import LINE_LIMIT
from servers.signal.ways import Cuttable

KEPT = 1000
RECEIVE = b'"method":"receive"'


@dataclass
class Relay(Cuttable):
    """`socket` is what Zuruf is told."""

    daemon: Path
    socket: Path
    told: int = 0
    """Envelopes that passed since somebody connected to whom nobody was before."""
    passed: deque[int] = field(default_factory=lambda: deque(maxlen=KEPT))
    """When their messages were sent, which names them."""
    events: deque[bytes] = field(default_factory=lambda: deque(maxlen=KEPT))
    refused: int = 0
    """Tries to connect while it was cut."""
    _listening: set[asyncio.StreamWriter] = field(default_factory=set)

    def bring(self, payload: bytes) -> None:
        """Any bytes as an event; those that are a document count as an envelope."""
        with contextlib.suppress(ValueError, RecursionError):
            json.loads(payload)
            self.told += 1
        for writer in self._listening:
            head = b'{"jsonrpc":"2.0","method":"receive","params":{"subscription":0,"result":'
            writer.write(head + payload.replace(b"\n", b" ") + b"}}\n")

    async def on_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            self.refused += 1
            writer.transport.abort()
            return
        if not self._writers:
            self.told = 0
        self._writers.add(writer)
        inner: asyncio.StreamWriter | None = None
        try:
            inner_reader, inner = await asyncio.open_unix_connection(self.daemon, limit=LINE_LIMIT)
            telling = asyncio.create_task(self._tells(inner_reader, writer))
            while line := await reader.readline():
                if b'"subscribeReceive"' in line:
                    self._listening.add(writer)
                inner.write(line)
                await inner.drain()
            inner.close()
            await telling
        except (OSError, ValueError):
            pass  # either side may break the line
        finally:
            self._writers.discard(writer)
            self._listening.discard(writer)
            writer.close()
            if inner is not None:
                inner.close()

    async def _tells(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if RECEIVE in line[:100]:
                    self._note(line)
                writer.write(line)
                await writer.drain()
        except (OSError, ValueError):
            pass  # as above
        finally:
            writer.close()

    def _note(self, line: bytes) -> None:
        event = json.loads(line)["params"]["result"]
        self.told += 1
        self.passed.append(event["envelope"]["timestamp"])
        self.events.append(json.dumps(event).encode())


@contextlib.asynccontextmanager
async def relaying(daemon: Path, socket: Path) -> AsyncIterator[Relay]:
    relay = Relay(daemon, socket)
    server = await asyncio.start_unix_server(relay.on_line, socket, limit=LINE_LIMIT)
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
