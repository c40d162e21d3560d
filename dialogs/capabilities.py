"""What each channel can show and take, as data: rendering and dialogues read it, nobody asks for a channel's name.

A new channel is one more record here (and a codec, a thin adapter, a fixture).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dialogs.formatting import Style


class ReadsAlong(StrEnum):
    """Who else can read a conversation on the channel."""

    NOBODY = "nobody"
    """End-to-end encrypted."""
    OPERATOR = "operator"
    """The messenger's operator."""
    TOWN = "town"
    """Only the town's own server, over TLS."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Limits of a channel's buttons."""

    most: int
    """Options shown as buttons in one message; more are paged."""
    label: int
    """Characters of a label before it is cut (the full text then stands in the message)."""
    row: int
    """Characters that still fit side by side in one row."""
    per_row: int


@dataclass(frozen=True, slots=True)
class Polls:
    """Limits of a channel's own polls, where people tap without buttons."""

    options: int
    """Options of one poll, "Continue" under a multiple choice included."""
    label: int
    """Characters of an option; a question with a longer one is asked by numbers."""
    question: int
    """Characters of a poll's question; what is longer is said before it as a message."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One channel's record."""

    channel: str
    """Stable key: in deep links, statistics and settings."""
    label: str
    """The messenger's own name, as people know it."""
    reads_along: ReadsAlong
    text_limit: int
    """UTF-16 code units of one message."""
    buttons: Buttons | None = None
    polls: Polls | None = None
    """Beside the numbered list, not in its place: whether this citizen's program shows polls, the adapter learns."""
    edits: bool = False
    pictures: bool = False
    documents: bool = False
    takes_photo: bool = False
    takes_voice: bool = False
    takes_file: bool = False
    takes_place: bool = False
    return_code: bool = False
    """No account: the citizen comes back with a code."""
    formats: frozenset[Style] = frozenset()
    """What it shows of `formatting.Span`; where it shows no links, their addresses stand in words."""
    push_per_second: float = 0.0
    """Messages that may go to people who did not write just now, evenly spaced, where a town's settings name no other
    pace (`bot/paces.py`); 0: none can."""
    resumes: bool = False
    """Knows a repeated message by its transaction id, for half an hour: exactly once."""


TELEGRAM = Capabilities(
    channel="telegram",
    label="Telegram",
    reads_along=ReadsAlong.OPERATOR,
    text_limit=4096,
    buttons=Buttons(most=12, label=40, row=28, per_row=5),
    edits=True,
    pictures=True,
    documents=True,
    takes_photo=True,
    takes_voice=True,
    takes_file=True,
    takes_place=True,
    formats=frozenset(Style),
    push_per_second=29.2,
)

MATRIX = Capabilities(
    channel="matrix",
    label="Matrix",
    reads_along=ReadsAlong.NOBODY,
    text_limit=6000,  # an event is at most 64 KiB, encrypted and with its formatted text
    polls=Polls(options=20, label=200, question=300),
    pictures=True,
    documents=True,
    takes_photo=True,
    takes_voice=True,
    takes_file=True,
    takes_place=True,
    formats=frozenset(Style),
    push_per_second=5.0,  # on the town's own homeserver, whose limits are raised for the bot
    resumes=True,
)

SIGNAL = Capabilities(
    channel="signal",
    label="Signal",
    reads_along=ReadsAlong.NOBODY,
    text_limit=2000,  # longer ones arrive as a file, which some programs show folded
    polls=Polls(options=10, label=100, question=200),  # as Signal's programs check them on arrival
    pictures=True,
    documents=True,
    takes_photo=True,
    takes_voice=True,
    takes_file=True,
    takes_place=True,  # as the link that its programs make of it
    formats=frozenset({Style.STRONG, Style.EMPHASIS}),  # it makes a link of an address, never of words
    push_per_second=0.06,  # six tenths of a ceiling of thirty in five minutes: replies come first
)

WEB = Capabilities(
    channel="web",
    label="Web",
    reads_along=ReadsAlong.TOWN,
    text_limit=20_000,
    buttons=Buttons(most=30, label=200, row=60, per_row=4),
    edits=True,
    pictures=True,
    documents=True,
    takes_photo=True,
    takes_voice=True,
    takes_file=True,
    takes_place=True,
    return_code=True,
    formats=frozenset(Style),
)

TERMINAL = Capabilities(
    channel="terminal",
    label="Terminal",
    reads_along=ReadsAlong.NOBODY,
    text_limit=20_000,
    takes_photo=True,
    takes_voice=True,
    takes_file=True,
    takes_place=True,
)

EVERY = (SIGNAL, MATRIX, TELEGRAM, WEB, TERMINAL)
"""All records, in the order of pages."""


def known_channels() -> dict[str, Capabilities]:
    """Every channel that there is a record of, by its key."""
    return {each.channel: each for each in EVERY}
