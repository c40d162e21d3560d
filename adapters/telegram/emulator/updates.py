"""How updates reach the bot: kept until acknowledged by an offset, or brought to a webhook until it says 200.

As Telegram does it: one chat in order, chats side by side within `max_connections`, a refused update again and again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from adapters.faults import Common, Faults

FIRST_PAUSE: Final = 0.05  # seconds before a refused update comes again; doubled each time
LONGEST_PAUSE: Final = 1.0
WEBHOOK_SECONDS: Final = 60.0
SWAP_SECONDS: Final = 0.05
"""How long a swapped update waits for the one that is to overtake it."""
FUTURE: Final = 10
"""An offset so far beyond the last update means nothing, and reading begins at the oldest."""

CallWithin = Callable[[str, dict[str, Any]], Awaitable[None]]
"""(method, parameters) of a call that stands in the answer to an update."""


async def _ignore(method: str, params: dict[str, Any]) -> None:
    """Nobody listens yet."""


@dataclass(slots=True)
class Hook:
    """A webhook as it was set."""

    url: str
    secret: str = ""
    max_connections: int = 40
    allowed: tuple[str, ...] = ()


@dataclass(slots=True)
class Delivered:
    """How webhook deliveries ended."""

    taken: int = 0
    refused: int = 0
    statuses: deque[int] = field(default_factory=lambda: deque(maxlen=1000))


class Updates:
    """Every update on its way."""

    def __init__(self, faults: Faults[Common], first_id: int) -> None:
        self._faults = faults
        self._next_id = first_id
        self._kept: dict[int, dict[str, Any]] = {}
        """By id, oldest first."""
        self._arrived = asyncio.Event()
        self._lanes: dict[int, deque[dict[str, Any]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._connections = asyncio.Semaphore(40)
        self._held: tuple[int, dict[str, Any]] | None = None
        self.hook: Hook | None = None
        self.allowed: tuple[str, ...] = ()
        self.delivered = Delivered()
        self.on_call_within: CallWithin = _ignore
        self._idle = asyncio.Event()
        self._idle.set()

    # -- from the chats

    def post(self, chat: int, kind: str, payload: dict[str, Any]) -> int:
        """Send an update on its way; its id."""
        number = self._next_id
        update = {"update_id": number, kind: payload}
        self._next_id += 1
        allowed = self.hook.allowed if self.hook else self.allowed
        if allowed and kind not in allowed:
            return number
        if self._faults.swaps and self._held is None:
            self._held = (chat, update)
            asyncio.get_running_loop().call_later(SWAP_SECONDS, self._release)
            return number
        self._enqueue(chat, update)
        self._release()
        return number

    def next_id(self) -> int:
        """An id that no other update has."""
        self._next_id += 1
        return self._next_id - 1

    def post_raw(self, chat: int, update: dict[str, Any]) -> None:
        """An update as it is, malformed or with an id of its own."""
        self._enqueue(chat, update)

    def jump(self, to: int) -> None:
        """The next update has this id, as after a quiet week, when nothing old is kept any more."""
        self._kept.clear()
        self._next_id = to

    @property
    def pending(self) -> int:
        return len(self._kept) + sum(map(len, self._lanes.values()))

    async def all_taken(self, seconds: float = 5.0) -> None:
        """Until the webhook said 200 to everything."""
        async with asyncio.timeout(seconds):
            await self._idle.wait()

    def _release(self) -> None:
        if self._held is not None:
            (chat, update), self._held = self._held, None
            self._enqueue(chat, update)

    def _enqueue(self, chat: int, update: dict[str, Any]) -> None:
        if self.hook is None:
            self._kept[update["update_id"]] = update
            self._arrived.set()
            return
        self._idle.clear()
        lane = self._lanes.setdefault(chat, deque())
        lane.append(update)
        if len(lane) == 1:
            self._start_lane(chat)

    # -- polling

    async def read(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """`getUpdates`: forgets what lies before the offset, then waits for something to answer."""
        if offset > 0 and offset <= self._next_id + FUTURE:
            for number in [number for number in self._kept if number < offset]:
                del self._kept[number]
        try:
            async with asyncio.timeout(seconds):
                while not self._kept:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return []
        return [update for update in list(self._kept.values())[:limit] for _ in range(1 + self._faults.copies)]

    # -- webhook

    def set_hook(self, hook: Hook | None) -> None:
        """Switch the way; what is kept goes the new one."""
        self.hook = hook
        if hook is not None:
            self._connections = asyncio.Semaphore(hook.max_connections)
            kept, self._kept = self._kept, {}
            for number, update in kept.items():
                self._enqueue(_chat_of(update, number), update)

    def _start_lane(self, chat: int) -> None:
        worker = asyncio.create_task(self._work(chat))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, chat: int) -> None:
        """Bring one chat's updates in order, each until it is taken."""
        lane = self._lanes[chat]
        while lane:
            pause = FIRST_PAUSE
            body = json.dumps(lane[0]).encode()
            while self.hook is not None and not await self._bring(self.hook, body):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            if self.hook is None:
                self._kept |= {update["update_id"]: update for update in lane}
                self._arrived.set()
                lane.clear()
                break
            lane.popleft()
        del self._lanes[chat]
        if not self._lanes:
            self._idle.set()

    async def _bring(self, hook: Hook, body: bytes) -> bool:
        """One delivery with all its copies; whether the last one was taken."""
        copies = [self._bring_one(hook, body) for _ in range(1 + self._faults.copies)]
        return all(await asyncio.gather(*copies))

    async def _bring_one(self, hook: Hook, body: bytes) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            )
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        status, answer = 0, b""
        async with self._connections:
            try:
                async with self._session.post(hook.url, data=body, headers=headers) as response:
                    answer = await response.read()
                    status = response.status
            except (aiohttp.ClientError, OSError, TimeoutError):
                status = 0
        self.delivered.statuses.append(status)
        if status == 200:
            self.delivered.taken += 1
            if answer:
                await self._call_within(answer)
            return True
        self.delivered.refused += 1
        return False

    async def _call_within(self, answer: bytes) -> None:
        """A call of the Bot API in the answer to an update; nobody is told what became of it."""
        try:
            call = json.loads(answer)
            method = call.pop("method")
        except (ValueError, KeyError, AttributeError, TypeError):
            return
        await self.on_call_within(method, call)

    async def close(self) -> None:
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _chat_of(update: dict[str, Any], fallback: int) -> int:
    for payload in update.values():
        if isinstance(payload, dict):
            chat = payload.get("chat") or payload.get("message", {}).get("chat", {})
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return fallback
