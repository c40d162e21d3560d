"""What a citizen may always ask: what can be written here, what is stored, another messenger, a person.

Each answers from what the town has promised (`promises.py`). Not here: ending (`ending.py`), pausing (`pausing.py`),
one's data (`my_data.py`), correcting (`correcting.py`), deleting (`deleting.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs import feedback, house, moving
from dialogs.channels.ways import ways
from dialogs.effects import Send
from dialogs.interview import open_interview, voice_of
from dialogs.messages import Kind, Say
from dialogs.promises import details, notice_version, short
from dialogs.session import Asked, Phase, Session
from dialogs.standing import stand, then_stand
from dialogs.survey import takes_any_text
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import Survey, World


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
        slash + voice.t("pause – go on another day, for example “pause until Friday”"),
        slash + voice.t("privacy – what is stored, and for how long"),
        slash + voice.t("my data – see everything that is stored of you"),
        slash + voice.t("change – correct answers that you have sent"),
        slash + voice.t("delete – delete your answers"),
        *([slash + voice.t("report – report something to the town")] if world.town.categories else []),
        slash + voice.t("person – talk to a person"),
        slash + voice.t("start over – begin with the first question"),
        slash + voice.t("stop – end; nothing that you have not sent is kept"),
    ]
    if world.town.contact:
        lines.append(voice.t("A person answers your questions here: {contact}", contact=world.town.contact))
    return then_stand(session, (Send(Say("\n".join(lines), kind=Kind.INFO, language=voice.language)),), world)


def _asks_for_any_text(session: Session, world: World) -> bool:
    """Whether bare words would be taken as an answer now, so that commands need their slash."""
    if session.asked is not Asked.NOTHING:
        return False
    if session.feedback is not None:
        return feedback.takes_any_text(session.feedback)
    if session.survey is None:
        return False
    interview = open_interview(session, world)
    return takes_any_text(interview, interview.standing())


def privacy(session: Session, world: World) -> Turn:
    """In short: what is stored, how long, who reads along; all of it behind a button."""
    voice = voice_of(session, world)
    say = Say(
        short(_survey(session, world), world, voice),
        kind=Kind.INFO,
        controls=tuple(control(command, voice) for command in (Command.DETAILS, Command.MY_DATA, Command.DELETE)),
        language=voice.language,
    )
    return then_stand(session, (Send(say),), world)


def in_full(session: Session, world: World) -> Turn:
    """All that is stored, how long, who reads."""
    voice = voice_of(session, world)
    text = "\n\n".join(details(_survey(session, world), world, voice))
    return then_stand(session, (Send(Say(text, kind=Kind.INFO, language=voice.language)),), world)


def channels(session: Session, world: World) -> Turn:
    """Where else one can answer."""
    voice = voice_of(session, world)
    code = session.survey.code if session.survey is not None else session.last
    found = ways(world.surveys.get(code), world, voice)
    lines = [voice.t("You can also answer here:"), *found]
    if not found:
        lines = [voice.t("There is no other messenger at the moment.")]
    if world.web_address and code:
        lines.append(voice.t("All ways, with links: {address}", address=f"{world.web_address}/{code}"))
    controls = (control(Command.MOVE, voice),) if moving.can_move(session, world) else ()
    say = Say("\n".join(lines), kind=Kind.INFO, controls=controls, language=voice.language)
    return then_stand(session, (Send(say),), world)


def person(session: Session, world: World) -> Turn:
    """A person at the town hall: one who answers here or, where there is none, how to reach one."""
    if world.town.person is not None:
        return feedback.talk_to_a_person(house.answered(session), world)
    voice = voice_of(session, world)
    text = voice.t("I am a machine. {town} has given me no way to a person here.", town=world.town.name)
    if world.town.contact:
        text = voice.t("A person answers your questions here: {contact}", contact=world.town.contact)
    return then_stand(session, (Send(Say(text, kind=Kind.INFO, language=voice.language)),), world)


def _survey(session: Session, world: World) -> Survey | None:
    return world.surveys.get(session.survey.code if session.survey is not None else session.last)


# -- a notice that has changed


def must_be_informed(session: Session, world: World) -> bool:
    """Whether answers are being given under a notice that says something else by now."""
    return (
        session.survey is not None
        and session.survey.phase in (Phase.ASKING, Phase.REVIEW, Phase.CHANGING)
        and session.noticed != notice_version(world.town)
    )


def inform(session: Session, world: World) -> Turn:
    """Ask whether to go on under the notice as it is now. What was just said is asked again afterwards."""
    return house.put(session, Asked.NOTICE, world)


def informed(session: Session, world: World) -> Turn:
    """Agreed: consent is the version and the day."""
    agreed = replace(house.answered(session), noticed=notice_version(world.town), noticed_on=world.now.date())
    return stand(agreed, world)
