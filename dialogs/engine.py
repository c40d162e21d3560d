"""The door of the conversation: a session, an event and the world in, a turn out. Pure: no clock, no disk, no person.

Here an event finds its dialogue. Order of meaning for a text: what begins with a slash is a command; then a question
of the house that stands; then the survey (where a choice wins over a command word); then a survey's word; then help.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from dialogs import (
    case_menu,
    case_talk,
    correcting,
    deleting,
    ending,
    evaluation,
    feedback,
    house,
    limits,
    moving,
    news,
    pausing,
    rights,
    subscriptions,
    survey,
    survey_inputs,
    survey_taps,
    survey_votes,
)
from dialogs.actions import Tap, Verb, decode, number_of
from dialogs.case_codes import case_code
from dialogs.commands import answer_to_house, looked_up, obey, speak
from dialogs.effects import QUERY_LIMIT, DropMedia, Send, Unsubscribe
from dialogs.errors import DialogError, UnknownForm
from dialogs.events import (
    Act,
    Answer,
    CaseFound,
    CaseNews,
    CasesFor,
    CasesFound,
    CodeEntered,
    DraftFetched,
    Edited,
    Erased,
    Event,
    Everything,
    Gone,
    MediaKept,
    MediaRefused,
    MediaSent,
    NotStored,
    Participated,
    Placed,
    Pressed,
    Reacted,
    Reopened,
    Retracted,
    Said,
    Started,
    SubscriptionFound,
    TooFast,
    TooManyReports,
    Unreadable,
    Voted,
)
from dialogs.idle import idle
from dialogs.interview import Interview, open_interview, voice_of
from dialogs.languages import named, spoken
from dialogs.lateness import excused
from dialogs.moving_codes import moving_code
from dialogs.onboarding import found, newcomer, start
from dialogs.promises import title_of
from dialogs.reading.folding import clean
from dialogs.reading.outcomes import TEXT_LIMIT
from dialogs.refusals import too_long
from dialogs.session import Asked, Phase, Session
from dialogs.standing import stand
from dialogs.survey_reading import is_choice, is_yes_or_no
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
        return Turn(None, (Unsubscribe(),) if subscriptions.reaches(world) else ())
    if isinstance(event, CaseNews):
        return case_talk.told(session, event, world)
    if session is None or not session.language:
        session = newcomer(world)
    if isinstance(event, TooFast):
        return limits.too_fast(session, event, world)
    if isinstance(event, Answer):
        return _dated(_answered(session, event, world), world)
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
            return _said(session, text, world)
        case Pressed(action, _):
            return _pressed(session, event, decode(action), world)
        case Voted():
            return _voted(session, event, world)
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


# -- answers to queries


def _answered(session: Session, event: Answer, world: World) -> Turn:
    match event:
        case Participated() if session.asked is Asked.ERASE:
            return deleting.found_one(session, event, world)
        case Participated() if session.asked is Asked.ERASING:
            return deleting.erase(session, event, world)
        case Participated() if session.survey is not None and session.survey.phase is Phase.STARTING:
            return found(session, event, world)
        case Participated():
            return stand(session, world)
        case Everything():
            return looked_up(session, event, world)
        case SubscriptionFound():
            return subscriptions.found(session, event, world)
        case CaseFound():
            return case_menu.found(session, event, world)
        case CasesFound():
            return _cases_found(session, event, world)
        case MediaKept() if session.feedback is not None:
            return feedback.media_kept(session, session.feedback, event, world)
        case MediaRefused() if session.feedback is not None:
            return feedback.media_refused(session, event, world)
        case MediaKept() if session.survey is not None:
            return survey_inputs.media_kept(open_interview(session, world), event)
        case MediaKept(name):
            turn = stand(session, world)
            return Turn(turn.session, (DropMedia(name), *turn.effects))
        case MediaRefused() if session.survey is not None:
            return survey_inputs.media_refused(open_interview(session, world), event)
        case MediaRefused():
            return stand(session, world)
        case DraftFetched():
            return moving.fetched(session, event, world)
        case NotStored():
            text = voice_of(session, world).t(
                "That could not be stored just now. Nothing is lost: please try it again in a few minutes."
            )
            return stand(session, world, text)
        case TooManyReports():
            return limits.too_many_reports(session, event, world)
        case Erased():
            return Turn(session)
        case _:
            assert_never(event)


def _cases_found(session: Session, event: CasesFound, world: World) -> Turn:
    match event.aim:
        case CasesFor.WORDS:
            passed_on = case_talk.words_found(session, event, world)
            return passed_on or _not_understood(house.answered(session), world)
        case CasesFor.TAP:
            return case_talk.tap_found(session, event, world)
        case CasesFor.REPLY:
            return case_talk.reply_found(session, event, world)
        case CasesFor.SHOW:
            return case_talk.show_found(session, event, world)
        case CasesFor.WISH if session.feedback is not None:
            return feedback.wish_found(session, session.feedback, event, world)
        case CasesFor.WISH:
            return stand(session, world)
        case CasesFor.TIE:
            return case_menu.tie_found(session, event, world)
        case _:
            assert_never(event.aim)


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
        return obey(session, command, world)
    code = moving_code(text)
    if code is not None and moving.listens(session, world):
        return moving.fetch(session, code, world)
    if session.asked is Asked.CHANGE and session.survey is not None:
        return _said_which(session, text, world)
    if session.asked is Asked.FIXED:
        trigger = bare(text)
        return case_talk.ask_for(session, text) if trigger is None else obey(session, trigger, world)
    if session.asked is not Asked.NOTHING:
        return _said_to_house(session, text, world)
    if session.feedback is not None:
        answered = feedback.said(session, session.feedback, text, world)
        return obey(session, answered, world) if isinstance(answered, Trigger) else answered
    if session.survey is None:
        return _said_idle(session, text, world)
    return _said_in_survey(open_interview(session, world), text, world)


def _said_in_survey(interview: Interview, text: str, world: World) -> Turn:
    session, question = interview.session, interview.standing()
    trigger = survey.command_in(interview, question, text)
    if trigger is not None:
        return obey(session, trigger, world)
    if not survey.takes_any_text(interview, question):
        code = case_code(text)
        if code is not None:
            return case_menu.look_up(session, code)
        language = named(text, spoken(world, interview.survey, interview.form), interview.form)
        if language is not None and not (question and is_choice(interview, question, text)):
            return speak(session, language, world)
    outcome = survey.said(interview, question, text)
    return obey(session, outcome, world) if isinstance(outcome, Trigger) else outcome


def _said_idle(session: Session, text: str, world: World) -> Turn:
    trigger = bare(text)
    if trigger is not None and not (session.case and trigger.command in survey.OF_SURVEY):
        return obey(session, trigger, world)
    if text.lower() in world.surveys:
        return start(session, text, world)
    draft = world.drafts.get(text)
    if draft is not None:
        pilot = world.pilots.get(draft.broadcast.pilot)
        say = news.news_say(draft.number, draft.broadcast, pilot, session.language, world.now.date())
        return Turn(session, (Send(say),))
    evaluated = evaluation.typed(session, text, world)
    if evaluated is not None:
        return evaluated
    code = case_code(text)
    if code is not None:
        return case_menu.look_up(session, code)
    if world.channel.return_code and CODE.fullmatch(text):
        return correcting.code_entered(session, text, world)
    language = named(text, spoken(world, None, None), None)
    if language is not None:
        return speak(session, language, world)
    guess = near(text)
    if guess is not None and not (session.case and guess.command in survey.OF_SURVEY):
        return obey(session, guess, world)
    return case_talk.ask_for(session, text) if _has_cases(world) else _not_understood(session, world)


def _has_cases(world: World) -> bool:
    """Whether the town may be writing to people about cases."""
    return bool(world.town.categories) or world.town.person is not None


def _not_understood(session: Session, world: World) -> Turn:
    """Words that mean nothing, and are for no case: somebody's first word is a beginning."""
    return start(session, "", world) if not session.noticed and not session.last else idle(session, world)


def _said_which(session: Session, text: str, world: World) -> Turn:
    trigger = bare(text) or near(text)
    if trigger is not None:
        return obey(session, trigger, world)
    interview = open_interview(house.answered(session), world)
    if text.strip().rstrip(".)").isdecimal():
        return survey.change(interview, text)
    return survey.which(interview, interview.voice.t("Please write the number of the answer."))


def _said_to_house(session: Session, text: str, world: World) -> Turn:
    value = house.understood(session, text, world)
    if value is not None:
        return answer_to_house(session, value, world)
    trigger = bare(text) or near(text)
    if trigger is not None:
        return obey(session, trigger, world)
    lead = voice_of(session, world).t("Please choose one of these.")
    return stand(session, world, lead)


# -- taps


def _pressed(session: Session, event: Pressed, tap: Tap | None, world: World) -> Turn:
    unknown = voice_of(session, world).t("I do not know this button any more.")
    if tap is None:
        return stand(session, world, unknown)
    match tap.verb:
        case Verb.COMMAND:
            return _pressed_command(session, tap, world)
        case Verb.EVALUATE:
            return evaluation.pressed(session, tap.mark, tap.number, world)
        case Verb.SURVEY:
            return start(house.answered(session), tap.mark, world)
        case Verb.REPLY:
            return _pressed_reply(session, tap, world)
        case Verb.CASE:
            return case_talk.tapped(session, tap)
        case Verb.PAGE if tap.mark == Asked.CHANGE and session.survey is not None:
            return survey_taps.turn_review_page(open_interview(session, world), tap.number, event.message)
        case _ if session.feedback is not None:
            return feedback.tapped(session, session.feedback, tap, world)
        case _:
            if session.survey is None:
                return idle(session, world)
            return survey_taps.pressed(open_interview(house.answered(session), world), tap, event.message)


def _voted(session: Session, event: Voted, world: World) -> Turn:
    """A vote on a question of a survey; a vote in any other poll is one tap."""
    taps = [tap for tap in map(decode, event.actions) if tap is not None]
    if not event.actions:
        return Turn(session)  # taken back: a new vote will follow, or words
    in_survey = session.survey is not None and session.feedback is None
    of_question = bool(taps) and all(tap.verb in survey_votes.OPTIONS or tap.verb is Verb.DONE for tap in taps)
    if in_survey and of_question:
        return survey_votes.voted(open_interview(house.answered(session), world), taps, event.message)
    return _pressed(session, Pressed(event.actions[0], event.message), decode(event.actions[0]), world)


def _pressed_command(session: Session, tap: Tap, world: World) -> Turn:
    if tap.mark not in tuple(Command):
        return stand(session, world, voice_of(session, world).t("I do not know this button any more."))
    command = Command(tap.mark)
    if tap.number and session.survey is not None and session.feedback is None and command in survey.OF_SURVEY:
        interview = open_interview(house.answered(session), world)
        if tap.number != number_of(session.survey.cursor):
            return survey_taps.pressed_old_control(interview, tap.number)
    return obey(session, Trigger(command), world)


def _pressed_reply(session: Session, tap: Tap, world: World) -> Turn:
    if tap.mark == Asked.CHANGE and session.survey is not None and session.survey.phase is Phase.REVIEW:
        return survey.change(open_interview(house.answered(session), world), str(tap.number + 1))
    options = house.choices(session, world)
    if tap.mark != session.asked or tap.number >= len(options):
        return stand(session, world)
    return answer_to_house(session, options[tap.number].value, world)


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
