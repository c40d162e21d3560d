"""What the town promises about the answers: how long, who reads along, what can still be undone.

Said in the notice, in the details behind it, before sending and in the receipt; so that all four say the same.
Each sentence is true of the code that keeps it (docs/privacy.md). Not here: when it is said.
"""

from __future__ import annotations

from datetime import date, timedelta

from dialogs.capabilities import ReadsAlong
from dialogs.forms.msgids import N_
from dialogs.i18n import Voice
from dialogs.legal import BASES
from dialogs.wording import clipped as clipped
from dialogs.wording import in_language as in_language
from dialogs.world import Mode, Survey, Town, World

NOTICE_VERSION = "1"
"""Changes whenever our notice says something else; `notice_version` adds the town's own sentence."""
NOTICE_LIMIT = 300
"""Characters of the notice at first contact."""
SECONDS_PER_QUESTION = 20
TITLE_LIMIT = 80
"""Characters of a survey's title before it is cut in a sentence."""


def deletable_until(survey: Survey) -> date | None:
    """The last day on which answers can be deleted; the tie to the person goes after it. None: no end is set yet."""
    return None if survey.closes is None else survey.closes + timedelta(days=survey.grace_days)


def title_of(survey: Survey, voice: Voice, limit: int = TITLE_LIMIT) -> str:
    """The survey's title in the nearest language, cut to a length."""
    return clipped(in_language(survey.titles, voice) or survey.code, limit)


def purpose_of(survey: Survey, voice: Voice) -> str:
    """What the answers are for, or ''."""
    return in_language(survey.purposes, voice)


def minutes(questions: int) -> int:
    """About how long so many questions take, at least one minute."""
    return max(1, -(-questions * SECONDS_PER_QUESTION // 60))


_READERS = {
    ReadsAlong.NOBODY: N_("Nobody else can read this chat."),
    ReadsAlong.OPERATOR: N_("{channel} itself can read this chat."),
    ReadsAlong.TOWN: N_("Nobody but us can read this chat."),
}


def who_reads(world: World, voice: Voice) -> str:
    """Who can read along on this channel."""
    channel = world.channel
    return voice.t(_READERS[channel.reads_along], channel=channel.label)


def what_is_kept(survey: Survey, voice: Voice) -> str:
    """What is stored and how long, in one sentence."""
    until = deletable_until(survey)
    if survey.mode is Mode.STRICT:
        return voice.t("We store your answers without name or number and cut every tie to you when you send them.")
    if until is None:
        return voice.n(
            "We store your answers without name or number and delete the tie to you {n} day after the survey ends.",
            "We store your answers without name or number and delete the tie to you {n} days after the survey ends.",
            survey.grace_days,
        )
    return voice.t(
        "We store your answers without name or number and delete the tie to you on {day}.", day=voice.day(until)
    )


def what_can_be_undone(survey: Survey, voice: Voice) -> str:
    """Until when answers can be changed and deleted after sending."""
    until = deletable_until(survey)
    if survey.mode is Mode.STRICT:
        return voice.t(
            "Once sent, nothing can be changed or deleted: nobody can tell any more which answers are yours."
        )
    if survey.closes is None or until is None:
        return voice.n(
            "You can change your answers until the survey ends, and delete them up to {n} day later.",
            "You can change your answers until the survey ends, and delete them up to {n} days later.",
            survey.grace_days,
        )
    return voice.t(
        "You can change your answers until {last} and delete them until {until}.",
        last=voice.day(survey.closes),
        until=voice.day(until),
    )


def notice(survey: Survey, questions: int, world: World, voice: Voice) -> str:
    """First contact, at most `NOTICE_LIMIT` characters: who asks, how long it takes, what is kept, who reads along."""
    own = [text] if (text := in_language(world.town.notices, voice)) else []
    for town_limit in (80, 48, 24):
        for title_limit in range(TITLE_LIMIT, 16, -8):
            town = clipped(world.town.name, town_limit)
            title = title_of(survey, voice, title_limit)
            lines = (
                voice.t("Hello. {town} asks: {title}", town=town, title=title),
                _length(questions, voice),
                " ".join([what_is_kept(survey, voice), who_reads(world, voice), *own]),
            )
            text = "\n".join(lines)
            if len(text) <= NOTICE_LIMIT:
                return text
    return text


def notice_version(town: Town) -> str:
    """What consent is given to, with the day: our text, and which of the town's own sentences."""
    return NOTICE_VERSION if not town.notice_version else f"{NOTICE_VERSION}.{town.notice_version}"


def _length(questions: int, voice: Voice) -> str:
    time = voice.n("about {n} minute", "about {n} minutes", minutes(questions))
    return voice.n("{n} question, {time}.", "{n} questions, {time}.", questions, time=time)


def short(survey: Survey | None, world: World, voice: Voice) -> str:
    """Three thoughts: what is kept, what can be undone, who reads along."""
    if survey is None:
        kept = voice.t("What you send is stored without your name or number. A draft is forgotten after seven days.")
        return "\n".join((kept, who_reads(world, voice)))
    return "\n".join((what_is_kept(survey, voice), what_can_be_undone(survey, voice), who_reads(world, voice)))


def details(survey: Survey | None, world: World, voice: Voice) -> tuple[str, ...]:
    """All of it, one paragraph a thought: the answer to "What exactly is stored?"."""
    town = world.town.name
    paragraphs = [
        voice.t(
            "This is stored: your answers, the day, the language and the messenger. No name, no number, no time of day."
        ),
        voice.t("Texts, places, photos and voice messages are encrypted, each person's with a key of its own."),
        voice.t(
            "While you are still answering, your answers are an encrypted draft. It is forgotten after seven days "
            "at the latest, or at once if you write “stop”."
        ),
    ]
    used = in_language(survey.uses, voice) if survey is not None else ""
    if used:
        paragraphs.append(voice.t("What will be done with the answers: {what}", what=used))
    if survey is not None and survey.basis is not None:
        paragraphs.append(voice.t(BASES[survey.basis]))
    if survey is not None:
        paragraphs.append(what_can_be_undone(survey, voice))
        if survey.mode is Mode.DEDUPE:
            paragraphs.append(
                voice.t(
                    "Until then a secret code ties your answers to this chat, so that you alone can change them. "
                    "Then the code is destroyed, and so are your texts, places and photos as you sent them. "
                    "What stays has no tie to you: choices, numbers, rough places, and texts in which names are hidden."
                )
            )
    paragraphs.append(
        voice.t("{town} sees numbers for groups of people, and texts in which names are hidden.", town=town)
    )
    paragraphs.append(who_reads(world, voice))
    if world.town.privacy_url:
        paragraphs.append(voice.t("More about it: {address}", address=world.town.privacy_url))
    if world.town.contact:
        paragraphs.append(voice.t("A person answers your questions here: {contact}", contact=world.town.contact))
    return tuple(paragraphs)
