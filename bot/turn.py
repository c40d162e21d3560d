"""One turn: lock and load, resume, commit, save; the replies follow.

    load (1 trip) -> unseal -> engine.resume, queries answered at most three times -> durable acts (1 transaction)
    -> save with the replies owed (1 trip) -> render, send -> settle (not awaited by the turn)

Stored first, sent after. If anything before `save` fails, nothing was changed and the messenger brings the act again.
What is said is decided in `dialogs/`; how it is done is in `interpreter.py`.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import structlog

from adapters.base import Adapter, Envelope, NotTaken
from bot.clock import Clock
from bot.delivery import Delivery
from bot.interpreter import Interpreter
from bot.lanes import LaneFull, Lanes
from bot.library import Library
from bot.metrics import Metrics
from bot.replies import Debt, plan
from bot.vault import Vault
from bot.worlds import Worlds
from dialogs.effects import Durable, Words
from dialogs.session import Session
from storage.base import Conversations, Loaded
from storage.errors import Lost, StorageError, Unavailable

LOCK_WAIT = 5.0
"""Seconds to wait for a conversation that another process holds, before the act is given back."""
LOCK_PAUSE = 0.05
"""Seconds between two tries, doubled each time."""
TYPING_AFTER = 1.0
"""Seconds after which the citizen is shown that an answer is on its way."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decided:
    """What the engine made of an act, queries answered."""

    session: Session | None
    words: tuple[Words, ...]
    durable: tuple[Durable, ...]


class Turns:
    """Takes acts of every channel; the one place where a conversation changes."""

    def __init__(
        self,
        conversations: Conversations,
        interpreter: Interpreter,
        library: Library,
        vault: Vault,
        worlds: Worlds,
        delivery: Delivery,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._interpreter = interpreter
        self._library = library
        self._vault = vault
        self._worlds = worlds
        self._delivery = delivery
        self._metrics = metrics
        self._clock = clock
        self._lanes = Lanes()

    async def take(self, adapter: Adapter, envelope: Envelope) -> None:
        """Take one act. Returns when it is committed. Raises `NotTaken` if the messenger shall bring it again."""
        channel = adapter.capabilities.channel
        started = time.perf_counter()
        try:
            lane = self._vault.lane(envelope.person)
            await self._lanes.enter(lane)
        except LaneFull:
            self._metrics.turns.labels(channel, "too_many").inc()
            raise NotTaken from None
        try:
            debt = await self._commit(adapter, envelope)
        except (Unavailable, Lost) as error:
            self._lanes.leave(lane)
            self._metrics.turns.labels(channel, "not_taken").inc()
            log.warning("turn_not_taken", channel=channel, error=type(error).__name__)
            raise NotTaken from None
        except BaseException:
            self._lanes.leave(lane)
            self._metrics.turns.labels(channel, "fault").inc()
            raise
        self._metrics.turns.labels(channel, "taken" if debt else "quiet").inc()
        self._metrics.turn_seconds.labels(channel).observe(time.perf_counter() - started)
        if debt is None:
            self._lanes.leave(lane)
        else:
            self._delivery.start(adapter, envelope.person, debt, done=lambda: self._lanes.leave(lane))

    async def _commit(self, adapter: Adapter, envelope: Envelope) -> Debt | None:
        """The turn under the conversation's lock; what is owed to the citizen afterwards."""
        names = self._vault.names(envelope.person)
        mark = self._vault.mark(envelope.person, envelope.mark)
        loaded = await self._lock(names, mark)
        if loaded.duplicate:
            return None
        try:
            return await self._under_lock(adapter, envelope, loaded)
        except BaseException:
            await self._release(envelope, loaded)
            raise

    async def _lock(self, names: tuple[SessionName, ...], mark: Mark | None) -> Loaded:
        pause, waited = LOCK_PAUSE, 0.0
        while (loaded := await self._conversations.load(names, mark)) is None:
            if waited > LOCK_WAIT:
                raise Unavailable("another process holds the conversation")
            await asyncio.sleep(pause)
            waited, pause = waited + pause, pause * 2
        return loaded

    async def _release(self, envelope: Envelope, loaded: Loaded) -> None:
        """Best effort: a lock that cannot be freed ends by itself."""
        with contextlib.suppress(StorageError):
            await asyncio.shield(self._conversations.release(self._vault.names(envelope.person), loaded))

    async def _under_lock(self, adapter: Adapter, envelope: Envelope, loaded: Loaded) -> Debt | None:
        person, channel = envelope.person, adapter.capabilities
        kept = self._vault.open_conversation(loaded)
        world = await self._world(adapter, envelope, kept.session)
        with self._typing(adapter, envelope):
            decided = await self._decide(adapter, envelope, kept.session, world)
        replies = (*kept.owed, *plan(decided.words, channel, kept.anchor))
        debt = Debt(channel.channel, self._vault.seal_address(person), replies) if replies else None
        await self._conversations.save(
            self._vault.names(person),
            loaded,
            *self._vault.seal_conversation(person, decided.session, kept.begun),
            self._vault.mark(person, envelope.mark),
            self._vault.seal_debt(person, debt),
        )
        return debt
