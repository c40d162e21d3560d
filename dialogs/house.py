"""Questions of the house itself: which language, which survey, really start again, really delete.

Each stands in front of everything else until it is answered, by tap, number, word, or yes and no.
Not here: what the answers do (`engine.py` and the dialogues).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from dialogs.actions import MARK_LETTERS, CaseTap, Tap, Verb, encode
from dialogs.effects import Send
from dialogs.events import Replies
from dialogs.follow_choices import follow_choices
from dialogs.forms.model import Form
from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.languages import name_of, named, spoken
from dialogs.messages import Button, Choices, Expects, Kind, Language, Say
from dialogs.promises import short, title_of
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from dialogs.session import Asked, Session
from dialogs.triggers import Command, Trigger, bare
from dialogs.turn import Turn
from dialogs.world import Survey, World

YES, NO = "yes", "no"
ADD, HERE, NO_REPLIES, ERASE_CASE = "add", "here", "silence", "erase"
NEWS = "*news"
"""Among the surveys of `ERASE_ALL`: the subscription to news."""
EVERYTHING = "*"
"""All surveys at once; no survey has such a code."""
_LOSES_SOMETHING = frozenset({Asked.ERASE, Asked.ERASE_ALL, Asked.RESTART, Asked.SWITCH, Asked.STOP})
"""Questions under whose "yes" something is lost."""
_REPORTS = "+"
"""Begins the number of reports among codes; no survey has such a code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question of the house: what it means, and what it is called."""

    value: str
    label: str


def put(session: Session, asked: Asked, world: World, about: str = "", lead: str = "") -> Turn:
    """Ask it: it stands from now on."""
    standing = msgspec.structs.replace(session, asked=asked, about=about)
    return Turn(standing, (Send(house_say(standing, world, lead), anchor=True),))


def answered(session: Session) -> Session:
    """The session without the question."""
    return msgspec.structs.replace(session, asked=Asked.NOTHING, about="")


def house_say(session: Session, world: World, lead: str = "") -> Say:
    """The question that stands, as a message."""
    voice = voice_of(session, world)
    options = tuple(
        Button(encode(_tap(session, index)), choice.label) for index, choice in enumerate(choices(session, world))
    )
    return Say(
        _text(session, world),
        kind=Kind.QUESTION,
        lead=lead,
        choices=Choices(options) if options else None,
        expects=Expects.CHOICE,
        language=voice.language,
    )


def _tap(session: Session, index: int) -> Tap:
    """Buttons about a case hold its key: they are understood however late they are tapped."""
    if session.asked is Asked.FIXED:
        return Tap(Verb.CASE, session.about[:MARK_LETTERS], (CaseTap.FIXED, CaseTap.NOT_FIXED)[index])
    return Tap(Verb.REPLY, session.asked, index)


def choices(session: Session, world: World) -> tuple[Choice, ...]:
    """What can be answered."""
    voice = voice_of(session, world)
    match session.asked:
        case Asked.LANGUAGE:
            form = _form(session, world)
            return tuple(Choice(tag, name_of(tag, form)) for tag in _languages(session, world))
        case Asked.SURVEY:
            return tuple(Choice(survey.code, title_of(survey, voice)) for survey in open_surveys(world))
        case Asked.RESTART:
            return (Choice(YES, voice.t("Yes, start again")), Choice(NO, voice.t("No, go on here")))
        case Asked.ERASE:
            return (Choice(YES, voice.t("Yes, delete")), Choice(NO, voice.t("No, keep them")))
        case Asked.SWITCH:
            return (Choice(YES, voice.t("Yes, change over")), Choice(NO, voice.t("No, go on here")))
        case Asked.ERASE_WHICH:
            return (*_about(session, world), Choice(EVERYTHING, voice.t("Everything")), Choice(NO, voice.t("Nothing")))
        case Asked.CORRECT:
            return _about(session, world)
        case Asked.ERASE_ALL:
            return (Choice(YES, voice.t("Yes, delete everything")), Choice(NO, voice.t("No, keep it")))
        case Asked.STOP:
            return (Choice(YES, voice.t("Yes, end")), Choice(NO, voice.t("No, go on here")))
        case Asked.CASE:
            return _with_a_case(session, voice)
        case Asked.FIXED:
            return (Choice(YES, voice.t("Yes, it is fixed")), Choice(NO, voice.t("No, not yet")))
        case Asked.FOLLOW:
            return tuple(Choice(value, label) for value, label in follow_choices(world, voice))
        case Asked.NOTICE:
            return (Choice(YES, voice.t("Yes, go on")), Choice(NO, voice.t("No, end")))
        case Asked.CHANGE | Asked.ERASING | Asked.NOTHING:
            return ()


def _with_a_case(session: Session, voice: Voice) -> tuple[Choice, ...]:
    """What can be done with a report, by where the town's words about it go."""
    replies = session.about.partition(" ")[2]
    choices = [Choice(ADD, voice.t("Add something"))]
    if replies != Replies.HERE:
        choices.append(Choice(HERE, voice.t("Write to me here about it")))
    if replies in (Replies.HERE, Replies.ELSEWHERE):
        choices.append(Choice(NO_REPLIES, voice.t("No more messages about it")))
    return (*choices, Choice(ERASE_CASE, voice.t("Delete the report")), Choice(NO, voice.t("Nothing more")))


def with_reports(codes: Sequence[str], reports: int) -> str:
    """Surveys and a number of reports, as `Session.about` holds them."""
    return " ".join((*codes, *([f"{_REPORTS}{reports}"] if reports else [])))


def _reports(session: Session, voice: Voice) -> list[str]:
    """The reports that the question is about."""
    numbers = [int(word[1:]) for word in session.about.split() if word.startswith(_REPORTS)]
    return [voice.n("{n} report", "{n} reports", number) for number in numbers]


def _about(session: Session, world: World) -> tuple[Choice, ...]:
    """The surveys that the question is about."""
    voice = voice_of(session, world)
    cards = [world.surveys[code] for code in session.about.split() if code in world.surveys]
    return tuple(Choice(card.code, title_of(card, voice)) for card in cards)


def _everything(session: Session, world: World) -> list[str]:
    """What "everything" is, in words: the surveys that the question is about, and the news."""
    voice = voice_of(session, world)
    news = [voice.t("the news that you get")] if NEWS in session.about.split() else []
    return [*(voice.quoted(choice.label) for choice in _about(session, world)), *news]


def understood(session: Session, text: str, world: World) -> str | None:
    """What a typed answer means: one of the values of `choices`; None if it fits none.

    "correct" is the wish to correct something, and no "yes" under which something is lost.
    """
    if session.asked in _LOSES_SOMETHING and bare(text) == Trigger(Command.CHANGE):
        return None
    if session.asked is Asked.LANGUAGE:
        language = named(text, _languages(session, world), _form(session, world))
        if language is not None:
            return language
    options = tuple(Option(choice.value, choice.label) for choice in choices(session, world))
    question = Question("house", QuestionType.SELECT_ONE, "", options=options)
    reading = read(question, text, session.language, world.now.date())
    return reading.value if isinstance(reading, Taken) else None


def open_surveys(world: World) -> tuple[Survey, ...]:
    """Surveys that take answers today on this channel, the one that closes first first."""
    today = world.now.date()
    found = [
        survey
        for survey in world.surveys.values()
        if survey.is_open(today) and survey.listed and not survey.bars(world.channel)
    ]
    return tuple(sorted(found, key=lambda survey: (survey.closes is None, survey.closes or today, survey.code)))


def _text(session: Session, world: World) -> str:
    voice = voice_of(session, world)
    about = world.surveys.get(session.about)
    title = title_of(about, voice) if about is not None else ""
    match session.asked:
        case Asked.LANGUAGE:
            return voice.t("Which language would you like?")
        case Asked.SURVEY:
            return voice.t(
                "{town} is asking about several things. What would you like to answer?", town=world.town.name
            )
        case Asked.RESTART:
            return voice.t("Start again from the first question? Your answers so far are forgotten then.")
        case Asked.ERASE:
            return voice.t("Delete all your answers to “{title}”? This cannot be undone.", title=title)
        case Asked.SWITCH:
            return voice.t(
                "You are in the middle of another survey. Change over to “{title}”? "
                "Your answers so far are forgotten then.",
                title=title,
            )
        case Asked.ERASE_WHICH:
            return voice.t("What shall I delete?")
        case Asked.CORRECT:
            return voice.t("Which answers would you like to change?")
        case Asked.ERASE_ALL:
            titles = voice.items([*_everything(session, world), *_reports(session, voice)])
            return voice.t("Delete everything of yours: {titles}? This cannot be undone.", titles=titles)
        case Asked.STOP:
            return voice.t("Do you want to end? What you have not sent is forgotten then.")
        case Asked.CASE:
            return voice.t("What would you like to do with it?")
        case Asked.FIXED:
            return voice.t("Is it fixed?")
        case Asked.FOLLOW:
            return voice.t(
                "What would you like news about? For this I keep, encrypted, where to reach you, until you write"
                " “stop”."
            )
        case Asked.NOTICE:
            return _news(session, world)
        case Asked.CHANGE | Asked.ERASING | Asked.NOTHING:
            return ""


def _news(session: Session, world: World) -> str:
    """What the notice says now."""
    voice = voice_of(session, world)
    survey = world.surveys.get(session.survey.code) if session.survey is not None else None
    return "\n".join(
        (
            voice.t("What we tell you about your data has changed since you began. It says now:"),
            short(survey, world, voice),
            voice.t("Do you want to go on with it?"),
        )
    )


def _form(session: Session, world: World) -> Form | None:
    if session.survey is not None:
        return world.forms.get(session.survey.form)
    return None


def _languages(session: Session, world: World) -> tuple[Language, ...]:
    survey = world.surveys.get(session.survey.code) if session.survey is not None else None
    return spoken(world, survey, _form(session, world))
