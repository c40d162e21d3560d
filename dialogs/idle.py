"""Where no survey is under way: what was sent, what is open, how to begin. Never a dead end.

Not here: beginning (`onboarding.py`).
"""

from __future__ import annotations

from dialogs.effects import Send
from dialogs.house import open_surveys
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Button, Kind, Say
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


def _ways(world: World, voice: Voice) -> tuple[Button, ...]:
    """Where to go from here."""
    commands = (Command.HELP, Command.FEEDBACK) if world.town.categories else (Command.HELP,)
    return tuple(control(command, voice) for command in commands)


def idle_say(session: Session, world: World, lead: str = "") -> Say:
    """The message of `idle`."""
    voice = voice_of(session, world)
    last = world.surveys.get(session.last)
    open_now = open_surveys(world)
    others = [survey for survey in open_now if survey.code != session.last]
    lines: list[str] = []
    controls: list[Button] = []
    if last is not None and not lead:
        lines.append(voice.t("Your answers to “{title}” are stored. Thank you.", title=title_of(last, voice)))
    if last is not None and last.mode is Mode.DEDUPE and last in open_now:
        controls += [control(Command.CHANGE, voice), control(Command.DELETE, voice)]
    if others:
        lines.append(voice.t("This is open now; its word is enough to begin:"))
        lines += [f"{survey.code} – {title_of(survey, voice)}" for survey in others[:SHOWN_SURVEYS]]
    elif not open_now:
        lines.append(voice.t("No survey is open at the moment."))
    return Say(
        "\n".join(lines) if lines else lead or voice.t("Nothing is to be answered at the moment."),
        lead=lead if lines else "",
        kind=Kind.INFO,
        controls=tuple(controls) or _ways(world, voice),
        language=voice.language,
    )
