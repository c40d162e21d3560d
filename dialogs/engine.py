"""The door of the conversation: a session, an event and the world in, a turn out. Pure: no clock, no disk, no person.

Here an event finds its dialogue. Order of meaning for a text: what begins with a slash is a command; then a question
of the house that stands; then the survey (where a choice wins over a command word); then a survey's word; then help.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from dialogs import house, rights, survey, survey_inputs, survey_taps
from dialogs.actions import Tap, Verb, decode, number_of
from dialogs.effects import QUERY_LIMIT, DropMedia
from dialogs.errors import DialogError, UnknownForm
from dialogs.events import (
    CodeEntered,
    Edited,
    Erased,
    Event,
    Gone,
    MediaKept,
    MediaRefused,
    MediaSent,
    NotStored,
    Participated,
    Placed,
    Pressed,
    Reopened,
    Said,
    Started,
    Unreadable,
)
from dialogs.idle import idle
from dialogs.interview import Interview, open_interview, voice_of
from dialogs.languages import named, spoken
from dialogs.messages import Language
from dialogs.onboarding import found, newcomer, start
from dialogs.promises import title_of
from dialogs.reading.folding import clean
from dialogs.reading.outcomes import TEXT_LIMIT
from dialogs.refusals import too_long
from dialogs.session import Asked, Phase, Session
from dialogs.standing import stand
from dialogs.survey_reading import is_choice
from dialogs.survey_sending import CODE
from dialogs.triggers import Command, Trigger, UnknownCommand, bare, near, slashed
from dialogs.turn import Turn
from dialogs.world import World

__all__ = ["QUERY_LIMIT", "DialogError", "Turn", "UnknownForm", "resume"]


def resume(session: Session | None, event: Event, world: World) -> Turn:
    """One turn of a conversation.

    `session` None: nobody was here before. Raises `UnknownForm` when the world lacks the form version that the
    session or the answer refers to: load it and call again with the same arguments.
    """
    if isinstance(event, Gone):
        return Turn(None)
    if session is None or not session.language:
        session = newcomer(world)
    if isinstance(event, Participated | MediaKept | MediaRefused | NotStored | Erased):
        return _answered(session, event, world)
    if _has_ended(session, world):
        return _ended(session, world)
    match event:
        case Started(code):
            return start(house.answered(session), code, world)
        case Said(text):
            return _said(session, text, world)
        case Pressed(action, _):
            return _pressed(session, event, decode(action), world)
        case Edited(text):
            return _edited(session, text, world)
        case Placed():
            return _to_survey(session, event, world)
        case MediaSent():
            return _to_survey(session, event, world)
        case Unreadable():
            return stand(session, world, voice_of(session, world).t("I cannot read a message of this kind."))
        case Reopened():
            return stand(session, world)
        case CodeEntered(code):
            return rights.code_entered(house.answered(session), code, world)
        case _:
            assert_never(event)


# -- answers to queries


def _answered(
    session: Session, event: Participated | MediaKept | MediaRefused | NotStored | Erased, world: World
) -> Turn:
    match event:
        case Participated() if session.asked is Asked.ERASE:
            return rights.found_to_delete(session, event, world)
        case Participated() if session.survey is not None and session.survey.phase is Phase.STARTING:
            return found(session, event, world)
        case Participated():
            return stand(session, world)
        case MediaKept() if session.survey is not None:
            return survey_inputs.media_kept(open_interview(session, world), event)
        case MediaKept(name):
            turn = stand(session, world)
            return Turn(turn.session, (DropMedia(name), *turn.effects))
        case MediaRefused() if session.survey is not None:
            return survey_inputs.media_refused(open_interview(session, world), event)
        case MediaRefused():
            return stand(session, world)
        case NotStored():
            text = voice_of(session, world).t(
                "That could not be stored just now. Nothing is lost: please try it again in a few minutes."
            )
            return stand(session, world, text)
        case Erased():
            return Turn(session)
        case _:
            assert_never(event)


# -- a survey that ends in the middle


def _has_ended(session: Session, world: World) -> bool:
    if session.survey is None:
        return False
    card = world.surveys.get(session.survey.code)
    return card is None or not card.is_open(world.now.date())


def _ended(session: Session, world: World) -> Turn:
    """The survey closed while it was being answered: said once, kindly; the draft ends."""
    assert session.survey is not None, "asked before"
    voice = voice_of(session, world)
    card = world.surveys.get(session.survey.code)
    ended = msgspec.structs.replace(house.answered(session), survey=None)
    if session.survey.amends:
        text = voice.t("The survey has closed in the meantime. Your answers stay as you sent them before.")
    else:
        text = voice.t("I am sorry: the survey closed before you sent your answers. What you had written is forgotten.")
    if card is not None:
        text = f"{voice.quoted(title_of(card, voice))}: {text}"
    dropped = rights.dropped_media(session, world) if card is not None else ()
    turn = idle(msgspec.structs.replace(ended, last=""), world, text)
    return Turn(msgspec.structs.replace(ended, last=session.last), (*dropped, *turn.effects))


# -- words


def _said(session: Session, text: str, world: World) -> Turn:
    voice = voice_of(session, world)
    if len(text) > TEXT_LIMIT:
        return stand(session, world, too_long(voice))
    text = clean(text)
    if not text:
        return stand(session, world, voice.t("I got an empty message."))
    command = slashed(text)
    if isinstance(command, UnknownCommand):
        return stand(session, world, voice.t("I do not know this command. Write “/help” to see what I understand."))
    if command is not None:
        return _obey(session, command, world)
    if session.asked is Asked.CHANGE and session.survey is not None:
        return _said_which(session, text, world)
    if session.asked is not Asked.NOTHING:
        return _said_to_house(session, text, world)
    if session.survey is None:
        return _said_idle(session, text, world)
    return _said_in_survey(open_interview(session, world), text, world)


def _said_in_survey(interview: Interview, text: str, world: World) -> Turn:
    session, question = interview.session, interview.standing()
    trigger = survey.command_in(interview, question, text)
    if trigger is not None:
        return _obey(session, trigger, world)
    if not survey.takes_any_text(interview, question):
        language = named(text, spoken(world, interview.survey, interview.form), interview.form)
        if language is not None and not (question and is_choice(interview, question, text)):
            return _speak(session, language, world)
    outcome = survey.said(interview, question, text)
    return _obey(session, outcome, world) if isinstance(outcome, Trigger) else outcome


def _said_idle(session: Session, text: str, world: World) -> Turn:
    trigger = bare(text)
    if trigger is not None:
        return _obey(session, trigger, world)
    if text.lower() in world.surveys:
        return start(session, text, world)
    if world.channel.return_code and CODE.fullmatch(text):
        return rights.code_entered(session, text, world)
    language = named(text, spoken(world, None, None), None)
    if language is not None:
        return _speak(session, language, world)
    if not session.noticed and not session.last:
        return start(session, "", world)
    guess = near(text)
    return _obey(session, guess, world) if guess is not None else idle(session, world)


def _said_which(session: Session, text: str, world: World) -> Turn:
    trigger = bare(text)
    if trigger is not None:
        return _obey(session, trigger, world)
    interview = open_interview(house.answered(session), world)
    if text.strip().rstrip(".)").isdecimal():
        return survey.change(interview, text)
    return survey.which(interview, interview.voice.t("Please write the number of the answer."))


def _said_to_house(session: Session, text: str, world: World) -> Turn:
    value = house.understood(session, text, world)
    if value is not None:
        return _house_answer(session, value, world)
    trigger = bare(text)
    if trigger is not None:
        return _obey(session, trigger, world)
    lead = voice_of(session, world).t("Please choose one of these.")
    return stand(session, world, lead)


def _house_answer(session: Session, value: str, world: World) -> Turn:
    plain = house.answered(session)
    match session.asked:
        case Asked.LANGUAGE:
            return _speak(plain, Language(value), world)
        case Asked.SURVEY:
            return start(plain, value, world)
        case Asked.RESTART if value == house.YES and session.survey is not None:
            return rights.restart(session, world)
        case Asked.ERASE if value == house.YES:
            return rights.erase(session, world)
        case Asked.SWITCH if value == house.YES:
            stopped = msgspec.structs.replace(plain, survey=None)
            begun = start(stopped, session.about, world)
            return Turn(begun.session, (*rights.dropped_media(session, world), *begun.effects))
        case _:
            return stand(plain, world)


# -- commands


def _obey(session: Session, trigger: Trigger, world: World) -> Turn:
    """A command, wherever it came from."""
    if trigger.command in survey.OF_SURVEY:
        return _obey_in_survey(session, trigger, world)
    plain = house.answered(session)
    match trigger.command:
        case Command.START:
            return start(plain, trigger.argument, world)
        case Command.HELP:
            return rights.help_(session, world)
        case Command.STOP:
            return rights.stop(session, world)
        case Command.PRIVACY:
            return rights.privacy(session, world)
        case Command.CHANNELS:
            return rights.channels(session, world)
        case Command.DELETE:
            return rights.delete(plain, trigger.argument, world)
        case Command.LANGUAGE:
            return _language(plain, trigger.argument, world)
        case _:
            if session.survey is None:
                return start(plain, session.last, world)
            return house.put(plain, Asked.RESTART, world)


def _obey_in_survey(session: Session, trigger: Trigger, world: World) -> Turn:
    plain = house.answered(session)
    if session.asked not in (Asked.NOTHING, Asked.CHANGE) and trigger.command is Command.BACK:
        return stand(plain, world)
    if session.survey is not None:
        interview = open_interview(plain, world)
        if session.asked is Asked.CHANGE and trigger.command is Command.BACK:
            return survey.not_here(interview, "")
        return survey.obey(interview, trigger)
    card = world.surveys.get(session.last)
    if trigger.command is Command.CHANGE and card is not None:
        return start(plain, card.code, world)
    return idle(plain, world)


def _language(session: Session, wanted: str, world: World) -> Turn:
    card = world.surveys.get(session.survey.code) if session.survey is not None else None
    form = world.forms.get(session.survey.form) if session.survey is not None else None
    language = named(wanted, spoken(world, card, form), form) if wanted else None
    if language is not None:
        return _speak(session, language, world)
    return house.put(session, Asked.LANGUAGE, world)


def _speak(session: Session, language: Language, world: World) -> Turn:
    """Go on in this language; no answer changes."""
    spoken_now = msgspec.structs.replace(session, language=language, chosen_language=True)
    return stand(spoken_now, world)


# -- taps


def _pressed(session: Session, event: Pressed, tap: Tap | None, world: World) -> Turn:
    unknown = voice_of(session, world).t("I do not know this button any more.")
    if tap is None:
        return stand(session, world, unknown)
    match tap.verb:
        case Verb.COMMAND:
            return _pressed_command(session, tap, world)
        case Verb.REPLY:
            return _pressed_reply(session, tap, world)
        case Verb.PAGE if tap.mark == Asked.CHANGE and session.survey is not None:
            return survey_taps.turn_review_page(open_interview(session, world), tap.number, event.message)
        case _:
            if session.survey is None:
                return idle(session, world)
            return survey_taps.pressed(open_interview(house.answered(session), world), tap, event.message)


def _pressed_command(session: Session, tap: Tap, world: World) -> Turn:
    if tap.mark not in tuple(Command):
        return stand(session, world, voice_of(session, world).t("I do not know this button any more."))
    command = Command(tap.mark)
    if tap.number and session.survey is not None and command in survey.OF_SURVEY:
        interview = open_interview(house.answered(session), world)
        if tap.number != number_of(session.survey.cursor):
            return survey_taps.pressed_old_control(interview, tap.number)
    return _obey(session, Trigger(command), world)


def _pressed_reply(session: Session, tap: Tap, world: World) -> Turn:
    if tap.mark == Asked.CHANGE and session.survey is not None and session.survey.phase is Phase.REVIEW:
        return survey.change(open_interview(house.answered(session), world), str(tap.number + 1))
    options = house.choices(session, world)
    if tap.mark != session.asked or tap.number >= len(options):
        return stand(session, world)
    return _house_answer(session, options[tap.number].value, world)


# -- places, files, edits


def _to_survey(session: Session, event: Placed | MediaSent, world: World) -> Turn:
    voice = voice_of(session, world)
    if session.survey is None or session.asked is not Asked.NOTHING:
        text = (
            voice.t("Thank you for the place, but I do not need one here; it is not kept.")
            if isinstance(event, Placed)
            else voice.t(survey_inputs.unfitting(event.kind))
        )
        return stand(session, world, text)
    interview = open_interview(session, world)
    if isinstance(event, Placed):
        return survey_inputs.placed(interview, event)
    return survey_inputs.media_sent(interview, event)


def _edited(session: Session, text: str, world: World) -> Turn:
    if session.survey is None or session.asked is not Asked.NOTHING:
        return stand(session, world, voice_of(session, world).t("I do not see changes to earlier messages."))
    if len(text) > TEXT_LIMIT:
        return stand(session, world, too_long(voice_of(session, world)))
    return survey_inputs.edited(open_interview(session, world), clean(text))
