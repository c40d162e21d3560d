"""What needs somebody now: one line of the first page, made by the area that it leads to.

An area that has something to do gives `async def needs_me(visit) -> Sequence[Need]` and is named in `views/home.py`.
It looks at the rights of whoever asks itself, and asks the database for a number, not for a list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.visit import Visit


@dataclass(frozen=True, slots=True)
class Need:
    """`words`: a whole sentence in the reader's language. `action`: what the link is called."""

    words: str
    path: str
    action: str
    is_late: bool = False
    """Something is overdue: it stands first."""


NeedsMe = Callable[["Visit"], Awaitable[Sequence[Need]]]
