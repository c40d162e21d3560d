"""From a raw update to the process: decode, pass the gate, hand over. The same for webhook and long polling.

A turn that fails by a defect of ours is tried again like one that was not taken, but not for ever: one poisonous
update must not stop a citizen's later ones. Not here: when to ask again (`polling.py`, `webhook.py`).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

import structlog

from adapters.base import Envelope, Host, NotTaken
from adapters.inbox import Gate
from adapters.telegram.codec import Decoded, Elsewhere, Nothing, decode
from privacy.redaction import describe

TURN_SECONDS: Final = 45.0
"""For one turn; Telegram sends a webhook's update again after 60."""
POISON_TRIES: Final = 5
"""Failures of a turn by a defect until its update is given up."""
POISON_MEMORY: Final = 1000
"""Failing updates that are remembered at once."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Admitted:
    """An update past the gate."""

    envelope: Envelope | None
    """None: there is nothing to do."""
    callback: str
    """The tapped button whose spinner is to end, whatever becomes of the tap: a dead spinner looks like a dead bot.
    Empty: none was tapped."""


class Intake:
    """Takes one update after another; holds nothing of them but how often a failing one failed."""

    def __init__(
        self,
        host: Host,
        gate: Gate,
        leave: Callable[[Elsewhere], None],
    ) -> None:
        self._host = host
        self._gate = gate
        self._leave = leave
        self._failures: OrderedDict[str, int] = OrderedDict()

    def admit(self, payload: bytes) -> Admitted:
        """What a citizen did, past the gate. Raises `ValueError` if it is no JSON."""
        incoming = decode(payload)
        match incoming:
            case Decoded(chat, act, mark, hint):
                envelope = self._gate.admit(chat, act, mark, hint, incoming.written)
                return Admitted(envelope, incoming.callback)
            case Elsewhere():
                self._leave(incoming)
                return Admitted(None, incoming.callback)
            case Nothing():
                return Admitted(None, incoming.callback)
            case _:
                assert_never(incoming)

    async def take(self, envelope: Envelope) -> None:
        """Return when the turn is committed or given up. Raises `NotTaken`: try again."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._host.receive(envelope)
        except NotTaken:
            raise
        except TimeoutError:
            raise NotTaken from None
        except Exception as error:  # logged without its text and variables: they may hold the citizen's words
            if not self._is_poison(envelope.mark):
                log.error("turn_failed", channel="telegram", raised=describe(error))
                raise NotTaken from None
            log.error("update_given_up", channel="telegram", raised=describe(error))

    def _is_poison(self, mark: str) -> bool:
        failures = self._failures.pop(mark, 0) + 1
        if failures >= POISON_TRIES:
            return True
        self._failures[mark] = failures
        if len(self._failures) > POISON_MEMORY:
            self._failures.popitem(last=False)
        return False
