"""What a turn may look at besides the session and the event: the town, its surveys, the channel, the time.

All of it is read-only and the same for every citizen on the channel; it holds nothing of a person.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dialogs.broadcasts import Broadcast, BroadcastId
from dialogs.capabilities import Capabilities, ReadsAlong
from dialogs.districts import Outline
from dialogs.forms.model import Form
from dialogs.legal import Basis
from dialogs.messages import Language
from dialogs.pilots import Pilot

UNENCRYPTED = "unencrypted"
"""Among the barred channels of a survey: every channel without end-to-end encryption."""


class Mode(StrEnum):
    """How a survey ties answers to people (privacy.md)."""

    DEDUPE = "dedupe"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Filter:
    """A question by which staff may filter results, declared when a survey is published (privacy.md)."""

    ref: str
    edges: tuple[float, ...] = ()
    """Numbers are put into bands that begin at these; () for a question with choices."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A published survey: the card around a form."""

    code: str
    form: str
    """Hash of the current form version."""
    titles: Mapping[str, str]
    """By language; the key "" is the fallback."""
    purposes: Mapping[str, str] = field(default_factory=dict)
    """What the answers are for, by language: the reply to "Why?"."""
    opens: date | None = None
    closes: date | None = None
    """The last day on which answers are taken."""
    closed: bool = False
    languages: tuple[str, ...] = ()
    owner: str = ""
    """The office that asks."""
    mode: Mode = Mode.DEDUPE
    grace_days: int = 14
    barred_channels: frozenset[str] = frozenset()
    """Keys of channels; `UNENCRYPTED` stands for all that are not encrypted end to end."""
    sample: bool = False
    attached: bool = False
    """Belongs to a broadcast: answered under it, and in no list of surveys."""
    filters: tuple[Filter, ...] = ()
    uses: Mapping[str, str] = field(default_factory=dict)
    """What will be done with the answers, by language; the key "" is the fallback."""
    basis: Basis | None = None
    """None: a survey from before it was asked for."""
    trial: bool = False
    """A draft that staff try on their own phone: begun by its code alone, in no list, and nothing of it is kept."""

    @property
    def listed(self) -> bool:
        """Whether it stands among the surveys that anybody can take part in."""
        return not self.attached and not self.trial

    def bars(self, channel: Capabilities) -> bool:
        """Whether it may not be answered on this channel."""
        if channel.channel in self.barred_channels:
            return True
        return UNENCRYPTED in self.barred_channels and channel.reads_along is not ReadsAlong.NOBODY

    def is_open(self, today: date) -> bool:
        """Whether answers are taken on this day."""
        return self.trial or (
            not self.closed
            and (self.opens is None or self.opens <= today)
            and (self.closes is None or today <= self.closes)
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A district or spot that people know by name, and its middle (WGS 84, degrees)."""

    name: str
    latitude: float
    longitude: float
    radius: float = 0.0
    """Metres around the middle that the name covers; kept as the accuracy of the answer."""


@dataclass(frozen=True, slots=True)
class Category:
    """What a report may be about, and which office takes care of it."""

    key: str
    labels: Mapping[str, str]
    """By language; the key "" is the fallback."""
    office: str = ""
    located: bool = False
    """It is at a spot that the office needs to know."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What news may be about."""

    key: str
    labels: Mapping[str, str]
    """By language; the key "" is the fallback."""


@dataclass(frozen=True, slots=True)
class Town:
    """The town's own settings."""

    name: str
    languages: tuple[Language, ...] = (Language("de"), Language("en"), Language("de-simple"))
    contact: str = ""
    """How to reach a person at the town hall, as text."""
    privacy_url: str = ""
    arbitration: str = ""
    """Who settles it when the town does not help against a barrier, and how to reach them; '' if it says nothing."""
    places: tuple[Place, ...] = ()
    """Districts that may be named where a survey asks for a place."""
    categories: tuple[Category, ...] = ()
    """What can be reported; none: the town takes no reports here."""
    person: Category | None = None
    """Under what it is kept when somebody wants to talk to a person; None: the town has nobody to answer here."""
    topics: tuple[Topic, ...] = ()
    """What can be followed, besides pilots and districts."""
    accent: str = ""
    """Its colour on pages, "#rrggbb"; '' for ours."""
    logo: bytes = field(default=b"", repr=False)
    """JPEG; b"" for none."""
    outline: Outline | None = field(default=None, repr=False)
    """Its districts to tap; None where they are not drawn."""
    notices: Mapping[str, str] = field(default_factory=dict)
    """A sentence of its own in the notice at first contact, by language."""
    notice_version: int = 0
    """How often that sentence was changed."""


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A broadcast that was sent, or a draft that staff look at in their own chat."""

    number: BroadcastId
    broadcast: Broadcast
    day: date


@dataclass(frozen=True, slots=True)
class OutcomeCard:
    """The town's answer to a survey. Texts by language."""

    heard: Mapping[str, str]
    doing: Mapping[str, str]
    not_doing: Mapping[str, str]
    why: Mapping[str, str]
    alts: Mapping[str, str] = field(default_factory=dict)
    """What its chart shows, in words; empty: it has none."""
    day: date = date.min


@dataclass(frozen=True, slots=True)
class World:
    """One turn's surroundings. `now` is in the town's time zone; `rng` is cryptographic in production."""

    now: datetime
    rng: random.Random
    town: Town
    channel: Capabilities
    surveys: Mapping[str, Survey]
    """By code (lower case); open, not yet open and closed ones that still have a grace period."""
    forms: Mapping[str, Form]
    """By hash: every current form, and the version this session began with."""
    language_hint: str = ""
    """The messenger's language setting (BCP 47), or ''."""
    web_address: str = ""
    """Public address of the web pages, without a trailing slash, or ''."""
    channels: tuple[Capabilities, ...] = ()
    """All channels that run."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where a conversation begins on each of them, as far as it is known; "{code}" stands for a survey's code."""
    late: bool = False
    """The act was written long before it reached us: the messenger or we were out of reach."""
    draft_hours: int = 168
    """A draft lives so many hours at most, whatever happens."""
    pilots: Mapping[str, Pilot] = field(default_factory=dict)
    """By code."""
    news: tuple[NewsItem, ...] = ()
    """What was sent last, the newest first."""
    drafts: Mapping[str, NewsItem] = field(default_factory=dict)
    """By the code with which staff see a draft in their own chat."""
    outcomes: Mapping[str, OutcomeCard] = field(default_factory=dict)
    """What became of surveys, by code."""
