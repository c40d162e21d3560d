"""What a channel is: the one contract between the rooms of the messengers and the process that runs them.

An adapter is a pure `codec.py` (native payload <-> values of `dialogs/`) and a thin `adapter.py` that does the I/O.
A native id is spoken only inside an adapter's frame, or sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from aiohttp import web

from dialogs.capabilities import Capabilities
from dialogs.events import Act, MediaRef, MessageRef
from dialogs.letters import storable, storable_act
from dialogs.messages import Language, Part, Picture
from privacy.addresses import Address, Person


@dataclass(frozen=True, slots=True)
class Envelope:
    """One act of one citizen, past the gate: nothing in it can be stored, printed or pickled as a person, and every
    text in it can be kept by every database."""

    person: Person
    event: Act
    mark: str
    """Names the native message among this person's, for duplicates: keyed and hashed before it is stored.
    Empty: cannot come twice."""
    language_hint: str = ""
    written: float = 0.0
    """When the citizen sent it by the messenger's clock, seconds since 1970; 0: it came at once, or is not known."""
    overheard: bool = False
    """The chat is not end-to-end encrypted, though the channel's record says so of its chats."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "event", storable_act(self.event))
        object.__setattr__(self, "language_hint", storable(self.language_hint))


class Occasion(StrEnum):
    """Why something is said, for channels whose messages are few."""

    ANSWER = "answer"
    """Somebody just wrote, and waits."""
    PUSH = "push"
    """Nobody waits for it: news, words of the town about a case. It must not starve an answer."""


@dataclass(frozen=True, slots=True)
class Post:
    """Say it as a new message."""

    part: Part
    id: str = ""
    """Names this message among all that we send, the same when it is sent again after a crash; '' if it has no name.
    A messenger that knows what it was sent before (a transaction id, a stanza id) shows it once."""
    occasion: Occasion = Occasion.ANSWER


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


class Sign(StrEnum):
    """What an adapter notices of its channel as a whole; the process makes the channel's state of it."""

    WORKS = "works"
    """The connection stands, or a call went through."""
    SLOW = "slow"
    """Answers come late, or the messenger asks us to wait."""
    LOST = "lost"
    """No connection; the adapter tries again by itself."""
    BLOCKED = "blocked"
    """An operator must act: a token that is refused, a captcha, a suspended account."""


class Key(StrEnum):
    """A sort of key by which citizens can tell that it is the town (docs/adapters.md)."""

    MATRIX_MASTER_KEY = "matrix_master_key"
    """Public part of the account's cross-signing master key, unpadded base64."""
    SIGNAL_SAFETY_NUMBER = "signal_safety_number"
    """The town's half of every safety number: 30 digits."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are on a channel, as a citizen sees it there: public, for posters and `/.well-known/zuruf.json`."""

    name: str
    """Our name there as people read it: "@musterstadt_bot", "@zuruf:musterstadt.de"."""
    link: str = ""
    """Opens a conversation with us; "{code}" in it stands for a survey's code. Without it a citizen writes the code
    as the first message. '' if the channel has no such address."""
    keys: tuple[tuple[Key, str], ...] = ()


class Host(Protocol):
    """What the process offers an adapter."""

    async def receive(self, envelope: Envelope) -> None:
        """Take one act: returns when the turn is committed (the replies may still be on their way).

        Raises `NotTaken` if it could not be: the messenger shall send it again, or the adapter tries again.
        """

    async def admits(self, network: Person) -> bool:
        """Whether one more citizen without an account may begin from this network address.

        All processes count together; where the store does not answer, it is so.
        """

    async def picture(self, picture: Picture) -> File | None:
        """The bytes of a form's picture; None if the form has no such attachment."""

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        """Say how the channel is, as often as it is known: `channel` is its key (`Capabilities.channel`).

        `hint` says in English what is wrong and what to do, for the operator; no id, no word of a citizen. What a
        delivery raises or takes need not be said once more. Returns at once, never raises.
        """

    def note(self, channel: str, event: str) -> None:
        """Count something that an operator should know of, by its kind alone: `event` is a constant of the code."""


class NotTaken(Exception):
    """The turn could not be committed (Redis or the database is away); nothing was changed."""


@runtime_checkable
class Attended(Protocol):
    """A channel that keeps nothing for whoever is away: news wait until somebody is there to read them."""

    def attends(self, to: Address) -> bool:
        """Whether the person is connected here just now."""


@runtime_checkable
class Pushes(Protocol):
    """A channel that can try once: for news, which must not come twice. Others deliver what they cannot repeat
    safely (`Capabilities.resumes`) as "not known"."""

    async def push(self, to: Address, post: Post) -> None:
        """One attempt, without waiting for anything, ended within a minute. Raises `Gone`, `Busy`, `Rejected`,
        `Unreachable` when the messenger has not taken it, `Uncertain` when that cannot be told."""


@runtime_checkable
class Forgets(Protocol):
    """A channel whose own program, beside this process, keeps who wrote: ids, names of profiles, keys."""

    def forget(self, to: Address) -> None:
        """Have it forget the person once what was said last has arrived. Returns at once; whoever writes again later
        is known again, with nothing lost of what they write."""


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

    async def identity(self) -> Identity | None:
        """Who we are there, asked of the messenger if need be; None where the channel has no account of ours (the
        web), or none yet. Asked seldom. Raises `ChannelError`."""

    async def check(self) -> str:
        """For `zuruf doctor` and `/healthz`: '' if the channel works, else what is wrong and what to do (English)."""

    async def close(self) -> None:
        """End quietly within seconds."""
