"""The daemon over its socket (a path, or TCP on loopback): one JSON document a line, answers in any order.

Calls and envelopes have a connection each: a reader that waits for a turn holds back envelopes, and must not hold back
the answers that the turn waits for. Envelopes come to the connection that subscribed. A daemon that was not started
with `--receive-mode=manual` tells them to every connection, also to one that only calls, and what came to that alone is
lost: such copies are left aside and the operator is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Sequence
from typing import Final

import msgspec
import structlog

from adapters.errors import Unreachable
from adapters.signal.options import command_of
from adapters.signal.rpc import (
    ANSWER_LIMIT,
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    EVENT_LIMIT,
    Answer,
    RpcError,
    event_of,
    read_answer,
    request,
    result_of,
)
from adapters.signal.settings import SignalSettings
from adapters.signal.verdicts import verdict

RECEIVE: Final = "receive"
SUBSCRIPTION: Final = "subscription"
"""Names the request to be told envelopes."""
UNSUBSCRIPTION: Final = "unsubscribeReceive"
"""…and to be told no more."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

log = structlog.get_logger()


class LineRpc:
    """`Rpc` for one account over a socket."""

    def __init__(self, settings: SignalSettings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._said: list[bytes] = []
        """What the next write takes along."""
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self._warned = False
        self._subscribed: tuple[asyncio.StreamWriter, msgspec.Raw] | None = None
        """Where, and under which number."""

    def __repr__(self) -> str:
        return "<LineRpc>"

    async def call(self, method: str, params: dict[str, object], seconds: float = ANSWER_SECONDS) -> msgspec.Raw:
        number = str(next(self._numbers))
        problem: str
        try:
            async with asyncio.timeout(seconds):
                writer = await self._connected()
                await writer.drain()
                answer = self._waiting[number] = asyncio.get_running_loop().create_future()
                self._say(request(self._settings.account, method, params, number))
                return result_of(await answer)
        except (OSError, TimeoutError) as error:
            problem = type(error).__name__
        finally:
            self._waiting.pop(number, None)
        raise Unreachable(f"the daemon did not answer ({problem})")

    def _say(self, line: bytes) -> None:
        """Calls of one moment leave in one write."""
        if not self._said:
            asyncio.get_running_loop().call_soon(self._send)
        self._said += (line, b"\n")

    def _send(self) -> None:
        if self._writer is None:  # the line broke in between
            self._hang_up()
            return
        self._writer.write(b"".join(self._said))
        self._said.clear()

    async def events(self) -> AsyncGenerator[bytes, None]:
        reader, writer = await self._open(EVENT_LIMIT)
        problem: str
        try:
            writer.write(request(self._settings.account, "subscribeReceive", {}, SUBSCRIPTION) + b"\n")
            while line := await reader.readline():
                with contextlib.suppress(Unreachable):  # half a line, or no JSON: the next one may be whole
                    answer = read_answer(line)
                    if answer.id == UNSUBSCRIPTION:
                        return
                    if answer.id == SUBSCRIPTION:
                        self._subscribed = writer, result_of(answer)
                    event = self._event(answer)
                    if event:
                        yield event
            problem = "end of the line"
        except RpcError as error:
            raise verdict(error) from None
        except (OSError, ValueError) as error:
            problem = type(error).__name__
        finally:
            self._subscribed = None
            writer.close()
        raise Unreachable(f"the daemon's events broke off ({problem})")

    def _event(self, answer: Answer) -> bytes:
        """The envelope in a line, b"" if there is none."""
        if answer.method != RECEIVE:
            return b""
        event = event_of(bytes(answer.params))
        if not event and not self._warned:
            self._warned = True
            log.warning("signal_receive_mode", channel="signal", hint="start signal-cli with --receive-mode=manual")
        return event

    async def unsubscribe(self) -> bool:
        if self._subscribed is None:
            return False
        writer, number = self._subscribed
        params: dict[str, object] = {"subscription": number}
        writer.write(request(self._settings.account, "unsubscribeReceive", params, UNSUBSCRIPTION) + b"\n")
        return True

    def started_with(self) -> Sequence[str]:
        line = self._writer.get_extra_info("socket") if self._writer is not None else None
        return command_of(line) if line is not None else ()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
        self._hang_up()

    async def _connected(self) -> asyncio.StreamWriter:
        if self._writer is not None and not self._writer.is_closing():
            return self._writer
        async with self._connecting:
            if self._writer is None or self._writer.is_closing():
                self._hang_up()
                reader, self._writer = await self._open(ANSWER_LIMIT)
                self._reading = asyncio.create_task(self._read(reader, self._writer), name="signal-answers")
            return self._writer

    async def _open(self, limit: int) -> Streams:
        problem: str
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if self._settings.socket_path is not None:
                    return await asyncio.open_unix_connection(self._settings.socket_path, limit=limit)
                assert self._settings.tcp is not None, "the settings name a socket"
                return await asyncio.open_connection(*self._settings.tcp, limit=limit)
        except (OSError, TimeoutError) as error:
            problem = type(error).__name__
        raise Unreachable(f"the daemon's socket cannot be reached ({problem})")

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand answers to their calls until the line breaks; then everybody who waits is told."""
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                with contextlib.suppress(Unreachable):
                    answer = read_answer(line)
                    waiting = self._waiting.get(str(answer.id)) if answer.id is not None else None
                    if waiting is not None and not waiting.done():
                        waiting.set_result(answer)
        if self._writer is writer:  # a newer connection is none of ours to end
            self._hang_up()

    def _hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._said.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())
