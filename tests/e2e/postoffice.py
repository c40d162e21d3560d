"""A lean Bot API for broadcasts: notes who got what and when, and can say no in every way that Telegram can.

The strict one, which checks every field, is `adapters/telegram/emulator`; this one takes thousands of messages.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Answer:
    """What a call gets. `taken`: the message was processed; `reset`: the line breaks instead of an answer."""

    status: int = 200
    taken: bool = True
    reset: bool = False
    retry_after: float | None = None
    description: str = ""


TAKEN = Answer()
GONE = Answer(403, taken=False, description="Forbidden: bot was blocked by the user")
BROKEN = Answer(502, taken=False, description="Bad Gateway")
RESET_BEFORE, RESET_AFTER = Answer(taken=False, reset=True), Answer(reset=True)


@dataclass
class PostOffice:
    """`judge` decides about each call: the chat, and how many calls for it came before."""

    judge: Callable[[int, int], Answer] = lambda chat, before: TAKEN
    base: str = ""
    got: Counter[int] = field(default_factory=Counter)
    """Messages that a chat has."""
    calls: Counter[int] = field(default_factory=Counter)
    at: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When each chat's calls came (monotonic)."""
    texts: dict[int, str] = field(default_factory=dict)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if not request.match_info["method"].startswith("send"):
            return web.json_response({"ok": True, "result": True})
        fields: dict[str, Any] = await request.json()
        chat = int(fields["chat_id"])
        answer = self.judge(chat, self.calls[chat])
        self.calls[chat] += 1
        self.at[chat].append(time.monotonic())
        if answer.taken:
            self.got[chat] += 1
            self.texts[chat] = fields.get("text", "")
        if answer.reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if answer.status == 200:
            return web.json_response({"ok": True, "result": {"message_id": sum(self.got.values())}})
        body: dict[str, Any] = {"ok": False, "error_code": answer.status, "description": answer.description}
        if answer.retry_after is not None:
            body["parameters"] = {"retry_after": answer.retry_after}
        return web.json_response(body, status=answer.status)


@contextlib.asynccontextmanager
async def post_office(judge: Callable[[int, int], Answer] | None = None) -> AsyncIterator[PostOffice]:
    """Open until the block ends."""
    office = PostOffice()
    if judge is not None:
        office.judge = judge
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", office._call)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    office.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield office
    finally:
        await runner.cleanup()
