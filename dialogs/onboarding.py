"""First contact: which survey, in which language, the notice, and at once the first question.

Not here: the questions (`survey_answering.py`), what is said where no survey is under way (`idle.py`).
"""

from __future__ import annotations

import msgspec

from dialogs import house
from dialogs.actions import Tap, Verb, encode
from dialogs.capabilities import ReadsAlong
from dialogs.channels.ways import ways
from dialogs.effects import Send
from dialogs.errors import UnknownForm
from dialogs.events import Participated
from dialogs.i18n import Voice
from dialogs.idle import idle
from dialogs.interview import Interview, open_interview, voice_of
from dialogs.languages import first_language, form_languages, name_of, spoken
from dialogs.messages import Button, Kind, Language, Say
from dialogs.promises import deletable_until, notice, notice_version, title_of
from dialogs.session import Asked, Phase, Session
from dialogs.standing import report_first, stand, then_stand
from dialogs.survey_again import find, offer, refilled
from dialogs.survey_answering import begin
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import UNENCRYPTED, Mode, Survey, World

NAMED_LANGUAGES = 2
"""Other languages that a button names; more are behind "Language"."""


def newcomer(world: World) -> Session:
    """The session of somebody who was never here."""
    return Session(language=first_language(world, None, None))


def start(session: Session, code: str, world: World) -> Turn:
    """/start, a deep link, a first visit. `code` names a survey or is ''."""
    if session.feedback is not None:
        return report_first(session, world)
    wanted = world.surveys.get(code.strip().lower())
    if wanted is not None:
        return start_survey(session, wanted, world)
    if code.strip():
        return stand(session, world, voice_of(session, world).t("I do not know this link or code."))
    if session.survey is not None:
        return _begin_or_resume(session, world.surveys[session.survey.code], world)
    open_now = house.open_surveys(world)
    if len(open_now) == 1:
        return start_survey(session, open_now[0], world)
    if open_now:
        return house.put(session, Asked.SURVEY, world, lead=voice_of(session, world).t("Hello."))
    return idle(session, world)


def start_survey(session: Session, survey: Survey, world: World) -> Turn:
    """Begin a survey, go on with it, or say why it cannot be answered now."""
    voice = voice_of(session, world)
    today = world.now.date()
    title = title_of(survey, voice)
    if survey.bars(world.channel):
        say = Say(_elsewhere(survey, world, title, voice), kind=Kind.INFO, language=voice.language)
        return then_stand(session, (Send(say),), world)
    if survey.opens is not None and today < survey.opens and not survey.closed:
        return stand(
            session,
            world,
            voice.t("“{title}” begins on {day}. Please come back then.", title=title, day=voice.day(survey.opens)),
        )
    if not survey.is_open(today):
        return stand(session, world, _closed(survey, world, session))
    return _begin_or_resume(session, survey, world)


def _begin_or_resume(session: Session, survey: Survey, world: World) -> Turn:
    state = session.survey
    if state is None:
        shown = session.returning if session.last == survey.code else ""
        return find(_in_language(session, survey, world), survey, world, shown)
    if state.code == survey.code:
        return stand(
            house.answered(session), world, voice_of(session, world).t("Good to have you back. We go on here.")
        )
    if state.record is None or not has_answers(session, world):
        return find(_in_language(msgspec.structs.replace(session, survey=None), survey, world), survey, world)
    return house.put(session, Asked.SWITCH, world, about=survey.code)


def has_answers(session: Session, world: World) -> bool:
    """Whether a draft holds anything that could be lost."""
    return session.survey is not None and any(
        value for _, value, kind in open_interview(session, world).instance.answers() if kind is not None
    )


def found(session: Session, event: Participated, world: World) -> Turn:
    """Whether this person answered before is known now."""
    state, survey = session.survey, world.surveys[event.survey]
    assert state is not None, "a search always has its state"
    voice = voice_of(session, world)
    if event.response is None:
        if state.returning:
            forgotten = msgspec.structs.replace(session, survey=None)
            return idle(forgotten, world, voice.t("I do not know this code. Please check its 16 digits."))
        return greet(session, world)
    if not event.response or survey.mode is Mode.STRICT:
        forgotten = msgspec.structs.replace(session, survey=None, last=survey.code)
        return idle(
            forgotten,
            world,
            voice.t(
                "You have taken part in “{title}” already. Thank you. Nothing ties your answers to you any more, "
                "so they cannot be changed.",
                title=title_of(survey, voice),
            ),
        )
    again = refilled(session, state, event, world)
    informed = msgspec.structs.replace(again, noticed=event.informed, noticed_on=event.day, last=survey.code)
    return offer(open_interview(informed, world))


def greet(session: Session, world: World) -> Turn:
    """The notice, and at once the first question."""
    state = session.survey
    assert state is not None, "a survey was chosen"
    asking = msgspec.structs.replace(
        session,
        survey=msgspec.structs.replace(state, phase=Phase.ASKING),
        noticed=notice_version(world.town),
        noticed_on=world.now.date(),
    )
    interview = open_interview(asking, world)
    return begin(interview, (Send(notice_say(interview)),))


def notice_say(interview: Interview) -> Say:
    """The notice with what stands behind it: all details, other languages, other messengers."""
    voice, world = interview.voice, interview.world
    first = interview.instance.first()
    total = interview.instance.progress(first.ref)[1] if first is not None else 0
    controls = [control(Command.DETAILS, voice)]
    others = [tag for tag in spoken(world, interview.survey, interview.form) if tag != voice.language]
    if others:
        controls.append(_languages_button(others, interview))
    if len(world.channels) > 1:
        controls.append(control(Command.CHANNELS, voice))
    return Say(
        notice(interview.survey, total, world, voice),
        kind=Kind.NOTICE,
        lead=voice.t("A draft, to try out: nothing is kept or counted.") if interview.survey.trial else "",
        controls=tuple(controls),
        language=voice.language,
    )


def _languages_button(others: list[Language], interview: Interview) -> Button:
    """Names the other languages where there are few, so that whoever needs one finds it by its own name."""
    action = encode(Tap(Verb.COMMAND, Command.LANGUAGE.value))
    if len(others) <= NAMED_LANGUAGES and interview.world.channel.buttons is not None:
        return Button(action, " · ".join(name_of(tag, interview.form) for tag in others), secondary=True)
    return Button(action, control(Command.LANGUAGE, interview.voice).label, secondary=True)


def _in_language(session: Session, survey: Survey, world: World) -> Session:
    """The session in the language that fits the survey best, unless the citizen chose one."""
    form = world.forms.get(survey.form)
    if form is None:
        raise UnknownForm(survey.form)
    if session.chosen_language and session.language in (*world.town.languages, *form_languages(form)):
        return session
    return msgspec.structs.replace(session, language=first_language(world, survey, form))


def _elsewhere(survey: Survey, world: World, title: str, voice: Voice) -> str:
    """Not here, kindly: why, and where."""
    if UNENCRYPTED in survey.barred_channels and world.channel.reads_along is not ReadsAlong.NOBODY:
        text = voice.t(
            "“{title}” is only asked where nobody else can read along, and here that is not so.", title=title
        )
    else:
        text = voice.t("“{title}” cannot be answered in this messenger.", title=title)
    found = ways(survey, world, voice)
    return "\n".join([text, voice.t("You can answer here:"), *found]) if found else text


def _closed(survey: Survey, world: World, session: Session) -> str:
    voice = voice_of(session, world)
    until = deletable_until(survey)
    text = voice.t("“{title}” is closed. Thank you for your interest.", title=title_of(survey, voice))
    if survey.mode is Mode.DEDUPE and until is not None and world.now.date() <= until:
        text += " " + voice.t(
            "If you took part, you can delete your answers until {day}: write “delete {code}”.",
            day=voice.day(until),
            code=survey.code,
        )
    return text
