"""A message that reached us late, after an outage of the messenger or of ours: said once, honestly, before the answer.

Not here: how late a message is (`bot/turn.py` knows when it was written and when it came).
"""

from __future__ import annotations

import msgspec

from dialogs.effects import Send
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.session import Session
from dialogs.turn import Turn
from dialogs.world import World

MINUTE = 60  # seconds
AGAIN_AFTER = 60
"""Minutes until another outage is worth another word: what was written during one gets one."""


def excused(before: Session, turn: Turn, world: World) -> Turn:
    """The turn with the honest line in front, if it is due. `before`: the session that the act met."""
    now = int(world.now.timestamp()) // MINUTE
    if not world.late or turn.session is None or now - before.excused < AGAIN_AFTER:
        return turn
    voice = voice_of(turn.session, world)
    text = voice.t(
        "I could not be reached for a while and read your message only now. I am sorry that you had to wait."
    )
    say = Say(text, kind=Kind.NOTE, language=voice.language)
    return Turn(msgspec.structs.replace(turn.session, excused=now), (Send(say), *turn.effects))
