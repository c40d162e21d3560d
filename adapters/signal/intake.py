"""From an envelope to the process: decode, pass the gate, hand over, delete the files that came with it.

The daemon hands an envelope over once and forgets it, so an act is tried here until it is taken or given up. Different
people go side by side, one person's acts in order, so many at once; further ones wait with the daemon, and before that
with Signal. Not here: the line (`http.py`, `line.py`), reconnecting (`receiving.py`), when a failing act is given up
(`adapters/poison.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, assert_never

import structlog

from adapters.backoff import backoff
from adapters.base import Envelope, Host, NotTaken
from adapters.errors import ChannelError
from adapters.inbox import Gate
from adapters.poison import Taster
from adapters.signal.ballots import Ballots
from adapters.signal.codec import Decoded, Elsewhere, Nothing, Unopened, Vote, decode
from adapters.signal.doubts import Doubts
from adapters.signal.files import Files
from dialogs.events import TEXT_LIMIT, Act, Edited, Said, Unreadable
from privacy.redaction import describe

AT_ONCE: Final = 100
"""Turns under way; further envelopes are not read."""
TURN_SECONDS: Final = 45.0
KEPT_SECONDS: Final = 3600.0
"""How long an act is tried; after that the citizen has long given up, and would be answered out of nowhere."""
STALE_SECONDS: Final = 7 * 24 * 3600.0
"""Age of a message that is not answered any more: its conversation is long forgotten."""
LONGEST_PAUSE: Final = 15.0  # seconds between two tries of an act
LAST_SECONDS: Final = 5.0
"""For turns under way when the channel ends: nobody would bring their acts again."""
LONG_TEXT_BYTES: Final = 4 * TEXT_LIMIT
PLACES: Final = 1024
"""Places in which people wait for their turn, by a hash of the process: no id is kept."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the adapter does about things that are no act of a conversation."""

    refuse_group: Callable[[str], None]
    trust: Callable[[str], None]


class Intake:
    """Takes one envelope after another. `clock` is monotonic, in seconds."""

    def __init__(
        self, host: Host, gate: Gate, files: Files, ballots: Ballots, hooks: Hooks, clock: Callable[[], float]
    ) -> None:
        self._taster = Taster(host, gate.channel, TURN_SECONDS)
        self._gate = gate
        self._files = files
        self._ballots = ballots
        self._hooks = hooks
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._places = [asyncio.Lock() for _ in range(PLACES)]
        self._turns: set[asyncio.Task[None]] = set()
        self._doubts = Doubts(self._begin)
        self.seen = 0
        """Envelopes that came so far."""

    @property
    def under_way(self) -> int:
        """Turns that have not ended."""
        return len(self._turns)

    @property
    def doubts(self) -> int:
        """People of whom something came that could not be opened yet."""
        return len(self._doubts)

    async def take(self, payload: bytes) -> None:
        """Begin one envelope's turn; waits while too many are under way."""
        self.seen += 1
        try:
            incoming = decode(payload)
        except ValueError:
            log.warning("envelope_unreadable", channel="signal")
            return
        match incoming:
            case Decoded(sender):
                self._doubts.dispel(sender)
                await self._begin(incoming)
            case Elsewhere(group, files):
                await self._files.drop(files)
                self._hooks.refuse_group(group)
            case Unopened(sender):
                if incoming.untrusted:
                    self._hooks.trust(sender)
                await self._doubts.add(incoming)
            case Nothing(files, sender):
                self._doubts.dispel(sender)
                await self._files.drop(files)
            case _:
                assert_never(incoming)

    async def close(self) -> None:
        """Let turns under way end; nobody would bring their acts again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self._doubts.close()
        if self._turns:
            _, late = await asyncio.wait(self._turns, timeout=LAST_SECONDS)
            for turn in late:
                turn.cancel()
            if late:
                log.warning("acts_lost", channel="signal", count=len(late))
                await asyncio.wait(late, timeout=1.0)

    async def _begin(self, decoded: Decoded) -> None:
        if decoded.sent < (time.time() - STALE_SECONDS) * 1000:
            await self._files.drop(decoded.files)
            return
        await self._room.acquire()
        turn = asyncio.create_task(self._turn(decoded))
        self._turns.add(turn)
        turn.add_done_callback(self._ended)

    def _ended(self, turn: asyncio.Task[None]) -> None:
        self._turns.discard(turn)
        self._room.release()
        if not turn.cancelled() and (error := turn.exception()) is not None:
            log.error("intake_failed", channel="signal", raised=describe(error))

    async def _turn(self, decoded: Decoded) -> None:
        place = self._places[hash(decoded.sender) % PLACES]
        try:
            async with place:
                await self._until_taken(await self._admit(decoded))
        finally:
            await self._files.drop(decoded.files)

    async def _admit(self, decoded: Decoded) -> Envelope:
        """Past the gate: from here on nobody knows who it was."""
        envelope = self._gate.admit(decoded.sender, Unreadable(), decoded.mark, written=decoded.sent / 1000)
        act = await self._whole(decoded)
        if isinstance(act, Vote):
            return replace(envelope, event=self._ballots.read(envelope.person.address, act))
        if isinstance(act, Said):
            self._ballots.wrote(envelope.person.address)
        return replace(envelope, event=act)

    async def _whole(self, decoded: Decoded) -> Act | Vote:
        """The act with its whole text, where the message held its beginning only."""
        act = decoded.act
        if not decoded.long_text or not isinstance(act, Said | Edited):
            return act
        try:
            data = await self._files.read(decoded.long_text, LONG_TEXT_BYTES + TEXT_LIMIT)
        except ChannelError:
            return Unreadable()  # half an answer must not be taken for a whole one
        return replace(act, text=data.decode("utf-8", "replace")[: TEXT_LIMIT + 1])

    async def _until_taken(self, envelope: Envelope) -> None:
        deadline = self._clock() + KEPT_SECONDS
        failures = 0
        while self._clock() < deadline:
            try:
                await self._taster.take(envelope)
            except NotTaken:
                failures += 1
                await asyncio.sleep(backoff(failures, LONGEST_PAUSE))
            else:
                return
        log.error("act_given_up", channel="signal")
