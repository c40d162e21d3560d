"""A broadcast in words: the news itself, that it is a trial and until when, how to stop, what is asked.

What is not the news itself has one short line and at most one secondary button. Pure: previews, the broadcaster and
the command "news" say the same. Not here: who gets it (`storage/sql/audiences.py`), formatting (`formatting.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from dialogs.actions import Tap, Verb, encode
from dialogs.broadcasts import Broadcast, BroadcastId, QuestionSort, Text, text_for
from dialogs.capabilities import Capabilities
from dialogs.formatting import Span, Style, parse, shifted, spelled_out
from dialogs.i18n import Voice
from dialogs.messages import Button, Choices, Expects, Kind, Language, Picture, Say
from dialogs.pilots import Pilot, name_of, trial_words
from dialogs.triggers import LABELS, Command
from dialogs.wording import clipped, in_language
from dialogs.world import NewsItem, World

PICTURES: Final = "news-"
"""What the pictures of broadcasts are called in the place of a form's hash."""
DIGEST_ITEMS: Final = 10
"""News that one weekly message tells; the rest is counted."""
DIGEST_WORDS: Final = 240  # characters of each of them
LATEST: Final = 3
"""News that the command "news" tells at once."""
Formatted = tuple[str, tuple[Span, ...]]
"""A text and its spans."""
_BETWEEN: Final = "\n\n"


def news_say(number: BroadcastId, broadcast: Broadcast, pilot: Pilot | None, language: Language, today: date) -> Say:
    """The message as somebody of this language gets it."""
    spoken, text = text_for(broadcast, language)
    voice = Voice(language, today)
    body, spans = parse(text.body)
    question = broadcast.question
    asked = in_language(question.texts, Voice(spoken, today)) if question is not None else ""
    return Say(
        f"{body}\n\n{asked}" if asked else body,
        kind=Kind.INFO,
        title=text.title,
        hint=footer(pilot, voice, broadcast),
        choices=_choices(broadcast, spoken, voice),
        controls=(_control(broadcast, voice),),
        expects=Expects.CHOICE if question is not None else Expects.NOTHING,
        pictures=pictures_of(number, broadcast, spoken),
        language=spoken,
        spans=spans,
    )


def footer(pilot: Pilot | None, voice: Voice, broadcast: Broadcast | None = None) -> str:
    """The one short line: which trial and until when, and how to stop."""
    if broadcast is not None and broadcast.audience.outcome_of:
        return voice.t("You asked for this once. Nothing more will come.")
    if pilot is None:
        return voice.t("No more news: write “stop”.")
    if broadcast is not None and broadcast.goodbye:
        return voice.t("{pilot}: {trial}. This was the last message about it.", **_of(pilot, voice))
    return voice.t("{pilot}: {trial}. No more news: write “stop”.", **_of(pilot, voice))


def _of(pilot: Pilot, voice: Voice) -> dict[str, str]:
    return {"pilot": name_of(pilot, voice), "trial": trial_words(pilot, voice)}


def _control(broadcast: Broadcast, voice: Voice) -> Button:
    command = Command.FEEDBACK if broadcast.audience.outcome_of or broadcast.goodbye else Command.NO_NEWS
    return Button(encode(Tap(Verb.COMMAND, command)), voice.t(LABELS[command]), secondary=True)


def pictures_of(number: BroadcastId, broadcast: Broadcast, language: Language) -> tuple[Picture, ...]:
    """The broadcast's picture with its description."""
    if broadcast.picture is None:
        return ()
    alt = in_language(broadcast.picture.alts, Voice(language, date.min))
    return (Picture(f"{PICTURES}{number}", broadcast.picture.name, alt),)


def _choices(broadcast: Broadcast, spoken: Language, voice: Voice) -> Choices | None:
    if broadcast.is_renewal:
        return Choices((Button(encode(Tap(Verb.COMMAND, Command.KEEP_NEWS)), voice.t(LABELS[Command.KEEP_NEWS])),))
    question = broadcast.question
    if question is None:
        return None
    if question.sort is QuestionSort.SURVEY:
        return Choices((Button(encode(Tap(Verb.SURVEY, question.survey)), voice.t("Answer the survey")),))
    words = Voice(spoken, voice.today)
    return Choices(
        tuple(
            Button(encode(Tap(Verb.EVALUATE, question.survey, index)), in_language(option.labels, words))
            for index, option in enumerate(question.options)
        )
    )


# -- several in one message


def digest_say(items: Sequence[NewsItem], pilots: Mapping[str, Pilot], language: Language, today: date) -> Say:
    """A week's news in one message: each with its title, its first sentences, and which trial it is of."""
    voice = Voice(language, today)
    told = [_short(item, pilots.get(item.broadcast.pilot), voice) for item in items[:DIGEST_ITEMS]]
    blocks = [(voice.t("This week's news:"), ()), *told]
    if len(items) > DIGEST_ITEMS:
        more = len(items) - DIGEST_ITEMS
        blocks.append((voice.n("And {n} more: write “news”.", "And {n} more: write “news”.", more), ()))
    text, spans = _joined(blocks)
    return Say(
        text,
        spans=spans,
        kind=Kind.INFO,
        hint=footer(None, voice),
        controls=(
            Button(encode(Tap(Verb.COMMAND, Command.NO_NEWS)), voice.t(LABELS[Command.NO_NEWS]), secondary=True),
        ),
        language=language,
    )


def _short(item: NewsItem, pilot: Pilot | None, voice: Voice) -> Formatted:
    """A news item in a few lines: its first sentences without formatting, links spelled out."""
    text = text_for(item.broadcast, voice.language)[1]
    words = clipped(spelled_out(*parse(text.body)), DIGEST_WORDS)
    return _under_its_head(item, text, pilot, voice, (words, ()))


def _under_its_head(item: NewsItem, text: Text, pilot: Pilot | None, voice: Voice, body: Formatted) -> Formatted:
    """The title, standing out; under it the day and which trial it is of; then the body."""
    of = voice.t("{pilot}: {trial}.", **_of(pilot, voice)) if pilot is not None else ""
    day = voice.day(item.day)
    lines = [text.title, f"{day} · {of}" if of else day] if text.title else [day, of]
    head = "\n".join(filter(None, lines)) + "\n"
    return head + body[0], (Span(0, len(lines[0]), Style.STRONG), *shifted(body[1], len(head)))


def _joined(blocks: Sequence[Formatted]) -> Formatted:
    """One text, with an empty line between."""
    spans: list[Span] = []
    length = 0
    for text, formatted in blocks:
        spans += shifted(formatted, length)
        length += len(text) + len(_BETWEEN)
    return _BETWEEN.join(text for text, _ in blocks), tuple(spans)


def latest(world: World, language: Language) -> Say | None:
    """The latest news in one message; None if there is none yet."""
    voice = Voice(language, world.now.date())
    shown = [item for item in world.news if not (item.broadcast.is_renewal or item.broadcast.audience.outcome_of)]
    return _told(shown[:LATEST], world.pilots, voice) if shown else None


def seen_say(item: NewsItem, pilot: Pilot | None, language: Language, channel: Capabilities) -> Say:
    """As people of a channel see it: brought to them, or among the latest where the bot can write to nobody."""
    broadcast = item.broadcast
    if channel.push_per_second > 0:
        return news_say(item.number, broadcast, pilot, language, item.day)
    return _told([item], {broadcast.pilot: pilot} if pilot is not None else {}, Voice(language, item.day))


def _told(items: Sequence[NewsItem], pilots: Mapping[str, Pilot], voice: Voice) -> Say:
    blocks = []
    for item in items:
        text = text_for(item.broadcast, voice.language)[1]
        blocks.append(_under_its_head(item, text, pilots.get(item.broadcast.pilot), voice, parse(text.body)))
    said, spans = _joined(blocks)
    pictures = pictures_of(items[0].number, items[0].broadcast, voice.language)
    return Say(said, kind=Kind.INFO, language=voice.language, spans=spans, pictures=pictures)
