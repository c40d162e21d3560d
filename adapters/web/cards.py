"""What a page says of a survey and of a channel, as words in the reader's language. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from dialogs import promises
from dialogs.capabilities import WEB, Capabilities
from dialogs.channels.facts import privacy_card
from dialogs.forms.instance import open_instance
from dialogs.forms.model import Form
from dialogs.i18n import Voice, own_name
from dialogs.languages import spoken
from dialogs.legal import BASES
from dialogs.wording import in_language
from dialogs.world import Survey, World

TITLE_LIMIT = 200  # characters of a title on a page


class State(StrEnum):
    """Whether a survey takes answers today."""

    OPEN = "open"
    LATER = "later"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Card:
    """A survey. Texts are '' where there is nothing to say."""

    code: str
    state: State
    title: str
    purpose: str
    owner: str
    length: str
    """"8 questions, about 3 minutes." """
    opens: str
    closes: str
    languages: str
    kept: str
    undone: str
    web: bool
    """May be answered in the web chat."""
    sample: bool
    trial: bool
    """A draft that staff try."""
    use: str
    """What will be done with the answers."""
    basis: str
    """The legal basis."""


@dataclass(frozen=True, slots=True)
class Door:
    """A channel as a way to answer."""

    channel: str
    label: str
    reads: str
    """Who can read along."""
    invitation: str
    link: str
    outside: bool
    runs: str
    """Who runs it, what they see, whether a phone number is needed."""
    now: tuple[str, ...] = ()
    """What to know before one begins there today."""


def cards_of(world: World, voice: Voice) -> tuple[Card, ...]:
    """The surveys that are open today, by title."""
    found = (make_card(survey, world, voice) for survey in world.surveys.values() if survey.listed)
    return tuple(sorted((card for card in found if card.state is State.OPEN), key=lambda card: card.title.casefold()))


def make_card(survey: Survey, world: World, voice: Voice) -> Card:
    """The survey in words."""
    form = world.forms.get(survey.form)
    return Card(
        code=survey.code,
        state=_state(survey, world),
        title=promises.title_of(survey, voice, TITLE_LIMIT),
        purpose=promises.purpose_of(survey, voice),
        owner=survey.owner,
        length=_length(questions_of(form), voice) if form is not None else "",
        opens=voice.day(survey.opens) if survey.opens else "",
        closes=voice.day(survey.closes) if survey.closes else "",
        languages=voice.items([own_name(language) for language in spoken(world, survey, form)]),
        kept=promises.what_is_kept(survey, voice),
        undone=promises.what_can_be_undone(survey, voice),
        web=not survey.bars(WEB),
        sample=survey.sample,
        trial=survey.trial,
        use=in_language(survey.uses, voice),
        basis=voice.t(BASES[survey.basis]) if survey.basis is not None else "",
    )


def door_of(channel: Capabilities, link: str, seen_from: World, voice: Voice, now: tuple[str, ...] = ()) -> Door:
    """The channel in words; `seen_from` is the world as the channel sees it."""
    is_web = channel.channel == WEB.channel
    label = voice.t("In this browser") if is_web else channel.label
    invitation = voice.t("Answer here") if is_web else voice.t("Answer in {channel}", channel=channel.label)
    card = privacy_card(channel, seen_from.town.name, voice)
    runs = f"{card.runs} {card.sees} {card.phone}"
    reads = promises.who_reads(seen_from, voice)
    return Door(channel.channel, label, reads, invitation, link, not is_web, runs, now)


def questions_of(form: Form) -> int:
    """How many questions a citizen is asked who has answered nothing yet, as the chat's notice counts them."""
    if form.hash not in _counted:
        instance = open_instance(form, None, _ANY_MOMENT, random.Random(0))  # noqa: S311  # only counts
        first = instance.first()
        if len(_counted) >= _COUNTED_LIMIT:
            _counted.clear()
        _counted[form.hash] = instance.progress(first.ref)[1] if first is not None else 0
    return _counted[form.hash]


_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_COUNTED_LIMIT = 500  # forms
_counted: dict[str, int] = {}


def _state(survey: Survey, world: World) -> State:
    today = world.now.date()
    if survey.is_open(today):
        return State.OPEN
    if not survey.closed and survey.opens is not None and today < survey.opens:
        return State.LATER
    return State.CLOSED


def _length(questions: int, voice: Voice) -> str:
    time = voice.n("about {n} minute", "about {n} minutes", promises.minutes(questions))
    return voice.n("{n} question, {time}.", "{n} questions, {time}.", questions, time=time)
