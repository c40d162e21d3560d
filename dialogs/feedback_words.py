"""What is said while something is reported, and what became of it.

Not here: what an answer does (`feedback.py`), what the town writes (`case_words.py`).
"""

from __future__ import annotations

from dialogs.actions import Tap, Verb, encode
from dialogs.effects import Report
from dialogs.events import CaseFound, Replies
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Button, Choices, Expects, Kind, Say
from dialogs.moderation import CaseStatus
from dialogs.promises import clipped, in_language, who_reads
from dialogs.session import FeedbackState, Session, Step
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.world import Category, World

WISH = "reply"
"""Mark of the buttons under the question whether the town may write back."""
SHOWN_WORDS = 500
"""Characters of a report that its review repeats."""


def category_of(state: FeedbackState, world: World) -> Category | None:
    """The category that was chosen, if the town still has it."""
    return category_by(state.category, world)


def category_by(key: str, world: World) -> Category | None:
    known = (*world.town.categories, *([world.town.person] if world.town.person is not None else []))
    return next((each for each in known if each.key == key), None)


def label_of(category: Category, voice: Voice) -> str:
    return in_language(category.labels, voice) or category.key


def step_say(session: Session, state: FeedbackState, world: World, lead: str = "") -> Say:
    """The question of the step that stands."""
    voice = voice_of(session, world)
    match state.step:
        case Step.CATEGORY:
            return _category_say(world, voice, lead)
        case Step.WORDS if world.town.person is not None and state.category == world.town.person.key:
            text, expects = voice.t("What would you like to say or ask?"), Expects.TEXT
        case Step.WORDS:
            text, expects = voice.t("What is it? Please write it in your own words."), Expects.TEXT
        case Step.REPLY:
            return _wish_say(world, voice, lead)
        case Step.ADDITION:
            text, expects = voice.t("What would you like to add to your report?"), Expects.TEXT
        case Step.PLACE:
            text, expects = _where(world, voice), Expects.PLACE
        case Step.PHOTO:
            text = voice.t("Do you have a photo of it? I remove everything hidden in it, such as place and time.")
            expects = Expects.PHOTO
        case Step.REVIEW:
            return _review_say(state, world, voice, lead)
    commands = [Command.BACK] if state.step is not Step.ADDITION else []
    commands += [Command.SKIP] if state.step in (Step.PLACE, Step.PHOTO) else []
    commands.append(Command.STOP)
    return Say(
        text,
        kind=Kind.REFUSAL if lead else Kind.QUESTION,
        lead=lead,
        controls=tuple(control(command, voice) for command in commands),
        expects=expects,
        language=voice.language,
    )


def _category_say(world: World, voice: Voice, lead: str) -> Say:
    options = tuple(
        Button(encode(Tap(Verb.REPORT, "", index)), label_of(category, voice))
        for index, category in enumerate(world.town.categories)
    )
    return Say(
        voice.t("What is it about?"),
        kind=Kind.QUESTION,
        lead=lead,
        choices=Choices(options),
        controls=(control(Command.STOP, voice),),
        expects=Expects.CHOICE,
        language=voice.language,
    )


def wish_options(voice: Voice) -> tuple[str, str]:
    """Yes and no to "may the town write back?"."""
    return voice.t("Yes, write to me here"), voice.t("No, the code is enough")


def _wish_say(world: World, voice: Voice, lead: str) -> Say:
    options = tuple(
        Button(encode(Tap(Verb.REPORT, WISH, index)), label) for index, label in enumerate(wish_options(voice))
    )
    text = voice.t("May {town} write to you here about it?", town=world.town.name)
    return Say(
        f"{text} {kept_for_replies(world, voice)}",
        kind=Kind.QUESTION,
        lead=lead,
        choices=Choices(options),
        controls=(control(Command.BACK, voice), control(Command.STOP, voice)),
        expects=Expects.CHOICE,
        language=voice.language,
    )


def kept_for_replies(world: World, voice: Voice) -> str:
    """What a reply needs to be kept."""
    if world.channel.return_code:
        return voice.t(
            "For that I keep how to reach this browser, encrypted, until 90 days after the case is closed. The staff "
            "never see it."
        )
    return voice.t(
        "For that I keep your address, encrypted, until 90 days after the case is closed. The staff never see it."
    )


def _where(world: World, voice: Voice) -> str:
    if world.channel.takes_place and world.channel.buttons is not None:
        return voice.t("Where is it? Send the place, or describe it, for example street and number.")
    return voice.t("Where is it? Describe the place, for example street and number.")


def _review_say(state: FeedbackState, world: World, voice: Voice, lead: str) -> Say:
    lines = [f"{number}. {line}" for number, line in enumerate(told(state, world, voice), 1)]
    return Say(
        text="\n".join((voice.t("Please check once:"), *lines)),
        kind=Kind.REVIEW,
        lead=lead,
        hint=voice.t("To change an answer, its number is enough."),
        controls=(
            Button(control(Command.SEND, voice).action, control(Command.SEND, voice).label),
            control(Command.STOP, voice),
        ),
        language=voice.language,
    )


def told(state: FeedbackState, world: World, voice: Voice) -> list[str]:
    """The report line by line, in the order of `steps`."""
    category = category_of(state, world)
    lines = [
        voice.t("About: {category}", category=label_of(category, voice) if category else ""),
        voice.quoted(clipped(state.words, SHOWN_WORDS)),
    ]
    if category is not None and category.located:
        where = voice.t("no place")
        if state.point is not None:
            latitude, longitude = state.point
            where = f"{latitude:.4f}, {longitude:.4f}"
        elif state.place:
            where = state.place
        lines.append(voice.t("Where: {place}", place=where))
    if world.channel.takes_photo:
        lines.append(voice.t("Photo: {photo}", photo=voice.t("a photo") if state.photo else voice.t("none")))
    lines.append(voice.t("Reply here: {answer}", answer=voice.t("yes") if state.reply else voice.t("no")))
    return lines


def notice_say(session: Session, world: World) -> Say:
    """What is kept of a report, before the first question."""
    voice = voice_of(session, world)
    kept = voice.t(
        "{town} reads your report. It is stored encrypted, without your name or number, and deleted one year after it "
        "is closed.",
        town=world.town.name,
    )
    return Say(
        kept + " " + who_reads(world, voice),
        kind=Kind.NOTICE,
        controls=(control(Command.DETAILS, voice),),
        language=voice.language,
    )


def person_notice(session: Session, world: World) -> Say:
    """Who reads what is written to a person, and what is kept for the answer."""
    voice = voice_of(session, world)
    lines = [
        voice.t(
            "I am a machine. What you write now is read by a person of {town}, who answers you here.",
            town=world.town.name,
        ),
        kept_for_replies(world, voice),
        who_reads(world, voice),
    ]
    if world.town.contact:
        lines.append(voice.t("Or directly: {contact}", contact=world.town.contact))
    return Say(
        "\n".join(lines),
        kind=Kind.NOTICE,
        controls=(control(Command.DETAILS, voice),),
        language=voice.language,
    )


def receipt_say(report: Report, session: Session, world: World) -> Say:
    """Thanks, where the answer comes, and the code."""
    voice = voice_of(session, world)
    thanks = voice.t("Thank you. Your report has arrived.")
    if world.town.person is not None and report.category == world.town.person.key:
        thanks = voice.t("Thank you. Your words have arrived.")
    if report.reply:
        thanks += " " + voice.t("{who} can answer you here.", who=report.office or world.town.name)
    paragraphs = (
        thanks,
        voice.t("Your case code: {code}", code=report.code)
        + "\n"
        + voice.t(
            "Write it here, or in any other messenger of ours, to read what became of it, to add something or to "
            "delete it. Please keep it; nobody else has it. It works until 90 days after the case is closed."
        ),
    )
    return Say("\n\n".join(paragraphs), kind=Kind.RECEIPT, language=voice.language)


def status_in_words(found: CaseFound, voice: Voice) -> str:
    """ "With the road office", "done", "will not be done, because …"."""
    match found.status:
        case CaseStatus.WITH_OFFICE if found.office:
            return voice.t("It is with: {office}.", office=found.office)
        case CaseStatus.WITH_OFFICE:
            return voice.t("It is being worked on.")
        case CaseStatus.DONE:
            return voice.t("It is done.")
        case CaseStatus.DECLINED:
            return voice.t("It will not be done, because: {reason}", reason=found.reason)
        case CaseStatus.RECEIVED | None:
            return voice.t("It has been received.")


def case_text(found: CaseFound, world: World, voice: Voice) -> str:
    """The case as the citizen may read it."""
    category = category_by(found.category, world)
    day = voice.day(found.opened) if found.opened is not None else ""
    head = voice.t("Your report of {day}: {words}", day=day, words=voice.quoted(clipped(found.words, SHOWN_WORDS)))
    lines = [head]
    if category is not None:
        lines.append(voice.t("About: {category}", category=label_of(category, voice)))
    lines.append(status_in_words(found, voice))
    for message in found.messages:
        who = world.town.name if message.by_town else voice.t("You")
        lines.append(f"{who}, {voice.day(message.day)}: {voice.quoted(message.words)}")
    if found.replies is not Replies.NOWHERE:
        lines.append(_where_replies_go(found.replies, world, voice))
    return "\n".join(lines)


def _where_replies_go(replies: Replies, world: World, voice: Voice) -> str:
    if replies is Replies.HERE:
        return voice.t("{town} writes to you here about it.", town=world.town.name)
    return voice.t("{town} writes about it to another chat.", town=world.town.name)
