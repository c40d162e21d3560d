"""What a tap means, or a vote in a poll, and which dialogue it belongs to."""

from __future__ import annotations

from dialogs import (
    case_talk,
    evaluation,
    feedback,
    house,
    survey,
    survey_taps,
    survey_votes,
)
from dialogs.actions import Tap, Verb, decode, number_of
from dialogs.commands import answer_to_house, obey
from dialogs.events import (
    Pressed,
    Voted,
)
from dialogs.idle import idle
from dialogs.interview import open_interview, voice_of
from dialogs.onboarding import start
from dialogs.session import Asked, Phase, Session
from dialogs.standing import stand
from dialogs.triggers import Command, Trigger
from dialogs.turn import Turn
from dialogs.world import World


def pressed(session: Session, event: Pressed, tap: Tap | None, world: World) -> Turn:
    """`tap`: what the button's action says; None for one that is not ours (any more)."""
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


def voted(session: Session, event: Voted, world: World) -> Turn:
    """A vote on a question of a survey; a vote in any other poll is one tap."""
    taps = [tap for tap in map(decode, event.actions) if tap is not None]
    if not event.actions:
        return Turn(session)  # taken back: a new vote will follow, or words
    in_survey = session.survey is not None and session.feedback is None
    of_question = bool(taps) and all(tap.verb in survey_votes.OPTIONS or tap.verb is Verb.DONE for tap in taps)
    if in_survey and of_question:
        return survey_votes.voted(open_interview(house.answered(session), world), taps, event.message)
    return pressed(session, Pressed(event.actions[0], event.message), decode(event.actions[0]), world)


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
