"""Taking one act for a channel whose messenger brings again what was not taken: the same for each of them.

A turn that fails by a defect of ours is tried again like one that was not taken, but not for ever: one poisonous
message must not stop a citizen's later ones. Not here: when to ask again (each channel's own).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

import structlog

from adapters.base import Envelope, Host, NotTaken
from privacy.redaction import describe

POISON_TRIES: Final = 5
"""Failures of a turn by a defect until its message is given up."""
POISON_MEMORY: Final = 1000
"""Failing messages that are remembered at once."""

log = structlog.get_logger()


class Taster:
    """Takes acts of one channel; holds nothing of them but how often a failing one failed."""

    def __init__(self, host: Host, channel: str, seconds: float) -> None:
        """`seconds`: for one turn."""
        self._host = host
        self._channel = channel
        self._seconds = seconds
        self._failures: OrderedDict[str, int] = OrderedDict()

    async def take(self, envelope: Envelope) -> None:
        """Return when the turn is committed or given up. Raises `NotTaken`: try again."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._host.receive(envelope)
        except NotTaken:
            raise
        except TimeoutError:
            raise NotTaken from None
        except Exception as error:  # logged without its text and variables: they may hold the citizen's words
            if not self._is_poison(envelope.mark):
                log.error("turn_failed", channel=self._channel, raised=describe(error))
                raise NotTaken from None
            log.error("update_given_up", channel=self._channel, raised=describe(error))

    def _is_poison(self, mark: str) -> bool:
        failures = self._failures.pop(mark, 0) + 1
        if failures >= POISON_TRIES:
            return True
        self._failures[mark] = failures
        if len(self._failures) > POISON_MEMORY:
            self._failures.popitem(last=False)
        return False
