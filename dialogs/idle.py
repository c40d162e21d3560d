"""Where no survey is under way: what was sent, what is open, how to begin. Never a dead end.

Not here: beginning (`onboarding.py`).
"""

from __future__ import annotations

from dialogs.effects import Send
from dialogs.house import open_surveys
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.promises import title_of
from dialogs.session import Session
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import Mode, World

SHOWN_SURVEYS = 8
"""Open surveys that a helpful word lists."""


def idle(session: Session, world: World, lead: str = "") -> Turn:
    """A helpful word where nothing stands: what was sent, what is open, how to begin."""
    return Turn(session, (Send(idle_say(session, world, lead)),))


def idle_say(session: Session, world: World, lead: str = "") -> Say:
    voice = voice_of(session, world)
    lines = []
    last = world.surveys.get(session.last)
    controls = []
    if last is not None and not lead:
        lines.append(voice.t("Your answers to “{title}” are stored. Thank you.", title=title_of(last, voice)))
        if last.mode is Mode.DEDUPE and last.is_open(world.now.date()):
            controls += [control(Command.CHANGE, voice), control(Command.DELETE, voice)]
    others = [survey for survey in open_surveys(world) if survey.code != session.last]
    if others:
        lines.append(voice.t("Open now, just type the word:"))
        lines += [f"{survey.code} – {title_of(survey, voice)}" for survey in others[:SHOWN_SURVEYS]]
    elif not controls:
        lines.append(voice.t("No survey is open at the moment."))
    return Say(
        "\n".join(lines) if lines else lead,
        lead=lead if lines else "",
        kind=Kind.INFO,
        controls=tuple(controls) or (control(Command.HELP, voice),),
        language=voice.language,
    )
