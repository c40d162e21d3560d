"""What a channel is: the one contract between the rooms of the messengers and the process that runs them.

An adapter is a pure `codec.py` (native payload <-> values of `dialogs/`) and a thin `adapter.py` that does the I/O.
A native id is spoken only inside an adapter's frame, or sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from dialogs.capabilities import Capabilities
from dialogs.events import Act, MediaRef, MessageRef
from dialogs.messages import Language, Part, Picture
from privacy.addresses import Address, Person


@dataclass(frozen=True, slots=True)
class Envelope:
    """One act of one citizen, past the gate: nothing in it can be stored, printed or pickled as a person."""

    person: Person
    event: Act
    mark: str
    """Names the native message among this person's, for duplicates: keyed and hashed before it is stored.
    Empty: cannot come twice."""
    language_hint: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Say it as a new message."""

    part: Part
    id: str = ""
    """Names this message among all that we send, the same when it is sent again after a crash; '' if it has no name.
    A messenger that knows what it was sent before (a transaction id, a stanza id) shows it once."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Show the part in place of a message said before. Where that message is gone or unchanged, all is well."""

    part: Part
    message: MessageRef
    id: str = ""


Outgoing = Post | Replace


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to show with a message."""

    name: str
    mime: str
    data: bytes


class Host(Protocol):
    """What the process offers an adapter."""

    async def receive(self, envelope: Envelope) -> None:
        """Take one act: returns when the turn is committed (the replies may still be on their way).

        Raises `NotTaken` if it could not be: the messenger shall send it again, or the adapter tries again.
        """

    async def picture(self, picture: Picture) -> File | None:
        """The bytes of a form's picture; None if the form has no such attachment."""


class NotTaken(Exception):
    """The turn could not be committed (Redis or the database is away); nothing was changed."""


class Adapter(Protocol):
    """One channel."""

    capabilities: Capabilities

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the HTTP listener serves for this channel."""

    async def run(self) -> None:
        """Receive until cancelled (long polling, a connection); returns at once for channels that only serve routes.

        Reconnects by itself with backoff; raises only what an operator must mend (a wrong token).
        """

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        """Hand one message to the messenger, retried within bounds. Raises `ChannelError`."""

    async def typing(self, to: Address) -> None:
        """Show that an answer is on its way, where the channel can. Never raises `ChannelError`."""

    async def fetch(self, media: MediaRef, limit: int) -> bytes:
        """Bytes of a file that a citizen sent, at most `limit`. Raises `ChannelError`; `Rejected` if larger."""

    async def introduce(self, languages: Sequence[Language]) -> None:
        """Set up what the messenger shows of the bot itself (menu of commands in each language)."""

    async def check(self) -> str:
        """For `zuruf doctor` and `/healthz`: '' if the channel works, else what is wrong and what to do (English)."""

    async def close(self) -> None:
        """End quietly within seconds."""
