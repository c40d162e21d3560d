"""One turn: lock and load, resume, commit, save; the replies follow.

    load (1 trip) -> unseal -> engine.resume, queries answered at most three times -> durable acts (1 transaction)
    -> save with the replies owed (1 trip) -> deliver -> settle (travels with a later call; nobody waits for it)

Stored first, sent after. If anything before `save` fails, nothing was changed and the messenger brings the act again.
What is said is decided in `dialogs/`; how queries and durable acts are done is in `interpreter.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from adapters.base import Adapter, Attended, Envelope, Forgets, NotTaken
from bot.delivery import Delivery, HandedOver, Tasks
from bot.flood import MOST_ACTS, MOST_FILES, MOST_OPENS, MOST_REPORTS, QUIET, Floods
from bot.interpreter import Interpreter
from bot.lanes import LaneFull, Lanes
from bot.meanwhile import Meanwhile
from bot.metrics import Metrics
from bot.movings import Movings
from bot.replies import Debt as OwedReplies
from bot.replies import Reply, merged, plan
from bot.vault import Kept, Vault
from bot.worlds import Worlds
from dialogs.capabilities import Capabilities, ReadsAlong
from dialogs.effects import Depart, Durable, KeepMedia, Query, ReleaseDraft, Report, Words
from dialogs.engine import QUERY_LIMIT, UnknownForm, resume
from dialogs.events import (
    CaseNews,
    Event,
    Gone,
    MediaProblem,
    MediaRefused,
    MediaSent,
    NotStored,
    Reacted,
    TooFast,
    TooManyReports,
)
from dialogs.faults import fault
from dialogs.session import Session
from dialogs.turn import Turn
from privacy.addresses import Address, Person
from storage.acts.library import Library
from storage.conversations import Conversations, Counted, Debt, Loaded, Mark, SessionName
from storage.errors import Lost, StorageError, Unavailable
from storage.redis import TOLD_SECONDS

LOCK_WAIT = 5.0
"""Seconds to wait for a conversation that another process holds, before the act is given back."""
LOCK_PAUSE = 0.02
"""Seconds between the first two tries; doubled each time."""
LEFT_OVER_AFTER = 180.0
"""Seconds after which replies still owed are taken to be left over from a crash or an outage."""
IN_DOUBT_AFTER = 3.0
"""The same after this process began, or did not hear whether a turn was saved."""
LATE_AFTER = 120.0
"""Seconds from writing to arrival after which a citizen is told that we were out of reach."""
LATE_PAUSE = 1.0
"""Seconds that the answer to a late message waits for the next one: what was written in vain gets one answer."""
FORM_TRIES = 3
"""Form versions that are loaded for one act before it is given up."""

log = structlog.get_logger()


def is_late(envelope: Envelope) -> bool:
    """Whether the citizen has waited for a while already when the act reaches us."""
    return envelope.written > 0 and time.time() - envelope.written > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Decided:
    """What the engine made of an act, its queries answered."""

    session: Session | None
    words: tuple[Words, ...]
    durable: tuple[Durable, ...]

    @property
    def reports(self) -> bool:
        """Whether a case is opened."""
        return any(isinstance(act, Report) for act in self.durable)


@dataclass(frozen=True, slots=True)
class Owed:
    """Replies of a committed turn."""

    name: SessionName
    sealed: bytes
    replies: tuple[Reply, ...]


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
        tasks: Tasks,
        metrics: Metrics,
        movings: Movings,
    ) -> None:
        self._conversations = conversations
        self._interpreter = interpreter
        self._library = library
        self._vault = vault
        self._worlds = worlds
        self._delivery = delivery
        self._tasks = tasks
        self._metrics = metrics
        self._movings = movings
        self._lanes = Lanes()
        self._floods = Floods()
        self._held: dict[SessionName, Owed] = {}
        """Answers to late messages that wait for the next one; bounded by the tasks that hold them."""
        self._in_doubt_until: float | None = time.monotonic() + IN_DOUBT_AFTER

    async def take(self, adapter: Adapter, envelope: Envelope) -> None:
        """Take one act. Returns when it is committed. Raises `NotTaken` if the messenger shall bring it again."""
        channel = adapter.capabilities.channel
        started = time.perf_counter()
        names = self._vault.names(envelope.person)
        if self._floods.drops(names[0]):
            self._metrics.turns.labels(channel, "flood").inc()
            return
        try:
            await self._lanes.enter(names[0])
        except LaneFull:
            self._too_fast(adapter, envelope.person, names[0])
            return
        if self._floods.drops(names[0]):  # it waited while the flood began
            self._lanes.leave(names[0])
            self._metrics.turns.labels(channel, "flood").inc()
            return
        try:
            owed = await self._commit(adapter, envelope, names)
            if owed is not None:
                self._held.pop(names[0], None)  # what was held is part of what is owed now
        except (Unavailable, Lost) as error:
            self._lanes.leave(names[0])
            self._in_doubt_until = time.monotonic() + IN_DOUBT_AFTER
            self._metrics.turns.labels(channel, "not_taken").inc()
            log.warning("turn_not_taken", channel=channel, error=type(error).__name__)
            raise NotTaken from None
        except BaseException:
            self._lanes.leave(names[0])
            self._metrics.turns.labels(channel, "fault").inc()
            raise
        self._metrics.turns.labels(channel, "taken" if owed else "quiet").inc()
        self._metrics.turn_seconds.labels(channel).observe(time.perf_counter() - started)
        if owed is None:
            self._lanes.leave(names[0])
        elif is_late(envelope):
            self._held[names[0]] = owed
            self._lanes.leave(names[0])
            self._tasks.start(self._reply_late(adapter, envelope.person, names[0], owed), "reply")
        else:
            self._tasks.start(self._reply(adapter, envelope.person, names[0], owed), "reply")

    async def admits(self, network: Person) -> bool:
        """Whether one more web chat may be opened from this network address."""
        try:
            return await self._conversations.opened(self._vault.rate_name(network)) <= MOST_OPENS
        except StorageError:
            return True

    # -- what nobody has asked for just now

    async def tell(self, adapter: Adapter, person: Person, news: CaseNews | TooFast) -> HandedOver:
        """Say something that nobody has asked for just now; the conversation goes on beside it.

        Sent first, remembered after: whoever calls has it in a durable order, and calls again if it was not handed
        over. Raises `StorageError` if the store is away: nothing was said then.
        """
        names = self._vault.names(person)
        await self._lanes.squeeze_in(names[0])
        try:
            loaded = await self._lock(names, ())
            session = self._vault.open_conversation(names, loaded).session
            await self._conversations.release(names, loaded)
            turn = await self._resume(adapter, Envelope(person, Gone(), ""), session, news)
            words = [effect for effect in turn.effects if isinstance(effect, Words)]
            outcome = await self._delivery.hand_over(adapter, person.address, plan(words, adapter.capabilities, None))
            if isinstance(news, CaseNews) and outcome.done and not outcome.gone:
                with contextlib.suppress(StorageError):  # it was said: the session may lack it, the citizen does not
                    await self._remember(adapter, person, names, news)
            return outcome
        finally:
            self._lanes.leave(names[0])

    async def _remember(self, adapter: Adapter, person: Person, names: tuple[SessionName, ...], news: CaseNews) -> None:
        """Keep in the session what was said; what is owed to it stays owed."""
        loaded = await self._lock(names, ())
        kept = self._vault.open_conversation(names, loaded)
        turn = await self._resume(adapter, Envelope(person, Gone(), ""), kept.session, news)
        debt = self._vault.seal_debt(names[0], person, adapter.capabilities.channel, kept.owed)
        sealed, ttl = self._vault.seal_session(names[0], turn.session)
        await self._vault.note_if_long(ttl)
        await self._conversations.save(names, loaded, sealed, ttl, None, debt)

    def _too_fast(self, adapter: Adapter, person: Person, name: SessionName) -> None:
        """Drop what comes from this person until they are quiet, and tell them once."""
        self._metrics.turns.labels(adapter.capabilities.channel, "flood").inc()
        if self._floods.begin(name):
            self._tasks.start(self._say_too_fast(adapter, person), "flood")

    async def _say_too_fast(self, adapter: Adapter, person: Person) -> None:
        with contextlib.suppress(StorageError):
            if await self._conversations.once(self._vault.rate_name(person), TOLD_SECONDS):
                await self.tell(adapter, person, TooFast(round(QUIET)))

    # -- commit

    async def _commit(self, adapter: Adapter, envelope: Envelope, names: tuple[SessionName, ...]) -> Owed | None:
        """The turn under the conversation's lock; what is owed to the citizen afterwards."""
        marks = self._vault.marks(envelope.person, envelope.mark)
        counted = Counted(self._vault.rate_name(envelope.person), isinstance(envelope.event, MediaSent))
        loaded = await self._lock(names, marks, counted)
        if loaded.duplicate:
            return None
        try:
            if loaded.acts > MOST_ACTS:
                await self._conversations.release(names, loaded)
                self._too_fast(adapter, envelope.person, names[0])
                return None
            return await self._under_lock(adapter, envelope, names, marks, loaded)
        except BaseException:
            with contextlib.suppress(StorageError):  # a lock that cannot be freed ends by itself
                await self._conversations.release(names, loaded)
            raise

    async def _lock(
        self, names: tuple[SessionName, ...], marks: tuple[Mark, ...], counted: Counted | None = None
    ) -> Loaded:
        pause, waited = LOCK_PAUSE, 0.0
        while (loaded := await self._conversations.load(names, marks, counted)) is None:
            if waited >= LOCK_WAIT:
                raise Unavailable("another process holds the conversation")
            await asyncio.sleep(pause)
            waited, pause = waited + pause, pause * 2
        return loaded

    async def _under_lock(
        self,
        adapter: Adapter,
        envelope: Envelope,
        names: tuple[SessionName, ...],
        marks: tuple[Mark, ...],
        loaded: Loaded,
    ) -> Owed | None:
        person, channel = envelope.person, adapter.capabilities
        kept = self._vault.open_conversation(names, loaded)
        arrived = False
        try:
            with Meanwhile(self._tasks, partial(adapter.typing, person.address), partial(self._renew, names, loaded)):
                if isinstance(envelope.event, Reacted) and envelope.event.message != kept.anchor:
                    decided = Decided(kept.session, (), ())  # a sign on something said long ago answers nothing now
                else:
                    decided = await self._settled(adapter, envelope, kept, loaded)
            owed = await self._save(envelope, channel, names, marks, loaded, kept, decided)
            arrived = any(isinstance(act, ReleaseDraft) for act in decided.durable)
            if any(isinstance(act, Depart) for act in decided.durable) and isinstance(adapter, Forgets):
                adapter.forget(person.address)
        finally:
            await self._movings.ended(person, arrived=arrived)
        return owed

    async def _save(
        self,
        envelope: Envelope,
        channel: Capabilities,
        names: tuple[SessionName, ...],
        marks: tuple[Mark, ...],
        loaded: Loaded,
        kept: Kept,
        decided: Decided,
    ) -> Owed | None:
        """Store what the turn came to, with the replies that are owed for it."""
        replies = merged(kept.owed, plan(decided.words, channel, kept.anchor))
        if isinstance(envelope.event, Gone):
            replies = ()
        debt = self._vault.seal_debt(names[0], envelope.person, channel.channel, replies)
        sealed, ttl = self._vault.seal_session(names[0], decided.session)
        await self._vault.note_if_long(ttl)
        reporter = self._vault.rate_name(envelope.person) if decided.reports else None
        await self._conversations.save(names, loaded, sealed, ttl, marks[0] if marks else None, debt, reporter)
        return None if debt is None else Owed(names[0], debt, replies)

    async def _settled(self, adapter: Adapter, envelope: Envelope, kept: Kept, loaded: Loaded) -> Decided:
        """Decide, and make it durable; if the database does not take it, say so and keep the draft."""
        decided = await self._decide(adapter, envelope, kept.session, envelope.event, loaded.files)
        if decided.reports and loaded.reports >= MOST_REPORTS:
            return await self._decide(adapter, envelope, kept.session, TooManyReports(MOST_REPORTS))
        try:
            await self._interpreter.commit(envelope.person, adapter.capabilities.channel, decided.durable)
        except StorageError as error:
            log.warning("not_stored", channel=adapter.capabilities.channel, error=type(error).__name__)
            return await self._decide(adapter, envelope, kept.session, NotStored())
        return decided

    # -- decide

    async def _decide(
        self, adapter: Adapter, envelope: Envelope, session: Session | None, event: Event, files: int = 0
    ) -> Decided:
        """`files`: how many the person has sent today."""
        try:
            return await self._ask_engine(adapter, envelope, session, event, files)
        except (StorageError, asyncio.CancelledError):
            raise
        except Exception as error:
            # The last resort: a defect of ours must not end as silence, as a loop of the messenger, or as a traceback.
            code = self._worlds.seen_from(adapter.capabilities).rng.randbytes(3).hex()
            self._metrics.faults.labels("turn").inc()
            log.error("turn_failed", code=code, channel=adapter.capabilities.channel, exc_info=error)
            return Decided(session, (fault(code, session, envelope.language_hint),), ())

    async def _ask_engine(
        self, adapter: Adapter, envelope: Envelope, session: Session | None, event: Event, files: int
    ) -> Decided:
        words: list[Words] = []
        durable: list[Durable] = []
        for _ in range(QUERY_LIMIT + 1):
            turn = await self._resume(adapter, envelope, session, event)
            query: Query | None = None
            for effect in turn.effects:
                if isinstance(effect, Query):
                    query = effect
                elif isinstance(effect, Durable):
                    durable.append(effect)
                else:
                    words.append(effect)
            session = turn.session
            if query is None:
                return Decided(session, tuple(words), tuple(durable))
            if isinstance(query, KeepMedia) and files > MOST_FILES:
                event = MediaRefused(MediaProblem.TOO_MANY)
            else:
                event = await self._interpreter.ask(query, envelope.person, adapter)
        raise RuntimeError("a turn asked more queries than it may")

    async def _resume(self, adapter: Adapter, envelope: Envelope, session: Session | None, event: Event) -> Turn:
        late = is_late(envelope)
        for _ in range(FORM_TRIES):
            try:
                return resume(
                    session, event, self._worlds.seen_from(_seen(adapter, envelope), envelope.language_hint, late=late)
                )
            except UnknownForm as unknown:
                if await self._library.need(unknown.form) is None:
                    # Its survey was erased from the database: nothing can be asked from it any more.
                    session = None
        raise RuntimeError("the forms of this session cannot be loaded")

    async def _renew(self, names: tuple[SessionName, ...], loaded: Loaded) -> None:
        with contextlib.suppress(StorageError):
            await self._conversations.renew(names, loaded)

    # -- reply

    async def _reply(self, adapter: Adapter, person: Person, name: SessionName, owed: Owed) -> None:
        """Deliver, leave the lane, clear the debt; then, if the person is gone, end the conversation.

        The next act does not wait for the debt: what this process asks of the store is done in the order of asking.
        """
        try:
            outcome = await self._delivery.hand_over(adapter, person.address, owed.replies)
        finally:
            self._lanes.leave(name)
        if outcome.done or outcome.anchor is not None:
            with contextlib.suppress(StorageError):  # the debt stands and is sent once more: the smaller evil
                await self._conversations.settle(
                    owed.name,
                    self._vault.seal_anchor(owed.name, outcome.anchor),
                    owed.sealed if outcome.done else None,
                )
        if outcome.gone:
            with contextlib.suppress(NotTaken):
                await self.take(adapter, Envelope(person, Gone(), ""))

    async def _reply_late(self, adapter: Adapter, person: Person, name: SessionName, owed: Owed) -> None:
        """Wait whether more comes of what was written in vain; the last turn then says all of it."""
        await asyncio.sleep(LATE_PAUSE)
        try:
            await self._lanes.enter(name)
        except LaneFull:
            return  # those who wait there say it
        if self._held.get(name) is not owed:
            self._lanes.leave(name)
            return
        del self._held[name]
        await self._reply(adapter, person, name, owed)

    async def collect(self, adapters: Mapping[str, Adapter]) -> int:
        """Send what a crash or an outage left owed; returns how many conversations were served.

        Soon after this process began or could not save (the replies may be noted all the same, and the messenger's
        repetition is dropped as a duplicate): its citizens wait. Otherwise late, for another process may be at it.
        """
        asked = time.monotonic()
        in_doubt = self._in_doubt_until is not None
        owed = await self._conversations.debts(IN_DOUBT_AFTER if in_doubt else LEFT_OVER_AFTER)
        if self._in_doubt_until is not None and self._in_doubt_until <= asked:
            self._in_doubt_until = None
        waiting: dict[str, list[tuple[Debt, OwedReplies, Address]]] = {}
        for left in owed:
            if left.name in self._lanes:
                continue
            opened = self._vault.open_left_over(left.name, left.sealed)
            if opened is None:
                await self._conversations.settle(left.name, None, left.sealed)
            elif opened[0].channel in adapters:
                waiting.setdefault(opened[0].channel, []).append((left, *opened))
        passes = (self._collect_from(adapters[channel], debts) for channel, debts in waiting.items())
        return sum(await asyncio.gather(*passes))

    async def _collect_from(self, adapter: Adapter, debts: list[tuple[Debt, OwedReplies, Address]]) -> int:
        """One channel's, beside the others': it stops at the first that cannot go, and waits for the next pass. Whoever
        is away is passed over: their coming back says what stands. In an order of chance, so that no debt which can
        never go is before the others each time."""
        served = 0
        for left, debt, address in random.sample(debts, len(debts)):
            if isinstance(adapter, Attended) and not adapter.attends(address):
                continue
            outcome = await self._delivery.hand_over(adapter, address, debt.replies)
            if not outcome.done:
                break
            served += 1
            await self._conversations.settle(left.name, self._vault.seal_anchor(left.name, outcome.anchor), left.sealed)
        return served


def _seen(adapter: Adapter, envelope: Envelope) -> Capabilities:
    """The channel as it is for this chat: what is said of who reads along must be true of it."""
    if not envelope.overheard:
        return adapter.capabilities
    return replace(adapter.capabilities, reads_along=ReadsAlong.OPERATOR)
