"""What a citizen may always ask for: help, privacy, another messenger, stop, start again, delete.

Not here: when a word means one of these (`triggers.py`, `engine.py`).
"""

from __future__ import annotations

import msgspec

from dialogs import house
from dialogs.effects import DropMedia, Effect, Erase, FindParticipation, Send
from dialogs.events import MediaName, Participated
from dialogs.interview import open_interview, voice_of
from dialogs.messages import Kind, Say
from dialogs.onboarding import greet, has_answers
from dialogs.promises import deletable_until, details, title_of
from dialogs.session import Asked, Session, SurveyState
from dialogs.standing import stand
from dialogs.survey import takes_any_text
from dialogs.survey_again import RESPONSE_BYTES, find
from dialogs.survey_sending import MEDIA
from dialogs.turn import Turn
from dialogs.world import Mode, Survey, World


def help_(session: Session, world: World) -> Turn:
    """What can be written here; then what stands, once more."""
    voice = voice_of(session, world)
    slash = "/" if _asks_for_any_text(session, world) else ""
    lines = [
        voice.t("I ask one question at a time. Answer with a button, a number or a word."),
        voice.t("You can also write at any time:"),
        slash + voice.t("back – one question back"),
        slash + voice.t("skip – leave a question out"),
        slash + voice.t("language – choose another language"),
        slash + voice.t("privacy – what is stored, and for how long"),
        slash + voice.t("delete – delete your answers"),
        slash + voice.t("start over – begin with the first question"),
        slash + voice.t("stop – end; nothing that you have not sent is kept"),
    ]
    if world.town.contact:
        lines.append(voice.t("A person answers your questions here: {contact}", contact=world.town.contact))
    return _then_stand(session, world, "\n".join(lines))


def _asks_for_any_text(session: Session, world: World) -> bool:
    """Whether bare words would be taken as an answer now, so that commands need their slash."""
    if session.survey is None:
        return False
    interview = open_interview(session, world)
    return takes_any_text(interview, interview.standing())


def privacy(session: Session, world: World) -> Turn:
    """All that is stored, how long, who reads."""
    code = session.survey.code if session.survey is not None else session.last
    voice = voice_of(session, world)
    return _then_stand(session, world, "\n\n".join(details(world.surveys.get(code), world, voice)))


def channels(session: Session, world: World) -> Turn:
    """Where else one can answer."""
    voice = voice_of(session, world)
    code = session.survey.code if session.survey is not None else session.last
    others = [channel.label for channel in world.channels if channel.channel != world.channel.channel]
    lines = []
    if others:
        lines.append(voice.t("You can also answer here: {channels}.", channels=voice.items(others)))
    else:
        lines.append(voice.t("There is no other messenger at the moment."))
    if world.web_address and code:
        lines.append(voice.t("All ways, with links: {address}", address=f"{world.web_address}/{code}"))
    return _then_stand(session, world, "\n".join(lines))


def _then_stand(session: Session, world: World, text: str) -> Turn:
    said = Send(Say(text, kind=Kind.INFO, language=voice_of(session, world).language))
    if session.survey is None and session.asked is Asked.NOTHING:
        return Turn(session, (said,))
    standing = stand(session, world)
    return Turn(standing.session, (said, *standing.effects))


# -- ending and starting again


def stop(session: Session, world: World) -> Turn:
    """End, and forget the draft."""
    voice = voice_of(session, world)
    text = voice.t("Goodbye.")
    if session.survey is not None:
        text = voice.t("Goodbye. What you had not sent is forgotten.")
        if session.survey.amends:
            text = voice.t("Goodbye. Your answers stay as you sent them.")
    again = voice.t("To begin again, write “start”.")
    ended = msgspec.structs.replace(session, survey=None, asked=Asked.NOTHING, about="", returning="")
    say = Say(f"{text} {again}", kind=Kind.INFO, language=voice.language)
    return Turn(ended, (*dropped_media(session, world), Send(say)))


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


def dropped_media(session: Session, world: World) -> tuple[DropMedia, ...]:
    """Files of a draft that ends unsent. What belongs to answers that were sent stays."""
    state = session.survey
    if state is None or state.amends or state.record is None:
        return ()
    return tuple(
        DropMedia(MediaName(value))
        for _, value, kind in open_interview(session, world).instance.answers()
        if kind in MEDIA and value
    )


# -- deletion


def delete(session: Session, code: str, world: World) -> Turn:
    """ "Delete": find what is stored, then ask once. `code` names a survey or is ''."""
    voice = voice_of(session, world)
    survey = _meant(session, code, world)
    if survey is None:
        return stand(session, world, voice.t("Which survey do you mean? Please write “delete” and its word."))
    until = deletable_until(survey)
    if survey.mode is Mode.STRICT and session.survey is None:
        return stand(
            session,
            world,
            voice.t(
                "Nothing ties your answers to “{title}” to you any more, so I cannot find them to delete them.",
                title=title_of(survey, voice),
            ),
        )
    if until is not None and world.now.date() > until:
        return stand(
            session,
            world,
            voice.t(
                "The tie to your answers to “{title}” was deleted on {day}. I cannot find them any more.",
                title=title_of(survey, voice),
                day=voice.day(until),
            ),
        )
    asking = msgspec.structs.replace(session, asked=Asked.ERASE, about=survey.code)
    return Turn(asking, (FindParticipation(survey.code, _code(session, survey)),))


def found_to_delete(session: Session, event: Participated, world: World) -> Turn:
    """What is stored is known now: ask once, or say that there is nothing."""
    voice = voice_of(session, world)
    survey = world.surveys[event.survey]
    drafting = session.survey is not None and session.survey.code == event.survey and not session.survey.amends
    if event.response or drafting:
        return house.put(session, Asked.ERASE, world, about=event.survey)
    text = voice.t("Nothing of yours is stored for “{title}”.", title=title_of(survey, voice))
    if event.response is not None:
        text = voice.t(
            "Nothing ties your answers to “{title}” to you any more, so I cannot find them to delete them.",
            title=title_of(survey, voice),
        )
    return stand(house.answered(session), world, text)


def erase(session: Session, world: World) -> Turn:
    """Deletion, confirmed: what was sent, and the draft."""
    voice = voice_of(session, world)
    survey = world.surveys[session.about]
    effects: list[Effect] = [Erase(survey.code, _code(session, survey))]
    ended = house.answered(session)
    if session.survey is not None and session.survey.code == survey.code:
        effects += dropped_media(session, world)
        ended = msgspec.structs.replace(ended, survey=None)
    if session.last == survey.code:
        ended = msgspec.structs.replace(ended, last="", returning="")
    text = voice.t("Your answers to “{title}” are deleted.", title=title_of(survey, voice))
    say = Say(text, kind=Kind.INFO, language=voice.language)
    if ended.survey is None:
        return Turn(ended, (*effects, Send(say)))
    standing = stand(ended, world)
    return Turn(standing.session, (*effects, Send(say), *standing.effects))


def _meant(session: Session, code: str, world: World) -> Survey | None:
    if code:
        return world.surveys.get(code.strip().lower())
    if session.survey is not None:
        return world.surveys.get(session.survey.code)
    if session.last:
        return world.surveys.get(session.last)
    return next(iter(world.surveys.values())) if len(world.surveys) == 1 else None


def _code(session: Session, survey: Survey) -> str:
    if session.survey is not None and session.survey.code == survey.code:
        return session.survey.returning
    return session.returning if session.last == survey.code else ""


# -- return codes


def code_entered(session: Session, code: str, world: World) -> Turn:
    """A return code was typed: find the answers that it belongs to."""
    voice = voice_of(session, world)
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    if session.survey is not None and not session.survey.amends and has_answers(session, world):
        return stand(session, world, voice.t("To use a return code, first send these answers, or end with “stop”."))
    survey = _meant(session, "", world) or next(iter(house.open_surveys(world)), None)
    if len(digits) != 16 or survey is None:
        return stand(session, world, voice.t("A return code has 16 digits. Please check it."))
    if not survey.is_open(world.now.date()):
        about = msgspec.structs.replace(
            session, asked=Asked.ERASE, about=survey.code, last=survey.code, returning=digits
        )
        return Turn(about, (FindParticipation(survey.code, digits),))
    return find(msgspec.structs.replace(session, survey=None), survey, world, digits)
