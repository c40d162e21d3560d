"""From a frame to a turn: one citizen's acts one after another, each acknowledged when it is committed.

Shared by WebSocket, POST and uploads. Not here: what an act means, and replies (they come by `deliver`).
"""

from __future__ import annotations

import asyncio
import time

import structlog

from adapters.base import Host, NotTaken
from adapters.inbox import Gate
from adapters.web import settings
from adapters.web.chats import Chat, Token
from adapters.web.codec import Acknowledged, Again, Sent

log = structlog.get_logger()

AGAIN_AFTER = 2.0  # seconds until a client tries again when a turn could not be committed


class Intake:
    """Hands acts to the host, through the gate."""

    def __init__(self, host: Host, gate: Gate) -> None:
        self._host = host
        self._gate = gate

    async def take(self, token: Token, chat: Chat, sent: Sent) -> Acknowledged | Again:
        """Take one act, after those before it. The same id while it is under way waits for that same turn.

        If the caller is cancelled (the browser is gone) the turn goes on.
        """
        if (wait := chat.acts.take(time.monotonic())) > 0.0:
            return Again(sent.id, round(wait, 2))
        turn = chat.in_flight.get(sent.id)
        if turn is None:
            if len(chat.in_flight) >= settings.WAITING_ACTS:
                return Again(sent.id, AGAIN_AFTER)
            turn = asyncio.create_task(self._turn(token, chat, sent))
            chat.in_flight[sent.id] = turn
            turn.add_done_callback(lambda _: chat.in_flight.pop(sent.id, None))
        return await asyncio.shield(turn)

    async def _turn(self, token: Token, chat: Chat, sent: Sent) -> Acknowledged | Again:
        try:
            async with chat.turn, asyncio.timeout(settings.TURN_SECONDS):
                await self._host.receive(self._gate.admit(token, sent.event, sent.id, chat.language))
        except (NotTaken, TimeoutError):
            return Again(sent.id, AGAIN_AFTER)
        except Exception as fault:
            # A defect of ours. The browser keeps the answer and tries a few times more; an operator sees the kind.
            log.error("web_turn_failed", error=type(fault).__name__, act=type(sent.event).__name__)
            return Again(sent.id, AGAIN_AFTER)
        return Acknowledged(sent.id)
