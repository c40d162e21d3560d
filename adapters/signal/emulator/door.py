"""One connection to the daemon's socket: answers in any order, and the envelopes that it subscribed to."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapters.faults import ResetAfter, ResetBefore, ServerError
from adapters.signal.emulator.daemon import Subscribed, method_of, pause_of
from adapters.signal.emulator.faults import Fault
from adapters.signal.emulator.problems import USER_ERROR, Problem

if TYPE_CHECKING:
    from adapters.signal.emulator.server import Emulator

SUBSCRIBE = "subscribeReceive"
UNSUBSCRIBE = "unsubscribeReceive"
LAST = b"\1"
"""Before a line after which a subscription tells nothing more."""
_NUMBERS = itertools.count()


class Door:
    """One client of the socket."""

    def __init__(self, emulator: Emulator, writer: asyncio.StreamWriter) -> None:
        self._emulator = emulator
        self._writer = writer
        self._ends: list[Callable[[], object]] = []
        self._subscriptions: dict[int, tuple[asyncio.Queue[bytes | None], Callable[[], object]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_cut = False

    def listen(self, *, wrapped: bool, number: int = 0) -> None:
        """Tell this client every envelope from now on."""
        begin = b'{"subscription":%d,"result":' % number if wrapped else b""
        close = b"}" if wrapped else b""
        events: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._run(self._tell(events, begin, close))
        end = self._emulator.streams[events] = self._emulator.service.listen(events.put_nowait)
        self._ends += [end, lambda: self._emulator.streams.pop(events, None)]
        if wrapped:
            self._subscriptions[number] = events, end

    def take(self, line: bytes) -> None:
        self._run(self._answer(line))

    def close(self) -> None:
        for end in self._ends:
            end()
        for task in list(self._tasks):
            task.cancel()
        self._writer.close()

    def _run(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, line: bytes) -> None:
        daemon = self._emulator.daemon
        fault: Fault | None = None
        answer: Any
        try:
            document = daemon.read(line)
            method = method_of(document)
            fault = daemon.strike(method)
            if isinstance(fault, ServerError | ResetBefore):
                self._cut()
                return
            number = next(_NUMBERS)
            answer = daemon.answer(document, Subscribed(number) if method in (SUBSCRIBE, UNSUBSCRIBE) else fault)
            if method == SUBSCRIBE and answer is not None and "result" in answer:
                self._write(answer)
                self.listen(wrapped=True, number=number)
                return
            if method == UNSUBSCRIBE:
                self._end_of(document)
                return
        except Problem as problem:
            answer = {"jsonrpc": "2.0", "error": problem.as_json(), "id": None}
        await asyncio.sleep(pause_of(fault))
        if isinstance(fault, ResetAfter):
            self._cut()
        elif answer is not None:
            self._write(answer)

    def _end_of(self, document: Any) -> None:
        """Answered after every envelope that the subscription was told. Raises `Problem`."""
        subscribed = self._subscriptions.pop(document.get("params", {}).get("subscription"), None)
        if subscribed is None:
            raise Problem(USER_ERROR, "Unknown subscription id")
        events, end = subscribed
        end()
        self._emulator.streams.pop(events, None)
        events.put_nowait(LAST + json.dumps({"jsonrpc": "2.0", "result": {}, "id": document["id"]}).encode() + b"\n")

    def _write(self, answer: Any) -> None:
        self._writer.write(json.dumps(answer).encode() + b"\n")

    async def _tell(self, events: asyncio.Queue[bytes | None], begin: bytes, close: bytes) -> None:
        head = b'{"jsonrpc":"2.0","method":"receive","params":' + begin
        while (event := await events.get()) is not None:
            if event.startswith(LAST):
                self._writer.write(event[1:])
                return
            half = event.startswith(b"\0")
            self._writer.write(head + (event[1:] if half else event + close + b"}\n"))
            await self._writer.drain()
        self._cut()

    def _cut(self) -> None:
        self.is_cut = True
        self._writer.transport.abort()
