"""THE gate: the one place where a messenger's own id of somebody becomes a `Person`.

An adapter passes what its codec decoded through its gate in the same call stack, before anything is logged, queued
or stored; from here on nobody but the adapter itself (to answer) can learn who it was. What a `Person` allows is
`privacy/addresses.py`; what is done with an `Envelope` is the process's (`base.Host`).
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.base import Envelope
from dialogs.events import Act
from privacy.addresses import Address, Person


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one channel: `channel` is its key (`Capabilities.channel`), `account` our own account there."""

    channel: str
    account: str

    def admit(
        self,
        native: str,
        event: Act,
        mark: str,
        language_hint: str = "",
        written: float = 0.0,
        overheard: bool = False,
    ) -> Envelope:
        """`native` in the channel's canonical form (privacy/addresses.py). Raises `ValueError` if it is empty."""
        if not native:
            raise ValueError("a message without a sender cannot pass the gate")
        person = Person(Address(self.channel, self.account, native))
        return Envelope(person, event, mark, language_hint, written, overheard)
