"""Ending and starting again: what becomes of the draft, and what is said about it.

Not here: pausing (`pausing.py`), deleting what was sent (`deleting.py`).
"""

from __future__ import annotations

import msgspec

from dialogs import house
from dialogs.effects import Depart, DropMedia, ForgetOutcome, Send, Unsubscribe
from dialogs.events import MediaName
from dialogs.interview import open_interview, voice_of
from dialogs.messages import Kind, Say
from dialogs.onboarding import greet
from dialogs.session import Session, SurveyState
from dialogs.survey_again import RESPONSE_BYTES
from dialogs.survey_sending import MEDIA
from dialogs.turn import Turn
from dialogs.world import World


def stop(session: Session, world: World, news: tuple[Unsubscribe | ForgetOutcome, ...] = ()) -> Turn:
    """End, and forget the draft. One word stops everything: `news` is what ends of what would be sent later."""
    voice = voice_of(session, world)
    text = voice.t("Goodbye.")
    if session.survey is not None:
        text = voice.t("Goodbye. What you had not sent is forgotten.")
        if session.survey.amends:
            text = voice.t("Goodbye. Your answers stay as you sent them.")
    if news:
        text += " " + voice.t("You get no more news; where to reach you is forgotten.")
    again = voice.t("To begin again, write “start”.")
    plain = house.answered(session)
    ended = msgspec.structs.replace(plain, survey=None, feedback=None, returning="", case="")
    say = Say(f"{text} {again}", kind=Kind.INFO, language=voice.language)
    return Turn(ended, (*news, *dropped_media(session, world), *dropped_photo(session), Depart(), Send(say)))


def restart(session: Session, world: World) -> Turn:
    """Begin with the first question, once it is confirmed."""
    state = session.survey
    assert state is not None, "there is something to start again"
    fresh = SurveyState(
        code=state.code,
        form=world.surveys[state.code].form,
        response=state.response if state.amends else world.rng.randbytes(RESPONSE_BYTES),
        amends=state.amends,
        returning=state.returning,
    )
    dropped = dropped_media(session, world)
    begun = greet(msgspec.structs.replace(house.answered(session), survey=fresh), world)
    return Turn(begun.session, (*dropped, *begun.effects))


def dropped_photo(session: Session) -> tuple[DropMedia, ...]:
    """The photo of a report that ends unsent."""
    if session.feedback is None or not session.feedback.photo:
        return ()
    return (DropMedia(MediaName(session.feedback.photo)),)


def dropped_media(session: Session, world: World) -> tuple[DropMedia, ...]:
    """Files of a survey's draft that ends unsent. What belongs to answers that were sent stays."""
    state = session.survey
    if state is None or state.amends or state.record is None:
        return ()
    return tuple(
        DropMedia(MediaName(value))
        for _, value, kind in open_interview(session, world).instance.answers()
        if kind in MEDIA and value
    )
