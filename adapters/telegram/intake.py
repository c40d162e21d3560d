"""From a raw update to the process: decode, pass the gate, hand over. The same for webhook and long polling.

Not here: when to ask again (`polling.py`, `webhook.py`), updates that fail again and again (`adapters/poison.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from adapters.base import Envelope, Host
from adapters.inbox import Gate
from adapters.poison import Taster
from adapters.telegram.codec import Decoded, Elsewhere, Nothing, decode

TURN_SECONDS: Final = 45.0
"""For one turn; Telegram sends a webhook's update again after 60."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An update past the gate."""

    envelope: Envelope | None
    """None: there is nothing to do."""
    callback: str
    """The tapped button whose spinner is to end, whatever becomes of the tap: a dead spinner looks like a dead bot.
    Empty: none was tapped."""


class Intake:
    """Takes one update after another; holds nothing of them."""

    def __init__(
        self,
        host: Host,
        gate: Gate,
        leave: Callable[[Elsewhere], None],
    ) -> None:
        self._gate = gate
        self._leave = leave
        self._taster = Taster(host, "telegram", TURN_SECONDS)

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
        await self._taster.take(envelope)
