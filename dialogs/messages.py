"""What is said to a citizen, as meaning: a question with its choices, a notice, a receipt.

A dialogue makes a `Say`; `rendering.py` cuts it to what a channel can show and yields `Part`s; a channel's codec
writes them in the messenger's own form. Not here: words (`i18n.py`), what comes in (`events.py`).
Texts are plain text in the citizen's language. Nothing in them is markup; news say by `spans` what is strong or a link.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

import msgspec

from dialogs.formatting import Span

Action = NewType("Action", str)
"""What a button means, as the engine wrote it: at most `ACTION_LIMIT` bytes of printable ASCII, opaque to adapters."""

ACTION_LIMIT = 64  # bytes; Telegram's callback_data, the tightest of all channels

Language = NewType("Language", str)
"""A BCP 47 tag of the house: "de", "en", "de-simple" (easy German), or a language that only a form knows."""


class Kind(StrEnum):
    """What sort of message it is, so that a channel may give it its look; none depends on it for meaning."""

    NOTICE = "notice"
    QUESTION = "question"
    NOTE = "note"
    REFUSAL = "refusal"
    REVIEW = "review"
    RECEIPT = "receipt"
    INFO = "info"


class Expects(StrEnum):
    """What kind of answer would fit, so that a channel can offer the right input beside its text field."""

    NOTHING = "nothing"
    CHOICE = "choice"
    CHOICES = "choices"
    RANKING = "ranking"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    PLACE = "place"
    PHOTO = "photo"
    VOICE = "voice"
    FILE = "file"


class Button(msgspec.Struct, frozen=True):
    """One thing to tap. `label` is a word of the citizen's language; typing it must work as well."""

    action: Action
    label: str
    chosen: bool = False
    secondary: bool = False
    """A control (back, skip, help …) rather than an answer."""
    done: bool = False
    """Ends a multiple choice or a ranking: the next step rather than an option."""


class Choices(msgspec.Struct, frozen=True):
    """What may be chosen now: one page of the options, numbered from `first` on, as buttons or as a list.

    `done` ends a multiple choice or a ranking; `pages` turn the pages of a long list.
    """

    options: tuple[Button, ...]
    multiple: bool = False
    first: int = 1
    done: Button | None = None
    pages: tuple[Button, ...] = ()


class Progress(msgspec.Struct, frozen=True):
    """The `current`-th of `total` questions, counted from 1; `total` may change with the answers."""

    current: int
    total: int


class Picture(msgspec.Struct, frozen=True):
    """A picture, sound or film that the form brings along; the bytes stay with the form (`form` is its hash)."""

    form: str
    name: str
    alt: str


class Document(msgspec.Struct, frozen=True):
    """A small file made for this citizen ("my data")."""

    name: str
    mime: str
    data: bytes


class Say(msgspec.Struct, frozen=True):
    """One message as meaning."""

    text: str
    kind: Kind = Kind.INFO
    lead: str = ""
    """Stands before everything else: why the last answer was not taken, how it was understood."""
    progress: Progress | None = None
    title: str = ""
    """Stands above the text (a section's name); shown strong where the channel can."""
    hint: str = ""
    """A short help that stands under the question (how to answer)."""
    choices: Choices | None = None
    controls: tuple[Button, ...] = ()
    """At most one row of back, skip, help, …"""
    expects: Expects = Expects.NOTHING
    pictures: tuple[Picture, ...] = ()
    document: Document | None = None
    language: Language = Language("de")
    """Language of the text, for screen readers and text direction."""
    spans: tuple[Span, ...] = ()
    """Formatting of `text`: news only, what citizens wrote has none."""


class Poll(msgspec.Struct, frozen=True):
    """A choice as a poll of the messenger's own. What is voted comes back as `Voted` with the options' actions."""

    question: str
    """The question with its hint and what can be typed; without the options."""
    options: tuple[Button, ...]
    """With "Continue" last where several may be chosen."""
    multiple: bool = False
    before: str = ""
    """What is said before it as a message, where it is too long for a poll's question."""


class Part(msgspec.Struct, frozen=True):
    """A message cut to a channel: what its codec writes, in this order: pictures, title, text, document, buttons.

    `text` is complete: progress, hint and, where there are no buttons, the list of choices are in it as words.
    `progress` is there once more as numbers for a channel that draws a bar. A codec marks `Button.chosen` its own
    way and adds no other word.
    """

    text: str
    kind: Kind = Kind.INFO
    title: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    pictures: tuple[Picture, ...] = ()
    document: Document | None = None
    expects: Expects = Expects.NOTHING
    question: tuple[int, int] = (0, 0)
    """From and to: the characters of `text` that are the question itself, for a channel that lets it stand out."""
    progress: Progress | None = None
    language: Language = Language("de")
    poll: Poll | None = None
    """The same choice once more, for a channel with polls: shown in place of the text, or not at all."""
    spans: tuple[Span, ...] = ()
    """Formatting of `text`, for a channel that shows it."""
