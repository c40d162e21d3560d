"""The door of the conversation: a session, an event and the world in, a turn out. Pure: no clock, no disk, no person.

Here an event finds its dialogue. Not here: what words mean (`hearing.py`), what a tap means (`tapping.py`), what
becomes of the answer to a query (`queries.py`).
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from dialogs import (
    case_talk,
    correcting,
    ending,
    feedback,
    house,
    limits,
    moving,
    pausing,
    rights,
    subscriptions,
    survey,
    survey_inputs,
)
from dialogs.actions import Verb, decode
from dialogs.commands import answer_to_house, obey
from dialogs.effects import QUERY_LIMIT, Send, Unsubscribe
from dialogs.errors import DialogError, UnknownForm
from dialogs.events import (
    Act,
    Answer,
    CaseNews,
    CodeEntered,
    Edited,
    Event,
    Gone,
    MediaSent,
    Placed,
    Pressed,
    Reacted,
    Reopened,
    Retracted,
    Said,
    Started,
    TooFast,
    Unreadable,
    Voted,
)
from dialogs.hearing import said
from dialogs.idle import idle
from dialogs.interview import open_interview, voice_of
from dialogs.lateness import excused
from dialogs.messages import Kind, Say
from dialogs.moving_codes import moving_code
from dialogs.onboarding import newcomer, start
from dialogs.promises import title_of
from dialogs.queries import answered
from dialogs.reading.folding import clean
from dialogs.reading.outcomes import TEXT_LIMIT
from dialogs.refusals import too_long
from dialogs.session import Asked, Session
from dialogs.standing import stand, stands
from dialogs.survey_reading import is_yes_or_no
from dialogs.tapping import pressed, voted
from dialogs.triggers import Command, Trigger, bare, near, slashed
from dialogs.turn import Turn
from dialogs.world import World

__all__ = ["QUERY_LIMIT", "DialogError", "Turn", "UnknownForm", "resume"]


def resume(session: Session | None, event: Event, world: World) -> Turn:
    """One turn of a conversation.

    `session` None: nobody was here before. Raises `UnknownForm` when the world lacks the form version that the
    session or the answer refers to: load it and call again with the same arguments.
    """
    if isinstance(event, Gone):
        return Turn(None, (Unsubscribe(),) if subscriptions.reaches(world) else ())
    if isinstance(event, CaseNews):
        return case_talk.told(session, event, world)
    if isinstance(event, Unreadable) and event.perhaps and (session is None or not stands(session)):
        return Turn(session)  # nobody waits for an answer
    if session is None or not session.language:
        session = newcomer(world)
    if isinstance(event, TooFast):
        return limits.too_fast(session, event, world)
    if isinstance(event, Answer):
        return _dated(answered(session, event, world), world)
    return _dated(excused(session, _acted(session, event, world), world), world)


def _dated(turn: Turn, world: World) -> Turn:
    """Note when a draft begins: it is kept so and so long from then on."""
    session = turn.session
    drafting = session is not None and (session.survey is not None or session.feedback is not None)
    if session is None or drafting == (session.began != 0):
        return turn
    began = 0 if not drafting else int(world.now.timestamp()) // pausing.HOUR
    return Turn(msgspec.structs.replace(session, began=began), turn.effects)


def _acted(session: Session, event: Act, world: World) -> Turn:
    if session.paused_until is not None:
        if _asks_to_go_on(event):
            return pausing.resumed(session, world)
        session = pausing.awake(session)
    if _has_ended(session, world):
        return _ended(session, world)
    if session.feedback is None and rights.must_be_informed(session, world) and _gives_an_answer(session, event, world):
        return rights.inform(session, world)
    match event:
        case Started(code) if moving_code(code) is not None:
            return moving.fetch(session, moving_code(code) or "", world)
        case Started(code):
            return start(house.answered(session), code, world)
        case Said(text):
            return said(session, text, world)
        case Pressed(action, _):
            return pressed(session, event, decode(action), world)
        case Voted():
            return voted(session, event, world)
        case Edited(text):
            return _edited(session, text, world)
        case Retracted():
            return _retracted(session, world)
        case Reacted(sign, _):
            return _reacted(session, sign, world)
        case Placed() | MediaSent():
            return _to_survey(session, event, world)
        case Unreadable(encrypted=True):
            text = voice_of(session, world).t(
                "I could not decrypt your message. Please send it once more. If that does not help, leave this chat and"
                " open a new one with me."
            )
            return stand(session, world, text)
        case Unreadable():
            return stand(session, world, voice_of(session, world).t("I cannot read a message of this kind."))
        case Reopened():
            return stand(session, world)
        case CodeEntered(code):
            return correcting.code_entered(house.answered(session), code, world)
        case Gone():
            return Turn(None)
        case _:
            assert_never(event)


def _command_of(event: Act) -> Command | None:
    """The command that an act is, whatever stands."""
    match event:
        case Said(text):
            trigger = slashed(clean(text)) or bare(clean(text)) if len(text) <= TEXT_LIMIT else None
            return trigger.command if isinstance(trigger, Trigger) else None
        case Pressed(action, _):
            tap = decode(action)
            known = tap is not None and tap.verb is Verb.COMMAND and tap.mark in tuple(Command)
            return Command(tap.mark) if tap is not None and known else None
        case _:
            return None


def _asks_to_go_on(event: Act) -> bool:
    """Whether somebody who paused says no more than that they are back."""
    return isinstance(event, Started | Reopened) or _command_of(event) in (Command.NEXT, Command.START)


def _agrees_or_not(session: Session, event: Act, world: World) -> bool:
    if session.asked is not Asked.NOTICE or not isinstance(event, Said):
        return False
    return house.understood(session, clean(event.text[:TEXT_LIMIT]), world) is not None


def _gives_an_answer(session: Session, event: Act, world: World) -> bool:
    """Whether the act would change the draft, rather than claim a right or answer a question of the house."""
    if _agrees_or_not(session, event, world):
        return False
    command = _command_of(event)
    if command is not None:
        return command in survey.OF_SURVEY
    match event:
        case Pressed(action, _):
            tap = decode(action)
            kept = tap is not None and (tap.verb is Verb.CASE or (tap.verb is Verb.REPLY and tap.mark != Asked.CHANGE))
            return tap is not None and not kept
        case Voted(actions, message):
            return bool(actions) and _gives_an_answer(session, Pressed(actions[0], message), world)
        case Said(text) if session.asked is Asked.NOTICE:
            meant = near(clean(text[:TEXT_LIMIT]))
            return meant is None or meant.command in survey.OF_SURVEY
        case Said():
            return session.asked in (Asked.NOTHING, Asked.CHANGE)
        case Reacted() | Retracted():
            return False
        case _:
            return not isinstance(event, Started | CodeEntered | Gone)


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
    dropped = ending.dropped_media(session, world) if card is not None else ()
    turn = idle(msgspec.structs.replace(ended, last=""), world, text)
    return Turn(msgspec.structs.replace(ended, last=session.last), (*dropped, *turn.effects))


# -- places, files, edits, signs


def _reacted(session: Session, sign: str, world: World) -> Turn:
    """A thumb on a question that is a yes or no answers it; a sign on anything else is a courtesy."""
    if rights.must_be_informed(session, world) or session.feedback is not None:
        return Turn(session)
    if session.asked is not Asked.NOTHING:
        value = house.understood(session, clean(sign), world)
        return answer_to_house(session, value, world) if value is not None else Turn(session)
    if session.survey is None:
        return Turn(session)
    interview = open_interview(session, world)
    question = interview.standing()
    if question is None or not survey.is_asking(interview) or not is_yes_or_no(interview, question, clean(sign)):
        return Turn(session)
    outcome = survey.said(interview, question, clean(sign))
    return obey(session, outcome, world) if isinstance(outcome, Trigger) else outcome


def _to_survey(session: Session, event: Placed | MediaSent, world: World) -> Turn:
    voice = voice_of(session, world)
    if isinstance(event, MediaSent) and event.caption and not _is_asked_for(session, event, world):
        return _captioned(session, event, world)
    if session.feedback is not None and session.asked is Asked.NOTHING:
        if isinstance(event, Placed):
            return feedback.placed(session, session.feedback, event, world)
        return feedback.media_sent(session, session.feedback, event, world)
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


def _is_asked_for(session: Session, event: MediaSent, world: World) -> bool:
    """Whether the file can be the answer to what stands."""
    if session.asked is not Asked.NOTHING:
        return False
    if session.feedback is not None:
        return feedback.takes(session.feedback, event)
    return session.survey is not None and survey_inputs.takes(open_interview(session, world), event)


def _captioned(session: Session, event: MediaSent, world: World) -> Turn:
    """Words under a file that nobody asked for: the file is not kept, the words count as if they had come alone."""
    voice = voice_of(session, world)
    note = Say(voice.t(survey_inputs.unfitting(event.kind)), kind=Kind.NOTE, language=voice.language)
    turn = said(session, event.caption, world)
    return Turn(turn.session, (Send(note), *turn.effects))


def _edited(session: Session, text: str, world: World) -> Turn:
    if session.survey is None or session.feedback is not None or session.asked is not Asked.NOTHING:
        return stand(session, world, voice_of(session, world).t("I do not see changes to earlier messages."))
    if len(text) > TEXT_LIMIT:
        return stand(session, world, too_long(voice_of(session, world)))
    return survey_inputs.edited(open_interview(session, world), clean(text))


def _retracted(session: Session, world: World) -> Turn:
    if session.survey is None or session.feedback is not None or session.asked is not Asked.NOTHING:
        return stand(session, world, voice_of(session, world).t(survey_inputs.NOT_SEEN))
    return survey_inputs.retracted(open_interview(session, world))
