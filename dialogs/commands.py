"""What a command does, wherever it came from: a word, a slash, a button, an answer to a question of the house.

Not here: which words mean which command (`triggers.py`), when a word counts as one (`engine.py`, `survey.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs import (
    case_menu,
    case_talk,
    correcting,
    deleting,
    ending,
    feedback,
    house,
    moving,
    my_data,
    pausing,
    rights,
    subscriptions,
    survey,
)
from dialogs.effects import FindSubscription
from dialogs.events import Aim, Everything, NewsAim
from dialogs.holdings import look_up
from dialogs.idle import idle
from dialogs.interview import open_interview
from dialogs.languages import named, spoken
from dialogs.messages import Language
from dialogs.onboarding import start
from dialogs.session import Asked, Session
from dialogs.standing import report_first, stand
from dialogs.triggers import Command, Trigger
from dialogs.turn import Turn
from dialogs.world import World


def obey(session: Session, trigger: Trigger, world: World) -> Turn:
    """Do what the command says."""
    if session.feedback is not None and session.asked is Asked.NOTHING:
        if trigger.command in survey.OF_SURVEY:
            return feedback.obey(session, session.feedback, trigger, world)
        if trigger.command is Command.RESTART:
            return report_first(session, world)
        if trigger.command is Command.STOP:
            return feedback.leave(session, session.feedback, world)
    if trigger.command in survey.OF_SURVEY:
        return _obey_in_survey(session, trigger, world)
    plain = house.answered(session)
    match trigger.command:
        case Command.START:
            return start(plain, trigger.argument, world)
        case Command.STOP if trigger.guessed and session.survey is not None:
            return house.put(plain, Asked.STOP, world)
        case Command.STOP if subscriptions.reaches(world):
            return Turn(session, (FindSubscription(NewsAim.STOP),))
        case Command.STOP:
            return ending.stop(session, world)
        case Command.PAUSE if subscriptions.reaches(world) and session.survey is None and session.feedback is None:
            return subscriptions.look(session, NewsAim.PAUSE, world, trigger.argument)
        case Command.PAUSE:
            return pausing.pause(plain, trigger.argument, world)
        case Command.LANGUAGE:
            return _language(plain, trigger.argument, world)
        case Command.RESTART:
            if session.survey is None:
                return start(plain, session.last, world)
            return house.put(plain, Asked.RESTART, world)
        case _:
            return _claim(session, trigger, world)


def _claim(session: Session, trigger: Trigger, world: World) -> Turn:
    """Rights and questions that stand in front of whatever is under way, and change nothing of it."""
    plain = house.answered(session)
    match trigger.command:
        case Command.PRIVACY:
            return rights.privacy(session, world)
        case Command.DETAILS:
            return rights.in_full(session, world)
        case Command.CHANNELS:
            return rights.channels(session, world)
        case Command.MOVE:
            return moving.offer(plain, world)
        case Command.PERSON:
            return rights.person(session, world)
        case Command.FEEDBACK:
            return feedback.begin(plain, trigger.argument, world)
        case Command.REPLY:
            return case_talk.reply(plain)
        case Command.CASE:
            return case_talk.show(plain)
        case command if command in _OF_NEWS:
            return _news(plain, trigger, world)
        case Command.MY_DATA:
            return look_up(plain, Aim.MY_DATA)
        case Command.DELETE:
            return deleting.delete(plain, trigger.argument, world)
        case Command.DELETE_ALL:
            return look_up(plain, Aim.DELETE_ALL)
        case _:
            return rights.help_(session, world)


_OF_NEWS = frozenset(
    {
        *(Command.NEWS, Command.SUBSCRIBE, Command.WEEKLY, Command.AT_ONCE, Command.QUIET),
        *(Command.KEEP_NEWS, Command.NO_NEWS, Command.OUTCOME),
    }
)


def _news(plain: Session, trigger: Trigger, world: World) -> Turn:
    match trigger.command:
        case Command.NEWS:
            return subscriptions.news(plain, world)
        case Command.WEEKLY:
            return subscriptions.look(plain, NewsAim.WEEKLY, world)
        case Command.AT_ONCE:
            return subscriptions.look(plain, NewsAim.AT_ONCE, world)
        case Command.QUIET:
            return subscriptions.look(plain, NewsAim.QUIET, world, trigger.argument)
        case Command.KEEP_NEWS:
            return subscriptions.look(plain, NewsAim.KEEP, world)
        case Command.NO_NEWS:
            return subscriptions.look(plain, NewsAim.END, world)
        case Command.OUTCOME:
            return subscriptions.ask_outcome(plain, world)
        case _:
            return subscriptions.subscribe(plain, trigger.argument, world)


def _obey_in_survey(session: Session, trigger: Trigger, world: World) -> Turn:
    plain = house.answered(session)
    if session.asked not in (Asked.NOTHING, Asked.CHANGE) and trigger.command is Command.BACK:
        return stand(plain, world)
    if session.survey is not None:
        interview = open_interview(plain, world)
        if session.asked is Asked.CHANGE and trigger.command is Command.BACK:
            return survey.not_here(interview, "")
        return survey.obey(interview, trigger)
    if trigger.command is Command.CHANGE:
        return correcting.correct(plain, world)
    return idle(plain, world)


# -- answers


def looked_up(session: Session, event: Everything, world: World) -> Turn:
    """What is stored of this person is known now."""
    match event.aim:
        case Aim.MY_DATA:
            return my_data.hand_over(session, event, world)
        case Aim.DELETE:
            return deleting.which(session, event, world)
        case Aim.DELETE_ALL:
            return deleting.ask_all(session, event, world)
        case Aim.DELETED:
            return deleting.erase_all(session, event, world)
        case Aim.CORRECT:
            return correcting.found(session, event, world)
        case Aim.RETURN_CODE:
            return correcting.found_by_code(session, event, world)


def answer_to_house(session: Session, value: str, world: World) -> Turn:
    """A question of the house, answered with one of its values."""
    plain = house.answered(session)
    match session.asked:
        case Asked.LANGUAGE:
            return speak(plain, Language(value), world)
        case Asked.SURVEY | Asked.CORRECT:
            return start(plain, value, world)
        case Asked.RESTART if value == house.YES and session.survey is not None:
            return ending.restart(session, world)
        case Asked.SWITCH if value == house.YES:
            stopped = replace(plain, survey=None)
            begun = start(stopped, session.about, world)
            return Turn(begun.session, (*ending.dropped_media(session, world), *begun.effects))
        case Asked.STOP if value == house.YES:
            return obey(session, Trigger(Command.STOP), world)
        case Asked.FOLLOW:
            return subscriptions.follow(session, value)
        case Asked.CASE:
            return case_menu.answer(session, value, world)
        case Asked.NOTICE:
            return rights.informed(session, world) if value == house.YES else ending.stop(session, world)
        case _:
            return _answer_about_deletion(session, value, world)


def _answer_about_deletion(session: Session, value: str, world: World) -> Turn:
    plain = house.answered(session)
    match session.asked:
        case Asked.ERASE if value == house.YES:
            return deleting.confirmed(session)
        case Asked.ERASE_WHICH if value == house.EVERYTHING:
            return house.put(session, Asked.ERASE_ALL, world, about=session.about)
        case Asked.ERASE_WHICH if value != house.NO:
            return house.put(session, Asked.ERASE, world, about=value)
        case Asked.ERASE_ALL if value == house.YES:
            return look_up(plain, Aim.DELETED)
        case _:
            return stand(plain, world)


# -- language


def _language(session: Session, wanted: str, world: World) -> Turn:
    card = world.surveys.get(session.survey.code) if session.survey is not None else None
    form = world.forms.get(session.survey.form) if session.survey is not None else None
    language = named(wanted, spoken(world, card, form), form) if wanted else None
    if language is not None:
        return speak(session, language, world)
    return house.put(session, Asked.LANGUAGE, world)


def speak(session: Session, language: Language, world: World) -> Turn:
    """Go on in this language; no answer changes."""
    spoken_now = replace(session, language=language, chosen_language=True)
    turn = stand(spoken_now, world)
    return Turn(turn.session, (*subscriptions.speaks(language, world), *turn.effects))
