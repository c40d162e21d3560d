"""What is said to somebody who writes, sends or reports more than can be taken.

Not here: the limits, and who counts (`bot/flood.py`).
"""

from __future__ import annotations

from dialogs.effects import Send
from dialogs.events import TooFast, TooManyReports
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.session import Session
from dialogs.standing import stand
from dialogs.turn import Turn
from dialogs.world import World


def too_fast(session: Session, event: TooFast, world: World) -> Turn:
    """Said once; nothing of what stands changes."""
    voice = voice_of(session, world)
    text = voice.n(
        "You write faster than I can read. What came just now is not kept. Please wait {n} second, then write again.",
        "You write faster than I can read. What came just now is not kept. Please wait {n} seconds, then write again.",
        event.quiet,
    )
    return Turn(session, (Send(Say(text, kind=Kind.REFUSAL, language=voice.language)),))


def too_many_reports(session: Session, event: TooManyReports, world: World) -> Turn:
    """The report stays as it stands: tomorrow it can be sent."""
    voice = voice_of(session, world)
    text = voice.n(
        "I take {n} report a day from one person. Please send this one tomorrow.",
        "I take {n} reports a day from one person. Please send this one tomorrow.",
        event.most,
    )
    if world.town.contact:
        text += " " + voice.t("Or directly: {contact}", contact=world.town.contact)
    return stand(session, world, text)
