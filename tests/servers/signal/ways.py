"""Lines that can be cut, and how a daemon comes to Signal: a proxy's door of its own, cut without the others'."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

HOST = "127.0.0.1"
CHUNK = 65_536


@dataclass
class Cuttable:
    """Connections that were accepted, until they end or are cut."""

    is_cut: bool = field(default=False, kw_only=True)
    """Every line breaks, and none is opened."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set, kw_only=True)

    def cut(self) -> None:
        self.is_cut = True
        for writer in list(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False


@dataclass
class Way(Cuttable):
    """A CONNECT to any of Signal's hosts leads to our own server."""

    server: int
    """Its port."""
    _door: asyncio.Server | None = None

    async def open(self) -> None:
        self._door = await asyncio.start_server(self._on_proxy, HOST, 0)

    def close(self) -> None:
        assert self._door is not None
        self._door.close()
        self.cut()

    @property
    def port(self) -> int:
        """What a daemon's Java gets as its proxy for HTTPS."""
        assert self._door is not None
        return int(self._door.sockets[0].getsockname()[1])

    async def _on_proxy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await reader.readuntil(b"\r\n\r\n")
            if self.is_cut:
                return
            inner_reader, inner_writer = await asyncio.open_connection(HOST, self.server)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # either side may break the line
        finally:
            self._writers.discard(writer)
            writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
