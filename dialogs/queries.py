"""What becomes of the answer to a query: it goes to the dialogue that asked.

Not here: asking (`effects.py`), looking things up (the process).
"""

from __future__ import annotations

from typing import assert_never

from dialogs import (
    case_menu,
    case_talk,
    deleting,
    feedback,
    house,
    limits,
    moving,
    subscriptions,
    survey_inputs,
)
from dialogs.commands import looked_up
from dialogs.effects import DropMedia
from dialogs.events import (
    Answer,
    CaseFound,
    CasesFor,
    CasesFound,
    DraftFetched,
    Erased,
    Everything,
    MediaKept,
    MediaRefused,
    NewsAim,
    NotStored,
    Participated,
    SubscriptionFound,
    TooManyReports,
)
from dialogs.hearing import not_understood, said_yes_or_no
from dialogs.interview import open_interview, voice_of
from dialogs.onboarding import found
from dialogs.session import Asked, Phase, Session
from dialogs.standing import stand
from dialogs.turn import Turn
from dialogs.world import World


def answered(session: Session, event: Answer, world: World) -> Turn:
    """The turn goes on with what was found."""
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
        case SubscriptionFound(NewsAim.ANSWER):
            return said_yes_or_no(session, event, world)
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
            return passed_on or not_understood(house.answered(session), world)
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
