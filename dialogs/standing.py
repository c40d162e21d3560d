"""What stands now, said once more: the way out of every dead end.

Whatever came in and did not fit, the reply is a helpful word and then this.
"""

from __future__ import annotations

from dialogs.effects import Effect, Send
from dialogs.feedback_words import step_say
from dialogs.house import house_say
from dialogs.idle import idle
from dialogs.interview import open_interview, voice_of
from dialogs.session import Asked, Phase, Session
from dialogs.survey_again import offer
from dialogs.survey_answering import ask_again
from dialogs.survey_review import review, which_say
from dialogs.turn import Turn
from dialogs.world import World


def stands(session: Session) -> bool:
    """Whether the citizen is asked anything."""
    return session.survey is not None or session.feedback is not None or session.asked is not Asked.NOTHING


def stand(session: Session, world: World, lead: str = "") -> Turn:
    """Say what stands, after a helpful word (`lead`)."""
    if session.asked is Asked.CHANGE and session.survey is not None:
        return Turn(session, (Send(which_say(open_interview(session, world), lead), anchor=True),))
    if session.asked is not Asked.NOTHING:
        return Turn(session, (Send(house_say(session, world, lead), anchor=True),))
    if session.feedback is not None:
        return Turn(session, (Send(step_say(session, session.feedback, world, lead), anchor=True),))
    if session.survey is None:
        return idle(session, world, lead)
    interview = open_interview(session, world)
    match session.survey.phase:
        case Phase.OFFER_CHANGE:
            return offer(interview, lead)
        case Phase.REVIEW:
            return review(interview, lead)
        case Phase.STARTING | Phase.ASKING | Phase.CHANGING:
            return ask_again(interview, lead)


def then_stand(session: Session, effects: tuple[Effect, ...], world: World) -> Turn:
    """Do and say it; then what stands, once more, if anything does."""
    if not stands(session):
        return Turn(session, effects)
    standing = stand(session, world)
    return Turn(standing.session, (*effects, *standing.effects))


def report_first(session: Session, world: World) -> Turn:
    """A report under way has the citizen's words: nothing else begins before it ends."""
    return stand(session, world, voice_of(session, world).t("Your report comes first. To leave it, write “stop”."))
