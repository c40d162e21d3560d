"""What words of a citizen mean, and which dialogue they belong to.

In this order: what begins with a slash is a command; then a question of the house that stands; then the survey (where a
choice wins over a command word); then a survey's word; then help.
"""

from __future__ import annotations

from dialogs import (
    case_menu,
    case_talk,
    correcting,
    evaluation,
    feedback,
    house,
    moving,
    news,
    subscriptions,
    survey,
)
from dialogs.case_codes import case_code
from dialogs.commands import answer_to_house, obey, speak
from dialogs.effects import FindSubscription, Send
from dialogs.events import NewsAim, SubscriptionFound
from dialogs.idle import idle
from dialogs.interview import Interview, open_interview, voice_of
from dialogs.languages import named, spoken
from dialogs.moving_codes import moving_code
from dialogs.onboarding import start
from dialogs.reading.folding import clean
from dialogs.reading.outcomes import TEXT_LIMIT
from dialogs.refusals import too_long
from dialogs.session import Asked, Session
from dialogs.standing import stand
from dialogs.survey_reading import is_choice
from dialogs.survey_sending import CODE
from dialogs.triggers import Trigger, UnknownCommand, bare, near, slashed
from dialogs.turn import Turn
from dialogs.world import World


def said(session: Session, text: str, world: World) -> Turn:
    """The turn of a citizen who wrote this."""
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
    if subscriptions.reaches(world) and subscriptions.says_yes(text) is not None:
        return Turn(session, (FindSubscription(NewsAim.ANSWER, text),))
    return _said_at_last(session, text, world)


def said_yes_or_no(session: Session, event: SubscriptionFound, world: World) -> Turn:
    """A yes or no where nothing stands: to "are the news still wanted?", unless something was asked after that."""
    asked = event.subscription.asked if event.subscription is not None else None
    since = evaluation.asked_on(world)
    if asked is not None and (since is None or since < asked):
        return subscriptions.found(session, event, world)
    return _said_at_last(session, event.argument, world)


def _said_at_last(session: Session, text: str, world: World) -> Turn:
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
    return case_talk.ask_for(session, text) if _has_cases(world) else not_understood(session, world)


def _has_cases(world: World) -> bool:
    """Whether the town may be writing to people about cases."""
    return bool(world.town.categories) or world.town.person is not None


def not_understood(session: Session, world: World) -> Turn:
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
