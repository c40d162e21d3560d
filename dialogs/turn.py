"""What a turn comes to: the session to keep and the effects to carry out, in order."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.effects import Effect
from dialogs.session import Session


@dataclass(frozen=True, slots=True)
class Turn:
    """`session` None: the conversation is over, forget it.

    If the last effect is a query, nothing is said yet: resume with this session and the answer.
    """

    session: Session | None
    effects: tuple[Effect, ...] = ()
