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
from dialogs.formatting import Span, parse, shifted, spelled_out
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
    told = [short(item, pilots.get(item.broadcast.pilot), voice) for item in items[:DIGEST_ITEMS]]
    blocks = [voice.t("This week's news:"), *told]
    if len(items) > DIGEST_ITEMS:
        more = len(items) - DIGEST_ITEMS
        blocks.append(voice.n("And {n} more: write “news”.", "And {n} more: write “news”.", more))
    return Say(
        "\n\n".join(blocks),
        kind=Kind.INFO,
        hint=footer(None, voice),
        controls=(
            Button(encode(Tap(Verb.COMMAND, Command.NO_NEWS)), voice.t(LABELS[Command.NO_NEWS]), secondary=True),
        ),
        language=language,
    )


def short(item: NewsItem, pilot: Pilot | None, voice: Voice) -> str:
    """A news item in a few lines."""
    _, text = text_for(item.broadcast, voice.language)
    lines = [
        f"{text.title} ({voice.day(item.day)})" if text.title else voice.day(item.day),
        clipped(in_words(text), DIGEST_WORDS),
    ]
    if pilot is not None:
        lines.append(voice.t("{pilot}: {trial}.", **_of(pilot, voice)))
    return "\n".join(lines)


def in_words(text: Text) -> str:
    """The body without formatting, links spelled out."""
    return spelled_out(*parse(text.body))


def latest(world: World, language: Language) -> Say | None:
    """The latest news in one message; None if there is none yet."""
    voice = Voice(language, world.now.date())
    shown = [item for item in world.news if not (item.broadcast.is_renewal or item.broadcast.audience.outcome_of)]
    if not shown:
        return None
    blocks: list[str] = []
    spans: list[Span] = []
    length = 0
    for item in shown[:LATEST]:
        _, text = text_for(item.broadcast, language)
        body, formatted = parse(text.body)
        head = f"{text.title} ({voice.day(item.day)})\n" if text.title else f"{voice.day(item.day)}\n"
        pilot = world.pilots.get(item.broadcast.pilot)
        tail = "\n" + voice.t("{pilot}: {trial}.", **_of(pilot, voice)) if pilot is not None else ""
        spans += shifted(formatted, length + len(head))
        blocks.append(head + body + tail)
        length += len(blocks[-1]) + 2
    pictures = tuple(picture for item in shown[:1] for picture in pictures_of(item.number, item.broadcast, language))
    return Say("\n\n".join(blocks), kind=Kind.INFO, language=language, spans=tuple(spans), pictures=pictures)
