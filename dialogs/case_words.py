"""What is said when the town writes about a case, and when the citizen answers.

Not here: reporting and looking up (`feedback_words.py`), what an answer does (`case_talk.py`).
"""

from __future__ import annotations

from typing import assert_never

from dialogs.actions import MARK_LETTERS, CaseTap, Tap, Verb, encode
from dialogs.events import CaseFound, CaseNews, News
from dialogs.feedback_words import status_in_words
from dialogs.i18n import Voice
from dialogs.messages import Button, Choices, Expects, Kind, Say
from dialogs.promises import clipped
from dialogs.triggers import LABELS, Command
from dialogs.world import World

NAMED_WORDS = 80
"""Characters of a report by which it is named."""


def case_button(key: str, does: CaseTap, label: str, secondary: bool = False) -> Button:
    return Button(encode(Tap(Verb.CASE, key[:MARK_LETTERS], does)), label, secondary=secondary)


def named(case: CaseFound, voice: Voice) -> str:
    """The report, by its first words."""
    return voice.quoted(clipped(case.words, NAMED_WORDS).rstrip("."))


def who(office: str, world: World) -> str:
    """Who has the case."""
    return office or world.town.name


def news_say(event: CaseNews, world: World, voice: Voice, busy: bool) -> Say:
    """What the town has to say. `busy`: something else stands, and has the citizen's next words."""
    case = event.case
    controls = [case_button(case.key, CaseTap.SHOW, voice.t(LABELS[Command.CASE]), secondary=True)]
    if busy and event.news is not News.QUESTION:
        controls.insert(0, case_button(case.key, CaseTap.ANSWER, voice.t(LABELS[Command.REPLY])))
    return Say(
        _told(event, world, voice),
        kind=Kind.QUESTION if event.news is News.QUESTION else Kind.INFO,
        hint="" if event.news is News.QUESTION else _where_words_go(busy, voice),
        choices=Choices(fixed_buttons(case.key, voice)) if event.news is News.QUESTION else None,
        controls=tuple(controls),
        expects=Expects.CHOICE if event.news is News.QUESTION else Expects.TEXT,
        language=voice.language,
    )


def fixed_buttons(key: str, voice: Voice) -> tuple[Button, ...]:
    return (
        case_button(key, CaseTap.FIXED, voice.t("Yes, it is fixed")),
        case_button(key, CaseTap.NOT_FIXED, voice.t("No, not yet")),
    )


def _told(event: CaseNews, world: World, voice: Voice) -> str:
    case = event.case
    match event.news:
        case News.MESSAGE:
            head = voice.t(
                "{who} writes about your report {report}:", who=who(case.office, world), report=named(case, voice)
            )
            return f"{head}\n{voice.quoted(event.words)}"
        case News.STATUS:
            head = voice.t("News about your report {report}:", report=named(case, voice))
            return f"{head}\n{status_in_words(case, voice)}"
        case News.QUESTION:
            head = voice.t(
                "Four weeks ago {town} closed your report {report}.", town=world.town.name, report=named(case, voice)
            )
            return f"{head}\n" + voice.t("Is it fixed?")
        case _:
            assert_never(event.news)


def _where_words_go(busy: bool, voice: Voice) -> str:
    if busy:
        return voice.t("To answer, tap the button or write “/reply”. Other words still go where you are just now.")
    return voice.t("What you write now goes to this report.")


def passed_on(case: CaseFound, world: World, voice: Voice) -> str:
    """To whom the words went."""
    return voice.t(
        "Thank you. I passed that on to {who}, for your report {report}.",
        who=who(case.office, world),
        report=named(case, voice),
    )
