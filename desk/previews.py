"""Surveys played beside their form, as a citizen would meet them: the same engine and the same renderer as the bot's.

Each browser has one conversation a draft, in this process's memory: nothing is stored, and what is not looked at for
half an hour is forgotten. Not here: how it looks (`templates/surveys/preview.html`), what is said (`dialogs/`).
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dialogs.capabilities import EVERY, TELEGRAM, TERMINAL, Capabilities
from dialogs.effects import Revise, Send, Settle
from dialogs.events import Event, MediaKind, MediaRef, MediaSent, MessageRef, Placed, Pressed, Said, Started, Voted
from dialogs.forms.model import Form
from dialogs.messages import Button, Expects, Part
from dialogs.player import Player
from dialogs.rendering import render
from dialogs.world import Survey, Town, World
from storage.ways import ChannelWay

MOST: Final = 200
"""Conversations at once; the one that was looked at longest ago goes first."""
IDLE: Final = timedelta(minutes=30)
LINES: Final = 120
"""Messages of one conversation that are kept."""
WORDS: Final = 2_000
"""Characters of what is typed."""
REF_DIGITS: Final = 6
SAMPLE_FILE: Final = b"A file that nobody looks at."
SAMPLE_PLACE: Final = (51.05, 13.74)
"""WGS 84: somewhere, where the town has drawn no districts."""
CHANNELS: Final = tuple(channel for channel in EVERY if channel is not TERMINAL)
"""As which it can be looked at."""

Look = tuple[str, str]
"""Channel and language."""


@dataclass(slots=True)
class Line:
    """One message. `words`: the citizen's; otherwise the bot's `parts`."""

    number: int
    words: str = ""
    parts: tuple[Part, ...] = ()
    expects: Expects = Expects.NOTHING

    @property
    def ref(self) -> MessageRef:
        return MessageRef(str(self.number))


@dataclass(slots=True)
class Preview:
    """One conversation."""

    player: Player
    look: Look
    form: str
    seen: datetime
    lines: list[Line] = field(default_factory=list)
    anchor: MessageRef | None = None
    count: int = 0

    @property
    def channel(self) -> Capabilities:
        return channel_of(self.look[0])

    @property
    def expects(self) -> Expects:
        """What would fit as an answer now."""
        return next((line.expects for line in reversed(self.lines) if line.parts), Expects.NOTHING)

    @property
    def buttons(self) -> dict[str, Button]:
        """Everything that can be tapped, by its action: a citizen's thumb reaches nothing else."""
        return {
            button.action: button
            for line in self.lines
            for part in line.parts
            for button in (*(each for row in part.buttons for each in row), *(part.poll.options if part.poll else ()))
        }

    def take(self, event: Event, words: str = "") -> None:
        """One turn, as the messenger would show it."""
        if words:
            self._add(Line(0, words))
        for effect in self.player.take(event):
            self._show(effect)
        del self.lines[:-LINES]

    def _show(self, effect: Send | Revise | Settle) -> None:
        parts = render(effect.say, self.channel)
        if isinstance(effect, Send):
            added = self._add(Line(0, parts=parts, expects=effect.say.expects))
            self.anchor = added.ref if effect.anchor else self.anchor
            return
        target = effect.message or self.anchor
        standing = next((line for line in self.lines if line.parts and line.ref == target), None)
        if self.channel.edits and standing is not None:
            standing.parts = parts
        elif isinstance(effect, Revise):
            self._add(Line(0, parts=parts, expects=effect.say.expects))

    def _add(self, line: Line) -> Line:
        self.count += 1
        line.number = self.count
        self.lines.append(line)
        return line


def channel_of(key: str) -> Capabilities:
    """By its key; Telegram where there is none, the narrowest of all."""
    return next((channel for channel in CHANNELS if channel.channel == key), TELEGRAM)


class Previews:
    """All of this process's, by browser and draft."""

    def __init__(self) -> None:
        self._all: OrderedDict[tuple[str, int], Preview] = OrderedDict()

    def find(self, browser: str, draft: int, form: str, now: datetime) -> Preview | None:
        """The conversation that goes on; None if there is none, it is too old, or another file was handed in."""
        self._forget(now)
        found = self._all.get((browser, draft))
        if found is None or found.form != form:
            return None
        found.seen = now
        self._all.move_to_end((browser, draft))
        return found

    def begin(
        self, browser: str, draft: int, look: Look, survey: Survey, world: Callable[[Look], World], now: datetime
    ) -> Preview:
        """A new one, in place of the one that was there."""
        player = Player(lambda: world(look), read_file=lambda _: SAMPLE_FILE)
        made = Preview(player, look, survey.form, now)
        self._all[browser, draft] = made
        self._all.move_to_end((browser, draft))
        while len(self._all) > MOST:
            self._all.popitem(last=False)
        made.take(Started(survey.code))
        return made

    def _forget(self, now: datetime) -> None:
        for key in [key for key, each in self._all.items() if now - each.seen > IDLE]:
            del self._all[key]


def surroundings(
    survey: Survey, form: Form, town: Town, ways: Sequence[ChannelWay], web_address: str, now: Callable[[], datetime]
) -> Callable[[Look], World]:
    """The world as the draft's citizens see it; the channels are those that run, or all if that is not known."""
    running = {way.channel: way.link for way in ways}
    channels = tuple(channel for channel in CHANNELS if not running or channel.channel in running)

    def world(look: Look) -> World:
        channel, language = look
        return World(
            now=now(),
            rng=random.SystemRandom(),
            town=town,
            channel=channel_of(channel),
            surveys={survey.code: survey},
            forms={form.hash: form},
            language_hint=language,
            web_address=web_address,
            channels=channels,
            links=running,
        )

    return world


def typed(words: str) -> Event:
    """What a citizen writes."""
    return Said(words[:WORDS])


def tapped(preview: Preview, actions: Sequence[str], message: str) -> tuple[Event, str] | None:
    """A button or options of a poll, and the words on them; None for what was never shown."""
    known = preview.buttons
    chosen = [known[action] for action in actions if action in known]
    if not chosen:
        return None
    ref = MessageRef(message) if message.isascii() and message.isdigit() and len(message) <= REF_DIGITS else None
    voted = Voted(tuple(button.action for button in chosen), ref)
    event: Event = voted if preview.channel.polls else Pressed(chosen[0].action, ref)
    return event, ", ".join(button.label for button in chosen)


def sampled(what: str, town: Town) -> Event | None:
    """Something of a phone that a page cannot give: a photo, a voice message, a file, a place."""
    if what == "place":
        place = next(iter(town.places), None)
        return Placed(place.latitude, place.longitude) if place is not None else Placed(*SAMPLE_PLACE)
    kinds = {"photo": MediaKind.PHOTO, "voice": MediaKind.VOICE, "file": MediaKind.FILE}
    return MediaSent(kinds[what], MediaRef("sample"), size=len(SAMPLE_FILE)) if what in kinds else None
